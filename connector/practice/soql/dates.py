"""Date literals: what `TODAY`, `LAST_N_WEEKS:2` or `THIS_FISCAL_QUARTER` cover, in the user's time zone."""

from __future__ import annotations

import calendar
import re
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

_UNITS = "DAY|WEEK|MONTH|QUARTER|YEAR|FISCAL_QUARTER|FISCAL_YEAR"
_COUNTED = re.compile(rf"(?:(LAST|NEXT)_N_({_UNITS})S|N_({_UNITS})S_AGO):(\d+)")
_PLAIN = re.compile(rf"(THIS|LAST|NEXT)_({_UNITS})")
_DAYS = {"YESTERDAY": -1, "TODAY": 0, "TOMORROW": 1}
Span = tuple[date, date]


def span_of(word: str, today: date) -> Span | None:
    """Return the days `[first, after)` that a date literal covers, or None when it is not one.

    Weeks start on Sunday and the fiscal year is the calendar year, as in an org nobody changed.
    """
    word = word.upper()
    if word in _DAYS:
        return _steps("DAY", today, _DAYS[word], _DAYS[word])
    if word == "LAST_90_DAYS":
        return _steps("DAY", today, -90, 0)
    if word == "NEXT_90_DAYS":
        return _steps("DAY", today, 1, 90)
    plain = _PLAIN.fullmatch(word)
    if plain:
        step = {"THIS": 0, "LAST": -1, "NEXT": 1}[plain.group(1)]
        return None if plain.group(2) == "DAY" else _steps(plain.group(2), today, step, step)
    counted = _COUNTED.fullmatch(word)
    if counted is None:
        return None
    direction, unit, ago, number = counted.groups()
    count = int(number)
    if ago:
        return _steps(ago, today, -count, -count)
    if direction == "NEXT":
        return _steps(unit, today, 1, count)
    # The last n days run up to today itself; the last n of any longer unit end with the last whole one.
    return _steps(unit, today, -count, 0 if unit == "DAY" else -1)


def _steps(unit: str, today: date, first: int, last: int) -> Span:
    """Return the days from the start of the unit `first` steps away to the end of that `last` away."""
    return _start(unit, today, first), _start(unit, today, max(last, first - 1) + 1)


def _start(unit: str, today: date, step: int) -> date:
    unit = unit.removeprefix("FISCAL_")
    try:
        if unit == "DAY":
            return today + timedelta(days=step)
        if unit == "WEEK":
            return today - timedelta(days=(today.weekday() + 1) % 7) + timedelta(weeks=step)
        if unit == "MONTH":
            return _month(today.year, today.month + step)
        if unit == "QUARTER":
            return _month(today.year, (today.month - 1) // 3 * 3 + 1 + 3 * step)
        return date(today.year + step, 1, 1)
    except (OverflowError, ValueError):
        return date.min if step < 0 else date.max


def _month(year: int, month: int) -> date:
    return date(year + (month - 1) // 12, (month - 1) % 12 + 1, 1)


def instant(day: date, zone: ZoneInfo) -> str:
    """Return the start of `day` in `zone` as the storage text of an instant."""
    return stamp(datetime.combine(day, time.min, zone))


def stamp(moment: datetime) -> str:
    """Return an instant as it is stored: `YYYY-MM-DDTHH:MM:SS.mmmZ`."""
    try:
        moment = moment.astimezone(UTC)
    except OverflowError:
        moment = datetime.max.replace(tzinfo=UTC) if moment.year > 5000 else datetime.min.replace(tzinfo=UTC)
    return f"{moment.strftime('%Y-%m-%dT%H:%M:%S').zfill(19)}.{moment.microsecond // 1000:03d}Z"


def parse_datetime(text: str) -> str | None:
    """Return the storage text of a datetime literal (`2026-01-02T03:04:05+01:00`), None for no moment."""
    fit = re.fullmatch(r"(.{19})(?:\.(\d+))?(Z|[+-]\d\d:?\d\d)", text.upper())
    if fit is None:
        return None
    base, fraction, zone = fit.groups()
    millis = ((fraction or "") + "000")[:3]
    offset = "+00:00" if zone == "Z" else zone if ":" in zone else f"{zone[:3]}:{zone[3:]}"
    try:
        return stamp(datetime.fromisoformat(f"{base}.{millis}000{offset}"))
    except ValueError:
        return None


def parse_date(text: str) -> str | None:
    """Return `text` when it is a day of the calendar, else None."""
    year, month, day = (int(part) for part in text.split("-"))
    if year < 1 or not 1 <= month <= 12 or not 1 <= day <= calendar.monthrange(year, month)[1]:
        return None
    return text
