"""A look-back that people count in months and years: `3 years`, `6 months`, `90 days` (programmes)."""

import re
from calendar import monthrange
from datetime import date, timedelta

from connector.canonical.model import Model
from connector.canonical.shape import Word

_PERIOD = re.compile(r"(\d{1,4}) (day|week|month|year)s?")
_MONTHS = {"month": 1, "year": 12}
_DAYS = {"day": 1, "week": 7}
_CENTURY = 1200  # months


class Period(Model):
    """So many months, and so many days more, on the calendar."""

    months: int = 0
    days: int = 0

    def before(self, day: date) -> date:
        """The day this long before `day`; the 31st becomes the last day of a shorter month."""
        count = day.year * 12 + day.month - 1 - self.months
        year, month = divmod(count, 12)
        last = monthrange(year, month + 1)[1]
        return date(year, month + 1, min(day.day, last)) - timedelta(days=self.days)


def period(text: str) -> Period:
    """`3 years`, `6 months`, `90 days`."""
    found = _PERIOD.fullmatch(" ".join(text.split()))
    if not found:
        raise ValueError("write a number and a unit")
    count, unit = int(found[1]), found[2]
    read = Period(months=count * _MONTHS[unit]) if unit in _MONTHS else Period(days=count * _DAYS[unit])
    if read.months > _CENTURY or read.days > _CENTURY * 30:
        raise ValueError("look back a hundred years at most")
    return read


PERIOD = Word(period, "a look-back such as `3 years`, `6 months` or `90 days`", {"type": "string"})
