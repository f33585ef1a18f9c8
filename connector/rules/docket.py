"""Dockets in memory: one to fold into, and an overlay on any other that keeps what it would change."""

from bisect import bisect_left, bisect_right, insort
from collections.abc import Iterable, Sequence
from datetime import datetime
from operator import attrgetter, itemgetter
from typing import cast

from connector.canonical.docket import DeadlineEntry, Docket, E, Entry

_key, _when_due, _first = attrgetter("key"), attrgetter("due", "key"), itemgetter(0)


class MemoryDocket:
    """A docket that lives in memory: the scratch docket of a back-test, and the base of tests."""

    def __init__(self, entries: Iterable[Entry] = ()) -> None:
        self._entries: dict[tuple[str, str], Entry] = {}
        self._by_index: dict[tuple[str, str], set[str]] = {}
        self._deadlines: list[tuple[datetime, str]] = []
        self.put(entries)

    def get(self, entry: type[E], key: str) -> E | None:
        return cast("E | None", self._entries.get((entry.table, key)))

    def find(self, entry: type[E], index: str, *, open_only: bool = True) -> Sequence[E]:
        keys = self._by_index.get((entry.table, index))
        if not keys:
            return ()
        found = [cast("E", self._entries[entry.table, key]) for key in sorted(keys)]
        return [each for each in found if each.open] if open_only else found

    def holds(self, table: str, key: str) -> bool:
        """Whether an entry of this type stands under this key, open or not."""
        return (table, key) in self._entries

    def due(self, until: datetime) -> Sequence[DeadlineEntry]:
        if not self._deadlines or until < self._deadlines[0][0]:
            return ()
        due = self._deadlines[: bisect_right(self._deadlines, until, key=_first)]
        return [cast("DeadlineEntry", self._entries[DeadlineEntry.table, key]) for _, key in due]

    def put(self, entries: Iterable[Entry]) -> None:
        for entry in entries:
            place = (entry.table, entry.key)
            old = self._entries.get(place)
            for index in old.indexes if old else ():
                self._by_index[entry.table, index].discard(entry.key)
            self._entries[place] = entry
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

    def find(self, entry: type[E], index: str, *, open_only: bool = True) -> Sequence[E]:
        table, holds = entry.table, self._own.holds
        below = [
            each for each in self._base.find(entry, index, open_only=open_only) if not holds(table, each.key)
        ]
        own = self._own.find(entry, index, open_only=open_only)
        if not own:
            return below
        return sorted((*below, *own), key=_key) if below else own

    def due(self, until: datetime) -> Sequence[DeadlineEntry]:
        table, holds = DeadlineEntry.table, self._own.holds
        below = [each for each in self._base.due(until) if not holds(table, each.key)]
        own = self._own.due(until)
        return sorted((*below, *own), key=_when_due) if below and own else below or own

    def put(self, entries: Iterable[Entry]) -> None:
        self._own.put(entries)

    def changes(self) -> tuple[Entry, ...]:
        return self._own.all()
