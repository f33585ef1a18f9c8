"""Query cursors: where a query that did not fit one page goes on, for two days of the org's clock."""

from __future__ import annotations

import itertools
import sqlite3
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from connector.practice.org import ApiError
from connector.practice.org.ids import to18
from connector.practice.soql import CompiledQuery
from connector.practice.soql.shapes import Json

_LIFETIME = timedelta(days=2)
# A live cursor pins a snapshot of the database, so only the last few stay live; others go on from an offset.
_LIVE = 8
_KEPT = 1000
_DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"


def gone() -> ApiError:
    return ApiError(400, "INVALID_QUERY_LOCATOR", "invalid query locator")


@dataclass(kw_only=True)
class Cursor:
    """One query's progress. The page served last is kept, so that a client may ask for it again.

    `connect` opens a connection; `private` says that it is this cursor's own, to keep open and to close.
    """

    id: str
    query: CompiledQuery
    user_id: str
    base: str
    opened: datetime
    page_size: int
    total: int
    generation: int
    connect: Callable[[], sqlite3.Connection]
    private: bool = True
    lock: threading.Lock = field(default_factory=threading.Lock)
    position: int = 0
    last_start: int = -1
    last_page: list[Json] = field(default_factory=list)
    _rows: Iterator[Json] | None = None
    _connection: sqlite3.Connection | None = None

    def page(self, start: int) -> list[Json]:
        """Return the records from `start` on, at most a page of them."""
        if start == self.last_start:
            return self.last_page
        if self._rows is None or start != self.position:
            self.close()
            self._connection = self.connect()
            if self.private:
                # One snapshot for the count and for every page, so that no page sees another's change.
                self._connection.execute("BEGIN")
            self._rows = self.query.records(self._connection, self.base, offset=start)
        found = list(itertools.islice(self._rows, self.page_size))
        self.position = start + len(found)
        self.last_start, self.last_page = start, found
        if self.position >= self.total:
            self.close()
        return found

    def count(self) -> int:
        """Return how many records the query finds, in the snapshot the pages come from."""
        return self.query.total(self._connection or self.connect())

    def close(self) -> None:
        """Let go of the database; the cursor can still go on, from an offset."""
        self._rows = None
        if self._connection is not None and self.private:
            self._connection.close()
        self._connection = None


class Cursors:
    """The open cursors of an org, oldest use first."""

    def __init__(self) -> None:
        self._kept: OrderedDict[str, Cursor] = OrderedDict()
        self._lock = threading.Lock()
        self._numbers = itertools.count(1)

    def next_id(self) -> str:
        """Return a new locator id, `01g` and a number, in the form of a record id."""
        number, text = next(self._numbers), ""
        while number:
            number, digit = divmod(number, len(_DIGITS))
            text = _DIGITS[digit] + text
        return to18("01g" + text.rjust(12, "0"))

    def keep(self, cursor: Cursor) -> None:
        """Remember a cursor; the least used ones lose their snapshot, then are forgotten."""
        with self._lock:
            self._kept[cursor.id] = cursor
            stale = list(self._kept.values())[: max(0, len(self._kept) - _LIVE)]
            while len(self._kept) > _KEPT:
                self._kept.popitem(last=False)
        for each in stale:
            if each.lock.acquire(blocking=False):
                try:
                    each.close()
                finally:
                    each.lock.release()

    def find(self, locator_id: str, user_id: str, now: datetime, generation: int) -> Cursor:
        """Return a cursor of this login; 400 INVALID_QUERY_LOCATOR: unknown, another's or two days old.

        Cursors of an earlier `generation` were expired on demand.
        """
        with self._lock:
            found = self._kept.get(locator_id)
            if found is None or found.user_id != user_id or now - found.opened >= _LIFETIME:
                raise gone()
            if found.generation != generation:
                raise gone()
            self._kept.move_to_end(locator_id)
            return found
