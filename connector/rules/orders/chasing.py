"""What an order waits for by a time: a missing slip, the rest of its payment, a payment announced (R4.15, R4.16)."""

from collections.abc import Iterator
from datetime import datetime

from connector.canonical.docket import DeadlineEntry, Entry
from connector.canonical.ids import RecordId
from connector.canonical.kind import Kind
from connector.canonical.order_docket import OrderEntry, PaymentEntry
from connector.policy.duration import Duration
from connector.policy.orders import OrderPolicy
from connector.rules.orders.case import OrderCase
from connector.rules.orders.payments import paid
from connector.rules.orders.slips import unslipped
from connector.rules.protection import deadline, reminder
from connector.rules.world import World

SLIP_DUE, SLIP_REMIND, SHORT = "slip_due", "slip_remind", "payment_short"
ARRIVES, AGAIN = "payment_arrives", "order_looked_at"
MATCH_AGAIN = "slip_looked_at"


def look_again(order: RecordId, moment: datetime) -> DeadlineEntry:
    """The order is judged once more at this very instant, because of what happened elsewhere."""
    return deadline(AGAIN, Kind.ORDER, order, moment)


def match_again(slip: RecordId, moment: datetime) -> DeadlineEntry:
    return deadline(MATCH_AGAIN, Kind.SLIP, slip, moment)


def waiting(case: OrderCase, entry: OrderEntry) -> tuple[OrderEntry, tuple[Entry, ...]]:
    """The entry with its due times set or cleared, and the deadlines that follow."""
    slip_due, slips = _slips(case, entry)
    short_from, short = _short(case, entry)
    entry = entry.model_copy(update={"slip_due": slip_due, "short_from": short_from})
    return entry, (*slips, *short, *_announced(case))


def _slips(case: OrderCase, entry: OrderEntry) -> tuple[datetime | None, tuple[Entry, ...]]:
    terms, absent = case.terms.slips, unslipped(case)
    if not absent or terms.within is None:
        return None, tuple(_done(case.world, entry, (SLIP_DUE, SLIP_REMIND))) if entry.slip_due else ()
    if entry.slip_due is not None:
        return entry.slip_due, ()
    due = case.fact.instant + terms.within
    return due, tuple(_chase(case.terms, entry.order, due, case.fact.instant))


def _chase(terms: OrderPolicy, order: RecordId, due: datetime, now: datetime) -> Iterator[DeadlineEntry]:
    yield deadline(SLIP_DUE, Kind.ORDER, order, due)
    for ahead in terms.slips.remind:
        if due - ahead > now:
            yield deadline(reminder(SLIP_REMIND, Duration(length=ahead)), Kind.ORDER, order, due - ahead)


def _short(case: OrderCase, entry: OrderEntry) -> tuple[datetime | None, tuple[Entry, ...]]:
    state, wait = paid(case), case.terms.payment.short_after
    if state is None or state.arrived is not None or not state.counted or wait is None:
        return None, tuple(_done(case.world, entry, (SHORT,))) if entry.short_from else ()
    if entry.short_from is not None:
        return entry.short_from, ()
    due = case.fact.instant + wait
    return due, (deadline(SHORT, Kind.ORDER, entry.order, due),)


def _announced(case: OrderCase) -> Iterator[DeadlineEntry]:
    """A payment recorded ahead of its arrival counts from its arrival on."""
    known = case.world.docket.find(PaymentEntry, f"order:{case.order.id}", open_only=False)
    later = [each.arrived_at for each in known if each.arrived_at and not each.taken_back]
    coming = [moment for moment in later if moment > case.fact.instant]
    if coming:
        yield deadline(ARRIVES, Kind.ORDER, case.order.id, min(coming))


def _done(world: World, entry: OrderEntry, names: tuple[str, ...]) -> Iterator[DeadlineEntry]:
    for due in world.docket.find(DeadlineEntry, f"record:{entry.order}"):
        if due.name.startswith(names):
            yield due.model_copy(update={"done": True})


def all_done(world: World, entry: OrderEntry) -> tuple[Entry, ...]:
    """Nothing is asked for an order that is over."""
    return tuple(_done(world, entry, (SLIP_DUE, SLIP_REMIND, SHORT, ARRIVES)))
