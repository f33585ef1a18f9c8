"""From changed rows to facts, index rows and echoes: what capture records beside the mirror."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime

from connector.canonical.fact import Fact
from connector.canonical.ids import RecordId
from connector.canonical.kind import Kind
from connector.canonical.records import Activity, Person, Record, Registration
from connector.facts.change import Seen
from connector.facts.derive import derive, gone, of_activity
from connector.facts.filings import of_proof
from connector.flows.echo import recognise
from connector.flows.matcher import index_row
from connector.flows.records import RecordReader
from connector.mapping import CompiledMapping
from connector.ports.store import Change, SourceVersion, Transaction

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class ChangeReader:
    """Turns changes of one org into facts. `ours` is the connector's own login."""

    def __init__(self, mapping: CompiledMapping, ours: Callable[[], RecordId]) -> None:
        self._mapping = mapping
        self._ours = ours

    def record(
        self, tx: Transaction, changes: Sequence[Change], seen_before: datetime | None, now: datetime
    ) -> int:
        """Index rows, echoes and facts of these changes, in the caller's transaction. Returns new facts."""
        if not changes:
            return 0
        records = RecordReader(tx, self._mapping)
        facts: list[Fact] = []
        rows = []
        for change in changes:
            kinds = self._mapping.kinds_of(change.after.object)
            if kinds:
                facts += self._echoes(tx, change, kinds[0], now)
            for kind in kinds:
                before, after = self._sides(records, kind, change)
                facts += self._facts(records, kind, before, after, change, seen_before or _EPOCH)
                if after is not None and (row := index_row(kind, after)):
                    rows.append(row)
                elif before is not None and index_row(kind, before):
                    rows.append((before.id, kind.value, ()))
            facts += self._child_facts(records, change)
        tx.matches.put(rows)
        return tx.facts.add(facts)

    def _echoes(self, tx: Transaction, change: Change, kind: Kind, now: datetime) -> Sequence[Fact]:
        target = self._mapping.write(kind, "key")
        key_field = target.field if target else None
        return list(recognise(tx, change, self._ours(), now, kind=kind, key_field=key_field))

    def _sides(
        self, records: RecordReader, kind: Kind, change: Change
    ) -> tuple[Record | None, Record | None]:
        before = self._side(records, kind, change.before)
        after = self._side(records, kind, change.after)
        return before, after

    @staticmethod
    def _side(records: RecordReader, kind: Kind, version: SourceVersion | None) -> Record | None:
        return None if version is None or version.deleted else records.read(kind, version, version.stamp)

    def _facts(  # noqa: PLR0917
        self,
        records: RecordReader,
        kind: Kind,
        before: Record | None,
        after: Record | None,
        change: Change,
        seen_before: datetime,
    ) -> Sequence[Fact]:
        def firm_of(user: RecordId | None) -> RecordId | None:
            person = records.record(Kind.PERSON, user, change.after.stamp)
            return person.firm if isinstance(person, Person) else None

        seen = Seen(before=before, after=after, seen_before=seen_before, ours=self._ours(), firm_of=firm_of)
        if before is not None and after is None and change.after.deleted:
            master = RecordId(change.after.master) if change.after.master else None
            return [gone(kind, before, master, change.after.stamp)]
        if isinstance(after, Activity):
            return list(of_activity(after)) if before is None else []
        return derive(kind, seen)

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
