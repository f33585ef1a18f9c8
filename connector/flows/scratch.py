"""The scratch docket of provisional judging: what the facts that are not sealed yet have changed so far (law 3)."""

from collections.abc import Iterable
from datetime import datetime

from connector.canonical.docket import DeadlineEntry, Docket, E, Entry
from connector.canonical.fact import Fact
from connector.rules.docket import MemoryDocket, OverlayDocket


class Scratch:
    """Kept between runs, so that each fact is judged once; its size follows the facts that wait."""

    def __init__(self) -> None:
        self.known: set[str] = set()
        self.edge: datetime | None = None
        self._changed: dict[tuple[str, str], tuple[datetime, Entry]] = {}
        self._below = _Below()
        self._docket = OverlayDocket(self._below)

    def over(self, base: Docket) -> OverlayDocket:
        """The scratch docket over the sealed one, as a transaction sees it."""
        self._below.base = base
        return self._docket

    def begin(self, first: datetime, sealed: datetime | None) -> None:
        """Before facts from `first` on are judged: anew, when older than what was; else without what was sealed."""
        if self.edge is not None and first <= self.edge:
            self.edge = None
            self._changed.clear()
        for place, (until, _) in list(self._changed.items()):
            if sealed is not None and until <= sealed:
                del self._changed[place]
        self._docket = OverlayDocket(self._below)
        self._docket.put(entry for _, entry in self._changed.values())

    def keep(self, facts: Iterable[Fact], changes: Iterable[Entry], until: datetime) -> None:
        """These facts, the last of them of `until`, were judged and changed this."""
        self.known |= {fact.identity for fact in facts}
        self.edge = until
        for entry in changes:
            self._changed[entry.table, entry.key] = (until, entry)
            self._docket.put([entry])


class _Below:
    """The sealed docket of whichever transaction is open."""

    base: Docket = MemoryDocket()

    def get(self, entry: type[E], key: str) -> E | None:
        return self.base.get(entry, key)

    def find(self, entry: type[E], index: str, *, open_only: bool = True) -> Iterable[E]:
        return self.base.find(entry, index, open_only=open_only)

    def due(self, until: datetime) -> Iterable[DeadlineEntry]:
        return self.base.due(until)
