"""The protection window as time passes: notified, visited, renewed, reminded, extended, lapsed (R0.5, R1.4)."""

from connector.canonical.docket import DeadlineEntry, Entry, RegistrationEntry, RegistrationState
from connector.canonical.fact import Fact
from connector.canonical.kind import Kind
from connector.canonical.phrase import Phrase
from connector.canonical.records import FilingStatus
from connector.canonical.time import instant_text
from connector.policy.model import Policy
from connector.policy.windows import Starts
from connector.rules import protection, signs
from connector.rules.decision import Decision
from connector.rules.lengthening import comes_by_itself, lengthened
from connector.rules.notices import say, want
from connector.rules.showing import window_shown, window_taken_down
from connector.rules.world import World

State = RegistrationState


def notified(fact: Fact, world: World, policy: Policy) -> Decision:
    """R0.5: the window runs from the partner's notification ("efter meddelelse")."""
    entry, terms = world.docket.get(RegistrationEntry, fact.record), policy.registrations
    if entry is None or terms is None or not waits_for_its_start(entry):
        return Decision(fact=fact)
    if terms.protection.starts is Starts.FIRST_VISIT:
        return Decision(fact=fact)
    return _begun(fact, world, policy, protection.opened(policy, entry, fact.instant, world))


def active(fact: Fact, world: World, policy: Policy, entry: RegistrationEntry) -> Decision:
    """R1.4: the partner's activity starts a window that waits for the first visit, or renews one."""
    terms = policy.registrations
    if terms is None or not entry.state.protects:
        return Decision(fact=fact)
    newest = signs.last(world, entry, fact.instant)
    if newest is None:
        return Decision(fact=fact)
    if waits_for_its_start(entry) and terms.protection.starts is Starts.FIRST_VISIT:
        visit = signs.first(world, entry, entry.filed.latest)
        return _begun(fact, world, policy, protection.opened(policy, entry, visit or newest, world))
    longer = protection.renewed(policy, entry, newest, world)
    if longer.protected_until == entry.protected_until:
        return Decision(fact=fact)
    return _begun(fact, world, policy, longer)


def close_moved(fact: Fact, world: World, policy: Policy) -> Decision:
    """R1.4: the expected close of an approved registration was moved, and with it the end of a window that follows."""
    entry = world.docket.get(RegistrationEntry, fact.record)
    standing = entry is not None and entry.protects_at(fact.instant) and not entry.goes_on
    if entry is None or policy.registrations is None or not standing:
        return Decision(fact=fact)
    longer = protection.followed(policy, entry, world)
    if longer.protected_until == entry.protected_until or longer.protected_until is None:
        return Decision(fact=fact)
    until = instant_text(longer.protected_until)
    said = say(entry.registrant, (Phrase.FILING_CLOSE_MOVED, {"until": until}))
    begun = _begun(fact, world, policy, longer)
    message = want(Kind.REGISTRATION, entry.registration, "message", said)
    return begun.model_copy(update={"desired": (*begun.desired, message)})


def waits_for_its_start(entry: RegistrationEntry) -> bool:
    """Whether it is approved, and its window waits for the notification or a visit."""
    return entry.state.protects and entry.protected_from is None and not entry.unprotected


def _begun(fact: Fact, world: World, policy: Policy, entry: RegistrationEntry) -> Decision:
    started = [
        due.model_copy(update={"done": True})
        for due in world.docket.find(DeadlineEntry, f"record:{entry.registration}")
        if due.name == protection.START_BY
    ]
    return Decision(
        fact=fact,
        entries=(entry, *started, *protection.deadlines(policy, entry, fact.instant)),
        desired=tuple(window_shown(entry)),
    )


def window_due(fact: Fact, world: World, policy: Policy) -> Decision:
    """A tick of the window: a reminder, an extension by itself where the policy allows it, or the lapse."""
    if fact.value == protection.NOTIFIED:
        return notified(fact, world, policy)
    entry, terms = world.docket.get(RegistrationEntry, fact.record), policy.registrations
    done = _tick_done(world, fact)
    if entry is not None and entry.goes_on and fact.value == protection.ENDS:
        return Decision(fact=fact, entries=(*done, entry.model_copy(update={"goes_on": False})))
    if entry is None or terms is None or not entry.state.protects:
        return Decision(fact=fact, entries=done)
    if fact.value == protection.START_BY:
        return _lapsed(fact, world, entry, done) if waits_for_its_start(entry) else _over(fact, done)
    if entry.protected_until is None:
        return _over(fact, done)
    if fact.value.startswith(protection.REMIND):
        until = instant_text(entry.protected_until)
        said = say(entry.registrant, (Phrase.FILING_EXPIRES_SOON, {"until": until}))
        return Decision(
            fact=fact, entries=done, desired=(want(Kind.REGISTRATION, fact.record, "message", said),)
        )
    if comes_by_itself(entry, policy, world):
        return lengthened(fact, world, policy, entry, done=done)
    return _lapsed(fact, world, entry, done)


def _over(fact: Fact, done: tuple[Entry, ...]) -> Decision:
    return Decision(fact=fact, entries=done)


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
    lapsed = entry.model_copy(update={"state": State.LAPSED})
    if lapsed.protected_until is None:  # its window never began: a wait counts from now
        lapsed = lapsed.model_copy(update={"lapsed_at": fact.instant})
    return Decision(fact=fact, entries=(*done, lapsed), desired=desired)


def deadlines_done(world: World, entry: RegistrationEntry) -> list[Entry]:
    """Every deadline of a registration that has ended."""
    found = world.docket.find(DeadlineEntry, f"record:{entry.registration}")
    return [due.model_copy(update={"done": True}) for due in found]


def _tick_done(world: World, fact: Fact) -> tuple[Entry, ...]:
    due = world.docket.get(DeadlineEntry, f"{fact.record}|{fact.value}")
    return (due.model_copy(update={"done": True}),) if due else ()
