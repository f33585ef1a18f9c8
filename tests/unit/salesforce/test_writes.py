from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
import requests
import responses
from responses import matchers

from connector.ports.org import NOT_TRIED, UNKNOWN_OUTCOME, BudgetSpent, ErrorKind, Row
from connector.salesforce import SalesforceOrg
from tests.unit.salesforce.conftest import LEAD_KINDS, ROOT, describe, error

PATH = f"{ROOT}/composite/sobjects"
SPENT = error("REQUEST_LIMIT_EXCEEDED", "TotalRequests Limit exceeded.")
MakeOrg = Callable[..., SalesforceOrg]


def lead(number: int, sobject: str = "Lead", **values: str | None) -> Row:
    return Row(object=sobject, id=f"00Q{number:012d}AAA", values=values or {"Company": f"firm {number}"})


def refused(code: str, message: str = "m", *fields: str) -> dict[str, Any]:
    return {"success": False, "errors": [{"statusCode": code, "message": message, "fields": list(fields)}]}


class Collections:
    """Answers collection calls row by row and remembers them; a row's `Company` may script its refusals."""

    def __init__(self, wire: responses.RequestsMock) -> None:
        self.calls: list[list[dict[str, Any]]] = []
        self.scripts: dict[str, list[dict[str, Any]]] = {}
        self.refuse_call: Callable[[list[dict[str, Any]]], tuple[int, Any] | None] = lambda _: None
        for method in (responses.POST, responses.PATCH):
            wire.add_callback(method, PATH, callback=self.answer)

    def answer(self, request: Any) -> tuple[int, dict[str, str], str]:
        body = json.loads(request.body)
        assert body["allOrNone"] is False
        assert request.headers["Sforce-Auto-Assign"] == "FALSE"
        self.calls.append(body["records"])
        refusal = self.refuse_call(body["records"])
        if refusal:
            return refusal[0], {}, json.dumps(refusal[1])
        return 200, {}, json.dumps([self.row(record) for record in body["records"]])

    def row(self, record: dict[str, Any]) -> dict[str, Any]:
        script = self.scripts.get(str(record.get("Company")))
        if script:
            return script.pop(0)
        return {"id": record.get("id", "00Q000000000999AAA"), "success": True, "errors": []}


@pytest.fixture
def collections(wire: responses.RequestsMock) -> Collections:
    for number in range(12):
        wire.get(f"{ROOT}/sobjects/Thing{number}__c/describe", json=describe(LEAD_KINDS))
    return Collections(wire)


def test_rows_travel_two_hundred_to_a_call_in_order(collections: Collections, org: SalesforceOrg) -> None:
    results = org.write([lead(n) for n in range(450)])
    assert [len(call) for call in collections.calls] == [200, 200, 50]
    assert [result.id for result in results] == [f"00Q{n:012d}AAA" for n in range(450)]
    assert all(result.success and not result.created for result in results)


def test_an_eleventh_run_of_objects_starts_a_new_call(collections: Collections, org: SalesforceOrg) -> None:
    """Documented: at most 10 chunks of one object each; a run that comes back counts again."""
    org.write([lead(n, f"Thing{n % 2}__c") for n in range(12)])
    assert [len(call) for call in collections.calls] == [10, 2]


def test_creates_and_updates_do_not_share_a_call(collections: Collections, org: SalesforceOrg) -> None:
    new = Row(object="Lead", id=None, values={"Company": "new"})
    results = org.write([lead(1), new, lead(2)])
    assert [len(call) for call in collections.calls] == [1, 1, 1]
    assert [result.created for result in results] == [False, True, False]
    assert results[1].id == "00Q000000000999AAA"


def test_values_are_written_in_the_fields_own_type(wire: responses.RequestsMock, org: SalesforceOrg) -> None:
    call = wire.patch(PATH, json=[{"id": "00Q000000000001AAA", "success": True, "errors": []}])
    org.write(
        [lead(1, IsConverted="false", AnnualRevenue="0.10000000000000000001", Company=None, LastName="7")]
    )
    body = str(call.calls[0].request.body, "utf-8") if isinstance(call.calls[0].request.body, bytes) else ""
    assert '"IsConverted":false' in body
    assert '"AnnualRevenue":0.10000000000000000001' in body
    assert '"Company":null' in body
    assert '"LastName":"7"' in body


def test_only_a_row_that_met_a_lock_is_written_again(
    collections: Collections, org: SalesforceOrg, naps: list[float]
) -> None:
    locked = refused("UNABLE_TO_LOCK_ROW", "unable to obtain exclusive access")
    collections.scripts["firm 2"] = [locked, locked]
    results = org.write([lead(1), lead(2), lead(3)])
    assert [[record["Company"] for record in call] for call in collections.calls] == [
        ["firm 1", "firm 2", "firm 3"],
        ["firm 2"],
        ["firm 2"],
    ]
    assert all(result.success for result in results)
    assert len(naps) == 2


def test_a_row_that_stays_locked_is_for_later(collections: Collections, make_org: MakeOrg) -> None:
    collections.scripts["firm 1"] = [refused("UNABLE_TO_LOCK_ROW")] * 9
    [result] = make_org(attempts=3).write([lead(1)])
    assert result.kind is ErrorKind.RETRY
    assert result.code == "UNABLE_TO_LOCK_ROW"
    assert len(collections.calls) == 3


def test_a_refused_row_stops_no_other(collections: Collections, org: SalesforceOrg) -> None:
    """A bad record stops nobody else (law 14)."""
    collections.scripts["firm 2"] = [refused("REQUIRED_FIELD_MISSING", "missing", "LastName")]
    results = org.write([lead(1), lead(2), lead(3)])
    assert [result.success for result in results] == [True, False, True]
    assert results[1].kind is ErrorKind.DEAD
    assert results[1].fields == ("LastName",)
    assert results[1].id == "00Q000000000002AAA"


def test_a_row_that_spoils_its_whole_call_is_found(collections: Collections, org: SalesforceOrg) -> None:
    def spoilt(records: list[dict[str, Any]]) -> tuple[int, Any] | None:
        bad = any(record["Company"] == "firm 5" for record in records)
        return (400, error("JSON_PARSER_ERROR", "cannot deserialize")) if bad else None

    collections.refuse_call = spoilt
    results = org.write([lead(n) for n in range(8)])
    assert [result.success for result in results] == [n != 5 for n in range(8)]
    assert results[5].code == "JSON_PARSER_ERROR"
    assert results[5].kind is ErrorKind.DEAD


def test_our_own_validation_rule_means_somebody_was_first(
    collections: Collections, org: SalesforceOrg
) -> None:
    """The org package's compare-and-set (law 12)."""
    said = "EXPECTED_OWNER_MISMATCH: somebody else changed the owner of this lead meanwhile."
    collections.scripts["firm 1"] = [refused("FIELD_CUSTOM_VALIDATION_EXCEPTION", said)]
    [result] = org.write([lead(1)])
    assert result.kind is ErrorKind.REFUSED_STALE


@pytest.mark.parametrize(
    ("values", "kind", "code", "field"),
    [
        ({"Compny": "x"}, ErrorKind.CONFIG, "INVALID_FIELD", "Compny"),
        ({"AnnualRevenue": "much"}, ErrorKind.DEAD, "INVALID_TYPE_ON_FIELD_IN_RECORD", "AnnualRevenue"),
    ],
)
def test_a_row_that_cannot_be_right_is_not_sent(
    collections: Collections,
    org: SalesforceOrg,
    values: dict[str, str],
    *,
    kind: ErrorKind,
    code: str,
    field: str,
) -> None:
    results = org.write([lead(1), lead(2, **values)])
    assert [len(call) for call in collections.calls] == [1]
    assert results[0].success
    assert (results[1].kind, results[1].code, results[1].fields) == (kind, code, (field,))


def test_an_object_that_is_not_there_stops_no_other(
    wire: responses.RequestsMock, collections: Collections, org: SalesforceOrg
) -> None:
    gone = wire.get(f"{ROOT}/sobjects/Gone__c/describe", status=404, json=error("NOT_FOUND"))
    results = org.write([lead(1), lead(2, "Gone__c"), lead(3, "Gone__c"), lead(4)])
    assert [result.success for result in results] == [True, False, False, True]
    assert {result.kind for result in results[1:3]} == {ErrorKind.CONFIG}
    assert gone.call_count == 1


def test_a_malformed_id_is_a_dead_row_not_a_crash(collections: Collections, org: SalesforceOrg) -> None:
    results = org.write([lead(1), Row(object="Lead", id="x/../y", values={"Company": "z"})])
    assert [result.success for result in results] == [True, False]
    assert (results[1].code, results[1].kind) == ("MALFORMED_ID", ErrorKind.DEAD)


def test_a_spent_budget_before_the_first_row_is_raised(collections: Collections, org: SalesforceOrg) -> None:
    collections.refuse_call = lambda _: (403, SPENT)
    with pytest.raises(BudgetSpent):
        org.write([lead(1)])


def test_a_budget_spent_on_the_way_leaves_the_rest_unsent(
    collections: Collections, org: SalesforceOrg
) -> None:
    collections.refuse_call = lambda records: (403, SPENT) if len(collections.calls) == 2 else None
    results = org.write([lead(n) for n in range(500)])
    assert [result.success for result in results] == [n < 200 for n in range(500)]
    assert {result.kind for result in results[200:]} == {ErrorKind.BUDGET}
    assert len(collections.calls) == 2


def test_after_a_lost_answer_its_rows_are_unknown_and_the_rest_unsent(
    wire: responses.RequestsMock, org: SalesforceOrg
) -> None:
    wire.patch(PATH, body=requests.exceptions.ReadTimeout("slow"))
    results = org.write([lead(n) for n in range(300)])
    assert {result.code for result in results[:200]} == {UNKNOWN_OUTCOME}
    assert {result.code for result in results[200:]} == {NOT_TRIED}
    assert {result.kind for result in results} == {ErrorKind.RETRY}


def test_alert_rules_for_duplicates_are_passed_only_on_request(
    wire: responses.RequestsMock, make_org: MakeOrg
) -> None:
    saved = matchers.header_matcher({"Sforce-Duplicate-Rule-Header": "allowSave=true"})
    wire.patch(PATH, json=[{"id": "00Q000000000001AAA", "success": True, "errors": []}], match=[saved])
    [result] = make_org(allow_duplicate_alerts=True).write([lead(1)])
    assert result.success


class TestAnUpsert:
    UPSERT = f"{PATH}/Lead/Ref__c"

    def row(self, ref: str) -> Row:
        return Row(object="Lead", id=None, values={"Ref__c": ref, "Company": "x"})

    def test_tells_what_was_created(self, wire: responses.RequestsMock, org: SalesforceOrg) -> None:
        answer = [
            {"id": "00Q000000000001AAA", "success": True, "created": True, "errors": []},
            {"id": "00Q000000000002AAA", "success": True, "created": False, "errors": []},
        ]
        wire.patch(self.UPSERT, json=answer)
        results = org.upsert("Lead", "Ref__c", [self.row("a"), self.row("b")])
        assert [result.created for result in results] == [True, False]

    def test_is_repeated_after_a_lost_answer(self, wire: responses.RequestsMock, org: SalesforceOrg) -> None:
        """Creations are upserts by an external id, so that they may be repeated (law 11)."""
        wire.patch(self.UPSERT, body=requests.exceptions.ReadTimeout("slow"))
        wire.patch(
            self.UPSERT, json=[{"id": "00Q000000000001AAA", "success": True, "created": False, "errors": []}]
        )
        [result] = org.upsert("Lead", "Ref__c", [self.row("a")])
        assert result.success


def test_writing_nothing_costs_nothing(org: SalesforceOrg) -> None:
    before = org.budget().own_calls
    assert org.write([]) == []
    assert org.budget().own_calls == before
