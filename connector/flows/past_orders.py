"""What an org says of its past orders: forms that are used, orders passed or in effect, what arrived (law 16)."""

from collections.abc import Iterator
from datetime import datetime

from connector.canonical.docket import Entry
from connector.canonical.fact import Fact, FactKind
from connector.canonical.form_number import form_number
from connector.canonical.kind import Kind
from connector.canonical.order_docket import OrderEntry, PaymentEntry, SlipEntry
from connector.canonical.orders import Order, OrderReview, OrderState, Payment, Slip, SlipState
from connector.canonical.time import at, instant_text
from connector.flows.past_records import Past
from connector.policy.model import Policies
from connector.rules.orders import chasing
from connector.rules.orders.case import case_of
from connector.rules.orders.life import NUMBERED_AT


def payments(records: Past, _policies: Policies, _now: datetime) -> Iterator[Entry]:
    """Money that arrived, for the order that it names or that was found for it."""
    for payment in records.all(Kind.PAYMENT):
        if isinstance(payment, Payment):
            yield _arrived(payment, None)


def slips(records: Past, _policies: Policies, now: datetime) -> Iterator[Entry]:
    """Slips, each with the payment that a person named or that stands on it."""
    for slip in records.all(Kind.SLIP):
        if not isinstance(slip, Slip):
            continue
        ident = slip.payment or slip.matched
        state = SlipState.MATCHED if ident else slip.state or SlipState.WAITING
        yield SlipEntry(slip=slip.id, order=slip.order, payment=ident, amount=slip.amount, state=state)
        payment = records.record(Kind.PAYMENT, ident, now)
        if isinstance(payment, Payment):
            yield _arrived(payment, slip)


def _arrived(payment: Payment, slip: Slip | None) -> PaymentEntry:
    return PaymentEntry(
        payment=payment.id,
        order=payment.order or payment.matched_order or (slip.order if slip else None),
        slip=slip.id if slip else None,
        amount=payment.amount,
        arrived_at=payment.arrived_at,
        taken_back=payment.taken_back,
    )


def orders(records: Past, policies: Policies, now: datetime) -> Iterator[Entry | Fact]:
    """Orders that were passed stand as they are, quietly; one still under review is judged as it stands at go-live.

    Its form's number is its own since its filing. What either waits for, a slip or the rest of its payment, falls
    due as for a new one: from go-live on.
    """
    for order in records.all(Kind.ORDER):
        if not isinstance(order, Order) or not order.filed:
            continue
        filed = at(order.filed_at or order.changed_at)
        if order.state is None and order.second_review is not OrderReview.PASS:
            yield Fact(
                kind=FactKind.FILED,
                subject=Kind.ORDER,
                record=order.id,
                when=at(now),
                value=order.form_number,
                actor=order.filed_by,
                detail={"version": instant_text(order.stamp), NUMBERED_AT: instant_text(filed.latest)},
            )
            continue
        entry = OrderEntry(
            order=order.id,
            firm=order.partner,
            customer=order.customer,
            opportunity=order.opportunity,
            form=form_number(order.form_number),
            numbered=filed,
            state=OrderState.EFFECTIVE if order.effective_at else order.state or OrderState.ACCEPTED,
            exception=order.exception,
            effective_at=order.effective_at,
            credited_firm=order.credited_firm,
            credited_to=order.credited_to,
        )
        yield from _waiting(order, entry, records, policies, now)


def _waiting(
    order: Order, entry: OrderEntry, records: Past, policies: Policies, now: datetime
) -> Iterator[Entry]:
    """The order with its due times, and the deadlines that follow from them."""
    policy = policies.for_orders(now)
    if policy is None or policy.orders is None or not entry.open:
        yield entry
        return
    fact = Fact(kind=FactKind.ADOPTED, subject=Kind.ORDER, record=order.id, when=at(now))
    case = case_of(fact, records.world(fact), policy, terms=policy.orders, order=order, entry=entry)
    waits, deadlines = chasing.waiting(case, entry)
    yield waits
    yield from deadlines
