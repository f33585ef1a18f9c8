"""An application for transfer-in: a lead of a public pool is asked for, and an approval group rules (R4.10)."""

from datetime import datetime
from enum import StrEnum
from typing import ClassVar

from connector.canonical.entry import Entry
from connector.canonical.ids import RecordId
from connector.canonical.record import Identity, Record
from connector.canonical.time import When


class TransferInStatus(StrEnum):
    """An application's state as the org's record shows it. Who moves it is said per member."""

    DRAFT = "draft"  # the applicant is still writing
    SUBMITTED = "submitted"  # the applicant
    INCOMPLETE = "incomplete"  # the connector: something that is needed is missing
    IN_REVIEW = "in_review"  # the connector: the approval group has to rule
    APPROVED = "approved"  # the connector, on the approval group's word where the policy asks for it
    REJECTED = "rejected"  # the connector, by its rules or on that word
    WITHDRAWN = "withdrawn"  # the applicant took it back


class TransferIn(Record):
    """One application, with what the applicant has found out and confirmed with the customer (R4.6)."""

    number: str = ""
    lead: RecordId | None = None
    applicant: RecordId | None = None
    filed_at: datetime | None = None
    status: TransferInStatus = TransferInStatus.DRAFT
    status_since: datetime | None = None
    customer: Identity = Identity()
    licence_name: str = ""
    caller_id: str = ""
    confirm: bool = False
    confirmed_by: RecordId | None = None
    confirmed_at: datetime | None = None
    review: str = ""
    reviewed_by: RecordId | None = None
    reviewed_at: datetime | None = None
    ruling: str = ""
    message: str = ""


class TransferInState(StrEnum):
    """An application on the docket. Each member says who moves it there."""

    SUBMITTED = "submitted"  # the applicant filed it; not judged yet
    INCOMPLETE = "incomplete"  # the connector: something that is needed is missing
    IN_REVIEW = "in_review"  # the connector: it waits for the approval group
    APPROVED = "approved"  # the approval group, or the connector where nobody has to
    REJECTED = "rejected"  # the connector, or the approval group
    WITHDRAWN = "withdrawn"  # the applicant
    DONE = "done"  # the connector: the lead has come into the applicant's warehouse

    @property
    def open(self) -> bool:
        """Still in play: the lead may yet come by it."""
        return self not in (TransferInState.REJECTED, TransferInState.WITHDRAWN, TransferInState.DONE)


class TransferInEntry(Entry):
    """One application: who asks for which lead since when, and how far it has come."""

    table: ClassVar[str] = "transfer_in"
    application: RecordId
    lead: RecordId
    applicant: RecordId
    filed: When
    state: TransferInState = TransferInState.SUBMITTED
    ruled_by: RecordId | None = None
    ruled_at: datetime | None = None

    @property
    def key(self) -> str:
        return self.application

    @property
    def open(self) -> bool:
        return self.state.open

    @property
    def indexes(self) -> tuple[str, ...]:
        return (f"lead:{self.lead}", f"applicant:{self.applicant}")
