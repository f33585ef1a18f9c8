"""What sockets do and mocks do not: cut answers, silence, hang-ups, compression, a clock of its own."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest

from connector.ports.org import UNKNOWN_OUTCOME, ErrorKind, RetryLater, Row
from connector.salesforce import OrgSettings, SalesforceOrg, connect
from tests.contract.salesforce.stub import Reply, Server, cutting, hanging_up, running, sending, silent

ROOT = "/services/data/v63.0"
JOB = "750000000000001AAA"
JOBS = f"{ROOT}/jobs/query"
WHO = {
    "organization_id": "00D000000000001EAA",
    "user_id": "005000000000001AAA",
    "preferred_username": "integration@acme.example",
}
DESCRIBE = {"fields": [{"name": "Id", "type": "id"}, {"name": "Company", "type": "string"}]}
CSV = b'"Id","Company"\n' + b"".join(b'"00Q%012dAAA","firm"\n' % n for n in range(500))
COUNT = {"totalSize": 3, "done": True, "records": []}


@pytest.fixture
def server() -> Iterator[Server]:
    with running() as server:
        server.script += [
            ("/services/oauth2/userinfo", sending(200, WHO)),
            (f"{ROOT}/sobjects/Lead/describe", sending(200, DESCRIBE)),
        ]
        yield server


@pytest.fixture
def org(server: Server) -> Iterator[SalesforceOrg]:
    org = connect(
        OrgSettings(
            instance_url=server.url,
            access_token="00D000000000001!x",
            api_version="63.0",
            read_timeout=0.3,
            backoff=0.01,
            bulk_poll=0.01,
            attempts=3,
        )
    )
    yield org
    org.close()


def bulk(server: Server, *pages: Reply) -> None:
    server.script += [
        (f"{JOBS}/{JOB}/resultPages", sending(404, [{"errorCode": "NOT_FOUND", "message": "m"}])),
        *((f"{JOBS}/{JOB}/results", page) for page in pages),
        (JOBS, sending(200, {"id": JOB, "state": "JobComplete", "numberRecordsProcessed": 500})),
    ]


def test_an_answer_cut_in_its_middle_is_asked_for_again(server: Server, org: SalesforceOrg) -> None:
    server.script += [
        (f"{ROOT}/query", cutting(b'{"totalSize": 12345}')),
        (f"{ROOT}/query", sending(200, COUNT)),
    ]
    assert org.count("Lead") == 3


def test_a_bulk_page_cut_in_its_middle_is_fetched_again_whole(server: Server, org: SalesforceOrg) -> None:
    bulk(server, cutting(CSV), sending(200, CSV, Sforce_Locator="null"))
    ids = [one for batch in org.snapshot("Lead", ["Id", "Company"]) for one in batch.column("Id")]
    assert len(ids) == len(set(ids)) == 500


def test_a_bulk_page_may_come_zipped(server: Server, org: SalesforceOrg) -> None:
    bulk(server, sending(200, CSV, zipped=True, Sforce_NumberOfRecords="500"))
    assert sum(batch.rows for batch in org.snapshot("Lead", ["Id", "Company"])) == 500
    accepted = next(headers for _, path, headers, _ in server.seen if "/results" in path)["Accept-Encoding"]
    assert "gzip" in accepted


def test_silence_ends_in_a_time_out(server: Server, org: SalesforceOrg) -> None:
    server.script += [(f"{ROOT}/query", silent)] * 3
    before = time.monotonic()
    with pytest.raises(RetryLater, match="no answer"):
        org.count("Lead")
    assert time.monotonic() - before < 5
    assert len([path for path in server.paths() if path.startswith(f"{ROOT}/query")]) == 3


def test_a_silent_write_is_sent_once_and_its_outcome_unknown(server: Server, org: SalesforceOrg) -> None:
    """After an unknown outcome, read first (law 11)."""
    server.script += [(f"{ROOT}/composite/sobjects", silent)]
    [result] = org.write([Row(object="Lead", id="00Q000000000001AAA", values={"Company": "x"})])
    assert (result.code, result.kind) == (UNKNOWN_OUTCOME, ErrorKind.RETRY)
    assert len([path for path in server.paths() if "composite" in path]) == 1


def test_a_read_survives_a_connection_that_was_hung_up(server: Server, org: SalesforceOrg) -> None:
    server.script += [(f"{ROOT}/query", hanging_up), (f"{ROOT}/query", sending(200, COUNT))]
    assert org.count("Lead") == 3


def test_a_write_on_a_hung_up_connection_is_unknown(server: Server, org: SalesforceOrg) -> None:
    server.script += [(f"{ROOT}/composite/sobjects", hanging_up)]
    [result] = org.write([Row(object="Lead", id="00Q000000000001AAA", values={"Company": "x"})])
    assert result.code == UNKNOWN_OUTCOME


def test_an_org_that_is_not_there_is_for_later() -> None:
    with running() as gone:
        url = gone.url
    with pytest.raises(RetryLater, match="no answer"):
        connect(OrgSettings(instance_url=url, access_token="x", attempts=2, backoff=0.01))
