"""Where each stream stands, and small named values."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Row, bindparam, delete, select

from connector.ports.org import Cursor
from connector.ports.store import StreamState
from connector.store.rows import upsert
from connector.store.schema import NOTE, STREAM

_STREAM = select(STREAM).where(STREAM.c.org == bindparam("org"), STREAM.c.stream == bindparam("stream"))
_NOTE = select(NOTE.c.value).where(NOTE.c.org == bindparam("org"), NOTE.c.name == bindparam("name"))


class SqlStreams:
    """One org's streams inside one transaction."""

    def __init__(self, connection: Connection, org: int) -> None:
        self._connection, self._org = connection, org

    def get(self, stream: str) -> StreamState:
        """The stream's state; the beginning for a stream never seen."""
        row = self._connection.execute(_STREAM, {"org": self._org, "stream": stream}).first()
        return StreamState(stream=stream) if row is None else _state(row)

    def put(self, state: StreamState) -> None:
        cursor = state.cursor
        row = {
            "org": self._org,
            "stream": state.stream,
            "cursor_stamp": cursor.stamp if cursor else None,
            "cursor_id": cursor.id if cursor else None,
            "watermark": state.watermark,
            "snapshot_done": state.snapshot_done,
            "snapshot_locator": state.snapshot_locator,
            "seen_at": state.seen_at,
            "note": state.note,
        }
        upsert(self._connection, STREAM, [row])

    def all(self) -> Sequence[StreamState]:
        query = select(STREAM).where(STREAM.c.org == self._org).order_by(STREAM.c.stream)
        return [_state(row) for row in self._connection.execute(query)]


class SqlNotes:
    """One org's notes inside one transaction."""

    def __init__(self, connection: Connection, org: int) -> None:
        self._connection, self._org = connection, org

    def get(self, name: str) -> str | None:
        return self._connection.execute(_NOTE, {"org": self._org, "name": name}).scalar()

    def put(self, name: str, value: str) -> None:
        upsert(self._connection, NOTE, [{"org": self._org, "name": name, "value": value}])

    def beginning(self, prefix: str) -> Mapping[str, str]:
        found = select(NOTE.c.name, NOTE.c.value).where(
            NOTE.c.org == self._org, NOTE.c.name.startswith(prefix, autoescape=True)
        )
        rows = self._connection.execute(found.order_by(NOTE.c.name))
        return {row.name: row.value for row in rows if row.name.startswith(prefix)}

    def remove(self, name: str) -> None:
        self._connection.execute(delete(NOTE).where(NOTE.c.org == self._org, NOTE.c.name == name))


def _state(row: Row[Any]) -> StreamState:
    cursor = None if row.cursor_stamp is None else Cursor(stamp=row.cursor_stamp, id=row.cursor_id)
    return StreamState(
        stream=row.stream,
        cursor=cursor,
        watermark=row.watermark,
        snapshot_done=row.snapshot_done,
        snapshot_locator=row.snapshot_locator,
        seen_at=row.seen_at,
        note=row.note,
    )
