"""R0.14: when what was earned may be paid, and what the ledger says of it."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from connector.canonical.accounts import BenefitEntry, BenefitKind, BenefitState, DealState
from connector.canonical.docket import DeadlineEntry
from connector.canonical.entry import Entry
from connector.canonical.fact import Fact, FactKind
from connector.canonical.intent import Say
from connector.canonical.kind import Kind
from connector.canonical.time import at, parse_instant
from connector.policy.benefits import Payable, RebateBudget
from connector.policy.duration import Duration
from connector.policy.model import Policies, Policy
from connector.rules import payable, payout_showing, payouts
from connector.rules.booking import Booking
from tests.support.builders import START, after
from tests.unit.rules.cases import acted
from tests.unit.rules.test_life_of_a_benefit import FIRST, MIA, POLICY, WON, benefit, booking, closed

State = BenefitState
MONTH = Duration(length=timedelta(days=30))
DAY = after(days=1)
"""When `booking` has its fact happen."""


def under(**given: Any) -> Policy:
    """The shipped policy with a `payable` of these values."""
    assert POLICY.registrations is not None
    budget = RebateBudget(payable=Payable(**given))
    return POLICY.model_copy(
        update={"registrations": POLICY.registrations.model_copy(update={"rebate_budget": budget})}
    )


THIRTY = under(after=MONTH)
ON_PAYMENT = under(after=MONTH, counts_from="customer_paid")


def booked(
    *there: Entry, policy: Policy = THIRTY, moved: tuple[Entry, ...] = (), fact: Fact | None = None
) -> Booking:
    return replace(
        booking(*there, moved=moved, fact=fact), policy=policy, policies=Policies(versions=(policy,))
    )


def tick(when: datetime) -> Fact:
    return acted(FactKind.TICK, Kind.REGISTRATION, FIRST, when=at(when), value=payable.DUE)


def due(when: datetime, *, done: bool = False) -> DeadlineEntry:
    return DeadlineEntry(name=payable.DUE, subject=Kind.REGISTRATION, record=FIRST, due=when, done=done)


def earned(**given: Any) -> BenefitEntry:
    return benefit(state=State.EARNED, earned_at=START, **given)


@pytest.mark.parametrize(
    ("policy", "paid_on", "expected"),
    [
        (POLICY, None, None),
        (THIRTY, None, START + timedelta(days=30)),
        (THIRTY, date(2026, 3, 20), START + timedelta(days=30)),
        (ON_PAYMENT, None, None),
        (ON_PAYMENT, date(2026, 3, 20), parse_instant("2026-04-18T23:00:00Z")),  # Berlin's midnight in winter
    ],
)
def test_it_counts_from_the_day_it_was_earned_or_from_the_customers_payment(
    policy: Policy, paid_on: date | None, expected: datetime | None
) -> None:
    assert payable.payable_from(policy, START, paid_on) == expected


def test_what_is_earned_says_its_day_and_sets_its_clock() -> None:
    found = payouts.kept(booked(WON, benefit(), moved=(closed(DealState.WON),)))
    (entry,) = (each for each in found.entries if isinstance(each, BenefitEntry))
    assert (entry.state, entry.payable_from) == (State.EARNED, DAY + timedelta(days=30))
    assert due(DAY + timedelta(days=30)) in found.entries
    assert [(each.rule, each.message) for each in found.findings] == [
        ("payout", "payout.earned"),
        ("payout_due", "payout.payable_from"),
    ]


def test_without_a_payment_no_day_is_known_and_no_clock_runs() -> None:
    found = payouts.kept(booked(WON, benefit(), policy=ON_PAYMENT, moved=(closed(DealState.WON),)))
    assert not [each for each in found.entries if isinstance(each, DeadlineEntry)]
    assert found.findings[-1].params == {"on": "-"}


def test_nothing_of_it_is_said_twice_or_of_a_benefit_that_is_no_money() -> None:
    line = closed(DealState.WON)
    again = earned(payable_from=START + timedelta(days=30))
    assert payouts.kept(booked(WON, again, due(START + timedelta(days=30)), moved=(line,))).findings == []
    discount = benefit(BenefitKind.DISCOUNT)
    assert payouts.kept(booked(WON, discount, moved=(line,))).findings == []


def test_a_deal_opened_again_stops_the_clock() -> None:
    there = (WON, earned(payable_from=after(days=30)), due(after(days=30)), closed(DealState.WON))
    found = payouts.kept(booked(*there, moved=(closed(DealState.REOPENED),)))
    assert found.entries == [benefit(), due(after(days=30), done=True)]


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        (earned(payable_from=after(days=30)), ["payout.payable"]),
        (earned(payable_from=after(days=29)), []),
        (benefit(state=State.PAID, payable_from=after(days=30)), []),
        (benefit(state=State.FROZEN, before=State.EARNED, payable_from=after(days=30)), []),
        (benefit(), []),
    ],
)
def test_when_the_day_comes_it_is_said_of_what_is_still_owed(entry: BenefitEntry, said: list[str]) -> None:
    found = payouts.kept(booked(WON, entry, fact=tick(after(days=30))))
    assert [each.message for each in found.findings] == said


def test_the_next_of_two_days_is_set_when_the_first_has_come() -> None:
    first, second = after(days=30), after(days=40)
    fund = earned(kind=BenefitKind.MDF, payable_from=second)
    there = (WON, earned(payable_from=first), fund, due(first, done=True))
    assert payouts.kept(booked(*there, fact=tick(first))).entries == [due(second)]


@pytest.mark.parametrize(
    ("day", "policy", "said"),
    [
        (after(days=2), THIRTY, ["payout.early"]),
        (None, THIRTY, ["payout.early"]),
        (after(days=1), THIRTY, []),
        (None, POLICY, []),
    ],
)
def test_a_payout_before_its_day_is_recorded_and_pointed_out(
    day: datetime | None, policy: Policy, said: list[str]
) -> None:
    fact = acted(FactKind.PAID_OUT, Kind.REGISTRATION, FIRST, when=at(DAY), actor=MIA.id)
    found = payouts.kept(booked(WON, earned(payable_from=day), policy=policy, fact=fact))
    assert [each.state for each in found.entries if isinstance(each, BenefitEntry)] == [State.PAID]
    assert [each.message for each in found.findings] == said


@pytest.mark.parametrize(
    ("entry", "policy", "on"),
    [
        (earned(payable_from=parse_instant("2026-04-08T22:30:00Z")), THIRTY, "2026-04-09"),
        (earned(), ON_PAYMENT, "-"),
        (earned(), POLICY, None),
        (benefit(), THIRTY, None),
    ],
)
def test_the_basis_of_the_payout_names_the_day(entry: BenefitEntry, policy: Policy, on: str | None) -> None:
    desired = payout_showing.kept(booked(WON, entry, policy=policy, moved=(entry,))).desired
    (basis,) = (each.value for each in desired if each.slot == "payout_basis")
    assert isinstance(basis, Say)
    days = [said["on"] for key, said in basis.sentences if key == "payout.payable_from"]
    assert days == ([] if on is None else [on])
