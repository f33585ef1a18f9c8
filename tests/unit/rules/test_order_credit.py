"""R4.13, R4.14: whose an order is when its payment arrives, and how far it is paid where a rate is missing."""

from decimal import Decimal

import pytest

from connector.canonical.docket import ClaimEntry, ClaimState
from connector.canonical.money import Money
from connector.canonical.order_docket import PaymentEntry
from connector.canonical.phrase import Phrase
from connector.canonical.time import at
from connector.canonical.verdict import Effect, Exhibit
from connector.rules.orders.credit import credited, holder_at
from connector.rules.orders.payments import paid
from tests.support.builders import START, after, ident, lead, pool, someone
from tests.unit.rules.cases import ANNA, CARLA, NORD, SUED, order_case


def yuan(amount: int) -> Money:
    return Money(amount=Decimal(amount), currency="CNY")


def payment(number: int, amount: Money) -> PaymentEntry:
    return PaymentEntry(payment=ident("a21", number), amount=amount, arrived_at=after(hours=number))


def test_of_two_who_hold_the_customer_whoever_held_it_first_is_credited() -> None:
    leads = (lead(1, CARLA, someone(1)), lead(2, ANNA, someone(1)))
    later = ClaimEntry(lead=leads[0].id, holder=CARLA.id, firm=SUED.id, opened=at(after(days=-2)))
    first = ClaimEntry(lead=leads[1].id, holder=ANNA.id, firm=NORD.id, opened=at(after(days=-9)))
    found = holder_at(order_case(records=leads, docket=(later, first), partner=SUED.id), START)
    assert found is not None
    assert (found.firm, found.person, found.through) == (NORD.id, ANNA.id, leads[1].id)
    assert found.since == after(days=-9)


def test_an_order_of_nobody_for_a_customer_that_nobody_holds_is_credited_to_nobody() -> None:
    nobodys = order_case(payment(1, yuan(50_000)), records=(lead(1, pool(), someone(1)),))
    (found,) = credited(nobodys)
    assert (found.effect, found.message) == (Effect.NOTE, Phrase.ORDER_CREDIT_UNCLEAR)
    assert found.exhibits == (Exhibit(record=nobodys.order.id, field="partner", value=""),)


def test_an_order_is_paid_as_far_as_its_payments_have_a_rate() -> None:
    """A payment without a rate ends the count: what came after it may have been more than enough."""
    strange = payment(2, Money(amount=Decimal(7), currency="CHF"))
    state = paid(order_case(payment(1, yuan(20_000)), strange, payment(3, yuan(40_000))))
    assert state is not None
    assert (state.arrived, state.rateless, state.outstanding) == (None, "CHF", yuan(30_000))
    assert [each.payment for each in state.counted] == [ident("a21", 1)]


@pytest.mark.parametrize(
    ("opened", "closed", "state", "holds"),
    [
        (-1, None, ClaimState.ACTIVE, True),
        (0, None, ClaimState.ACTIVE, True),  # in that very second
        (1, None, ClaimState.ACTIVE, False),
        (-2, 0, ClaimState.RELEASED, False),
        (-2, 1, ClaimState.RELEASED, True),
        (-2, -1, ClaimState.CONVERTED, True),  # it became the deal
        (-2, 1, ClaimState.REVOKED, False),  # it never stood
    ],
)
def test_a_customer_is_held_by_the_claim_that_stood_at_the_moment(
    opened: float, closed: float | None, state: ClaimState, *, holds: bool
) -> None:
    of = lead(1, ANNA, someone(1))
    ended = None if closed is None else after(seconds=closed)
    held = ClaimEntry(
        lead=of.id, holder=ANNA.id, firm=NORD.id, opened=at(after(seconds=opened)), state=state, closed_at=ended
    )  # fmt: skip
    found = holder_at(order_case(records=(of,), docket=(held,), partner=SUED.id), START)
    assert found is not None
    assert (found.firm, found.person) == ((NORD.id, ANNA.id) if holds else (SUED.id, None))
