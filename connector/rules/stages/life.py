"""The life of a deal through its stages: each fact about it is judged by all rules of the stages (R2)."""

from collections.abc import Callable, Iterable
from decimal import Decimal

from connector.canonical.docket import ConflictEntry, DeadlineEntry, Entry
from connector.canonical.fact import Fact, FactKind
from connector.canonical.intent import Desired
from connector.canonical.kind import Kind
from connector.canonical.records import Opportunity
from connector.canonical.staged import StageEntry
from connector.canonical.verdict import Finding, Outcome, weigh
from connector.policy.model import Policies, Policy
from connector.rules.case import judge
from connector.rules.decision import Decision
from connector.rules.disputes import looked_after
from connector.rules.notices import conflict_record, want
from connector.rules.stages import gates, going_on, leads, partners, picture, plan, timers
from connector.rules.stages.case import DealCase, deal_case
from connector.rules.stages.showing import shown, taken_down
from connector.rules.verdict import verdict_on
from connector.rules.world import World

RULES: tuple[Callable[[DealCase], Iterable[Finding]], ...] = (
    gates.stage_known,
    plan.plan_size,
    gates.stage_evidence,
    gates.manager_approval,
    gates.skipped_stage,
    going_on.go_no_go,
    partners.partner_entry,
    partners.partner_fit,
    partners.partner_conflict,
    partners.incumbency,
    timers.review_due,
    timers.late_payment,
    timers.order_exception,
    gates.revenue,
    picture.completeness,
)
JUDGED = (
    FactKind.OPENED,
    FactKind.RESTORED,
    FactKind.REASSIGNED,
    FactKind.STAGE_MOVED,
    FactKind.SUPPLIED,
    FactKind.SIGNED,
    FactKind.CLOSED,
    FactKind.ACTIVE,
)


def beside(decision: Decision, fact: Fact, world: World, policies: Policies) -> Decision:
    """A decision, with what the policy of the stages in force says of the same fact."""
    policy = policies.for_stages(fact.instant)
    if policy is None or policy.stages is None:
        return decision
    return united(decision, looked_after(_judged(fact, world, policy), world, policy))


def _judged(fact: Fact, world: World, policy: Policy) -> Decision:
    if fact.subject is Kind.LEAD:
        return leads.judged(fact, world, policy)
    if fact.subject is Kind.CUSTOMER and fact.kind is FactKind.SIGNED:
        decision = Decision(fact=fact)
        for entry in tuple(world.docket.find(StageEntry, f"customer:{fact.record}")):
            deal = world.opportunity(entry.deal)
            decision = united(decision, _of_deal(fact, world, policy, deal) if deal else decision)
        return decision
    if fact.subject is Kind.CONFLICT and fact.kind is FactKind.REVIEWED:
        conflict = world.docket.get(ConflictEntry, fact.detail.get("key", ""))
        again = tuple(timers.reconsidered(conflict, fact)) if conflict else ()
        return Decision(fact=fact, entries=again)
    if fact.subject is not Kind.OPPORTUNITY:
        return Decision(fact=fact)
    if fact.kind in (FactKind.DELETED, FactKind.MERGED):
        return Decision(fact=fact, entries=_over(fact, world))
    timed = fact.kind is FactKind.TICK and fact.value in (*timers.NAMES, timers.RECONSIDER)
    deal = world.opportunity(fact.record)
    if deal is None or not (timed or fact.kind in JUDGED):
        return Decision(fact=fact)
    return _of_deal(fact, world, policy, deal)


def _of_deal(fact: Fact, world: World, policy: Policy, deal: Opportunity) -> Decision:
    entry = world.docket.get(StageEntry, deal.id)
    case = deal_case(fact, world, policy, deal, entry, _before(fact, entry))
    if deal.closed and not deal.won:
        ended = _entry(case, deal.stage, (), None).model_copy(update={"ended": True})
        return Decision(fact=fact, entries=(ended, *timers.deadlines(case)), desired=tuple(taken_down(case)))
    if fact.kind is FactKind.STAGE_MOVED and entry and entry.put_back and entry.put_back == deal.stage:
        back = entry.model_copy(update={"stage": deal.stage, "put_back": None})
        return Decision(fact=fact, entries=(back,))  # our own hand: what was said of the move stays
    findings = judge(case, RULES)
    outcome = weigh(findings)
    refused = outcome is Outcome.REJECT and case.before is not None
    stands = case.before if refused else deal.stage
    skipped = tuple(sorted(Decimal(f.params["stage"]) for f in findings if f.rule == "skipped_stage"))
    opened = tuple(partners.conflicts(case, findings))
    after = _entry(case, stands, skipped, case.before if refused else None)
    return Decision(
        fact=fact,
        verdict=verdict_on(Kind.OPPORTUNITY, deal.id, findings, policy),
        entries=(after, *timers.deadlines(case), *opened),
        desired=(*shown(case, findings, outcome), *_moved(case, refused=refused)),
        creations=tuple(conflict_record(each) for each in opened),
    )


def _before(fact: Fact, entry: StageEntry | None) -> Decimal | None:
    """The stage that stood before: what we judged last, else what the fact says; a deal just opened had none."""
    if entry is not None:
        return entry.stage
    if fact.kind is FactKind.OPENED:
        return Decimal(0)
    if fact.kind is FactKind.STAGE_MOVED and fact.prior not in ("", "None"):
        return Decimal(fact.prior)
    return None


def _moved(case: DealCase, *, refused: bool) -> tuple[Desired, ...]:
    """A refused move goes back by compare-and-set; one that has its evidence by now stays after all."""
    waiting = case.entry.put_back if case.entry else None
    if case.deal.stage is None or not (refused or waiting is not None):
        return ()
    here = str(case.deal.stage)
    value = str(case.before) if refused else here
    return (want(Kind.OPPORTUNITY, case.deal.id, "stage", value, contested=True, expected=here),)


def _entry(
    case: DealCase, stage: Decimal | None, skipped: tuple[Decimal, ...], put_back: Decimal | None
) -> StageEntry:
    deal, known = case.deal, case.entry
    agents = known.agents if known else ()
    if deal.agent is not None and deal.agent not in agents:
        agents = (*agents, deal.agent)
    return StageEntry(
        deal=deal.id,
        customer=deal.customer,
        stage=stage,
        skipped=skipped,
        put_back=put_back,
        agent=deal.agent,
        agent_at=partners.entered_at(case) if deal.agent else None,
        agents=agents,
        adopted_at=known.adopted_at if known else None,
    )


def adopted(fact: Fact, world: World, policy: Policy, deal: Opportunity) -> tuple[Entry, ...]:
    """Law 16: a deal as it stands at go-live, with the reviews that fall due from there on; nothing is judged."""
    entry = StageEntry(
        deal=deal.id,
        customer=deal.customer,
        stage=deal.stage,
        agent=deal.agent,
        agent_at=deal.stage if deal.agent else None,
        agents=(deal.agent,) if deal.agent else (),
        adopted_at=fact.instant,
    )
    case = deal_case(fact, world, policy, deal, entry, deal.stage)
    return (entry, *timers.deadlines(case))


def _over(fact: Fact, world: World) -> tuple[Entry, ...]:
    known = world.docket.get(StageEntry, fact.record)
    dues = (world.docket.get(DeadlineEntry, f"{fact.record}|{name}") for name in timers.NAMES)
    done = tuple(due.model_copy(update={"done": True}) for due in dues if due and due.open)
    return (known.model_copy(update={"ended": True}), *done) if known else done


def united(one: Decision, other: Decision) -> Decision:
    """Two decisions on one fact as one: refusal beats permission, and doubt beats a pass."""
    verdict = one.verdict or other.verdict
    if one.verdict and other.verdict and one.verdict is not other.verdict:
        findings = (*one.verdict.findings, *other.verdict.findings)
        verdict = one.verdict.model_copy(update={"findings": findings, "outcome": weigh(findings)})
    return one.model_copy(
        update={
            "verdict": verdict,
            "entries": (*one.entries, *other.entries),
            "desired": (*one.desired, *other.desired),
            "creations": (*one.creations, *other.creations),
        }
    )
