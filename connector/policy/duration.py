"""A length of time as a policy says it: on the calendar, in months, or in the programme's office time."""

import re
from datetime import timedelta
from typing import Any

from pydantic import model_validator

from connector.canonical.model import Model
from connector.canonical.shape import Word
from connector.policy import words

_MONTHS = {"month": 1, "quarter": 3, "year": 12}
_LONG = re.compile(r"(\d{1,3}) (month|quarter|year)s?")


class Duration(Model):
    """`90 days`, `6 months`, `2 business days`, `4 business hours`, or `none`.

    Months keep the day of the month where there is one. With `business`, whole days of `length` are office days
    and the rest is office time (see `connector.policy.calendar`).
    """

    length: timedelta = timedelta(0)
    months: int = 0
    business: bool = False

    @model_validator(mode="before")
    @classmethod
    def _plain(cls, given: Any) -> Any:
        """A plain length of time runs on the calendar."""
        return {"length": given} if isinstance(given, timedelta) else given

    @property
    def nothing(self) -> bool:
        """No time at all: `none`."""
        return not self.length and not self.months


def duration(text: str) -> Duration:
    """Read `6 months`, `2 years` or whatever `words.term` reads. Raises ValueError."""
    plain = " ".join(text.split())
    found = _LONG.fullmatch(plain)
    if found:
        return Duration(months=int(found[1]) * _MONTHS[found[2]])
    read = words.term(plain)
    return Duration(length=read.span, business=read.business)


def duration_or_none(text: str) -> Duration:
    """The same, or `none`."""
    return Duration() if text.strip() == "none" else duration(text)


DURATION = Word(duration, words.TERM.expected, {"type": "string"})
DURATION_OR_NONE = Word(duration_or_none, words.TERM.expected + ", or `none`", {"type": "string"})
