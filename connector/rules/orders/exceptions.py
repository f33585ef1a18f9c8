"""Exceptions of orders: lost, unqualified, payment short, duplicate form, other; and their ways out (R4.15)."""

from collections.abc import Iterator, Mapping, Sequence

from connector.canonical.orders import Order, OrderException, Original
from connector.canonical.phrase import Phrase
from connector.canonical.time import instant_text
from connector.canonical.verdict import Effect, Exhibit, Finding
from connector.rules.case import finding
from connector.rules.orders.case import OrderCase
from connector.rules.orders.forms import FORM, SIGNATURE, USED
from connector.rules.orders.payments import PAYMENT, paid
from connector.rules.orders.reviews import scanned
from connector.rules.rule import rule

RULE = "reported_exception"

SAID: Mapping[OrderException, Phrase] = {
    OrderException.LOST: Phrase.ORDER_EXCEPTION_LOST,
    OrderException.UNQUALIFIED: Phrase.ORDER_EXCEPTION_UNQUALIFIED,
    OrderException.PAYMENT_SHORT: Phrase.ORDER_EXCEPTION_PAYMENT_SHORT,
    OrderException.DUPLICATE_FORM: Phrase.ORDER_EXCEPTION_DUPLICATE_FORM,
    OrderException.OTHER: Phrase.ORDER_EXCEPTION_OTHER,
}
WAY_OUT: Mapping[OrderException, Phrase] = {
    OrderException.LOST: Phrase.ORDER_WAY_OUT_LOST,
    OrderException.UNQUALIFIED: Phrase.ORDER_WAY_OUT_UNQUALIFIED,
    OrderException.PAYMENT_SHORT: Phrase.ORDER_WAY_OUT_PAYMENT_SHORT,
    OrderException.DUPLICATE_FORM: Phrase.ORDER_WAY_OUT_DUPLICATE_FORM,
    OrderException.OTHER: Phrase.ORDER_WAY_OUT_OTHER,
}
CORRECTS = frozenset({OrderException.UNQUALIFIED, OrderException.DUPLICATE_FORM})
"""Exceptions out of which an order comes only corrected and uploaded anew, as out of a return."""


@rule(RULE, "R4.15")
def reported(case: OrderCase) -> Iterator[Finding]:
    """R4.15: what a person reported holds until its way out was gone, or the report is taken back."""
    order = case.order
    word = OrderException.LOST if order.original is Original.LOST else order.reported
    if word is None or _over(case, word):
        return
    since = order.original_at if order.original is Original.LOST else order.reported_at
    shown = Exhibit(record=order.id, field="exception", value=word.value)
    at = instant_text(since) if since else ""
    yield finding(RULE, Effect.LACK, SAID[word], shown, since=at)


def _over(case: OrderCase, word: OrderException) -> bool:
    """Whether the way out was gone since the report."""
    order, since = case.order, case.order.reported_at
    if word is OrderException.LOST:
        return _back(order)
    if since is None or word is OrderException.OTHER:
        return False
    if word is OrderException.PAYMENT_SHORT:
        state = paid(case)
        return state is not None and state.arrived is not None
    if word is OrderException.UNQUALIFIED:
        return scanned(case) and order.scan_at is not None and order.scan_at > since
    return case.entry.numbered.latest > since


def _back(order: Order) -> bool:
    """The originals were found or sent again after the loss was reported."""
    if order.original is None or not order.original.here:
        return False
    return order.original_at is not None and (
        order.reported_at is None or order.original_at >= order.reported_at
    )


def exception_of(findings: Sequence[Finding]) -> OrderException | None:
    """The exception that an order is in, by what was found; a person's report first."""
    for found in findings:
        if found.rule == RULE and found.exhibits:
            return OrderException(found.exhibits[0].value)
    refused = {found.rule for found in findings if found.effect is Effect.REFUSE}
    if USED in refused:
        return OrderException.DUPLICATE_FORM
    if refused & {FORM, SIGNATURE}:
        return OrderException.UNQUALIFIED
    short = (found.rule == PAYMENT and found.message == Phrase.ORDER_PAYMENT_SHORT for found in findings)
    return OrderException.PAYMENT_SHORT if any(short) else None
