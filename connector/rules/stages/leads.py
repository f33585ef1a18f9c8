"""A lead that somebody decided to pursue, or to drop, and where it goes (R2.10, R2.15)."""

from collections.abc import Callable, Iterable, Iterator

from connector.canonical.docket import CreditEntry, Entry
from connector.canonical.fact import Fact, FactKind
from connector.canonical.ids import is_queue
from connector.canonical.intent import Desired
from connector.canonical.kind import Kind
from connector.canonical.phrase import Phrase
from connector.canonical.records import SignOff
from connector.canonical.verdict import Effect, Exhibit, Finding
from connector.policy.choosing import ConditionFailed
from connector.policy.model import Policy
from connector.policy.stages import Route, StagePolicy
from connector.rules.case import finding, judge, local_day
from connector.rules.decision import Decision
from connector.rules.notices import say, sentences, want
from connector.rules.rule import rule
from connector.rules.stages.case import LeadCase, circumstances_of_lead
from connector.rules.verdict import verdict_on
from connector.rules.world import World

JUDGED = (FactKind.SIGNED, FactKind.SUPPLIED)


@rule("pursuit", "R2.10")
def pursuit(case: LeadCase) -> Iterator[Finding]:
    """R2.10: the twenty questions decide whether to pursue a lead at all; a no drops it, answered or not."""
    answers, needed = case.lead.answers or 0, case.terms.questions
    exhibit = Exhibit(record=case.decided.id, field="pursue", value=case.decided.word)
    if case.decided.word != "yes":
        yield finding("pursuit", Effect.REFUSE, Phrase.LEAD_DROPPED, exhibit)
    elif answers < needed:
        yield finding("pursuit", Effect.LACK, Phrase.LEAD_QUESTIONS, exhibit, points=answers, needed=needed)
    else:
        yield finding("pursuit", Effect.PASS, Phrase.LEAD_PURSUED, exhibit)


@rule("lead_route", "R2.15")
def lead_route(case: LeadCase) -> Iterator[Finding]:
    """R2.15: a lead worth pursuing goes to direct sales or to the channel, wherever it came from."""
    qualified = case.terms.qualified_leads
    settled = any(each.rule == "pursuit" and each.effect is not Effect.PASS for each in case.earlier)
    if qualified is None or settled:
        return
    exhibit = Exhibit(record=case.lead.id, field="value", value=str(case.lead.value or ""))
    try:
        route = qualified.route.pick(case.circumstances)
    except ConditionFailed:
        if case.lead.value is not None:
            raise
        yield finding("lead_route", Effect.LACK, Phrase.PLAN_NO_AMOUNT, exhibit)
        return
    if route is not None:
        direct = route is Route.DIRECT
        phrase = Phrase.LEAD_TO_DIRECT if direct else Phrase.LEAD_TO_CHANNEL
        yield finding("lead_route", Effect.PASS, phrase, exhibit)
        if direct and case.partner is not None:
            shown = Exhibit(record=case.partner.id, field="credit")
            yield finding("lead_route", Effect.NOTE, Phrase.LEAD_CREDIT_KEPT, shown)


RULES: tuple[Callable[[LeadCase], Iterable[Finding]], ...] = (pursuit, lead_route)


def judged(fact: Fact, world: World, policy: Policy) -> Decision:
    """The newest decision to pursue or drop stands; what the lead says may have come after it."""
    lead = world.lead(fact.record)
    rows = [row for row in world.sign_offs(fact.record) if row.what == "pursue" and _own(row, world)]
    if fact.kind not in JUDGED or lead is None or lead.converted or not rows:
        return Decision(fact=fact)
    owner = world.person(lead.owner)
    partner = world.partner(owner.firm) if owner else None
    case = LeadCase(
        fact=fact,
        world=world,
        policy=policy,
        partner=partner,
        person=owner,
        circumstances=circumstances_of_lead(lead, partner, local_day(fact.instant, policy)),
        lead=lead,
        terms=policy.stages or StagePolicy(),
        decided=rows[-1],
    )
    findings = judge(case, RULES)
    verdict = verdict_on(Kind.LEAD, lead.id, findings, policy)
    return Decision(
        fact=fact, verdict=verdict, entries=_credit(case, findings), desired=tuple(_shown(case, findings))
    )


def _own(row: SignOff, world: World) -> bool:
    """A partner hands a lead on; whether it is pursued is our own people's decision."""
    person = world.person(row.created_by)
    return person is None or person.firm is None


def _route(findings: tuple[Finding, ...]) -> Route | None:
    said = {Phrase.LEAD_TO_DIRECT: Route.DIRECT, Phrase.LEAD_TO_CHANNEL: Route.CHANNEL}
    return next((said[Phrase(f.message)] for f in findings if f.message in said), None)


def _shown(case: LeadCase, findings: tuple[Finding, ...]) -> Iterator[Desired]:
    lead, route = case.lead, _route(findings)
    words = {
        Phrase.LEAD_PURSUED: "pursue",
        Phrase.LEAD_DROPPED: "drop",
        Phrase.LEAD_QUESTIONS: "questions_wanted",
    }
    decided = next((words[Phrase(f.message)] for f in findings if f.message in words), None)
    reader = None if lead.owner is None or is_queue(lead.owner) else lead.owner
    told = sentences(findings, Effect.REFUSE, Effect.ASK, Effect.LACK, Effect.PASS, Effect.NOTE)
    yield want(Kind.LEAD, lead.id, "pursuit", decided)
    yield want(Kind.LEAD, lead.id, "route", route.value if route else None)
    yield want(Kind.LEAD, lead.id, "message", say(reader, *told))
    if any(each.message == Phrase.LEAD_CREDIT_KEPT for each in findings) and case.partner is not None:
        yield want(Kind.LEAD, lead.id, "sourcing_partner", case.partner.id)
    queue = _queue(case, route) if route else None
    if queue is not None and lead.owner is not None and queue != lead.owner:
        yield want(Kind.LEAD, lead.id, "owner", queue, contested=True, expected=lead.owner)


def _queue(case: LeadCase, route: Route) -> str | None:
    """The route's queue, unless whoever has the lead is on that route already."""
    owner, held = case.lead.owner, case.partner is not None
    on_route = owner is not None and not is_queue(owner) and held == (route is Route.CHANNEL)
    name = case.terms.qualified_leads.queues.get(route) if case.terms.qualified_leads else None
    pool = case.world.pool_named(name) if name and not on_route else None
    return pool.id if pool else None


def _credit(case: LeadCase, findings: tuple[Finding, ...]) -> tuple[Entry, ...]:
    """R2.15: a partner's lead that goes to direct sales stays the partner's in credit."""
    kept = any(found.message == Phrase.LEAD_CREDIT_KEPT for found in findings)
    if not kept or case.partner is None or case.world.docket.get(CreditEntry, case.lead.id) is not None:
        return ()
    return (
        CreditEntry(
            record=case.lead.id,
            firm=case.partner.id,
            since=case.lead.owner_since or case.lead.created_at,
            through=case.lead.id,
            subject=Kind.LEAD,
            handed=True,
        ),
    )
