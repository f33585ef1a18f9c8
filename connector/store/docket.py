"""The docket of sealed decisions, found by key, by index value and by due time."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any, TypeVar, cast

from sqlalchemy import Connection, bindparam, delete, select

from connector.canonical.docket import DeadlineEntry, Entry
from connector.store.rows import upsert
from connector.store.schema import DOCKET, DOCKET_INDEX

E = TypeVar("E", bound=Entry)

_PAGE = 1000


class SqlDocket:
    """One org's docket inside one transaction; a `canonical.docket.Docket`."""

    def __init__(self, connection: Connection, org: int) -> None:
        self._connection, self._org = connection, org

    def get(self, entry: type[E], key: str) -> E | None:
        query = select(DOCKET.c.body).where(
            DOCKET.c.org == self._org, DOCKET.c.type == entry.table, DOCKET.c.key == key
        )
        body = self._connection.execute(query).scalar()
        return None if body is None else entry.model_validate_json(body)

    def find(self, entry: type[E], index: str, *, open_only: bool = True) -> Iterable[E]:
        """Entries under one index value, in key order."""
        joined = DOCKET_INDEX.join(
            DOCKET,
            (DOCKET.c.org == DOCKET_INDEX.c.org)
            & (DOCKET.c.type == DOCKET_INDEX.c.type)
            & (DOCKET.c.key == DOCKET_INDEX.c.key),
        )
        found = DOCKET_INDEX.c
        query = (
            select(DOCKET.c.body)
            .select_from(joined)
            .where(found.org == self._org, found.type == entry.table, found.value == index)
            .order_by(found.key)
        )
        if open_only:
            query = query.where(DOCKET.c.open.is_(True))
        return [entry.model_validate_json(body) for body in self._connection.execute(query).scalars()]

    def due(self, until: datetime) -> Iterable[DeadlineEntry]:
        """Open deadlines with `due <= until`, earliest first."""
        query = (
            select(DOCKET.c.body)
            .where(DOCKET.c.org == self._org, DOCKET.c.type == DeadlineEntry.table)
            .where(DOCKET.c.open.is_(True), DOCKET.c.due <= until)
            .order_by(DOCKET.c.due, DOCKET.c.key)
        )
        return [DeadlineEntry.model_validate_json(body) for body in self._connection.execute(query).scalars()]

    def put(self, entries: Iterable[Entry]) -> None:
        """Insert or replace by type and key; the last of two under one key stays."""
        latest = {(entry.table, entry.key): entry for entry in entries}
        if not latest:
            return
        upsert(self._connection, DOCKET, [self._row(entry) for entry in latest.values()])
        index = DOCKET_INDEX.c
        self._connection.execute(
            delete(DOCKET_INDEX).where(
                index.org == self._org, index.type == bindparam("t"), index.key == bindparam("k")
            ),
            [{"t": table, "k": key} for table, key in latest],
        )
        upsert(
            self._connection,
            DOCKET_INDEX,
            [
                {"org": self._org, "type": table, "value": value, "key": key}
                for (table, key), entry in latest.items()
                for value in entry.indexes
            ],
        )

    def all(self, entry: type[E]) -> Iterator[E]:
        """Every entry of one type in key order, streamed."""
        last: str | None = None
        query = (
            select(DOCKET.c.key, DOCKET.c.body)
            .where(DOCKET.c.org == self._org, DOCKET.c.type == entry.table)
            .order_by(DOCKET.c.key)
            .limit(_PAGE)
        )
        while page := self._connection.execute(
            query if last is None else query.where(DOCKET.c.key > last)
        ).all():
            yield from (entry.model_validate_json(row.body) for row in page)
            last = page[-1].key

    def _row(self, entry: Entry) -> dict[str, Any]:
        return {
            "org": self._org,
            "type": entry.table,
            "key": entry.key,
            "open": entry.open,
            "due": cast("DeadlineEntry", entry).due if entry.table == DeadlineEntry.table else None,
            "body": entry.model_dump_json(),
        }
