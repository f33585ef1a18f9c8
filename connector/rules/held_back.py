"""A claim that waits for a person: what a person says of it, and what settles it without one (R3.7, R1.2, law 7)."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

from connector.canonical.docket import ClaimEntry, ClaimState, ConflictEntry, ConflictState
from connector.canonical.fact import Fact, FactKind
from connector.canonical.ids import RecordId
from connector.canonical.kind import Kind
from connector.canonical.phrase import Phrase
from connector.canonical.time import instant_text
from connector.canonical.verdict import Effect, Exhibit, Finding, Outcome, Verdict
from connector.policy.model import Policy, SameSecond
from connector.policy.outcomes import QuotaOf
from connector.rules import affiliation, claims, conflict, duty, pace, quota, reviews, rulings, tenure
from connector.rules.case import ClaimCase, finding, judge
from connector.rules.decision import Decision
from connector.rules.duties import of_a_partner
from connector.rules.notices import say, sentences, want
from connector.rules.protection import deadline
from connector.rules.rule import rule
from connector.rules.verdict import asking, verdict_on
from connector.rules.warehouse import limits
from connector.rules.world import World

AGAIN = "claim_again"
"""The tick by which a claim on hold is looked at once more."""

SETTLED = "settled"
"""The cause of a verdict on a claim that nothing holds back any more."""

_PLACES: dict[str, Callable[[ClaimCase], Iterable[Finding]]] = {
    "quota": quota.within_quota,
    "claim_pace": pace.claim_pace,
    "warehouse_limit": limits.within_limit,
}
"""The rules that ask because nobody can say which claim of one second came first: the end of one answers it."""


def looked_after(decision: Decision, world: World, policy: Policy | None) -> Decision:
    """The decision with a tick of this very second for every claim on hold that it may have set free."""
    leads: set[RecordId] = set()
    for entry in decision.entries:
        worked = isinstance(entry, ClaimEntry) and _set_free(entry, decision, policy)
        if isinstance(entry, ClaimEntry) and (not entry.open or entry.ruled_by or worked):
            group = decision.fact.kind is FactKind.CLAIMED  # judged together with those that may wait for it
            beside = _of_its_second(entry, world, policy)
            leads |= {claim.lead for claim in beside if group or not _PLACES.keys().isdisjoint(claim.hold)}
            leads |= {claim.lead for claim in _waiting(entry.lead, world) if claim.key != entry.key}
            leads |= {entry.lead} if worked and not _PLACES.keys().isdisjoint(entry.hold) else set()
        elif isinstance(entry, ConflictEntry) and not entry.open:
            sides = ((entry.left, entry.left_kind), (entry.right, entry.right_kind))
            leads |= {record for record, kind in sides if kind is Kind.LEAD and _waiting(record, world)}
    ticks = (deadline(AGAIN, Kind.LEAD, lead, decision.fact.instant) for lead in sorted(leads))
    return decision.model_copy(update={"entries": (*decision.entries, *ticks)}) if leads else decision


def _set_free(entry: ClaimEntry, decision: Decision, policy: Policy | None) -> bool:
    """Whether its work has set its place free: of a quota that counts what is not worked yet."""
    of_unworked = (
        policy is not None and policy.claims is not None and policy.claims.quota_of is QuotaOf.UNWORKED
    )
    return of_unworked and decision.fact.kind is FactKind.WORKED and entry.state is ClaimState.WORKED


def _of_its_second(ended: ClaimEntry, world: World, policy: Policy | None) -> Iterator[ClaimEntry]:
    """Open claims of the second of one that ended, or that a person let stand, where they were counted with it."""
    if policy is None or policy.claims is None or policy.claims.same_second is not SameSecond.PERSON:
        return
    for firm in affiliation.counted(world, ended.firm, policy.claims.quota_counts):
        for claim in world.docket.find(ClaimEntry, f"firm:{firm}"):
            if claim.lead != ended.lead and claim.opened.overlaps(ended.opened) and not claim.adopted:
                yield claim


def _waiting(lead: RecordId, world: World) -> list[ClaimEntry]:
    return [claim for claim in world.docket.find(ClaimEntry, f"lead:{lead}") if claim.hold]


def again(fact: Fact, world: World, policy: Policy) -> Decision:
    """A tick: what held a claim back is looked at once more, each rule that asked for itself."""
    for claim in _waiting(fact.record, world):
        case = claims.case_of(fact, world, policy, claim)
        if case is None:
            continue
        found = judge(case, [_PLACES[name] for name in claim.hold if name in _PLACES])
        if any(each.effect is Effect.REFUSE for each in found):
            return _refused(case, found, cause=SETTLED)
        asks = asking(found)
        left = tuple(name for name in claim.hold if name in asks or _still(name, claim, world))
        if left == claim.hold:
            continue
        suspected = claim.reason == claims.SUSPECTED and "fake_contact" not in left
        kept = claim.model_copy(update={"hold": left, **({"reason": ""} if suspected else {})})
        case = replace(case, entry=kept)
        settled = () if left or kept.reason else tuple(hold_ended(case))
        return _stands(case, (*found, *settled), cause=SETTLED) if settled else _as_is(case)
    return Decision(fact=fact)


def _still(name: str, claim: ClaimEntry, world: World) -> bool:
    """Whether what a rule asked is open yet. What is neither a conflict nor a question of places, a person answers."""
    if name == "first_holder":
        others = world.docket.find(ClaimEntry, f"lead:{claim.lead}")
        return any(each.firm != claim.firm for each in others)
    kind = conflict.kind_of_rule(name)
    if kind is None:
        return name not in _PLACES
    found = world.docket.find(ConflictEntry, f"record:{claim.lead}", open_only=False)
    mine = [each.state for each in found if each.kind == kind and each.state is not ConflictState.MERGED]
    return not mine or any(state.open for state in mine)


@rule("hold_ended", "R3.7", "R1.2")
def hold_ended(case: ClaimCase) -> Iterator[Finding]:
    """Nothing holds the claim back any more: the other claim of its second ended, or its conflict was settled."""
    since = instant_text(case.entry.opened.latest)
    shown = Exhibit(record=case.entry.lead, field="held_since", value=since)
    yield finding("hold_ended", Effect.PASS, Phrase.HOLD_ENDED, shown)


def reviewed(fact: Fact, world: World, policy: Policy) -> Decision:
    """One of our own people rules on a claim on hold, on the record itself: that stands (law 7)."""
    lead = world.lead(fact.record)
    held = world.docket.find(ClaimEntry, f"lead:{fact.record}")
    mine = next((claim for claim in held if lead is not None and claim.holder == lead.owner), None)
    ours = not of_a_partner(world.person(fact.actor))
    if mine is None or not ours or fact.actor == mine.holder or not (mine.hold or mine.reason):
        return Decision(fact=fact)
    case, yes = claims.case_of(fact, world, policy, mine), fact.value == "approve"
    findings = tuple(rulings.person(yes=yes))
    if case is None or not findings:
        return Decision(fact=fact)
    settled = reviews.resolved(world, fact)
    if not yes:
        decision = _refused(case, findings, cause="person")
    else:
        kept = mine.model_copy(update={"hold": (), "reason": "", "ruled_by": fact.actor})
        decision = _stands(replace(case, entry=kept), findings, cause="person")
        others = (claim for claim in held if claim.key != mine.key)
        settled += [tenure.closed(claim, ClaimState.TRANSFERRED, fact.instant) for claim in others]
    return decision.model_copy(update={"entries": (*decision.entries, *settled)})


def _as_is(case: ClaimCase) -> Decision:
    """It waits on, for less than before."""
    return Decision(fact=case.fact, entries=(case.entry,))


def _refused(case: ClaimCase, findings: tuple[Finding, ...], *, cause: str) -> Decision:
    entries, desired = claims.returned(case, findings)
    verdict = _verdict(case, findings, cause)
    over = tuple(duty.done(case.world, case.entry.lead))
    return Decision(fact=case.fact, verdict=verdict, entries=(*entries, *over), desired=desired)


def _stands(case: ClaimCase, findings: tuple[Finding, ...], *, cause: str) -> Decision:
    """The lead is its holder's, as from the claim on: the duty to work it goes on as it ran."""
    entry = case.entry
    said = [claims.opening(findings, Outcome.APPROVE)]
    said += sentences((each for each in findings if each.rule in ("person", "hold_ended")), Effect.PASS)
    worked = entry.state is ClaimState.WORKED
    if entry.work_by is not None and not worked:
        said.append((Phrase.CLAIM_HELD_WORK_BY, {"until": instant_text(entry.work_by)}))
    desired = (
        want(Kind.LEAD, entry.lead, "verdict", "worked" if worked else "held"),
        want(Kind.LEAD, entry.lead, "message", say(entry.holder, *said)),
    )
    return Decision(
        fact=case.fact, verdict=_verdict(case, findings, cause), entries=(entry,), desired=desired
    )


def _verdict(case: ClaimCase, findings: tuple[Finding, ...], cause: str) -> Verdict:
    entry = case.entry
    return verdict_on(Kind.LEAD, entry.lead, findings, case.policy, supersedes=entry.key, cause=cause)
