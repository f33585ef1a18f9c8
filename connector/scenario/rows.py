"""Canonical words as the values of an org's fields: the inverse of what a profile reads."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from connector.canonical.ids import RecordId
from connector.canonical.kind import Kind
from connector.canonical.money import Money
from connector.canonical.time import instant_text
from connector.mapping import ProfileMapping
from connector.mapping.model import ReadEntry, SectionMap
from connector.scenario.numbers import Numbers
from connector.scenario.picklists import text_of
from connector.scenario.saving import org_value

Fields = dict[str, Any]


@dataclass(frozen=True, kw_only=True, slots=True)
class Child:
    """Rows of a child object: the relationship by which the parent knows them, and their fields."""

    relationship: str
    rows: tuple[Fields, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Rows:
    """Turns words into fields. `idents` gives the org's id of a record of the story, `numbers` the org's own number."""

    mapping: ProfileMapping
    idents: Mapping[RecordId, str]
    numbers: Numbers = field(default_factory=Numbers)

    def fields(self, kind: Kind, values: Mapping[str, Any]) -> Fields:
        """What an org's form would hold for these words; words that no field holds are left out."""
        section, out = self.mapping.of(kind)[0], Fields()
        for word, value in values.items():
            entry = section.read.get(word)
            if entry is not None and entry.field and not entry.children:
                named = word.endswith("number") and isinstance(
                    value, str
                )  # no tier, no name that reads alike
                out |= self._field(entry, self.numbers.told(value) if named else value)
        return out

    def children(self, kind: Kind, values: Mapping[str, Any]) -> Iterator[Child]:
        """The child rows among these words."""
        section: SectionMap = self.mapping.of(kind)[0]
        for word, value in values.items():
            entry = section.read.get(word)
            if entry is not None and entry.children and value:
                rows = tuple(self._row(entry, each) for each in value)
                yield Child(relationship=entry.children, rows=rows)

    def _row(self, entry: ReadEntry, row: Any) -> Fields:
        out = Fields()
        for name, column in entry.columns.items():
            value = getattr(row, name, None)
            if column.field and value not in (None, ""):
                out |= self._field(column, value)
        return out

    def _field(self, entry: ReadEntry, value: Any) -> Fields:
        if isinstance(value, Money):
            currency = {entry.currency: value.currency} if entry.currency else {}
            return {entry.field: float(value.amount), **currency}
        if isinstance(value, tuple):
            return {entry.field: entry.split.join(str(each) for each in value)}
        if entry.values is not None:
            return {entry.field: _valued(entry, value)}
        return {entry.otherwise or entry.field: self._plain(value)}

    def _plain(self, value: Any) -> Any:
        if isinstance(value, datetime):
            return instant_text(value)
        if isinstance(value, date):
            return value.isoformat()
        if isinstance(value, Decimal):
            return float(value)
        if isinstance(value, bool | int):
            return value
        text = text_of(value)
        return self.idents.get(RecordId(text), text) if text else None


def _valued(entry: ReadEntry, value: Any) -> str | None:
    """The org's value; for no canonical value, one that the profile knows to have none."""
    text = text_of(value)
    if text is None:
        return next((org for org, canonical in (entry.values or {}).items() if canonical is None), None)
    return org_value(entry, value)
