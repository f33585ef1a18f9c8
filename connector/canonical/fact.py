"""A fact: what happened to one record, and when, by the org's own clock."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from functools import cached_property

from connector.canonical.ids import RecordId
from connector.canonical.kind import Kind
from connector.canonical.model import Model
from connector.canonical.time import When, compact


class FactKind(StrEnum):
    """What can happen. The order inside one second is `RANK`, not the order here."""

    STANDING_CHANGED = "standing_changed"  # a firm's tier, certification or territory; a person's state
    ACCOUNT_KEPT = "account_kept"  # somebody opened or closed a user's account, or set its zone (R4.3)
    MERGED = "merged"
    DELETED = "deleted"
    RESTORED = "restored"  # it came back out of the recycle bin
    CONVERTED = "converted"
    RELEASED = "released"  # a held lead went back to a pool
    WITHDRAWN = "withdrawn"
    AMENDED = "amended"  # a filing changed; it may be complete now
    ENTERED = (
        "entered"  # a lead or customer came to be, or its identity changed; or an approved filing's customer
    )
    CLAIMED = "claimed"
    FILED = "filed"
    REVIEWED = "reviewed"  # a person ruled
    WORKED = "worked"
    OPENED = "opened"  # an opportunity
    REASSIGNED = "reassigned"  # an opportunity's owner changed
    STAGE_MOVED = "stage_moved"
    HELP_ASKED = "help_asked"  # a partner asked for help on a deal (R3.3)
    HELP_ANSWERED = "help_answered"
    HELP_WITHDRAWN = "help_withdrawn"  # the partner took its request back
    SUPPLIED = "supplied"  # evidence, or something else that a stage asks for, came to a deal
    SIGNED = "signed"  # a person signed a plan, a go or no-go, a review
    CLOSED = "closed"
    AFFIRMED = "affirmed"  # a person saved the value that we wanted to write
    EDITED = "edited"  # a person changed a field that we own
    NOTIFIED = "notified"  # our ruling stands on the record: the partner can read it
    CLOSE_MOVED = "close_moved"  # an approved registration expects its close on another day
    LINKED = "linked"  # a ruled filing was linked to its opportunity afterwards
    BENEFIT_REVIEWED = "benefit_reviewed"  # a person ruled on a benefit that waits
    PAID_OUT = "paid_out"  # a person recorded the payout of a benefit
    ACTIVE = "active"  # somebody logged an activity on a deal or a registration
    EXTENSION_ASKED = "extension_asked"  # somebody asks for a longer protection window
    EXTENSION_RULED = "extension_ruled"  # a person ruled on such a request
    APPEALED = "appealed"  # the partner appeals against a rejection
    POLICY_PUBLISHED = "policy_published"  # a version of a policy comes into use (law 18)
    ALLOTTED = "allotted"  # order forms were handed to a partner, or taken back
    SCANNED = "scanned"  # an order's scan was uploaded
    FIRST_REVIEWED = "first_reviewed"  # the first reviewer passed an order
    SECOND_REVIEWED = "second_reviewed"  # the second reviewer passed it
    RETURNED = "returned"  # a reviewer sent an order back
    ORIGINAL_SEEN = "original_seen"  # an order's paper originals came, were lost, found or sent again
    EXCEPTED = "excepted"  # a person reported an exception on an order, or took the report back
    PAID = "paid"  # a payment arrived, or what is known of it changed
    SLIP_RECORDED = "slip_recorded"  # a payment slip was recorded, or what is known of it changed
    AUTHENTICATED = "authenticated"  # the buying company's identity was verified, or is no longer
    UNDONE = "undone"  # a person took back what we had written (law 15); only the ledger bears it
    ADOPTED = "adopted"  # the org's own past decisions, loaded as the open docket (law 16)
    TICK = "tick"


RANK: Mapping[FactKind, int] = {
    FactKind.POLICY_PUBLISHED: 0,
    FactKind.ADOPTED: 0,
    FactKind.STANDING_CHANGED: 0,
    FactKind.ACCOUNT_KEPT: 0,
    FactKind.MERGED: 1,
    FactKind.DELETED: 1,
    FactKind.CONVERTED: 1,
    FactKind.RELEASED: 3,
    FactKind.WITHDRAWN: 3,
    FactKind.RESTORED: 2,
    FactKind.AMENDED: 4,
    FactKind.ALLOTTED: 0,
    FactKind.AUTHENTICATED: 0,
    FactKind.ENTERED: 5,
    FactKind.SCANNED: 5,
    FactKind.PAID: 5,
    FactKind.FIRST_REVIEWED: 6,
    FactKind.ORIGINAL_SEEN: 6,
    FactKind.SLIP_RECORDED: 6,
    FactKind.SECOND_REVIEWED: 7,
    FactKind.RETURNED: 7,
    FactKind.EXCEPTED: 7,
    FactKind.CLAIMED: 5,
    FactKind.FILED: 5,
    FactKind.REVIEWED: 6,
    FactKind.WORKED: 6,
    FactKind.AFFIRMED: 6,
    FactKind.EDITED: 6,
    FactKind.NOTIFIED: 6,
    FactKind.ACTIVE: 6,
    FactKind.EXTENSION_ASKED: 6,
    FactKind.EXTENSION_RULED: 6,
    FactKind.APPEALED: 6,
    FactKind.CLOSE_MOVED: 6,
    FactKind.LINKED: 6,
    FactKind.BENEFIT_REVIEWED: 8,
    FactKind.PAID_OUT: 8,
    FactKind.HELP_ASKED: 6,
    FactKind.HELP_ANSWERED: 7,
    FactKind.HELP_WITHDRAWN: 7,
    FactKind.SUPPLIED: 6,
    FactKind.SIGNED: 6,
    FactKind.OPENED: 7,
    FactKind.REASSIGNED: 7,
    FactKind.STAGE_MOVED: 7,
    FactKind.CLOSED: 7,
    FactKind.UNDONE: 9,
    FactKind.TICK: 1000,
}


_RULING_ON_A_CLAIM = 7
"""After the work on the lead in the same second, which a ruling has to see: it is never overwritten (law 7)."""

STEP = "step"
"""The detail that numbers the owner changes of one lead and one second that cannot settle with the first ones."""

_SECOND_STEP = 10
"""The rank of a second step: after the claims of its second, and the work on them. Each step has a rank for its
releases and one for its claims."""


_OF_EACH_KIND = frozenset({FactKind.DELETED, FactKind.MERGED, FactKind.AMENDED})
"""What can happen to one record of the org in one save as two kinds: a deal that bears its own registration is deleted
once, which ends the deal and the registration."""


class Fact(Model):
    """One act. Its identity is (record, kind, value, second): event, history and reconcile yield one fact.

    An owner change of a later step of its second is another fact than the same change of the first; so is what happens
    to a record as two kinds.

    `value` is the new value (the new owner's id, the status, the deadline's name), `prior` the one before.
    """

    kind: FactKind
    subject: Kind
    record: RecordId
    when: When
    value: str = ""
    prior: str = ""
    actor: RecordId | None = None
    detail: Mapping[str, str] = {}
    late: bool = False

    @property
    def instant(self) -> datetime:
        """The second at which the fact settles: the latest at which it can have happened."""
        return self.when.latest

    @property
    def step(self) -> int:
        """Of the owner changes of a lead in one second: 1 unless others of the second are known to come before."""
        return int(self.detail.get(STEP, 1))

    @property
    def rank(self) -> int:
        if self.step == 1:
            on_a_claim = self.kind is FactKind.REVIEWED and self.subject is Kind.LEAD
            return _RULING_ON_A_CLAIM if on_a_claim else RANK[self.kind]
        return _SECOND_STEP + 2 * (self.step - 2) + (self.kind is FactKind.CLAIMED)

    @cached_property
    def identity(self) -> str:
        step = f"|{self.detail[STEP]}" if STEP in self.detail else ""
        of = f"{self.subject}|" if self.kind in _OF_EACH_KIND else ""
        return f"{self.record}|{self.kind}|{of}{self.value}{step}|{compact(self.when.latest)}"

    @cached_property
    def order(self) -> tuple[datetime, int, str]:
        """Settling order. The identity only makes it total: no rule may read priority from it."""
        return (self.when.latest, self.rank, self.identity)
