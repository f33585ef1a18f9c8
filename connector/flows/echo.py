"""Echoes: our own writes coming back, told from people's acts by attempt, value and login (law 13)."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from connector.canonical.fact import Fact, FactKind
from connector.canonical.ids import RecordId
from connector.canonical.time import at, instant_text, parse_instant
from connector.flows.faults import Faults, FaultSort
from connector.flows.fields import edits_of, key_field_of, since_of
from connector.mapping import CompiledMapping, PersonEdits
from connector.ports.store import AttemptState, Change, OutboxItem, SourceVersion, Transaction, Wish

CREATION = "*"
"""The outbox's field name of a record to be created."""

RESTORES = 3
"""So often is a field put back within a day; then it is paused, because automation is fighting (law 13)."""

PAUSED = "PAUSED"
"""Code of the dead letter that a paused field becomes; `connector outbox retry` tries once more."""

_RESTORED = "restored|"
_LOOKED = "restores_looked_through"
_A_DAY = timedelta(days=1)
_SURELY_AFTER = timedelta(seconds=3)
_OUTSTANDING = (AttemptState.RUNNING, AttemptState.UNKNOWN, AttemptState.WRITTEN)
_WAITING = (AttemptState.AVAILABLE, AttemptState.RETRYABLE, AttemptState.DEAD)


@dataclass(frozen=True, kw_only=True, slots=True)
class _Slot:
    """What the outbox holds of one field of one record, newest of each."""

    outstanding: OutboxItem | None = None
    waiting: OutboxItem | None = None
    done: OutboxItem | None = None


class Echoes:
    """Reads changes of one org in one transaction: confirms what is ours, and follows up what is not."""

    def __init__(
        self, tx: Transaction, mapping: CompiledMapping, ours: RecordId, faults: Faults, now: datetime
    ) -> None:
        self._tx = tx
        self._mapping = mapping
        self._ours = ours
        self._faults = faults
        self._now = now

    def of(self, changes: Sequence[Change]) -> Iterator[Fact]:
        """Facts of one object's changes: *affirmed* (the same value by another), *edited* (another value)."""
        if not changes or not self._mapping.slots_of(changes[0].after.object):
            return
        self._forget_restores()
        object_name = changes[0].after.object
        key_field = key_field_of(self._mapping, object_name)
        keys = [key for change in changes if key_field and (key := change.after.values.get(key_field))]
        held = self._tx.outbox.current(object_name, [*(change.after.id for change in changes), *keys])
        for change in changes:
            if change.after.deleted:
                continue
            key = change.after.values.get(key_field) if key_field else None
            self._created(held.get(key, ()) if key else ())
            for field, slot in _slots(held.get(change.after.id, ())).items():
                yield from self._field(change, field, slot)

    def _forget_restores(self) -> None:
        """Once a day: a field not put back for a day has stood, and its note goes (law 21)."""
        looked = self._tx.notes.get(_LOOKED)
        if looked and self._now - parse_instant(looked) < _A_DAY:
            return
        for name, text in self._tx.notes.beginning(_RESTORED).items():
            if all(self._now - parse_instant(at) >= _A_DAY for at in json.loads(text)):
                self._tx.notes.remove(name)
        self._tx.notes.put(_LOOKED, instant_text(self._now))

    def _created(self, items: Iterable[OutboxItem]) -> None:
        """A record with our external id exists: what was asked for is there; what still waits may be news for it."""
        born = [item.id for item in items if item.field == CREATION and item.state in _OUTSTANDING]
        if born:
            self._tx.outbox.settle(born, AttemptState.DONE, now=self._now)

    def _field(self, change: Change, field: str, slot: _Slot) -> Iterator[Fact]:
        after = change.after
        actor, shown = after.values.get("LastModifiedById"), after.values.get(field)
        moved = change.before is None or change.before.values.get(field) != shown
        ours = actor == self._ours
        item = slot.outstanding or slot.waiting
        if item is not None and shown == item.value and (moved or slot.outstanding):
            self._tx.outbox.settle([item.id], AttemptState.DONE, now=self._now)
            self._faults.mended(FaultSort.EDITED, after.object, after.id, [field])
            if not ours:
                yield _fact(self._mapping, FactKind.AFFIRMED, item, after, actor)
        elif slot.outstanding is not None:
            moved = moved or self._moved_since(change, slot.outstanding)
            if _overwritten(slot.outstanding, after.stamp, moved=moved, ours=ours):
                yield from self._edited(slot.outstanding, slot.waiting, after, actor)
        elif moved and not ours and slot.waiting is not None and change.before is not None:
            yield from self._edited(slot.waiting, slot.waiting, after, actor)
        elif moved and not ours and slot.done is not None and _stood(change, field, slot.done):
            yield from self._edited(slot.done, None, after, actor)

    def _moved_since(self, change: Change, item: OutboxItem) -> bool:
        """Whether a contested field shows what it showed before our write, since a later moment: it was set anew."""
        stamp = since_of(self._mapping, item.object, item.field) if item.contested else None
        before = change.before.values.get(stamp) if stamp and change.before else None
        since = change.after.values.get(stamp) if stamp else None
        return before is not None and since is not None and parse_instant(since) > parse_instant(before)

    def _edited(
        self, item: OutboxItem, waiting: OutboxItem | None, after: SourceVersion, actor: str | None
    ) -> Iterator[Fact]:
        """A person's act on a field that we own: the profile says what follows."""
        follow = PersonEdits.ACCEPT if item.contested else edits_of(self._mapping, item.object, item.field)
        fact = _fact(self._mapping, FactKind.EDITED, item, after, actor)
        yield fact
        if item.state in _OUTSTANDING:
            reason = "somebody saved another value after our write"
            self._tx.outbox.settle([item.id], AttemptState.SUPERSEDED, now=self._now, reason=reason)
        if follow is PersonEdits.RESTORE:
            if item is not waiting and waiting is None:
                self._restore(item, fact)
            return
        if item is waiting and not item.contested:
            reason = "a person has set the field since"
            self._tx.outbox.settle([item.id], AttemptState.SUPERSEDED, now=self._now, reason=reason)
        if follow is PersonEdits.FLAG:
            reason = f"somebody changed it after our write; we had {_quoted(item.value)}"
            self._faults.add(FaultSort.EDITED, item.object, after.id, item.field, reason, self._now)

    def _restore(self, item: OutboxItem, fact: Fact) -> None:
        """Our value goes back, three times a day at most; then the field is a dead letter and a fault."""
        wish = Wish(
            object=item.object,
            record=item.record,
            key=None,
            field=item.field,
            value=item.value,
            contested=False,
            expected=None,
            provisional=False,
            cause=fact.identity,
            caused_at=fact.instant,
            ledger_seq=item.ledger_seq,
        )
        self._tx.outbox.put([wish], self._now)
        name = f"{_RESTORED}{item.object}|{item.record}|{item.field}"
        text = self._tx.notes.get(name)
        lately = [at for at in (json.loads(text) if text else []) if self._now - parse_instant(at) < _A_DAY]
        if len(lately) < RESTORES:
            self._tx.notes.put(name, json.dumps([*lately, instant_text(self._now)]))
            return
        reason = (
            f"put back {RESTORES} times within a day and changed again each time: find the automation or the"
            " person that sets this field, then retry"
        )
        again = self._tx.outbox.current(item.object, [str(item.record)]).get(str(item.record), ())
        ids = [one.id for one in again if one.field == item.field and one.state is AttemptState.AVAILABLE]
        self._tx.outbox.settle(ids, AttemptState.DEAD, now=self._now, code=PAUSED, reason=reason)
        self._faults.add(FaultSort.CONTENDED, item.object, str(item.record), item.field, reason, self._now)


def _slots(items: Iterable[OutboxItem]) -> Mapping[str, _Slot]:
    by_field: dict[str, list[OutboxItem]] = {}
    for item in items:
        by_field.setdefault(item.field, []).append(item)
    return {field: _slot(found) for field, found in by_field.items()}


def _slot(items: Sequence[OutboxItem]) -> _Slot:
    def newest(*states: AttemptState) -> OutboxItem | None:
        return next((item for item in reversed(items) if item.state in states), None)

    last = items[-1]
    done = newest(AttemptState.DONE)
    return _Slot(
        outstanding=newest(*_OUTSTANDING),
        waiting=newest(*_WAITING),
        done=done if done is not None and last.state is not AttemptState.SUPERSEDED else None,
    )


def _overwritten(item: OutboxItem, stamp: datetime, *, moved: bool, ours: bool) -> bool:
    """Whether the value that stands instead of ours was saved after our write.

    A save by our own login that shows another value is the org's automation, or its way of writing our
    value. A field that looks as before may be an old answer: only a later second makes it an act.
    """
    if item.state is not AttemptState.WRITTEN or item.written_at is None:
        return moved and not ours and item.state is AttemptState.UNKNOWN and not item.contested
    if moved or ours:
        return stamp >= item.written_at.replace(microsecond=0)
    return stamp > item.written_at + _SURELY_AFTER


def _stood(change: Change, field: str, done: OutboxItem) -> bool:
    return change.before is not None and change.before.values.get(field) == done.value


def _fact(
    mapping: CompiledMapping, kind: FactKind, item: OutboxItem, after: SourceVersion, actor: str | None
) -> Fact:
    subject, _ = mapping.slots_of(item.object)[item.field]
    return Fact(
        kind=kind,
        subject=subject,
        record=RecordId(after.id),
        when=at(after.stamp),
        value=item.field,
        prior=item.value or "",
        actor=RecordId(actor) if actor else None,
    )


def _quoted(value: str | None) -> str:
    return "nothing" if value is None else f"{value[:60]!r}"
