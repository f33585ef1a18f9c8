"""A person's ruling, read from the org: it is a fact, and never overwritten (law 7)."""

from connector.canonical.docket import (
    ConflictEntry,
    ConflictState,
    Entry,
    RegistrationEntry,
    RegistrationState,
)
from connector.canonical.fact import Fact
from connector.canonical.intent import Desired
from connector.canonical.kind import Kind
from connector.canonical.phrase import Phrase
from connector.canonical.records import FilingStatus
from connector.canonical.verdict import Effect, Finding
from connector.policy.model import Policy
from connector.rules import rulings, seconds, sharing, superseding, waiting, windows
from connector.rules.case import FilingCase, judge
from connector.rules.decision import Decision
from connector.rules.duties import of_a_partner
from connector.rules.filing_case import case_of
from connector.rules.filings import CONFLICT, JUDGEABLE, approved
from connector.rules.notices import say, sentences, want
from connector.rules.showing import credit_shown, shown, window_taken_down
from connector.rules.verdict import verdict_on
from connector.rules.world import World

State = RegistrationState

OPEN_TO_A_PERSON = (*JUDGEABLE, State.APPROVED, State.EXTENDED, State.REJECTED, State.LAPSED)
"""What a person may still rule on: a deal that closed, or a filing taken back, is over."""

_YES = ("approve", "accept")
_NO = ("reject", "refuse", "decline", "deny")


def reviewed(fact: Fact, world: World, policy: Policy) -> Decision:
    """The person's word stands, whatever the rules said; a word that is neither yes nor no rules nothing."""
    entry, terms = world.docket.get(RegistrationEntry, fact.record), policy.registrations
    filing, said = world.registration(fact.record), fact.value.strip().casefold()
    yes = said.startswith(_YES)
    if entry is None or terms is None or filing is None or not (yes or said.startswith(_NO)):
        return Decision(fact=fact)
    partners = of_a_partner(world.person(fact.actor))
    if yes and entry.state.protects and (filing.status.approves or not partners):
        # It stands on the record: the partner can read it, and may have saved before we looked again.
        return windows.notified(fact, world, policy)
    if entry.state not in OPEN_TO_A_PERSON or partners:
        return Decision(fact=fact)
    if not yes and entry.state is State.REJECTED:
        return Decision(fact=fact)
    case = case_of(fact, world, policy, terms=terms, filing=filing, entry=entry)
    if yes and (lacking := judge(case, (rulings.rulings,))):
        return _not_yet(case, lacking)
    return settled(case, tuple(rulings.person(yes=yes)), yes=yes, cause="person")


def settled(case: FilingCase, findings: tuple[Finding, ...], *, yes: bool, cause: str) -> Decision:
    """The filing approved or rejected at the fact, by a person or by nobody's word, with all that follows."""
    fact, world, policy, entry, filing = case.fact, case.world, case.policy, case.entry, case.filing
    verdict = verdict_on(
        Kind.REGISTRATION, filing.id, findings, policy, supersedes=entry.state.value, cause=cause
    )
    ruled = entry.model_copy(
        update={
            "state": State.APPROVED if yes else State.REJECTED,
            "ruled_by": fact.actor,
            "complete": entry.complete or fact.when,  # an incomplete filing had no place before this word
            "protected_from": None,
            "protected_until": None,
            "appealed": False,
            "ruled_at": fact.instant,
            # silence says nothing against the deal, and an appeal turned down starts no wait anew
            "refused_as_filed": not yes and (entry.appealed or cause != "person"),
            "approved_by": (),
        }
    )
    more: tuple[Entry, ...] = () if yes else tuple(windows.deadlines_done(world, entry))
    told: tuple[Entry, ...] = ()
    shared: tuple[Desired, ...] = ()
    if yes:
        found = judge(case, CONFLICT)  # what the policy grants beside others, a person grants too
        ruled = sharing.granted(case, ruled, found)
        told = sharing.first_told(case, ruled, found)
        ruled, more = approved(ruled, policy, fact.instant, world)
        shared = tuple(sharing.shown(case, ruled, told))
        losing = seconds.loses_to(case, by_a_person=True) if cause == "person" else []
        more += tuple(superseding.give_way(losing, ruled, fact.instant, "by a person"))
    clock = waiting.kept(policy, world, entry, ruled, fact.instant)
    ruled, more = clock.entry, (*clock.deadlines, *more)
    down = () if yes else window_taken_down(entry, world)
    ours = (*shared, *clock.desired, *credit_shown(ruled, more), *down)
    desired = (*shown(case, ruled, findings, verdict.outcome), *ours)
    return Decision(
        fact=fact,
        verdict=verdict,
        entries=(ruled, *told, *more, *(resolved(world, fact) if cause == "person" else ())),
        desired=desired,
    )


def _not_yet(case: FilingCase, lacking: tuple[Finding, ...]) -> Decision:
    """An approval that is not the last word: the filing waits on, and shows no more than that."""
    entry, filing, fact = case.entry, case.filing, case.fact
    verdict = verdict_on(Kind.REGISTRATION, filing.id, lacking, case.policy, cause="person")
    counted = rulings.counts(lacking)
    if counted and fact.actor is not None:
        entry = entry.model_copy(update={"approved_by": (*entry.approved_by, fact.actor)})
    desired: list[Desired] = []
    if counted:
        said = say(entry.registrant, (Phrase.FILING_IN_REVIEW, {}), *sentences(lacking, Effect.ASK))
        desired.append(want(Kind.REGISTRATION, filing.id, "message", said))
    if filing.status.approves:  # one person set the status where the policy asks for two
        waits = FilingStatus.REJECTED if entry.state is State.REJECTED else FilingStatus.IN_REVIEW
        expected = filing.status.value
        desired.append(
            want(Kind.REGISTRATION, filing.id, "status", waits.value, contested=True, expected=expected)
        )
    return Decision(fact=fact, verdict=verdict, entries=(entry,), desired=tuple(desired))


def resolved(world: World, fact: Fact) -> list[Entry]:
    """A person's ruling on a filing, or on a claim on hold, settles the conflicts that were waiting for it."""
    return [
        pair.model_copy(
            update={"state": ConflictState.RESOLVED, "resolution": fact.value, "resolved_by": fact.actor}
        )
        for pair in world.docket.find(ConflictEntry, f"record:{fact.record}")
    ]
