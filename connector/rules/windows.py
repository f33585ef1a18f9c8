"""The protection window as time passes: notified, reminded, extended, lapsed (R0.5, R1.4)."""

from datetime import datetime

from connector.canonical.docket import DeadlineEntry, Entry, RegistrationEntry, RegistrationState
from connector.canonical.fact import Fact
from connector.canonical.kind import Kind
from connector.canonical.phrase import Phrase
from connector.canonical.records import FilingStatus
from connector.canonical.time import instant_text
from connector.policy.model import Policy, RegistrationPolicy
from connector.rules import protection
from connector.rules.decision import Decision
from connector.rules.notices import say, want
from connector.rules.showing import window_shown, window_taken_down
from connector.rules.world import World

State = RegistrationState


def notified(fact: Fact, world: World, policy: Policy) -> Decision:
    """R0.5: the window runs from the partner's notification ("efter meddelelse")."""
    entry, terms = world.docket.get(RegistrationEntry, fact.record), policy.registrations
    if entry is None or terms is None or not entry.state.protects or entry.protected_from is not None:
        return Decision(fact=fact)
    ruled = protection.opened(terms.protection, entry, fact.instant)
    return Decision(
        fact=fact,
        entries=(ruled, *protection.deadlines(terms, ruled, fact.instant)),
        desired=tuple(window_shown(ruled)),
    )


def window_due(fact: Fact, world: World, policy: Policy) -> Decision:
    """A tick of the window: a reminder, an extension by activity where the policy allows it, or the lapse."""
    entry, terms = world.docket.get(RegistrationEntry, fact.record), policy.registrations
    if entry is None or terms is None or not entry.state.protects or entry.protected_until is None:
        return Decision(fact=fact, entries=_tick_done(world, fact))
    done = _tick_done(world, fact)
    until = instant_text(entry.protected_until)
    if fact.value.startswith(protection.REMIND):
        said = say(entry.registrant, (Phrase.FILING_EXPIRES_SOON, {"until": until}))
        return Decision(
            fact=fact, entries=done, desired=(want(Kind.REGISTRATION, fact.record, "message", said),)
        )
    extend = terms.protection.extend
    if entry.extensions < extend.times and _active(world, entry, fact.instant, terms):
        end = entry.protected_until + extend.by
        longer = entry.model_copy(
            update={"state": State.EXTENDED, "extensions": entry.extensions + 1, "protected_until": end}
        )
        said = say(entry.registrant, (Phrase.FILING_EXTENDED, {"until": instant_text(end)}))
        desired = (*window_shown(longer), want(Kind.REGISTRATION, fact.record, "message", said))
        return Decision(
            fact=fact,
            entries=(*done, longer, *protection.deadlines(terms, longer, fact.instant)),
            desired=desired,
        )
    return _lapsed(fact, world, entry, done)


def _lapsed(fact: Fact, world: World, entry: RegistrationEntry, done: tuple[Entry, ...]) -> Decision:
    filing = world.registration(fact.record)
    desired = (
        want(
            Kind.REGISTRATION,
            fact.record,
            "status",
            FilingStatus.LAPSED.value,
            contested=True,
            expected=filing.status.value if filing else None,
        ),
        want(Kind.REGISTRATION, fact.record, "message", say(entry.registrant, (Phrase.FILING_LAPSED, {}))),
        *window_taken_down(entry, world),
    )
    return Decision(
        fact=fact, entries=(*done, entry.model_copy(update={"state": State.LAPSED})), desired=desired
    )


def deadlines_done(world: World, entry: RegistrationEntry) -> list[Entry]:
    """Every deadline of a registration that has ended."""
    found = world.docket.find(DeadlineEntry, f"record:{entry.registration}")
    return [due.model_copy(update={"done": True}) for due in found]


def _tick_done(world: World, fact: Fact) -> tuple[Entry, ...]:
    due = world.docket.get(DeadlineEntry, f"{fact.record}|{fact.value}")
    return (due.model_copy(update={"done": True}),) if due else ()


def _active(world: World, entry: RegistrationEntry, now: datetime, terms: RegistrationPolicy) -> bool:
    within = terms.protection.extend.activity_within
    if within is None:
        return True
    records = [entry.registration, *([entry.opportunity] if entry.opportunity else [])]
    return any(
        activity.created_at >= now - within for record in records for activity in world.activities(record)
    )
