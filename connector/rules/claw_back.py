"""What was paid and is owed back, because the deal did not stand as it closed (R0.14, R0.15)."""

from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal

from connector.canonical.accounts import BenefitEntry, BenefitState
from connector.canonical.ids import RecordId
from connector.canonical.money import Money
from connector.canonical.phrase import Phrase
from connector.canonical.verdict import Effect, Exhibit, Finding
from connector.policy.calendar import after
from connector.policy.model import Policy
from connector.rules.case import finding
from connector.rules.rule import rule

RULE = "claw_back"


@rule(RULE, "R0.14", "R0.15")
def claw_back(
    deal: RecordId, entry: BenefitEntry, amount: Money | None, counted: Money | None
) -> Iterator[Finding]:
    """R0.14: the firm owes back what it was paid of a deal that was lost, deleted or lowered; a person collects it.

    R0.15: `counted` is what the budget has back. Without an amount the deal is won after all: a person decides.
    """
    exhibits = (
        Exhibit(record=entry.registration, field=entry.kind, value=str(entry.amount or "")),
        Exhibit(record=deal, field="amount", value=str(entry.base or "")),
    )
    if amount is None:
        yield finding(RULE, Effect.ASK, Phrase.PAYOUT_STANDS_AGAIN, *exhibits, desk=True)
        return
    figures = {"amount": amount, "counted": counted or "-"}
    yield finding(RULE, Effect.ASK, Phrase.PAYOUT_CLAWED_BACK, *exhibits, desk=True, **figures)


def within(policy: Policy, entry: BenefitEntry, now: datetime) -> bool:
    """Whether what was paid is still taken back when the deal does not stand."""
    budget = policy.registrations.rebate_budget if policy.registrations else None
    terms = budget.claw_back if budget else None
    start = entry.earned_at if terms is None or terms.counts_from == "earned" else entry.paid_at
    return terms is not None and start is not None and now < after(start, terms.within, policy.office_hours)


def whole(deal: RecordId, entry: BenefitEntry) -> Iterator[tuple[Finding, BenefitEntry]]:
    """All that was paid is owed back; the budget holds none of it any more."""
    if entry.amount is not None:
        back = _sum(entry.clawed_back, entry.amount)
        taken = entry.model_copy(update={"state": BenefitState.CLAWED_BACK, "clawed_back": back})
        yield from ((found, taken) for found in claw_back(deal, entry, entry.amount, entry.counted))


def difference(
    deal: RecordId, entry: BenefitEntry, lowered: BenefitEntry
) -> Iterator[tuple[Finding, BenefitEntry]]:
    """What was paid beyond what the deal is worth now; the rest stays paid. A deal that grew changes nothing."""
    amount = _less(entry.amount, lowered.amount)
    if amount is None:
        return
    figures = {"base": lowered.base, "amount": lowered.amount, "counted": lowered.counted}
    taken = entry.model_copy(update={**figures, "clawed_back": _sum(entry.clawed_back, amount)})
    yield from (
        (found, taken) for found in claw_back(deal, lowered, amount, _less(entry.counted, lowered.counted))
    )


def _less(one: Money | None, other: Money | None) -> Money | None:
    """What one amount is above the other; None where it is not, or nobody can tell."""
    if one is None or other is None or one.currency != other.currency or one.amount <= other.amount:
        return None
    return Money(amount=one.amount - other.amount, currency=one.currency)


def _sum(before: Money | None, amount: Money) -> Money:
    known = before.amount if before is not None and before.currency == amount.currency else Decimal(0)
    return Money(amount=known + amount.amount, currency=amount.currency)
