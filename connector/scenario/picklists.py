"""Canonical values as texts, and which of them an org of the profile can hold: its picklists have no other."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from enum import Enum
from typing import Any

from connector.canonical.kind import Kind
from connector.canonical.time import instant_text
from connector.mapping import ProfileMapping

Picks = Mapping[tuple[Kind, str], frozenset[str]]
"""The words of each picklist, by kind and attribute."""


def picks(mapping: ProfileMapping) -> Picks:
    """Every attribute that the profile reads through a list of values alone, with the words of that list."""
    found: dict[tuple[Kind, str], set[str]] = {}
    free: set[tuple[Kind, str]] = set()
    for kind in Kind:
        for section in mapping.of(kind):
            for word, entry in section.read.items():
                if entry.values is None:
                    free.add((kind, word))
                found.setdefault((kind, word), set()).update(filter(None, (entry.values or {}).values()))
    return {place: frozenset(words) for place, words in found.items() if place not in free}


def strange(known: Picks, kind: Kind, word: str, value: Any) -> str | None:
    """The first of these values that the picklist has no word for; None where an org can hold them all."""
    there = known.get((kind, word))
    if there is None:
        return None
    texts = map(text_of, value if isinstance(value, tuple) else (value,))
    return next((text for text in texts if text is not None and text not in there), None)


def text_of(value: Any) -> str | None:
    """A canonical value as rules write it; None for nothing."""
    if value is None or value in ("", ()):
        return None
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        return instant_text(value)
    if isinstance(value, Enum):
        return str(value.value)
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    return str(value)
