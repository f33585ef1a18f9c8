"""A finding's words: from phrases with parameters to sentences in a reader's language."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from zoneinfo import ZoneInfo

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_datetime
from babel.numbers import format_currency

from connector.canonical.intent import Say
from connector.canonical.time import parse_instant

Catalogue = Mapping[str, str]

MOMENTS = frozenset({"until", "since", "from", "at", "contact"})
"""Parameters that hold a date or an instant; they are written as the reader's language writes them."""

MONEY = frozenset({"amount", "minimum"})
"""Parameters that hold an amount with its currency, such as `20000 EUR`."""


class Speaker:
    """Renders phrases from catalogues by language; times are told in the programme's zone.

    A language without a catalogue falls back to its parent (`es_MX` to `es`) and then to `fallback`.
    """

    def __init__(
        self, catalogues: Mapping[str, Catalogue], *, zone: str = "UTC", fallback: str = "en"
    ) -> None:
        self._catalogues = catalogues
        self._zone = ZoneInfo(zone)
        self._fallback = fallback

    def say(self, words: Say, locale: str) -> str:
        """All sentences, in order, as one text of paragraphs."""
        return "\n".join(self.sentence(key, params, locale) for key, params in words.sentences)

    def sentence(self, key: str, params: Mapping[str, str], locale: str) -> str:
        """One phrase. Raises KeyError for a key that no catalogue has: a test holds all of them complete."""
        language = self.language(locale)
        text = self._catalogues[language].get(key) or self._catalogues[self._fallback][key]
        spoken = {name: self._value(name, value, language) for name, value in params.items()}
        return text.format_map(_Blank(spoken))

    def language(self, locale: str) -> str:
        """The catalogue that serves a locale such as `de_AT`, `zh_CN` or `en_US`."""
        name = locale.replace("-", "_")
        while name:
            if name in self._catalogues:
                return name
            name = name.rpartition("_")[0]
        return self._fallback

    def _value(self, name: str, value: str, language: str) -> str:
        if name in MOMENTS and value:
            return self._moment(value, language)
        if name in MONEY:
            return _money(value, language)
        if name in ("item", "fields"):
            known = self._catalogues[language]
            return ", ".join(known.get(f"item.{part}", part) for part in value.split(", "))
        return value

    def _moment(self, value: str, language: str) -> str:
        if "T" in value:
            local = parse_instant(value).astimezone(self._zone)
            return format_datetime(local, "d MMM y, HH:mm", locale=_locale(language), tzinfo=self._zone)
        return format_date(date.fromisoformat(value), "long", locale=_locale(language))


class _Blank(dict[str, str]):
    """A parameter that a phrase names but a finding lacks reads as a dash instead of failing the write."""

    def __missing__(self, key: str) -> str:
        return "–"


def _money(value: str, language: str) -> str:
    amount, _, currency = value.partition(" ")
    try:
        return str(format_currency(Decimal(amount), currency, locale=_locale(language)))
    except (InvalidOperation, ValueError):
        return value


@lru_cache(maxsize=32)
def _locale(language: str) -> Locale:
    try:
        return Locale.parse(language)
    except (UnknownLocaleError, ValueError):
        return Locale.parse("en")
