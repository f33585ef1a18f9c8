"""Time on the real platform: watermarks, cursors, windows and lifetimes, against the running server."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest

from connector.practice.server import Running, ServeOptions, start_in_thread
from tests.contract.practice.client import Client

DAY = 24 * 3600


@pytest.fixture(scope="module")
def own_org() -> Iterator[Running]:
    """An org whose clock these tests may move."""
    running = start_in_thread(ServeOptions(empty=True))
    yield running
    running.stop()


@pytest.fixture
def own(own_org: Running) -> Iterator[Client]:
    """A login of its own for each test: sessions end when the clock is moved by days."""
    org = own_org.service.org
    user = org.user_by_username(own_org.greeting["username"])
    assert user is not None
    made = Client(own_org, token=org.issue_token(user))
    yield made
    made.session.close()


def now(client: Client) -> datetime:
    return datetime.fromisoformat(client.get("/practice/clock").json()["now"])


def log_in_again(client: Client) -> None:
    org = client.running.service.org
    user = org.user_by_username(client.running.greeting["username"])
    assert user is not None
    client.session.headers["Authorization"] = f"Bearer {org.issue_token(user)}"


def span(start: datetime, end: datetime) -> dict[str, str]:
    return {"start": start.isoformat(), "end": end.isoformat()}


def covered(client: Client, start: datetime, end: datetime, name: str = "Lead") -> datetime:
    answer = client.get(f"sobjects/{name}/updated", params=span(start, end)).json()
    return datetime.fromisoformat(answer["latestDateCovered"])


def test_stamps_are_whole_seconds_and_rows_of_one_call_share_one(own: Client) -> None:
    rows = [{"attributes": {"type": "Lead"}, "LastName": f"N{n}", "Company": "Gleich AG"} for n in range(50)]
    own.post("composite/sobjects", {"records": rows})
    stamps = {row["SystemModstamp"] for row in own.query("SELECT SystemModstamp FROM Lead")}
    shared = {
        row["SystemModstamp"]
        for row in own.query("SELECT SystemModstamp FROM Lead WHERE Company = 'Gleich AG'")
    }
    assert len(shared) == 1
    assert all(stamp.endswith(".000+0000") for stamp in stamps)


def test_a_long_transaction_commits_below_a_cursor_already_saved(own: Client) -> None:
    lead = own.lead(City="Alt")
    op = {"op": "update", "object": "Lead", "id": lead, "values": {"City": "Neu"}}
    own.act("hold", name="long", ops=[op])
    own.act("advance", seconds=300)
    newer = own.lead()
    cursor = own.read("Lead", newer)["SystemModstamp"]
    own.act("commit", name="long")
    found = own.read("Lead", lead)
    assert found["City"] == "Neu"
    assert found["SystemModstamp"] < cursor
    literal = cursor.replace("+0000", "Z")
    assert lead not in {
        row["Id"] for row in own.query(f"SELECT Id FROM Lead WHERE SystemModstamp > {literal}")
    }


def test_the_watermark_falls_back_to_the_start_of_a_transaction_still_running_for_hours(own: Client) -> None:
    """Documented: `latestDateCovered` can lag hours, for whatever transaction of the instance."""
    began = now(own)
    op = {"op": "insert", "object": "Account", "values": {"Name": "Langsam AG"}}
    own.act("hold", name="tenant", ops=[op])
    own.act("advance", seconds=5 * 3600)
    end = now(own)
    assert covered(own, began - timedelta(hours=1), end) <= began + timedelta(minutes=1)
    assert covered(own, began - timedelta(hours=1), end, "Account") <= began + timedelta(minutes=1)
    own.act("commit", name="tenant")
    assert covered(own, began - timedelta(hours=1), end) >= end - timedelta(minutes=1)


@pytest.mark.parametrize(
    ("start", "end"), [(-31 * DAY, 0), (0, -3600), (-60, -60)], ids=["too far back", "turned", "empty"]
)
@pytest.mark.parametrize("kind", ["updated", "deleted"])
def test_replication_reaches_thirty_days_back_and_needs_a_minute(
    own: Client, kind: str, start: int, end: int
) -> None:
    here = now(own)
    given = span(here + timedelta(seconds=start), here + timedelta(seconds=end))
    answer = own.get(f"sobjects/Lead/{kind}", params=given)
    assert (answer.status_code, answer.json()[0]["errorCode"]) == (400, "INVALID_REPLICATION_DATE")


def test_replication_answers_in_its_recorded_shape(own: Client) -> None:
    lead, gone = own.lead(), own.lead()
    own.delete(f"sobjects/Lead/{gone}")
    given = span(now(own) - timedelta(minutes=5), now(own) + timedelta(minutes=2))
    updated = own.get("sobjects/Lead/updated/", params=given).json()
    deleted = own.get("sobjects/Lead/deleted/", params=given).json()
    assert set(updated) == {"ids", "latestDateCovered"}
    assert set(deleted) == {"deletedRecords", "earliestDateAvailable", "latestDateCovered"}
    assert lead in updated["ids"]
    assert gone not in updated["ids"]
    row = next(each for each in deleted["deletedRecords"] if each["id"] == gone)
    assert row["deletedDate"].endswith(".000+0000")


def test_very_old_rows_are_there_to_be_found(own: Client) -> None:
    own.act("grant", username=own.running.greeting["username"], permission="CreateAuditFields")
    old = {"CreatedDate": "1999-03-02T01:00:00Z", "LastModifiedDate": "1999-03-02T01:00:00Z"}
    lead = own.lead(**old)
    found = own.query("SELECT Id FROM Lead WHERE CreatedDate < 2000-01-01T00:00:00Z")
    assert [row["Id"] for row in found] == [lead]


def test_a_query_cursor_ends_after_two_days_and_a_bulk_result_after_seven(own: Client) -> None:
    rows = [{"attributes": {"type": "Lead"}, "LastName": f"N{n}", "Company": "Frist AG"} for n in range(200)]
    for _ in range(2):
        own.post("composite/sobjects", {"records": rows})
    size = {"Sforce-Query-Options": "batchSize=200"}
    soql = "SELECT Id FROM Lead WHERE Company = 'Frist AG'"
    locator = own.get("query", params={"q": soql}, headers=size).json()["nextRecordsUrl"]
    job = own.query_job(soql)["id"]
    own.act("advance", seconds=2 * DAY + 60)
    log_in_again(own)
    assert own.get(locator).json()[0]["errorCode"] == "INVALID_QUERY_LOCATOR"
    assert own.get(f"jobs/query/{job}/results").status_code == 200
    own.act("advance", seconds=5 * DAY)
    log_in_again(own)
    gone = own.get(f"jobs/query/{job}/results")
    assert (gone.status_code, gone.json()[0]["errorCode"]) == (404, "NOT_FOUND")
    assert job not in {each["id"] for each in own.get("jobs/query").json()["records"]}


def test_an_issued_at_is_a_text_of_milliseconds_and_nothing_tells_when_it_ends(own: Client) -> None:
    form = {
        "grant_type": "client_credentials",
        "client_id": own.running.greeting["client_id"],
        "client_secret": own.running.greeting["client_secret"],
    }
    told = own.post("/services/oauth2/token", None, data=form).json()
    assert told["issued_at"].isdigit()
    assert len(told["issued_at"]) == 13
    assert "expires_in" not in told
    head, mark, rest = told["access_token"].partition("!")
    assert (len(head), mark, head[:3]) == (15, "!", "00D")
    assert rest


def test_more_ids_than_replication_reaches_are_refused(own: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    """Documented: at most 600,000 ids; here a smaller bound, the same refusal."""
    monkeypatch.setattr("connector.practice.org.replication.MOST_IDS", 3)
    for _ in range(4):
        own.lead()
    given = span(now(own) - timedelta(minutes=5), now(own) + timedelta(minutes=2))
    answer = own.get("sobjects/Lead/updated", params=given)
    assert (answer.status_code, answer.json()[0]["errorCode"]) == (400, "EXCEEDED_ID_LIMIT")


def test_real_latency_delays_logins_and_jobs_and_shows_reads_of_the_past() -> None:
    """Measured by others: a tenth to a third of a second a call, reads one to three seconds late."""
    running = start_in_thread(ServeOptions(empty=True, latency="real"))
    try:
        acting = Client(running)
        greeting = running.greeting
        form = {name: greeting[name] for name in ("client_id", "client_secret")}
        started = time.monotonic()
        acting.post("/services/oauth2/token", None, data={"grant_type": "client_credentials", **form})
        assert time.monotonic() - started >= 0.4
        lead = acting.lead(Company="Spät AG")
        soql = f"SELECT Id FROM Lead WHERE Id = '{lead}'"
        seen_at = time.monotonic()
        assert acting.query(soql) == []
        # A read by id is of the present, as the record page is; only queries lag.
        assert acting.read("Lead", lead)["Company"] == "Spät AG"
        states = [acting.post("jobs/query", {"operation": "query", "query": soql}).json()]
        while states[-1]["state"] not in {"JobComplete", "Failed"}:
            states.append(acting.get(f"jobs/query/{states[0]['id']}").json())
        assert "InProgress" in {each["state"] for each in states}
        while not acting.query(soql):
            assert time.monotonic() - seen_at < 6
        assert time.monotonic() - seen_at >= 0.9
    finally:
        running.stop()
