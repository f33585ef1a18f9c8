"""The decision clock: by when a person has to rule, and who is called when nobody does (R1.12)."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from connector.canonical.docket import DeadlineEntry, Entry, RegistrationEntry, RegistrationState
from connector.canonical.fact import Fact
from connector.canonical.ids import RecordId
from connector.canonical.intent import Desired
from connector.canonical.kind import Kind
from connector.canonical.phrase import Phrase
from connector.canonical.time import instant_text
from connector.canonical.verdict import Effect, Exhibit, Finding
from connector.policy.calendar import after
from connector.policy.model import ConditionFailed, Policy
from connector.policy.windows import Escalation
from connector.rules import protection
from connector.rules.case import finding
from connector.rules.decision import Decision
from connector.rules.notices import say, want
from connector.rules.protection import deadline
from connector.rules.rule import rule
from connector.rules.verdict import verdict_on
from connector.rules.world import World

DECIDE_BY = "decide_by"
ESCALATE = "escalate"
SILENCE = "silence"
WAITS = (RegistrationState.IN_REVIEW, RegistrationState.DEFERRED)


@dataclass(frozen=True, kw_only=True, slots=True)
class Clock:
    """The entry with its clock running or stopped, the deadlines that follow, and what the record shows."""

    entry: RegistrationEntry
    deadlines: tuple[Entry, ...] = ()
    desired: tuple[Desired, ...] = ()


def kept(
    policy: Policy, world: World, before: RegistrationEntry | None, ruled: RegistrationEntry, moment: datetime
) -> Clock:
    """Start the clock of a filing that comes to a person, stop that of one that waits no more.

    A filing that was amended and still waits keeps the clock that runs.
    """
    since = before.waiting_since if before else None
    if ruled.state in WAITS:
        if since is not None:
            return Clock(entry=ruled.model_copy(update={"waiting_since": since}))
        return started(policy, world, ruled, moment)
    if since is None:
        return Clock(entry=ruled)
    return Clock(
        entry=ruled.model_copy(update={"waiting_since": None}),
        deadlines=stopped(world, ruled),
        desired=(
            want(Kind.REGISTRATION, ruled.registration, "decide_by", None),
            want(Kind.REGISTRATION, ruled.registration, "escalated_to", None),
        ),
    )


def started(policy: Policy, world: World, ruled: RegistrationEntry, moment: datetime) -> Clock:
    """The clock from `moment` on: one deadline for the decision, one for each step of the ladder."""
    running = ruled.model_copy(update={"waiting_since": moment})
    terms, record = policy.registrations, ruled.registration
    if terms is None:
        return Clock(entry=running)
    about, office = protection.about(policy, world, ruled), policy.office_hours
    steps = [
        deadline(f"{ESCALATE}_{place}", Kind.REGISTRATION, record, after(moment, step.after, office))
        for place, step in enumerate(terms.escalate, 1)
        if _applies(step, about)
    ]
    steps += _silence(policy, about, record, moment)
    try:
        within = terms.decide_within.pick(about)
    except ConditionFailed:  # nobody can say which desk's time it is: the ladder runs all the same
        within = None
    if within is None:
        return Clock(entry=running, deadlines=tuple(steps))
    due = after(moment, within, office)
    return Clock(
        entry=running,
        deadlines=(deadline(DECIDE_BY, Kind.REGISTRATION, record, due), *steps),
        desired=(want(Kind.REGISTRATION, record, "decide_by", instant_text(due)),),
    )


def _silence(
    policy: Policy, about: Mapping[str, object], record: RecordId, moment: datetime
) -> list[DeadlineEntry]:
    """When silence rules. Where nobody can say which row holds, it never does: doubt is no permission (law 8)."""
    try:
        terms = policy.registrations.by_silence.pick(about) if policy.registrations else None
    except ConditionFailed:
        return []
    if terms is None:
        return []
    return [deadline(SILENCE, Kind.REGISTRATION, record, after(moment, terms.after, policy.office_hours))]


def stopped(world: World, entry: RegistrationEntry) -> tuple[Entry, ...]:
    """The deadlines of the clock, done with."""
    found = world.docket.find(DeadlineEntry, f"record:{entry.registration}")
    return tuple(due.model_copy(update={"done": True}) for due in found if _ours(due.name))


def _ours(name: str) -> bool:
    return name in (DECIDE_BY, SILENCE) or name.startswith(f"{ESCALATE}_")


def _applies(step: Escalation, about: Mapping[str, object]) -> bool:
    """Whether a step is meant for this filing; where that cannot be said, it is: better one call too many."""
    try:
        return step.when is None or bool(step.when.holds(about))  # type: ignore[attr-defined]
    except ConditionFailed:
        return True


def overdue(fact: Fact, world: World, policy: Policy) -> Decision:
    """A tick of the clock: the decision is late, or the next desk is called."""
    entry, terms = world.docket.get(RegistrationEntry, fact.record), policy.registrations
    due = world.docket.get(DeadlineEntry, f"{fact.record}|{fact.value}")
    done: tuple[Entry, ...] = (due.model_copy(update={"done": True}),) if due else ()
    if entry is None or terms is None or entry.state not in WAITS:
        return Decision(fact=fact, entries=done)
    late = fact.value == DECIDE_BY
    place = 0 if late else int(fact.value.rpartition("_")[2])
    step = terms.escalate[place - 1] if 0 < place <= len(terms.escalate) else None
    findings = tuple(decision_overdue(entry) if late else escalation(entry, step))
    if not findings:
        return Decision(fact=fact, entries=done)
    verdict = verdict_on(Kind.REGISTRATION, entry.registration, findings, policy)
    desired: tuple[Desired, ...] = ()
    if step is not None:
        desired = (want(Kind.REGISTRATION, entry.registration, "escalated_to", step.to),)
    elif late:
        said = say(entry.registrant, (Phrase.FILING_IN_REVIEW, {}), (Phrase.FILING_DECISION_LATE, {}))
        desired = (want(Kind.REGISTRATION, entry.registration, "message", said),)
    return Decision(fact=fact, verdict=verdict, entries=done, desired=desired)


@rule("decision_overdue", "R1.12")
def decision_overdue(entry: RegistrationEntry) -> Iterator[Finding]:
    """A person ought to have ruled by now."""
    yield finding("decision_overdue", Effect.ASK, Phrase.DECISION_OVERDUE, _since(entry), desk=True)


@rule("escalation", "R1.12", "R1.14")
def escalation(entry: RegistrationEntry, step: Escalation | None) -> Iterator[Finding]:
    """Nobody has ruled: the next desk of the ladder is called."""
    if step is not None:
        yield finding("escalation", Effect.ASK, Phrase.ESCALATED, _since(entry), desk=True, to=step.to)


def _since(entry: RegistrationEntry) -> Exhibit:
    since = instant_text(entry.waiting_since) if entry.waiting_since else ""
    return Exhibit(record=entry.registration, field="waiting_since", value=since)
