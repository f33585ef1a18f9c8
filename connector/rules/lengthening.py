"""A protection window made longer: by how much, whether it comes by itself, and what is then shown (R1.4)."""

from datetime import datetime

from connector.canonical.docket import Entry, RegistrationEntry, RegistrationState
from connector.canonical.fact import Fact
from connector.canonical.intent import Desired
from connector.canonical.kind import Kind
from connector.canonical.phrase import Phrase
from connector.canonical.records import FilingStatus
from connector.canonical.time import instant_text
from connector.policy.calendar import after, before
from connector.policy.duration import Duration
from connector.policy.model import ConditionFailed, Policy
from connector.policy.windows import Asker, Extension, Protection
from connector.rules import circumstances, protection, signs
from connector.rules.circumstances import Circumstances
from connector.rules.decision import Decision
from connector.rules.notices import say, want
from connector.rules.showing import window_shown
from connector.rules.world import World


def comes_by_itself(entry: RegistrationEntry, policy: Policy, world: World) -> bool:
    """Whether the window, ending now, is extended unasked; what cannot be judged extends nothing (law 8)."""
    terms = policy.registrations
    filing = world.registration(entry.registration)
    if terms is None or entry.protected_until is None or (filing is not None and filing.do_not_extend):
        return False
    about = _next(entry, policy, world)
    try:
        extend = extension_terms(entry, policy, world)
        if entry.extensions >= extend.times or not is_active(entry, policy, world):
            return False
        if length(entry, policy, world) is None or new_end(entry, policy, world) <= world.now:
            return False
    except ConditionFailed:
        return False
    if not extend.by_itself.options:
        return True
    try:
        return bool(extend.by_itself.pick(circumstances.also(about, asked_by=Asker.NOBODY.value)))
    except ConditionFailed:
        return False


def is_active(entry: RegistrationEntry, policy: Policy, world: World) -> bool:
    """Whether the partner's activity is as recent as an extension needs it."""
    within = extension_terms(entry, policy, world).activity_within
    if within is None or within.nothing:
        return True
    newest = signs.last(world, entry, world.now)
    return newest is not None and newest >= before(world.now, within, policy.office_hours)


def new_end(entry: RegistrationEntry, policy: Policy, world: World) -> datetime:
    """The end of the window after one more extension. Raises ValueError for an entry without a window.

    Where a condition cannot be judged the row without one holds: a request has come to a person by then.
    """
    start, end = entry.protected_from, entry.protected_until
    if start is None or end is None or policy.registrations is None:
        raise ValueError(f"{entry.registration} has no window to extend")
    extend = policy.registrations.protection.extend
    try:
        extend = extension_terms(entry, policy, world)
        by = extend.by.pick(_next(entry, policy, world))
    except ConditionFailed:
        by = next((option.value for option in extend.by.options if option.when is None), None)
    return protection.bounded(policy, start, after(end, by or Duration(), policy.office_hours))


def length(entry: RegistrationEntry, policy: Policy, world: World) -> Duration | None:
    """By how much the window's next extension makes it longer. Raises ConditionFailed where nobody can say."""
    return extension_terms(entry, policy, world).by.pick(_next(entry, policy, world))


def extension_terms(entry: RegistrationEntry, policy: Policy, world: World) -> Extension:
    """What the policy says of the window's next extension. Raises ConditionFailed where nobody can say."""
    terms = policy.registrations.protection if policy.registrations else Protection()
    if terms.extend_rows is None:
        return terms.extend
    return terms.extend_rows.pick(_next(entry, policy, world)) or Extension()


def _next(entry: RegistrationEntry, policy: Policy, world: World) -> Circumstances:
    """The circumstances of the window's next extension: by its number."""
    return circumstances.also(protection.about(policy, world, entry), extension=entry.extensions + 1)


def lengthened(
    fact: Fact,
    world: World,
    policy: Policy,
    entry: RegistrationEntry,
    *,
    done: tuple[Entry, ...] = (),
    phrase: Phrase = Phrase.FILING_EXTENDED,
) -> Decision:
    """The decision that gives the window one more extension, and says so on the record."""
    end = new_end(entry, policy, world)
    longer = entry.model_copy(
        update={
            "state": RegistrationState.EXTENDED,
            "extensions": entry.extensions + 1,
            "protected_until": end,
            "extension_waits": False,
        }
    )
    said = say(entry.registrant, (phrase, {"until": instant_text(end)}))
    filing = world.registration(entry.registration)
    revived: tuple[Desired, ...] = ()
    if entry.state is RegistrationState.LAPSED:
        status = FilingStatus.APPROVED.value
        seen = filing.status.value if filing else None
        revived = (
            want(Kind.REGISTRATION, entry.registration, "status", status, contested=True, expected=seen),
        )
    return Decision(
        fact=fact,
        entries=(*done, longer, *protection.deadlines(policy, longer, fact.instant)),
        desired=(
            *revived,
            *window_shown(longer),
            want(Kind.REGISTRATION, entry.registration, "message", said),
        ),
    )
