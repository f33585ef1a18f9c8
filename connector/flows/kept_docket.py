"""The store's docket, read once per batch: a batch asks the same few questions hundreds of times."""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import cast

from connector.canonical.docket import DeadlineEntry, Docket, E, Entry


class KeptDocket:
    """Answers of `base` that stay as they were first given: nothing may be put into it meanwhile."""

    def __init__(self, base: Docket) -> None:
        self._base = base
        self._entries: dict[tuple[type[Entry], str], Entry | None] = {}
        self._found: dict[tuple[type[Entry], str, bool], Sequence[Entry]] = {}
        self._deadlines: Sequence[DeadlineEntry] = ()
        self._known_until: datetime | None = None

    def get(self, entry: type[E], key: str) -> E | None:
        place = (entry, key)
        if place not in self._entries:
            self._entries[place] = self._base.get(entry, key)
        return cast("E | None", self._entries[place])

    def find(self, entry: type[E], index: str, *, open_only: bool = True) -> Iterable[E]:
        place = (entry, index, open_only)
        if place not in self._found:
            self._found[place] = tuple(self._base.find(entry, index, open_only=open_only))
        return cast("Sequence[E]", self._found[place])

    def expect(self, until: datetime) -> None:
        """Read the deadlines up to `until` in one go."""
        self._deadlines, self._known_until = list(self._base.due(until)), until

    def due(self, until: datetime) -> Iterable[DeadlineEntry]:
        if self._known_until is None or until > self._known_until:
            self.expect(until)
        return self._deadlines[: bisect_right(self._deadlines, until, key=lambda entry: entry.due)]
