from __future__ import annotations

import pytest

from connector.ports.org import (
    BudgetSpent,
    DaemonStopped,
    ErrorKind,
    OrgFault,
    RecordRefused,
    RetryLater,
    StreamStopped,
)
from connector.salesforce.errors import Complaint, complaints, fault, kind_of, soon


@pytest.mark.parametrize(
    ("code", "message", "kind"),
    [
        ("UNABLE_TO_LOCK_ROW", "unable to obtain exclusive access to this record", ErrorKind.RETRY),
        (
            "CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY",
            "Trg: System.DmlException: UNABLE_TO_LOCK_ROW",
            ErrorKind.RETRY,
        ),
        ("CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY", "Trg: NullPointerException", ErrorKind.DEAD),
        ("REQUEST_LIMIT_EXCEEDED", "TotalRequests Limit exceeded.", ErrorKind.BUDGET),
        (
            "REQUEST_LIMIT_EXCEEDED",
            "ConcurrentRequests (Concurrent API Requests) Limit exceeded.",
            ErrorKind.RETRY,
        ),
        ("HTTP_503", "", ErrorKind.RETRY),
        ("HTTP_420", "", ErrorKind.RETRY),
        ("HTTP_412", "", ErrorKind.REFUSED_STALE),
        (
            "FIELD_CUSTOM_VALIDATION_EXCEPTION",
            "EXPECTED_OWNER_MISMATCH: somebody else",
            ErrorKind.REFUSED_STALE,
        ),
        ("FIELD_CUSTOM_VALIDATION_EXCEPTION", "Amount is expected", ErrorKind.DEAD),
        ("ENTITY_IS_LOCKED", "in approval", ErrorKind.RETRY),
        ("INSUFFICIENT_ACCESS_OR_READONLY", "", ErrorKind.AUTH),
        ("INVALID_FIELD", "No such column", ErrorKind.CONFIG),
        ("REQUIRED_FIELD_MISSING", "", ErrorKind.DEAD),
        ("DUPLICATES_DETECTED", "", ErrorKind.DEAD),
        ("HTTP_403", "forbidden", ErrorKind.DEAD),
    ],
)
def test_a_refusal_is_classed_by_its_code(code: str, message: str, kind: ErrorKind) -> None:
    assert kind_of(Complaint(code, message)) is kind


def test_a_row_in_approval_is_not_tried_again_at_once() -> None:
    assert not soon(Complaint("ENTITY_IS_LOCKED", "This record is locked."))
    assert soon(Complaint("UNABLE_TO_LOCK_ROW", "unable"))
    assert not soon(Complaint("UNKNOWN_EXCEPTION", "perhaps done"))


@pytest.mark.parametrize(
    ("code", "raised"),
    [
        ("REQUEST_LIMIT_EXCEEDED", BudgetSpent),
        ("SERVER_UNAVAILABLE", RetryLater),
        ("MALFORMED_QUERY", StreamStopped),
        ("INVALID_TYPE", StreamStopped),
        ("API_DISABLED_FOR_ORG", DaemonStopped),
        ("MALFORMED_ID", RecordRefused),
    ],
)
def test_a_refused_call_says_what_happens_next(code: str, raised: type[OrgFault]) -> None:
    refusal = fault(Complaint(code, "because", ("Name",)), call="GET /x")
    assert type(refusal) is raised
    assert refusal.code == code
    assert refusal.fields == ("Name",)
    assert "GET /x" in str(refusal)


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b'[{"errorCode":"INVALID_FIELD","message":"m"}]', "INVALID_FIELD"),
        (b'{"error":"invalid_grant","error_description":"m"}', "invalid_grant"),
        (b'{"exceptionCode":"InvalidJob","exceptionMessage":"m"}', "InvalidJob"),
        (b"<html>Bad gateway</html>", "HTTP_502"),
        (b"", "HTTP_502"),
        (b"[]", "HTTP_502"),
        (b'{"unforeseen": 1}', "HTTP_502"),
    ],
)
def test_an_error_is_read_whatever_its_shape(body: bytes, code: str) -> None:
    assert complaints(502, body)[0].code == code
