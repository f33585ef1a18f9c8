"""When what was earned may be paid: so long after it was earned, or after the customer's payment (R0.14)."""

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

from connector.canonical.accounts import BenefitEntry, BenefitState
from connector.canonical.docket import DeadlineEntry
from connector.canonical.fact import FactKind
from connector.canonical.ids import RecordId
from connector.canonical.kind import Kind
from connector.canonical.phrase import Phrase
from connector.canonical.verdict import Effect, Exhibit, Finding
from connector.policy.calendar import after
from connector.policy.model import Policy
from connector.rules.booking import Booking
from connector.rules.case import finding, local_day
from connector.rules.rule import rule

DUE = "payout_due"


@rule(DUE, "R0.14")
def payout_due(entry: BenefitEntry, phrase: Phrase, on: str = "") -> Iterator[Finding]:
    """R0.14: from when what was earned may be paid; that it may be now; that it was before it might."""
    effect = Effect.NOTE if phrase is Phrase.PAYOUT_EARLY else Effect.PASS
    exhibit = Exhibit(record=entry.registration, field=entry.kind, value=str(entry.amount or ""))
    said = {"on": on} if on else {}
    yield finding(DUE, effect, phrase, exhibit, desk=True, **said)


def waits(policy: Policy, entry: BenefitEntry) -> bool:
    """Whether the terms of this benefit have it wait after it was earned."""
    budget = policy.registrations.rebate_budget if policy.registrations else None
    return budget is not None and budget.payable is not None and entry.kind.money


def payable_from(policy: Policy, earned_at: datetime, paid_on: date | None) -> datetime | None:
    """The moment from which it may be paid; None where that waits for the customer's payment.

    Args:
        policy: the version under which it was promised, with a `payable` in its budget.
        earned_at: when it was earned.
        paid_on: the day on which the customer paid, where that is known; it counts from its first moment.
    """
    budget = policy.registrations.rebate_budget if policy.registrations else None
    if budget is None or budget.payable is None:
        return None
    office = policy.office_hours
    if budget.payable.counts_from == "earned":
        return after(earned_at, budget.payable.after, office)
    if paid_on is None:
        return None
    arrived = datetime.combine(paid_on, time(), ZoneInfo(office.zone)).astimezone(UTC)
    return after(arrived, budget.payable.after, office)


def said(policy: Policy, before: BenefitEntry, entry: BenefitEntry) -> Iterator[Finding]:
    """From when it may be paid, where that is new."""
    fresh = before.earned_at is None or before.payable_from != entry.payable_from
    if waits(policy, entry) and fresh:
        on = local_day(entry.payable_from, policy).isoformat() if entry.payable_from else "-"
        yield from payout_due(entry, Phrase.PAYOUT_PAYABLE_FROM, on)


def came(booking: Booking, entries: Iterable[BenefitEntry]) -> Iterator[Finding]:
    """What may be paid from now on (a tick); nothing of what was frozen, paid or taken back since."""
    fact = booking.fact
    if fact.kind is FactKind.TICK and fact.value == DUE:
        for entry in entries:
            if entry.state is BenefitState.EARNED and entry.payable_from == fact.instant:
                yield from payout_due(entry, Phrase.PAYOUT_PAYABLE)


def early(policy: Policy, entry: BenefitEntry, now: datetime) -> Iterator[Finding]:
    """A person recorded a payout before it was payable; it is recorded all the same."""
    if waits(policy, entry) and (entry.payable_from is None or now < entry.payable_from):
        yield from payout_due(entry, Phrase.PAYOUT_EARLY)


def deadline(
    booking: Booking, registration: RecordId, entries: Iterable[BenefitEntry]
) -> Iterator[DeadlineEntry]:
    """The next moment from which something of the registration may be paid, where that moved."""
    known = booking.docket.get(DeadlineEntry, f"{registration}|{DUE}")
    ahead = (
        entry.payable_from
        for entry in entries
        if entry.state is BenefitState.EARNED
        and entry.payable_from
        and entry.payable_from > booking.fact.instant
    )
    due = min(ahead, default=None)
    if due is None:
        if known is not None and known.open:
            yield known.model_copy(update={"done": True})
        return
    wanted = DeadlineEntry(name=DUE, subject=Kind.REGISTRATION, record=registration, due=due)
    if known != wanted:
        yield wanted
