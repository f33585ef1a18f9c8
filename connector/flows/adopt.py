"""Adoption: the org's own past as the open docket, quietly (law 16).

Leads that partners hold and registrations that were ruled become docket entries, one ledger entry per batch;
nothing of it is written back. Deadlines restart at go-live. Filings that nobody has ruled yet are the
exception: they become facts at the times the org recorded, and are judged.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

from connector.canonical.docket import (
    Entry,
)
from connector.canonical.fact import Fact, FactKind
from connector.canonical.ids import RecordId
from connector.canonical.kind import Kind
from connector.canonical.records import Record
from connector.canonical.time import at, instant_text
from connector.flows.adopted_pairs import AdoptedPairs, Alive, unwatched
from connector.flows.faults import Faults
from connector.flows.matcher import IDENTIFIED, Matcher, index_row
from connector.flows.past import SOURCES, Source
from connector.flows.records import RecordReader
from connector.flows.world import MirrorWorld
from connector.mapping import CompiledMapping
from connector.matching import Frequencies
from connector.policy.model import Policies
from connector.ports.store import Store, Transaction

GO_LIVE = "go_live"
BATCH = 2000
SAMPLE = 200_000


@dataclass(frozen=True, kw_only=True, slots=True)
class Adopted:
    """What was loaded: docket entries, filings to be judged, indexed customers, and pairs that a person should see."""

    entries: int = 0
    filings: int = 0
    indexed: int = 0
    pairs: int = 0  # two parties on one customer: reported, not opened


class Adopt:
    """Runs once per org, after its first snapshot."""

    def __init__(self, store: Store, mapping: CompiledMapping, policies: Policies) -> None:
        self._store = store
        self._mapping = mapping
        self._policies = policies

    def run(self, now: datetime, alive: Alive = unwatched) -> Adopted:
        """Build the match index, then the docket. A second run does nothing: go-live is remembered.

        `alive` is called between the parts and the pages: it renews the lease, which a large org may outlast.
        """
        with self._store.reading() as view:
            if view.notes.get(GO_LIVE):
                return Adopted()
        indexed = self._index(now)
        entries = filings = 0
        for name, source in SOURCES.items():
            alive()
            taken, judged = self._take(name, source, now)
            entries, filings = entries + taken, filings + judged
        table = load_frequencies(self._store)
        pairs = AdoptedPairs(self._store, self._mapping, self._policies, table).run(now, alive)
        with self._store.transaction() as tx:
            tx.notes.put(GO_LIVE, instant_text(now))
        return Adopted(entries=entries, filings=filings, indexed=indexed, pairs=pairs)

    def _index(self, now: datetime) -> int:
        """Blocking keys of every customer-bearing record, and the frozen frequency table over them."""
        count = 0
        with self._store.transaction() as tx:
            records, faults = RecordReader(tx, self._mapping), Faults(tx)
            tables: list[tuple[int, ...]] = []
            for kind in IDENTIFIED:
                rows = (index_row(kind, record) for record in records.all(kind))
                known = (row for row in rows if row is not None)
                while chunk := list(islice(known, BATCH)):
                    tx.matches.load(chunk)
                    tables += [tuple(row[2]) for row in chunk[: max(0, SAMPLE - len(tables))]]
                    count += len(chunk)
                    _unreadable(records, faults, now)
            faults.save()
            save_frequencies(tx, Frequencies.build(tables))
        return count

    def _take(self, name: str, source: Source, now: datetime) -> tuple[int, int]:
        """One part of the docket, in one transaction: an adoption that broke off goes on with the next part."""
        entries = filings = 0
        with self._store.transaction() as tx:
            if tx.notes.get(f"adopted|{name}"):
                return 0, 0
            tx.notes.put(f"adopted|{name}", instant_text(now))
            records, faults = RecordReader(tx, self._mapping), Faults(tx)
            found = source(_GoLive(records), self._policies, now)
            while chunk := list(islice(found, BATCH)):
                facts = [item for item in chunk if isinstance(item, Fact)]
                taken = [item for item in chunk if isinstance(item, Entry)]
                tx.facts.add(facts)
                tx.docket.put(taken)
                if taken:
                    tx.ledger.append(_adoption(taken[0], now), None, taken, now)
                entries, filings = entries + len(taken), filings + len({fact.record for fact in facts})
                _unreadable(records, faults, now)
            _unreadable(records, faults, now)
            faults.save()
        return entries, filings


@dataclass(frozen=True)
class _GoLive:
    """The mirror's records as the past that is adopted."""

    records: RecordReader

    def all(self, kind: Kind) -> Iterator[Record]:
        return self.records.all(kind)

    def record(self, kind: Kind, ident: RecordId | None, moment: datetime) -> Record | None:
        return self.records.record(kind, ident, moment)

    def world(self, fact: Fact) -> MirrorWorld:
        docket = self.records.view.docket
        return MirrorWorld(fact, docket, self.records, Matcher(self.records, Frequencies.EMPTY))


def _unreadable(records: RecordReader, faults: Faults, now: datetime) -> None:
    """What could not be read is not adopted, and a person is told; memory stays bounded by the batch."""
    for bad in records.bad.values():
        faults.unreadable(bad, now)
    records.forget()


def _adoption(first: Entry, now: datetime) -> Fact:
    """One ledger entry per batch, named by its first line and the table of it: a deal may be the first of several."""
    return Fact(
        kind=FactKind.ADOPTED,
        subject=Kind.REGISTRATION,
        record=RecordId(first.key.split("|")[0]),
        when=at(now),
        value=f"{first.table}|{first.key}",
    )


FREQUENCIES = "frequencies"


def save_frequencies(tx: Transaction, table: Frequencies) -> None:
    """Freeze the table: a score can be recomputed as long as the note is kept (law 9)."""
    tx.notes.put(FREQUENCIES, table.to_json())


def load_frequencies(store: Store) -> Frequencies:
    """The frozen table; empty before adoption."""
    with store.reading() as view:
        text = view.notes.get(FREQUENCIES)
    return Frequencies.from_json(text) if text else Frequencies.EMPTY
