"""From a canonical value to what the org holds, and back."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from connector.canonical.kind import Kind
from connector.canonical.records import FilingStatus
from connector.mapping import BadValue, PersonEdits
from tests.unit.mapping.org import compiled


def test_a_contested_slot_names_the_field_that_expects_the_value_before() -> None:
    """Law 12."""
    owner = compiled().write(Kind.LEAD, "owner")
    status = compiled().write(Kind.REGISTRATION, "status")
    assert owner is not None
    assert status is not None
    assert (owner.object, owner.field, owner.contested, owner.expected_field) == (
        "Lead",
        "OwnerId",
        True,
        "Expected_Owner__c",
    )
    assert (status.field, status.contested, status.expected_field) == (
        "Status__c",
        True,
        "Expected_Status__c",
    )


def test_a_message_says_whose_language_it_is_in() -> None:
    ruling = compiled().write(Kind.REGISTRATION, "message")
    claim = compiled().write(Kind.LEAD, "message")
    assert ruling is not None
    assert claim is not None
    assert (ruling.language, claim.language) == ("filed_by", "owner")


def test_a_desk_is_a_queue_that_becomes_owner() -> None:
    desk = compiled().write(Kind.CONFLICT, "desk")
    assert desk is not None
    assert (desk.field, desk.queue) == ("OwnerId", "Channel_Desk")


@pytest.mark.parametrize("status", list(FilingStatus))
def test_a_status_survives_the_way_to_the_org_and_back(status: FilingStatus) -> None:
    text = compiled().encode(Kind.REGISTRATION, "status", status)
    assert isinstance(text, str)
    assert compiled().decode(Kind.REGISTRATION, "status", text) == status.value


@pytest.mark.parametrize(
    ("kind", "slot", "value", "text"),
    [
        (Kind.REGISTRATION, "status", FilingStatus.IN_REVIEW, "In Review"),
        (Kind.REGISTRATION, "ruling", "defer", "Defer"),
        (Kind.REGISTRATION, "in_conflict", True, "true"),
        (
            Kind.REGISTRATION,
            "protected_until",
            datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC),
            "2026-01-02T03:04:05.000Z",
        ),
        (Kind.LEAD, "verdict", "on_hold", "On Hold"),
        (Kind.LEAD, "verdict", "On Hold", "On Hold"),
        (Kind.LEAD, "message", "", None),
        (Kind.LEAD, "work_by", None, None),
        (Kind.OPPORTUNITY, "conflict_flag", "none", "None"),
        (Kind.CONFLICT, "status", "open", "Open"),
        (Kind.PARTNER, "claims_held", 12, "12"),
        (Kind.PARTNER, "claims_held", Decimal("12.00"), "12"),
        (Kind.CONFLICT, "evidence", date(2026, 1, 2), "2026-01-02"),
    ],
)
def test_a_canonical_value_becomes_the_text_of_the_org(
    kind: Kind, slot: str, value: object, text: str | None
) -> None:
    assert compiled().encode(kind, slot, value) == text


def test_a_value_that_the_org_has_no_word_for_is_a_bad_value() -> None:
    found = compiled().encode(Kind.REGISTRATION, "status", "vanished")
    assert isinstance(found, BadValue)
    assert (found.field, found.found) == ("Status__c", "vanished")


def test_a_text_longer_than_its_field_is_cut_to_fit() -> None:
    text = compiled().encode(Kind.LEAD, "message", "x" * 5000)
    assert text == "x" * 1999 + "…"


def test_a_slot_that_no_profile_writes_has_no_target() -> None:
    assert compiled().write(Kind.PERSON, "name") is None
    assert compiled().encode(Kind.PERSON, "name", "x") is None


def test_owned_fields_are_known_by_object() -> None:
    assert compiled().slots_of("Lead") == {
        "OwnerId": (Kind.LEAD, "owner"),
        "Claim_Verdict__c": (Kind.LEAD, "verdict"),
        "Claim_Message__c": (Kind.LEAD, "message"),
        "Work_By__c": (Kind.LEAD, "work_by"),
        "Sourcing_Partner__c": (Kind.LEAD, "sourcing_partner"),
    }
    assert compiled().edits_of(Kind.PARTNER) is PersonEdits.RESTORE
