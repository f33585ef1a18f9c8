"""Facts that move money and credit only: linked to a deal later, paid out, a benefit ruled, a closed deal corrected."""

from collections.abc import Iterator

from connector.canonical.fact import Fact, FactKind
from connector.canonical.kind import Kind
from connector.canonical.records import FilingStatus, Opportunity, Registration
from connector.canonical.time import instant_text
from connector.facts.change import Seen

_RULED = (FilingStatus.APPROVED, FilingStatus.PARTLY_APPROVED, FilingStatus.WON)


def of_accounts(seen: Seen[Registration]) -> Iterator[Fact]:
    """What a person recorded about the benefits of a filing, and the deal that it was linked to after its ruling."""
    before, after = seen.before, seen.after
    if after is None:
        return
    if before is not None and after.status in _RULED and before.opportunity != after.opportunity:
        yield _fact(seen, after, FactKind.LINKED, after.opportunity or "")
    if after.payout_paid_on is not None and (before is None or before.payout_paid_on != after.payout_paid_on):
        yield _fact(seen, after, FactKind.PAID_OUT, after.payout_paid_on.isoformat())
    if after.benefit_review and (before is None or before.benefit_review != after.benefit_review):
        yield _fact(seen, after, FactKind.BENEFIT_REVIEWED, after.benefit_review)


def of_closed_deal(seen: Seen[Opportunity]) -> Iterator[Fact]:
    """A closed deal was corrected: its amount, how it ended, or the day on which the customer paid."""
    before, after = seen.before, seen.after
    if before is None or after is None or not (before.closed and after.closed):
        return
    if _figures(before) != _figures(after):
        yield Fact(
            kind=FactKind.AMENDED,
            subject=Kind.OPPORTUNITY,
            record=after.id,
            when=seen.when(after.changed_at),
            value=instant_text(after.changed_at),
            actor=seen.actor,
            detail={"version": instant_text(after.stamp)},
        )


def _figures(deal: Opportunity) -> tuple[object, ...]:
    return (deal.amount, deal.won, deal.paid_on)


def _fact(seen: Seen[Registration], after: Registration, kind: FactKind, value: str) -> Fact:
    return Fact(
        kind=kind,
        subject=Kind.REGISTRATION,
        record=after.id,
        when=seen.when(after.changed_at),
        value=value,
        actor=seen.actor,
        detail={"version": instant_text(after.stamp)},
    )
