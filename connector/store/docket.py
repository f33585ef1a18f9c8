"""The docket of sealed decisions, found by key, by index value and by due time."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any, TypeVar, cast

from sqlalchemy import Connection, Row, bindparam, delete, select

from connector.canonical.docket import DeadlineEntry, Entry
from connector.store.bulk import bulk
from connector.store.rows import upsert
from connector.store.schema import DOCKET, DOCKET_INDEX

E = TypeVar("E", bound=Entry)

_PAGE = 1000

_OURS = (DOCKET.c.org == bindparam("org")) & (DOCKET.c.type == bindparam("type"))
_GET = "SELECT body FROM docket WHERE org = ? AND type = ? AND key = ?"
_FIND = """
    SELECT docket.body FROM docket_index JOIN docket
        ON docket.org = docket_index.org AND docket.type = docket_index.type AND docket.key = docket_index.key
    WHERE docket_index.org = ? AND docket_index.type = ? AND docket_index.value = ? {open}
    ORDER BY docket_index.key
"""
_FIND_ALL, _FIND_OPEN = _FIND.format(open=""), _FIND.format(open="AND docket.open IS TRUE")
_DUE = (
    select(DOCKET.c.body)
    .where(_OURS, DOCKET.c.open.is_(True), DOCKET.c.due <= bindparam("until"))
    .order_by(DOCKET.c.due, DOCKET.c.key)
)
_ALL = (
    select(DOCKET.c.key, DOCKET.c.body)
    .where(_OURS, DOCKET.c.key > bindparam("after"))
    .order_by(DOCKET.c.key)
    .limit(_PAGE)
)
_UNINDEX = delete(DOCKET_INDEX).where(
    DOCKET_INDEX.c.org == bindparam("o"),
    DOCKET_INDEX.c.type == bindparam("t"),
    DOCKET_INDEX.c.key == bindparam("k"),
)


class SqlDocket:
    """One org's docket inside one transaction; a `canonical.docket.Docket`."""

    def __init__(self, connection: Connection, org: int) -> None:
        self._connection, self._org, self._bulk = connection, org, bulk(connection)

    def get(self, entry: type[E], key: str) -> E | None:
        found = self._bulk.select(_GET, (self._org, entry.table, key))
        return entry.model_validate_json(found[0][0]) if found else None

    def find(self, entry: type[E], index: str, *, open_only: bool = True) -> Iterable[E]:
        """Entries under one index value, in key order."""
        wanted = (self._org, entry.table, index)
        found = self._bulk.select(_FIND_OPEN if open_only else _FIND_ALL, wanted)
        return [entry.model_validate_json(body) for (body,) in found]

    def due(self, until: datetime) -> Iterable[DeadlineEntry]:
        """Open deadlines with `due <= until`, earliest first."""
        found = {"org": self._org, "type": DeadlineEntry.table, "until": until}
        bodies = self._connection.execute(_DUE, found).scalars()
        return [DeadlineEntry.model_validate_json(body) for body in bodies]

    def put(self, entries: Iterable[Entry]) -> None:
        """Insert or replace by type and key; the last of two under one key stays."""
        latest = {(entry.table, entry.key): entry for entry in entries}
        if not latest:
            return
        upsert(self._connection, DOCKET, [self._row(entry) for entry in latest.values()])
        self._connection.execute(_UNINDEX, [{"o": self._org, "t": table, "k": key} for table, key in latest])
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
        after = ""
        while page := self._page(entry.table, after):
            yield from (entry.model_validate_json(row.body) for row in page)
            after = page[-1].key

    def _page(self, table: str, after: str) -> Sequence[Row[Any, Any]]:
        found = {"org": self._org, "type": table, "after": after}
        return self._connection.execute(_ALL, found).all()

    def _row(self, entry: Entry) -> dict[str, Any]:
        return {
            "org": self._org,
            "type": entry.table,
            "key": entry.key,
            "open": entry.open,
            "due": cast("DeadlineEntry", entry).due if entry.table == DeadlineEntry.table else None,
            "body": entry.model_dump_json(),
        }
