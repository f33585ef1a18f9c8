"""Dispatch: desired values into the org, only what differs, never over a person's act (laws 11 to 14).

Owned and contested fields of one record travel in one row: with the org package the row carries the expected
value and a validation rule refuses it when somebody was there before us, so that 200 rows may share a call.
Without the package a contested row is one conditional PATCH.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from connector.flows.echo import CREATION
from connector.flows.fields import guard_of
from connector.mapping import CompiledMapping
from connector.ports.org import UNKNOWN_OUTCOME, BudgetSpent, ErrorKind, OrgPort, RetryLater, Row, RowResult
from connector.ports.store import AttemptState, OutboxItem, SourceVersion, Store, Transaction

AT_ONCE = 600
LONGEST_WAIT = timedelta(minutes=15)
GIVE_UP_AFTER = 12
STALE_AFTER = timedelta(seconds=2)


@dataclass(kw_only=True)
class Dispatched:
    """What one run did, by what became of each field."""

    written: int = 0
    unchanged: int = 0
    retried: int = 0
    superseded: int = 0
    dead: int = 0
    shadow: list[OutboxItem] = field(default_factory=list)


@dataclass(frozen=True, kw_only=True, slots=True)
class _Letter:
    """All due items of one record, and what the mirror says the org shows now."""

    items: tuple[OutboxItem, ...]
    shown: SourceVersion | None

    @property
    def contested(self) -> bool:
        return any(item.contested for item in self.items)


class Dispatch:
    """Delivers one org's outbox. In shadow mode it says what it would write, and writes nothing."""

    def __init__(self, org: OrgPort, store: Store, mapping: CompiledMapping, *, shadow: bool = False) -> None:
        self._org = org
        self._store = store
        self._mapping = mapping
        self._shadow = shadow

    def run(self, now: datetime, limit: int = AT_ONCE) -> Dispatched:
        """One round: take what may go, leave out what the org shows already, write the rest, sort the answers."""
        done = Dispatched()
        if self._shadow:
            with self._store.reading() as view:
                done.shadow = list(view.outbox.list([AttemptState.AVAILABLE, AttemptState.RETRYABLE]))
            return done
        self._reread_unknown(now, done)
        with self._store.transaction() as tx:
            letters = [
                self._fresh(tx, letter, now, done) for letter in _letters(tx, tx.outbox.take(now, limit))
            ]
        letters = [letter for letter in letters if letter.items]
        try:
            self._send(letters, now, done)
        except RetryLater as pause:
            self._put_back(
                [item for letter in letters for item in letter.items], now, str(pause), pause.delay, done
            )
            if isinstance(pause, BudgetSpent):
                raise
        return done

    def _fresh(self, tx: Transaction, letter: _Letter, now: datetime, done: Dispatched) -> _Letter:
        """The letter without the fields that the org already shows; a contested field moved on is superseded."""
        if letter.shown is None:
            return letter
        same = [
            item for item in letter.items if item.field in letter.shown.values and _shows(letter.shown, item)
        ]
        tx.outbox.settle(
            [item.id for item in same], AttemptState.DONE, now=now, reason="the org shows it already"
        )
        done.unchanged += len(same)
        rest = [item for item in letter.items if item not in same]
        moved = [
            item for item in rest if item.contested and letter.shown.values.get(item.field) != item.expected
        ]
        tx.outbox.settle(
            [item.id for item in moved],
            AttemptState.SUPERSEDED,
            now=now,
            reason="the record has moved on since",
        )
        done.superseded += len(moved)
        return _Letter(items=tuple(item for item in rest if item not in moved), shown=letter.shown)

    def _send(self, letters: Sequence[_Letter], now: datetime, done: Dispatched) -> None:
        creations = [letter for letter in letters if letter.items[0].field == CREATION]
        updates = [letter for letter in letters if letter.items[0].field != CREATION]
        alone = [letter for letter in updates if letter.contested and not self._package(letter)]
        together = [letter for letter in updates if letter not in alone]
        if together:
            self._sort(
                zip(together, self._org.write([self._row(letter) for letter in together]), strict=True),
                now,
                done,
            )
        for letter in alone:
            self._send_alone(letter, now, done)
        for object_name in sorted({letter.items[0].object for letter in creations}):
            self._create(object_name, [c for c in creations if c.items[0].object == object_name], now, done)

    def _send_alone(self, letter: _Letter, now: datetime, done: Dispatched) -> None:
        """Without the org package: one conditional PATCH, and only on a stamp older than two seconds."""
        stamp = letter.shown.stamp if letter.shown else now
        if now - stamp <= STALE_AFTER:
            self._put_back(letter.items, now, "the record changed a moment ago", 2.0, done)
            return
        result = self._org.write_if_unmodified(self._row(letter), stamp)
        self._sort([(letter, result)], now, done)

    def _create(self, object_name: str, letters: Sequence[_Letter], now: datetime, done: Dispatched) -> None:
        rows, key_field = [], ""
        for letter in letters:
            item = letter.items[0]
            values: Mapping[str, str | None] = json.loads(item.value or "{}")
            key_field = next(name for name, value in values.items() if value == item.key)
            rows.append(Row(object=object_name, id=None, values=values))
        self._sort(zip(letters, self._org.upsert(object_name, key_field, rows), strict=True), now, done)

    def _row(self, letter: _Letter) -> Row:
        values: dict[str, str | None] = {item.field: item.value for item in letter.items}
        for item in letter.items:
            guard = guard_of(self._mapping, item.object, item.field) if item.contested else None
            if guard:
                values[guard] = item.expected
        return Row(object=letter.items[0].object, id=letter.items[0].record, values=values)

    def _package(self, letter: _Letter) -> bool:
        """Whether the org ships the field that carries our expectation."""
        return all(guard_of(self._mapping, i.object, i.field) for i in letter.items if i.contested)

    def _sort(self, answers: Iterable[tuple[_Letter, RowResult]], now: datetime, done: Dispatched) -> None:
        """Each row's answer into written, retry, new fact or dead letter; one bad row stops no other (law 14)."""
        with self._store.transaction() as tx:
            for letter, answer in answers:
                ids = [item.id for item in letter.items]
                code, reason = answer.code, answer.message
                if answer.success:
                    tx.outbox.settle(ids, AttemptState.WRITTEN, now=now, previous=_previous(letter))
                    done.written += len(ids)
                elif answer.code == UNKNOWN_OUTCOME:
                    tx.outbox.settle(ids, AttemptState.UNKNOWN, now=now, code=code, reason=reason)
                elif answer.kind is ErrorKind.REFUSED_STALE:
                    tx.outbox.settle(ids, AttemptState.SUPERSEDED, now=now, code=code, reason=reason)
                    done.superseded += len(ids)
                elif (
                    answer.kind in (ErrorKind.RETRY, ErrorKind.BUDGET)
                    and letter.items[0].attempts < GIVE_UP_AFTER
                ):
                    wait = now + _wait(letter.items[0].attempts)
                    tx.outbox.settle(
                        ids, AttemptState.RETRYABLE, now=now, next_try=wait, code=code, reason=reason
                    )
                    done.retried += len(ids)
                else:
                    tx.outbox.settle(ids, AttemptState.DEAD, now=now, code=code, reason=reason)
                    done.dead += len(ids)

    def _put_back(
        self, items: Iterable[OutboxItem], now: datetime, reason: str, delay: float, done: Dispatched
    ) -> None:
        ids = [item.id for item in items]
        with self._store.transaction() as tx:
            tx.outbox.settle(
                ids, AttemptState.RETRYABLE, now=now, reason=reason, next_try=now + timedelta(seconds=delay)
            )
        done.retried += len(ids)

    def _reread_unknown(self, now: datetime, done: Dispatched) -> None:
        """After an unknown outcome, read first: neither our value nor the one before means a person acted."""
        with self._store.reading() as view:
            unknown = view.outbox.list([AttemptState.UNKNOWN, AttemptState.RUNNING])
        for object_name in sorted({item.object for item in unknown if item.record}):
            items = [item for item in unknown if item.object == object_name and item.record]
            fields = sorted({item.field for item in items})
            batch = self._org.retrieve(object_name, sorted({str(item.record) for item in items}), fields)
            rows = {row["Id"]: row for row in batch.records()}
            with self._store.transaction() as tx:
                for item in items:
                    self._reconciled(tx, item, rows.get(item.record), now, done)
        lost = [item for item in unknown if not item.record]
        if lost:
            with self._store.transaction() as tx:  # an upsert by external id may simply be repeated
                tx.outbox.settle([item.id for item in lost], AttemptState.RETRYABLE, now=now, next_try=now)

    @staticmethod
    def _reconciled(
        tx: Transaction,
        item: OutboxItem,
        row: Mapping[str, str | None] | None,
        now: datetime,
        done: Dispatched,
    ) -> None:
        shown = row.get(item.field) if row else None
        if row is not None and shown == item.value:
            tx.outbox.settle([item.id], AttemptState.WRITTEN, now=now)
            done.written += 1
        elif not item.contested or shown == item.expected:
            tx.outbox.settle([item.id], AttemptState.RETRYABLE, now=now, next_try=now)
            done.retried += 1
        else:
            reason = "after an unanswered write the record shows a third value: a person acted"
            tx.outbox.settle([item.id], AttemptState.SUPERSEDED, now=now, reason=reason)
            done.superseded += 1


def _letters(tx: Transaction, items: Sequence[OutboxItem]) -> list[_Letter]:
    grouped: dict[tuple[str, str], list[OutboxItem]] = {}
    for item in items:
        grouped.setdefault((item.object, item.record or item.key or ""), []).append(item)
    letters = []
    for (object_name, ident), found in grouped.items():
        shown = tx.mirror.get(object_name, [ident]).get(ident) if found[0].record else None
        letters.append(_Letter(items=tuple(found), shown=shown))
    return letters


def _shows(version: SourceVersion, item: OutboxItem) -> bool:
    return version.values.get(item.field) == item.value


def _previous(letter: _Letter) -> dict[int, str | None]:
    if letter.shown is None:
        return {}
    return {item.id: letter.shown.values.get(item.field) for item in letter.items}


def _wait(attempts: int) -> timedelta:
    """Doubling from two seconds, so that a lock is tried again soon and an outage is not hammered."""
    return min(timedelta(seconds=2 ** min(attempts, 9)), LONGEST_WAIT)
