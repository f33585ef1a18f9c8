"""Echoes: our own writes coming back, told from people's acts by attempt, value and login (law 13)."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from connector.canonical.fact import Fact, FactKind
from connector.canonical.ids import RecordId
from connector.canonical.kind import Kind
from connector.canonical.time import at
from connector.ports.store import AttemptState, Change, OutboxItem, SourceVersion, Transaction

CREATION = "*"
"""The outbox's field name of a record to be created."""

_SLACK = timedelta(seconds=2)


def recognise(
    tx: Transaction, change: Change, ours: RecordId, now: datetime, *, kind: Kind, key_field: str | None
) -> Iterator[Fact]:
    """Confirm outstanding attempts whose value the record now shows; an overwritten one is superseded.

    The same value saved by someone else is the fact *affirmed*, another value the fact *edited*. `key_field`
    holds the external id by which a creation of ours is known.
    """
    after = change.after
    actor = after.values.get("LastModifiedById")
    key = after.values.get(key_field) if key_field else None
    waiting = tx.outbox.outstanding(after.object, [after.id, *([key] if key else [])])
    for item in (item for items in waiting.values() for item in items):
        shown = after.values.get(item.field)
        if item.field == CREATION or shown == item.value:
            tx.outbox.settle([item.id], AttemptState.DONE, now=now)
            if actor != ours and item.field != CREATION:
                yield _fact(FactKind.AFFIRMED, kind, item, after, actor)
        elif item.state is AttemptState.WRITTEN and actor != ours and _after(item, after.stamp):
            reason = "a person saved another value after our write"
            tx.outbox.settle([item.id], AttemptState.SUPERSEDED, now=now, reason=reason)
            yield _fact(FactKind.EDITED, kind, item, after, actor)


def _after(item: OutboxItem, stamp: datetime) -> bool:
    return item.written_at is not None and stamp + _SLACK >= item.written_at.replace(microsecond=0)


def _fact(kind: FactKind, subject: Kind, item: OutboxItem, after: SourceVersion, actor: str | None) -> Fact:
    return Fact(
        kind=kind,
        subject=subject,
        record=RecordId(after.id),
        when=at(after.stamp),
        value=item.field,
        prior=item.value or "",
        actor=RecordId(actor) if actor else None,
    )
