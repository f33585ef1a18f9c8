"""R2.15: where a lead goes that is worth pursuing, where its amount decides."""

from decimal import Decimal

import pytest

from connector.canonical.fact import FactKind
from connector.canonical.kind import Kind
from connector.canonical.money import Money
from connector.canonical.phrase import Phrase
from connector.canonical.records import SignOff
from connector.canonical.verdict import Effect
from connector.policy.choosing import ConditionFailed
from connector.policy.stages import StagePolicy
from connector.rules.case import local_day
from connector.rules.stages.case import LeadCase, circumstances_of_lead
from connector.rules.stages.leads import lead_route
from tests.support.builders import LONG_AGO, START, ident, lead
from tests.support.channel import shipped
from tests.unit.rules.cases import ANNA, NORD, acted, world

POLICY = shipped("staged_sales")


def routed(value: Money | None) -> list[tuple[Effect, str]]:
    """What a lead of Anna's is told that is worth so much."""
    mine = lead(1, ANNA, value=value)
    decided = SignOff(
        id=ident("a04", 1), created_at=LONG_AGO, changed_at=LONG_AGO, stamp=LONG_AGO, word="yes"
    )
    fact = acted(FactKind.SIGNED, Kind.LEAD, mine.id)
    case = LeadCase(
        fact=fact, world=world(mine, fact=fact), policy=POLICY, partner=NORD, person=ANNA,
        circumstances=circumstances_of_lead(mine, NORD, local_day(START, POLICY)), lead=mine,
        terms=POLICY.stages or StagePolicy(), decided=decided,
    )  # fmt: skip
    return [(each.effect, each.message) for each in lead_route(case)]


def test_a_lead_goes_the_way_that_its_amount_says_and_a_partner_keeps_the_credit() -> None:
    direct = [(Effect.PASS, Phrase.LEAD_TO_DIRECT), (Effect.NOTE, Phrase.LEAD_CREDIT_KEPT)]
    assert routed(Money(amount=Decimal(300_000), currency="USD")) == direct
    assert routed(Money(amount=Decimal(30_000), currency="USD")) == [(Effect.PASS, Phrase.LEAD_TO_CHANNEL)]


def test_a_lead_without_an_amount_lacks_it() -> None:
    assert routed(None) == [(Effect.LACK, Phrase.PLAN_NO_AMOUNT)]


def test_an_amount_without_a_rate_is_no_missing_amount() -> None:
    """The owner can do nothing about it: it is the desk's, as any condition that cannot be judged (law 8)."""
    with pytest.raises(ConditionFailed):
        routed(Money(amount=Decimal(9_000_000), currency="JPY"))
