"""Settling as the daemon does it, over a store of plain lists: arrivals, two horizons, batches, crashes."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from connector.canonical.docket import ClaimEntry, Entry
from connector.canonical.fact import Fact
from connector.rules.decision import Decision
from connector.rules.docket import MemoryDocket, OverlayDocket
from connector.rules.fold import fold
from tests.support.channel import Channel


class Settling:
    """One org: facts arrive in any order and more than once; what is sealed is kept, all else may be lost."""

    def __init__(self, story: Channel) -> None:
        self.story = story
        self.docket = MemoryDocket(story.adopted)
        self.sealed: list[Decision] = []
        self.provisional: dict[str, Decision] = {}
        self._known: set[str] = set()
        self._pending: dict[str, Fact] = {}
        self._edge: datetime | None = None

    def arrive(self, facts: Iterable[Fact]) -> None:
        for fact in facts:
            if fact.identity not in self._known:
                self._known.add(fact.identity)
                self._pending[fact.identity] = fact

    def seal(self, horizon: datetime, batch: int = 1000, *, crash_after: int | None = None) -> None:
        """Judge for good what is older than `horizon`, in batches of whole instants; a crash loses its batch."""
        done = 0
        last = horizon - timedelta(seconds=1)
        while True:
            chosen, more = self._batch(last, batch)
            until = chosen[-1].instant if more else last
            overlay = OverlayDocket(self.docket)
            decisions = list(
                fold(self._marked(chosen), overlay, self.story.world_of, self.story.policies, until)
            )
            if crash_after is not None and done >= crash_after:
                return
            done += 1
            self.docket.put(overlay.changes())
            self.sealed += decisions
            for fact in chosen:
                del self._pending[fact.identity]
            self._edge = max(self._edge or until, until)
            if not more:
                return

    def look(self) -> None:
        """Judge provisionally, on a scratch docket, everything that waits."""
        waiting = self._ordered(self._pending.values())
        if waiting:
            overlay = OverlayDocket(self.docket)
            until = waiting[0].instant
            found = fold(waiting, overlay, self.story.world_of, self.story.policies, until)
            self.provisional |= {decision.fact.identity: decision for decision in found}

    def ledger(self) -> list[tuple[object, ...]]:
        """What is kept of every sealed decision that ruled or changed something."""
        return [
            (d.fact.identity, d.fact.late, d.verdict, d.entries, d.desired, d.creations)
            for d in self.sealed
            if d.verdict or d.entries or d.desired
        ]

    def _batch(self, last: datetime, size: int) -> tuple[Sequence[Fact], bool]:
        ready = [fact for fact in self._ordered(self._pending.values()) if fact.instant <= last]
        if len(ready) < size:
            return ready, False
        return [fact for fact in ready if fact.instant <= ready[size - 1].instant], True

    def _marked(self, facts: Sequence[Fact]) -> list[Fact]:
        edge = self._edge
        return [
            fact.model_copy(update={"late": True}) if edge is not None and fact.instant <= edge else fact
            for fact in facts
        ]

    @staticmethod
    def _ordered(facts: Iterable[Fact]) -> list[Fact]:
        return sorted(facts, key=lambda fact: fact.order)


def standing(claim: ClaimEntry) -> str:
    """A claim's state, and whether it waits with others of its second for the last place."""
    return f"{claim.state.value}, waits" if claim.open and "quota" in claim.hold else claim.state.value


def entries_of(decisions: Iterable[Decision]) -> list[Entry]:
    return [entry for decision in decisions for entry in decision.entries]
