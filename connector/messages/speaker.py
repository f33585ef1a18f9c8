"""A finding's words: from phrases with parameters to sentences in a reader's language."""

import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

from babel import Locale, UnknownLocaleError

from connector.canonical.intent import Say
from connector.canonical.own import PREFIX
from connector.messages.figures import Figures
from connector.messages.template import filled

Catalogue = Mapping[str, str]

MOMENTS = frozenset({"until", "since", "from", "contact", "on", "tender"})
"""Parameters that hold a date or an instant."""

SECONDS = frozenset({"at", "filed", "earliest", "latest"})
"""Parameters that hold an instant whose second may decide who was first (law 1)."""

MONEY = frozenset({"amount", "minimum", "base", "left", "budget", "amounts"})
"""Parameters that hold an amount with its currency, such as `20000 EUR`, or several with commas between them."""

NUMBERS = frozenset({"rate", "part", "share"})
"""Parameters that hold a number, which may have decimals (`2.5`), or a percentage (`50.0%`)."""

ITEMS = frozenset({"item", "fields"})
"""Parameters that name things by keys (`customer.industry, decision_makers`), said as `item.*` says them."""

_RATE = re.compile(r"\d+(\.\d+)? ?%")

LISTED = "listed."
"""A phrase that has a `listed.` twin is an item of a list: several of them make one bulleted list (R1.13)."""

UNKNOWN, NONE = "unknown.", "-"
"""A phrase that has an `unknown.` twin is told by it where one of its values is `-`: there is none."""


class Speaker:
    """Renders phrases from catalogues by language; times are told in the programme's zone, by name.

    A locale without a catalogue is served by its language's (`de_AT` by `de`; `zh_TW` by `zh_CN`, because a
    reader of Traditional script reads Simplified more easily than English), any other by `fallback`.
    Dates and amounts follow the locale itself (`en_GB`, `es_MX`) where it has its language's words.
    """

    def __init__(
        self, catalogues: Mapping[str, Catalogue], *, zone: str = "UTC", fallback: str = "en"
    ) -> None:
        self._catalogues = catalogues
        self._zone = ZoneInfo(zone)
        self._fallback = fallback

    def say(self, words: Say, locale: str) -> str:
        """All sentences, in order, as one text of lines; what is missing stands together as one list."""
        items = [self._item(key, params, locale) for key, params in words.sentences if self._is_listed(key)]
        return "\n".join(self._lines(words, [f"• {item}" for item in items], locale))

    def sentence(self, key: str, params: Mapping[str, str], locale: str) -> str:
        """One phrase. Raises KeyError for a key that no catalogue has: a test holds all of them complete."""
        language = self.language(locale)
        if NONE in params.values() and UNKNOWN + key in self._catalogues[self._fallback]:
            key = UNKNOWN + key
        text = self._catalogues[language].get(key) or self._catalogues[self._fallback][key]
        figures = self.figures(locale)
        spoken = {name: self._value(name, value, language, figures) for name, value in params.items()}
        return filled(text, spoken)

    def word(self, kind: str, value: str, locale: str) -> str:
        """What the catalogue calls a value (`field.tier`, `word.won`); the value itself when it has no name."""
        found = self._catalogues[self.language(locale)].get(f"{kind}.{value}")
        return found or self._catalogues[self._fallback].get(f"{kind}.{value}", value)

    def instant(self, moment: datetime, locale: str) -> str:
        """A moment to the second, in the programme's zone."""
        return self.figures(locale).instant(moment, seconds=True)

    def figures(self, locale: str) -> Figures:
        """How this reader writes dates and amounts."""
        return Figures(locale=_locale(locale.replace("-", "_"), self.language(locale)), zone=self._zone)

    def language(self, locale: str) -> str:
        """The catalogue that serves a locale such as `de_AT`, `zh_TW` or `en_US`."""
        name = locale.replace("-", "_")
        while name:
            if name in self._catalogues:
                return name
            parent = name.rpartition("_")[0]
            if not parent:
                return self._kin(name)
            name = parent
        return self._fallback

    def _kin(self, language: str) -> str:
        """A catalogue of the same language for another region: any Chinese is served by `zh_CN`."""
        kin = (name for name in self._catalogues if name.partition("_")[0] == language)
        return next(kin, self._fallback)

    def _lines(self, words: Say, bullets: list[str], locale: str) -> Iterator[str]:
        for key, params in words.sentences:
            if not self._is_listed(key):
                yield self.sentence(key, params, locale)
            elif bullets:
                yield from bullets
                bullets = []

    def _is_listed(self, key: str) -> bool:
        return LISTED + key in self._catalogues[self._fallback]

    def _item(self, key: str, params: Mapping[str, str], locale: str) -> str:
        return self.sentence(LISTED + key, params, locale)

    def _value(self, name: str, value: str, language: str, figures: Figures) -> str:
        if not value:
            return ""
        if name in MOMENTS or name in SECONDS:
            return figures.moment(value, seconds=name in SECONDS)
        if name in MONEY:
            return figures.several([figures.money(part) for part in value.split(", ")])
        if name in NUMBERS:
            return figures.number(value)
        if name == "days":
            return figures.days(value)
        if name == "lines":
            return _RATE.sub(lambda rate: figures.number(rate[0].replace(" ", "")), value)
        if name in ITEMS:
            return figures.several([self._named(part, language) for part in value.split(", ")])
        return value

    def _named(self, item: str, language: str) -> str:
        """An item by its name in the catalogue; one of the programme's own by the name that its mapping gives."""
        own = item.startswith(PREFIX)
        return item.removeprefix(PREFIX).replace("_", " ") if own else self.word("item", item, language)


@lru_cache(maxsize=64)
def _locale(locale: str, language: str) -> Locale:
    """The reader's own locale where it speaks the catalogue's language and region, else the catalogue's."""
    own = Locale.parse(language)
    if language.partition("_")[0] != locale.partition("_")[0] or "_" in language:
        return own
    try:
        return Locale.parse(locale)
    except (UnknownLocaleError, ValueError):
        return own
