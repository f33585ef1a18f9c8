"""What a story expected and what stands instead, said so that a person sees the place and the cause."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from connector.canonical.docket import ENTRY_TYPES, Entry
from connector.canonical.document import Node
from connector.canonical.ids import RecordId
from connector.canonical.intent import Say
from connector.canonical.records import MODELS, Record
from connector.canonical.verdict import Effect, Verdict
from connector.scenario.expectations import Row, Span
from connector.scenario.story import Check, Expectation, Story
from connector.scenario.values import known, of

_LONG = 80
_REASONS = (Effect.REFUSE, Effect.ASK, Effect.LACK)


class Played(Protocol):
    """A story that was played, in memory or through an org, as far as a check may look into it."""

    story: Story

    @property
    def name(self) -> str: ...
    def record(self, ident: RecordId) -> Record | None: ...
    def verdict(self, ident: RecordId) -> Verdict | None: ...
    def slot(self, ident: RecordId, slot: str) -> str | Say | None: ...
    def entries(self, table: str) -> Sequence[Entry]: ...
    def key(self, ours: str) -> str:
        """Under which id or number a record of the story is found."""
        ...

    def ident(self, found: str) -> str:
        """The story's id of a record that was found under another."""
        ...


@dataclass(frozen=True, kw_only=True, slots=True)
class Difference:
    """One expectation that does not hold."""

    place: Node
    subject: str
    word: str
    wanted: str
    found: str

    def line(self, file: str) -> str:
        what = f"{self.subject}.{self.word}" if self.subject else self.word
        return f"{file}:{self.place.line}:{self.place.column}: {what}: expected {self.wanted}, found {self.found}"


def differences(check: Check, played: Played) -> Iterator[Difference]:
    """Every expectation of a check that does not hold."""
    for each in check.expectations:
        if each.subject is None:
            yield from _rows(each, played)
            continue
        found = _found(each.subject, each.word, played)
        if not _same(each.wanted, found, played):
            yield Difference(
                place=each.place,
                subject=played.story.name_of(each.subject),
                word=each.word,
                wanted=_said(each.wanted, played.story),
                found=_said(found, played.story, played),
            )


def _found(ident: RecordId, word: str, played: Played) -> Any:
    if word in known(MODELS[played.story.kinds[ident]], played.story.mapping.own):
        record = played.record(ident)
        return of(record, word) if record else None
    match word:
        case "outcome":
            verdict = played.verdict(ident)
            return verdict.outcome.value if verdict else None
        case "because":
            return _phrases(played.verdict(ident), *_REASONS)
        case "notes":
            return _phrases(played.verdict(ident), Effect.NOTE)
        case "says":
            said = played.slot(ident, "message")
            return tuple(str(key) for key, _ in said.sentences) if isinstance(said, Say) else ()
        case "state":
            return _state(ident, played)
        case "credit":
            return next((_of(e, "firm") for e in played.entries("credit") if _about(e, ident, played)), None)
        case "gone":
            return played.record(ident) is None
    return played.slot(ident, word)


def _phrases(verdict: Verdict | None, *effects: Effect) -> frozenset[str]:
    found = verdict.findings if verdict else ()
    return frozenset(str(finding.message) for finding in found if finding.effect in effects)


def _about(entry: Entry, ident: RecordId, played: Played) -> bool:
    return entry.key.split("|")[0] in (ident, played.key(ident))


def _state(ident: RecordId, played: Played) -> str | None:
    """The state of the newest line about a record: its registration, its claim, or whatever line has a state."""
    for table, model in ENTRY_TYPES.items():
        if "state" not in model.model_fields or table == "conflict":
            continue
        lines = [entry for entry in played.entries(table) if _about(entry, ident, played)]
        if lines:
            newest = max(lines, key=lambda entry: (str(_of(entry, "opened") or ""), entry.key))
            return str(_of(newest, "state"))
    return None


def _of(entry: Entry, name: str) -> Any:
    return getattr(entry, name, None)


def _same(wanted: Any, found: Any, played: Played) -> bool:
    if isinstance(wanted, Span):
        return wanted.holds(found)
    if isinstance(found, frozenset):
        return frozenset(wanted) == found
    if wanted in (None, "", ()):
        return found in (None, "", (), False)
    if isinstance(wanted, str):
        return found is not None and str(getattr(found, "value", found)) in (wanted, played.key(wanted))
    return bool(wanted == found)


def _rows(expected: Expectation, played: Played) -> Iterator[Difference]:
    rows: tuple[Row, ...] = expected.wanted
    for row in rows:
        there = [entry for entry in played.entries(row.table) if _fits(row, entry, played)]
        wanted = row.count
        if wanted is None and there:
            continue
        if wanted is not None and len(there) == wanted:
            continue
        values = {**row.values, **({"count": wanted} if wanted is not None else {})}
        found = [_line(e, played) for e in (there or played.entries(row.table))]
        yield Difference(
            place=row.place,
            subject="",
            word=row.table,
            wanted=_said(values, played.story),
            found="; ".join(found) or "none",
        )
    if expected.word == "conflicts":
        there = list(played.entries("conflict"))
        others = [e for e in there if not any(_fits(row, e, played) for row in rows)]
        if others:
            yield Difference(
                place=expected.place,
                subject="",
                word="conflicts",
                wanted=f"{len(rows)} and no other",
                found="also " + "; ".join(_line(entry, played) for entry in others),
            )


def _fits(row: Row, entry: Entry, played: Played) -> bool:
    for word, wanted in row.values.items():
        if word == "between":
            sides = frozenset(str(_of(entry, side)) for side in ("left", "right"))
            if sides not in (wanted, frozenset(played.key(each) for each in wanted)):
                return False
        elif not _same(wanted, of(entry, word), played):
            return False
    return True


def _line(entry: Entry, played: Played) -> str:
    """The values of a line that differ from their defaults, with names for ids."""
    fields = type(entry).model_fields
    told = {
        name: value
        for name in fields
        if (value := getattr(entry, name)) != fields[name].get_default() or name in {"state", "kind"}
    }
    return _said(told, played.story, played)


def _said(value: Any, story: Story, played: Played | None = None) -> str:
    if isinstance(value, datetime):
        return f"{value.astimezone(story.clock.zone):%Y-%m-%d %H:%M:%S}"
    match value:
        case Span():
            return _said(value.start, story)
        case None:
            return "nothing"
        case bool():
            return "true" if value else "false"
        case dict() | Say() | tuple() | list() | frozenset():
            return _several(value, story, played)
        case str():
            plain = str(getattr(value, "value", value))
            return _short(story.name_of(played.ident(plain) if played else plain))
    return str(value)


def _several(value: Any, story: Story, played: Played | None) -> str:
    if isinstance(value, dict):
        inner = (f"{name}: {_said(each, story, played)}" for name, each in value.items())
        return "{" + ", ".join(inner) + "}"
    parts = [key for key, _ in value.sentences] if isinstance(value, Say) else value
    told = [_said(each, story, played) for each in parts]
    return "[" + ", ".join(sorted(told) if isinstance(value, frozenset) else told) + "]"


def _short(text: str) -> str:
    """One line of a text, as much of it as a person reads in a list of differences."""
    if not text:
        return "nothing"
    first = text.splitlines()[0]
    return first if first == text and len(first) <= _LONG else f"{first[:_LONG]} …"
