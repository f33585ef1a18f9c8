"""Letters: all due items of one record, compared with what the mirror shows, ready to be one row."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from connector.canonical.time import parse_instant
from connector.flows.echo import CREATION
from connector.flows.fields import before_of, closed_off, guard_of, key_field_of, since_of
from connector.mapping import CompiledMapping
from connector.ports.org import Row
from connector.ports.store import AttemptState, OutboxItem, SourceVersion, Transaction

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

    letters: list[Letter]
    unchanged: int = 0
    superseded: int = 0
    retried: int = 0


def opened(
    tx: Transaction, mapping: CompiledMapping, items: Sequence[OutboxItem], now: datetime, ours: str
) -> Opened:
    """Group items by record; leave out what the org shows already, and what a person has moved on from."""
    grouped: dict[tuple[str, str], list[OutboxItem]] = {}
    for item in items:
        grouped.setdefault((item.object, item.record or item.key or ""), []).append(item)
    out = Opened(letters=[])
    for (object_name, ident), found in grouped.items():
        creates = found[0].field == CREATION
        shown = None if creates else tx.mirror.get(object_name, [ident]).get(ident)
        letter = Letter(items=tuple(found), shown=shown)
        kept = (
            _new(tx, mapping, letter, now, out, ours)
            if creates
            else _needed(tx, mapping, letter, now, out, ours)
        )
        if kept.items:
            out.letters.append(kept)
    return out


def _new(  # noqa: PLR0917
    tx: Transaction, mapping: CompiledMapping, letter: Letter, now: datetime, out: Opened, ours: str
) -> Letter:
    """A record with this key may be there: it is written anew where it differs, unless a person was there since."""
    item = letter.items[0]
    there = _there(tx, mapping, item)
    if there is None or _differs(there, item, ours):
        return letter
    tx.outbox.settle([item.id], AttemptState.DONE, now=now, reason="the org has it already")
    out.unchanged += 1
    return replace(letter, items=())


def _needed(  # noqa: PLR0917
    tx: Transaction, mapping: CompiledMapping, letter: Letter, now: datetime, out: Opened, ours: str
) -> Letter:
    shown = letter.shown
    if shown is None:
        reason = "the record is not mirrored yet"
        later = now + NOT_MIRRORED_WAIT
        tx.outbox.settle(
            letter.ids, AttemptState.RETRYABLE, now=now, next_try=later, reason=reason, answered=False
        )
        out.retried += len(letter.items)
        return replace(letter, items=())
    if shown.deleted:
        return _without(tx, letter, letter.items, "the record is deleted", now, out)
    closed = [item for item in letter.items if closed_off(mapping, item.object, item.field, shown.values)]
    if closed:
        letter = _without(tx, letter, closed, "the lead is converted, and read-only", now, out)
    same = [item for item in letter.items if _shows(shown.values, item)]
    done = AttemptState.DONE
    tx.outbox.settle([item.id for item in same], done, now=now, reason="the org shows it already")
    out.unchanged += len(same)
    rest = tuple(item for item in letter.items if item not in same)
    gone = [
        item
        for item in rest
        if _moved_on(shown.values, item) or acted_since(tx, mapping, item, shown.values, ours)
    ]
    kept = _without(tx, replace(letter, items=rest), gone, "the record has moved on since", now, out)
    before = {item.id: shown.values.get(item.field) for item in kept.items}
    tx.outbox.settle(kept.ids, AttemptState.RUNNING, now=now, previous=before)
    return kept


def differing(
    tx: Transaction, mapping: CompiledMapping, items: Sequence[OutboxItem], ours: str
) -> list[OutboxItem]:
    """What `opened` would leave to be written now, with nothing settled: the shadow mode's view of it."""
    return [item for item in items if _would_go(tx, mapping, item, ours)]


def _would_go(tx: Transaction, mapping: CompiledMapping, item: OutboxItem, ours: str) -> bool:
    if item.field == CREATION:
        there = _there(tx, mapping, item)
        return there is None or _differs(there, item, ours)
    shown = tx.mirror.get(item.object, [str(item.record)]).get(str(item.record))
    if shown is None or shown.deleted or closed_off(mapping, item.object, item.field, shown.values):
        return False
    if _shows(shown.values, item):
        return False
    return not (_moved_on(shown.values, item) or acted_since(tx, mapping, item, shown.values, ours))


def _there(tx: Transaction, mapping: CompiledMapping, item: OutboxItem) -> SourceVersion | None:
    """The org's record with the key of a creation."""
    key_field = key_field_of(mapping, item.object)
    if not key_field or not item.key:
        return None
    return next(iter(tx.mirror.where(item.object, key_field, item.key)), None)


def _differs(there: SourceVersion, item: OutboxItem, ours: str) -> bool:
    """Whether what we want is news for a record that we made; what a person made, or saved since our act, is theirs."""
    values = there.values
    if values.get("CreatedById") != ours:
        return False
    saved = values.get("LastModifiedDate")
    theirs = values.get("LastModifiedById") != ours
    if theirs and (saved is None or parse_instant(saved) > item.caused_at):
        return False
    wanted: dict[str, str | None] = json.loads(item.value or "{}")
    return any(name in values and values[name] != value for name, value in wanted.items())


_OUR_STAMP = timedelta(seconds=10)
"""Our own write is stamped by the org at most so far from the time that we note for it."""


def acted_since(
    tx: Transaction, mapping: CompiledMapping, item: OutboxItem, values: Mapping[str, str | None], ours: str
) -> bool:
    """Whether a contested field shows what we expect again, but was changed after the act that we ruled on.

    Given back and taken again, it is another claim: its own fact decides. A change that we made ourselves is none;
    who made it, the version of its second tells, unless that one was saved once more before we looked.
    """
    stamp = since_of(mapping, item.object, item.field) if item.contested else None
    since = values.get(stamp) if stamp else None
    if stamp is None or since is None or parse_instant(since) <= item.caused_at:
        return False
    made = tx.mirror.as_of(item.object, str(item.record), parse_instant(since))
    if made is not None and made.values.get(stamp) == since and made.values.get("LastModifiedById") != ours:
        return True
    before = before_of(mapping, item.object, item.field)
    written = (
        other.written_at
        for other in tx.outbox.of_records(item.object, [str(item.record)]).get(str(item.record), ())
        if other.field == item.field and other.id != item.id and other.value == item.expected
        if before is None or values.get(before) == other.expected
    )
    return not any(at is not None and abs(at - parse_instant(since)) <= _OUR_STAMP for at in written)


def _without(  # noqa: PLR0917
    tx: Transaction, letter: Letter, gone: Sequence[OutboxItem], reason: str, now: datetime, out: Opened
) -> Letter:
    tx.outbox.settle([item.id for item in gone], AttemptState.SUPERSEDED, now=now, reason=reason)
    out.superseded += len(gone)
    return replace(letter, items=tuple(item for item in letter.items if item not in gone))


def _shows(values: Mapping[str, str | None], item: OutboxItem) -> bool:
    return item.field in values and values[item.field] == item.value


def _moved_on(values: Mapping[str, str | None], item: OutboxItem) -> bool:
    """A contested field must still be as expected; so must one whose wish says what it replaces."""
    return (item.contested or item.expected is not None) and values.get(item.field) != item.expected
