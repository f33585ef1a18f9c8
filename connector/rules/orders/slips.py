"""Payment slips: matched to their payment, asked for where they are missing (R4.16)."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from connector.canonical.ids import RecordId
from connector.canonical.order_docket import PaymentEntry, SlipEntry
from connector.canonical.orders import Payment, Slip, SlipState
from connector.canonical.phrase import Phrase
from connector.canonical.record import Identity
from connector.canonical.verdict import Effect, Exhibit, Finding
from connector.matching import Outcome
from connector.rules.case import Case, finding
from connector.rules.orders.case import OrderCase
from connector.rules.rule import rule
from connector.rules.world import World

MATCH = "slip_match"


@dataclass(frozen=True, kw_only=True, slots=True)
class Candidate:
    """A payment of the slip's amount and currency; `likeness` is how its payer's name compares."""

    entry: PaymentEntry
    payment: Payment
    likeness: Outcome


@dataclass(frozen=True, kw_only=True, slots=True)
class SlipCase(Case):
    slip: Slip
    entry: SlipEntry
    candidates: tuple[Candidate, ...] = ()
    place: int = (
        0  # among the slips that wait for this amount of this order: any of them fits its payments alike
    )


def with_candidates(case: SlipCase) -> SlipCase:
    """The case with the payments that no other slip tells of, for this order or for none that is known."""
    found, slip = _candidates(case), case.slip
    alike = case.world.docket.find(SlipEntry, f"amount:{slip.amount}")
    before = [each for each in alike if each.order == slip.order and each.slip < slip.id]
    return replace(case, candidates=found, place=len(before))


def _candidates(case: SlipCase) -> tuple[Candidate, ...]:
    slip = case.slip
    if slip.amount is None:
        return ()
    found = []
    for entry in case.world.docket.find(PaymentEntry, f"amount:{slip.amount}", open_only=False):
        payment = case.world.record(Payment, entry.payment)
        taken = entry.taken_back or (entry.slip is not None and entry.slip != slip.id)
        if payment is None or taken or entry.order not in (None, slip.order):
            continue
        one, other = Identity(name=slip.payer), Identity(name=payment.payer)
        answer = case.world.compared(one, other, case.policy.same_customer)
        found.append(Candidate(entry=entry, payment=payment, likeness=answer.outcome))
    return tuple(sorted(found, key=lambda each: (each.entry.order is None, each.entry.payment)))


@rule(MATCH, "R4.16")
def matched(case: SlipCase) -> Iterator[Finding]:
    """R4.16: a slip belongs to the payment of the same amount, currency and payer; a person's word goes before."""
    slip = case.slip
    shown = Exhibit(record=slip.id, field="amount", value=str(slip.amount or ""))
    if slip.order is None:
        yield finding(MATCH, Effect.LACK, Phrase.SLIP_NO_ORDER, shown)
        return
    if slip.payment is not None:
        named = Exhibit(record=slip.payment, field="payment", value=slip.payment)
        yield finding(MATCH, Effect.PASS, Phrase.SLIP_NAMED, named)
        return
    same = _told_apart(case, [each for each in case.candidates if each.likeness is Outcome.SAME])
    unsure = [each for each in case.candidates if each.likeness is Outcome.UNSURE]
    others = [each for each in case.candidates if each.entry.order == slip.order]
    if len(same) == 1:
        yield finding(MATCH, Effect.PASS, Phrase.SLIP_MATCHED, *_exhibits(same), amount=slip.amount)
    elif same:
        yield finding(MATCH, Effect.ASK, Phrase.SLIP_SEVERAL, *_exhibits(same), amount=slip.amount)
    elif unsure or others:
        phrase = Phrase.SLIP_PAYER_UNSURE if unsure else Phrase.SLIP_PAYER_DIFFERS
        yield finding(MATCH, Effect.ASK, phrase, *_exhibits(unsure or others), amount=slip.amount)
    else:
        yield finding(MATCH, Effect.LACK, Phrase.SLIP_WAITING, shown, amount=slip.amount or "")


def _told_apart(case: SlipCase, same: list[Candidate]) -> list[Candidate]:
    """The one with the slip's own reference; else one of those for its order, which are as good as each other."""
    slip = case.slip
    referred = [each for each in same if slip.reference and each.payment.reference == slip.reference]
    linked = [each for each in same if each.entry.order == slip.order]
    if referred or linked:
        return referred[:1] or linked[case.place : case.place + 1]
    return (
        same if not case.place or not same else [*same, *same]
    )  # more slips than one for a payment: a person says


def _exhibits(found: list[Candidate]) -> tuple[Exhibit, ...]:
    return tuple(Exhibit(record=each.payment.id, field="payer", value=each.payment.payer) for each in found)


def payment_of(found: tuple[Finding, ...]) -> RecordId | None:
    """The payment that a passed match names."""
    passed = (each for each in found if each.rule == MATCH and each.effect is Effect.PASS)
    return next((each.exhibits[0].record for each in passed if each.exhibits), None)


def waiting_for(payment: PaymentEntry, world: World) -> tuple[SlipEntry, ...]:
    """Slips that may tell of this payment and have no other."""
    if payment.amount is None or payment.slip is not None:
        return ()
    found = world.docket.find(SlipEntry, f"amount:{payment.amount}")
    return tuple(slip for slip in found if payment.order in (None, slip.order))


def unslipped(case: OrderCase) -> tuple[PaymentEntry, ...]:
    """Payments of the order that no slip tells of."""
    told = {slip.payment for slip in case.slips if slip.state is SlipState.MATCHED}
    return tuple(each for each in case.payments if each.payment not in told)


@rule("order_slip", "R4.16")
def provided(case: OrderCase) -> Iterator[Finding]:
    """R4.16: every payment of the order has its slip."""
    disputed = [slip for slip in case.slips if slip.state is SlipState.DISPUTED]
    absent = unslipped(case)
    if disputed and absent:
        shown = tuple(Exhibit(record=slip.slip, field="slip", value=slip.state.value) for slip in disputed)
        yield finding("order_slip", Effect.ASK, Phrase.ORDER_SLIP_DISPUTED, *shown)
    elif absent or not case.payments:
        shown = tuple(Exhibit(record=each.payment, field="slip", value="") for each in absent)
        amounts = ", ".join(str(each.amount) for each in absent)
        yield finding("order_slip", Effect.LACK, Phrase.ORDER_SLIP_ABSENT, *shown, amounts=amounts)
    else:
        told = (slip for slip in case.slips if slip.state is SlipState.MATCHED)
        shown = tuple(Exhibit(record=slip.slip, field="slip", value=slip.payment or "") for slip in told)
        yield finding("order_slip", Effect.PASS, Phrase.ORDER_SLIPS_HERE, *shown)
