"""A registration on Lead: told apart from leads to claim, linked to its deal, and readable after its conversion."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from connector.canonical.kind import Kind
from connector.canonical.records import Lead, Registration
from connector.flows.fields import closed_off
from connector.mapping import CompiledMapping, compile_mapping, needed_children, needed_objects
from connector.practice.schema.describe import describe
from connector.practice.schema.loading import load_schema
from connector.profiles import read_profiles

PROJECT = Path(__file__).parents[3] / "deploy" / "salesforce"
MADE, CONVERTED, LINKED = "2026-03-02T08:00:00.000Z", "006000000000001AAA", "006000000000002AAA"


@pytest.fixture(scope="module")
def mapping() -> CompiledMapping:
    schema = load_schema(PROJECT, packages=("registration-on-lead",))
    united = read_profiles(["partner_leads", "registration_on_lead"]).mapping
    assert united is not None
    found = {name: describe(schema, name, "60.0") for name in needed_objects(united)}
    found |= {name: describe(schema, name, "60.0") for name in needed_children(united, found)}
    ready, faults = compile_mapping(united, found)
    assert ready is not None, [str(fault) for fault in faults]
    return ready


def row(**values: str | None) -> Mapping[str, str | None]:
    stamps = dict.fromkeys(("CreatedDate", "LastModifiedDate", "SystemModstamp"), MADE)
    own = {"Id": "00Q000000000001AAA", "Status": "New", "OwnerId": "005000000000001AAA"}
    return {**stamps, **own, "CreatedById": own["OwnerId"], "LastModifiedById": own["OwnerId"], **values}


@pytest.mark.parametrize(
    ("status", "kinds"), [(None, {Kind.LEAD}), ("Draft", set()), ("Submitted", {Kind.REGISTRATION})]
)
def test_a_registered_lead_is_no_lead_to_claim_and_neither_is_a_draft(
    mapping: CompiledMapping, status: str | None, kinds: set[Kind]
) -> None:
    values = row(Registration_Status__c=status)
    read = {kind: mapping.read(kind, values, {}) for kind in mapping.kinds_of("Lead")}
    assert set(read) == {Kind.LEAD, Kind.REGISTRATION}
    assert {kind for kind, record in read.items() if isinstance(record, Lead | Registration)} == kinds


@pytest.mark.parametrize(
    ("converted", "linked", "deal"),
    [(CONVERTED, LINKED, CONVERTED), (None, LINKED, LINKED), (None, None, None)],
)
def test_the_deal_is_the_converted_one_and_before_that_the_linked_one(
    mapping: CompiledMapping, converted: str | None, linked: str | None, deal: str | None
) -> None:
    values = row(
        Registration_Status__c="Approved",
        ConvertedOpportunityId=converted,
        Registration_Opportunity__c=linked,
    )
    filing = mapping.read(Kind.REGISTRATION, values, {})
    assert isinstance(filing, Registration)
    assert filing.opportunity == deal


def test_a_converted_lead_is_read_only_but_for_its_registration(mapping: CompiledMapping) -> None:
    open_, closed = {"IsConverted": "false"}, {"IsConverted": "true"}
    assert not closed_off(mapping, "Lead", "Claim_Message__c", open_)
    assert closed_off(mapping, "Lead", "Claim_Message__c", closed)
    assert not closed_off(mapping, "Lead", "Registration_Status__c", closed)
