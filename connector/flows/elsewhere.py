"""What was decided about a record by a fact of another one, as when a credit moves on somebody else's data (R4.14)."""

from collections.abc import Iterator, Sequence

from connector.canonical.docket import ClaimEntry, ConflictEntry, CreditEntry, Docket, Entry
from connector.canonical.fact import Fact, FactKind
from connector.canonical.ids import RecordId
from connector.canonical.kind import Kind
from connector.canonical.transfer_in import TransferInEntry
from connector.policy.warehouse import Cause
from connector.ports.store import LedgerLine, Transaction

SUCCEEDED = frozenset({FactKind.MERGED, FactKind.CONVERTED, FactKind.LINKED})
"""Facts whose value is the record in which this one goes on."""

_RULED = frozenset(Cause) | {"poach"}
"""Conflicts that one side's fact settles about the other: who took a deal is told where it was taken from."""


def lines_about(view: Transaction, record: RecordId) -> Sequence[LedgerLine]:
    """The ledger's lines whose fact is about this record, and those that decided about it from elsewhere; in order."""
    lines = {line.seq: line for line in view.ledger.of_record(record)}
    named = view.facts.naming([record])
    for place in dict.fromkeys((*_decided_at(view.docket, record), *_named_at(named, record))):
        if place != record:
            lines |= {line.seq: line for line in view.ledger.of_record(place) if _touches(line, record)}
    return [lines[seq] for seq in sorted(lines)]


def lines_of_conflict(view: Transaction, conflict: ConflictEntry) -> Sequence[LedgerLine]:
    """The lines that opened, passed on, settled or reopened a conflict, wherever the fact behind them was; in order."""
    sides = (conflict.left, conflict.right)
    people = (fact.record for fact in view.facts.naming(sides) if fact.detail.get("key") == conflict.key)
    lines = {
        line.seq: line
        for place in dict.fromkeys((*sides, *people))
        for line in view.ledger.of_record(place)
        if any(isinstance(entry, ConflictEntry) and entry.key == conflict.key for entry in line.entries)
    }
    return [lines[seq] for seq in sorted(lines)]


def _named_at(named: Sequence[Fact], record: RecordId) -> Iterator[RecordId]:
    """The records that went on in this one, and the conflicts of this one on which a person ruled."""
    for fact in named:
        succeeded = fact.kind in SUCCEEDED and fact.value == record
        if succeeded or fact.subject is Kind.CONFLICT:
            yield fact.record


def _decided_at(docket: Docket, record: RecordId) -> Iterator[RecordId]:
    """The records whose facts took a holding or a credit away, or gave it."""
    credit = docket.get(CreditEntry, record)
    if credit is not None and credit.moved_by is not None:
        yield credit.moved_by
    sides = [record]
    brought = [credit.through] if credit is not None and credit.through else []
    for each in (record, *brought):
        for dispute in docket.find(ConflictEntry, f"record:{each}", open_only=False):
            if dispute.kind in _RULED:
                sides += [dispute.left, dispute.right]
    yield from dict.fromkeys(sides[1:])
    for side in dict.fromkeys(sides):
        for claim in docket.find(ClaimEntry, f"lead:{side}", open_only=False):
            if claim.because is not None:
                yield claim.because
    for application in docket.find(TransferInEntry, f"lead:{record}", open_only=False):
        yield application.application


def _touches(line: LedgerLine, record: RecordId) -> bool:
    if line.fact.kind is FactKind.ADOPTED:
        return False
    ruled = line.verdict is not None and line.verdict.record == record
    goes_on = line.fact.kind in SUCCEEDED and line.fact.value == record
    return ruled or goes_on or any(record in _names(entry) for entry in line.entries)


def _names(entry: Entry) -> tuple[RecordId, ...]:
    if isinstance(entry, ClaimEntry | TransferInEntry):
        return (entry.lead,)
    if isinstance(entry, ConflictEntry):
        return (entry.left, entry.right)
    return (entry.record, entry.through) if isinstance(entry, CreditEntry) else ()
