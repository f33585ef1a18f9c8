"""From a record's canonical text to a canonical record."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from connector.canonical.kind import Kind
from connector.canonical.money import Money
from connector.canonical.records import (
    Activity,
    FilingStatus,
    Lead,
    Opportunity,
    Partner,
    Person,
    PersonState,
    Registration,
)
from connector.mapping import BadValue, compile_mapping
from tests.unit.mapping.org import STAMP, compiled, described, mapping_of, row

LEAD = "00Q000000000001AAA"
FIRM = "001000000000001AAA"
DEAL = "a00000000000001AAA"
USER = "005000000000001AAA"


def read(kind: Kind, ident: str, children: Any = None, **values: str | None) -> Any:
    return compiled().read(kind, row(ident, **values), children or {})


def test_a_lead_is_read_whole() -> None:
    lead = read(
        Kind.LEAD,
        LEAD,
        Company="Müller GmbH",
        NumberOfEmployees="120",
        OwnerId=USER,
        Owner_Since__c="2026-03-04T05:06:07.000Z",
        Status="Working",
        IsConverted="false",
        Claim_Verdict__c="On Hold",
    )
    assert isinstance(lead, Lead)
    assert (lead.identity.name, lead.identity.employees, lead.identity.city) == ("Müller GmbH", 120, "")
    assert lead.owner_since == datetime(2026, 3, 4, 5, 6, 7, tzinfo=UTC)
    assert (lead.worked, lead.claim_verdict, lead.owner_before) == (True, "on_hold", None)
    assert lead.stamp == datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


def test_a_record_that_was_read_equals_one_that_was_validated() -> None:
    """Reading skips validation for speed: it may not build anything that validation would not."""
    for kind, ident, values in (
        (Kind.LEAD, LEAD, {"Company": "A", "OwnerId": USER, "Status": "New", "IsConverted": "false"}),
        (
            Kind.OPPORTUNITY,
            "006000000000001AAA",
            {"Amount": "5.5", "CurrencyIsoCode": "EUR", "IsWon": "true"},
        ),
        (Kind.PARTNER, FIRM, {"IsPartner": "true", "Territory__c": "Germany;Austria"}),
    ):
        record = read(kind, ident, **values)
        again = type(record).model_validate(record.model_dump())
        assert record == again
        assert record.model_dump_json() == again.model_dump_json()
        assert hash(record.id) == hash(again.id)


def test_a_record_outside_the_filter_is_none() -> None:
    """A record that leaves the filter becomes a tombstone."""
    assert read(Kind.PARTNER, FIRM, IsPartner="false") is None
    assert isinstance(read(Kind.PARTNER, FIRM, IsPartner="true"), Partner)
    assert read(Kind.REGISTRATION, DEAL, Status__c="Draft") is None


def test_territories_are_a_list() -> None:
    partner = read(Kind.PARTNER, FIRM, IsPartner="true", Territory__c="Germany;Austria")
    assert partner.territory == ("Germany", "Austria")


@pytest.mark.parametrize(
    ("active", "login", "state"),
    [
        ("false", STAMP, PersonState.INACTIVE),
        ("true", None, PersonState.INVITED),
        ("true", STAMP, PersonState.ACTIVE),
    ],
)
def test_a_person_is_invited_until_the_first_login(
    active: str, login: str | None, state: PersonState
) -> None:
    """R3.4."""
    person = read(Kind.PERSON, USER, IsActive=active, LastLoginDate=login)
    assert isinstance(person, Person)
    assert person.state is state


@pytest.mark.parametrize(
    ("stage", "canonical"),
    [("Prospecting", Decimal(1)), ("Closed Won", Decimal(10)), ("Closed Lost", None), ("Our own", None)],
)
def test_a_stage_without_a_mapping_is_none(stage: str, canonical: Decimal | None) -> None:
    """R2.1."""
    deal = read(Kind.OPPORTUNITY, "006000000000001AAA", StageName=stage)
    assert isinstance(deal, Opportunity)
    assert deal.stage == canonical


def test_a_registration_gathers_its_child_rows_oldest_first() -> None:
    """R1.6, R1.8."""
    makers = [
        row(
            "a01000000000002AAA",
            Registration__c=DEAL,
            Name="Bo",
            Title__c=None,
            CreatedDate="2026-01-03T00:00:00.000Z",
        ),
        row("a01000000000001AAA", Registration__c=DEAL, Name="Ada", Title__c="CIO"),
        row("a01000000000003AAA", Registration__c=DEAL, Name="Gone", IsDeleted="true"),
        row("a01000000000004AAA", Registration__c="a00000000000009AAA", Name="Other"),
    ]
    proofs = [
        row(
            "a02000000000001AAA",
            Registration__c=DEAL,
            Kind__c="Email Introduction",
            Customer_Confirmed__c="true",
            Happened_On__c="2026-01-01",
        )
    ]
    filing = read(
        Kind.REGISTRATION,
        DEAL,
        {"Decision_Maker__c": makers, "Registration_Evidence__c": proofs},
        Status__c="In Review",
        Amount__c="25000.5",
        CurrencyIsoCode="USD",
        Products__c="Analytics;Edge Gateway",
        Buying_Stage__c="Shortlist",
        Review_Decided_By__c="005000000000001",
    )
    assert isinstance(filing, Registration)
    assert [(each.name, each.title) for each in filing.decision_makers] == [("Ada", "CIO"), ("Bo", "")]
    (proof,) = filing.evidence
    assert (proof.kind, proof.customer_confirmed, proof.happened_on) == (
        "email_introduction",
        True,
        date(2026, 1, 1),
    )
    assert filing.status is FilingStatus.IN_REVIEW
    assert filing.amount == Money(amount=Decimal("25000.5"), currency="USD")
    assert filing.products == ("Analytics", "Edge Gateway")
    assert filing.buying_stage == Decimal(5)
    assert filing.reviewed_by == "005000000000001AAA"  # formulas give 15 characters


def test_an_activity_is_read_from_tasks_and_from_events() -> None:
    task = read(Kind.ACTIVITY, "00T000000000001AAA", WhatId=FIRM, IsClosed="true", ActivityDate="2026-01-01")
    event = read(Kind.ACTIVITY, "00U000000000001AAA", WhatId=FIRM)
    assert isinstance(task, Activity)
    assert isinstance(event, Activity)
    assert (task.done, event.done, event.about) == (True, False, FIRM)


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"Owner_Since__c": "yesterday"}, "Owner_Since__c"),
        ({"NumberOfEmployees": "many"}, "NumberOfEmployees"),
        ({"NumberOfEmployees": "1.5"}, "NumberOfEmployees"),
        ({"IsConverted": "TRUE?"}, "IsConverted"),
        ({"Owner_Before__c": "not an id"}, "Owner_Before__c"),
        ({"Status": "Invented"}, "Status"),
        ({"SystemModstamp": None, "LastModifiedDate": None, "CreatedDate": None}, "SystemModstamp"),
    ],
)
def test_a_bad_value_is_a_value_that_names_the_field(values: dict[str, str | None], field: str) -> None:
    """Law 14: a bad record stops nobody else."""
    found = read(Kind.LEAD, LEAD, **values)
    assert isinstance(found, BadValue)
    assert (found.field, found.record, found.object) == (field, LEAD, "Lead")


def test_an_amount_without_a_currency_is_a_bad_value() -> None:
    found = read(Kind.OPPORTUNITY, "006000000000001AAA", Amount="5", CurrencyIsoCode=None)
    assert isinstance(found, BadValue)
    assert found.field == "CurrencyIsoCode"


def test_a_kind_that_no_profile_maps_reads_nothing() -> None:
    body = "lead: {object: Lead, read: {owner: OwnerId}}\n"
    ready, _ = compile_mapping(mapping_of(body), described("Lead"))
    assert ready is not None
    assert ready.read(Kind.PARTNER, row(FIRM), {}) is None


def test_without_stamps_the_filing_time_comes_from_the_history() -> None:
    """Law 1: the first time the status became Submitted, not the last."""
    body = (
        "registration:\n  object: Deal_Registration__c\n"
        "  read: {filed_at: {history: Status__c, to: Submitted}}\n"
    )
    history = "Deal_Registration__History"
    ready, faults = compile_mapping(mapping_of(body), described("Deal_Registration__c", history))
    assert faults == ()
    assert ready is not None
    assert ready.children_of(Kind.REGISTRATION) == ((history, "ParentId"),)
    assert ready.stamps[history] == "CreatedDate"

    def entry(field: str, value: str, stamp: str) -> dict[str, str | None]:
        return {"Id": "017", "ParentId": DEAL, "Field": field, "NewValue": value, "CreatedDate": stamp}

    rows = [
        entry("Status__c", "Submitted", "2026-02-02T00:00:00.000Z"),
        entry("Status__c", "Submitted", "2026-02-01T00:00:00.000Z"),
        entry("OwnerId", "Submitted", "2026-01-01T00:00:00.000Z"),
        entry("Status__c", "Draft", "2026-01-01T00:00:00.000Z"),
    ]
    filing = ready.read(Kind.REGISTRATION, row(DEAL), {history: rows})
    assert isinstance(filing, Registration)
    assert filing.filed_at == datetime(2026, 2, 1, tzinfo=UTC)
