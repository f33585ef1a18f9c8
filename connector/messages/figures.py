"""Dates, times, spans, amounts and lists as a reader's language writes them (Unicode CLDR, by Babel)."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date, format_time, format_timedelta, get_timezone_name
from babel.lists import format_list
from babel.numbers import format_currency, format_decimal, format_percent, get_plus_sign_symbol

from connector.canonical.time import parse_instant

_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:?\d\d)$")
_DATE = re.compile(r"\d{4}-\d\d-\d\d$")
_MONEY = re.compile(r"-?\d+(\.\d+)? [A-Z]{3}$")
_ZONE_NAME_LENGTH = 5  # CET, CEST, AKST; longer ones are sentences in some languages
_NEVER = 1e9  # in days: a span is told in days however long it is


@dataclass(frozen=True, kw_only=True, slots=True)
class Figures:
    """One locale, and the programme's zone in which its times are told."""

    locale: Locale
    zone: ZoneInfo

    def moment(self, text: str, *, seconds: bool = False) -> str:
        """A canonical date or instant. An instant names its zone, so that nobody has to guess it."""
        if _DATE.match(text):
            return format_date(date.fromisoformat(text), "long", locale=self.locale)
        if _INSTANT.match(text):
            return self.instant(parse_instant(text), seconds=seconds)
        return text

    def instant(self, moment: datetime, *, seconds: bool = False) -> str:
        """`20 November 2026, 13:44 CET`; with seconds where they may decide who was first."""
        local = moment.astimezone(self.zone)
        day = format_date(local, "long", locale=self.locale)
        clock = format_time(local, "HH:mm:ss" if seconds else "HH:mm", tzinfo=self.zone, locale=self.locale)
        glue = str(self.locale.datetime_formats["medium"])
        return glue.replace("{1}", day).replace("{0}", f"{clock} {self._zone(local)}")

    def day(self, moment: datetime) -> str:
        """The day of an instant, by the programme's clocks."""
        return format_date(moment.astimezone(self.zone), "long", locale=self.locale)

    def money(self, text: str) -> str:
        """A canonical amount such as `20000 EUR`; what is none stays as it is."""
        amount, _, currency = text.partition(" ")
        try:
            return str(format_currency(Decimal(amount), currency, locale=self.locale))
        except (InvalidOperation, ValueError):
            return text

    def number(self, text: str) -> str:
        """A number such as `2.5`, or a percentage such as `50.0%`, with no decimals that say nothing."""
        try:
            number = Decimal(text.removesuffix("%"))
        except InvalidOperation:
            return text
        if not text.endswith("%"):
            return str(format_decimal(number.normalize(), locale=self.locale, decimal_quantization=False))
        part = (number / 100).normalize()
        return str(format_percent(part, locale=self.locale, decimal_quantization=False))

    def count(self, number: int) -> str:
        """A count, grouped: `1,234`."""
        return str(format_decimal(number, locale=self.locale))

    def change(self, written: str, number: Decimal) -> str:
        """A difference as this reader writes it, with its plus sign too: `+4`, `-3.200,00 €`, `0`."""
        return f"{get_plus_sign_symbol(self.locale)}{written}" if number > 0 else written

    def likelihood(self, number: float) -> str:
        """A share of one, to two decimals: `0.98`."""
        return str(format_decimal(number, format="0.00", locale=self.locale))

    def weight(self, number: float) -> str:
        """A weight for or against, to one decimal, with its sign: `+6.0`."""
        return str(format_decimal(number, format="+0.0;-0.0", locale=self.locale))

    def days(self, text: str) -> str:
        """A number of days with its noun, in the singular or plural that the language wants."""
        if not text.isdecimal():
            return text
        span = timedelta(days=int(text))
        return str(format_timedelta(span, granularity="day", threshold=_NEVER, locale=self.locale))

    def several(self, parts: Sequence[str]) -> str:
        """`a, b and c`."""
        return str(format_list(list(parts), locale=self.locale))

    def plain(self, text: str) -> str:
        """A value of unknown kind, recognised by its shape: an instant, a date, an amount, or itself."""
        if _MONEY.match(text):
            return self.money(text)
        return self.moment(text, seconds=True)

    def _zone(self, local: datetime) -> str:
        name = str(get_timezone_name(local, width="short", locale=self.locale))
        if name.isalpha() and len(name) <= _ZONE_NAME_LENGTH:
            return name
        offset = f"{local:%z}"
        hours, minutes = offset[1:3].lstrip("0") or "0", offset[3:5]
        return f"UTC{offset[0]}{hours}" + (f":{minutes}" if minutes != "00" else "")
