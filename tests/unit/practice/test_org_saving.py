"""Saving a row: checks, defaults, flows, rules, stamps and history, in the documented order."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from connector.practice.org import Org, SaveOptions, SaveResult, User
from connector.practice.org.results import ApiError
from connector.practice.schema import DuplicateRule
from tests.unit.practice.tiny_project import queue_id, tiny_org

T0 = "2026-05-04T12:00:00.000Z"


@pytest.fixture
def org(tmp_path: Path) -> Iterator[Org]:
    made = tiny_org(tmp_path)
    yield made
    made.close()


@pytest.fixture
def robot(org: Org) -> User:
    found = org.user_by_username("connector@practice.example")
    assert found is not None
    return found


def created(result: SaveResult) -> str:
    assert result.success, result.errors
    assert result.id is not None
    return result.id


def a_lead(org: Org, **more: Any) -> str:
    return created(org.insert("Lead", {"LastName": "Sol", "Company": "Sol AG", **more}, actor=org.admin))


def code(result: SaveResult) -> str:
    assert not result.success
    return result.errors[0].status_code


def test_a_new_row_gets_id_stamps_owner_defaults_and_name(org: Org) -> None:
    row = org.read("Lead", a_lead(org, FirstName="Ana"), actor=org.admin)
    assert (row["Name"], row["Status"], row["OwnerId"]) == ("Ana Sol", "New", org.admin.id)
    assert row["CreatedDate"] == row["LastModifiedDate"] == row["SystemModstamp"] == T0
    assert (row["IsDeleted"], row["IsConverted"], row["CurrencyIsoCode"]) == (False, False, "EUR")


def test_all_missing_required_fields_are_named_at_once(org: Org) -> None:
    error = org.insert("Lead", {"City": "Bonn"}, actor=org.admin).errors[0]
    assert error.status_code == "REQUIRED_FIELD_MISSING"
    assert error.fields == ("LastName", "Company")
    assert error.message == "Required fields are missing: [LastName, Company]"


def test_a_required_field_cannot_be_emptied(org: Org) -> None:
    assert (
        code(org.update("Lead", a_lead(org), {"Company": None}, actor=org.admin)) == "REQUIRED_FIELD_MISSING"
    )


def test_an_unknown_field_is_worded_for_a_write_and_carries_no_fields(org: Org) -> None:
    error = org.insert("Lead", {"Colour": "red"}, actor=org.admin).errors[0]
    assert (error.status_code, error.fields) == ("INVALID_FIELD", ())
    assert error.message == "No such column 'Colour' on sobject of type Lead"


def test_field_names_ignore_case(org: Org) -> None:
    made = org.insert("lead", {"lastname": "Sol", "COMPANY": "Sol AG"}, actor=org.admin)
    assert org.read("Lead", created(made), ["lastName"], actor=org.admin) == {"LastName": "Sol"}


@pytest.mark.parametrize(
    "name", ["CreatedDate", "PartnerAccountId", "Name", "ConvertedDate", "SystemModstamp"]
)
def test_read_only_fields_cannot_be_written(org: Org, name: str) -> None:
    error = org.update("Lead", a_lead(org), {name: None}, actor=org.admin).errors[0]
    assert (error.status_code, error.fields) == ("INVALID_FIELD_FOR_INSERT_UPDATE", (name,))


def test_formula_fields_cannot_be_written(org: Org) -> None:
    result = org.insert("Deal__c", {"Firm_Name__c": "X"}, actor=org.admin)
    assert code(result) == "INVALID_FIELD_FOR_INSERT_UPDATE"


def test_references_must_point_at_a_live_row_of_the_right_object(org: Org) -> None:
    firm = created(org.insert("Account", {"Name": "Nord"}, actor=org.admin))
    lead = a_lead(org)
    assert code(org.insert("Deal__c", {"Firm__c": "001gK0000009999"}, actor=org.admin)) == (
        "INVALID_CROSS_REFERENCE_KEY"
    )
    assert code(org.insert("Deal__c", {"Firm__c": lead}, actor=org.admin)) == "MALFORMED_ID"
    assert code(org.insert("Deal__c", {"Firm__c": firm[:15] + "AAX"}, actor=org.admin)) == "MALFORMED_ID"
    assert org.delete("Account", firm, actor=org.admin).success
    assert code(org.insert("Deal__c", {"Firm__c": firm}, actor=org.admin)) == "ENTITY_IS_DELETED"


def test_a_wrong_id_checksum_answers_malformed_id(org: Org) -> None:
    lead = a_lead(org)
    assert code(org.update("Lead", lead[:15] + "ZZZ", {"City": "x"}, actor=org.admin)) == "MALFORMED_ID"
    with pytest.raises(ApiError) as refused:
        org.read("Lead", lead[:15] + "ZZZ", actor=org.admin)
    assert (refused.value.http_status, refused.value.error_code) == (400, "MALFORMED_ID")


def test_a_queue_owns_only_the_objects_it_is_for(org: Org) -> None:
    pool = queue_id(org)
    assert org.update("Lead", a_lead(org), {"OwnerId": pool}, actor=org.admin).success
    deal = created(org.insert("Deal__c", {}, actor=org.admin))
    assert (
        code(org.update("Deal__c", deal, {"OwnerId": pool}, actor=org.admin)) == "INVALID_CROSS_REFERENCE_KEY"
    )


def test_a_unique_value_is_taken_once(org: Org) -> None:
    first = created(org.insert("Deal__c", {"Key__c": "a"}, actor=org.admin))
    error = org.insert("Deal__c", {"Key__c": "A"}, actor=org.admin).errors[0]
    assert error.status_code == "DUPLICATE_VALUE"
    assert error.message == f"duplicate value found: Key__c duplicates value on record with id: {first[:15]}"
    assert org.update("Deal__c", first, {"Key__c": "a"}, actor=org.admin).success


def test_a_look_up_may_be_written_by_the_parents_external_id(org: Org, tmp_path: Path) -> None:
    extra = tmp_path / "extra.yaml"
    extra.write_text(
        "objects:\n  Account:\n    fields:\n      Code__c: {type: Text, length: 10, external_id: true}\n",
        encoding="utf-8",
    )
    org.declare(extra)
    firm = created(org.insert("Account", {"Name": "Nord", "Code__c": "N1"}, actor=org.admin))
    deal = created(org.insert("Deal__c", {"Firm__r": {"Code__c": "N1"}}, actor=org.admin))
    assert org.read("Deal__c", deal, ["Firm__c"], actor=org.admin) == {"Firm__c": firm}
    error = org.insert("Deal__c", {"Firm__r": {"Code__c": "N2"}}, actor=org.admin).errors[0]
    assert error.status_code == "INVALID_FIELD"
    assert "Foreign key external ID: n2 not found for field Code__c" in error.message


def test_an_update_moves_the_stamps_even_when_nothing_differs(org: Org) -> None:
    lead = a_lead(org, City="Bonn")
    org.advance(61)
    assert org.update("Lead", lead, {"City": "Bonn"}, actor=org.admin).success
    row = org.read("Lead", lead, actor=org.admin)
    assert row["CreatedDate"] == T0
    assert row["LastModifiedDate"] == row["SystemModstamp"] == "2026-05-04T12:01:01.000Z"


def test_audit_fields_may_be_set_on_create_only_when_that_is_switched_on(org: Org) -> None:
    old = {"LastName": "Sol", "Company": "Sol AG", "CreatedDate": "2001-01-01T00:00:00Z"}
    assert code(org.insert("Lead", old, actor=org.admin)) == "INVALID_FIELD_FOR_INSERT_UPDATE"
    made = org.insert("Lead", old, actor=org.admin, options=SaveOptions(set_audit_fields=True))
    row = org.read("Lead", created(made), actor=org.admin)
    assert (row["CreatedDate"], row["SystemModstamp"]) == ("2001-01-01T00:00:00.000Z", T0)


def test_a_before_save_flow_stamps_on_create_and_on_change_alone(org: Org) -> None:
    lead = a_lead(org)
    org.advance(60)
    org.update("Lead", lead, {"City": "Bonn"}, actor=org.admin)
    assert org.read("Lead", lead, actor=org.admin)["Owner_Since__c"] == T0
    org.update("Lead", lead, {"OwnerId": queue_id(org)}, actor=org.admin)
    assert org.read("Lead", lead, actor=org.admin)["Owner_Since__c"] == "2026-05-04T12:01:00.000Z"


def test_a_flow_overwrites_what_the_writer_sent(org: Org) -> None:
    lead = a_lead(org, Owner_Since__c="1999-01-01T00:00:00Z")
    assert org.read("Lead", lead, actor=org.admin)["Owner_Since__c"] == T0


def test_a_flows_decision_takes_the_branch_that_holds(org: Org) -> None:
    deal = created(org.insert("Deal__c", {"Value__c": 3}, actor=org.admin))
    assert org.read("Deal__c", deal, actor=org.admin)["Since__c"] == T0
    org.advance(60)
    org.update("Deal__c", deal, {"Value__c": 4}, actor=org.admin)
    assert org.read("Deal__c", deal, actor=org.admin)["Since__c"] == T0
    org.update("Deal__c", deal, {"Stage__c": "Won"}, actor=org.admin)
    assert org.read("Deal__c", deal, actor=org.admin)["Since__c"] == "2026-05-04T12:01:00.000Z"


def test_a_validation_rule_refuses_and_leaves_nothing_behind(org: Org) -> None:
    deal = created(org.insert("Deal__c", {}, actor=org.admin))
    error = org.update("Deal__c", deal, {"Stage__c": "Won"}, actor=org.admin).errors[0]
    assert (error.status_code, error.message, error.fields) == (
        "FIELD_CUSTOM_VALIDATION_EXCEPTION",
        "A won deal has a value",
        ("Value__c",),
    )
    assert org.read("Deal__c", deal, actor=org.admin)["Stage__c"] == "Open"


def test_formula_fields_follow_their_own_row_and_their_parents_without_a_stamp(org: Org) -> None:
    firm = created(org.insert("Account", {"Name": "Nord"}, actor=org.admin))
    deal = created(org.insert("Deal__c", {"Firm__c": firm, "Value__c": 2.5}, actor=org.admin))
    row = org.read("Deal__c", deal, actor=org.admin)
    assert (row["Firm_Name__c"], row["Double_Value__c"]) == ("NORD", 5.0)
    org.advance(60)
    org.update("Account", firm, {"Name": "Syd"}, actor=org.admin)
    row = org.read("Deal__c", deal, actor=org.admin)
    assert (row["Firm_Name__c"], row["SystemModstamp"]) == ("SYD", T0)


def test_an_owner_change_writes_two_history_rows(org: Org) -> None:
    lead = a_lead(org)
    pool = queue_id(org)
    org.update("Lead", lead, {"OwnerId": pool, "City": "Bonn"}, actor=org.admin)
    rows = org.reader().execute(
        "SELECT Field, DataType, OldValue, NewValue FROM LeadHistory WHERE LeadId = ? ORDER BY Id", (lead,)
    )
    assert list(rows) == [
        ("created", "Text", None, None),
        ("Owner", "Text", "Ada Admin", "The Pool"),
        ("Owner", "EntityId", org.admin.id, pool),
    ]


def test_a_custom_look_up_is_tracked_by_its_api_name(org: Org) -> None:
    firm = created(org.insert("Account", {"Name": "Nord"}, actor=org.admin))
    deal = created(org.insert("Deal__c", {}, actor=org.admin))
    org.update("Deal__c", deal, {"Firm__c": firm, "Stage__c": "Open"}, actor=org.admin)
    rows = org.reader().execute(
        "SELECT Field, NewValue FROM Deal__History WHERE ParentId = ? ORDER BY Id", (deal,)
    )
    assert list(rows) == [("created", None), ("Firm__c", "Nord"), ("Firm__c", firm)]


def test_history_cannot_be_written_from_outside(org: Org) -> None:
    assert code(org.insert("LeadHistory", {}, actor=org.admin)) == "INVALID_TYPE_FOR_OPERATION"


def test_the_assignment_rule_moves_a_lead_unless_told_not_to(org: Org) -> None:
    pool = queue_id(org)
    quiet = SaveOptions(auto_assign=False)
    warm = {"LastName": "Sol", "Company": "Sol AG", "Heat__c": "Warm"}
    still = created(org.insert("Lead", warm, actor=org.admin, options=quiet))
    assert org.read("Lead", still, actor=org.admin)["OwnerId"] == org.admin.id
    org.update("Lead", still, {"City": "Bonn"}, actor=org.admin)
    assert org.read("Lead", still, actor=org.admin)["OwnerId"] == pool


def test_an_alert_rule_passes_when_allowed_and_a_block_never(org: Org) -> None:
    a_lead(org, Email="ana@sol.example")
    twin = {"LastName": "Sol", "Company": "Sol", "Email": "ANA@sol.example"}
    org.add_duplicate_rule(DuplicateRule(name="Same_Email", object="Lead", fields=("Email",)))
    error = org.insert("Lead", twin, actor=org.admin).errors[0]
    assert error.status_code == "DUPLICATES_DETECTED"
    found = error.extra["duplicateResut"]
    assert (found["allowSave"], found["duplicateRule"]) == (True, "Same_Email")
    assert found["matchResults"][0]["size"] == 1
    assert org.insert("Lead", twin, actor=org.admin, options=SaveOptions(allow_duplicates=True)).success
    org.add_duplicate_rule(DuplicateRule(name="Block", object="Lead", fields=("Email",), blocks=True))
    refused = org.insert("Lead", twin, actor=org.admin, options=SaveOptions(allow_duplicates=True))
    assert code(refused) == "DUPLICATES_DETECTED"


def test_all_or_none_rolls_back_the_good_rows_too(org: Org) -> None:
    rows: list[tuple[str, str | None, dict[str, Any]]] = [
        ("Lead", None, {"LastName": "A", "Company": "A"}),
        ("Lead", None, {"LastName": "B"}),
    ]
    results = org.save_batch("insert", rows, actor=org.admin, all_or_none=True)
    assert [code(result) for result in results] == [
        "ALL_OR_NONE_OPERATION_ROLLED_BACK",
        "REQUIRED_FIELD_MISSING",
    ]
    assert results[0].id is None
    assert org.reader().execute("SELECT COUNT(*) FROM Lead").fetchone() == (0,)
    results = org.save_batch("insert", rows, actor=org.admin)
    assert [result.success for result in results] == [True, False]


def test_upsert_creates_once_and_then_updates(org: Org) -> None:
    first = org.upsert("Deal__c", "Key__c", "k", {"Value__c": 1}, actor=org.admin)
    second = org.upsert("Deal__c", "key__c", "K", {"Value__c": 2}, actor=org.admin)
    assert (first.created, second.created, first.id) == (True, False, second.id)
    with pytest.raises(ApiError) as refused:
        org.upsert("Deal__c", "Value__c", "1", {}, actor=org.admin)
    assert refused.value.http_status == 404


def test_an_upsert_that_meets_several_rows_is_ambiguous(org: Org) -> None:
    ids = [a_lead(org, Email="x@y.example"), a_lead(org, Email="x@y.example")]
    with pytest.raises(ApiError) as refused:
        org.upsert("Lead", "Email", "x@y.example", {"City": "Bonn"}, actor=org.admin)
    assert (refused.value.http_status, refused.value.fields) == (300, tuple(ids))


def test_an_upsert_batch_answers_row_by_row(org: Org) -> None:
    values: list[dict[str, Any]] = [{"Key__c": "a", "Value__c": 1}, {"Value__c": 2}, {"Key__c": "a"}]
    rows = [("Deal__c", each) for each in values]
    results = org.upsert_batch("Key__c", rows, actor=org.admin)
    assert [result.success for result in results] == [True, False, True]
    assert results[0].id == results[2].id
    assert results[2].created is False


def test_a_transaction_can_be_undone_whole(org: Org) -> None:
    with org.transaction() as whole:
        lead = a_lead(org)
        assert org.read("Lead", lead, actor=org.admin)["LastName"] == "Sol"
        whole.undo()
    with pytest.raises(ApiError):
        org.read("Lead", lead, actor=org.admin)


def test_readers_in_other_threads_see_committed_rows_only(org: Org) -> None:
    seen: list[int] = []

    def look() -> None:
        seen.append(org.reader().execute("SELECT COUNT(*) FROM Lead").fetchone()[0])

    with org.transaction():
        a_lead(org)
        thread = threading.Thread(target=look)
        thread.start()
        thread.join()
    look()
    assert seen == [0, 1]


def test_many_threads_save_without_losing_a_row(org: Org) -> None:
    def work() -> None:
        for _ in range(25):
            a_lead(org)

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert org.reader().execute("SELECT COUNT(DISTINCT Id) FROM Lead").fetchone() == (200,)


def test_the_login_sees_and_writes_what_its_permission_set_grants(org: Org, robot: User) -> None:
    deal = created(org.insert("Deal__c", {"Stage__c": "Open"}, actor=robot))
    assert {"Stage__c", "Since__c"} <= set(org.read("Deal__c", deal, actor=robot))
    assert "Value__c" not in org.read("Deal__c", deal, actor=robot)
    assert code(org.update("Deal__c", deal, {"Value__c": 1}, actor=robot)) == "INVALID_FIELD"
    assert (
        code(org.update("Deal__c", deal, {"Since__c": T0}, actor=robot)) == "INVALID_FIELD_FOR_INSERT_UPDATE"
    )
    assert code(org.delete("Deal__c", deal, actor=robot)) == "INSUFFICIENT_ACCESS_OR_READONLY"
    assert code(org.insert("Secret__c", {"Name": "x"}, actor=robot)) == "INSUFFICIENT_ACCESS_OR_READONLY"
    with pytest.raises(ApiError) as hidden:
        org.read("Secret__c", created(org.insert("Secret__c", {"Name": "x"}, actor=org.admin)), actor=robot)
    assert hidden.value.http_status == 404


def test_a_schema_may_drift_under_a_running_org(org: Org, tmp_path: Path) -> None:
    lead = a_lead(org)
    extra = tmp_path / "extra.yaml"
    extra.write_text(
        "objects:\n  Lead:\n    fields:\n      Score__c: {type: Number, precision: 3}\n", encoding="utf-8"
    )
    org.declare(extra)
    assert org.update("Lead", lead, {"Score__c": 7}, actor=org.admin).success
    assert org.read("Lead", lead, ["Score__c"], actor=org.admin) == {"Score__c": 7.0}
    org.drop_field("Lead", "Score__c")
    assert code(org.update("Lead", lead, {"Score__c": 8}, actor=org.admin)) == "INVALID_FIELD"
    assert org.update("Lead", lead, {"City": "Bonn"}, actor=org.admin).success
