"""What falls due on a deal: reviews, experts, and what the customer promised (R2.12, R2.17)."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from connector.canonical.docket import ConflictEntry, DeadlineEntry
from connector.canonical.fact import Fact
from connector.canonical.kind import Kind
from connector.canonical.phrase import Phrase
from connector.canonical.verdict import Effect, Exhibit, Finding
from connector.rules.case import finding, local_day
from connector.rules.rule import rule
from connector.rules.stages.case import DealCase

REVIEW = "deal_review"
REVISIT = "deal_revisit"
EXPERTS = "deal_experts"
ORDER = "deal_order"
PAYMENT = "deal_payment"
RECONSIDER = "deal_reconsider"
NAMES = (REVIEW, REVISIT, EXPERTS, ORDER, PAYMENT)

_PLANNED = ("plan_review", "account_plan", "opportunity_plan")


@rule("review_due", "R2.12")
def review_due(case: DealCase) -> Iterator[Finding]:
    """R2.12: the plan was not reviewed, the customer not seen again, or the experts not asked for, in time."""
    dues = due_days(case)
    phrases = {
        REVIEW: Phrase.REVIEW_PLAN_OVERDUE,
        REVISIT: Phrase.REVISIT_OVERDUE,
        EXPERTS: Phrase.EXPERTS_OVERDUE,
    }
    for name, phrase in phrases.items():
        due = dues.get(name)
        if due is not None and case.day > due:
            exhibit = Exhibit(record=case.deal.id, field=name, value=due.isoformat())
            yield finding("review_due", Effect.NOTE, phrase, exhibit, since=due.isoformat())


@rule("late_payment", "R2.17")
def late_payment(case: DealCase) -> Iterator[Finding]:
    """R2.17: payment is late from the day that the customer promised, not from the invoice's."""
    promised, paid = case.deal.proof.payment_promised, case.deal.proof.payment_received
    if promised is None:
        return
    late = (min(paid, case.day) if paid else case.day) - promised
    if late > case.terms.late_payment_after:
        exhibit = Exhibit(record=case.deal.id, field="payment_promised", value=promised.isoformat())
        phrase = Phrase.PAYMENT_CAME_LATE if paid else Phrase.PAYMENT_LATE
        yield finding(
            "late_payment", Effect.NOTE, phrase, exhibit, since=promised.isoformat(), days=late.days
        )


@rule("order_exception", "R2.17")
def order_exception(case: DealCase) -> Iterator[Finding]:
    """R2.17: trouble with order, collection, shipping or credit calculation; an order that did not come as promised."""
    proof = case.deal.proof
    if proof.trouble:
        exhibit = Exhibit(record=case.deal.id, field="trouble", value=proof.trouble)
        item = f"trouble.{proof.trouble}"
        yield finding("order_exception", Effect.NOTE, Phrase.ORDER_TROUBLE, exhibit, item=item)
    promised = due_days(case).get(ORDER)
    if promised is not None and case.day > promised:
        exhibit = Exhibit(record=case.deal.id, field="order_promised", value=promised.isoformat())
        yield finding("order_exception", Effect.NOTE, Phrase.ORDER_LATE, exhibit, since=promised.isoformat())


def due_days(case: DealCase) -> dict[str, date]:
    """The last day on which each thing is in time; what is done, or not asked for, is left out."""
    deal, terms, proof = case.deal, case.terms.reviews, case.deal.proof
    found: dict[str, date] = {}
    if proof.payment_promised and not proof.payment_received:
        found[PAYMENT] = proof.payment_promised + case.terms.late_payment_after
    if deal.closed:
        return found
    since = case.entry.adopted_at if case.entry else None
    began = local_day(max(deal.created_at, since or deal.created_at), case.policy)
    if terms.plan:
        held = [case.signed_on(row) for row in case.signed if row.what in _PLANNED and row.word == "yes"]
        found[REVIEW] = terms.plan.after(max([began, *held]))
    if terms.revisit:
        found[REVISIT] = terms.revisit.after(max([began, *_visits(case)]))
    if terms.experts_ahead and deal.plan.experts_needed and not deal.plan.experts_asked:
        found[EXPERTS] = terms.experts_ahead.before(deal.plan.experts_needed)
    if proof.order_promised and not proof.order_received:
        found[ORDER] = proof.order_promised
    return found


def _visits(case: DealCase) -> Iterator[date]:
    """Days on which somebody dealt with the customer: signed as a revisit, or kept as an activity of the deal."""
    yield from (case.signed_on(row) for row in case.signed if row.what == "revisit" and row.word == "yes")
    for activity in case.world.activities(case.deal.id):
        day = activity.on or local_day(activity.created_at, case.policy)
        if day <= case.day:
            yield day


def deadlines(case: DealCase) -> Iterator[DeadlineEntry]:
    """A tick at the first moment after each last day, where the programme has its office; what is over is done."""
    docket, dues = case.world.docket, due_days(case)
    zone = ZoneInfo(case.policy.office_hours.zone)
    for name in NAMES:
        day = dues.get(name)
        known = docket.get(DeadlineEntry, f"{case.deal.id}|{name}")
        moment = _midnight_after(day, zone) if day else None
        if moment is not None and moment > case.fact.instant:
            if known is None or known.done or known.due != moment:
                yield DeadlineEntry(name=name, subject=Kind.OPPORTUNITY, record=case.deal.id, due=moment)
        elif known is not None and known.open:
            yield known.model_copy(update={"done": True})


def reconsidered(conflict: ConflictEntry, fact: Fact) -> Iterator[DeadlineEntry]:
    """A person settled a conflict, or opened it again: its deals are looked at once more, in the same second."""
    for record, kind in ((conflict.left, conflict.left_kind), (conflict.right, conflict.right_kind)):
        if kind is Kind.OPPORTUNITY:
            yield DeadlineEntry(name=RECONSIDER, subject=kind, record=record, due=fact.instant)


def _midnight_after(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day + timedelta(days=1), time(0), zone).astimezone(UTC)
