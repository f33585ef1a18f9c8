"""Times as a story tells them: absolute in the programme's zone, or relative to the story's start."""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

MOMENT = "a time such as `2026-03-02 09:00`, or relative to the start, such as `+1 day 2 hours`"
DAY = "a day such as `2026-03-02`, or relative to the start, such as `-30 days`"

_UNITS = {"second": 1, "minute": 60, "hour": 3600, "day": 86_400, "week": 604_800}
_STEP = re.compile(r"(\d{1,6}) (second|minute|hour|day|week)s?")
_FIRST, _LAST = 1900, 2900
_MINUTE = timedelta(minutes=1)


class Clock(NamedTuple):
    """Where a story's times are reckoned from."""

    starts: datetime
    zone: ZoneInfo

    def moment(self, text: str) -> datetime:
        """An instant in UTC. Raises ValueError for a text that is none."""
        if text[:1] in "+-":
            return _told(lambda: self.starts + span(text))
        if len(text) == len("2026-03-02"):
            text += " 00:00"
        return absolute(text, self.zone)

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
        return start, start + (timedelta(seconds=1) if text.count(":") > 1 else _MINUTE)


def absolute(text: str, zone: ZoneInfo) -> datetime:
    """`2026-03-02 09:00`, with seconds or without, in `zone`. Raises ValueError for anything else."""
    if not re.fullmatch(r"\d{4}-\d{2}-\d{2} \d{2}:\d{2}(:\d{2})?", text):
        raise ValueError("write the day, a blank and the time of day")
    return _told(lambda: datetime.fromisoformat(text).replace(tzinfo=zone).astimezone(UTC))


def _told(moment: Callable[[], datetime]) -> datetime:
    """A moment of the centuries that stories are told of: deadlines need room before and after it."""
    try:
        found = moment()
    except OverflowError:
        found = None
    if found is None or not _FIRST <= found.year <= _LAST:
        raise ValueError(f"write a time between {_FIRST} and {_LAST}")
    return found


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
