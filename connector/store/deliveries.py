"""What became of the outbox's rows, asked across records: by code, by the time of writing, by delay."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, func, select, update

from connector.ports.store import AttemptState, OutboxItem
from connector.store.schema import OUTBOX

_UNDELIVERED = (AttemptState.AVAILABLE, AttemptState.RETRYABLE, AttemptState.DEAD)
_TAKEN = (AttemptState.WRITTEN, AttemptState.DONE)
_ITEM = tuple(OUTBOX.c[name] for name in OutboxItem.__dataclass_fields__)
_PAGE = 500


def release(connection: Connection, org: int, code: str) -> int:
    """Retryable items that bear this code become available at once. Items moved."""
    theirs = (OUTBOX.c.org == org, OUTBOX.c.state == AttemptState.RETRYABLE, OUTBOX.c.code == code)
    free = {"state": AttemptState.AVAILABLE, "next_try": None, "code": None, "reason": None}
    return connection.execute(update(OUTBOX).where(*theirs).values(**free)).rowcount


def count_of(connection: Connection, org: int, code: str) -> int:
    """Undelivered items that bear this code."""
    theirs = (OUTBOX.c.org == org, OUTBOX.c.state.in_(_UNDELIVERED), OUTBOX.c.code == code)
    return connection.execute(select(func.count()).where(*theirs)).scalar_one()


def written(
    connection: Connection, org: int, since: datetime | None, until: datetime | None, record: str | None
) -> Iterator[Row[Any]]:
    """What the org took from us in `[since, until)`, in the order of the numbers, page by page."""
    query = select(*_ITEM).where(OUTBOX.c.org == org, OUTBOX.c.state.in_(_TAKEN))
    query = query.where(OUTBOX.c.written_at.is_not(None)).order_by(OUTBOX.c.id).limit(_PAGE)
    if since is not None:
        query = query.where(OUTBOX.c.written_at >= since)
    if until is not None:
        query = query.where(OUTBOX.c.written_at < until)
    if record is not None:
        query = query.where(OUTBOX.c.target == record)
    after = 0
    while page := connection.execute(query.where(OUTBOX.c.id > after)).all():
        yield from page
        after = page[-1].id


def latencies(connection: Connection, org: int) -> Sequence[float]:
    """Seconds from each confirmed item's creation in the org to its echo."""
    query = (
        select(OUTBOX.c.caused_at, OUTBOX.c.confirmed_at)
        .where(OUTBOX.c.org == org, OUTBOX.c.state == AttemptState.DONE)
        .where(OUTBOX.c.written_at.is_not(None))
        .order_by(OUTBOX.c.id)
    )
    return [(confirmed - caused).total_seconds() for caused, confirmed in connection.execute(query)]
