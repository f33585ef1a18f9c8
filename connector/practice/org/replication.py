"""getUpdated and getDeleted: whole minutes, thirty days back, never past a transaction still open."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import TypeVar

from connector.practice.clock import instant_of, stamp_of
from connector.practice.org.results import ApiError
from connector.practice.org.storage import quoted
from connector.practice.schema import ObjectDef

Found = TypeVar("Found")

REACH = timedelta(days=30)
MOST_IDS = 600_000


def window(start: datetime, end: datetime, now: datetime) -> tuple[datetime, datetime]:
    """The whole minutes looked at; ApiError 400 INVALID_REPLICATION_DATE for a span not allowed."""
    start, end = start.replace(second=0, microsecond=0), end.replace(second=0, microsecond=0)
    if start >= end:
        raise ApiError(
            400, "INVALID_REPLICATION_DATE", "endDate must be at least one minute greater than startDate"
        )
    if start < (now - REACH).replace(second=0, microsecond=0):
        raise ApiError(400, "INVALID_REPLICATION_DATE", "startDate cannot be more than 30 days ago")
    return start, end


def covered(end: datetime, now: datetime, held_since: Iterable[datetime]) -> datetime:
    """latestDateCovered: the end asked for, not past the present minute or an open transaction's start."""
    return min(
        [end, now.replace(second=0, microsecond=0), *(each.replace(microsecond=0) for each in held_since)]
    )


def updated_ids(
    reader: sqlite3.Connection, definition: ObjectDef, start: datetime, end: datetime
) -> list[str]:
    """Ids of live rows whose SystemModstamp lies in [start, end)."""
    stamp = next((name for name in ("SystemModstamp", "LastModifiedDate") if name in definition.fields), None)
    if stamp is None or not definition.replicateable:
        raise ApiError(400, "INVALID_TYPE_FOR_OPERATION", f"object type {definition.name} is not replicable")
    alive = f" AND {quoted('IsDeleted')} = 0" if "IsDeleted" in definition.fields else ""
    rows = reader.execute(
        f"SELECT Id FROM {quoted(definition.name)} WHERE {quoted(stamp)} >= ? AND {quoted(stamp)} < ?{alive}"  # noqa: S608
        f" ORDER BY {quoted(stamp)}, Id LIMIT ?",
        (stamp_of(start), stamp_of(end), MOST_IDS + 1),
    )
    return _within([row[0] for row in rows])


def deleted_rows(
    reader: sqlite3.Connection, definition: ObjectDef, start: datetime, end: datetime
) -> list[tuple[str, str]]:
    """(id, deletion stamp) of rows deleted in [start, end), those already purged too."""
    rows = reader.execute(
        "SELECT Id, DeletedDate FROM _deleted WHERE Object = ? AND DeletedDate >= ? AND DeletedDate < ?"
        " ORDER BY DeletedDate, Id LIMIT ?",
        (definition.name, stamp_of(start), stamp_of(end), MOST_IDS + 1),
    )
    return _within([(row[0], row[1]) for row in rows])


def earliest(now: datetime, founded: str) -> datetime:
    """earliestDateAvailable: as far back as the log reaches."""
    return max(instant_of(founded), (now - REACH).replace(second=0, microsecond=0))


def _within(found: list[Found]) -> list[Found]:
    if len(found) > MOST_IDS:
        raise ApiError(
            400, "EXCEEDED_ID_LIMIT", f"more than {MOST_IDS} ids found; choose start and end closer together"
        )
    return found
