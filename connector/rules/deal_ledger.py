"""The ledger of closed deals, partner against direct, in which each deal counts exactly once (R0.9)."""

from collections.abc import Iterator

from connector.canonical.accounts import DealEntry, DealState, Party
from connector.canonical.docket import ConflictEntry, ConflictState, CreditEntry, RegistrationEntry
from connector.canonical.fact import FactKind
from connector.canonical.ids import RecordId
from connector.canonical.kind import Kind
from connector.canonical.phrase import Phrase
from connector.canonical.records import Opportunity
from connector.canonical.verdict import Effect, Exhibit, Finding
from connector.rules.booking import Booked, Booking
from connector.rules.case import finding
from connector.rules.rule import rule

RULE = "counted_once"


def kept(booking: Booking) -> Booked:
    """The lines of the ledger that one decision moves: closed, corrected, opened again, gone, credited anew."""
    fact = booking.fact
    booked = Booked()
    if fact.subject is Kind.OPPORTUNITY:
        booked = booked + _of_deal(booking)
    known = {each.key for each in booked.entries}
    for _, credit in booking.moved(CreditEntry):
        line = booking.docket.get(DealEntry, credit.record)
        if line is not None and line.key not in known and (line.firm, line.sourced) != (credit.firm, True):
            update = {"party": Party.PARTNER, "firm": credit.firm, "sourced": True}
            booked.entries.append(line.model_copy(update=update))
    return booked + _settled(booking)


def _of_deal(booking: Booking) -> Booked:
    fact, docket = booking.fact, booking.docket
    line, deal = docket.get(DealEntry, fact.record), booking.world.opportunity(fact.record)
    if fact.kind in (FactKind.DELETED, FactKind.MERGED):
        moved = RecordId(fact.value) if fact.value else None
        gone = {"state": DealState.GONE, "moved_to": moved}
        return Booked(entries=[line.model_copy(update=gone)] if line else [])
    back = fact.kind is FactKind.RESTORED
    if back and (line is None or line.state is not DealState.GONE):
        return Booked()
    if fact.kind is FactKind.STAGE_MOVED or (back and deal is not None and not deal.closed):
        again = line is not None and deal is not None and not deal.closed
        return Booked(
            entries=[line.model_copy(update={"state": DealState.REOPENED, "won_at": None})]
            if line and again
            else []
        )
    counts = back or fact.kind in (FactKind.CLOSED, FactKind.AMENDED)
    if deal is None or not deal.closed or not counts:
        return Booked()
    fresh = _line(booking, deal, line)
    if fresh.state is not DealState.WON:
        return Booked(entries=[fresh])
    twins = [twin for twin in _twins(booking, deal.id) if twin.state is DealState.WON]
    findings = list(counted_once(fresh, twins)) if twins else []
    if not findings:
        return Booked(entries=[fresh])
    first = _approved(booking, deal.id) and not any(_approved(booking, twin.record) for twin in twins)
    second = twins if first else [fresh]
    entries = [each.model_copy(update={"state": DealState.CONTESTED}) for each in second]
    return Booked(entries=[*entries, *([fresh] if first else [])], findings=findings)


@rule(RULE, "R0.9")
def counted_once(line: DealEntry, twins: list[DealEntry]) -> Iterator[Finding]:
    """R0.9: two deals in one conflict were both won; the registered one counts until a person says they are two."""
    exhibits = (
        Exhibit(record=each.record, field="amount", value=str(each.amount or "")) for each in [line, *twins]
    )
    yield finding(RULE, Effect.ASK, Phrase.DEAL_COUNTED_ONCE, *exhibits, desk=True)


def _line(booking: Booking, deal: Opportunity, before: DealEntry | None) -> DealEntry:
    """Whose deal it is: the firm that brought it, else the firm that owns it, else our own people."""
    credit = booking.docket.get(CreditEntry, deal.id)
    owner = booking.world.person(deal.owner)
    firm = credit.firm if credit else deal.partner or (owner.firm if owner else None)
    amended = before is not None and booking.fact.kind in (FactKind.AMENDED, FactKind.RESTORED)
    closed_at = before.closed_at if before and amended else booking.fact.instant
    state = DealState.WON if deal.won else DealState.LOST
    if before is not None and amended and before.state is DealState.CONTESTED and deal.won:
        state = DealState.CONTESTED
    return DealEntry(
        record=deal.id,
        state=state,
        party=Party.PARTNER if firm else Party.DIRECT,
        firm=firm,
        sourced=credit is not None,
        amount=deal.amount,
        won_at=closed_at if deal.won else None,
        closed_at=closed_at,
        customer=deal.customer,
    )


def _twins(booking: Booking, deal: RecordId) -> Iterator[DealEntry]:
    """Deals that a conflict takes for this one: on the other side of a pair, or of a registration of it."""
    sides = {deal, *(entry.registration for entry in _registrations(booking, deal))}
    others: set[RecordId] = set()
    for side in sorted(sides):
        for pair in booking.docket.find(ConflictEntry, f"record:{side}", open_only=False):
            if pair.state is not ConflictState.DISMISSED:
                others |= {pair.left, pair.right} - sides
    for other in sorted(others):
        entry = booking.docket.get(RegistrationEntry, other)
        line = booking.docket.get(DealEntry, entry.opportunity if entry and entry.opportunity else other)
        if line is not None and line.record != deal:
            yield line


def _approved(booking: Booking, deal: RecordId) -> bool:
    """A registration of the deal was approved, and none has taken its place since."""
    return any(entry.state.was_approved for entry in _registrations(booking, deal))


def _registrations(booking: Booking, deal: RecordId) -> Iterator[RegistrationEntry]:
    yield from booking.docket.find(RegistrationEntry, f"opportunity:{deal}", open_only=False)


def _settled(booking: Booking) -> Booked:
    """A person said that the two are not one customer: both count."""
    booked = Booked()
    for before, pair in booking.moved(ConflictEntry):
        if pair.state is not ConflictState.DISMISSED or before is None or not before.open:
            continue
        for side in (pair.left, pair.right):
            line = booking.docket.get(DealEntry, side)
            if line is not None and line.state is DealState.CONTESTED:
                booked.entries.append(line.model_copy(update={"state": DealState.WON}))
    return booked
