"""R4.16: which payment a slip tells of, and what is asked where that is not plain."""

from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest

from connector.canonical.entry import Entry
from connector.canonical.fact import FactKind
from connector.canonical.ids import RecordId
from connector.canonical.kind import Kind
from connector.canonical.money import Money
from connector.canonical.order_docket import OrderEntry, PaymentEntry, SlipEntry
from connector.canonical.orders import Order, Payment, Slip, SlipState
from connector.canonical.phrase import Phrase
from connector.canonical.time import at
from connector.canonical.verdict import Effect, Exhibit, Finding
from connector.rules.orders.case import OrderCase
from connector.rules.orders.slips import SlipCase, matched, payment_of, provided, waiting_for, with_candidates
from tests.support.builders import LONG_AGO, ident
from tests.support.channel import shipped
from tests.unit.rules.cases import acted, world

PAYER = "美来尔工程技术有限公司"
ORDER, OTHER = ident("801", 1), ident("801", 2)
PRICE = Money(amount=Decimal(50_000), currency="CNY")
AMOUNT = {"amount": "50000 CNY"}
SLIP = ident("a22", 5)


def dated(prefix: str, number: int, at: datetime = LONG_AGO) -> dict[str, Any]:
    return {"id": ident(prefix, number), "created_at": at, "changed_at": at, "stamp": at}


def slip(**given: Any) -> Slip:
    return Slip(**(dated("a22", 5) | {"order": ORDER, "amount": PRICE, "payer": PAYER} | given))


def paid(number: int, order: RecordId | None = ORDER, **given: Any) -> tuple[Payment, PaymentEntry]:
    """A payment, and what the docket holds of it."""
    taken = {"slip": given.pop("slip", None), "taken_back": given.pop("taken_back", False)}
    base = {"order": order, "amount": PRICE, "payer": PAYER}
    payment = Payment(**(dated("a21", number) | base | given))
    return payment, PaymentEntry(payment=payment.id, order=order, amount=payment.amount, **taken)


def waiting(number: int, order: RecordId = ORDER, state: SlipState = SlipState.WAITING) -> SlipEntry:
    return SlipEntry(slip=ident("a22", number), order=order, amount=PRICE, state=state)


def case(of: Slip, *there: tuple[Payment, PaymentEntry], docket: tuple[Entry, ...] = ()) -> SlipCase:
    fact = acted(FactKind.SLIP_RECORDED, Kind.SLIP, of.id)
    seen = world(
        *(payment for payment, _ in there), docket=(*(entry for _, entry in there), *docket), fact=fact
    )
    entry = SlipEntry(slip=of.id, order=of.order, amount=of.amount)
    bare = SlipCase(
        fact=fact,
        world=seen,
        policy=shipped("lead_warehouse"),
        partner=None,
        person=None,
        circumstances={},
        slip=of,
        entry=entry,
    )
    return with_candidates(bare)


def told(effect: Effect, phrase: Phrase, *payments: int, payer: str = PAYER, **params: str) -> Finding:
    exhibits = tuple(Exhibit(record=ident("a21", number), field="payer", value=payer) for number in payments)
    return Finding(rule="slip_match", effect=effect, message=phrase, params=params, exhibits=exhibits)


def one(of: SlipCase) -> Finding:
    (found,) = matched(of)
    return found


def test_a_slip_belongs_to_the_payment_of_its_amount_and_payer() -> None:
    found = one(case(slip(), paid(1)))
    assert found == told(Effect.PASS, Phrase.SLIP_MATCHED, 1, **AMOUNT)
    assert payment_of((found,)) == ident("a21", 1)


def test_a_payment_for_no_order_may_be_the_slips_and_one_for_its_order_goes_before_it() -> None:
    assert one(case(slip(), paid(1, None))) == told(Effect.PASS, Phrase.SLIP_MATCHED, 1, **AMOUNT)
    assert one(case(slip(), paid(1, None), paid(2))) == told(Effect.PASS, Phrase.SLIP_MATCHED, 2, **AMOUNT)


@pytest.mark.parametrize(
    "gone",
    [
        {"order": OTHER},
        {"slip": ident("a22", 9)},
        {"taken_back": True},
        {"amount": Money(amount=Decimal(50_001), currency="CNY")},
        {"amount": Money(amount=Decimal(50_000), currency="USD")},
    ],
    ids=str,
)
def test_a_payment_of_another_order_slip_or_amount_or_one_taken_back_is_none_of_its(
    gone: dict[str, Any],
) -> None:
    shown = Exhibit(record=SLIP, field="amount", value="50000 CNY")
    waits = Finding(
        rule="slip_match",
        effect=Effect.LACK,
        message=Phrase.SLIP_WAITING,
        params=AMOUNT,
        exhibits=(shown,),
    )
    found = one(case(slip(), paid(1, **gone)))
    assert found == waits
    assert payment_of((found,)) is None


def test_a_slip_keeps_the_payment_that_it_has() -> None:
    assert one(case(slip(), paid(1, slip=SLIP))).effect is Effect.PASS


def test_a_slip_without_an_order_or_an_amount_waits_for_it() -> None:
    shown = Exhibit(record=SLIP, field="amount", value="50000 CNY")
    lacks = Finding(
        rule="slip_match", effect=Effect.LACK, message=Phrase.SLIP_NO_ORDER, exhibits=(shown,)
    )  # fmt: skip
    assert one(case(slip(order=None), paid(1))) == lacks
    nothing = one(case(slip(amount=None), paid(1)))
    assert (nothing.message, nothing.params) == (Phrase.SLIP_WAITING, {"amount": ""})


def test_the_payment_that_a_person_names_goes_before_every_likeness() -> None:
    named = ident("a21", 7)
    found = one(case(slip(payment=named), paid(1)))
    exhibit = Exhibit(record=named, field="payment", value=named)
    assert found == Finding(
        rule="slip_match", effect=Effect.PASS, message=Phrase.SLIP_NAMED, exhibits=(exhibit,)
    )
    assert payment_of((found,)) == named


def test_of_several_payments_the_one_with_the_slips_reference_is_its_own() -> None:
    there = (paid(1, None, reference="A"), paid(2, None, reference="B"), paid(3, None))
    assert one(case(slip(reference="B"), *there)) == told(Effect.PASS, Phrase.SLIP_MATCHED, 2, **AMOUNT)
    for reference in ("C", ""):
        several = told(Effect.ASK, Phrase.SLIP_SEVERAL, 1, 2, 3, **AMOUNT)
        assert one(case(slip(reference=reference), *there)) == several
    assert one(case(slip(reference="B"), paid(1), paid(2, None, reference="B"))).exhibits[0].record == ident(
        "a21", 2
    )


@pytest.mark.parametrize(
    ("others", "takes"),
    [
        ((), 1),
        ((waiting(3),), 2),
        ((waiting(9),), 1),  # it comes after this one
        ((waiting(3, OTHER),), 1),  # for another order
        ((waiting(3, state=SlipState.DISPUTED),), 2),
        ((waiting(3, state=SlipState.MATCHED),), 1),
    ],
)
def test_slips_of_one_amount_and_order_take_one_payment_each(
    others: tuple[SlipEntry, ...], takes: int
) -> None:
    there = (paid(1), paid(2))
    assert one(case(slip(), *there, docket=others)) == told(Effect.PASS, Phrase.SLIP_MATCHED, takes, **AMOUNT)


def test_more_slips_than_payments_are_for_a_person() -> None:
    found = one(case(slip(), paid(1, None), docket=(waiting(3),)))
    assert found == told(Effect.ASK, Phrase.SLIP_SEVERAL, 1, 1, **AMOUNT)
    assert one(case(slip(), docket=(waiting(3),))).message == Phrase.SLIP_WAITING


def test_another_payer_is_for_a_person_where_the_payment_is_for_the_order() -> None:
    differs: dict[str, Any] = {"payer": "Werft Bremen AG"}
    asked = told(Effect.ASK, Phrase.SLIP_PAYER_DIFFERS, 1, **differs, **AMOUNT)
    assert one(case(slip(), paid(1, **differs))) == asked
    assert one(case(slip(), paid(1, None, **differs))).message == Phrase.SLIP_WAITING


@pytest.mark.parametrize(
    ("payment", "slips"),
    [(paid(1)[1], [3]), (paid(1, None)[1], [3, 4]), (paid(1, slip=SLIP)[1], []), (paid(1, OTHER)[1], [4])],
)
def test_a_payment_is_waited_for_by_slips_of_its_amount_for_its_order(
    payment: PaymentEntry, slips: list[int]
) -> None:
    seen = world(docket=(waiting(3), waiting(4, OTHER), waiting(5, state=SlipState.MATCHED)))
    assert [each.slip for each in waiting_for(payment, seen)] == [ident("a22", number) for number in slips]
    assert waiting_for(payment.model_copy(update={"amount": None}), seen) == ()


def ordered(payments: tuple[PaymentEntry, ...], slips: tuple[SlipEntry, ...]) -> OrderCase:
    policy = shipped("lead_warehouse")
    assert policy.orders is not None
    fact = acted(FactKind.SLIP_RECORDED, Kind.SLIP, SLIP)
    return OrderCase(
        fact=fact,
        world=world(fact=fact),
        policy=policy,
        partner=None,
        person=None,
        circumstances={},
        order=Order(**dated("801", 1)),
        entry=OrderEntry(order=ORDER, numbered=at(LONG_AGO)),
        terms=policy.orders,
        customer=None,
        payments=payments,
        slips=slips,
    )


def tells(number: int, payment: int, state: SlipState = SlipState.MATCHED) -> SlipEntry:
    return waiting(number, state=state).model_copy(update={"payment": ident("a21", payment)})


def shown(record: RecordId, value: str) -> Exhibit:
    return Exhibit(record=record, field="slip", value=value)


def of_order(effect: Effect, phrase: Phrase, *exhibits: Exhibit, **params: str) -> Finding:
    return Finding(rule="order_slip", effect=effect, message=phrase, params=params, exhibits=exhibits)


ONE, TWO = paid(1)[1], paid(2)[1]


def test_every_payment_of_an_order_has_its_slip() -> None:
    told_of = (tells(3, 1), tells(4, 2))
    here = (shown(ident("a22", 3), ONE.payment), shown(ident("a22", 4), TWO.payment))
    whole = of_order(Effect.PASS, Phrase.ORDER_SLIPS_HERE, *here)
    assert list(provided(ordered((ONE, TWO), told_of))) == [whole]
    assert list(provided(ordered((ONE, TWO), (*told_of, waiting(5, state=SlipState.DISPUTED))))) == [whole]


def test_a_payment_without_a_slip_lacks_it_and_so_does_an_order_without_a_payment() -> None:
    lacks = of_order(
        Effect.LACK,
        Phrase.ORDER_SLIP_ABSENT,
        shown(ONE.payment, ""),
        shown(TWO.payment, ""),
        amounts="50000 CNY, 50000 CNY",
    )
    assert list(provided(ordered((ONE, TWO), (tells(3, 1, SlipState.VOIDED), waiting(4))))) == [lacks]
    assert list(provided(ordered((), ()))) == [of_order(Effect.LACK, Phrase.ORDER_SLIP_ABSENT, amounts="")]


def test_a_slip_in_dispute_is_for_a_person_while_a_payment_has_none() -> None:
    disputed = waiting(3, state=SlipState.DISPUTED)
    asks = of_order(Effect.ASK, Phrase.ORDER_SLIP_DISPUTED, shown(disputed.slip, "disputed"))
    assert list(provided(ordered((ONE,), (disputed, waiting(4))))) == [asks]
