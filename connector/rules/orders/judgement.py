"""Judging one order: every rule that its effect needs, and what follows from them (R4.11 to R4.17)."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime

from connector.canonical.docket import CreditEntry, Entry
from connector.canonical.fact import Fact
from connector.canonical.ids import RecordId
from connector.canonical.kind import Kind
from connector.canonical.order_docket import OrderEntry
from connector.canonical.orders import Order, OrderException, OrderState
from connector.canonical.phrase import Phrase
from connector.canonical.time import instant_text
from connector.canonical.verdict import Effect, Exhibit, Finding, Outcome, Verdict, weigh
from connector.policy.model import Policy
from connector.policy.orders import Need
from connector.rules.case import finding, judge
from connector.rules.decision import Decision
from connector.rules.orders import (
    authentication,
    credit,
    exceptions,
    forms,
    payments,
    registration,
    reviews,
    slips,
)
from connector.rules.orders.case import OrderCase, case_of
from connector.rules.orders.chasing import all_done, waiting
from connector.rules.orders.showing import shown, shown_in_force
from connector.rules.orders.standing import standing
from connector.rules.rule import rule
from connector.rules.verdict import verdict_on
from connector.rules.world import World

OrderRule = Callable[[OrderCase], Iterable[Finding]]

OF_NEED: Mapping[Need, tuple[OrderRule, ...]] = {
    Need.FORM: (forms.allotted, forms.used_once),
    Need.SCAN: (reviews.scan,),
    Need.FIRST_REVIEW: (reviews.reviewers, reviews.first),
    Need.SECOND_REVIEW: (reviews.second,),
    Need.ORIGINALS: (forms.originals,),
    Need.STAMP: (forms.stamped,),
    Need.SIGNATURE: (forms.signed,),
    Need.AUTHENTICATION: (authentication.authenticated,),
    Need.SLIP: (slips.provided,),
    Need.PAYMENT: (payments.complete,),
}
"""What is asked of an order for each thing that its effect needs (R4.13), in this order."""


def judged(fact: Fact, world: World, policy: Policy, entry: OrderEntry) -> Decision:
    """The order as it stands at the fact. Once in effect it stays so: what changes then is a person's (law 7)."""
    case = _case(fact, world, policy, entry)
    if case is None:
        return Decision(fact=fact)
    if entry.state is OrderState.EFFECTIVE:
        return _in_force(case)
    wanted = (each for need in Need if need in case.terms.needs for each in OF_NEED[need])
    findings = judge(
        case,
        (
            reviews.returned,
            registration.ordered_for,
            registration.numbered,
            *wanted,
            exceptions.reported,
            credit.credited,
        ),
    )
    exception = exceptions.exception_of(findings)
    if _righted(case, exception):
        return judged(fact, world, policy, entry.model_copy(update={"returned_at": None, "exception": None}))
    outcome = weigh(findings)
    after = entry.model_copy(
        update={
            "state": standing(case, findings, exception),
            "exception": exception,
            "policy": policy.label,
            **_sent_back(case, exception is not entry.exception and exception in exceptions.CORRECTS),
        }
    )
    more: tuple[Entry, ...]
    if outcome is Outcome.APPROVE:
        after, more = _takes_effect(case, after, findings)
    else:
        after, more = waiting(case, after)
    verdict = _verdict(case, findings, outcome)
    return Decision(
        fact=fact, verdict=verdict, entries=(after, *more), desired=shown(case, after, findings, outcome)
    )


def _case(fact: Fact, world: World, policy: Policy, entry: OrderEntry) -> OrderCase | None:
    order, terms = world.record(Order, entry.order), policy.orders
    if order is None or terms is None:
        return None
    return case_of(fact, world, policy, terms=terms, order=order, entry=entry)


def _sent_back(case: OrderCase, anew: bool) -> dict[str, datetime | None]:  # noqa: FBT001 - a finding, not a switch
    """An order that has to be corrected is as good as returned."""
    return {"returned_at": case.fact.instant, "amended_at": None} if anew else {}


def _righted(case: OrderCase, exception: OrderException | None) -> bool:
    """What was wrong is right without anybody's correction: the form was handed to the partner after all."""
    entry = case.entry
    was = entry.exception in exceptions.CORRECTS and exception is None
    return was and entry.amended_at is None and not reviews.scanned(case) and case.order.reported is None


def _verdict(case: OrderCase, findings: tuple[Finding, ...], outcome: Outcome) -> Verdict:
    before = case.entry.exception
    return Verdict(
        subject=Kind.ORDER,
        record=case.order.id,
        outcome=outcome,
        findings=findings,
        policy=case.policy.label,
        supersedes=before.value if before else None,
        cause="corrected" if before else "",
    )


def _takes_effect(
    case: OrderCase, entry: OrderEntry, findings: tuple[Finding, ...]
) -> tuple[OrderEntry, tuple[Entry, ...]]:
    """R4.13: in effect from the arrival that completed the payment, not from the slip's day or the review's."""
    state = payments.paid(case)
    firm, person, through = credit.credited_in(findings)
    effective = state.arrived if state else None
    after = entry.model_copy(
        update={"effective_at": effective, "credited_firm": firm, "credited_to": person, "slip_due": None}
    )
    return after, (*all_done(case.world, entry), *_credit(case, after, through))


def _credit(case: OrderCase, entry: OrderEntry, through: RecordId | None) -> Iterator[CreditEntry]:
    """A deal that nobody was credited for yet is credited now; set once, never overwritten."""
    deal, firm = case.order.opportunity, entry.credited_firm
    if deal is None or firm is None or entry.effective_at is None or through is None:
        return
    if case.world.docket.get(CreditEntry, deal) is None:
        yield CreditEntry(record=deal, firm=firm, since=entry.effective_at, through=through)


@rule("order_stands", "R4.13", "R4.15")
def stands(case: OrderCase) -> Iterator[Finding]:
    """Law 7: what would undo an order in effect is a person's to say: its payment gone or moved, an exception."""
    state = payments.paid(case)
    arrived = state.arrived if state else None
    if arrived != case.entry.effective_at:
        at = instant_text(arrived) if arrived else ""
        exhibit = Exhibit(record=case.order.id, field="arrived_at", value=at)
        yield finding("order_stands", Effect.ASK, Phrase.ORDER_PAYMENT_MOVED, exhibit, desk=True)
    if case.order.reported is not None:
        exhibit = Exhibit(record=case.order.id, field="exception", value=case.order.reported.value)
        yield finding("order_stands", Effect.ASK, Phrase.ORDER_EXCEPTION_IN_FORCE, exhibit, desk=True)


def _in_force(case: OrderCase) -> Decision:
    """What stands, with a person's question where there is one; a credit that was frozen at the effect is fixed now."""
    asked, owed = judge(case, (stands,)), _owed(case)
    if owed is None:
        if not asked:
            return Decision(fact=case.fact, desired=shown_in_force(case.entry))
        return Decision(fact=case.fact, verdict=_once_more(case, asked), desired=shown_in_force(case.entry))
    after, found = owed
    findings = (*asked, *found)
    verdict = _once_more(case, findings)
    if not asked:  # the effect was approved before: only whose it is was open
        verdict = verdict.model_copy(update={"outcome": Outcome.APPROVE})
    desired = shown(case, after, findings, verdict.outcome)
    return Decision(fact=case.fact, verdict=verdict, entries=(after,), desired=desired)


def _once_more(case: OrderCase, findings: tuple[Finding, ...]) -> Verdict:
    return verdict_on(
        Kind.ORDER,
        case.order.id,
        findings,
        case.policy,
        supersedes=OrderState.EFFECTIVE.value,
        cause="person",
    )


def _owed(case: OrderCase) -> tuple[OrderEntry, tuple[Finding, ...]] | None:
    """R4.13: a credit that was under review when the order took effect, once the review is over; never set twice."""
    deal = case.world.docket.get(CreditEntry, case.order.opportunity) if case.order.opportunity else None
    if case.entry.credited_firm is not None or deal is None or deal.frozen:
        return None
    findings = judge(case, (credit.credited,))
    firm, person, _ = credit.credited_in(findings)
    if firm is None:
        return None
    return case.entry.model_copy(update={"credited_firm": firm, "credited_to": person}), findings
