"""The protection window: when it starts, how long it lasts, when it may be extended (R0.5, R1.4)."""

from collections.abc import Mapping
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from connector.canonical.docket import DeadlineEntry, OwnWindow, RegistrationEntry
from connector.canonical.ids import RecordId
from connector.canonical.kind import Kind
from connector.policy.calendar import after, before
from connector.policy.duration import Duration
from connector.policy.model import ConditionFailed, Policy, Protection
from connector.policy.windows import LastDay, Starts, Whichever
from connector.rules import contest, signs
from connector.rules.case import local_day
from connector.rules.days import month_ends, quarter_ends, year_ends
from connector.rules.world import World

ENDS = "protection_ends"
REMIND = "protection_remind"
START_BY = "protection_start_by"
NOTIFIED = "protection_notified"
"""A back-test writes nothing: a deadline of its own stands for the notification that it would have sent."""

CLOCKS = (ENDS, REMIND, START_BY, NOTIFIED)
"""The deadlines of a window, by how their names begin."""


def granted(entry: RegistrationEntry, policy: Policy, decided: datetime, world: World) -> RegistrationEntry:
    """The entry as approved at `decided`, with its window where that starts already."""
    terms = _terms(policy)
    ruled = entry.model_copy(update={"ruled_at": decided, "unprotected": False, "waiting_since": None})
    length = lasts(policy, world, ruled)
    if length is not None and length.nothing:
        return ruled.model_copy(update={"unprotected": True})
    start = starts_at(terms, ruled, decided, world)
    return ruled if start is None else opened(policy, ruled, start, world)


def starts_at(
    terms: Protection, entry: RegistrationEntry, decided: datetime, world: World
) -> datetime | None:
    """When the window starts; None while it waits for the partner's notification ("efter meddelelse") or visit.

    A person who approves on the record itself has notified the partner with that: we have no status left to write.
    """
    if terms.starts is Starts.SUBMITTED:
        return entry.filed.latest
    if terms.starts is Starts.COMPLETED:
        return (entry.complete or entry.filed).latest
    if terms.starts is Starts.PARTNER_NOTIFIED:
        filing = world.registration(entry.registration)
        return decided if filing is not None and filing.status.approves else None
    if terms.starts is Starts.FIRST_VISIT:
        return signs.first(world, entry, entry.filed.latest)
    if terms.starts is Starts.LAST_ACTIVITY:
        newest = signs.last(world, entry, decided)
        return newest if newest is not None and newest >= entry.filed.earliest else decided
    return decided


def opened(policy: Policy, entry: RegistrationEntry, start: datetime, world: World) -> RegistrationEntry:
    """The entry with its window `[start, start + lasts)`; without a length it stays open."""
    end = _first_end(policy, entry, start, world)
    lines = tuple(each.model_copy(update={"until": start + each.lasts}) for each in entry.line_windows)
    if end is not None:  # the whole lasts as long as its longest line
        end = max([end, *(each.until for each in lines if each.until)])
    begun = entry.model_copy(update={"protected_from": start, "protected_until": end, "line_windows": lines})
    newest = signs.last(world, begun, world.now)
    return renewed(policy, begun, newest, world) if newest is not None and newest > start else begun


def _first_end(policy: Policy, entry: RegistrationEntry, start: datetime, world: World) -> datetime | None:
    """The end of a window that starts now, by its length and by a day, whichever the policy says; None: no end."""
    terms, length = _terms(policy), lasts(policy, world, entry)
    if length is None and terms.renewed_by_activity is not None:
        length = terms.renewed_by_activity.by
    end = after(start, length, policy.office_hours) if length else None
    last = _last_day(policy, entry, start, world)
    later = terms.ends_with is not None and terms.ends_with.whichever is Whichever.LATER
    return (max if later else min)((each for each in (end, last) if each is not None), default=None)


def _last_day(policy: Policy, entry: RegistrationEntry, start: datetime, world: World) -> datetime | None:
    """The end of the day with which the window ends; None where the policy, or the filing, names none to come."""
    terms, filing = _terms(policy).ends_with, world.registration(entry.registration)
    if terms is None:
        return None
    first, begins = local_day(start, policy), policy.fiscal_year_starts
    days = {
        LastDay.CLOSE_BY: filing.close_by if filing else None,
        LastDay.END_OF_MONTH: month_ends(first),
        LastDay.END_OF_QUARTER: quarter_ends(first, begins),
        LastDay.END_OF_YEAR: year_ends(first, begins),
    }
    day = days[terms.day]
    if day is None:
        return None
    midnight = datetime.combine(day + timedelta(days=1), time(), ZoneInfo(policy.office_hours.zone))
    end = after(midnight.astimezone(UTC), terms.plus or Duration(), policy.office_hours)
    end = before(end, terms.minus, policy.office_hours) if terms.minus else end
    return end if end > start else None


def renewed(policy: Policy, entry: RegistrationEntry, sign: datetime, world: World) -> RegistrationEntry:
    """The window as an activity of the partner at `sign` leaves it; never shorter, never past its hard end."""
    terms, start, end = _terms(policy), entry.protected_from, entry.protected_until
    if start is None or end is None or not start <= sign < end:
        return entry
    ends = [end]
    if terms.renewed_by_activity is not None:
        ends.append(after(sign, terms.renewed_by_activity.by, policy.office_hours))
    length = lasts(policy, world, entry) if terms.starts is Starts.LAST_ACTIVITY else None
    if length is not None:
        ends.append(after(sign, length, policy.office_hours))
    return entry.model_copy(update={"protected_until": max(end, bounded(policy, start, max(ends)))})


def followed(policy: Policy, entry: RegistrationEntry, world: World) -> RegistrationEntry:
    """The window as a moved close leaves it, where the policy lets it follow; never shorter, never past its length."""
    terms, start, end = _terms(policy).ends_with, entry.protected_from, entry.protected_until
    if terms is None or not terms.follows or start is None or end is None:
        return entry
    moved = _first_end(policy, entry, start, world) or end
    return entry.model_copy(update={"protected_until": max(end, bounded(policy, start, moved))})


def going_on(entry: RegistrationEntry, policy: Policy, won: datetime) -> RegistrationEntry:
    """The won registration with its window for the customer's other deals, where its terms let that go on (R0.5)."""
    terms, until = _terms(policy).after_won, entry.protected_until
    if not terms.stays or entry.protected_from is None or entry.unprotected:
        return entry
    lines, own = entry.line_windows, None
    if terms.lasts is not None:
        own = OwnWindow(until=until, lines=lines)
        until = after(won, terms.lasts, policy.office_hours)
        lines = tuple(each.model_copy(update={"until": until}) for each in lines)
    if until is not None and until <= won:
        return entry
    update = {"goes_on": True, "protected_until": until, "line_windows": lines, "own_window": own}
    return entry.model_copy(update=update)


def own(entry: RegistrationEntry) -> RegistrationEntry:
    """The registration with the window of its own deal, which no win has made longer or shorter."""
    if entry.own_window is None:
        return entry
    window = {"protected_until": entry.own_window.until, "line_windows": entry.own_window.lines}
    return entry.model_copy(update={**window, "own_window": None})


def bounded(policy: Policy, start: datetime, end: datetime) -> datetime:
    """The end, or the hard end where the policy has one and that comes first."""
    renewal = _terms(policy).renewed_by_activity
    hard = renewal.hard_end if renewal else None
    return end if hard is None else min(end, after(start, hard, policy.office_hours))


def lasts(policy: Policy, world: World, entry: RegistrationEntry) -> Duration | None:
    """How long this filing's window lasts; None: without end.

    Where a condition cannot be judged the row without one holds: rule `protection` has sent the filing to a person.
    """
    choice = _terms(policy).lasts
    try:
        return choice.pick(about(policy, world, entry))
    except ConditionFailed:
        return next((option.value for option in choice.options if option.when is None), None)


def about(policy: Policy, world: World, entry: RegistrationEntry) -> Mapping[str, object]:
    """The circumstances of a filing, for conditions on its window; none for a record that is gone."""
    filing = world.registration(entry.registration)
    if filing is None:
        return {}
    return contest.about(filing, entry, world, policy)


def deadlines(
    policy: Policy, entry: RegistrationEntry, decided: datetime | None = None
) -> tuple[DeadlineEntry, ...]:
    """The end of the window, and the reminders before it. None falls due before it was `decided` (law 4)."""
    terms, end, office = _terms(policy), entry.protected_until, policy.office_hours
    if end is None:
        waits = entry.protected_from is None and not entry.unprotected and entry.ruled_at is not None
        if not waits or terms.start_within is None or entry.ruled_at is None:
            return ()
        last = after(entry.ruled_at, terms.start_within, office)
        return (deadline(START_BY, Kind.REGISTRATION, entry.registration, last),)
    reminders = [
        deadline(reminder(REMIND, ahead), Kind.REGISTRATION, entry.registration, before(end, ahead, office))
        for ahead in terms.remind
        if decided is None or before(end, ahead, office) > decided
    ]
    last = end if decided is None else max(end, decided)
    return (deadline(ENDS, Kind.REGISTRATION, entry.registration, last), *reminders)


def reminder(name: str, ahead: Duration) -> str:
    """The name of one reminder among several, by how long before the end it comes: `protection_remind_30`."""
    if ahead.months:
        return f"{name}_{ahead.months}m"
    days, rest = divmod(ahead.length, timedelta(days=1))
    long = f"{name}_{days}" if not rest else f"{name}_{round(ahead.length.total_seconds())}s"
    return long + ("_business" if ahead.business else "")


def deadline(name: str, subject: Kind, record: RecordId, due: datetime) -> DeadlineEntry:
    return DeadlineEntry(name=name, subject=subject, record=record, due=due)


def _terms(policy: Policy) -> Protection:
    return policy.registrations.protection if policy.registrations else Protection()
