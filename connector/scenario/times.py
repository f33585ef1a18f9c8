"""Times as a story tells them: absolute in the programme's zone, or relative to the story's start."""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from connector.policy.calendar import before, due
from connector.policy.duration import Duration
from connector.policy.model import OfficeHours

MOMENT = "a time such as `2026-03-02 09:00`, or relative to the start, such as `+1 day 2 hours`"
DAY = "a day such as `2026-03-02`, or relative to the start, such as `-30 days`"

_UNITS = {"second": 1, "minute": 60, "hour": 3600, "day": 86_400, "week": 604_800}
_STEP = re.compile(r"(\d{1,6}) (second|minute|hour|day|week)s?")
_OFFICE_DAYS = re.compile(r"([+-])(\d{1,4}) business days?(?: (?=\d)|$)")
_ABSOLUTE = re.compile(r"(\d{4}-\d{2}-\d{2})[ T](\d{2}:\d{2}(?::\d{2})?) ?(Z|[+-]\d{2}:\d{2})?")
_FIRST, _LAST = 1900, 2900
_MINUTE = timedelta(minutes=1)


class Clock(NamedTuple):
    """Where a story's times are reckoned from."""

    starts: datetime
    zone: ZoneInfo
    office: OfficeHours = OfficeHours()

    def moment(self, text: str) -> datetime:
        """An instant in UTC. Raises ValueError for a text that is none."""
        if found := _OFFICE_DAYS.match(text):
            return _told(lambda: self._office_days(found) + _rest(text, found))
        if text[:1] in "+-":
            return _told(lambda: self.starts + span(text))
        if len(text) == len("2026-03-02"):
            text += " 00:00"
        return absolute(text, self.zone)

    def _office_days(self, found: re.Match[str]) -> datetime:
        """So many office days from the start, as the programme's own calendar counts them."""
        length = timedelta(days=int(found[2]))
        if found[1] == "+":
            return due(self.starts, length, self.office)
        return before(self.starts, Duration(length=length, business=True), self.office)

    def day(self, text: str) -> date:
        """A day of the programme's zone. Raises ValueError for a text that is none."""
        if text[:1] in "+-":
            return self.moment(text).astimezone(self.zone).date()
        return _day(text)

    def within(self, text: str) -> tuple[datetime, datetime]:
        """What a written time covers, `[from, until)`: its day, its minute, or its second, as finely as written."""
        if text[:1] in "+-":
            start = self.moment(text).replace(second=0, microsecond=0)
            exact = "second" in text
            return (
                (self.moment(text), self.moment(text) + timedelta(seconds=1))
                if exact
                else (
                    start,
                    start + _MINUTE,
                )
            )
        start = self.moment(text)
        if len(text) == len("2026-03-02"):
            return start, self.moment(f"{self.day(text) + timedelta(days=1)} 00:00")
        written = _ABSOLUTE.fullmatch(text)
        exact = written is not None and written[2].count(":") > 1
        return start, start + (timedelta(seconds=1) if exact else _MINUTE)


def absolute(text: str, zone: ZoneInfo) -> datetime:
    """`2026-03-02 09:00`, with seconds or without, in `zone` or at an offset of its own (`Z`, `+01:00`).

    Raises ValueError for anything else.
    """
    written = _ABSOLUTE.fullmatch(text)
    if written is None:
        raise ValueError("write the day, a blank and the time of day")
    local = f"{written[1]} {written[2]}"
    if written[3]:
        return _told(lambda: datetime.fromisoformat(local + written[3]).astimezone(UTC))
    return _told(lambda: datetime.fromisoformat(local).replace(tzinfo=zone).astimezone(UTC))


def _told(moment: Callable[[], datetime]) -> datetime:
    """A moment of the centuries that stories are told of: deadlines need room before and after it."""
    try:
        found = moment()
    except OverflowError:
        found = None
    if found is None or not _FIRST <= found.year <= _LAST:
        raise ValueError(f"write a time between {_FIRST} and {_LAST}")
    return found


def _rest(text: str, found: re.Match[str]) -> timedelta:
    """What a time adds to its office days: `+3 business days 2 hours`."""
    rest = text[found.end() :]
    return span(found[1] + rest) if rest else timedelta()


def span(text: str) -> timedelta:
    """`+1 day`, `-30 days`, `+2 days 3 hours 5 seconds`. Raises ValueError for anything else."""
    sign, rest = (-1 if text[:1] == "-" else 1), " ".join(text[1:].split())
    steps = list(_STEP.finditer(rest))
    if not steps or _STEP.sub("", rest).strip():
        raise ValueError("write a sign, a number and a unit")
    return sign * sum((timedelta(seconds=int(step[1]) * _UNITS[step[2]]) for step in steps), timedelta())


def _day(text: str) -> date:
    if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", text):
        raise ValueError("write the day as 2026-03-02")
    found = date.fromisoformat(text)
    if not _FIRST <= found.year <= _LAST:
        raise ValueError(f"write a day between {_FIRST} and {_LAST}")
    return found
