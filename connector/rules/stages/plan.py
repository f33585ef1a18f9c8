"""How thorough a plan a deal needs, by its amount in US dollars and the class of its account (R2.10)."""

from collections.abc import Iterator, Mapping

from connector.canonical.phrase import Phrase
from connector.canonical.verdict import Effect, Exhibit, Finding
from connector.policy.choosing import ConditionFailed
from connector.policy.stages import PlanKind
from connector.rules.case import finding
from connector.rules.rule import rule
from connector.rules.stages.case import DealCase

_WANTED: Mapping[PlanKind, Phrase] = {
    PlanKind.THREE_PAGE_PLAN: Phrase.PLAN_THREE_PAGES,
    PlanKind.WHOLE_PLAN: Phrase.PLAN_WHOLE,
}


@rule("plan_size", "R2.10")
def plan_size(case: DealCase) -> Iterator[Finding]:
    """R2.10: twenty questions, a three-page plan or the whole plan; without an amount or a rate a person rules."""
    amount = case.deal.amount
    exhibit = Exhibit(record=case.deal.id, field="amount", value=str(amount or ""))
    try:
        wanted = case.terms.plans.pick(case.circumstances)
    except ConditionFailed:
        if amount is None:
            yield finding("plan_size", Effect.LACK, Phrase.PLAN_NO_AMOUNT, exhibit)
            return
        if case.policy.rates.convert(amount, "USD", case.day) is None:
            yield finding("plan_size", Effect.ASK, Phrase.PLAN_NO_RATE, exhibit, currency=amount.currency)
            return
        raise
    if wanted is None or wanted is PlanKind.NONE:
        return
    if enough(case, wanted):
        yield finding("plan_size", Effect.PASS, Phrase.PLAN_ENOUGH, exhibit, item=wanted)
    elif wanted is PlanKind.TWENTY_QUESTIONS:
        points, needed = case.deal.plan.answers or 0, case.terms.questions
        yield finding(
            "plan_size",
            Effect.NOTE,
            Phrase.PLAN_QUESTIONS,
            exhibit,
            points=points,
            needed=needed,
            item=wanted,
        )
    else:
        yield finding("plan_size", Effect.NOTE, _WANTED[wanted], exhibit, item=wanted)


def written(case: DealCase) -> bool:
    """Whether the plan that the policy asks for is there. Where nobody can say which, another rule asks."""
    try:
        wanted = case.terms.plans.pick(case.circumstances)
    except ConditionFailed:
        return True
    return wanted is None or enough(case, wanted)


def enough(case: DealCase, wanted: PlanKind) -> bool:
    """A more thorough plan does for a lesser one."""
    plan = case.deal.plan
    had = PlanKind(plan.kind) if plan.kind in set(PlanKind) else PlanKind.NONE
    if (plan.answers or 0) >= case.terms.questions:
        had = max(had, PlanKind.TWENTY_QUESTIONS, key=lambda kind: kind.rank)
    elif had is PlanKind.TWENTY_QUESTIONS:
        had = PlanKind.NONE
    return had.rank >= wanted.rank
