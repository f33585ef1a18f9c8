"""R4.13, R4.14: whose an order is when its payment arrives, and how far it is paid where a rate is missing."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

from connector.canonical.docket import ClaimEntry
from connector.canonical.entry import Entry
from connector.canonical.fact import FactKind
from connector.canonical.kind import Kind
from connector.canonical.money import Money
from connector.canonical.order_docket import OrderEntry, PaymentEntry
from connector.canonical.orders import Order
from connector.canonical.phrase import Phrase
from connector.canonical.records import Lead
from connector.canonical.time import at
from connector.canonical.verdict import Effect, Exhibit
from connector.rules.orders.case import OrderCase
from connector.rules.orders.credit import credited, holder_at
from connector.rules.orders.payments import paid
from tests.support.builders import LONG_AGO, START, after, customer, ident, lead, pool, someone
from tests.support.channel import shipped
from tests.unit.rules.cases import ANNA, CARLA, NORD, SUED, acted, world

CITY = customer(1, someone(1))
POLICY = shipped("lead_warehouse")


def yuan(amount: int) -> Money:
    return Money(amount=Decimal(amount), currency="CNY")


def payment(number: int, amount: Money) -> PaymentEntry:
    return PaymentEntry(payment=ident("a21", number), amount=amount, arrived_at=after(hours=number))


def case(
    *payments: PaymentEntry, leads: tuple[Lead, ...] = (), docket: tuple[Entry, ...] = (), **given: Any
) -> OrderCase:
    """An order of 50,000 CNY of a customer, a day after its story began."""
    base = {"id": ident("801", 1), "created_at": LONG_AGO, "changed_at": LONG_AGO, "stamp": LONG_AGO}
    order = Order(**(base | {"customer": CITY.id, "amount": yuan(50_000)} | given))
    fact = acted(FactKind.PAID, Kind.ORDER, order.id, when=at(START + timedelta(days=1)))
    assert POLICY.orders is not None
    return OrderCase(
        fact=fact, world=world(CITY, *leads, docket=docket, fact=fact), policy=POLICY, partner=None, person=None,
        circumstances={}, order=order, entry=OrderEntry(order=order.id, numbered=at(START)), terms=POLICY.orders,
        customer=CITY, payments=payments, slips=(),
    )  # fmt: skip


def test_of_two_who_hold_the_customer_whoever_held_it_first_is_credited() -> None:
    leads = (lead(1, CARLA, someone(1)), lead(2, ANNA, someone(1)))
    later = ClaimEntry(lead=leads[0].id, holder=CARLA.id, firm=SUED.id, opened=at(after(days=-2)))
    first = ClaimEntry(lead=leads[1].id, holder=ANNA.id, firm=NORD.id, opened=at(after(days=-9)))
    found = holder_at(case(leads=leads, docket=(later, first), partner=SUED.id), START)
    assert found is not None
    assert (found.firm, found.person, found.through) == (NORD.id, ANNA.id, leads[1].id)
    assert found.since == after(days=-9)


def test_an_order_of_nobody_for_a_customer_that_nobody_holds_is_credited_to_nobody() -> None:
    nobodys = case(payment(1, yuan(50_000)), leads=(lead(1, pool(), someone(1)),))
    (found,) = credited(nobodys)
    assert (found.effect, found.message) == (Effect.NOTE, Phrase.ORDER_CREDIT_UNCLEAR)
    assert found.exhibits == (Exhibit(record=nobodys.order.id, field="partner", value=""),)


def test_an_order_is_paid_as_far_as_its_payments_have_a_rate() -> None:
    """A payment without a rate ends the count: what came after it may have been more than enough."""
    strange = payment(2, Money(amount=Decimal(7), currency="CHF"))
    state = paid(case(payment(1, yuan(20_000)), strange, payment(3, yuan(40_000))))
    assert state is not None
    assert (state.arrived, state.rateless, state.outstanding) == (None, "CHF", yuan(30_000))
    assert [each.payment for each in state.counted] == [ident("a21", 1)]
