"""Whether an order is paid, and the arrival that completed its payment (R4.13, R4.15)."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from connector.canonical.money import Money
from connector.canonical.order_docket import PaymentEntry
from connector.canonical.phrase import Phrase
from connector.canonical.time import instant_text
from connector.canonical.verdict import Effect, Exhibit, Finding
from connector.rules.case import finding, local_day
from connector.rules.orders.case import OrderCase
from connector.rules.rule import rule

PAYMENT = "order_payment"


@dataclass(frozen=True, kw_only=True, slots=True)
class Paid:
    """`arrived`: when the order was paid in full. `counted`: the payments up to then, or all. `rateless`: no rate."""

    arrived: datetime | None
    outstanding: Money
    counted: tuple[PaymentEntry, ...]
    rateless: str = ""


def paid(case: OrderCase) -> Paid | None:
    """How far the order is paid, each payment at the rate of its day; None for an order without an amount."""
    asked = case.order.amount
    if asked is None:
        return None
    enough = asked.amount * (1 - case.terms.payment.tolerance)
    total, counted = Decimal(0), list[PaymentEntry]()
    for payment in case.payments:
        if payment.amount is None or payment.arrived_at is None:
            continue
        day = local_day(payment.arrived_at, case.policy)
        there = case.policy.rates.convert(payment.amount, asked.currency, day)
        if there is None:
            left = Money(amount=asked.amount - total, currency=asked.currency)
            return Paid(
                arrived=None, outstanding=left, counted=tuple(counted), rateless=payment.amount.currency
            )
        total += there.amount
        counted.append(payment)
        if total >= enough:
            nothing = Money(amount=Decimal(0), currency=asked.currency)
            return Paid(arrived=payment.arrived_at, outstanding=nothing, counted=tuple(counted))
    left = Money(amount=asked.amount - total, currency=asked.currency)
    return Paid(arrived=None, outstanding=left, counted=tuple(counted))


@rule(PAYMENT, "R4.13", "R4.15")
def complete(case: OrderCase) -> Iterator[Finding]:
    """R4.13: the order is paid in full. R4.15: too little, for longer than the policy waits, is an exception."""
    state = paid(case)
    shown = Exhibit(record=case.order.id, field="amount", value=str(case.order.amount or ""))
    if state is None:
        yield finding(PAYMENT, Effect.LACK, Phrase.ORDER_NO_AMOUNT, shown)
        return
    arrivals = tuple(
        Exhibit(record=each.payment, field="arrived_at", value=instant_text(each.arrived_at))
        for each in state.counted
        if each.arrived_at
    )
    left = state.outstanding
    if state.arrived is not None:
        at = instant_text(state.arrived)
        yield finding(PAYMENT, Effect.PASS, Phrase.ORDER_PAID, shown, *arrivals, at=at)
    elif state.rateless:
        yield finding(PAYMENT, Effect.ASK, Phrase.NO_RATE, shown, *arrivals, currency=state.rateless)
    elif case.entry.short_from is not None and case.fact.instant >= case.entry.short_from:
        yield finding(PAYMENT, Effect.LACK, Phrase.ORDER_PAYMENT_SHORT, shown, *arrivals, amount=left)
    else:
        phrase = Phrase.ORDER_PART_PAID if state.counted else Phrase.ORDER_UNPAID
        yield finding(PAYMENT, Effect.LACK, phrase, shown, *arrivals, amount=left)
