"""Adoption: the org's own past as the open docket, quietly (law 16).

Leads that partners hold and registrations that were ruled become docket entries, one ledger entry per batch;
nothing of it is written back. Deadlines restart at go-live. Filings that nobody has ruled yet are the
exception: they become facts at the times the org recorded, and are judged.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

from connector.canonical.docket import (
    ClaimEntry,
    ClaimState,
    CreditEntry,
    Entry,
    RegistrationEntry,
    RegistrationState,
)
from connector.canonical.fact import Fact, FactKind
from connector.canonical.ids import RecordId, is_queue
from connector.canonical.kind import Kind
from connector.canonical.records import FilingStatus, Lead, Opportunity, Person, Registration
from connector.canonical.time import at, instant_text
from connector.facts.filings import of_proof, proofs_after
from connector.flows.faults import Faults
from connector.flows.matcher import IDENTIFIED, Matcher, index_row
from connector.flows.records import RecordReader
from connector.flows.world import MirrorWorld
from connector.mapping import CompiledMapping
from connector.matching import Frequencies
from connector.policy.calendar import after
from connector.policy.model import Policies
from connector.ports.store import Store, Transaction
from connector.rules import duty, protection, stale, waiting

GO_LIVE = "go_live"
BATCH = 2000
SAMPLE = 200_000

_STATES = {
    FilingStatus.INCOMPLETE: RegistrationState.INCOMPLETE,
    FilingStatus.IN_REVIEW: RegistrationState.IN_REVIEW,
    FilingStatus.APPROVED: RegistrationState.APPROVED,
    FilingStatus.REJECTED: RegistrationState.REJECTED,
    FilingStatus.WITHDRAWN: RegistrationState.WITHDRAWN,
    FilingStatus.LAPSED: RegistrationState.LAPSED,
    FilingStatus.WON: RegistrationState.WON,
    FilingStatus.LOST: RegistrationState.LOST,
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Adopted:
    """What was loaded: docket entries, filings to be judged, and indexed customers."""

    entries: int = 0
    filings: int = 0
    indexed: int = 0


class Adopt:
    """Runs once per org, after its first snapshot."""

    def __init__(self, store: Store, mapping: CompiledMapping, policies: Policies) -> None:
        self._store = store
        self._mapping = mapping
        self._policies = policies

    def run(self, now: datetime) -> Adopted:
        """Build the match index, then the docket. A second run does nothing: go-live is remembered."""
        with self._store.reading() as view:
            if view.notes.get(GO_LIVE):
                return Adopted()
        indexed = self._index(now)
        entries = filings = 0
        sources = (
            ("claims", self._claims),
            ("credits", self._credits),
            ("filings", self._registrations),
            ("silence", self._silence),
        )
        for name, source in sources:
            taken, judged = self._take(name, source, now)
            entries, filings = entries + taken, filings + judged
        with self._store.transaction() as tx:
            tx.notes.put(GO_LIVE, instant_text(now))
        return Adopted(entries=entries, filings=filings, indexed=indexed)

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

    def _take(
        self, name: str, source: Callable[[RecordReader, datetime], Iterator[Entry | Fact]], now: datetime
    ) -> tuple[int, int]:
        """One part of the docket, in one transaction: an adoption that broke off goes on with the next part."""
        entries = filings = 0
        with self._store.transaction() as tx:
            if tx.notes.get(f"adopted|{name}"):
                return 0, 0
            tx.notes.put(f"adopted|{name}", instant_text(now))
            records, faults = RecordReader(tx, self._mapping), Faults(tx)
            found = source(records, now)
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

    def _claims(self, records: RecordReader, now: datetime) -> Iterator[Entry]:
        policy = self._policies.for_claims(now)
        terms = policy.claims if policy else None
        within = terms.work_within if terms else None
        for lead in records.all(Kind.LEAD):
            if not isinstance(lead, Lead) or lead.converted or lead.owner is None:
                continue
            person = records.record(Kind.PERSON, lead.owner, now)
            if not isinstance(person, Person) or person.firm is None:
                continue
            due = now + within if within and not lead.worked else None
            yield ClaimEntry(
                lead=lead.id,
                holder=lead.owner,
                firm=person.firm,
                adopted=True,
                work_by=due,
                pool=lead.owner_before if lead.owner_before and is_queue(lead.owner_before) else None,
                opened=at(lead.owner_since or lead.changed_at),
                state=ClaimState.WORKED if lead.worked else ClaimState.ACTIVE,
            )
            if due and terms:
                yield from duty.deadlines(terms, lead.id, due, now)

    def _credits(self, records: RecordReader, _now: datetime) -> Iterator[Entry]:
        for deal in records.all(Kind.OPPORTUNITY):
            if isinstance(deal, Opportunity) and deal.sourcing_partner:
                yield CreditEntry(
                    record=deal.id, firm=deal.sourcing_partner, since=deal.created_at, through=deal.id
                )

    def _registrations(self, records: RecordReader, now: datetime) -> Iterator[Entry | Fact]:
        policy = self._policies.for_registrations(now)
        for filing in records.all(Kind.REGISTRATION):
            if not isinstance(filing, Registration) or filing.status is FilingStatus.DRAFT:
                continue
            if filing.status is FilingStatus.SUBMITTED:
                yield from _undecided(filing)
                continue
            firm = filing.partner or _firm(records, filing.filed_by, now)
            if firm is None:
                continue
            filed = at(filing.filed_at or filing.created_at)
            state = _STATES[filing.status]
            entry = RegistrationEntry(
                registration=filing.id,
                firm=firm,
                registrant=filing.filed_by,
                opportunity=filing.opportunity,
                state=state,
                filed=filed,
                complete=None if state is RegistrationState.INCOMPLETE else filed,
                protected_from=filing.protected_from,
                protected_until=filing.protected_until,
                adopted=True,
                amount=filing.amount,
            )
            if state in waiting.WAITS and policy:
                clock = waiting.started(policy, _world(records, filing.id, now), entry, now)
                yield from (clock.entry, *clock.deadlines)
                continue
            yield entry
            if state.protects and policy and policy.registrations:
                due = protection.deadlines(policy, entry)
                yield from (each for each in due if each.due > now or each.name == protection.ENDS)
            if state.protects and filing.opportunity:
                yield CreditEntry(record=filing.opportunity, firm=firm, since=filed.latest, through=filing.id)

    def _silence(self, records: RecordReader, now: datetime) -> Iterator[Entry]:
        """R1.15: the silence of an open deal counts from go-live (law 16)."""
        policy = self._policies.for_stale_deals(now)
        terms = policy.stale_deals if policy else None
        for deal in records.all(Kind.OPPORTUNITY) if policy and terms else ():
            if not isinstance(deal, Opportunity) or deal.closed or policy is None or terms is None:
                continue
            length = stale.how_long(terms, deal, _world(records, deal.id, now), now)
            if length is not None:
                due = after(now, length, policy.office_hours)
                yield protection.deadline(stale.STALE, Kind.OPPORTUNITY, deal.id, due)


def _world(records: RecordReader, record: RecordId, now: datetime) -> MirrorWorld:
    """The world at go-live, for conditions on one record."""
    fact = Fact(kind=FactKind.ADOPTED, subject=Kind.REGISTRATION, record=record, when=at(now))
    return MirrorWorld(fact, records.view.docket, records, Matcher(records, Frequencies.EMPTY))


def _undecided(filing: Registration) -> Iterator[Fact]:
    """A filing that nobody has ruled, with what was added to it later, at the times the org recorded."""
    yield Fact(
        kind=FactKind.FILED,
        subject=Kind.REGISTRATION,
        record=filing.id,
        when=at(filing.filed_at or filing.changed_at),
        value=FilingStatus.SUBMITTED,
        actor=filing.filed_by,
        detail={"version": instant_text(filing.stamp)},
    )
    for proof in proofs_after(filing):
        yield of_proof(filing, proof.id, proof.created_at, filing.filed_by)


def _unreadable(records: RecordReader, faults: Faults, now: datetime) -> None:
    """What could not be read is not adopted, and a person is told; memory stays bounded by the batch."""
    for bad in records.bad.values():
        faults.unreadable(bad, now)
    records.forget()


def _firm(records: RecordReader, user: RecordId | None, now: datetime) -> RecordId | None:
    person = records.record(Kind.PERSON, user, now)
    return person.firm if isinstance(person, Person) else None


def _adoption(first: Entry, now: datetime) -> Fact:
    """One ledger entry per batch, named by its first line."""
    record = RecordId(first.key.split("|")[0])
    return Fact(
        kind=FactKind.ADOPTED, subject=Kind.REGISTRATION, record=record, when=at(now), value=first.key
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
