"""The words of a policy file: spans of time, amounts, shares, clock times. `parse` raises ValueError."""

import re
from datetime import date, time, timedelta
from decimal import Decimal, InvalidOperation
from typing import NamedTuple

from connector.canonical.money import Money
from connector.canonical.shape import Word


class Term(NamedTuple):
    """A span of time; `business` spans count office time only (a day is an office day)."""

    span: timedelta
    business: bool


_UNITS = {
    "minute": timedelta(minutes=1),
    "hour": timedelta(hours=1),
    "day": timedelta(days=1),
    "week": timedelta(weeks=1),
}
_TERM = re.compile(r"(\d{1,5}) (business )?(minute|hour|day|week)s?")
_MONEY = re.compile(r"(\d[\d_]*(?:\.\d+)?) ([A-Z]{3})")
_PERCENT = re.compile(r"(\d{1,3}(?:\.\d+)?) ?%")
_CLOCK = re.compile(r"([01]\d|2[0-3]):([0-5]\d)")


def term(text: str) -> Term:
    """`90 days`, `24 hours`, `2 business days`."""
    found = _TERM.fullmatch(" ".join(text.split()))
    if not found:
        raise ValueError("write a number and a unit")
    if found[2] and found[3] == "week":
        raise ValueError("a business week is `5 business days`")
    return Term(int(found[1]) * _UNITS[found[3]], bool(found[2]))


def calendar_span(text: str) -> timedelta:
    """A span that runs on the calendar: `90 days`."""
    read = term(text)
    if read.business:
        raise ValueError("this span runs on the calendar: leave out `business`")
    return read.span


def money(text: str) -> Money:
    """`20000 EUR`."""
    found = _MONEY.fullmatch(" ".join(text.split()))
    if not found:
        raise ValueError("write the amount, a blank and the currency's three capital letters")
    return Money(amount=Decimal(found[1].replace("_", "")), currency=found[2])


def percent(text: str) -> Decimal:
    """`15%` as the fraction 0.15."""
    found = _PERCENT.fullmatch(text.strip())
    if not found or Decimal(found[1]) > 100:
        raise ValueError("write a percentage from 0% to 100%")
    return Decimal(found[1]) / 100


def points(text: str) -> int:
    """`3 points`."""
    found = re.fullmatch(r"(\d{1,6})(?: points?)?", text.strip())
    if not found:
        raise ValueError("write a whole number of points")
    return int(found[1])


def whole(text: str) -> int:
    if not re.fullmatch(r"\d{1,9}", text):
        raise ValueError("write a whole number")
    return int(text)


def month(text: str) -> int:
    if not re.fullmatch(r"0?[1-9]|1[0-2]", text):
        raise ValueError("write the number of a month, 1 to 12")
    return int(text)


def name(text: str) -> str:
    if not re.fullmatch(r"[A-Za-z_]\w*", text, re.ASCII):
        raise ValueError("write letters, digits and _ only, as in `named_accounts`")
    return text


def decimal(text: str) -> Decimal:
    try:
        value = Decimal(text)
    except InvalidOperation:
        raise ValueError("write a number") from None
    if not value.is_finite():
        raise ValueError("write a number")
    return value


def positive(text: str) -> Decimal:
    value = decimal(text)
    if value <= 0:
        raise ValueError("write a number above zero")
    return value


def share(text: str) -> float:
    value = decimal(text)
    if not 0 < value < 1:
        raise ValueError("write a number between 0 and 1")
    return float(value)


def clock(text: str) -> time:
    found = _CLOCK.fullmatch(text)
    if not found:
        raise ValueError('write it in quotes, as in "09:00"')
    return time(int(found[1]), int(found[2]))


def day(text: str) -> date:
    if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", text):
        raise ValueError("write the day as 2027-01-31")
    return date.fromisoformat(text)


def truth(text: str) -> bool:
    if text not in ("true", "false"):
        raise ValueError("write true or false")
    return text == "true"


def currency(text: str) -> str:
    if not re.fullmatch(r"[A-Z]{3}", text):
        raise ValueError("write its three capital letters")
    return text


def plain(text: str) -> str:
    if not text.strip():
        raise ValueError("write a word")
    return text


_STRING = {"type": "string"}
_NUMBER = {"type": ["integer", "string"]}
TERM = Word(term, "a span such as `90 days`, `24 hours` or `2 business days`", _STRING)
SPAN = Word(calendar_span, "a span such as `90 days` or `24 hours`", _STRING)
MONEY = Word(money, "an amount with its currency, such as `20000 EUR`", _STRING)
PERCENT = Word(percent, "a percentage such as `15%`", _STRING)
POINTS = Word(points, "a number of points such as `3 points`", _NUMBER)
WHOLE = Word(whole, "a whole number", {"type": "integer", "minimum": 0})
MONTH = Word(month, "a month from 1 to 12", {"type": "integer", "minimum": 1, "maximum": 12})
NAME = Word(name, "a name such as `named_accounts`", _STRING)
DECIMAL = Word(decimal, "a number", {"type": "number"})
RATE = Word(positive, "a number above zero", {"type": "number", "exclusiveMinimum": 0})
SHARE = Word(share, "a number between 0 and 1, such as 0.92", {"type": "number"})
CLOCK = Word(clock, 'a time of day such as "09:00"', _STRING)
DAY = Word(day, "a day such as 2027-01-01", {"type": "string", "format": "date"})
CURRENCY = Word(currency, "a currency such as EUR", _STRING)
LANGUAGE = Word(plain, "a language such as en, da, de, es or zh-Hans", _STRING)
TRUTH = Word(truth, "true or false", {"type": "boolean"})
TEXT = Word(plain, "a text", _STRING)
