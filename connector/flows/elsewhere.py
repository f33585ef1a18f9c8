"""What was decided about a record by a fact of another one, as when a credit moves on somebody else's data (R4.14)."""

from collections.abc import Iterator, Sequence

from connector.canonical.docket import ClaimEntry, ConflictEntry, CreditEntry, Docket, Entry
from connector.canonical.fact import FactKind
from connector.canonical.ids import RecordId
from connector.canonical.transfer_in import TransferInEntry
from connector.policy.warehouse import Cause
from connector.ports.store import LedgerLine, Transaction

_RULED = frozenset(Cause)


def lines_about(view: Transaction, record: RecordId) -> Sequence[LedgerLine]:
    """The ledger's lines whose fact is about this record, and those that decided about it from elsewhere; in order."""
    lines = {line.seq: line for line in view.ledger.of_record(record)}
    for place in dict.fromkeys(_decided_at(view.docket, record)):
        if place != record:
            lines |= {line.seq: line for line in view.ledger.of_record(place) if _touches(line, record)}
    return [lines[seq] for seq in sorted(lines)]


def _decided_at(docket: Docket, record: RecordId) -> Iterator[RecordId]:
    """The records whose facts took a holding or a credit away, or gave it."""
    credit = docket.get(CreditEntry, record)
    if credit is not None and credit.moved_by is not None:
        yield credit.moved_by
    sides = [record]
    for dispute in docket.find(ConflictEntry, f"record:{record}", open_only=False):
        if dispute.kind in _RULED:
            sides += [dispute.left, dispute.right]
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
    return ruled or any(record in _names(entry) for entry in line.entries)


def _names(entry: Entry) -> tuple[RecordId, ...]:
    if isinstance(entry, ClaimEntry | TransferInEntry):
        return (entry.lead,)
    if isinstance(entry, ConflictEntry):
        return (entry.left, entry.right)
    return (entry.record, entry.through) if isinstance(entry, CreditEntry) else ()
