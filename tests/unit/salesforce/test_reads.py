from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import responses
from responses import matchers

from connector.ports.org import Cursor, KeysetRequest, RecordRefused, StreamStopped
from connector.salesforce import SalesforceOrg
from connector.salesforce.replication import watermark_window
from tests.unit.salesforce.conftest import LEAD_KINDS, ROOT, describe, error

STAMP = "2026-11-21T11:00:00.000Z"
NOON = datetime(2026, 11, 21, 12, 0, 30, tzinfo=UTC)


def lead(number: int, **values: Any) -> dict[str, Any]:
    return {
        "attributes": {"type": "Lead", "url": f"/services/data/v63.0/sobjects/Lead/{number}"},
        "Id": f"00Q{number:012d}AAA",
        "LastName": f"name {number}",
        "SystemModstamp": f"2026-11-21T11:00:{number:02d}.000+0000",
        **values,
    }


def found(*records: dict[str, Any], done: bool = True) -> dict[str, Any]:
    return {"totalSize": len(records), "done": done, "records": list(records)}


def asked(call: responses.Call) -> str:
    return parse_qs(urlsplit(str(call.request.url)).query)["q"][0]


class TestAKeysetPage:
    REQUEST = KeysetRequest(
        object="Lead", fields=("LastName",), after=Cursor(STAMP, "00Q000000000001AAA"), limit=2
    )

    def test_goes_on_behind_its_cursor_in_order(
        self, wire: responses.RequestsMock, org: SalesforceOrg
    ) -> None:
        query = wire.get(f"{ROOT}/queryAll", json=found(lead(2), lead(3)))
        [page] = org.since([self.REQUEST])
        head, tail = asked(query.calls[0]).split(" WHERE ")
        assert head == "SELECT LastName, SystemModstamp, Id FROM Lead"
        assert tail == (
            f"SystemModstamp > {STAMP} OR (SystemModstamp = {STAMP} AND Id > '00Q000000000001AAA')"
            " ORDER BY SystemModstamp, Id LIMIT 2"
        )
        assert page.batch.column("LastName") == ["name 2", "name 3"]
        assert page.end == Cursor("2026-11-21T11:00:03.000Z", "00Q000000000003AAA")
        assert not page.done

    def test_is_the_last_when_short(self, wire: responses.RequestsMock, org: SalesforceOrg) -> None:
        wire.get(f"{ROOT}/queryAll", json=found(lead(2)))
        [page] = org.since([self.REQUEST])
        assert page.done

    def test_cut_short_by_the_org_is_not_the_last(
        self, wire: responses.RequestsMock, org: SalesforceOrg
    ) -> None:
        """The server picks the page size."""
        wire.get(f"{ROOT}/queryAll", json=found(lead(2), done=False))
        [page] = org.since([self.REQUEST])
        assert not page.done

    def test_that_is_empty_has_no_end(self, wire: responses.RequestsMock, org: SalesforceOrg) -> None:
        wire.get(f"{ROOT}/queryAll", json=found())
        [page] = org.since([self.REQUEST])
        assert page.done
        assert page.end is None
        assert page.batch.rows == 0

    def test_keeps_the_filter_apart_from_the_position(
        self, wire: responses.RequestsMock, org: SalesforceOrg
    ) -> None:
        query = wire.get(f"{ROOT}/queryAll", json=found())
        org.since(
            [KeysetRequest(object="Lead", fields=("Id",), after=self.REQUEST.after, where="A = 1 OR B = 2")]
        )
        assert "WHERE (A = 1 OR B = 2) AND (SystemModstamp >" in asked(query.calls[0])


def composite(wire: responses.RequestsMock, bodies: dict[str, tuple[int, Any]]) -> responses.BaseResponse:
    """Answers each subrequest by the object named in its query."""

    def answer(request: Any) -> tuple[int, dict[str, str], str]:
        parts = []
        for sub in json.loads(request.body)["compositeRequest"]:
            status, body = next(b for name, b in bodies.items() if f"FROM+{name}+" in sub["url"])
            parts.append(
                {"referenceId": sub["referenceId"], "httpStatusCode": status, "httpHeaders": {}, "body": body}
            )
        return 200, {}, json.dumps({"compositeResponse": parts})

    wire.add_callback(responses.POST, f"{ROOT}/composite", callback=answer)
    return wire.registered()[-1]


class TestSeveralKeysetPages:
    OBJECTS = ("Lead", "Account", "Contact", "Task", "Event", "User")

    @pytest.fixture
    def described(self, wire: responses.RequestsMock) -> responses.RequestsMock:
        for name in self.OBJECTS[1:]:
            wire.get(f"{ROOT}/sobjects/{name}/describe", json=describe(LEAD_KINDS, name))
        return wire

    def test_travel_five_to_a_call(self, described: responses.RequestsMock, org: SalesforceOrg) -> None:
        """Documented: of 25 subrequests at most 5 may be queries."""
        bodies = {name: (200, found(lead(n))) for n, name in enumerate(self.OBJECTS)}
        call = composite(described, bodies)
        described.get(f"{ROOT}/queryAll", json=found(lead(5)))
        pages = org.since([KeysetRequest(object=name, fields=("LastName",)) for name in self.OBJECTS])
        assert call.call_count == 1
        assert [page.batch.object for page in pages] == list(self.OBJECTS)
        assert [page.batch.column("LastName")[0] for page in pages] == [f"name {n}" for n in range(6)]

    def test_ask_alone_for_the_one_that_failed(
        self, described: responses.RequestsMock, org: SalesforceOrg
    ) -> None:
        composite(described, {"Lead": (200, found(lead(1))), "Account": (400, error("QUERY_TIMEOUT"))})
        described.get(f"{ROOT}/queryAll", json=found(lead(2)))
        pages = org.since([KeysetRequest(object=name, fields=("LastName",)) for name in ("Lead", "Account")])
        assert [page.batch.column("LastName") for page in pages] == [["name 1"], ["name 2"]]

    def test_name_the_object_that_is_refused(
        self, described: responses.RequestsMock, org: SalesforceOrg
    ) -> None:
        refusal = error("INVALID_FIELD", "No such column")
        composite(described, {"Lead": (200, found(lead(1))), "Account": (400, refusal)})
        described.get(f"{ROOT}/queryAll", status=400, json=refusal)
        with pytest.raises(StreamStopped) as fault:
            org.since([KeysetRequest(object=name, fields=("LastName",)) for name in ("Lead", "Account")])
        assert fault.value.object == "Account"


class TestAQuery:
    def test_is_followed_to_its_end(self, wire: responses.RequestsMock, org: SalesforceOrg) -> None:
        following = "/services/data/v63.0/query/01g000000000001-2000"
        wire.get(f"{ROOT}/query", json={**found(lead(1), done=False), "nextRecordsUrl": following})
        wire.get(f"{ROOT}/query/01g000000000001-2000", json=found(lead(2)))
        assert [row["LastName"] for row in org.query("SELECT Id FROM Lead")] == ["name 1", "name 2"]

    def test_names_parents_by_path(self, wire: responses.RequestsMock, org: SalesforceOrg) -> None:
        owner = {"attributes": {"type": "User"}, "Name": "Ana"}
        wire.get(f"{ROOT}/query", json=found(lead(1, Owner=owner), lead(2, Owner=None)))
        rows = list(org.query("SELECT Owner.Name FROM Lead"))
        assert rows[0]["Owner.Name"] == "Ana"
        assert rows[1].get("Owner.Name") is None

    def test_tells_an_instant_from_a_text_that_looks_like_one(
        self, wire: responses.RequestsMock, org: SalesforceOrg
    ) -> None:
        name = "2026-11-21T11:00:00.000+0000"
        wire.get(f"{ROOT}/query", json=found(lead(1, LastName=name)))
        [row] = org.query("SELECT Id FROM Lead")
        assert row["LastName"] == name
        assert row["SystemModstamp"] == "2026-11-21T11:00:01.000Z"

    def test_reads_aggregates(self, wire: responses.RequestsMock, org: SalesforceOrg) -> None:
        record = {"attributes": {"type": "AggregateResult"}, "expr0": 12, "expr1": 1.50}
        wire.get(f"{ROOT}/query", json=found(record))
        assert list(org.query("SELECT COUNT(Id), AVG(Amount) FROM Lead")) == [{"expr0": "12", "expr1": "1.5"}]

    def test_refuses_child_lists(self, wire: responses.RequestsMock, org: SalesforceOrg) -> None:
        wire.get(f"{ROOT}/query", json=found(lead(1, Tasks=found())))
        with pytest.raises(RecordRefused, match="query them by themselves"):
            list(org.query("SELECT Id, (SELECT Id FROM Tasks) FROM Lead"))


def test_counting_counts_deleted_rows_on_request(wire: responses.RequestsMock, org: SalesforceOrg) -> None:
    wire.get(f"{ROOT}/query", json={"totalSize": 3, "done": True, "records": []})
    wire.get(f"{ROOT}/queryAll", json={"totalSize": 4, "done": True, "records": []})
    assert org.count("Lead") == 3
    assert org.count("Lead", all_rows=True) == 4


class TestRetrieve:
    def test_leaves_out_what_is_gone(self, wire: responses.RequestsMock, org: SalesforceOrg) -> None:
        body = {"ids": ["001D000000IRFmaIAH", "00Q000000000002AAA"], "fields": ["LastName", "Id"]}
        wire.post(
            f"{ROOT}/composite/sobjects/Lead",
            json=[lead(1), None],
            match=[matchers.json_params_matcher(body)],
        )
        batch = org.retrieve("Lead", ["001D000000IRFma", "00Q000000000002AAA"], ["LastName"])
        assert list(batch.records()) == [{"LastName": "name 1", "Id": "00Q000000000001AAA"}]

    def test_of_nothing_asks_nothing(self, org: SalesforceOrg) -> None:
        before = org.budget().own_calls
        org.describe("Lead")
        assert org.retrieve("Lead", [], ["LastName"]).rows == 0
        assert org.budget().own_calls == before + 1

    def test_of_too_many_is_a_programmers_fault(self, org: SalesforceOrg) -> None:
        with pytest.raises(ValueError, match="at most 2000"):
            org.retrieve("Lead", ["00Q000000000002AAA"] * 2001, ["LastName"])


class TestReplication:
    START, END = datetime(2026, 11, 21, 11, tzinfo=UTC), datetime(2026, 11, 21, 12, tzinfo=UTC)

    def test_updated_tells_how_far_it_is_complete(
        self, wire: responses.RequestsMock, org: SalesforceOrg
    ) -> None:
        params = {"start": "2026-11-21T11:00:00+00:00", "end": "2026-11-21T12:00:00+00:00"}
        answer = {"ids": ["00Q000000000002AAA"], "latestDateCovered": "2026-11-21T11:30:00.000+0000"}
        wire.get(f"{ROOT}/sobjects/Lead/updated/", json=answer, match=[matchers.query_param_matcher(params)])
        updated = org.updated("Lead", self.START, self.END)
        assert updated.ids == ("00Q000000000002AAA",)
        assert updated.latest_date_covered == datetime(2026, 11, 21, 11, 30, tzinfo=UTC)

    def test_deleted_tells_when(self, wire: responses.RequestsMock, org: SalesforceOrg) -> None:
        answer = {
            "deletedRecords": [{"id": "00Q000000000002AAA", "deletedDate": "2026-11-21T11:10:00.000+0000"}],
            "earliestDateAvailable": "2026-01-01T00:00:00.000+0000",
            "latestDateCovered": "2026-11-21T11:59:00.000+0000",
        }
        wire.get(f"{ROOT}/sobjects/Lead/deleted/", json=answer)
        deleted = org.deleted("Lead", self.START, self.END)
        assert deleted.rows[0].deleted_at == datetime(2026, 11, 21, 11, 10, tzinfo=UTC)
        assert deleted.earliest_available.year == 2026

    def test_too_many_ids_are_asked_for_in_halves(
        self, wire: responses.RequestsMock, org: SalesforceOrg
    ) -> None:
        """Documented: at most 600,000 ids. The watermark is the less of the halves'."""
        path = f"{ROOT}/sobjects/Lead/updated/"

        def half(start: str, end: str, one: str, covered: str) -> None:
            params = {"start": f"2026-11-21T{start}:00+00:00", "end": f"2026-11-21T{end}:00+00:00"}
            answer = {"ids": [one], "latestDateCovered": f"2026-11-21T{covered}:00.000+0000"}
            wire.get(path, json=answer, match=[matchers.query_param_matcher(params)])

        whole = {"start": "2026-11-21T11:00:00+00:00", "end": "2026-11-21T12:00:00+00:00"}
        wire.get(
            path, status=400, json=error("EXCEEDED_ID_LIMIT"), match=[matchers.query_param_matcher(whole)]
        )
        half("11:00", "11:30", "00Q000000000001AAA", "11:10")
        half("11:30", "12:00", "00Q000000000002AAA", "11:10")
        updated = org.updated("Lead", self.START, self.END)
        assert set(updated.ids) == {"00Q000000000001AAA", "00Q000000000002AAA"}
        assert updated.latest_date_covered == datetime(2026, 11, 21, 11, 10, tzinfo=UTC)

    def test_a_minute_with_too_many_ids_stops_the_stream(
        self, wire: responses.RequestsMock, org: SalesforceOrg
    ) -> None:
        wire.get(f"{ROOT}/sobjects/Lead/updated/", status=400, json=error("EXCEEDED_ID_LIMIT"))
        with pytest.raises(StreamStopped, match="take a snapshot"):
            org.updated("Lead", self.START, self.START + timedelta(minutes=1))


class TestTheWindowToAskFor:
    def test_is_whole_minutes(self) -> None:
        window = watermark_window(NOON - timedelta(minutes=5, seconds=7), NOON)
        assert window == (
            datetime(2026, 11, 21, 11, 55, tzinfo=UTC),
            datetime(2026, 11, 21, 12, 0, tzinfo=UTC),
        )

    def test_is_none_inside_one_minute(self) -> None:
        assert watermark_window(NOON - timedelta(seconds=20), NOON) is None

    def test_older_than_thirty_days_is_out_of_reach(self) -> None:
        with pytest.raises(StreamStopped, match="connector reconcile"):
            watermark_window(NOON - timedelta(days=30, minutes=1), NOON)
