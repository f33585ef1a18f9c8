"""The seeded programme in the engine itself: what the org derives, and the stories played one step on."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from connector.practice.clock import PracticeClock
from connector.practice.org import Org, SaveResult, User
from connector.practice.seed import Stories, seed
from tests.unit.practice.seed_org import NOW, schema

CONNECTOR = "connector@practice.example"


@pytest.fixture
def played() -> Iterator[tuple[Org, Stories]]:
    org = Org(schema(), clock=PracticeClock(frozen_at=NOW))
    yield org, seed(org, seed=7, leads=160)
    org.close()


def login(org: Org, username: str) -> User:
    user = org.user_by_username(username)
    assert user is not None
    return user


def codes(result: SaveResult) -> list[str]:
    return [error.status_code for error in result.errors]


def all_rows(org: Org, name: str, *fields: str) -> list[Any]:
    columns = ", ".join(f'"{field}"' for field in fields)
    statement = f'SELECT {columns} FROM "{name}"'
    return org.reader().execute(statement).fetchall()


def test_a_held_lead_shows_the_partner_firm_of_its_owner(played: tuple[Org, Stories]) -> None:
    org, stories = played
    told = stories["convertible"]
    lead = org.read("Lead", told["lead"], actor=org.admin)
    assert lead["PartnerAccountId"] == told["firm"]


def test_registrations_are_numbered_in_the_orgs_own_format(played: tuple[Org, Stories]) -> None:
    names = [name for (name,) in all_rows(played[0], "Deal_Registration__c", "Name")]
    assert len(names) == len(set(names))
    assert all(name.startswith("DR-") and len(name) == 9 for name in names)


def test_the_org_keeps_its_own_people_queues_and_currencies_once(played: tuple[Org, Stories]) -> None:
    org, _ = played
    for name, key in (("Profile", "Name"), ("Group", "DeveloperName"), ("CurrencyType", "IsoCode")):
        values = [value for (value,) in all_rows(org, name, key)]
        assert len(values) == len(set(values))
    assert sum(name == CONNECTOR for (name,) in all_rows(org, "User", "Username")) == 1


def test_partner_users_log_in_without_seeing_conflicts(played: tuple[Org, Stories]) -> None:
    """Law 17: partners see only theirs."""
    org, stories = played
    user = login(org, stories["convertible"]["username"])
    assert user.is_partner
    assert not user.access.object(org.schema.object("Channel_Conflict__c")).read
    assert user.access.object(org.schema.object("Deal_Registration__c")).create


def test_a_claim_from_the_pool_is_stamped_by_the_org(played: tuple[Org, Stories]) -> None:
    """R3.6: first come by the org's own clock."""
    org, stories = played
    told = stories["trigger_happy_claimer"]
    org.advance(60)
    user = login(org, told["username"])
    assert org.update("Lead", told["lead_1"], {"OwnerId": user.id}, actor=user).success
    lead = org.read("Lead", told["lead_1"], actor=org.admin)
    assert (lead["Owner_Since__c"], lead["Owner_Before__c"]) == ("2026-11-21T12:01:00.000Z", told["queue"])


def test_a_conditional_owner_change_is_refused_when_somebody_was_faster(played: tuple[Org, Stories]) -> None:
    """Law 12: compare-and-set by the shipped rule."""
    org, stories = played
    told = stories["trigger_happy_claimer"]
    lead, ours = stories["convertible"]["lead"], login(org, CONNECTOR)
    stale = org.update(
        "Lead", lead, {"OwnerId": told["queue"], "Expected_Owner__c": told["user"]}, actor=ours
    )
    assert codes(stale) == ["FIELD_CUSTOM_VALIDATION_EXCEPTION"]
    assert stale.errors[0].message.startswith("EXPECTED_OWNER_MISMATCH")
    fresh = {"OwnerId": told["queue"], "Expected_Owner__c": stories["convertible"]["user"]}
    assert org.update("Lead", lead, fresh, actor=ours).success


def test_the_poison_refuses_our_writes_alone(played: tuple[Org, Stories]) -> None:
    """A dead letter: the partner files it, the desk may edit it, and our ruling is refused for good."""
    org, stories = played
    told = stories["poison"]
    partner, ours = login(org, told["username"]), login(org, CONNECTOR)
    filed = org.update(
        "Deal_Registration__c", told["registration"], {"Status__c": "Submitted"}, actor=partner
    )
    assert filed.success
    ruling = {"Ruling__c": "Approve", "Ruling_Message__c": "…"}
    for _ in range(2):
        refused = org.update("Deal_Registration__c", told["registration"], ruling, actor=ours)
        assert codes(refused) == ["FIELD_CUSTOM_VALIDATION_EXCEPTION"]
        org.advance(3600)
    desk = login(org, "channel.desk@practice.example")
    assert org.update(
        "Deal_Registration__c", told["registration"], {"Competitors__c": "x"}, actor=desk
    ).success
    other = stories["two_partners_one_deal"]["first_registration"]
    assert org.update("Deal_Registration__c", other, ruling, actor=ours).success


def test_the_claimed_poison_lead_refuses_our_writes_alone(played: tuple[Org, Stories]) -> None:
    org, stories = played
    told = stories["poison"]
    partner, ours = login(org, told["username"]), login(org, CONNECTOR)
    assert org.update("Lead", told["lead"], {"OwnerId": partner.id}, actor=partner).success
    refused = org.update("Lead", told["lead"], {"Claim_Verdict__c": "Held"}, actor=ours)
    assert codes(refused) == ["FIELD_CUSTOM_VALIDATION_EXCEPTION"]


def test_an_incomplete_filing_that_is_completed_is_stamped_anew(played: tuple[Org, Stories]) -> None:
    """R1.3: completing it later files it then."""
    org, stories = played
    told = stories["late_completion"]
    filing, ours = told["incomplete_registration"], login(org, CONNECTOR)
    before = org.read("Deal_Registration__c", filing, actor=org.admin)["Submitted_At__c"]
    sent_back = {"Status__c": "Incomplete", "Expected_Status__c": "Submitted"}
    assert org.update("Deal_Registration__c", filing, sent_back, actor=ours).success
    org.advance(600)
    partner = login(org, told["incomplete_username"])
    amended = {"Industry__c": "Energy", "Status__c": "Submitted"}
    assert org.update("Deal_Registration__c", filing, amended, actor=partner).success
    after = org.read("Deal_Registration__c", filing, actor=org.admin)["Submitted_At__c"]
    assert before < after == "2026-11-21T12:10:00.000Z"


def test_the_convertible_lead_converts(played: tuple[Org, Stories]) -> None:
    """R3.10: it becomes a customer, a contact and an opportunity of the same partner user."""
    org, stories = played
    told = stories["convertible"]
    user = login(org, told["username"])
    made = org.convert(told["lead"], actor=user, converted_status="Qualified")
    deal = org.read("Opportunity", str(made["opportunityId"]), actor=org.admin)
    assert (deal["OwnerId"], deal["PartnerAccountId"]) == (told["user"], told["firm"])


def test_the_direct_seller_can_win_the_protected_deal(played: tuple[Org, Stories]) -> None:
    """R1.1: the close happens in the org; flagging it is the connector's part."""
    org, stories = played
    told = stories["direct_takes_partner_deal"]
    seller = login(org, told["direct_username"])
    assert org.update(
        "Opportunity", told["direct_opportunity"], {"StageName": "Closed Won"}, actor=seller
    ).success
    assert org.read("Opportunity", told["direct_opportunity"], actor=org.admin)["IsWon"] is True
