"""Undo: a batch of our writes taken back from the values before them, which the outbox keeps (law 15).

Only where our value still stands: what a person or a later verdict has set since is left alone. What is taken back is
a desired value like any other, guarded by the value that it replaces, and an entry of the ledger per record.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from connector.canonical.fact import Fact, FactKind
from connector.canonical.ids import RecordId
from connector.canonical.kind import Kind
from connector.canonical.time import at
from connector.flows.echo import CREATION
from connector.flows.fields import closed_off
from connector.mapping import CompiledMapping
from connector.ports.store import AttemptState, OutboxItem, Store, Transaction, Wish

_MARK = "|undone|"
_WRITTEN = (AttemptState.WRITTEN, AttemptState.DONE)
_ON_ITS_WAY = (AttemptState.AVAILABLE, AttemptState.RETRYABLE, AttemptState.RUNNING, AttemptState.UNKNOWN)
_SECOND = timedelta(seconds=1)


class Fate(StrEnum):
    """What becomes of one written field."""

    BACK = "back"  # the value before goes back
    CHANGED = "changed"  # the org shows another value than ours
    NEWER = "newer"  # a newer desired value is on its way
    GONE = "gone"  # the record is deleted, or can no longer be written
    CREATED = "created"  # a record that we created: a person deletes it, if it is wrong


@dataclass(frozen=True, kw_only=True, slots=True)
class Selection:
    """Which writes: those noted in `[since, until)`, of one record only where named."""

    since: datetime | None = None
    until: datetime | None = None
    record: str | None = None


def batch(written_at: datetime) -> Selection:
    """The writes of one round: all that were noted in the same second, as `outbox list --all --json` shows it."""
    second = written_at.replace(microsecond=0)
    return Selection(since=second, until=second + _SECOND)


@dataclass(frozen=True, kw_only=True, slots=True)
class Step:
    """One field of one record: our value, and what stood before the first of the selected writes."""

    object: str
    record: str
    field: str
    ours: str | None
    before: str | None
    fate: Fate
    contested: bool = False


@dataclass(kw_only=True)
class Undone:
    """What was, or would be, taken back."""

    steps: list[Step] = field(default_factory=list)

    def of(self, fate: Fate) -> Sequence[Step]:
        return [step for step in self.steps if step.fate is fate]


def is_undo(item: OutboxItem) -> bool:
    """Whether this desired value takes one of ours back: no breaker and no stage holds it."""
    return _MARK in item.cause


class Undo:
    """Takes back what one org was written."""

    def __init__(self, store: Store, mapping: CompiledMapping) -> None:
        self._store = store
        self._mapping = mapping

    def plan(self, selection: Selection) -> Undone:
        """What would be taken back; nothing is written."""
        with self._store.reading() as view:
            return Undone(steps=list(self._steps(view, selection)))

    def run(self, selection: Selection, now: datetime) -> Undone:
        """Wish the values before for every field where ours still stands, and enter it in the ledger."""
        with self._store.transaction() as tx:
            done = Undone(steps=list(self._steps(tx, selection)))
            by_record: dict[tuple[str, str], list[Step]] = {}
            for step in done.of(Fate.BACK):
                by_record.setdefault((step.object, step.record), []).append(step)
            for (object_name, record), steps in by_record.items():
                fact = _fact(self._kind(object_name, steps[0].field), record, steps, now)
                line = tx.ledger.append(fact, None, (), now)
                tx.outbox.put([_wish(step, line.seq, now) for step in steps], now)
        return done

    def _steps(self, view: Transaction, selection: Selection) -> Iterator[Step]:
        """Field by field, in the order in which they were first written."""
        written: dict[tuple[str, str, str], list[OutboxItem]] = {}
        for item in view.outbox.written(selection.since, selection.until, selection.record):
            target = item.record or item.key or ""
            if not is_undo(item):
                written.setdefault((item.object, target, item.field), []).append(item)
        for (object_name, target, name), items in written.items():
            last = items[-1]
            yield Step(
                object=object_name,
                record=target,
                field=name,
                ours=last.value,
                before=items[0].previous,
                fate=self._fate(view, last),
                contested=last.contested,
            )

    def _fate(self, view: Transaction, item: OutboxItem) -> Fate:
        if item.field == CREATION or item.record is None:
            return Fate.CREATED
        others = view.outbox.current(item.object, [item.record]).get(item.record, ())
        if any(
            each.field == item.field and each.id > item.id and each.state in _ON_ITS_WAY for each in others
        ):
            return Fate.NEWER
        shown = view.mirror.get(item.object, [item.record]).get(item.record)
        if shown is None or shown.deleted or closed_off(self._mapping, item.object, item.field, shown.values):
            return Fate.GONE
        awaited = item.state is AttemptState.WRITTEN and shown.values.get(item.field) == item.previous
        stands = awaited or shown.values.get(item.field) == item.value
        return Fate.BACK if stands else Fate.CHANGED

    def _kind(self, object_name: str, name: str) -> Kind:
        return self._mapping.slots_of(object_name)[name][0]


def _fact(kind: Kind, record: str, steps: Sequence[Step], now: datetime) -> Fact:
    """The values themselves are evidence: they stand in the detail, from where they may be erased."""
    return Fact(
        kind=FactKind.UNDONE,
        subject=kind,
        record=RecordId(record),
        when=at(now),
        value=", ".join(step.field for step in steps),
        detail={step.field: step.ours or "" for step in steps},
    )


def _wish(step: Step, seq: int, now: datetime) -> Wish:
    return Wish(
        object=step.object,
        record=step.record,
        key=None,
        field=step.field,
        value=step.before,
        contested=step.contested,
        expected=step.ours,
        provisional=False,
        cause=f"{step.record}{_MARK}{step.field}|{now:%Y%m%dT%H%M%S}",
        caused_at=now,
        ledger_seq=seq,
    )
