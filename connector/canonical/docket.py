"""The docket: what our own decisions have established. It is folded from decisions alone (law 5)."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from functools import cached_property
from typing import ClassVar, Protocol, TypeVar

from connector.canonical.accounts import BenefitEntry, BudgetEntry, DealEntry, QualityEntry
from connector.canonical.credit import CreditEntry
from connector.canonical.entry import Entry
from connector.canonical.ids import RecordId
from connector.canonical.kind import Kind
from connector.canonical.model import Model
from connector.canonical.money import Money
from connector.canonical.order_docket import OrderEntry, PaymentEntry, SlipEntry
from connector.canonical.staged import StageEntry
from connector.canonical.time import When, compact
from connector.canonical.transfer_in import TransferInEntry

__all__ = [
    "CreditEntry",
    "Entry",
]  # told elsewhere, read from here; what this module defines need not be listed


class ClaimState(StrEnum):
    """A claim's life. Each member says who moves it there."""

    ACTIVE = "active"  # the partner user took the lead; or adopted at the first snapshot
    WORKED = "worked"  # the holder worked it in time
    CONVERTED = "converted"  # the org converted the lead
    RELEASED = "released"  # the holder gave it back
    RECYCLED = "recycled"  # the connector: not worked in time
    REVOKED = "revoked"  # the connector: over quota, unfit, or not the first
    TRANSFERRED = "transferred"  # the lead went to another holder

    @property
    def open(self) -> bool:
        return self in (ClaimState.ACTIVE, ClaimState.WORKED)


class RegistrationState(StrEnum):
    """A registration's life. Each member says who moves it there."""

    SUBMITTED = "submitted"  # the registrant filed; not judged yet
    INCOMPLETE = "incomplete"  # the connector: holds no place until completed (R1.3)
    DEFERRED = "deferred"  # the connector: a rule lacked data
    IN_REVIEW = "in_review"  # the connector: the policy asks a person
    APPROVED = "approved"  # the connector or a person
    EXTENDED = "extended"  # the connector: the window was extended
    REJECTED = "rejected"  # the connector or a person
    LAPSED = "lapsed"  # the connector: the window ended (tick)
    WON = "won"  # the org: the deal closed won
    LOST = "lost"  # the org: the deal closed lost
    WITHDRAWN = "withdrawn"  # the registrant
    VOIDED = "voided"  # the connector: an illegal or merged-away filing

    @property
    def open(self) -> bool:
        """Still in play: it may protect, or come to protect, the deal."""
        return self in _OPEN_REGISTRATIONS

    @property
    def protects(self) -> bool:
        return self in (RegistrationState.APPROVED, RegistrationState.EXTENDED)

    @property
    def was_approved(self) -> bool:
        """It protects, or came to its end from there."""
        return self.protects or self in (
            RegistrationState.LAPSED,
            RegistrationState.WON,
            RegistrationState.LOST,
        )


_OPEN_REGISTRATIONS = frozenset(
    {
        RegistrationState.SUBMITTED,
        RegistrationState.INCOMPLETE,
        RegistrationState.DEFERRED,
        RegistrationState.IN_REVIEW,
        RegistrationState.APPROVED,
        RegistrationState.EXTENDED,
    }
)


class ConflictState(StrEnum):
    """A conflict's life. Each member says who moves it there."""

    OPEN = "open"  # the connector saw two parties on one customer; nobody looks after it yet
    ASSIGNED = "assigned"  # the connector, to the policy's desk; or a person who took it
    ESCALATED = "escalated"  # the clock: it stayed open too long
    RESOLVED = "resolved"  # a person, or a rule
    DISMISSED = "dismissed"  # a person: not the same customer
    REOPENED = "reopened"  # the connector: its evidence changed after it was closed; or a person
    MERGED = "merged"  # the org: a record of the pair was merged away; it goes on under the survivor

    @property
    def open(self) -> bool:
        """Still waiting for an end."""
        return self in _OPEN_CONFLICTS


_OPEN_CONFLICTS = frozenset(
    {ConflictState.OPEN, ConflictState.ASSIGNED, ConflictState.ESCALATED, ConflictState.REOPENED}
)


class ClaimEntry(Entry):
    """One holding of one lead by one partner user, opened-by and closed-by (law 10)."""

    table: ClassVar[str] = "claim"
    lead: RecordId
    holder: RecordId
    firm: RecordId
    pool: RecordId | None = None  # the queue the lead came from and returns to
    taken_from: RecordId | None = None  # the owner before: claims of one second chain by it (law 2)
    opened: When
    step: int = 1  # which of the lead's rounds of that second it was taken in, as its fact says
    state: ClaimState = ClaimState.ACTIVE
    work_by: datetime | None = None
    closed_at: datetime | None = None
    adopted: bool = False
    reason: str = ""
    hold: tuple[str, ...] = ()  # the rules that ask a person; empty: nothing holds it back
    ruled_by: RecordId | None = None  # who ruled that it stands, where a person did
    role: str = ""  # the holder's role then: which warehouse it fills (R4.3)
    track: str = ""  # new or renewal (R4.4)
    came: str = ""  # entered, transferred_in, transferred or assigned
    lost_to: RecordId | None = (
        None  # the lead of the earlier holder, where this holding was void from the start
    )
    because: RecordId | None = None  # the record whose fact showed that
    gone_from: ClaimState | None = None  # what it was when its lead was deleted, while that is gone …
    gone_at: datetime | None = None  # … when that was, the last time …
    back_at: datetime | None = None  # … and when the lead came back out of the recycle bin
    worked_at: datetime | None = None  # when it was worked, where a quota counts only what is not

    @cached_property
    def key(self) -> str:
        return f"{self.lead}|{self.holder}|{compact(self.opened.latest)}"

    def held_at(self, moment: datetime) -> bool:
        """Open then: not closed by that moment, and its lead not in the recycle bin."""
        away = self.gone_at is not None and self.back_at is not None and self.gone_at <= moment < self.back_at
        return (self.open or (self.closed_at is not None and self.closed_at > moment)) and not away

    def unworked_at(self, moment: datetime) -> bool:
        """Not worked before that second: the work of a second settles after its claims."""
        if self.worked_at is None:
            return self.state is not ClaimState.WORKED
        return self.worked_at >= moment

    @property
    def sure(self) -> bool:
        """Nobody asks who was first: it was there at go-live, or a person let it stand."""
        return self.adopted or self.ruled_by is not None

    @property
    def open(self) -> bool:
        return self.state.open

    @property
    def indexes(self) -> tuple[str, ...]:
        return (f"lead:{self.lead}", f"firm:{self.firm}")


class LineWindow(Model):
    """How long one product line of a registration is protected, where that differs from the whole."""

    line: str
    lasts: timedelta
    until: datetime | None = None  # once the window is open


class OwnWindow(Model):
    """Where the window of the deal itself ends, while another one goes on after its win."""

    until: datetime | None
    lines: tuple[LineWindow, ...] = ()


class RegistrationEntry(Entry):
    """One filing, its place in time, and its protection window `[protected_from, protected_until)`."""

    table: ClassVar[str] = "registration"
    registration: RecordId
    firm: RecordId
    registrant: RecordId | None = None
    opportunity: RecordId | None = None
    state: RegistrationState = RegistrationState.SUBMITTED
    filed: When
    complete: When | None = None  # the first moment at which it was whole: its place in the queue
    protected_from: datetime | None = None
    protected_until: datetime | None = None
    extensions: int = 0
    adopted: bool = False
    policy: str = ""
    ruled_by: RecordId | None = None
    amount: Money | None = None
    met: bool = False  # the filing proves a meeting with the customer (R1.11)
    ruled_at: datetime | None = None  # when it was approved or rejected
    waiting_since: datetime | None = None  # since when a person has had to rule (R1.12)
    appeals: int = 0
    appealed: bool = False  # an appeal waits for a person: no rule decides meanwhile (law 7)
    unprotected: bool = False  # approved under terms that protect nothing
    extension_waits: bool = False  # a request for a longer window waits for a person
    distributor: RecordId | None = None  # who filed it for the firm
    share: Decimal = Decimal(1)  # what it earns of the benefit
    shared_with: tuple[RecordId, ...] = ()  # registrations of other firms that stand beside it
    refused_lines: tuple[str, ...] = ()  # product lines that the approval leaves out
    line_windows: tuple[LineWindow, ...] = ()  # where a product line has a window of its own
    approved_by: tuple[RecordId, ...] = ()  # who has approved so far, where the policy asks for two people
    lapsed_at: datetime | None = None  # when the filing before this one, or one without a window, lapsed
    refused_as_filed: bool = (
        False  # rejected for when or how it was filed: no wait before the next one follows
    )
    refused_at: datetime | None = (
        None  # when the deal was refused on the record before the state as it is now
    )
    withdrawn_at: datetime | None = None  # when a filing with a place was last taken back on the record
    goes_on: bool = False  # its deal is won, and its window goes on for other deals of the customer
    own_window: OwnWindow | None = (
        None  # … and this was its window until then, for a deal that is opened again
    )
    voided_from: RegistrationState | None = (
        None  # what it was when its record was deleted, while that is gone …
    )
    voided_at: datetime | None = None  # … and when that was, the last time

    def protects_at(self, moment: datetime) -> bool:
        """It stands, and its window, once it has one, is not over: `[protected_from, protected_until)`."""
        over = self.protected_until is not None and self.protected_until <= moment
        return self.stands and not over and not self.unprotected

    @property
    def stands(self) -> bool:
        """Approved, or won with a window that goes on."""
        return self.state.protects or self.goes_on

    @property
    def key(self) -> str:
        return self.registration

    @property
    def open(self) -> bool:
        return self.state.open

    @property
    def indexes(self) -> tuple[str, ...]:
        deal = (f"opportunity:{self.opportunity}",) if self.opportunity else ()
        return (f"firm:{self.firm}", *deal)


class ConflictEntry(Entry):
    """Two records, one customer, two parties. Opened once per pair and kind (pairwise, never transitive)."""

    table: ClassVar[str] = "conflict"
    kind: str  # partner_partner, partner_direct, name_variant, poach, fake_contact, renewal, …
    left: RecordId
    right: RecordId
    left_kind: Kind
    right_kind: Kind
    state: ConflictState = ConflictState.OPEN
    opened_at: datetime
    evidence: str = ""
    resolution: str = ""
    resolved_by: RecordId | None = None  # a person; None: by rule
    desk: str = ""  # developer name of the queue that looks after it
    owner: RecordId | None = None  # the person or queue that the org shows
    escalations: int = 0
    reopened: int = 0
    into: str = ""  # the conflict that goes on after a merge

    @cached_property
    def key(self) -> str:
        first, second = sorted((self.left, self.right))
        return f"{self.kind}|{first}|{second}"

    @property
    def open(self) -> bool:
        return self.state.open

    @property
    def indexes(self) -> tuple[str, ...]:
        return (f"record:{self.left}", f"record:{self.right}")


class DeadlineEntry(Entry):
    """A moment at which something falls due; it becomes a tick once the sealed horizon passes it (law 4)."""

    table: ClassVar[str] = "deadline"
    name: str  # work_by, protection_ends, remind, decide_by, …
    subject: Kind
    record: RecordId
    due: datetime
    done: bool = False

    @cached_property
    def key(self) -> str:
        return f"{self.record}|{self.name}"

    @property
    def open(self) -> bool:
        return not self.done

    @property
    def indexes(self) -> tuple[str, ...]:
        return (f"record:{self.record}",)


ENTRY_TYPES: dict[str, type[Entry]] = {
    entry.table: entry
    for entry in (
        ClaimEntry,
        RegistrationEntry,
        ConflictEntry,
        DeadlineEntry,
        CreditEntry,
        BenefitEntry,
        DealEntry,
        QualityEntry,
        StageEntry,
        OrderEntry,
        PaymentEntry,
        SlipEntry,
        TransferInEntry,
        BudgetEntry,
    )
}

E = TypeVar("E", bound=Entry)


class Docket(Protocol):
    """Reading the docket. Implementations: in memory, in the store, and an overlay on either."""

    def get(self, entry: type[E], key: str) -> E | None: ...

    def find(self, entry: type[E], index: str, *, open_only: bool = True) -> Iterable[E]:
        """Entries under one index value (`firm:001…`), in key order."""
        ...

    def due(self, until: datetime) -> Iterable[DeadlineEntry]:
        """Open deadlines with `due <= until`, earliest first."""
        ...
