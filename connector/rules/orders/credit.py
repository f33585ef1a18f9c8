"""Whose an order is when its payment arrives: the credit is fixed to the holder of that moment (R4.13, R4.14)."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from connector.canonical.docket import ClaimEntry, ClaimState, CreditEntry
from connector.canonical.ids import RecordId
from connector.canonical.kind import Kind
from connector.canonical.phrase import Phrase
from connector.canonical.time import instant_text
from connector.canonical.verdict import Effect, Exhibit, Finding
from connector.matching import Outcome
from connector.rules.case import finding
from connector.rules.orders.case import OrderCase
from connector.rules.orders.payments import paid
from connector.rules.orders.registration import buyer_of
from connector.rules.rule import rule

RULE = "order_credit"


@dataclass(frozen=True, kw_only=True, slots=True)
class Holder:
    """The firm, and its person where known, to whom a customer belonged; `through` which record, since when."""

    firm: RecordId
    person: RecordId | None
    through: RecordId
    since: datetime


@rule(RULE, "R4.13", "R4.14")
def credited(case: OrderCase) -> Iterator[Finding]:
    """R4.13: whoever held the customer when the payment arrived is credited, whoever handed the order in."""
    state = paid(case)
    if state is None or state.arrived is None:
        return
    deal = case.world.docket.get(CreditEntry, case.order.opportunity) if case.order.opportunity else None
    if deal is not None and deal.frozen:
        shown = Exhibit(record=deal.record, field="credit", value=deal.firm)
        yield finding(RULE, Effect.NOTE, Phrase.ORDER_CREDIT_FROZEN, shown)
        return
    holder = holder_at(case, state.arrived)
    if holder is None:
        shown = Exhibit(record=case.order.id, field="partner", value="")
        yield finding(RULE, Effect.NOTE, Phrase.ORDER_CREDIT_UNCLEAR, shown)
        return
    exhibits = (
        Exhibit(record=holder.through, field="credited_firm", value=holder.firm),
        Exhibit(record=holder.through, field="credited_to", value=holder.person or ""),
        Exhibit(record=holder.through, field="customer_held_since", value=instant_text(holder.since)),
    )
    if holder.firm == buyer_of(case.order):
        yield finding(RULE, Effect.NOTE, Phrase.ORDER_CREDIT_OWN, *exhibits)
        return
    firm = case.world.partner(holder.firm)
    name = firm.name if firm else holder.firm
    since = instant_text(holder.since)
    yield finding(RULE, Effect.NOTE, Phrase.ORDER_CREDIT_ELSEWHERE)
    yield finding(RULE, Effect.NOTE, Phrase.ORDER_CREDIT_HOLDER, *exhibits, desk=True, firm=name, since=since)


def holder_at(case: OrderCase, moment: datetime) -> Holder | None:
    """Who brought the deal; else who held the customer then; else who handed the order in."""
    order = case.order
    deal = case.world.docket.get(CreditEntry, order.opportunity) if order.opportunity else None
    if deal is not None and deal.since <= moment:
        claims = _holding(case, deal.through, moment)
        person = next((claim.holder for claim in claims if claim.firm == deal.firm), None)
        return Holder(firm=deal.firm, person=person, through=deal.through, since=deal.since)
    held = sorted(_held(case, moment), key=lambda claim: (claim.opened, claim.key))
    if held:
        first = held[0]
        return Holder(firm=first.firm, person=first.holder, through=first.lead, since=first.opened.latest)
    buyer = buyer_of(order)
    if buyer is None:
        return None
    return Holder(firm=buyer, person=None, through=order.id, since=order.filed_at or case.fact.instant)


def _held(case: OrderCase, moment: datetime) -> Iterator[ClaimEntry]:
    """Holdings, at that moment, of leads that are this customer beyond doubt."""
    if case.customer is None:
        return
    kinds = (Kind.LEAD,)
    for match in case.world.matches(case.customer.identity, kinds, case.policy.same_customer):
        if match.comparison.outcome is Outcome.SAME:
            yield from _holding(case, match.record, moment)


def _holding(case: OrderCase, lead: RecordId, moment: datetime) -> Iterator[ClaimEntry]:
    for claim in case.world.docket.find(ClaimEntry, f"lead:{lead}", open_only=False):
        ended = claim.closed_at is not None and claim.closed_at <= moment
        kept = claim.state is ClaimState.CONVERTED or not ended
        if claim.opened.latest <= moment and kept and claim.state is not ClaimState.REVOKED:
            yield claim


def credited_in(found: tuple[Finding, ...]) -> tuple[RecordId | None, RecordId | None, RecordId | None]:
    """The firm, the person and the record through which, as the rule found them."""
    for each in found:
        shown = {exhibit.field: exhibit for exhibit in each.exhibits}
        if each.rule == RULE and "credited_firm" in shown:
            firm, person = shown["credited_firm"], shown["credited_to"].value
            return RecordId(firm.value), RecordId(person) if person else None, firm.record
    return None, None, None
