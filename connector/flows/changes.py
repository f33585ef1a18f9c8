"""From changed rows to facts, index rows, echoes and faults: what capture records beside the mirror."""

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta

from connector.canonical.fact import Fact
from connector.canonical.ids import RecordId
from connector.canonical.kind import Kind
from connector.canonical.records import Activity, Person, Record, Registration
from connector.facts.change import Seen
from connector.facts.derive import derive, gone, of_activity
from connector.facts.filings import of_proof
from connector.facts.requests import SECOND_REVIEW, SOURCE
from connector.facts.steps import owner_changes
from connector.flows.echo import Echoes
from connector.flows.faults import Faults, FaultSort
from connector.flows.matcher import index_row
from connector.flows.records import RecordReader
from connector.mapping import BadValue, CompiledMapping
from connector.ports.store import Change, SourceVersion, Transaction

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_SECOND = timedelta(seconds=1)

Side = Record | BadValue | None
Keyed = tuple[str, str, Sequence[int]]


class ChangeReader:
    """Turns changes of one org into facts. `ours` is the connector's own login."""

    def __init__(self, mapping: CompiledMapping, ours: Callable[[], RecordId]) -> None:
        self._mapping = mapping
        self._ours = ours
        self._filed_on = {source.prefix for source in mapping.sources if source.kind is Kind.REGISTRATION}

    def record(
        self, tx: Transaction, changes: Sequence[Change], seen_before: datetime | None, now: datetime
    ) -> int:
        """Index rows, echoes, faults and facts of one object's changes, in the caller's transaction.

        Returns the number of new facts.
        """
        if not changes:
            return 0
        faults = Faults(tx)
        facts = list(Echoes(tx, self._mapping, self._ours(), faults, now).of(changes))
        records = RecordReader(tx, self._mapping)
        rows: list[Keyed] = []
        for change in changes:
            readable = True
            for kind in self._mapping.kinds_of(change.after.object):
                before, after = (
                    self._side(records, kind, change.before),
                    self._side(records, kind, change.after),
                )
                if isinstance(after, BadValue):
                    readable = False
                    faults.unreadable(after, now)
                facts += self._facts(records, kind, before, after, change, seen_before or _EPOCH)
                rows += _index_rows(records, kind, change, before, after)
            if readable:
                faults.mended(FaultSort.UNREADABLE, change.after.object, change.after.id)
            facts += self._child_facts(records, change)
        tx.matches.put(rows)
        faults.save()
        return tx.facts.add(facts)

    @staticmethod
    def _side(records: RecordReader, kind: Kind, version: SourceVersion | None) -> Side:
        return None if version is None or version.deleted else records.look(kind, version, version.stamp)

    def _facts(  # noqa: PLR0917
        self,
        records: RecordReader,
        kind: Kind,
        before: Side,
        after: Side,
        change: Change,
        seen_before: datetime,
    ) -> Sequence[Fact]:
        """A record that cannot be read says nothing; one that left the org, or the filter, is gone."""

        def firm_of(user: RecordId | None) -> RecordId | None:
            person = records.record(Kind.PERSON, user, change.after.stamp)
            return person.firm if isinstance(person, Person) else None

        def role_of(user: RecordId | None) -> str:
            person = records.record(Kind.PERSON, user, change.after.stamp)
            return person.role if isinstance(person, Person) else ""

        def owner_changes_in(moment: datetime) -> Sequence[Fact]:
            facts, before = records.view.facts, moment - _SECOND
            known = (*facts.pending(moment, after=before), *facts.judged(moment, after=before))
            return owner_changes(known, RecordId(change.after.id), moment)

        if isinstance(after, BadValue):
            return ()
        was = before if isinstance(before, Record) else None
        if after is None:
            if was is None:
                return ()
            master = RecordId(change.after.master) if change.after.master else None
            return [gone(kind, was, master, change.after.stamp)]
        if isinstance(after, Activity):
            return list(of_activity(after, self._filed_on)) if was is None else []
        tombstone = change.before if change.before is not None and change.before.deleted else None
        seen = Seen(
            before=was,
            after=after,
            seen_before=seen_before,
            ours=self._ours(),
            firm_of=firm_of,
            role_of=role_of,
            owner_changes_in=owner_changes_in,
            gone_at=tombstone.stamp if tombstone else None,
            left=_as_it_left(records, kind, tombstone) if tombstone else None,
        )
        return [fact for fact in derive(kind, seen) if self._is_read(fact)]

    def _is_read(self, fact: Fact) -> bool:
        """Whether the profile reads people's rulings there: in review fields, from approval processes, or both.

        A status that a person set always counts: an approval process sets it too, by the approver's own hand.
        """
        read = self._mapping.mapping.rulings_by_people
        source = fact.detail.get(SOURCE, "")
        source = "review_fields" if source == SECOND_REVIEW else source
        return read == "auto" or source in {"", "status", read}

    def _child_facts(self, records: RecordReader, change: Change) -> Sequence[Fact]:
        """A child row that appears amends its parent at the moment the org made it."""
        parent = self._mapping.parent_of(change.after.object)
        if parent is None or change.before is not None or change.after.deleted:
            return ()
        kind, link = parent
        ident = change.after.values.get(link)
        filing = records.record(kind, RecordId(ident), change.after.stamp) if ident else None
        if not isinstance(filing, Registration) or filing.filed_at is None:
            return ()
        made, by = change.after.valid_from, change.after.values.get("CreatedById")
        if made <= filing.filed_at:
            return ()
        return (of_proof(filing, RecordId(change.after.id), made, RecordId(by) if by else None),)


def _as_it_left(records: RecordReader, kind: Kind, tombstone: SourceVersion) -> Record | None:
    """The last living version; one deleted in the very second of its last save is what the tombstone still bears."""
    moment = tombstone.valid_from - _SECOND
    version = records.view.mirror.as_of(tombstone.object, tombstone.id, moment)
    found = records.look(kind, version or tombstone, tombstone.stamp)
    return found if isinstance(found, Record) else None


def _index_rows(
    records: RecordReader, kind: Kind, change: Change, before: Side, after: Side
) -> Iterator[Keyed]:
    """What the match index keeps of a record whose keys changed: those of every version it has had.

    Facts from before the change may still wait for the seal, and see their candidates as they were then
    (laws 6, 9). So a deleted record keeps its keys too; surplus ones are harmless, for each candidate is
    compared as of the fact. A record that cannot be read stays as it was known.
    """
    keys = _keys(kind, after)
    if not isinstance(after, Record) or keys == _keys(kind, before):
        return
    for version in _until(records, change.before):
        keys |= _keys(kind, records.look(kind, version, version.stamp))
    yield (after.id, kind.value, sorted(keys))


def _keys(kind: Kind, side: Side) -> set[int]:
    row = index_row(kind, side) if isinstance(side, Record) else None
    return set(row[2]) if row else set()


def _until(records: RecordReader, version: SourceVersion | None) -> Iterator[SourceVersion]:
    """This version and those before it, newest first, back to the first or to when the record was deleted."""
    while version is not None:
        yield version
        moment = version.valid_from - _SECOND
        version = records.view.mirror.as_of(version.object, version.id, moment)
