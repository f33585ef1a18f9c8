"""Fitting a mapping to an org: what is checked against its describes, and what is mirrored."""

from collections.abc import Iterator
from typing import Any

import pytest

from connector.canonical.fault import Fault
from connector.canonical.kind import Kind
from connector.mapping import check_login, compile_mapping
from connector.mapping.describe import SYSTEM_FIELDS
from tests.unit.mapping.org import (
    both,
    compiled,
    described,
    describes_for,
    field,
    mapping_of,
    object_of,
    schema,
    shipped,
)


def faults_of(body: str, describes: dict[str, Any]) -> list[Fault]:
    ready, faults = compile_mapping(mapping_of(body), describes)
    assert ready is None
    return list(faults)


def lead_faults(lines: str) -> list[Fault]:
    return faults_of(f"lead:\n  object: Lead\n  read:\n    owner: OwnerId\n{lines}", described("Lead"))


def test_the_shipped_profiles_fit_the_org_that_ships_with_them() -> None:
    assert compiled().kinds_of("Account") == (Kind.PARTNER, Kind.CUSTOMER)
    assert check_login(compiled(), describes_for(both())) == ()


@pytest.mark.parametrize("profile", ["partner_leads", "deal_registration"])
def test_each_profile_works_on_its_own(profile: str) -> None:
    mapping = shipped(profile)
    ready, faults = compile_mapping(mapping, describes_for(mapping))
    assert ready is not None
    assert faults == ()


def test_every_mirrored_object_has_its_system_fields_as_far_as_the_org_has_them() -> None:
    for name, fields in compiled().objects.items():
        org = schema().object(name).fields
        assert set(fields) <= set(org), name
        assert set(fields) >= {each for each in SYSTEM_FIELDS if each in org}, name
        assert list(fields) == sorted(fields)
    assert "MasterRecordId" in compiled().objects["Lead"]
    assert "IsDeleted" not in compiled().objects["User"]


def test_fields_that_are_written_or_filtered_on_are_mirrored_too() -> None:
    assert {"IsPartner", "Claims_Held__c", "Tier__c"} <= set(compiled().objects["Account"])
    assert {"Type", "DeveloperName"} <= set(compiled().objects["Group"])
    assert {"Kind__c", "Left__c", "Evidence__c"} <= set(compiled().objects["Channel_Conflict__c"])
    assert "LastLoginDate" in compiled().objects["User"]


def test_child_objects_are_mirrored_and_looked_up_by_their_link() -> None:
    ready = compiled()
    assert set(ready.children_of(Kind.REGISTRATION)) == {
        ("Decision_Maker__c", "Registration__c"),
        ("Registration_Evidence__c", "Registration__c"),
    }
    assert ready.parent_of("Registration_Evidence__c") == (Kind.REGISTRATION, "Registration__c")
    assert ready.parent_of("Lead") is None
    assert ready.kinds_of("Decision_Maker__c") == ()
    assert ready.links["Decision_Maker__c"] == ("Registration__c",)
    assert set(ready.links["Task"]) == {"WhatId", "WhoId"}


def test_a_kind_is_found_at_its_objects() -> None:
    assert compiled().object_of(Kind.LEAD) == "Lead"
    assert compiled().objects_of(Kind.ACTIVITY) == ("Task", "Event")


def test_a_misspelt_field_is_told_with_the_nearest_real_one() -> None:
    (fault,) = lead_faults("    status: Statos\n    owner_since: Owner_Sinse__c\n")[:1]
    assert (fault.nearest, fault.line, fault.where) == ("Status", 6, "lead.read.status")


def test_all_faults_against_an_org_come_in_one_run() -> None:
    lines = "    status: Statos\n    owner_since: LastActivityDate\n    identity.employees: Company\n"
    assert [fault.line for fault in lead_faults(lines)] == [6, 7, 8]


def test_api_names_ignore_case() -> None:
    ready, faults = compile_mapping(
        mapping_of("lead: {object: Lead, read: {owner: ownerid, source: leadsource}}\n"), described("Lead")
    )
    assert faults == ()
    assert ready is not None
    assert {"OwnerId", "LeadSource"} <= set(ready.objects["Lead"])


def test_an_optional_field_may_be_missing() -> None:
    ready, faults = compile_mapping(
        mapping_of("lead: {object: Lead, read: {caller_id: {field: Nope__c, optional: true}}}\n"),
        described("Lead"),
    )
    assert ready is not None
    assert faults == ()


def test_an_object_that_the_login_cannot_see_is_said() -> None:
    (fault,) = faults_of("lead: {object: Leed, read: {owner: OwnerId}}\n", described("Lead"))
    assert fault.nearest == "Lead"


def test_a_type_that_cannot_hold_the_attribute_is_said() -> None:
    (fault,) = lead_faults("    owner_since: LastActivityDate\n")
    assert "type date" in fault.found
    assert "datetime" in fault.expected


def test_a_condition_is_checked_against_the_org() -> None:
    faults = faults_of(
        "lead:\n  object: Lead\n  where: Statos = 'x' and Status = 'Nwe' and IsConverted = 3\n"
        "  read: {owner: OwnerId}\n",
        described("Lead"),
    )
    assert [fault.nearest for fault in faults if fault.nearest] == ["Status", "New"]
    assert any("beside number '3'" in fault.found for fault in faults)


def test_picklist_values_without_a_mapping_are_noted_and_wrong_ones_refused() -> None:
    body = (
        "opportunity:\n  object: Opportunity\n  read:\n    conflict_flag:\n      field: Conflict_Flag__c\n"
        "      values: {Direct: direct, Partnr: partner, None: none}\n"
    )
    faults = faults_of(body, described("Opportunity"))
    assert [(fault.note, fault.nearest) for fault in faults] == [
        (True, ""),
        (True, ""),
        (False, "Partner"),
    ]
    assert "'Partner'" in faults[0].found
    assert "'Poached'" in faults[1].found


def test_unmapped_values_alone_do_not_stop_a_mapping() -> None:
    body = "lead: {object: Lead, read: {worked: {field: Status, values: {New: false}}}}\n"
    ready, faults = compile_mapping(mapping_of(body), described("Lead"))
    assert ready is not None
    assert len(faults) == 4
    assert all(fault.note for fault in faults)


def test_a_field_that_the_login_may_not_write_is_refused() -> None:
    describes = described("Lead")
    for each in describes["Lead"]["fields"]:
        if each["name"] in ("Claim_Message__c", "Expected_Owner__c"):
            each["updateable"] = False
    faults = faults_of(
        "lead:\n  object: Lead\n  read: {owner: OwnerId}\n  write:\n"
        "    message: Claim_Message__c\n"
        "    owner: {field: OwnerId, contested: true, expected: Expected_Owner__c}\n",
        describes,
    )
    assert [fault.line for fault in faults] == [6, 7]
    assert all("cannot write" in fault.found for fault in faults)


def test_a_formula_is_noted_because_it_drifts() -> None:
    describes = {"Lead": object_of("Lead", field("Score__c", "string", calculated=True))}
    ready, faults = compile_mapping(mapping_of("lead: {object: Lead, read: {source: Score__c}}\n"), describes)
    assert ready is not None
    assert [fault.note for fault in faults] == [True]


def test_a_currency_is_a_field_or_the_code_of_an_org_with_one_currency() -> None:
    org = {"Opportunity": object_of("Opportunity", field("Amount", "currency"))}
    body = "opportunity: {object: Opportunity, read: {amount: {field: Amount, currency: %s}}}\n"
    ready, _ = compile_mapping(mapping_of(body % "EUR"), org)
    assert ready is not None
    (fault,) = faults_of(body % "CurrencyIsoCode", org)
    assert "EUR" in fault.expected


def test_an_unknown_child_relationship_is_told_with_the_nearest() -> None:
    (fault,) = faults_of(
        "registration:\n  object: Deal_Registration__c\n"
        "  read: {decision_makers: {children: Decision_Maker__r, name: Name}}\n",
        described("Deal_Registration__c"),
    )
    assert fault.nearest == "Decision_Makers__r"


def test_an_object_without_a_stamp_cannot_be_followed() -> None:
    org = {"Lead": {"name": "Lead", "fields": [field("Id", "id"), field("OwnerId", "reference")]}}
    (fault,) = faults_of("lead: {object: Lead, read: {owner: OwnerId}}\n", org)
    assert "SystemModstamp" in fault.found


def drifted() -> Iterator[tuple[str, dict[str, Any]]]:
    gone = describes_for(both())
    del gone["Task"]
    yield "Task, which the login cannot see", gone
    hidden = describes_for(both())
    hidden["Lead"]["fields"] = [each for each in hidden["Lead"]["fields"] if each["name"] != "Work_By__c"]
    yield "Lead.Work_By__c, which the login cannot read", hidden
    locked = describes_for(both())
    locked["Lead"]["updateable"] = False
    yield "Lead, not updateable for the login", locked
    closed = describes_for(both())
    closed["Channel_Conflict__c"]["createable"] = False
    yield "Channel_Conflict__c, not createable for the login", closed


@pytest.mark.parametrize(
    ("finding", "describes"), list(drifted()), ids=lambda each: each if isinstance(each, str) else ""
)
def test_what_the_login_may_not_do_is_found_before_the_first_record(
    finding: str, describes: dict[str, Any]
) -> None:
    assert finding in {fault.found for fault in check_login(compiled(), describes)}
