"""What the org's refusals mean. Vendor errors end here: callers see `OrgFault`s and `ErrorKind`s.

Classified by `errorCode`, never by the HTTP status alone: 403 is a missing permission or a spent quota, 400 a
bad record or a broken query.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any, NamedTuple

import msgspec

from connector.ports.org import (
    BudgetSpent,
    DaemonStopped,
    ErrorKind,
    OrgFault,
    RecordRefused,
    RetryLater,
    StreamStopped,
)

LOCKED = frozenset({"UNABLE_TO_LOCK_ROW", "LOCK_TIMEOUT"})
"""Another transaction holds the row, or its parent: nothing was written, and soon it will be free."""

NOT_DONE = LOCKED | {"SERVER_UNAVAILABLE", "REQUEST_LIMIT_EXCEEDED", "TOO_MANY_REQUESTS", "HTTP_429"}
"""Refusals that come before any work: even a write may be sent again."""

_RETRY = NOT_DONE | {
    "API_CURRENTLY_UNAVAILABLE",
    "ENTITY_IS_LOCKED",
    "INTERNAL_SERVER_ERROR",
    "QUERY_TIMEOUT",
    "REQUEST_RUNNING_TOO_LONG",
    "UNKNOWN_EXCEPTION",
}
"""Worth another try later; ENTITY_IS_LOCKED (an approval is running) only much later."""

_BODILESS = frozenset({406, 408, 420, 429})
"""Statuses seen without a body and retried by other clients."""

_SESSION = frozenset({"INVALID_SESSION_ID", "INVALID_AUTH_HEADER", "SESSION_EXPIRED"})
_AUTH = _SESSION | {
    "API_CURRENTLY_DISABLED",
    "API_DISABLED_FOR_ORG",
    "INACTIVE_OWNER_OR_USER",
    "INSUFFICIENT_ACCESS",
    "INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY",
    "INSUFFICIENT_ACCESS_OR_READONLY",
    "INVALID_CLIENT",
    "INVALID_GRANT",
    "INVALID_LOGIN",
    "ORGANIZATION_LOCKED",
    "ORG_LOCKED",
    "PASSWORD_LOCKOUT",
}
_DAEMON = _SESSION | {"API_CURRENTLY_DISABLED", "API_DISABLED_FOR_ORG", "ORGANIZATION_LOCKED", "ORG_LOCKED"}
_CONFIG = frozenset(
    {
        "FUNCTIONALITY_NOT_ENABLED",
        "INVALID_FIELD",
        "INVALID_FIELD_FOR_INSERT_UPDATE",
        "INVALID_QUERY_FILTER_OPERATOR",
        "INVALID_REPLICATION_DATE",
        "INVALID_TYPE",
        "MALFORMED_QUERY",
        "NOT_FOUND",
        "UNSUPPORTED_API_VERSION",
    }
)
_QUOTA = frozenset({"EXCEEDEDQUOTA", "REQUEST_LIMIT_EXCEEDED"})
_OURS = re.compile(r"\bEXPECTED_[A-Z_]+")
_WRAPPED = re.compile("|".join(sorted(LOCKED)))


class Complaint(NamedTuple):
    """One error as the org wrote it; `fields` are those it blames."""

    code: str
    message: str
    fields: tuple[str, ...] = ()


def kind_of(complaint: Complaint) -> ErrorKind:
    """What becomes of the row or call that met this complaint."""
    code = complaint.code.upper()
    if code in _QUOTA and "concurrent" not in complaint.message.lower():
        return ErrorKind.BUDGET
    if code == "HTTP_412" or (
        code == "FIELD_CUSTOM_VALIDATION_EXCEPTION" and _OURS.search(complaint.message)
    ):
        return ErrorKind.REFUSED_STALE
    # A trigger that meets a lock reports itself, with the lock inside its message.
    if code in _RETRY or _WRAPPED.search(complaint.message) or _is_server_fault(code):
        return ErrorKind.RETRY
    if code in _AUTH:
        return ErrorKind.AUTH
    if code in _CONFIG:
        return ErrorKind.CONFIG
    return ErrorKind.DEAD


def soon(complaint: Complaint) -> bool:
    """True when repeating a row within seconds makes sense and cannot do it twice."""
    if kind_of(complaint) is not ErrorKind.RETRY:
        return False
    return complaint.code.upper() in NOT_DONE or bool(_WRAPPED.search(complaint.message))


def is_session(complaint: Complaint, status: int) -> bool:
    """True when a new token is the cure."""
    return complaint.code in _SESSION or (status == 401 and complaint.code == "HTTP_401")


def fault(complaint: Complaint, *, call: str) -> OrgFault:
    """The exception for a whole call that was refused."""
    refusal = _fault(complaint, call)
    refusal.fields = complaint.fields
    return refusal


def _fault(complaint: Complaint, call: str) -> OrgFault:
    code, text = complaint.code, f"{call}: {complaint.code}: {complaint.message}"
    match kind_of(complaint):
        case ErrorKind.BUDGET:
            return BudgetSpent(f"paused: budget. {text}", code=code)
        case ErrorKind.RETRY:
            return RetryLater(text, code=code, delay=0.0)
        case ErrorKind.AUTH if code in _DAEMON:
            return DaemonStopped(text, code=code)
        case ErrorKind.CONFIG | ErrorKind.AUTH:
            return StreamStopped(text, code=code)
        case _:
            return RecordRefused(text, code=code)


def complaints(status: int, body: bytes) -> list[Complaint]:
    """The errors in an answer, of whatever shape; never empty, and at worst `HTTP_<status>`.

    REST answers an array, OAuth an object with `error`, Bulk 1 an object with `exceptionCode`, a proxy HTML.
    """
    try:
        parsed = msgspec.json.decode(body) if body else None
    except msgspec.DecodeError:
        parsed = None
    entries = parsed if isinstance(parsed, list) else [parsed]
    found = [_complaint(entry) for entry in entries if isinstance(entry, dict)]
    known = [complaint for complaint in found if complaint]
    if known:
        return known
    excerpt = body[:200].decode("utf-8", "replace").strip() or "no body"
    return [Complaint(f"HTTP_{status}", f"the org answered {status}: {excerpt}")]


def row_complaint(errors: Iterable[dict[str, Any]]) -> Complaint:
    """The first error of a row result; rows say `statusCode` where calls say `errorCode`."""
    for entry in errors:
        found = _complaint(entry)
        if found:
            return found
    return Complaint("UNKNOWN_ERROR", "the org refused the row without a reason")


def _complaint(entry: dict[str, Any]) -> Complaint | None:
    for code_key, message_key in (
        ("errorCode", "message"),
        ("statusCode", "message"),
        ("exceptionCode", "exceptionMessage"),
        ("error", "error_description"),
    ):
        code = entry.get(code_key)
        if isinstance(code, str) and code:
            fields = tuple(str(field) for field in entry.get("fields") or ())
            return Complaint(code, str(entry.get(message_key) or ""), fields)
    return None


def _is_server_fault(code: str) -> bool:
    if not code.startswith("HTTP_"):
        return False
    status = int(code.removeprefix("HTTP_"))
    return status >= 500 or status in _BODILESS
