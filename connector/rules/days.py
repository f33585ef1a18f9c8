"""Which day an act falls on, as conditions see it: its year, quarter and month, and what is left of them."""

from calendar import monthrange
from collections.abc import Mapping
from datetime import date, datetime

from connector.policy.model import Policy
from connector.rules.case import local_day

_QUARTER = 3
_WEEK = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def days_of(moment: datetime, policy: Policy) -> Mapping[str, object]:
    """The day of an act where the programme has its office, in the names of a `when:`."""
    return named(local_day(moment, policy), policy.fiscal_year_starts)


def named(day: date, first: int = 1) -> Mapping[str, object]:
    """The same of a day; `first` is the month in which the business year starts."""
    return {
        "on": day.isoformat(),
        "year": year_of(day, first),
        "quarter": quarter_of(day, first),
        "month": day.month,
        "weekday": _WEEK[day.weekday()],
        "days_left_in_month": (month_ends(day) - day).days,
        "days_left_in_quarter": (quarter_ends(day, first) - day).days,
        "days_left_in_year": (year_ends(day, first) - day).days,
    }


def year_of(day: date, first: int) -> int:
    """The business year, by the calendar year in which it ends; `first` is the month in which it starts."""
    return day.year + (1 if first > 1 and day.month >= first else 0)


def quarter_of(day: date, first: int) -> int:
    """The business quarter of a day, 1 to 4."""
    return (day.month - first) % 12 // _QUARTER + 1


def quarter_began(day: date, first: int) -> date:
    """The first day of the business quarter of a day."""
    return _first(day, -((day.month - first) % _QUARTER))


def year_began(day: date, first: int) -> date:
    """The first day of the business year of a day."""
    return _first(day, -((day.month - first) % 12))


def month_ends(day: date) -> date:
    """The last day of its month."""
    return _last(day, 0)


def quarter_ends(day: date, first: int) -> date:
    """The last day of the business quarter of a day."""
    return _last(day, 2 - (day.month - first) % _QUARTER)


def year_ends(day: date, first: int) -> date:
    """The last day of the business year of a day."""
    return _last(day, 11 - (day.month - first) % 12)


def _first(day: date, months: int) -> date:
    years, month = divmod(day.month - 1 + months, 12)
    return date(day.year + years, month + 1, 1)


def _last(day: date, months: int) -> date:
    first = _first(day, months)
    return first.replace(day=monthrange(first.year, first.month)[1])
