"""Who brought a deal: the sourcing credit of one lead, registration or opportunity (R0.1, R2.15)."""

from datetime import datetime
from typing import ClassVar

from connector.canonical.entry import Entry
from connector.canonical.ids import RecordId
from connector.canonical.kind import Kind
from connector.canonical.record import Identity


class CreditEntry(Entry):
    """Who brought a deal (R0.1): set once, carried through conversion and merge, never overwritten.

    Of the customer only what names the firm is kept, so that a record deleted and created anew can be known again.
    """

    table: ClassVar[str] = "credit"
    record: RecordId
    firm: RecordId
    since: datetime
    through: RecordId  # the lead or registration that earned it
    subject: Kind = Kind.OPPORTUNITY
    handed: bool = False  # the firm's lead was handed to direct sales: their work on it is no poach (R2.15)
    frozen: bool = False  # a poach or a direct close is under review (R1.1)
    customer: Identity = Identity()
    keys: tuple[int, ...] = ()  # the customer's blocking keys, once known
    gone_at: datetime | None = None  # the record left the org
    carried_to: RecordId | None = None  # the record that has the credit now
    moved_by: RecordId | None = None  # the record whose fact moved it to an earlier holder (R4.8) …
    moved_for: str = ""  # … and why: whose hands the deal is in says no more

    @property
    def key(self) -> str:
        return self.record

    @property
    def lost(self) -> bool:
        """Its record is gone, and no other has taken the credit over."""
        return self.gone_at is not None and self.carried_to is None

    @property
    def indexes(self) -> tuple[str, ...]:
        lost = (lost_by(self.subject, key) for key in self.keys) if self.lost else ()
        return (f"firm:{self.firm}", *lost)


def lost_by(subject: Kind, key: int) -> str:
    """The index value under which a lost credit is found by one of its customer's keys."""
    return f"lost:{subject}:{key}"
