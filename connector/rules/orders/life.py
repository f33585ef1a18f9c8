"""An order from filing to its end, and what happens to payments, slips, forms and customers on the way (R4)."""

from collections.abc import Iterable
from typing import Any

from connector.canonical.docket import Entry
from connector.canonical.fact import Fact, FactKind
from connector.canonical.form_number import form_number
from connector.canonical.ids import RecordId
from connector.canonical.kind import Kind
from connector.canonical.order_docket import OrderEntry, PaymentEntry, SlipEntry
from connector.canonical.orders import Order, OrderState, Payment, SlipState
from connector.canonical.phrase import Phrase
from connector.canonical.time import TimeSource, at, instant_text, parse_instant
from connector.policy.model import Policy
from connector.rules.decision import Decision
from connector.rules.notices import say, want
from connector.rules.orders import chasing, judgement
from connector.rules.orders.slips import waiting_for
from connector.rules.protection import deadline
from connector.rules.world import World

NUMBERED_AT = "numbered_at"
"""The detail that tells, of an order judged at go-live, when it was filed: since then its form's number is its own."""


def admitted(fact: Fact, world: World, policy: Policy) -> tuple[OrderEntry, ...]:
    """The order on the docket, with its form's number since when; so that orders of one second see each other."""
    order, entry = world.record(Order, fact.record), world.docket.get(OrderEntry, fact.record)
    if order is None or not order.filed:
        return ()
    number = form_number(order.form_number)
    update: dict[str, Any] = {
        "firm": order.partner,
        "customer": order.customer,
        "opportunity": order.opportunity,
        "form": number,
        "policy": policy.label,
    }
    if entry is None or entry.state is OrderState.VOIDED:
        filed = fact.detail.get(NUMBERED_AT)
        numbered = at(parse_instant(filed), TimeSource.STAMPED) if filed else fact.when
        return (OrderEntry(order=order.id, numbered=numbered, **update),)
    if entry.state is OrderState.EFFECTIVE:
        return ()
    if number != entry.form:
        update |= {"numbered": fact.when, "left": entry.form}
    if fact.kind is FactKind.AMENDED and entry.returned_at is not None:
        update["amended_at"] = fact.instant
    if fact.kind is FactKind.RETURNED:
        update |= {"returned_at": fact.instant, "amended_at": None}
    return (entry.model_copy(update=update),)


def moved(fact: Fact, world: World, policy: Policy) -> Decision:
    """Any step of an order: it is judged as it stands then. A number set free is looked at by those who share it."""
    known = world.docket.get(OrderEntry, fact.record)
    entry = next((each for each in admitted(fact, world, policy)), known)
    if entry is None:
        return Decision(fact=fact)
    freed = _sharing(world, entry, entry.left, fact)
    entry = entry.model_copy(update={"left": ""})
    decision = judgement.judged(fact, world, policy, entry)
    kept = decision.entries or (entry,)
    return decision.model_copy(update={"entries": (*kept, *freed)})


def deleted(fact: Fact, world: World, policy: Policy) -> Decision:
    """The record is gone: nothing is asked for it any more, and its form is free."""
    entry = world.docket.get(OrderEntry, fact.record)
    if entry is None:
        return Decision(fact=fact)
    gone = entry.model_copy(update={"state": OrderState.VOIDED})
    freed = _sharing(world, entry, entry.form, fact)
    return Decision(fact=fact, entries=(gone, *chasing.all_done(world, entry), *freed))


def due(fact: Fact, world: World, policy: Policy) -> Decision:
    """A tick of an order: something fell due, or it is looked at again because of what happened elsewhere."""
    entry = world.docket.get(OrderEntry, fact.record)
    if entry is None or entry.state is OrderState.VOIDED:
        return Decision(fact=fact)
    if fact.value.startswith((chasing.SLIP_DUE, chasing.SLIP_REMIND)):
        return _chased(fact, world, policy, entry)
    return judgement.judged(fact, world, policy, entry)


def _chased(fact: Fact, world: World, policy: Policy, entry: OrderEntry) -> Decision:
    """R4.16: a slip that is still missing is asked for, once more after every further wait."""
    order, terms = world.record(Order, fact.record), policy.orders
    if order is None or terms is None or entry.slip_due is None or not entry.open:
        return Decision(fact=fact)
    overdue = fact.instant >= entry.slip_due
    phrase = Phrase.ORDER_SLIP_OVERDUE if overdue else Phrase.ORDER_SLIP_REMINDER
    until = instant_text(entry.slip_due)
    said = say(order.filed_by, (phrase, {"since" if overdue else "until": until}))
    again = terms.slips.again_every if overdue else None
    more = (deadline(chasing.SLIP_DUE, Kind.ORDER, entry.order, fact.instant + again),) if again else ()
    return Decision(fact=fact, entries=more, desired=(want(Kind.ORDER, entry.order, "message", said),))


def paid(fact: Fact, world: World, policy: Policy) -> Decision:
    """R4.13, R4.16: a payment arrived, was corrected, or went back; slips that may tell of it are matched."""
    payment = world.record(Payment, fact.record)
    if payment is None:
        return Decision(fact=fact)
    before = world.docket.get(PaymentEntry, payment.id)
    slip = world.docket.get(SlipEntry, before.slip) if before and before.slip else None
    entry = PaymentEntry(
        payment=payment.id,
        order=payment.order or (slip.order if slip else None),
        slip=slip.slip if slip else None,
        amount=payment.amount,
        arrived_at=payment.arrived_at,
        taken_back=payment.taken_back,
    )
    orders = [entry.order, before.order if before else None]
    told = [slip.slip] if slip else []
    told += [each.slip for each in waiting_for(entry, world)]
    return Decision(fact=fact, entries=(entry, *_again(fact, orders, told)))


def paper_gone(fact: Fact, world: World, policy: Policy) -> Decision:
    """The record of a payment or of a slip was deleted: its order is looked at again."""
    payment, slip = world.docket.get(PaymentEntry, fact.record), world.docket.get(SlipEntry, fact.record)
    entries: list[Entry] = []
    orders: list[RecordId | None] = []
    if payment is not None:
        entries.append(payment.model_copy(update={"taken_back": True, "slip": None}))
        told = world.docket.get(SlipEntry, payment.slip) if payment.slip else None
        entries += [told.model_copy(update={"payment": None, "state": SlipState.WAITING})] if told else []
        orders.append(payment.order)
    if slip is not None:
        entries.append(slip.model_copy(update={"state": SlipState.VOIDED, "payment": None}))
        paid_by = world.docket.get(PaymentEntry, slip.payment) if slip.payment else None
        entries += [paid_by.model_copy(update={"slip": None})] if paid_by else []
        orders.append(slip.order)
    return Decision(fact=fact, entries=(*entries, *_again(fact, orders, ())))


def authenticated(fact: Fact, world: World, policy: Policy) -> Decision:
    """R4.17: the customer's open orders are looked at again."""
    waiting = world.docket.find(OrderEntry, f"customer:{fact.record}")
    return Decision(fact=fact, entries=_again(fact, [each.order for each in waiting], ()))


def allotted(fact: Fact, world: World, policy: Policy) -> Decision:
    """R4.12: the open orders of the firm whose forms changed are looked at again."""
    waiting = world.docket.find(OrderEntry, f"firm:{fact.value}") if fact.value else ()
    return Decision(fact=fact, entries=_again(fact, [each.order for each in waiting], ()))


def _sharing(world: World, entry: OrderEntry, number: str, fact: Fact) -> tuple[Entry, ...]:
    others = world.docket.find(OrderEntry, f"form:{number}") if number else ()
    return _again(fact, [each.order for each in others if each.key != entry.key], ())


def _again(fact: Fact, orders: Iterable[RecordId | None], slips: Iterable[RecordId]) -> tuple[Entry, ...]:
    look = (chasing.look_again(order, fact.instant) for order in dict.fromkeys(orders) if order)
    return (*look, *(chasing.match_again(slip, fact.instant) for slip in dict.fromkeys(slips)))
