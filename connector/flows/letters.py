"""Letters: all due items of one record, compared with what the mirror shows, ready to be one row."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from connector.flows.echo import CREATION
from connector.flows.fields import guard_of
from connector.flows.shown import Shown, shows
from connector.mapping import CompiledMapping
from connector.ports.org import Row
from connector.ports.store import AttemptState, OutboxItem, SourceVersion

NOT_MIRRORED_WAIT = timedelta(seconds=10)
"""Until the mirror is looked into again for a record that it does not have yet."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Letter:
    """`shown` is the record as the mirror has it; None for a creation, or a record not mirrored yet."""

    items: tuple[OutboxItem, ...]
    shown: SourceVersion | None

    @property
    def object(self) -> str:
        return self.items[0].object

    @property
    def creates(self) -> bool:
        return self.items[0].field == CREATION

    @property
    def contested(self) -> bool:
        return any(item.contested for item in self.items)

    @property
    def ids(self) -> list[int]:
        return [item.id for item in self.items]

    @property
    def attempts(self) -> int:
        return max(item.attempts for item in self.items)

    def guarded(self, mapping: CompiledMapping) -> bool:
        """Whether the org ships the field that carries our expectation of every contested one."""
        return all(guard_of(mapping, item.object, item.field) for item in self.items if item.contested)

    def row(self, mapping: CompiledMapping) -> Row:
        """The values with our expectations beside them, or those of the record to be created."""
        first = self.items[0]
        if self.creates:
            return Row(object=first.object, id=None, values=json.loads(first.value or "{}"))
        values: dict[str, str | None] = {item.field: item.value for item in self.items}
        for item in self.items:
            guard = guard_of(mapping, item.object, item.field) if item.contested else ""
            if guard:
                values[guard] = item.expected
        return Row(object=first.object, id=first.record, values=values)


@dataclass(kw_only=True)
class Opened:
    """Letters after a look at the mirror, and how many of their items need no writing."""

    letters: list[Letter] = field(default_factory=list)
    unchanged: int = 0
    superseded: int = 0
    retried: int = 0


def opened(shown: Shown, items: Sequence[OutboxItem], now: datetime) -> Opened:
    """Group items by record; leave out what the org shows already, and what a person has moved on from."""
    grouped: dict[tuple[str, str], list[OutboxItem]] = {}
    for item in items:
        grouped.setdefault((item.object, item.record or item.key or ""), []).append(item)
    opening = _Opening(shown=shown, now=now)
    for found in grouped.values():
        creates = found[0].field == CREATION
        letter = Letter(items=tuple(found), shown=None if creates else shown.version(found[0]))
        kept = opening.new(letter) if creates else opening.needed(letter)
        if kept.items:
            opening.out.letters.append(kept)
    return opening.out


def differing(shown: Shown, items: Sequence[OutboxItem]) -> list[OutboxItem]:
    """What `opened` would leave to be written now, with nothing settled: the shadow mode's view of it."""
    return [
        item for item in items if (shown.news(item) if item.field == CREATION else shown.still_wanted(item))
    ]


@dataclass(frozen=True, kw_only=True)
class _Opening:
    """One look at the mirror for letters that may go `now`, and what came of it so far."""

    shown: Shown
    now: datetime
    out: Opened = field(default_factory=Opened)

    def new(self, letter: Letter) -> Letter:
        """A record with this key may be there: it is written anew where it differs, unless a person was there since."""
        if self.shown.news(letter.items[0]):
            return letter
        return self._unchanged(letter, letter.items, "the org has it already")

    def needed(self, letter: Letter) -> Letter:
        """What of a letter about a record of the org is still to be written."""
        if letter.shown is None:
            return self._later(letter)
        values = letter.shown.values
        if letter.shown.deleted:
            return self._without(letter, letter.items, "the record is deleted")
        closed = [item for item in letter.items if self.shown.closed_off(item, values)]
        letter = self._without(letter, closed, "the lead is converted, and read-only")
        same = [item for item in letter.items if shows(values, item)]
        letter = self._unchanged(letter, same, "the org shows it already")
        gone = [item for item in letter.items if self.shown.moved_on(item, values)]
        letter = self._without(letter, gone, "the record has moved on since")
        before = {item.id: values.get(item.field) for item in letter.items}
        self.shown.tx.outbox.settle(letter.ids, AttemptState.RUNNING, now=self.now, previous=before)
        return letter

    def _later(self, letter: Letter) -> Letter:
        self.shown.tx.outbox.settle(
            letter.ids,
            AttemptState.RETRYABLE,
            now=self.now,
            next_try=self.now + NOT_MIRRORED_WAIT,
            reason="the record is not mirrored yet",
            answered=False,
        )
        self.out.retried += len(letter.items)
        return replace(letter, items=())

    def _unchanged(self, letter: Letter, same: Sequence[OutboxItem], reason: str) -> Letter:
        self.out.unchanged += len(same)
        return self._settled(letter, same, AttemptState.DONE, reason)

    def _without(self, letter: Letter, gone: Sequence[OutboxItem], reason: str) -> Letter:
        self.out.superseded += len(gone)
        return self._settled(letter, gone, AttemptState.SUPERSEDED, reason)

    def _settled(
        self, letter: Letter, items: Sequence[OutboxItem], state: AttemptState, reason: str
    ) -> Letter:
        """The letter without these items, which are over."""
        if items:
            self.shown.tx.outbox.settle([item.id for item in items], state, now=self.now, reason=reason)
        return replace(letter, items=tuple(item for item in letter.items if item not in items))
