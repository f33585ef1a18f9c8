"""R0.4, R0.8, R0.14, R0.15: what becomes of a benefit as deal, registration and credit move, and how it shows."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from connector.canonical.accounts import BenefitEntry, BenefitKind, BenefitState, DealEntry, DealState, Party
from connector.canonical.credit import CreditEntry
from connector.canonical.docket import RegistrationEntry, RegistrationState
from connector.canonical.entry import Entry
from connector.canonical.fact import Fact, FactKind
from connector.canonical.intent import Say
from connector.canonical.kind import Kind
from connector.canonical.time import at
from connector.canonical.verdict import Exhibit
from connector.policy.model import Policies
from connector.rules import payout_showing, payouts
from connector.rules.booking import Before, Booked, Booking
from connector.rules.decision import Decision
from connector.rules.docket import MemoryDocket, OverlayDocket
from tests.support.builders import START, after, deal, euros, ident, seller
from tests.support.channel import shipped
from tests.unit.rules.cases import ANNA, NORD, acted, world

FIRST, DEAL, RIVAL = ident("a01", 1), ident("006", 1), ident("a01", 2)
MIA = seller(8)
POLICY = shipped("deal_registration")
State, Kinds = BenefitState, BenefitKind


def benefit(
    kind: BenefitKind = Kinds.REBATE, state: BenefitState = State.RESERVED, **given: Any
) -> BenefitEntry:
    base = {
        "registration": FIRST, "kind": kind, "firm": NORD.id, "state": state, "opportunity": DEAL,
        "rate": Decimal("0.15"), "base": euros(100_000), "amount": euros(15_000), "counted": euros(15_000),
        "day": "2026-03-02", "since": at(START), "tier": "Gold", "policy": POLICY.label,
    }  # fmt: skip
    return BenefitEntry(**(base | given))


def registration(state: RegistrationState = RegistrationState.APPROVED, **given: Any) -> RegistrationEntry:
    base = {
        "registration": FIRST, "firm": NORD.id, "registrant": ANNA.id, "opportunity": DEAL, "filed": at(START),
        "state": state, "policy": POLICY.label,
    }  # fmt: skip
    return RegistrationEntry(**(base | given))


def closed(state: DealState, amount: int = 100_000) -> DealEntry:
    return DealEntry(
        record=DEAL,
        state=state,
        party=Party.PARTNER,
        firm=NORD.id,
        amount=euros(amount),
        won_at=START,
        closed_at=START,
    )


def booking(*there: Entry, moved: tuple[Entry, ...] = (), fact: Fact | None = None) -> Booking:
    """A decision that moves these entries on a docket of those."""
    docket = OverlayDocket(MemoryDocket(there))
    before = Before(docket)
    before.put(moved)
    fact = fact or acted(FactKind.CLOSED, Kind.OPPORTUNITY, DEAL, when=at(after(days=1)))
    decision = Decision(fact=fact, entries=moved)
    return Booking(
        decision=decision,
        world=world(MIA, fact=fact),
        docket=docket,
        before=before,
        policy=POLICY,
        policies=Policies(versions=(POLICY,)),
        group=(decision,),
    )


def only(booked: Booked) -> BenefitEntry | None:
    assert len(booked.entries) <= 1
    return next((each for each in booked.entries if isinstance(each, BenefitEntry)), None)


WON = registration(RegistrationState.WON)


@pytest.mark.parametrize(
    ("was", "line", "state", "becomes"),
    [
        (None, DealState.WON, State.RESERVED, State.EARNED),
        (DealState.REOPENED, DealState.WON, State.RESERVED, State.EARNED),
        (None, DealState.WON, State.WAITING, None),
        (None, DealState.WON, State.RELEASED, None),
        (None, DealState.WON, State.PAID, None),
        (DealState.WON, DealState.REOPENED, State.EARNED, State.RESERVED),
        (DealState.WON, DealState.LOST, State.EARNED, State.RELEASED),
        (DealState.WON, DealState.GONE, State.EARNED, State.RELEASED),
        (DealState.WON, DealState.CONTESTED, State.EARNED, State.RELEASED),
        (DealState.WON, DealState.LOST, State.PAID, None),
        (DealState.REOPENED, DealState.LOST, State.EARNED, None),
        (None, DealState.LOST, State.RESERVED, State.RELEASED),
        (None, DealState.GONE, State.RESERVED, State.RELEASED),
        (None, DealState.REOPENED, State.RESERVED, None),
        (None, DealState.LOST, State.EARNED, None),
        (None, DealState.LOST, State.WAITING, None),
    ],
)
def test_a_rebate_follows_its_deal(
    was: DealState | None, line: DealState, state: BenefitState, becomes: BenefitState | None
) -> None:
    earned_at = after(hours=1) if state in (State.EARNED, State.PAID) else None
    there = (WON, benefit(state=state, earned_at=earned_at), *((closed(was),) if was else ()))
    found = only(payouts.kept(booking(*there, moved=(closed(line),))))
    assert (found.state if found else None) is becomes
    if found is not None:
        assert found.earned_at == (after(days=1) if becomes is State.EARNED else None)


def test_what_a_deal_earned_is_worked_out_anew_of_what_it_closed_at_and_keeps_its_rate() -> None:
    found = only(payouts.kept(booking(WON, benefit(), moved=(closed(DealState.WON, 80_000),))))
    assert found == benefit(
        state=State.EARNED,
        base=euros(80_000),
        amount=euros("12000.00"),
        counted=euros("12000.00"),
        earned_at=after(days=1),
    )
    half = benefit(counts=Decimal("0.5"), base=euros(50_000))
    found = only(payouts.kept(booking(WON, half, moved=(closed(DealState.WON, 80_000),))))
    assert found is not None
    assert (found.base, found.amount) == (euros("40000.00"), euros("6000.00"))


def test_nothing_is_earned_by_a_registration_that_did_not_win() -> None:
    line = (closed(DealState.WON),)
    assert only(payouts.kept(booking(registration(), benefit(), moved=line))) is None
    assert only(payouts.kept(booking(benefit(), moved=line))) is None


def test_a_frozen_rebate_takes_what_it_earned_once_it_is_free() -> None:
    frozen = benefit(state=State.FROZEN, before=State.RESERVED)
    found = only(payouts.kept(booking(registration(), frozen, moved=(closed(DealState.WON),))))
    assert found is not None
    assert (found.state, found.before) == (State.FROZEN, State.EARNED)


@pytest.mark.parametrize(
    ("ends", "state", "kind", "released"),
    [
        *((end, state, Kinds.REBATE, True)
          for end in (RegistrationState.LAPSED, RegistrationState.LOST, RegistrationState.WITHDRAWN,
                      RegistrationState.REJECTED, RegistrationState.VOIDED)
          for state in (State.RESERVED, State.WAITING, State.WITHHELD)),
        (RegistrationState.LAPSED, State.EARNED, Kinds.REBATE, False),
        (RegistrationState.LOST, State.EARNED, Kinds.REBATE, False),
        (RegistrationState.REJECTED, State.EARNED, Kinds.REBATE, True),
        (RegistrationState.VOIDED, State.EARNED, Kinds.REBATE, True),
        (RegistrationState.VOIDED, State.PAID, Kinds.REBATE, False),
        (RegistrationState.WON, State.RESERVED, Kinds.REBATE, False),
        (RegistrationState.WON, State.RESERVED, Kinds.PRESALES, True),
        (RegistrationState.EXTENDED, State.RESERVED, Kinds.PRESALES, False),
    ],
)  # fmt: skip
def test_a_registration_that_ends_releases_what_it_promised(
    ends: RegistrationState, state: BenefitState, kind: BenefitKind, *, released: bool
) -> None:
    found = only(payouts.kept(booking(registration(), benefit(kind, state), moved=(registration(ends),))))
    assert (found.state if found else None) is (State.RELEASED if released else None)


def test_a_registration_that_never_protected_releases_nothing() -> None:
    asked = registration(RegistrationState.IN_REVIEW)
    gone = registration(RegistrationState.REJECTED)
    assert only(payouts.kept(booking(asked, benefit(), moved=(gone,)))) is None
    assert only(payouts.kept(booking(benefit(), moved=(gone,)))) is None


def test_a_benefit_goes_with_its_registration_to_the_deal_that_this_is_linked_to() -> None:
    other = ident("006", 7)
    moved = (registration(opportunity=other),)
    found = only(
        payouts.kept(booking(registration(opportunity=None), benefit(opportunity=None), moved=moved))
    )
    assert found is not None
    assert found.opportunity == other
    unlinked = (registration(opportunity=None),)
    assert only(payouts.kept(booking(registration(), benefit(), moved=unlinked))) is None


@pytest.mark.parametrize(
    ("kind", "state", "divided"),
    [
        (Kinds.REBATE, State.RESERVED, True),
        (Kinds.REBATE, State.WAITING, True),
        (Kinds.DISCOUNT, State.RESERVED, True),
        (Kinds.DISCOUNT, State.WITHHELD, True),
        (Kinds.REBATE, State.EARNED, False),
        (Kinds.PRESALES, State.RESERVED, False),
    ],
)
def test_what_is_promised_is_divided_with_a_filing_that_comes_beside(
    kind: BenefitKind, state: BenefitState, *, divided: bool
) -> None:
    shared = registration(share=Decimal("0.5"))
    found = only(payouts.kept(booking(registration(), benefit(kind, state), moved=(shared,))))
    half = benefit(kind, state, rate=Decimal("0.075"), amount=euros("7500.00"), counted=euros("7500.00"))
    assert found == (half if divided else None)


def test_what_is_divided_and_released_at_once_is_released_divided() -> None:
    ended = (registration(RegistrationState.LAPSED, share=Decimal("0.5")),)
    found = only(payouts.kept(booking(registration(), benefit(), moved=ended)))
    assert found is not None
    assert (found.state, found.amount) == (State.RELEASED, euros("7500.00"))


@pytest.mark.parametrize(
    ("state", "becomes"),
    [(RegistrationState.APPROVED, State.RESERVED), (RegistrationState.LAPSED, State.RELEASED)],
)
def test_a_discount_that_another_window_withheld_is_free_once_that_window_is_over(
    state: RegistrationState, becomes: BenefitState
) -> None:
    held = benefit(Kinds.DISCOUNT, State.WITHHELD, registration=RIVAL, opportunity=None, held_back_by=FIRST)
    theirs = registration(state, registration=RIVAL, opportunity=None)
    moved = (registration(RegistrationState.LAPSED),)
    found = only(payouts.kept(booking(registration(), theirs, held, moved=moved)))
    assert found == held.model_copy(update={"state": becomes, "held_back_by": None})


def credit(*, frozen: bool) -> CreditEntry:
    return CreditEntry(record=DEAL, firm=NORD.id, since=START, through=FIRST, frozen=frozen)


@pytest.mark.parametrize(
    ("kind", "state", "becomes"),
    [
        (Kinds.REBATE, State.RESERVED, State.FROZEN),
        (Kinds.MDF, State.EARNED, State.FROZEN),
        (Kinds.REBATE, State.PAID, None),
        (Kinds.REBATE, State.FROZEN, None),
        (Kinds.DISCOUNT, State.RESERVED, None),
    ],
)
def test_money_is_frozen_with_its_credit_and_says_so_to_the_desk(
    kind: BenefitKind, state: BenefitState, becomes: BenefitState | None
) -> None:
    booked = payouts.kept(booking(credit(frozen=False), benefit(kind, state), moved=(credit(frozen=True),)))
    found = only(booked)
    assert (found and (found.state, found.before)) == (becomes and (becomes, state))
    assert [(each.message, each.desk) for each in booked.findings] == (
        [("payout.frozen", True)] if becomes else []
    )


@pytest.mark.parametrize(("before", "becomes"), [(State.EARNED, State.EARNED), (None, State.RELEASED)])
def test_money_is_free_again_with_its_credit(before: BenefitState | None, becomes: BenefitState) -> None:
    there = benefit(state=State.FROZEN, before=before)
    found = only(payouts.kept(booking(credit(frozen=True), there, moved=(credit(frozen=False),))))
    assert found == there.model_copy(update={"state": becomes, "before": None})
    assert only(payouts.kept(booking(credit(frozen=False), there, moved=(credit(frozen=False),)))) is None


@pytest.mark.parametrize(
    ("kind", "word", "state", "by", "becomes"),
    [
        (FactKind.PAID_OUT, "", State.EARNED, MIA.id, State.PAID),
        (FactKind.PAID_OUT, "", State.RESERVED, MIA.id, None),
        (FactKind.PAID_OUT, "", State.EARNED, ANNA.id, None),
        (FactKind.BENEFIT_REVIEWED, " Approve it", State.WAITING, MIA.id, State.RESERVED),
        (FactKind.BENEFIT_REVIEWED, "accepted", State.WAITING, MIA.id, State.RESERVED),
        (FactKind.BENEFIT_REVIEWED, "reject", State.WAITING, MIA.id, State.REFUSED),
        (FactKind.BENEFIT_REVIEWED, "approve", State.WAITING, ANNA.id, None),
        (FactKind.BENEFIT_REVIEWED, "approve", State.EARNED, MIA.id, None),
    ],
)
def test_a_person_rules_on_what_waits_and_records_what_is_paid_and_a_partner_does_neither(
    kind: FactKind, word: str, state: BenefitState, by: Any, becomes: BenefitState | None
) -> None:
    fact = acted(kind, Kind.REGISTRATION, FIRST, when=at(after(days=1)), actor=by, value=word)
    found = only(payouts.kept(booking(benefit(state=state), fact=fact)))
    assert (found.state if found else None) is becomes
    if becomes is State.PAID:
        assert found is not None
        assert found.paid_at == after(days=1)


def test_what_was_earned_while_it_waited_is_owed_once_a_person_says_yes() -> None:
    fact = acted(FactKind.BENEFIT_REVIEWED, Kind.REGISTRATION, FIRST, actor=MIA.id, value="approve")
    found = only(payouts.kept(booking(benefit(state=State.WAITING, earned_at=START), fact=fact)))
    assert found is not None
    assert found.state is State.EARNED


def shows(*held: BenefitEntry) -> dict[str, str | Say | None]:
    there = booking(registration(), *held, moved=held)
    wanted = payout_showing.kept(there).desired
    assert {(each.subject, each.record) for each in wanted} <= {(Kind.REGISTRATION, FIRST)}
    return {each.slot: each.value for each in wanted}


NOTHING = {
    "rebate": None, "discount": None, "mdf": None, "incentive": None, "presales": "false", "payout": None,
    "payout_state": None,
}  # fmt: skip


def fixed(kind: BenefitKind, amount: int, state: BenefitState = State.RESERVED) -> BenefitEntry:
    return benefit(kind, state, rate=None, base=None, amount=euros(amount), counted=euros(amount))


def test_every_benefit_of_a_registration_stands_in_its_own_field() -> None:
    every = (
        benefit(),
        fixed(Kinds.MDF, 2000),
        fixed(Kinds.INCENTIVE, 300),
        benefit(Kinds.DISCOUNT, rate=Decimal("0.05")),
        fixed(Kinds.PRESALES, 0),
    )
    shown = shows(*every)
    basis = shown.pop("payout_basis")
    assert shown == {
        "rebate": "15", "discount": "5", "mdf": "2000", "incentive": "300", "presales": "true",
        "payout": "17300", "payout_state": "reserved",
    }  # fmt: skip
    assert isinstance(basis, Say)
    assert basis.reader == ANNA.id
    terms = ("payout.terms", {"tier": "Gold", "policy": POLICY.label, "on": "2026-03-02"})
    assert basis.sentences[-3:] == (
        ("benefit.rebate", {"rate": "15", "base": "100000 EUR", "amount": "15000 EUR"}),
        ("payout.reserved", {}),
        terms,
    )


@pytest.mark.parametrize("state", State)
def test_money_shows_while_it_is_promised_owed_paid_or_frozen_and_its_state_always(
    state: BenefitState,
) -> None:
    shown = shows(fixed(Kinds.INCENTIVE, 300, state))
    holds = state in (State.RESERVED, State.EARNED, State.PAID, State.FROZEN)
    assert shown["incentive"] == ("300" if holds else None)
    assert shown["payout"] == ("300" if holds else None)
    overall = {State.WITHHELD: None}.get(state, state.value)
    assert shown["payout_state"] == overall


@pytest.mark.parametrize("state", State)
def test_a_discount_shows_while_it_holds_and_support_until_the_deal_is_won(state: BenefitState) -> None:
    shown = shows(benefit(Kinds.DISCOUNT, state), fixed(Kinds.PRESALES, 0, state))
    assert shown["discount"] == ("15" if state in (State.RESERVED, State.EARNED) else None)
    assert shown["presales"] == ("true" if state is State.RESERVED else "false")
    assert {name: shown[name] for name in NOTHING if name not in ("discount", "presales")} == {
        name: None for name in NOTHING if name not in ("discount", "presales")
    }
    if state in (State.WITHHELD, State.RELEASED):
        assert shown["payout_basis"] is None


@pytest.mark.parametrize(
    ("one", "other", "overall"),
    [
        (State.FROZEN, State.WAITING, "frozen"),
        (State.WAITING, State.EARNED, "waiting"),
        (State.EARNED, State.RESERVED, "earned"),
        (State.RESERVED, State.PAID, "reserved"),
        (State.PAID, State.REFUSED, "paid"),
        (State.REFUSED, State.RELEASED, "refused"),
    ],
)
def test_of_several_payouts_the_one_that_wants_most_attention_names_the_state(
    one: BenefitState, other: BenefitState, overall: str
) -> None:
    assert shows(fixed(Kinds.MDF, 1, one), fixed(Kinds.INCENTIVE, 1, other))["payout_state"] == overall
    assert shows(fixed(Kinds.MDF, 1, other), fixed(Kinds.INCENTIVE, 1, one))["payout_state"] == overall


def test_a_total_is_of_one_currency_and_a_part_of_the_deal_is_said() -> None:
    dollars = euros(500).model_copy(update={"currency": "USD"})
    shown = shows(
        fixed(Kinds.INCENTIVE, 300),
        benefit(Kinds.MDF, rate=None, amount=dollars),
        benefit(counts=Decimal("0.33333")),
    )
    assert shown["payout"] == "15300"
    assert isinstance(shown["payout_basis"], Say)
    assert ("payout.part", {"part": "33.3"}) in shown["payout_basis"].sentences


def test_what_is_earned_says_the_figures_that_it_was_worked_out_from() -> None:
    (found,) = payouts.kept(booking(WON, benefit(), moved=(closed(DealState.WON),))).findings
    assert (found.rule, found.message) == ("payout", "payout.earned")
    assert found.exhibits == (
        Exhibit(record=FIRST, field="rebate", value="15000 EUR"),
        Exhibit(record=DEAL, field="amount", value="100000 EUR"),
    )


def test_a_deal_that_says_no_amount_earns_what_was_promised() -> None:
    line = closed(DealState.WON).model_copy(update={"amount": None})
    found = only(payouts.kept(booking(WON, benefit(), moved=(line,))))
    assert found == benefit(state=State.EARNED, earned_at=after(days=1))
    reward = fixed(Kinds.INCENTIVE, 300)
    found = only(payouts.kept(booking(WON, reward, moved=(closed(DealState.WON),))))
    assert found == reward.model_copy(update={"state": State.EARNED, "earned_at": after(days=1)})


def test_every_payout_that_freezes_with_a_credit_is_said() -> None:
    there = (credit(frozen=False), benefit(), fixed(Kinds.MDF, 2000))
    booked = payouts.kept(booking(*there, moved=(credit(frozen=True),)))
    assert sorted(each.exhibits[0].field for each in booked.findings) == ["mdf", "rebate"]
    assert len(booked.entries) == 2


@pytest.mark.parametrize(("paid_on", "earned"), [(None, False), (date(2026, 3, 3), True)])
def test_a_budget_may_pay_only_once_the_customer_has_paid(paid_on: date | None, *, earned: bool) -> None:
    terms = POLICY.registrations
    assert terms is not None
    assert terms.rebate_budget is not None
    late = terms.rebate_budget.model_copy(update={"earned": "paid"})
    policy = POLICY.model_copy(update={"registrations": terms.model_copy(update={"rebate_budget": late})})
    there = booking(WON, benefit(), benefit(Kinds.PRESALES), moved=(closed(DealState.WON),))
    there.policy, there.policies = policy, Policies(versions=(policy,))
    there.world = world(deal(1, ANNA, paid_on=paid_on), fact=there.fact)
    states = {each.kind: each.state for each in payouts.kept(there).entries if isinstance(each, BenefitEntry)}
    assert states.get(Kinds.REBATE) == (State.EARNED if earned else None)
    assert states[Kinds.PRESALES] is State.EARNED


def test_what_has_been_earned_is_said_once_and_follows_the_deals_amount() -> None:
    there = benefit(state=State.EARNED, earned_at=after(hours=1))
    same = payouts.kept(booking(WON, there, moved=(closed(DealState.WON),)))
    assert (same.entries, same.findings) == ([], [])
    less = payouts.kept(booking(WON, there, moved=(closed(DealState.WON, 80_000),)))
    found = only(less)
    assert found is not None
    assert (found.amount, found.earned_at, less.findings) == (euros("12000.00"), after(hours=1), [])


@pytest.mark.parametrize(
    ("state", "before", "behind"),
    [
        (State.FROZEN, State.EARNED, State.EARNED),
        (State.FROZEN, None, State.FROZEN),
        (State.WAITING, State.EARNED, State.WAITING),
    ],
)
def test_the_state_behind_a_freeze(
    state: BenefitState, before: BenefitState | None, behind: BenefitState
) -> None:
    assert payouts.effective(benefit(state=state, before=before)) is behind


def test_the_terms_of_a_promise_are_those_of_the_version_that_gave_it() -> None:
    old = POLICY.model_copy(update={"version": 7})
    bare = old.model_copy(update={"version": 8, "registrations": None})
    there = booking()
    there.policies = Policies(versions=(bare, old, POLICY))
    assert payouts.policy_of(there, old.label) is old
    assert payouts.policy_of(there, bare.label) is POLICY
    assert payouts.policy_of(there, "unknown/1") is POLICY
