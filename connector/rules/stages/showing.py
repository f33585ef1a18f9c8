"""What the org should show of a deal's stages: flags, what is missing in words, what is due, and to whom it is said."""

from collections.abc import Iterator, Mapping
from decimal import Decimal

from connector.canonical.intent import Desired, Say
from connector.canonical.kind import Kind
from connector.canonical.phrase import Phrase
from connector.canonical.verdict import Effect, Finding, Outcome
from connector.policy.stages import PlanKind
from connector.rules.notices import say, sentences, want
from connector.rules.stages.case import DealCase
from connector.rules.stages.timers import EXPERTS, REVIEW, REVISIT, due_days

ALL = (Effect.REFUSE, Effect.ASK, Effect.LACK, Effect.NOTE)
PLANS = (Phrase.PLAN_QUESTIONS, Phrase.PLAN_THREE_PAGES, Phrase.PLAN_WHOLE)
OVERDUE = (Phrase.REVIEW_PLAN_OVERDUE, Phrase.REVISIT_OVERDUE, Phrase.EXPERTS_OVERDUE)
EXCEPTIONS = (Phrase.ORDER_TROUBLE, Phrase.ORDER_LATE, Phrase.PAYMENT_LATE)
PARTNER_FLAGS: Mapping[Phrase, str] = {
    Phrase.PARTNER_CONFLICT: "conflict",
    Phrase.INCUMBENT_PASSED_OVER: "conflict",
    Phrase.PARTNER_TOO_EARLY: "too_early",
    Phrase.PARTNER_TOO_LATE: "too_late",
    Phrase.PARTNER_LACKS: "lacks_capability",
    Phrase.WRONG_TERRITORY: "wrong_territory",
    Phrase.UNKNOWN_TERRITORY: "wrong_territory",
    Phrase.PARTNER_FITS: "fits",
}
"""Words of the partner's flag, the gravest first."""

_OPENING = {
    "held": Phrase.STAGE_HELD,
    "review": Phrase.STAGE_IN_REVIEW,
    "skipped": Phrase.STAGE_INCOMPLETE,
    "missing": Phrase.STAGE_INCOMPLETE,
    "clear": Phrase.STAGE_CLEAR,
}


class Found:
    """The findings on one deal, asked by phrase."""

    def __init__(self, findings: tuple[Finding, ...]) -> None:
        self.all = findings

    def of(self, *phrases: Phrase) -> list[Finding]:
        return [found for phrase in phrases for found in self.all if found.message == phrase]

    def first(self, *phrases: Phrase) -> Finding | None:
        return next(iter(self.of(*phrases)), None)


def flag_of(findings: tuple[Finding, ...], outcome: Outcome) -> str:
    """One word for the list views: held, review, skipped, missing or clear."""
    found = Found(findings)
    if outcome is Outcome.REJECT:
        return "held"
    if any(each.effect is Effect.ASK for each in findings):
        return "review"
    if found.first(Phrase.STAGE_SKIPPED):
        return "skipped"
    return "missing" if found.first(Phrase.STAGE_MISSING) else "clear"


def shown(case: DealCase, findings: tuple[Finding, ...], outcome: Outcome) -> Iterator[Desired]:
    """Every field of the deal that says how it stands. An empty one is cleared."""
    found, reader = Found(findings), case.deal.owner
    flag = flag_of(findings, outcome)
    gate = case.terms.stages.get(case.stage)
    missing = found.of(Phrase.STAGE_MISSING)
    opening = [(str(_OPENING[flag]), {"stage": str(case.stage)})] if case.deal.stage is not None else []
    message = say(reader, *opening, *sentences(findings, *ALL))
    yield _want(case, "stage_flag", flag)
    yield _want(case, "stage_step", str(gate.step) if gate and gate.step else None)
    yield _want(case, "skipped_stages", _skipped(found))
    yield _want(case, "stage_missing", say(reader, *sentences(missing, *ALL)) if missing else None)
    yield _want(case, "stage_message", message)
    yield _want(case, "plan_wanted", _plan(found))
    yield _want(case, "go_no_go_wanted", _go(found))
    yield _want(case, "next_review", _next_review(case))
    yield _want(case, "review_flag", "overdue" if found.first(*OVERDUE) else None)
    yield from _scored(case, found)
    yield from _exception(case, found)
    yield from _partner(case, found)


def taken_down(case: DealCase) -> Iterator[Desired]:
    """A deal that is gone asks for nothing any more."""
    cleared = ("stage_flag", "stage_step", "skipped_stages", "stage_missing", "stage_message", "plan_wanted")
    more = (
        "go_no_go_wanted",
        "next_review",
        "review_flag",
        "exception_flag",
        "manager_message",
        "partner_flag",
    )
    for slot in (*cleared, *more):
        yield _want(case, slot, None)


def _scored(case: DealCase, found: Found) -> Iterator[Desired]:
    picture = found.first(Phrase.PICTURE_OPEN, Phrase.PICTURE_WHOLE)
    if picture is not None:
        yield _want(case, "completeness", picture.params["points"])
    counts = found.first(Phrase.STAGE_REVENUE) is not None
    yield _want(case, "counts_as_revenue", "true" if counts else "false")


def _exception(case: DealCase, found: Found) -> Iterator[Desired]:
    """R2.17: at once to the rep, in the message above, and to the rep's manager, in the manager's language."""
    wrong = found.of(*EXCEPTIONS)
    manager = case.person.manager if case.person else None
    told = say(manager, *sentences(wrong, *ALL)) if wrong else None
    yield _want(case, "exception_flag", _exception_word(wrong[0]) if wrong else None)
    yield _want(case, "manager_message", told)


def _exception_word(found: Finding) -> str:
    if found.message == Phrase.ORDER_TROUBLE:
        return found.params["item"].removeprefix("trouble.")
    return "order" if found.message == Phrase.ORDER_LATE else "late_payment"


def _partner(case: DealCase, found: Found) -> Iterator[Desired]:
    gravest = found.first(*PARTNER_FLAGS)
    flag = PARTNER_FLAGS[Phrase(gravest.message)] if gravest and case.partner else None
    yield _want(case, "partner_flag", flag)
    renewal = found.first(Phrase.INCUMBENT_SUGGESTED, Phrase.INCUMBENT_KEPT, Phrase.INCUMBENT_PASSED_OVER)
    yield _want(case, "incumbent", renewal.exhibits[0].value if renewal else None)


def _skipped(found: Found) -> str | None:
    stages = sorted(Decimal(each.params["stage"]) for each in found.of(Phrase.STAGE_SKIPPED))
    return ", ".join(str(stage) for stage in stages) or None


def _plan(found: Found) -> str | None:
    wanted = found.first(*PLANS)
    return PlanKind(wanted.params["item"]).value if wanted else None


def _go(found: Found) -> str | None:
    if found.first(Phrase.GO_WANTED):
        return "first"
    return "second" if found.first(Phrase.SECOND_GO_WANTED) else None


def _next_review(case: DealCase) -> str | None:
    days = [day for name, day in due_days(case).items() if name in (REVIEW, REVISIT, EXPERTS)]
    return min(days).isoformat() if days else None


def _want(case: DealCase, slot: str, value: str | Say | None) -> Desired:
    return want(Kind.OPPORTUNITY, case.deal.id, slot, value)
