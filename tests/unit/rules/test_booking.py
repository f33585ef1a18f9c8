"""What the books add to a decision, and where they have nothing to add."""

from typing import Any

import pytest

from connector.canonical.credit import CreditEntry
from connector.canonical.fact import FactKind
from connector.canonical.kind import Kind
from connector.canonical.order_docket import OrderEntry
from connector.canonical.orders import OrderState
from connector.canonical.phrase import Phrase
from connector.canonical.time import at
from connector.canonical.verdict import Effect, Finding
from connector.policy.model import Policies
from connector.rules.booking import Before, Booked, Booking
from connector.rules.decision import Decision
from connector.rules.docket import MemoryDocket, OverlayDocket
from connector.rules.notices import want
from connector.rules.orders import freed
from connector.rules.orders.chasing import look_again
from tests.support.builders import START, ident
from tests.support.channel import shipped
from tests.unit.rules.cases import NORD, acted, world

DEAL = ident("006", 1)
CREDIT = CreditEntry(record=DEAL, firm=NORD.id, since=START, through=ident("a01", 1))
NOTE = Finding(rule="counted_once", effect=Effect.NOTE, message=Phrase.DEAL_COUNTED_ONCE)


@pytest.mark.parametrize(
    "given",
    [
        {"entries": [CREDIT]},
        {"desired": [want(Kind.OPPORTUNITY, DEAL, "conflict_flag", "none")]},
        {"creations": [object()]},
        {"findings": [NOTE]},
        {"asides": [NOTE]},
    ],
)
def test_any_one_thing_that_the_books_say_is_something(given: dict[str, Any]) -> None:
    assert not Booked(**given).nothing
    assert Booked().nothing
    both = Booked() + Booked(**given)
    assert not both.nothing
    assert both == Booked(**given)


def order(number: int, state: OrderState = OrderState.EFFECTIVE, **given: Any) -> OrderEntry:
    base = {"order": ident("801", number), "numbered": at(START), "opportunity": DEAL, "state": state}
    return OrderEntry(**(base | given))


@pytest.mark.parametrize(
    ("was", "now", "looks"),
    [(True, False, True), (True, True, False), (False, False, False), (False, True, False), (None, False, False)],
)  # fmt: skip
def test_orders_that_took_effect_in_doubt_are_looked_at_once_the_credit_is_free(
    was: bool | None, now: bool, looks: bool  # noqa: FBT001
) -> None:  # fmt: skip
    orders = (
        order(1),
        order(2, OrderState.ACCEPTED),
        order(3, credited_firm=NORD.id),
        order(4, opportunity=None),
    )
    there = () if was is None else (CREDIT.model_copy(update={"frozen": was}),)
    moved = CREDIT.model_copy(update={"frozen": now})
    docket = OverlayDocket(MemoryDocket((*orders, *there)))
    before = Before(docket)
    before.put([moved])
    fact = acted(FactKind.REVIEWED, Kind.CONFLICT, ident("a09", 1))
    decision, policy = Decision(fact=fact, entries=(moved,)), shipped("lead_warehouse")
    booked = freed.kept(
        Booking(
            decision=decision, world=world(fact=fact), docket=docket, before=before, policy=policy,
            policies=Policies(versions=(policy,)), group=(decision,),
        )
    )  # fmt: skip
    assert booked.entries == ([look_again(ident("801", 1), START)] if looks else [])
