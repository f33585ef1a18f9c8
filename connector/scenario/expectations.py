"""What a story expects, read: words of a record, conflicts, and lines of the docket."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, get_args

from connector.canonical.docket import ENTRY_TYPES, ConflictEntry
from connector.canonical.document import Listing, Node, Scalar, Table
from connector.canonical.fault import nearest
from connector.canonical.ids import RecordId
from connector.canonical.kind import Kind
from connector.canonical.phrase import Phrase
from connector.canonical.records import MODELS
from connector.canonical.shape import ListOf, OneOf, Reading, Word, listed, unknown
from connector.canonical.verdict import Outcome
from connector.mapping.slots import SLOTS
from connector.policy.words import TEXT, TRUTH
from connector.scenario.story import Expectation
from connector.scenario.times import MOMENT
from connector.scenario.values import MISSING, Words, attributes, known, named, read

PHRASES = ListOf(OneOf({each.value: each.value for each in Phrase}))
OUTCOME = OneOf({each.value: each.value for each in Outcome})
SPECIAL: Mapping[str, str] = {
    "outcome": "the newest verdict: approve, reject or defer; none",
    "because": "phrase keys of the findings that refuse, ask or lack, in any order",
    "notes": "phrase keys of the findings that only note",
    "says": "phrase keys of the text in the message slot, in order",
    "state": "the state of the record's line on the docket",
    "credit": "the firm that is credited with the record",
    "gone": "whether the record was deleted or merged away",
}
WHOLE = ("conflicts", "docket")
_NAMES = ("credit",)


@dataclass(frozen=True, kw_only=True, slots=True)
class Span:
    """A time as finely as it was written: `[start, end)`."""

    start: datetime
    end: datetime

    def holds(self, value: object) -> bool:
        return isinstance(value, datetime) and self.start <= value < self.end


@dataclass(frozen=True, kw_only=True, slots=True)
class Row:
    """One line of the docket that ought to be there (or not: `count: 0`), by the values it has."""

    table: str
    values: Mapping[str, Any]
    count: int | None
    place: Node


@dataclass(frozen=True, kw_only=True, slots=True)
class Expecting:
    """Reads a `then`."""

    words: Words
    kinds: Mapping[RecordId, Kind]
    reading: Reading

    def read(self, node: Node) -> tuple[Expectation, ...]:
        return tuple(self._all(node))

    def _all(self, node: Node) -> Iterator[Expectation]:
        if not isinstance(node, Table):
            self.reading.fault(node, expected="a table of records, each with what ought to stand there")
            return
        for key, body in node.entries:
            if key.text in WHOLE:
                wanted = self._conflicts(body) if key.text == "conflicts" else self._docket(body)
                yield Expectation(subject=None, word=key.text, wanted=wanted, place=key)
                continue
            subject = self.words.names.get(key.text)
            if subject is None:
                near = nearest(key.text, (*self.words.names, *WHOLE))
                expected = "a record of this story, or " + " or ".join(WHOLE)
                self.reading.fault(key, expected=expected, near=near)
                continue
            if not isinstance(body, Table):
                self.reading.fault(body, expected="what ought to stand there: `{status: approved}`")
                continue
            for word, value in body.entries:
                wanted = self._wanted(self.kinds[subject], word, value)
                if wanted is not MISSING:
                    yield Expectation(subject=subject, word=word.text, wanted=wanted, place=word)

    def _wanted(self, kind: Kind, word: Scalar, value: Node) -> Any:
        there = known(MODELS[kind], self.words.own)
        slots = SLOTS.get(kind, {})
        if word.text in SPECIAL and word.text not in there:
            return self._special(word.text, value)
        if word.text in there:
            return self._value(there[word.text], value)
        if word.text in slots:
            if isinstance(value, Scalar):
                return None if value.null else self.words.names.get(value.text, value.text)
            self.reading.fault(value, expected="a value")
            return MISSING
        unknown(word, {**SPECIAL, **there, **slots}, self.reading)
        return MISSING

    def _special(self, word: str, value: Node) -> Any:
        if word in {"because", "notes", "says"}:
            return _or_missing(PHRASES.read(value, self.reading))
        if word == "gone":
            return _or_missing(TRUTH.read(value, self.reading))
        if isinstance(value, Scalar) and value.null:
            return None
        if word == "outcome":
            return _or_missing(OUTCOME.read(value, self.reading))
        if word in _NAMES:
            if isinstance(value, Scalar):
                return named(value, self.words, self.reading)
            self.reading.fault(value, expected="a record of this story")
            return MISSING
        return _or_missing(TEXT.read(value, self.reading))

    def _value(self, annotation: Any, value: Node) -> Any:
        plain = {each for each in get_args(annotation) if each is not type(None)} or {annotation}
        if datetime in plain and isinstance(value, Scalar) and not value.null:
            span = Word(self.words.clock.within, MOMENT).read(value, self.reading)
            return MISSING if span is None else Span(start=span[0], end=span[1])
        return read(annotation, value, self.words, self.reading)

    def _conflicts(self, node: Node) -> tuple[Row, ...]:
        rows = node.items if isinstance(node, Listing) else (node,)
        return tuple(self._row("conflict", row) for row in rows if isinstance(row, Table))

    def _docket(self, node: Node) -> tuple[Row, ...]:
        found = []
        for row in node.items if isinstance(node, Listing) else (node,):
            name = row.get("table") if isinstance(row, Table) else None
            if not isinstance(row, Table) or not isinstance(name, Scalar):
                self.reading.fault(row, found="no 'table'", expected=listed(ENTRY_TYPES))
            elif name.text not in ENTRY_TYPES:
                near = nearest(name.text, ENTRY_TYPES)
                self.reading.fault(name, expected=listed(ENTRY_TYPES, near), near=near)
            else:
                found.append(self._row(name.text, row))
        return tuple(found)

    def _row(self, name: str, row: Table) -> Row:
        model = ENTRY_TYPES[name]
        there = attributes(model)
        values: dict[str, Any] = {}
        count: int | None = None
        for word, value in row.entries:
            if word.text == "table":
                continue
            if word.text == "count":
                count = Word(int, "a whole number").read(value, self.reading)
            elif word.text == "between" and model is ConflictEntry:
                nodes = value.items if isinstance(value, Listing) else (value,)
                pair = [named(each, self.words, self.reading) for each in nodes if isinstance(each, Scalar)]
                values["between"] = frozenset(each for each in pair if each is not MISSING)
            elif word.text in there:
                wanted = self._entry_value(there[word.text], value)
                if wanted is not MISSING:
                    values[word.text] = wanted
            else:
                unknown(word, ("table", "count", *there), self.reading)
        return Row(table=name, values=values, count=count, place=row)

    def _entry_value(self, annotation: Any, value: Node) -> Any:
        """A docket's texts may hold record ids too, so that a name is tried first."""
        if isinstance(value, Scalar) and value.text in self.words.names:
            return self.words.names[value.text]
        return self._value(annotation, value)


def _or_missing(value: Any) -> Any:
    return MISSING if value is None else value
