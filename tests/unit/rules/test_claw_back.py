"""R0.14, R0.15: what becomes of a payout whose deal did not stand as it closed."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from connector.canonical.accounts import BenefitEntry, BenefitState, DealEntry, DealState
from connector.canonical.intent import Say
from connector.canonical.kind import Kind
from connector.flows import backtest_history
from connector.policy.benefits import ClawBack, RebateBudget
from connector.policy.duration import Duration
from connector.policy.model import Policies, Policy
from connector.rules import budget, payout_showing, payouts
from connector.rules.booking import Booked
from connector.rules.verdict import verdict_on
from tests.support.builders import START, after, euros, ident
from tests.unit.rules.test_life_of_a_benefit import DEAL, POLICY, WON, benefit, booking, closed, credit

State = BenefitState
WEEK = ClawBack(within=Duration(length=timedelta(days=7)))
PAID = benefit(state=State.PAID, earned_at=START, paid_at=START, periods=("acme|2026",))


def under(terms: ClawBack | None) -> Policy:
    assert POLICY.registrations is not None
    kept = RebateBudget(claw_back=terms)
    return POLICY.model_copy(
        update={"registrations": POLICY.registrations.model_copy(update={"rebate_budget": kept})}
    )


def moved(line: DealEntry, entry: BenefitEntry = PAID, terms: ClawBack | None = WEEK) -> Booked:
    """A day after the deal closed, its line in the ledger of deals moves."""
    policy = under(terms)
    there = booking(WON, entry, closed(DealState.WON), moved=(line,))
    return payouts.kept(replace(there, policy=policy, policies=Policies(versions=(policy,))))


def only(found: Booked) -> BenefitEntry | None:
    assert len(found.entries) <= 1
    return next((each for each in found.entries if isinstance(each, BenefitEntry)), None)


@pytest.mark.parametrize("state", [DealState.LOST, DealState.GONE])
def test_a_lost_or_deleted_deal_takes_the_whole_payout_back(state: DealState) -> None:
    found = moved(closed(state))
    assert only(found) == PAID.model_copy(update={"state": State.CLAWED_BACK, "clawed_back": euros(15_000)})
    (said,) = found.findings
    assert (said.rule, said.message) == ("claw_back", "payout.clawed_back")
    assert said.params == {"amount": "15000 EUR", "counted": "15000 EUR"}


@pytest.mark.parametrize(
    ("line", "given", "terms"),
    [
        (closed(DealState.LOST), {}, None),
        (closed(DealState.LOST), {"earned_at": after(days=-6)}, WEEK),  # on the day on which the week is over
        (closed(DealState.LOST), {"paid_at": after(days=-6)}, WEEK.model_copy(update={"counts_from": "paid_out"})),
        (closed(DealState.CONTESTED), {}, WEEK),
        (closed(DealState.REOPENED), {}, WEEK),
        (closed(DealState.GONE).model_copy(update={"moved_to": ident("006", 9)}), {}, WEEK),
        (closed(DealState.WON, 120_000), {}, WEEK),
        (closed(DealState.WON), {}, WEEK),
        (closed(DealState.WON, 80_000), {}, None),
        (closed(DealState.WON, 80_000), {"rate": None}, WEEK),
    ],
)  # fmt: skip
def test_else_what_was_paid_stays_paid(
    line: DealEntry, given: dict[str, Any], terms: ClawBack | None
) -> None:
    found = moved(line, PAID.model_copy(update=given), terms)
    assert (found.entries, found.findings) == ([], [])


def test_it_may_count_from_the_payout() -> None:
    old = PAID.model_copy(update={"earned_at": after(days=-60)})
    found = only(moved(closed(DealState.LOST), old, WEEK.model_copy(update={"counts_from": "paid_out"})))
    assert found is not None
    assert found.state is State.CLAWED_BACK


def test_a_lowered_deal_takes_the_difference_back_each_time() -> None:
    once = only(moved(closed(DealState.WON, 80_000)))
    assert once is not None
    assert (once.state, once.amount, once.counted) == (State.PAID, euros("12000.00"), euros("12000.00"))
    assert (once.base, once.clawed_back) == (euros(80_000), euros("3000.00"))
    twice = only(moved(closed(DealState.WON, 60_000), once))
    assert twice is not None
    assert (twice.amount, twice.clawed_back) == (euros("9000.00"), euros("6000.00"))
    rest = only(moved(closed(DealState.LOST), twice))
    assert rest is not None
    assert (rest.state, rest.clawed_back) == (State.CLAWED_BACK, euros("15000.00"))


def test_a_deal_that_is_won_after_all_is_asked_of_a_person() -> None:
    back = PAID.model_copy(update={"state": State.CLAWED_BACK, "clawed_back": euros(15_000)})
    found = moved(closed(DealState.WON), back)
    entry = only(found)
    assert entry is not None
    assert (entry.state, entry.amount, entry.paid_at) == (State.WAITING, euros(15_000), None)
    assert [each.message for each in found.findings] == ["payout.stands_again"]


def test_what_was_taken_back_is_not_frozen() -> None:
    back = PAID.model_copy(update={"state": State.CLAWED_BACK})
    assert payouts.kept(booking(back, moved=(credit(frozen=True),))).entries == []


def test_the_budget_has_it_again_and_a_back_test_counts_it() -> None:
    found = moved(closed(DealState.LOST))
    there = booking(PAID, moved=tuple(found.entries))
    (kept,) = budget.counted(there).entries
    assert getattr(kept, "held", None) == Decimal(-15_000)
    verdict = verdict_on(Kind.OPPORTUNITY, DEAL, found.findings, POLICY)
    ruled = backtest_history.ruled(there.fact, verdict, found.entries)
    assert ruled.money == (("rebate_clawed_back_EUR", "15000"),)


@pytest.mark.parametrize(
    ("entry", "overall", "said"),
    [
        (PAID.model_copy(update={"clawed_back": euros(500)}), "paid", ["payout.paid", "payout.clawed_back"]),
        (
            PAID.model_copy(update={"state": State.CLAWED_BACK, "clawed_back": euros(15_000)}),
            "clawed_back",
            ["payout.clawed_back"],
        ),
    ],
)
def test_the_partner_reads_what_is_taken_back(entry: BenefitEntry, overall: str, said: list[str]) -> None:
    desired = {
        each.slot: each.value for each in payout_showing.kept(booking(WON, entry, moved=(entry,))).desired
    }
    assert desired["payout_state"] == overall
    basis = desired["payout_basis"]
    assert isinstance(basis, Say)
    assert [key for key, _ in basis.sentences if key in ("payout.paid", "payout.clawed_back")] == said
    assert entry.opportunity == DEAL
