"""The paper form: whose it is, whether it was used before, its originals, stamp and signature (R4.12)."""

from collections.abc import Iterator

from connector.canonical.form_number import form_number, holds
from connector.canonical.kind import Kind
from connector.canonical.order_docket import OrderEntry
from connector.canonical.orders import Allotment, OrderState, Original
from connector.canonical.phrase import Phrase
from connector.canonical.verdict import Effect, Exhibit, Finding
from connector.rules.case import finding
from connector.rules.orders.case import OrderCase
from connector.rules.rule import rule

FORM, USED, SIGNATURE = "order_form", "order_form_once", "order_signature"
"""Rules whose refusal is an exception with its own way out."""


@rule(FORM, "R4.12")
def allotted(case: OrderCase) -> Iterator[Finding]:
    """R4.12: order forms are handed to one partner; an order on another's form is not qualified."""
    printed, number = case.order.form_number, form_number(case.order.form_number)
    exhibit = Exhibit(record=case.order.id, field="form_number", value=printed)
    if not number:
        yield finding(FORM, Effect.LACK, Phrase.ORDER_FORM_ABSENT, exhibit)
        return
    if case.order.partner is None:
        yield finding(FORM, Effect.ASK, Phrase.NO_FIRM, exhibit)
        return
    own = case.world.linked(Kind.ALLOTMENT, "partner", case.order.partner)
    held = next((each for each in own if isinstance(each, Allotment) and holds(each, number)), None)
    if held is not None:
        shown = Exhibit(record=held.id, field="allotment", value=printed)
        yield finding(FORM, Effect.PASS, Phrase.ORDER_FORM_ALLOTTED, shown, number=printed)
        return
    yield finding(FORM, Effect.REFUSE, Phrase.ORDER_FORM_FOREIGN, exhibit, number=printed)
    for each in case.world.every(Allotment):
        if each.partner is not None and holds(each, number):
            owner = case.world.partner(each.partner)
            shown = Exhibit(record=each.id, field="allotment", value=each.partner)
            name = owner.name if owner else each.partner
            yield finding(FORM, Effect.NOTE, Phrase.ORDER_FORM_OWNER, shown, desk=True, firm=name)


@rule(USED, "R4.12", "R4.15")
def used_once(case: OrderCase) -> Iterator[Finding]:
    """R4.12: a form's number is on one order only, the one that was filed with it first."""
    if not case.entry.form:
        return
    printed = case.order.form_number
    for other in case.world.docket.find(OrderEntry, f"form:{case.entry.form}", open_only=False):
        if other.key == case.entry.key or other.state is OrderState.VOIDED:
            continue
        shown = Exhibit(record=other.order, field="form_number", value=printed)
        if other.numbered.overlaps(case.entry.numbered):
            yield finding(USED, Effect.ASK, Phrase.ORDER_FORM_USED_TOGETHER, shown, number=printed)
        elif other.numbered < case.entry.numbered:
            yield finding(USED, Effect.REFUSE, Phrase.ORDER_FORM_USED, shown, number=printed)


@rule("order_originals", "R4.11", "R4.12")
def originals(case: OrderCase) -> Iterator[Finding]:
    """R4.12: the originals have to be here, in two copies by default."""
    held, copies = case.order.originals or 0, case.terms.forms.copies
    exhibit = Exhibit(record=case.order.id, field="originals", value=str(held))
    here = held >= copies and (case.order.original or Original.RECEIVED).here
    if here:
        yield finding("order_originals", Effect.PASS, Phrase.ORDER_ORIGINALS_HERE, exhibit, copies=copies)
    else:
        phrase = Phrase.ORDER_ORIGINALS_ABSENT
        yield finding("order_originals", Effect.LACK, phrase, exhibit, held=held, copies=copies)


@rule("order_stamp", "R4.12")
def stamped(case: OrderCase) -> Iterator[Finding]:
    """R4.12: the form bears the buying company's stamp."""
    exhibit = Exhibit(record=case.order.id, field="stamped", value=str(case.order.stamped).lower())
    effect = Effect.PASS if case.order.stamped else Effect.LACK
    phrase = Phrase.ORDER_STAMPED if case.order.stamped else Phrase.ORDER_NOT_STAMPED
    yield finding("order_stamp", effect, phrase, exhibit)


@rule(SIGNATURE, "R4.12")
def signed(case: OrderCase) -> Iterator[Finding]:
    """R4.12: "销售不能在订单上签字": neither the seller nor anybody in a selling role signs the order."""
    order, seller = case.order, case.world.person(case.order.seller)
    signer = case.world.person(order.signed_by)
    if order.signed_by is None and not order.signatory.strip():
        exhibit = Exhibit(record=order.id, field="signatory", value="")
        yield finding(SIGNATURE, Effect.LACK, Phrase.ORDER_NOT_SIGNED, exhibit)
        return
    exhibit = Exhibit(record=order.id, field="signatory", value=order.signed_by or order.signatory)
    named = seller is not None and bool(seller.name) and _same_name(order.signatory, seller.name)
    sells = signer is not None and signer.role in case.terms.forms.may_not_sign
    if named or sells or (order.signed_by is not None and order.signed_by == order.seller):
        yield finding(SIGNATURE, Effect.REFUSE, Phrase.ORDER_SIGNED_BY_SALES, exhibit)
    else:
        yield finding(SIGNATURE, Effect.PASS, Phrase.ORDER_SIGNED, exhibit)


def _same_name(one: str, other: str) -> bool:
    return "".join(one.split()).casefold() == "".join(other.split()).casefold()
