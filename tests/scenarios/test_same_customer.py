"""R4.7 to R4.9: name, landline and fax each find the customer; variants and fake contacts are seen."""

from typing import Any

import pytest

from connector.canonical.docket import ClaimState
from connector.canonical.phrase import Phrase
from connector.canonical.records import Identity, Lead
from connector.canonical.verdict import Effect, Outcome
from connector.policy.model import Then
from tests.scenarios.claims import ANNA, BERND, CARLA, MANAGER, NORD, SUED, channel, pooled
from tests.support.builders import LONG_AGO, after, deal, filing, firm, lead, seller, who
from tests.support.channel import Channel, Told, claims_policy, filings_policy

HELD = who(
    "美来尔工程技术(北京)有限公司", country="China", city="北京", phone="010-65123456", fax="010-65123457"
)
ENTERED = who("美来尔工程技术有限公司", country="China", city="北京", phone="010-87654321")
BEIJING = firm(1, territory=("China",))
SHANGHAI = firm(2, territory=("China",))
LI, WANG = seller(1, BEIJING), seller(3, SHANGHAI)


def two_houses(**terms: Any) -> Channel:
    story = Channel(claims_policy(**terms))
    story.add(BEIJING, SHANGHAI, LI, WANG, MANAGER)
    return story


def collided(entered: Identity, held: Identity = HELD, **terms: Any) -> tuple[Told, Lead, Lead]:
    """One firm holds a customer; another enters a lead and holds it itself."""
    story = two_houses(**terms)
    theirs = story.save(lead(1, LI, held, created_at=after(days=1)), after(days=1), LI)
    ours = story.save(lead(2, WANG, entered), after(days=2), WANG)
    return story.tell(after(days=3)), theirs, ours


@pytest.mark.parametrize(
    "entered",
    [
        who("美来尔工程技术(北京)有限公司", country="China"),
        who("美来尔工程技术有限公司", country="China", phone="(010) 65123456"),
        who("美来尔工程技术有限公司", country="China", fax="86-10-65123457"),
    ],
)
def test_name_landline_and_fax_each_find_the_customer_that_another_firm_holds(entered: Identity) -> None:
    """R4.7: "逐一搜索公司名,固定电话,传真"; the evidence names what agreed."""
    told, theirs, ours = collided(entered)
    (conflict,) = told.conflicts(theirs, ours)
    assert conflict.kind in ("partner_partner", "name_variant")
    assert "name" in conflict.evidence or "line" in conflict.evidence
    assert told.shown(ours, "verdict") == "conflict"


def test_a_name_variant_of_a_customer_in_another_warehouse_is_a_conflict() -> None:
    """R4.8: 美来尔: entered without a search; the earlier holder keeps its claim, both are looked at."""
    told, theirs, ours = collided(ENTERED)
    (conflict,) = told.conflicts(theirs, ours)
    assert conflict.kind == "name_variant"
    assert Phrase.LEAD_NAME_VARIANT in told.says(ours)
    assert told.claims(theirs)[0].state is ClaimState.ACTIVE


def test_the_conflict_stays_open_although_the_deal_was_even_closed() -> None:
    """R4.8: retroactively: conversion and order settle nothing."""
    story = two_houses()
    theirs = story.save(lead(1, LI, HELD), after(days=1), LI)
    ours = story.save(lead(2, WANG, ENTERED), after(days=2), WANG)
    made = story.convert(ours, deal(1, WANG, created_at=after(days=3)), WANG, after(days=3))
    story.close(made, WANG, after(days=4))
    (conflict,) = story.tell(after(days=5)).conflicts(theirs, ours)
    assert conflict.open


@pytest.mark.parametrize(
    ("then", "outcome"),
    [(Then.REJECT, Outcome.REJECT), (Then.REVIEW, Outcome.DEFER), (Then.FLAG, Outcome.APPROVE)],
)
def test_what_follows_is_policy(then: Then, outcome: Outcome) -> None:
    """R4.8: a programme may refuse the entry, ask a person, or flag it."""
    told, _, ours = collided(ENTERED, same_customer_held=then)
    assert told.outcome(ours) is outcome


def test_the_firms_own_second_lead_is_no_conflict() -> None:
    story = channel()
    for number, user in ((1, ANNA), (2, BERND)):
        story.save(lead(number, user, who("Werft Kiel AG")), after(days=number), user)
    assert story.tell(after(days=3)).conflicts() == []


def test_the_same_name_in_a_registration_is_no_name_variant() -> None:
    """R4.7: a registration protects the customer under the very same name."""
    same = who("Werft Kiel AG", city="Kiel")
    story = Channel(claims_policy(), filings_policy())
    story.add(NORD, SUED, ANNA, CARLA)
    draft = filing(1, ANNA, same)
    story.file(draft, after(days=1))
    ours = story.save(lead(2, CARLA, same), after(days=2), CARLA)
    (conflict,) = story.tell(after(days=3)).conflicts(draft, ours)
    assert conflict.kind == "partner_partner"


NUMBER = "+49 89 1234567"


def fake(**given: Any) -> Lead:
    base = {"phone": NUMBER, "fax": NUMBER}
    return lead(1, ANNA, who("Werft Kiel AG", **base), caller_id=NUMBER, created_at=LONG_AGO, **given)


def test_the_callers_number_as_landline_and_fax_is_held() -> None:
    """R4.9: detected when filed, and the person reads which fields are alike."""
    story = channel()
    ours = story.save(fake(), after(days=1), ANNA)
    told = story.tell(after(days=2))
    assert told.outcome(ours) is Outcome.DEFER
    assert told.reasons(ours) == {Phrase.LEAD_SUSPICIOUS_CONTACT}
    assert told.shown(ours, "verdict") == "on_hold"
    (conflict,) = told.conflicts(ours)
    assert conflict.kind == "fake_contact"


@pytest.mark.parametrize(
    ("phone", "fax", "caller", "noted"),
    [(NUMBER, "", NUMBER, False), (NUMBER, "+49 89 7654321", NUMBER, False), (NUMBER, NUMBER, "", True)],
)
def test_a_customer_who_calls_from_its_landline_is_not_held(
    phone: str, fax: str, caller: str, *, noted: bool
) -> None:
    """R4.9: one pair alike is no fake; landline and fax alike is only said."""
    story = channel()
    who_calls = lead(1, ANNA, who("Werft Kiel AG", phone=phone, fax=fax), caller_id=caller)
    ours = story.save(who_calls, after(days=1), ANNA)
    told = story.tell(after(days=2))
    assert told.outcome(ours) is Outcome.APPROVE
    assert (Phrase.LEAD_SUSPICIOUS_CONTACT in told.reasons(ours, Effect.NOTE)) == noted
    assert told.conflicts(ours) == []


def test_the_true_numbers_arriving_later_collide_with_the_holder() -> None:
    """R4.9: an illegal transfer-in shows once the true data arrives; the lead is judged again."""
    true = who("Kieler Schiffbau Werft AG", phone="+49 431 9988776", fax="+49 431 9988777")
    story = channel()
    theirs = story.save(lead(2, CARLA, true), after(days=1), CARLA)
    ours = story.save(fake(), after(days=2), ANNA)
    assert story.tell(after(days=3)).conflicts(theirs, ours) == []
    story.save(ours, after(days=4), ANNA, identity=true)
    told = story.tell(after(days=5))
    assert [conflict.kind for conflict in told.conflicts(theirs, ours)] == ["partner_partner"]
    assert told.shown(ours, "verdict") == "conflict"


def test_a_fake_contact_that_is_put_in_later_is_seen_too() -> None:
    """R4.9: after the claim as well as at it."""
    story = channel()
    ours = pooled(story, 1, customer=who("Werft Kiel AG"))
    story.claim(ours, ANNA, after(days=1))
    story.save(ours, after(days=2), ANNA, identity=fake().identity, caller_id=NUMBER)
    told = story.tell(after(days=3))
    assert told.outcome(ours) is Outcome.DEFER
    assert told.shown(ours, "verdict") == "on_hold"
