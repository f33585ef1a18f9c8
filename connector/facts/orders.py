"""Facts of orders, of what is paid for them and of the forms they are written on (R4.11 to R4.17)."""

from collections.abc import Iterator
from datetime import datetime

from connector.canonical.fact import Fact, FactKind
from connector.canonical.ids import RecordId
from connector.canonical.kind import Kind
from connector.canonical.orders import Allotment, Order, OrderReview, Payment, Slip
from connector.canonical.record import Record
from connector.canonical.records import Customer
from connector.canonical.time import When, instant_text
from connector.facts.change import Seen

_CONTENT = (
    "partner", "customer", "opportunity", "seller", "amount", "form_number", "stamped", "signatory", "signed_by",
    "ordered_for",
    "registration_number",
)  # fmt: skip
"""What an order says for itself: a change of these amends it. All else is a step on its way, with its own stamp."""


def of_order(seen: Seen[Order]) -> Iterator[Fact]:
    """What happened to an order between two versions."""
    before, after = seen.before, seen.after
    if after is None or not after.filed:
        return
    filed = before is not None and before.filed
    was = before if filed else None
    if was is None:
        yield _fact(
            seen, Kind.ORDER, FactKind.FILED, seen.when(after.filed_at), after.form_number, after.filed_by
        )
    elif any(getattr(was, name) != getattr(after, name) for name in _CONTENT):
        when = seen.sometime
        yield _fact(seen, Kind.ORDER, FactKind.AMENDED, when, instant_text(when.latest))
    if after.scan and (was is None or (was.scan, was.scan_at) != (after.scan, after.scan_at)):
        yield _fact(seen, Kind.ORDER, FactKind.SCANNED, seen.when(after.scan_at), after.scan)
    yield from _reviews(seen, was, after)
    if after.original != (was.original if was else None):
        value = after.original.value if after.original else ""
        yield _fact(seen, Kind.ORDER, FactKind.ORIGINAL_SEEN, seen.when(after.original_at), value)
    elif after.originals != (was.originals if was else None):
        yield _fact(seen, Kind.ORDER, FactKind.ORIGINAL_SEEN, seen.sometime, str(after.originals or 0))
    if after.reported != (was.reported if was else None):
        value = after.reported.value if after.reported else ""
        yield _fact(seen, Kind.ORDER, FactKind.EXCEPTED, seen.when(after.reported_at), value)


def _reviews(seen: Seen[Order], was: Order | None, after: Order) -> Iterator[Fact]:
    for step, kind in (("first", FactKind.FIRST_REVIEWED), ("second", FactKind.SECOND_REVIEWED)):
        word, moment, by = _review(after, step)
        if word is None or (was is not None and _review(was, step)[:2] == (word, moment)):
            continue
        if word is OrderReview.PASS:
            yield _fact(seen, Kind.ORDER, kind, seen.when(moment), word.value, by)
        else:
            yield _fact(seen, Kind.ORDER, FactKind.RETURNED, seen.when(moment), step, by)


def _review(order: Order, step: str) -> tuple[OrderReview | None, datetime | None, RecordId | None]:
    if step == "first":
        return order.first_review, order.first_reviewed_at, order.first_reviewed_by
    return order.second_review, order.second_reviewed_at, order.second_reviewed_by


def of_payment(seen: Seen[Payment]) -> Iterator[Fact]:
    """A payment was recorded, corrected, or taken back by the bank. The arrival itself is the record's own word."""
    before, after = seen.before, seen.after
    if after is None or (before is not None and _money(before) == _money(after)):
        return
    when = seen.created if before is None else seen.sometime
    value = instant_text(after.arrived_at) if after.arrived_at else ""
    yield _fact(seen, Kind.PAYMENT, FactKind.PAID, when, "taken_back" if after.taken_back else value)


def _money(payment: Payment) -> tuple[object, ...]:
    return payment.order, payment.amount, payment.payer, payment.arrived_at, payment.taken_back


def of_slip(seen: Seen[Slip]) -> Iterator[Fact]:
    """A payment slip was recorded, or a person changed it or named its payment (R4.16)."""
    before, after = seen.before, seen.after
    if after is None or (before is not None and _told(before) == _told(after)):
        return
    when = seen.created if before is None else seen.sometime
    yield _fact(seen, Kind.SLIP, FactKind.SLIP_RECORDED, when, str(after.amount or ""))


def _told(slip: Slip) -> tuple[object, ...]:
    return slip.order, slip.payment, slip.amount, slip.payer


def of_allotment(seen: Seen[Allotment]) -> Iterator[Fact]:
    """Order forms were handed to a partner, or what was handed out changed (R4.12)."""
    before, after = seen.before, seen.after
    if after is None or (before is not None and _forms(before) == _forms(after)):
        return
    when = seen.created if before is None else seen.sometime
    yield _fact(seen, Kind.ALLOTMENT, FactKind.ALLOTTED, when, after.partner or "")


def _forms(allotment: Allotment) -> tuple[object, ...]:
    return allotment.model_dump(include=set(Allotment.model_fields) - set(Record.model_fields)), allotment.id


def of_customer(seen: Seen[Customer]) -> Iterator[Fact]:
    """R4.17: the identity of the buying company was verified, anew, or is no longer taken for verified."""
    before, after = seen.before, seen.after
    if after is None:
        return
    was = (before.authenticated, before.authenticated_at) if before else ("", None)
    if was != (after.authenticated, after.authenticated_at):
        when = seen.when(after.authenticated_at)
        how, by = after.authenticated, after.authenticated_by
        yield _fact(seen, Kind.CUSTOMER, FactKind.AUTHENTICATED, when, how, by)


def _fact(  # noqa: PLR0917 - one line per thing a fact says
    seen: Seen[Order] | Seen[Payment] | Seen[Slip] | Seen[Allotment] | Seen[Customer],
    subject: Kind,
    kind: FactKind,
    when: When,
    value: str,
    actor: RecordId | None = None,
) -> Fact:
    after = seen.after
    assert after is not None  # noqa: S101 - every caller has looked
    return Fact(
        kind=kind,
        subject=subject,
        record=after.id,
        when=when,
        value=value,
        actor=actor or seen.actor,
        detail={"version": instant_text(after.stamp)},
    )
