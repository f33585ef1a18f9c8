"""A registration whose record comes back out of the recycle bin: it is what it was (R1.3, R1.4, R0.10).

Deleting a record takes no filing back, as withdrawing it does: nobody gave the deal up, and nobody ruled. So the
registration has its state again, its place in time and its window to that window's end. The place stays the original
one: the first *complete* filing wins (R1.3), the org itself stamped when this one was complete, and nothing that was
filed has changed. Nobody loses by that. Who came to protect the customer in between is not ousted by an older place:
where there is such a one, a person decides (law 7), and a filing that had not been ruled on is judged anew, by all
that is known now.
"""

from collections.abc import Iterator

from connector.canonical.docket import (
    ConflictEntry,
    ConflictState,
    Entry,
    RegistrationEntry,
    RegistrationState,
)
from connector.canonical.fact import Fact
from connector.canonical.kind import Kind
from connector.canonical.phrase import Phrase
from connector.canonical.verdict import Effect, Exhibit, Finding
from connector.matching import Outcome as MatchOutcome
from connector.policy.model import Policy
from connector.rules import filings, waiting
from connector.rules.case import FilingCase, finding, judge
from connector.rules.conflict import anew, pair
from connector.rules.decision import Decision, joined
from connector.rules.disputes import BY_RULE
from connector.rules.filing_case import case_of
from connector.rules.notices import conflict_record, in_conflict
from connector.rules.reopening import stands_again
from connector.rules.rivals import Relation
from connector.rules.rule import rule
from connector.rules.scope import scope_of
from connector.rules.showing import shown
from connector.rules.verdict import verdict_on
from connector.rules.world import World

State = RegistrationState

_ANEW = {"voided_from": None, "waiting_since": None}
"""What the time in the bin leaves nothing of: the clock of whoever has to rule starts again."""


def admitted(fact: Fact, world: World, policy: Policy) -> tuple[Entry, ...]:
    """The entry as it was before its record was deleted, so that two that come back in one second see each other.

    What was incomplete and is whole by now, saved since it came back, has its place from then on (R1.3).
    """
    entry = world.docket.get(RegistrationEntry, fact.record)
    if entry is None or entry.state is not State.VOIDED or entry.voided_from is None:
        return ()
    back = entry.model_copy(update={"state": entry.voided_from, **_ANEW})
    waits = back.state in filings.JUDGEABLE and not back.appealed
    return filings.placed(fact, world, policy, back) if waits else (back,)


def restored(fact: Fact, world: World, policy: Policy) -> Decision:
    """It stands, or waits, as before; what had ended before the record was deleted stays ended."""
    entry, filing = world.docket.get(RegistrationEntry, fact.record), world.registration(fact.record)
    terms = policy.registrations
    if entry is None or filing is None or terms is None or entry.voided_at is None or not entry.open:
        return Decision(fact=fact)
    if not entry.state.protects:
        return joined(_waits_again(fact, world, policy, entry), _reopened(fact, world))
    case = case_of(fact, world, policy, terms=terms, filing=filing, entry=entry)
    found = judge(case, (came_meanwhile,)) if entry.protects_at(world.now) else ()
    if found:
        return joined(_asked(case, found), _reopened(fact, world))
    again = stands_again(fact, world, policy, entry, Phrase.FILING_BACK)
    return joined(again, _reopened(fact, world))


@rule("came_meanwhile", "R1.2", "R1.4")
def came_meanwhile(case: FilingCase) -> Iterator[Finding]:
    """Another registration has come to protect this customer while the record was deleted: a person decides."""
    for record, evidence in _come_since(case):
        exhibit = Exhibit(record=record, field=Relation.APPROVED_LATER, value=evidence)
        yield finding("came_meanwhile", Effect.ASK, Phrase.CAME_MEANWHILE, exhibit)


def _come_since(case: FilingCase) -> Iterator[tuple[str, str]]:
    """What protects the customer by a ruling since the deletion: others' by the rules of rivals, and the firm's own."""
    docket, entry = case.world.docket, case.entry
    found = {rival.record: rival.evidence for rival in case.rivals if rival.standing}
    kinds = (Kind.REGISTRATION,)
    scope = scope_of(case.terms, case.policy).within_a_firm
    for match in case.world.matches(
        case.filing.customer, kinds, case.policy.same_customer, besides=case.filing.id
    ):
        other, there = docket.get(RegistrationEntry, match.record), case.world.registration(match.record)
        own = other is not None and other.firm == entry.firm
        if other is None or there is None or not own or match.comparison.outcome is not MatchOutcome.SAME:
            continue
        if not scope.apart(case.filing, other, there, case.world.now):
            found.setdefault(other.registration, match.comparison.explain())
    for record in sorted(found):
        other = docket.get(RegistrationEntry, record)
        if other and other.protects_at(case.world.now) and _since(other, entry):
            yield record, found[record]


def _since(other: RegistrationEntry, entry: RegistrationEntry) -> bool:
    """Whether the other was approved after this one's record was deleted: what stood beside it before, may again."""
    gone_at = entry.voided_at
    return gone_at is not None and other.ruled_at is not None and other.ruled_at >= gone_at


def _asked(case: FilingCase, findings: tuple[Finding, ...]) -> Decision:
    """In review, with a conflict for each rival: nobody's approval is undone, and nothing protects twice."""
    fact, world = case.fact, case.world
    verdict = verdict_on(
        Kind.REGISTRATION,
        fact.record,
        findings,
        case.policy,
        supersedes=case.entry.state.value,
        cause="restored",
    )
    waits = case.entry.model_copy(
        update={"state": State.IN_REVIEW, "protected_from": None, "protected_until": None}
    )
    clock = waiting.started(case.policy, world, waits, fact.instant)
    mine = (case.filing.id, Kind.REGISTRATION)
    shows = [each.exhibits[0] for each in findings]
    met = [
        pair("partner_partner", mine, (each.record, Kind.REGISTRATION), fact.instant, each.value)
        for each in shows
        if (other := world.docket.get(RegistrationEntry, each.record)) and other.firm != waits.firm
    ]
    conflicts = [opened for each in met if (opened := anew(world.docket, each)) is not None]
    return Decision(
        fact=fact,
        verdict=verdict,
        entries=(clock.entry, *clock.deadlines, *conflicts),
        desired=(
            *shown(case, clock.entry, findings, verdict.outcome),
            *clock.desired,
            *in_conflict(conflicts),
        ),
        creations=tuple(conflict_record(each) for each in conflicts),
    )


def _waits_again(fact: Fact, world: World, policy: Policy, entry: RegistrationEntry) -> Decision:
    """Judged by all that is known now; what a person was to decide still waits for a person."""
    if not entry.appealed:
        return filings.judged(fact, world, policy)
    clock = waiting.started(policy, world, entry, fact.instant)
    return Decision(fact=fact, entries=(clock.entry, *clock.deadlines), desired=clock.desired)


def _reopened(fact: Fact, world: World) -> Decision:
    """The conflicts that were settled only because the record was gone, where their other side still contests."""
    again = [
        conflict.model_copy(
            update={"state": ConflictState.REOPENED, "resolution": "", "reopened": conflict.reopened + 1}
        )
        for conflict in world.docket.find(ConflictEntry, f"record:{fact.record}", open_only=False)
        if conflict.resolution == f"{BY_RULE}{State.VOIDED.value}" and not _over(conflict, fact, world)
    ]
    creations = tuple(conflict_record(each) for each in again)
    return Decision(fact=fact, entries=tuple(again), desired=in_conflict(again), creations=creations)


def _over(conflict: ConflictEntry, fact: Fact, world: World) -> bool:
    other = conflict.right if conflict.left == fact.record else conflict.left
    entry = world.docket.get(RegistrationEntry, other)
    return entry is not None and not entry.open
