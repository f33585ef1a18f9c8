"""R4.16: the record of a payment or of a slip is deleted: what told of it waits again, and its order is looked at."""

import pytest

from connector.canonical.docket import DeadlineEntry
from connector.canonical.entry import Entry
from connector.canonical.fact import FactKind
from connector.canonical.ids import RecordId
from connector.canonical.kind import Kind
from connector.canonical.order_docket import PaymentEntry, SlipEntry
from connector.canonical.orders import SlipState
from connector.rules.orders import chasing
from connector.rules.orders.life import paper_gone
from tests.support.builders import START, ident
from tests.support.channel import shipped
from tests.unit.rules.cases import acted, world

ORDER, PAYMENT, SLIP = ident("801", 1), ident("a21", 1), ident("a22", 1)
PAID = PaymentEntry(payment=PAYMENT, order=ORDER, slip=SLIP)
UNTOLD = PAID.model_copy(update={"slip": None})
TOLD = SlipEntry(slip=SLIP, order=ORDER, payment=PAYMENT, state=SlipState.MATCHED)
LOOK = chasing.look_again(ORDER, START)


def gone(record: RecordId, kind: Kind, *docket: Entry) -> tuple[Entry, ...]:
    fact = acted(FactKind.DELETED, kind, record)
    return paper_gone(fact, world(docket=docket, fact=fact), shipped("lead_warehouse")).entries


def test_a_payment_that_is_gone_is_taken_back_and_its_slip_waits_again() -> None:
    waits = TOLD.model_copy(update={"payment": None, "state": SlipState.WAITING})
    taken = UNTOLD.model_copy(update={"taken_back": True})
    assert gone(PAYMENT, Kind.PAYMENT, PAID, TOLD) == (taken, waits, LOOK)
    assert gone(PAYMENT, Kind.PAYMENT, UNTOLD) == (taken, LOOK)
    assert gone(PAYMENT, Kind.PAYMENT, PAID) == (taken, LOOK)


def test_a_slip_that_is_gone_is_void_and_its_payment_has_none() -> None:
    void = TOLD.model_copy(update={"payment": None, "state": SlipState.VOIDED})
    assert gone(SLIP, Kind.SLIP, PAID, TOLD) == (void, UNTOLD, LOOK)
    waiting = TOLD.model_copy(update={"payment": None, "state": SlipState.WAITING})
    assert gone(SLIP, Kind.SLIP, UNTOLD, waiting) == (void, LOOK)
    assert gone(SLIP, Kind.SLIP, TOLD) == (void, LOOK)


@pytest.mark.parametrize("kind", [Kind.PAYMENT, Kind.SLIP])
def test_a_paper_that_nobody_knew_or_that_is_of_no_order_makes_nobody_look(kind: Kind) -> None:
    assert gone(PAYMENT, kind) == ()
    of_none = [
        each for each in gone(PAYMENT, kind, PaymentEntry(payment=PAYMENT)) if isinstance(each, DeadlineEntry)
    ]
    assert of_none == []
