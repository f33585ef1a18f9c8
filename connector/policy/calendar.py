"""Office time: adding business days and hours in the programme's zone, around its holidays (R1.12)."""

from calendar import monthrange
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import holidays

from connector.policy.duration import Duration
from connector.policy.model import OfficeHours
from connector.policy.period import Period

_DAY = timedelta(days=1)
_YEARS_AHEAD = 20


def due(start: datetime, span: timedelta, office: OfficeHours, *, business: bool = True) -> datetime:
    """The moment `span` after `start`, in UTC.

    With `business`, whole days of `span` are office days and the rest is office time. A span that starts
    outside office hours starts at the next opening; n office days later means the same time of day.
    """
    if not business:
        return start.astimezone(UTC) + span
    zone = ZoneInfo(office.zone)
    moment = _opening_at_or_after(start.astimezone(zone).replace(tzinfo=None), office)
    days, rest = divmod(span, _DAY)
    for _ in range(days):
        moment = datetime.combine(_next_open(moment.date() + _DAY, office), moment.time())
    while rest:
        left = datetime.combine(moment.date(), office.closes) - moment
        if rest <= left:
            moment, rest = moment + rest, timedelta(0)
        else:
            rest -= left
            moment = datetime.combine(_next_open(moment.date() + _DAY, office), office.opens)
    return moment.replace(tzinfo=zone).astimezone(UTC)


def after(start: datetime, length: Duration | timedelta, office: OfficeHours) -> datetime:
    """The moment `length` after `start`, in UTC. Months are counted in the programme's zone."""
    if isinstance(length, timedelta):
        return start.astimezone(UTC) + length
    moved = _months(start, length.months, office) if length.months else start
    return due(moved, length.length, office, business=length.business)


def before(end: datetime, length: Duration | timedelta, office: OfficeHours) -> datetime:
    """The moment `length` before `end`, in UTC; office days are counted back over days without office."""
    if isinstance(length, timedelta):
        return end.astimezone(UTC) - length
    moved = _months(end, -length.months, office) if length.months else end
    if not length.business:
        return moved.astimezone(UTC) - length.length
    zone = ZoneInfo(office.zone)
    moment = _closing_at_or_before(moved.astimezone(zone).replace(tzinfo=None), office)
    days, rest = divmod(length.length, _DAY)
    for _ in range(days):
        moment = datetime.combine(_last_open(moment.date() - _DAY, office), moment.time())
    while rest:
        passed = moment - datetime.combine(moment.date(), office.opens)
        if rest <= passed:
            moment, rest = moment - rest, timedelta(0)
        else:
            rest -= passed
            moment = datetime.combine(_last_open(moment.date() - _DAY, office), office.closes)
    return moment.replace(tzinfo=zone).astimezone(UTC)


def day_before(day: date, length: Duration, office: OfficeHours) -> date:
    """The day this long before another; of business time whole office days count."""
    moved = Period(months=length.months).before(day)
    if not length.business:
        return moved - length.length
    for _ in range(length.length // _DAY):
        moved = _last_open(moved - _DAY, office)
    return moved


def office_days(day: date, days: int, office: OfficeHours) -> int:
    """How many of the `days` after a day are office days; before it, and below 0, for a negative number.

    Raises:
        OverflowError: there is no such day in the calendar.
    """
    first, last = sorted((day, day + timedelta(days=days)))
    weeks, rest = divmod((last - first).days, 7)
    weekdays = [(last - timedelta(days=back)).weekday() for back in range(rest)]
    worked = weeks * (7 - len(office.weekend)) + sum(each not in office.weekend for each in weekdays)
    worked -= sum(first < each <= last and each.weekday() not in office.weekend for each in office.closed)
    return worked if days >= 0 else -worked


def _months(moment: datetime, months: int, office: OfficeHours) -> datetime:
    """The same day and time of another month; its last day where that month is shorter."""
    zone = ZoneInfo(office.zone)
    local = moment.astimezone(zone).replace(tzinfo=None)
    year, month = divmod(local.year * 12 + local.month - 1 + months, 12)
    last = monthrange(year, month + 1)[1]
    moved = local.replace(year=year, month=month + 1, day=min(local.day, last))
    return moved.replace(tzinfo=zone).astimezone(UTC)


def is_open(moment: datetime, office: OfficeHours) -> bool:
    """Whether the office is at work: `[opens, closes)` on an office day."""
    local = moment.astimezone(ZoneInfo(office.zone))
    return _works(local.date(), office) and office.opens <= local.time() < office.closes


def closed_days(place: str, first_year: int) -> tuple[frozenset[date], frozenset[int]]:
    """Public holidays and weekend of `DE` or `DE-BY`, for two decades from `first_year`.

    Raises:
        ValueError: no such country or subdivision is known.
    """
    country, _, part = place.partition("-")
    try:
        found = _calendar(country, part or None, first_year)
    except (NotImplementedError, KeyError) as error:
        raise ValueError(f"no holidays are known for {place!r}") from error
    return found


@lru_cache(maxsize=64)
def _calendar(country: str, part: str | None, first_year: int) -> tuple[frozenset[date], frozenset[int]]:
    years = range(first_year, first_year + _YEARS_AHEAD)
    book = holidays.country_holidays(country, subdiv=part, years=years)
    return frozenset(book), frozenset(book.weekend)


def _works(day: date, office: OfficeHours) -> bool:
    return day.weekday() not in office.weekend and day not in office.closed


def _next_open(day: date, office: OfficeHours) -> date:
    while not _works(day, office):
        day += _DAY
    return day


def _last_open(day: date, office: OfficeHours) -> date:
    while not _works(day, office):
        day -= _DAY
    return day


def _closing_at_or_before(moment: datetime, office: OfficeHours) -> datetime:
    if not _works(moment.date(), office) or moment.time() < office.opens:
        return datetime.combine(_last_open(moment.date() - _DAY, office), office.closes)
    return min(moment, datetime.combine(moment.date(), office.closes))


def _opening_at_or_after(moment: datetime, office: OfficeHours) -> datetime:
    if not _works(moment.date(), office) or moment.time() >= office.closes:
        return datetime.combine(_next_open(moment.date() + _DAY, office), office.opens)
    return max(moment, datetime.combine(moment.date(), office.opens))
