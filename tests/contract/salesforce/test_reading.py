"""Reading the practice org, which answers as the service does: every way of reading gives the same rows."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from connector.ports.org import Batch, Cursor, KeysetRequest, OrgPort, RetryLater, Row, StreamStopped, Text
from connector.salesforce import SalesforceOrg
from connector.salesforce.bulk import INCOMPLETE
from connector.salesforce.soql import equals
from connector.salesforce.values import UNREADABLE, moment_of
from tests.contract.salesforce.conftest import Practice

MakeOrg = Callable[..., SalesforceOrg]
OBJECTS = ("Lead", "Opportunity", "Account", "Contact", "User", "Deal_Registration__c")
DAY = timedelta(days=1)


def fields_of(org: SalesforceOrg, sobject: str) -> tuple[str, ...]:
    return tuple(f["name"] for f in org.describe(sobject)["fields"] if f["type"] not in UNREADABLE)


def by_id(batches: list[Batch]) -> dict[Text, dict[str, Text]]:
    return {row["Id"]: row for batch in batches for row in batch.records()}


def walked(org: SalesforceOrg, sobject: str, fields: tuple[str, ...], limit: int) -> list[Batch]:
    """Everything, by keyset."""
    batches: list[Batch] = []
    after: Cursor | None = None
    while True:
        [page] = org.since([KeysetRequest(object=sobject, fields=fields, after=after, limit=limit)])
        batches.append(page.batch)
        after = page.end or after
        if page.done:
            return batches


def test_the_gateway_is_an_org(org: SalesforceOrg) -> None:
    assert isinstance(org, OrgPort)


@pytest.mark.parametrize("sobject", OBJECTS)
def test_bulk_keyset_and_retrieve_agree_on_every_value(org: SalesforceOrg, sobject: str) -> None:
    """One canonical text per value, whatever the way it came."""
    fields = fields_of(org, sobject)
    bulk = by_id(list(org.snapshot(sobject, fields)))
    rest = by_id(walked(org, sobject, fields, 500))
    assert bulk
    assert bulk == rest
    ids = [one for one, row in bulk.items() if one and row.get("IsDeleted") != "true"][:150]
    assert by_id([org.retrieve(sobject, ids, fields)]) == {one: bulk[one] for one in ids}


def test_many_long_values_are_looked_up_in_addresses_that_the_service_takes(org: SalesforceOrg) -> None:
    """Documented: an address of more than 16,384 bytes is refused with 414. Quotes and line ends stay values."""
    names = [
        row["Company"]
        for batch in org.snapshot("Lead", ["Company"], include_deleted=False)
        for row in batch.records()
    ]
    there = {name for name in names[:40] if name}
    strangers = [f'O\'Hara \\ "苏州和越峻自动化设备有限公司"\n{number}' for number in range(400)]
    assert org.known("Lead", "Company", [*strangers, *sorted(there)]) == there
    assert org.known("Lead", "Company", []) == frozenset()


def test_a_snapshot_holds_as_many_rows_as_the_org_counts(org: SalesforceOrg) -> None:
    assert sum(b.rows for b in org.snapshot("Lead", ["Id"])) == org.count("Lead", all_rows=True)
    alive = sum(b.rows for b in org.snapshot("Lead", ["Id"], include_deleted=False))
    assert alive == org.count("Lead")


def test_small_pages_neither_lose_nor_repeat_a_row(org: SalesforceOrg) -> None:
    """Many rows share a stamp: the keyset must split an equal second."""
    ids = [one for batch in walked(org, "Lead", ("Id",), 7) for one in batch.column("Id")]
    assert len(ids) == len(set(ids)) == org.count("Lead", all_rows=True)


def test_a_snapshot_in_many_pages_is_the_same_snapshot(make_org: MakeOrg) -> None:
    whole = by_id(list(make_org().snapshot("Lead", ["Id", "LastName"])))
    org = make_org(bulk_page_rows=50, batch_rows=20, api_version="57.0")  # before parallel pages
    assert by_id(list(org.snapshot("Lead", ["Id", "LastName"]))) == whole


def test_pages_fetched_in_parallel_are_the_same_snapshot(
    make_org: MakeOrg, monkeypatch: pytest.MonkeyPatch
) -> None:
    org = make_org(bulk_parallel=3)
    whole = by_id(list(org.snapshot("Lead", ["Id", "LastName"])))
    monkeypatch.setattr("connector.practice.http.bulk.query_jobs._PARALLEL_ROWS", 40)
    batches = list(org.snapshot("Lead", ["Id", "LastName"]))
    assert len(batches) > 5  # more than one list of addresses
    assert by_id(batches) == whole


def test_a_snapshot_interrupted_between_parallel_pages_goes_on(
    make_org: MakeOrg, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("connector.practice.http.bulk.query_jobs._PARALLEL_ROWS", 40)
    org = make_org()
    stream = org.snapshot("Lead", ["Id"])
    first = [next(stream), next(stream)]
    stream.close()  # type: ignore[attr-defined]
    rest = list(org.snapshot("Lead", ["Id"], resume=first[-1].resume))
    ids = [one for batch in [*first, *rest] for one in batch.column("Id")]
    assert len(ids) == len(set(ids)) == org.count("Lead", all_rows=True)


def test_an_interrupted_snapshot_goes_on(make_org: MakeOrg) -> None:
    org = make_org(batch_rows=40)
    stream = org.snapshot("Lead", ["Id"])
    first = [next(stream), next(stream)]
    stream.close()  # type: ignore[attr-defined]
    rest = list(org.snapshot("Lead", ["Id"], resume=first[-1].resume))
    ids = {one for batch in [*first, *rest] for one in batch.column("Id")}
    assert len(ids) == org.count("Lead", all_rows=True)


def test_several_objects_are_read_by_one_call(org: SalesforceOrg) -> None:
    requests = [KeysetRequest(object=one, fields=("Id",)) for one in OBJECTS[:5]]
    org.since(requests)  # describes are cached now
    before = org.budget().own_calls
    pages = org.since(requests)
    assert org.budget().own_calls == before + 1
    assert all(page.batch.rows for page in pages)


def test_one_bad_request_does_not_hide_behind_the_others(org: SalesforceOrg) -> None:
    good = KeysetRequest(object="Lead", fields=("Id",))
    bad = KeysetRequest(object="Account", fields=("Id",), where="Nonsense__c = 1")
    with pytest.raises(StreamStopped) as fault:
        org.since([good, bad])
    assert fault.value.object == "Account"


def test_a_deleted_row_shows_in_the_keyset_and_in_get_deleted(
    org: SalesforceOrg, desk: SalesforceOrg, practice: Practice
) -> None:
    [made] = desk.write([Row(object="Lead", id=None, values={"LastName": "Gone", "Company": "Gone"})])
    assert made.id
    [page] = org.since([KeysetRequest(object="Lead", fields=("IsDeleted",), where=equals("Id", made.id))])
    practice.act("acts/advance", seconds=5)  # within one second the cursor would already be past it
    delete(practice, made.id)
    [after] = org.since(
        [KeysetRequest(object="Lead", fields=("IsDeleted",), where=equals("Id", made.id), after=page.end)]
    )
    assert after.batch.column("IsDeleted") == ["true"]
    practice.act("acts/advance", seconds=120)
    org.count("Lead")  # any answer tells the org's time
    window = org.watermark_window(org.now() - timedelta(minutes=10))
    assert window
    assert made.id in {row.id for row in org.deleted("Lead", *window).rows}


def test_an_open_transaction_holds_the_watermark_back(org: SalesforceOrg, practice: Practice) -> None:
    """Its rows are committed later with stamps below what was already read."""
    practice.act("acts/advance", seconds=120)
    org.count("Lead")
    before = org.now()
    values = {"LastName": "Late", "Company": "Late"}
    practice.act("acts/hold", name="long", ops=[{"op": "insert", "object": "Lead", "values": values}])
    practice.act("acts/advance", seconds=600)
    org.count("Lead")
    window = org.watermark_window(org.now() - timedelta(minutes=30))
    assert window
    held = org.updated("Lead", *window).latest_date_covered
    practice.act("acts/commit", name="long")
    free = org.updated("Lead", *window).latest_date_covered
    assert held <= before + timedelta(seconds=5) < free


def test_the_orgs_clock_is_followed(org: SalesforceOrg, practice: Practice) -> None:
    practice.act("acts/advance", seconds=3600)
    org.count("Lead")
    said = moment_of(practice.told("clock")["now"])
    assert abs(org.now() - said) < timedelta(seconds=3)


def test_a_query_names_parents_and_counts(org: SalesforceOrg) -> None:
    [row] = org.query("SELECT Id, Owner.Name FROM Lead WHERE IsConverted = false ORDER BY Id LIMIT 1")
    assert row["Owner.Name"]
    [count] = org.query("SELECT COUNT(Id) FROM Lead")
    assert count["expr0"] == str(org.count("Lead"))


def test_a_long_question_is_asked_in_a_body(org: SalesforceOrg) -> None:
    """An address of more than 16 KiB is refused."""
    where = " OR ".join(f"Company = 'a company with a long name, number {n}'" for n in range(500))
    [page] = org.since([KeysetRequest(object="Lead", fields=("Id",), where=where)])
    assert page.done


@pytest.mark.parametrize(
    "trouble",
    [{"status": 503, "errorCode": "SERVER_UNAVAILABLE"}, {"status": 502}, {"drop": True}, {"half": True}],
    ids=["unavailable", "gateway", "hang-ups", "cut answers"],
)
def test_an_unreliable_org_is_read_all_the_same(
    make_org: MakeOrg, practice: Practice, trouble: dict[str, object]
) -> None:
    """Same rows, however interrupted (law 6)."""
    org = make_org(attempts=12, backoff=0.001)
    calm = by_id(list(org.snapshot("Lead", ["Id", "LastName", "SystemModstamp"])))
    practice.fault(path="/services/data", rate=0.3, **trouble)
    assert by_id(list(org.snapshot("Lead", ["Id", "LastName", "SystemModstamp"]))) == calm
    assert by_id(walked(org, "Lead", ("Id", "LastName", "SystemModstamp"), 60)) == calm


class TestWhenAJob:
    def test_fails_the_reason_is_told(self, org: SalesforceOrg, practice: Practice) -> None:
        practice.fault(job={"state": "Failed", "error": "InvalidBatch : no"})
        with pytest.raises(StreamStopped, match="InvalidBatch"):
            list(org.snapshot("Lead", ["Id"]))

    def test_is_aborted_it_is_for_later(self, org: SalesforceOrg, practice: Practice) -> None:
        practice.fault(job={"state": "Aborted"})
        with pytest.raises(RetryLater, match="aborted"):
            list(org.snapshot("Lead", ["Id"]))

    def test_takes_its_time_it_is_waited_for(self, org: SalesforceOrg, practice: Practice) -> None:
        practice.fault(job={"stall": 0.5})
        assert list(org.snapshot("Lead", ["Id"]))

    def test_gives_too_few_rows_it_is_not_believed(self, org: SalesforceOrg, practice: Practice) -> None:
        practice.fault(path="/results", lose_rows=3)
        with pytest.raises(RetryLater) as fault:
            list(org.snapshot("Lead", ["Id"]))
        assert fault.value.code == INCOMPLETE

    def test_is_cut_in_its_middle_the_page_is_fetched_again(
        self, org: SalesforceOrg, practice: Practice
    ) -> None:
        practice.fault(path="/results", half=True)
        ids = [one for batch in org.snapshot("Lead", ["Id"]) for one in batch.column("Id")]
        assert len(ids) == len(set(ids)) == org.count("Lead", all_rows=True)


def delete(practice: Practice, record: str) -> None:
    name = practice.act("acts/hold", name="bin", ops=[{"op": "delete", "object": "Lead", "id": record}])
    assert name["results"][0]["success"]
    practice.act("acts/commit", name="bin")
