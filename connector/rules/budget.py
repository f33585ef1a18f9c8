"""The budget over every money benefit: what it holds, and what happens to a benefit beyond its cap (R0.15)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from connector.canonical.accounts import BenefitEntry, BenefitState, BudgetEntry
from connector.canonical.fact import FactKind
from connector.canonical.money import Money
from connector.canonical.phrase import Phrase
from connector.canonical.verdict import Effect, Exhibit, Finding
from connector.policy.benefits import BeyondBudget, RebateBudget
from connector.policy.model import Policy
from connector.rules.booking import Booked, Booking
from connector.rules.case import finding
from connector.rules.payouts import policy_of, to
from connector.rules.rule import rule

State = BenefitState
_NOTHING = Decimal(0)
_CENT = Decimal("0.01")


@dataclass(frozen=True, kw_only=True, slots=True)
class Excess:
    """A benefit that a period's budget does not hold."""

    entry: BenefitEntry
    kept: BudgetEntry
    left: Decimal
    cap: Money
    beyond: BeyondBudget
    crowded: bool  # others of the same second ask for the same remainder: a person decides


def checked(booking: Booking) -> Booked:
    """New and grown benefits against what was left before this second."""
    booked = Booked()
    if booking.fact.kind is FactKind.BENEFIT_REVIEWED:  # a person grants what the budget does not hold
        return booked
    taken: dict[str, Decimal] = {}
    for before, entry in booking.moved(BenefitEntry):
        policy = policy_of(booking, entry.policy)
        budget = policy.registrations.rebate_budget if policy.registrations else None
        if budget is None or not entry.budgets or entry.state not in (State.RESERVED, State.EARNED):
            continue
        if entry.counted is None:
            unknown = list(over_budget(None, entry))
            booked.findings += unknown
            booked.entries += [to(entry, State.WAITING)] if unknown else []
            continue
        need = entry.counted.amount - _held(before)
        excess = _excess(booking, budget, entry, need, taken) if need > 0 else None
        found = list(over_budget(excess, entry)) if excess is not None else []
        if excess is not None and found:
            booked.findings += found
            changed = _beyond(excess, before, need, policy)
            booked.entries.append(changed)
            need = _held(changed) - _held(before)
        for key in entry.budgets:
            taken[key] = taken.get(key, _NOTHING) + need
    return booked


@rule("budget", "R0.15")
def over_budget(excess: Excess | None, entry: BenefitEntry) -> Iterator[Finding]:
    """R0.15: the cap is reached, or nobody knows what the benefit takes out of it. The registration stands."""
    exhibit = Exhibit(record=entry.registration, field=entry.kind, value=str(entry.amount or ""))
    if excess is None:
        currency = entry.amount.currency if entry.amount else "-"
        yield finding("budget", Effect.NOTE, Phrase.NO_RATE, exhibit, desk=True, currency=currency)
        return
    left = Money(amount=max(excess.left, _NOTHING), currency=excess.cap.currency)
    yield finding(
        "budget",
        Effect.NOTE,
        Phrase.FIRM_BUDGET_SPENT if excess.kept.firm else Phrase.BUDGET_SPENT,
        exhibit,
        desk=True,
        amount=entry.amount,
        left=left,
        budget=excess.cap,
        period=excess.kept.period.rpartition("|")[2],
    )


def counted(booking: Booking) -> Booked:
    """What every budget holds once the decision stands."""
    held: dict[str, BudgetEntry] = {}
    for before, entry in booking.moved(BenefitEntry):
        change = _held(entry) - _held(before)
        for key, empty in entry.budgets.items() if change else ():
            kept = held.get(key) or booking.docket.get(BudgetEntry, key) or empty
            held[key] = kept.model_copy(update={"held": kept.held + change})
    return Booked(entries=list(held.values()))


def _held(entry: BenefitEntry | None) -> Decimal:
    return entry.counted.amount if entry is not None and entry.holds and entry.counted else _NOTHING


def _excess(
    booking: Booking, budget: RebateBudget, entry: BenefitEntry, need: Decimal, taken: dict[str, Decimal]
) -> Excess | None:
    """The tightest of the caps that do not hold it."""
    found = []
    for key, empty in entry.budgets.items():
        before = booking.docket.get(BudgetEntry, key) or empty
        others = _asked_by_others(booking, key)
        for cap, beyond in _caps(budget, entry, before):
            left = cap.amount - before.held - taken.get(key, _NOTHING)
            if need + others > left:
                crowded = others > 0
                found.append(
                    Excess(entry=entry, kept=before, left=left, cap=cap, beyond=beyond, crowded=crowded)
                )
    tightest = min(found, key=lambda each: each.left, default=None)
    return tightest and replace(tightest, crowded=any(each.crowded for each in found))


def _caps(
    budget: RebateBudget, entry: BenefitEntry, kept: BudgetEntry
) -> Iterator[tuple[Money, BeyondBudget]]:
    """The caps over one budget, with what happens beyond each."""
    if kept.firm is not None:
        for each in entry.firm_caps:
            if each.period == kept.period:
                yield each.at_most, BeyondBudget(each.beyond)
        return
    cap = budget.quarter if "-Q" in kept.period.rpartition("|")[2] else budget.year
    if cap is not None:
        yield cap, budget.beyond


def _asked_by_others(booking: Booking, key: str) -> Decimal:
    """What the other decisions of this second ask of the same budget."""
    others = (each for each in booking.group if each.fact.identity != booking.fact.identity)
    return sum((_asked(booking, each.entries, key) for each in others), _NOTHING)


def _asked(booking: Booking, entries: Sequence[object], key: str) -> Decimal:
    latest = {each.key: each for each in entries if isinstance(each, BenefitEntry) and key in each.budgets}
    needs = (
        (each.counted.amount if each.counted and each.open else _NOTHING) - _held(booking.before.of(each))
        for each in latest.values()
    )
    return sum((need for need in needs if need > 0), _NOTHING)


def _beyond(excess: Excess, before: BenefitEntry | None, need: Decimal, policy: Policy) -> BenefitEntry:
    entry = excess.entry
    if excess.crowded or excess.beyond is BeyondBudget.REVIEW:
        return to(entry, State.WAITING)
    grown = before is not None and before.holds
    if excess.beyond is BeyondBudget.REFUSE:
        if grown and before is not None:  # what was promised stays promised; what is beyond it is refused
            return entry.model_copy(update={"amount": before.amount, "counted": before.counted})
        return to(entry, State.REFUSED)
    whole = entry.counted.amount if entry.counted else _NOTHING
    fits = (whole - need + max(excess.left, _NOTHING)).quantize(_CENT)
    if fits <= 0:
        return to(entry, State.REFUSED)
    reduced = Money(amount=fits, currency=excess.cap.currency)
    own = entry.amount.currency if entry.amount else reduced.currency
    amount = policy.rates.convert(reduced, own, date.fromisoformat(entry.day))
    return entry.model_copy(update={"counted": reduced, "amount": amount})
