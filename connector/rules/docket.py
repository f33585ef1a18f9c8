"""Dockets in memory: one to fold into, and an overlay on any other that keeps what it would change."""

from bisect import bisect_left, bisect_right, insort
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import cast

from connector.canonical.docket import DeadlineEntry, Docket, E, Entry


class MemoryDocket:
    """A docket that lives in memory: the scratch docket of a back-test, and the base of tests."""

    def __init__(self, entries: Iterable[Entry] = ()) -> None:
        self._entries: dict[tuple[str, str], Entry] = {}
        self._by_index: dict[tuple[str, str], set[str]] = {}
        self._deadlines: list[tuple[datetime, str]] = []
        self.put(entries)

    def get(self, entry: type[E], key: str) -> E | None:
        return cast("E | None", self._entries.get((entry.table, key)))

    def find(self, entry: type[E], index: str, *, open_only: bool = True) -> Iterator[E]:
        for key in sorted(self._by_index.get((entry.table, index), ())):
            found = cast("E", self._entries[entry.table, key])
            if found.open or not open_only:
                yield found

    def due(self, until: datetime) -> Iterator[DeadlineEntry]:
        for _, key in self._deadlines[: bisect_right(self._deadlines, until, key=lambda open_: open_[0])]:
            yield cast("DeadlineEntry", self._entries[DeadlineEntry.table, key])

    def put(self, entries: Iterable[Entry]) -> None:
        for entry in entries:
            old = self._entries.get((entry.table, entry.key))
            for index in old.indexes if old else ():
                self._by_index[entry.table, index].discard(entry.key)
            self._entries[entry.table, entry.key] = entry
            if isinstance(old, DeadlineEntry) and old.open:
                del self._deadlines[bisect_left(self._deadlines, (old.due, old.key))]
            if isinstance(entry, DeadlineEntry) and entry.open:
                insort(self._deadlines, (entry.due, entry.key))
            for index in entry.indexes:
                self._by_index.setdefault((entry.table, index), set()).add(entry.key)

    def all(self) -> tuple[Entry, ...]:
        return tuple(self._entries[key] for key in sorted(self._entries))


class OverlayDocket:
    """A docket over another: reads see both, writes stay here until someone takes `changes()`."""

    def __init__(self, base: Docket) -> None:
        self._base = base
        self._own = MemoryDocket()

    def get(self, entry: type[E], key: str) -> E | None:
        return self._own.get(entry, key) or self._base.get(entry, key)

    def find(self, entry: type[E], index: str, *, open_only: bool = True) -> Iterator[E]:
        own = {e.key: e for e in self._own.find(entry, index, open_only=False)}
        for below in self._base.find(entry, index, open_only=open_only):
            key = below.key
            if key not in own and self._own.get(entry, key) is None:
                own[key] = below
        for key in sorted(own):
            if own[key].open or not open_only:
                yield own[key]

    def due(self, until: datetime) -> Iterator[DeadlineEntry]:
        own = {d.key: d for d in self._own.due(until)}
        for below in self._base.due(until):
            if self._own.get(DeadlineEntry, below.key) is None:
                own[below.key] = below
        yield from sorted(own.values(), key=lambda d: (d.due, d.key))

    def put(self, entries: Iterable[Entry]) -> None:
        self._own.put(entries)

    def changes(self) -> tuple[Entry, ...]:
        return self._own.all()
