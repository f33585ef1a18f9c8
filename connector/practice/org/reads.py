"""Reading single rows, and what changed since when."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from connector.practice.clock import instant_of
from connector.practice.org import replication
from connector.practice.org.foundation import Foundation
from connector.practice.org.founding import FOUNDED
from connector.practice.org.results import (
    ApiError,
)
from connector.practice.org.storage import load
from connector.practice.org.transaction import Row
from connector.practice.org.user import User


class Reads(Foundation):
    """Rows by id, getUpdated and getDeleted."""

    def read(self, name: str, record_id: str, fields: Sequence[str] | None = None, *, actor: User) -> Row:
        """One row by id. ApiError 404 NOT_FOUND or ENTITY_IS_DELETED, 400 MALFORMED_ID or INVALID_FIELD."""
        definition = self.object(name)
        key = self.normal_id(record_id)
        row = load(self.reader(), definition, key)
        access = actor.access.object(definition)
        hidden = definition.private and not access.view_all and row is not None and row["OwnerId"] != actor.id
        if row is None or hidden or not access.read:
            raise ApiError(404, "NOT_FOUND", "The requested resource does not exist")
        if row.get("IsDeleted"):
            raise ApiError(404, "ENTITY_IS_DELETED", "entity is deleted")
        if fields is None:
            return {
                key: value
                for key, value in row.items()
                if actor.access.reads(definition, definition.fields[key])
            }
        made: Row = {}
        for asked in fields:
            field = definition.field(asked)
            if field is None or not field.stored or not actor.access.reads(definition, field):
                raise ApiError(
                    400, "INVALID_FIELD", f"No such column '{asked}' on sobject of type {definition.name}"
                )
            made[field.name] = row[field.name]
        return made

    def last_modified(self, name: str, record_id: str) -> datetime | None:
        """What If-Modified-Since and If-Unmodified-Since compare with; None when there is no such row."""
        definition = self.object(name)
        row = load(self.reader(), definition, self.normal_id(record_id))
        if row is None:
            return None
        stamp = row.get("LastModifiedDate") or row.get("SystemModstamp") or row.get("CreatedDate")
        return instant_of(stamp) if stamp else None

    def updated(self, name: str, start: datetime, end: datetime) -> tuple[list[str], datetime]:
        """getUpdated: ids and latestDateCovered; ApiError 400 as `replication` words it."""
        definition = self.object(name)
        now = self.now()
        since, until = replication.window(start, end, now)
        with self._lock:  # an open transaction must not commit between the rows and their watermark
            latest = replication.covered(until, now, (hold.since for hold in self._holds.values()))
            return replication.updated_ids(self.reader(), definition, since, until), latest

    def deleted(
        self, name: str, start: datetime, end: datetime
    ) -> tuple[list[tuple[str, str]], datetime, datetime]:
        """getDeleted: (id, deletion stamp) pairs, earliestDateAvailable, latestDateCovered."""
        definition = self.object(name)
        now = self.now()
        since, until = replication.window(start, end, now)
        with self._lock:
            latest = replication.covered(until, now, (hold.since for hold in self._holds.values()))
            rows = replication.deleted_rows(self.reader(), definition, since, until)
        return rows, replication.earliest(now, FOUNDED), latest
