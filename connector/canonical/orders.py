"""Orders, what is paid for them, and the forms that they are written on (R4.11 to R4.17)."""

from collections.abc import Mapping
from datetime import date, datetime
from enum import StrEnum

from connector.canonical.ids import RecordId
from connector.canonical.money import Money
from connector.canonical.record import Record


class OrderState(StrEnum):
    """An order's life. Each member says who moves it there."""

    FILED = "filed"  # the channel assistant filed it; no scan yet
    SCANNED = "scanned"  # the channel assistant uploaded the scan
    FIRST_REVIEWED = "first_reviewed"  # the channel assistant passed it on
    ACCEPTED = "accepted"  # the order desk passed it: it waits for the rest that its effect needs
    RETURNED = "returned"  # a reviewer sent it back
    AMENDED = "amended"  # it was corrected after its return; the new scan is not there yet
    REUPLOADED = "reuploaded"  # the corrected order was scanned and uploaded anew
    EXCEPTED = "excepted"  # somebody reported an exception, or the connector found one
    EFFECTIVE = "effective"  # the connector: everything is there, as of the payment's arrival
    VOIDED = "voided"  # the record was deleted

    @property
    def open(self) -> bool:
        return self not in (OrderState.EFFECTIVE, OrderState.VOIDED)


class OrderException(StrEnum):
    """What can keep an order from its way (R4.15). Each has a way out: a sentence, and `WAYS_OUT`."""

    LOST = "lost"  # the paper original is gone
    UNQUALIFIED = "unqualified"  # wrong form, or signed by sales
    PAYMENT_SHORT = "payment_short"  # less arrived, in its time, than the order asks for
    DUPLICATE_FORM = "duplicate_form"  # the form's number is on an earlier order
    OTHER = "other"


_WHERE_IT_STOOD = (
    OrderState.FILED, OrderState.SCANNED, OrderState.REUPLOADED, OrderState.FIRST_REVIEWED, OrderState.ACCEPTED,
    OrderState.EFFECTIVE,
)  # fmt: skip
_CORRECTED = (OrderState.AMENDED, OrderState.REUPLOADED)

WAYS_OUT: Mapping[OrderException, tuple[OrderState, ...]] = {
    OrderException.LOST: _WHERE_IT_STOOD,
    OrderException.UNQUALIFIED: _CORRECTED,
    OrderException.PAYMENT_SHORT: _WHERE_IT_STOOD,
    OrderException.DUPLICATE_FORM: _CORRECTED,
    OrderException.OTHER: _WHERE_IT_STOOD,
}
"""What an order can become next once its exception is over (R4.15): where it stood, or corrected and uploaded anew."""


class OrderReview(StrEnum):
    """What a reviewer says of an order."""

    PASS = "pass"  # noqa: S105 - not a password
    RETURN = "return"


class Original(StrEnum):
    """Where the paper originals are, as the order desk says it."""

    RECEIVED = "received"
    LOST = "lost"
    FOUND = "found"
    RESENT = "resent"

    @property
    def here(self) -> bool:
        return self is not Original.LOST


class Order(Record):
    """An order on a paper form: filed, scanned, reviewed twice, paid (R4.11 to R4.13).

    `seller` sold it; `form_number` is printed on the form. Of the reviews, `…_at` and `…_by` are the org's stamps.
    """

    number: str = ""
    partner: RecordId | None = None
    customer: RecordId | None = None
    opportunity: RecordId | None = None
    seller: RecordId | None = None
    amount: Money | None = None
    ordered_on: date | None = None
    form_number: str = ""
    ordered_for: RecordId | None = None  # a distributor orders for this reseller
    registration_number: str = ""  # of the registration under which the deal was won
    filed: bool = False
    filed_at: datetime | None = None
    filed_by: RecordId | None = None
    scan: str = ""
    scan_at: datetime | None = None
    first_review: OrderReview | None = None
    first_reviewed_at: datetime | None = None
    first_reviewed_by: RecordId | None = None
    second_review: OrderReview | None = None
    second_reviewed_at: datetime | None = None
    second_reviewed_by: RecordId | None = None
    return_reason: str = ""
    original: Original | None = None
    originals: int | None = None
    original_at: datetime | None = None
    stamped: bool = False
    signatory: str = ""
    signed_by: RecordId | None = None
    reported: OrderException | None = None
    reported_at: datetime | None = None
    state: OrderState | None = None
    ruling: str = ""
    message: str = ""
    missing: str = ""
    exception: OrderException | None = None
    way_out: str = ""
    effective_at: datetime | None = None
    credited_firm: RecordId | None = None
    credited_to: RecordId | None = None
    slip_due: datetime | None = None


class Payment(Record):
    """Money that arrived on our account. `arrived_at` is the bank's time: an order takes effect by it (R4.13)."""

    number: str = ""
    order: RecordId | None = None
    amount: Money | None = None
    payer: str = ""
    arrived_at: datetime | None = None
    reference: str = ""
    taken_back: bool = False
    matched_order: RecordId | None = None


class SlipState(StrEnum):
    """A payment slip's life. Each member says who moves it there."""

    WAITING = "waiting"  # recorded; no payment is known to be the one that it tells of
    MATCHED = "matched"  # the connector: amount, currency and payer agree; or a person named the payment
    DISPUTED = "disputed"  # the connector: it may be this payment or not, so a person says
    VOIDED = "voided"  # the record was deleted


class Slip(Record):
    """A payment slip (底单): the payer's proof that money is on its way, for one order (R4.16).

    `payment` is what a person says it belongs to, `matched` what the connector found.
    """

    number: str = ""
    order: RecordId | None = None
    payment: RecordId | None = None
    amount: Money | None = None
    payer: str = ""
    paid_on: date | None = None
    reference: str = ""
    matched: RecordId | None = None
    state: SlipState | None = None
    message: str = ""


class Allotment(Record):
    """Order forms handed to one partner (R4.12): all with a prefix, from `first` to `last`, or single `numbers`."""

    number: str = ""
    partner: RecordId | None = None
    prefix: str = ""
    first: str = ""
    last: str = ""
    numbers: tuple[str, ...] = ()
    withdrawn: bool = False
