"""What the rules make of orders however their steps become known (laws 2, 5, 6, 7; R4.11 to R4.16)."""

import random
from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest

from connector.canonical.docket import DeadlineEntry
from connector.canonical.intent import Say
from connector.canonical.kind import Kind
from connector.canonical.money import Money
from connector.canonical.order_docket import OrderEntry, SlipEntry
from connector.canonical.orders import (
    WAYS_OUT,
    Allotment,
    Order,
    OrderException,
    OrderReview,
    OrderState,
    Original,
    Payment,
    Slip,
    SlipState,
)
from connector.canonical.records import Customer, Identity
from connector.canonical.verdict import Effect, Outcome, Verdict
from connector.facts.derive import gone
from tests.support.builders import LONG_AGO, after, firm, ident, seller
from tests.support.channel import FOREVER, Channel, Told, shipped
from tests.support.settling import Settling
from tests.unit.messages.shipped import speaker

NORTH, SOUTH = firm(1, name="北方信息"), firm(2, name="南方数码")
CLERK, DESK = seller(1, role="渠道助理"), seller(2, role="订单组")
SELLER = seller(3, role="渠道销售", name="张三")
PAYER = "美来尔工程技术有限公司"
PRICE = Money(amount=Decimal(50_000), currency="CNY")


def made(model: Any, number: int, prefix: str, at: datetime = LONG_AGO, **given: Any) -> Any:
    return model(id=ident(prefix, number), created_at=at, changed_at=at, stamp=at, **given)


BUYER = made(
    Customer, 9, "001", identity=Identity(name=PAYER), authenticated="licence",
    authenticated_at=after(days=-3), authenticated_by=DESK.id,
)  # fmt: skip
FORMS = made(Allotment, 1, "a20", partner=NORTH.id, first="BJ-100", last="BJ-199")


def order(number: int = 1, **given: Any) -> Order:
    base = {
        "partner": NORTH.id, "customer": BUYER.id, "seller": SELLER.id, "amount": PRICE,
        "form_number": f"BJ-10{number}",
        "stamped": True, "signatory": "赵总", "originals": 2, "original": Original.RECEIVED,
    }  # fmt: skip
    filled: Order = made(Order, number, "801", **(base | given))
    return filled


def payment(number: int, at: datetime, **given: Any) -> Payment:
    base = {"order": ident("801", 1), "amount": PRICE, "payer": PAYER, "arrived_at": at}
    paid: Payment = made(Payment, number, "a21", at, **(base | given))
    return paid


def slip(number: int, at: datetime, **given: Any) -> Slip:
    base = {"order": ident("801", 1), "amount": PRICE, "payer": PAYER}
    told: Slip = made(Slip, number, "a22", at, **(base | given))
    return told


def channel(*, allotted: bool = True) -> Channel:
    story = Channel(shipped("lead_warehouse"))
    story.add(NORTH, SOUTH, CLERK, DESK, SELLER, BUYER, *([FORMS] if allotted else []))
    return story


STEPS: tuple[tuple[float, dict[str, Any]], ...] = (
    (1, {"filed": True, "filed_at": after(hours=1), "filed_by": CLERK.id}),
    (2, {"scan": "9f86", "scan_at": after(hours=2)}),
    (
        3,
        {
            "first_review": OrderReview.PASS,
            "first_reviewed_at": after(hours=3),
            "first_reviewed_by": CLERK.id,
        },
    ),
    (
        4,
        {
            "second_review": OrderReview.PASS,
            "second_reviewed_at": after(hours=4),
            "second_reviewed_by": DESK.id,
        },
    ),
)


def step_by_step(story: Channel, record: Order) -> None:
    story.add(record)
    for hours, changes in STEPS:
        story.save(record, after(hours=hours), CLERK, **changes)


def at_once(story: Channel, record: Order) -> None:
    """The mirror looked only after the last step: one change, four facts of their own times."""
    story.add(record)
    story.save(
        record, after(hours=4), DESK, **{key: value for _, each in STEPS for key, value in each.items()}
    )


def pay(story: Channel) -> None:
    story.save(payment(1, after(hours=6)), after(hours=6), DESK)
    story.save(slip(1, after(hours=7)), after(hours=7), CLERK)


def states(told: Told, record: Order) -> list[OrderState]:
    return [e.state for d in told.of(record) for e in d.entries if isinstance(e, OrderEntry)]


@pytest.mark.parametrize("seen", [step_by_step, at_once])
def test_an_order_goes_the_same_way_whether_seen_step_by_step_or_at_once(seen: Any) -> None:
    story, record = channel(), order()
    seen(story, record)
    pay(story)
    told = story.tell(until=after(days=1))
    ways = list(dict.fromkeys(states(told, record)))
    assert ways == [
        OrderState.FILED,
        OrderState.SCANNED,
        OrderState.FIRST_REVIEWED,
        OrderState.ACCEPTED,
        OrderState.EFFECTIVE,
    ]
    assert told.entry(OrderEntry, record.id).effective_at == after(hours=6)


def newest(told: Told, record: Order) -> Verdict:
    """The newest verdict on an order, whatever it was that made us look at it."""
    return [d.verdict for d in told.of(record) if d.verdict][-1]


def asked(told: Told, record: Order) -> set[str]:
    return {str(found.message) for found in newest(told, record).findings if found.effect is Effect.ASK}


def test_an_order_in_effect_leaves_no_deadline_behind() -> None:
    story, record = channel(), order()
    step_by_step(story, record)
    pay(story)
    told = story.tell()
    assert not list(told.docket.find(DeadlineEntry, f"record:{record.id}"))


def test_orders_filed_on_one_form_in_one_second_both_go_to_a_person() -> None:
    story = channel()
    one, two = order(1), order(2, form_number="BJ-101")
    for record in (one, two):
        story.add(record)
        story.save(record, after(hours=1), CLERK, filed=True, filed_at=after(hours=1))
    told = story.tell(until=after(days=1))
    for record in (one, two):
        assert "order.form_used_together" in asked(told, record)
        assert newest(told, record).outcome is Outcome.DEFER


def test_a_form_that_the_first_order_leaves_is_free_for_the_second() -> None:
    story = channel()
    one, two = order(1), order(2, form_number="bj 101")
    for hours, record in ((1, one), (2, two)):
        story.add(record)
        story.save(record, after(hours=hours), CLERK, filed=True, filed_at=after(hours=hours))
    assert newest(story.tell(until=after(hours=3)), two).outcome is Outcome.REJECT
    story.save(one, after(hours=4), CLERK, form_number="BJ-109")
    told = story.tell(until=after(days=1))
    assert newest(told, two).outcome is Outcome.DEFER
    assert told.entry(OrderEntry, two.id).exception is None


def test_a_deleted_order_frees_its_form_and_is_asked_for_nothing() -> None:
    story = channel()
    one, two = order(1), order(2, form_number="BJ-101")
    for hours, record in ((1, one), (2, two)):
        story.add(record)
        story.save(record, after(hours=hours), CLERK, filed=True, filed_at=after(hours=hours))
    story.records.remove(Kind.ORDER, one.id, after(hours=3))
    story.facts.append(gone(Kind.ORDER, one, None, after(hours=3)))
    told = story.tell(until=after(days=1))
    assert told.entry(OrderEntry, one.id).state is OrderState.VOIDED
    assert newest(told, two).outcome is Outcome.DEFER


def test_two_equal_slips_of_one_second_take_one_payment_each() -> None:
    story, record = channel(), order()
    step_by_step(story, record)
    half = Money(amount=Decimal(25_000), currency="CNY")
    for number in (1, 2):
        story.save(payment(number, after(hours=5 + number), amount=half), after(hours=5 + number), DESK)
    for number in (1, 2):
        story.save(slip(number, after(hours=9), amount=half), after(hours=9), CLERK)
    told = story.tell(until=after(days=1))
    taken = {told.entry(SlipEntry, ident("a22", number)).payment for number in (1, 2)}
    assert taken == {ident("a21", 1), ident("a21", 2)}
    assert told.entry(OrderEntry, record.id).effective_at == after(hours=7)


def test_a_second_slip_for_a_payment_that_has_one_waits() -> None:
    story, record = channel(), order()
    step_by_step(story, record)
    pay(story)
    story.save(slip(2, after(hours=8)), after(hours=8), CLERK)
    told = story.tell(until=after(days=1))
    assert told.entry(SlipEntry, ident("a22", 1)).state is SlipState.MATCHED
    assert told.entry(SlipEntry, ident("a22", 2)).state is SlipState.WAITING


def test_a_payment_recorded_ahead_of_its_arrival_counts_from_its_arrival_on() -> None:
    story, record = channel(), order()
    step_by_step(story, record)
    story.save(payment(1, after(hours=6), arrived_at=after(days=2)), after(hours=6), DESK)
    story.save(slip(1, after(hours=7)), after(hours=7), CLERK)
    assert story.tell(until=after(days=1)).entry(OrderEntry, record.id).state is OrderState.ACCEPTED
    told = story.tell(until=after(days=3))
    assert told.entry(OrderEntry, record.id).effective_at == after(days=2)


def test_a_payment_in_a_currency_without_a_rate_goes_to_a_person() -> None:
    story, record = channel(), order()
    step_by_step(story, record)
    story.save(
        payment(1, after(hours=6), amount=Money(amount=Decimal(7_000), currency="EUR")), after(hours=6), DESK
    )
    assert "filing.no_rate" in asked(story.tell(until=after(hours=7)), record)


def test_every_exception_has_a_way_out() -> None:
    assert set(WAYS_OUT) == set(OrderException)
    assert all(WAYS_OUT.values())


@pytest.mark.parametrize("word", OrderException)
def test_an_exception_says_its_way_out_and_what_comes_next(word: OrderException) -> None:
    story, record = channel(), order()
    step_by_step(story, record)
    story.save(record, after(hours=5), DESK, reported=word, reported_at=after(hours=5))
    told = story.tell(until=after(hours=6))
    assert told.entry(OrderEntry, record.id).exception is word
    assert told.says(record, "way_out") == (f"order.way_out_{word}", "order.next")
    way_out = told.shown(record, "way_out")
    assert isinstance(way_out, Say)
    named = way_out.sentences[1][1]["item"].split(", ")
    assert named == [f"order_{state}" for state in WAYS_OUT[word]]
    assert all(speaker().word("item", name, "en") != name for name in named)


def test_forms_that_come_late_make_right_what_was_wrong_without_a_new_scan() -> None:
    story, record = channel(allotted=False), order()
    step_by_step(story, record)
    assert newest(story.tell(until=after(hours=5)), record).outcome is Outcome.REJECT
    story.save(FORMS, after(hours=6), DESK)
    told = story.tell(until=after(days=1))
    assert told.entry(OrderEntry, record.id).state is OrderState.ACCEPTED


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("batch", [1, 3, 1000])
def test_equal_facts_give_equal_rulings_however_they_arrive(seed: int, batch: int) -> None:
    """Law 6: shuffled, twice, in batches of any size."""
    story, record = channel(), order()
    rival = order(2, form_number="BJ-101")
    step_by_step(story, record)
    story.add(rival)
    story.save(rival, after(hours=2), CLERK, filed=True, filed_at=after(hours=2))
    pay(story)
    plain = Settling(story)
    plain.arrive(story.facts)
    plain.seal(FOREVER)
    other, shuffled = Settling(story), [*story.facts, *story.facts]
    random.Random(seed).shuffle(shuffled)
    other.arrive(shuffled)
    other.look()
    other.seal(FOREVER, batch)
    assert other.ledger() == plain.ledger()
    assert other.docket.all() == plain.docket.all()
