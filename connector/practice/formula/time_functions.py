"""Functions over dates and instants. A blank argument makes a blank result; instants are read in UTC."""

from __future__ import annotations

import calendar
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal

from connector.practice.formula.values import Value, kind_of


def _day(value: Value, name: str) -> date | None:
    if isinstance(value, datetime):
        raise TypeError(f"Incorrect parameter type for function '{name}()'. Expected Date, received DateTime")
    if value is None or isinstance(value, date):
        return value
    raise TypeError(
        f"Incorrect parameter type for function '{name}()'. Expected Date, received {kind_of(value)}"
    )


def _part(name: str, read: Callable[[date], int]) -> Callable[[Value], Value]:
    def call(value: Value) -> Value:
        day = _day(value, name)
        return None if day is None else Decimal(read(day))

    return call


def _clock_part(name: str, attribute: str) -> Callable[[Value], Value]:
    def call(value: Value) -> Value:
        if value is None:
            return None
        if not hasattr(value, attribute):
            raise TypeError(
                f"Incorrect parameter type for function '{name}()'. Expected Time, received {kind_of(value)}"
            )
        return Decimal(getattr(value, attribute))

    return call


def date_of(year: Value, month: Value, day: Value) -> Value:
    """DATE(): a day that does not exist is an error (documented)."""
    parts = [each for each in (year, month, day) if isinstance(each, Decimal)]
    if len(parts) < 3:
        return None
    try:
        return date(int(parts[0]), int(parts[1]), int(parts[2]))
    except ValueError as error:
        raise ValueError(f"DATE() cannot make a day of {parts[0]}, {parts[1]}, {parts[2]}: {error}") from None


def date_value(value: Value) -> Value:
    """DATEVALUE(): the UTC day of an instant, or the day a text `YYYY-MM-DD` spells."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).date()
    if value is None or value == "" or isinstance(value, date):
        return value or None
    try:
        return date.fromisoformat(str(value))
    except ValueError:
        raise ValueError(f"DATEVALUE() cannot read '{value}' as YYYY-MM-DD") from None


def datetime_value(value: Value) -> Value:
    """DATETIMEVALUE(): the instant a text `YYYY-MM-DD HH:MM:SS` spells in UTC, or the start of a day."""
    if value is None or value == "" or isinstance(value, datetime):
        return value or None
    if isinstance(value, date):
        return datetime(value.year, value.month, value.day, tzinfo=UTC)
    try:
        read = datetime.fromisoformat(str(value))
    except ValueError:
        raise ValueError(f"DATETIMEVALUE() cannot read '{value}' as YYYY-MM-DD HH:MM:SS") from None
    return read if read.tzinfo else read.replace(tzinfo=UTC)


def add_months(value: Value, months: Value) -> Value:
    """The last day of a month stays the last day (documented)."""
    if value is None or months is None:
        return None
    if not isinstance(value, date) or not isinstance(months, Decimal):
        raise TypeError("Incorrect parameter type for function 'ADDMONTHS()'. Expected Date and Number")
    years, index = divmod(value.month - 1 + int(months), 12)
    year, month = value.year + years, index + 1
    last = calendar.monthrange(year, month)[1]
    was_last = value.day == calendar.monthrange(value.year, value.month)[1]
    return value.replace(year=year, month=month, day=last if was_last else min(value.day, last))


TIME_FUNCTIONS: Mapping[str, Callable[..., Value]] = {
    "ADDMONTHS": add_months,
    "DATE": date_of,
    "DATETIMEVALUE": datetime_value,
    "DATEVALUE": date_value,
    "DAY": _part("DAY", lambda d: d.day),
    "HOUR": _clock_part("HOUR", "hour"),
    "MINUTE": _clock_part("MINUTE", "minute"),
    "MONTH": _part("MONTH", lambda d: d.month),
    "SECOND": _clock_part("SECOND", "second"),
    "WEEKDAY": _part("WEEKDAY", lambda d: d.isoweekday() % 7 + 1),
    "YEAR": _part("YEAR", lambda d: d.year),
}
