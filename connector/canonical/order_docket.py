"""Lines of the docket about orders: what has been decided of them, of payments and of slips (law 5)."""

from datetime import datetime
from typing import ClassVar

from connector.canonical.entry import Entry
from connector.canonical.ids import RecordId
from connector.canonical.money import Money
from connector.canonical.orders import OrderException, OrderState, SlipState
from connector.canonical.time import When


class OrderEntry(Entry):
    """One order: its form since `numbered`, how far it is, and from when it has effect."""

    table: ClassVar[str] = "order"
    order: RecordId
    firm: RecordId | None = None
    customer: RecordId | None = None
    opportunity: RecordId | None = None
    form: str = ""
    left: str = ""  # the number that it bore before, until those who share that one were looked at again
    numbered: When
    state: OrderState = OrderState.FILED
    returned_at: datetime | None = None
    amended_at: datetime | None = None
    short_from: datetime | None = None  # from then on, too little money is an exception
    exception: OrderException | None = None
    effective_at: datetime | None = None
    credited_firm: RecordId | None = None
    credited_to: RecordId | None = None
    slip_due: datetime | None = None
    policy: str = ""

    @property
    def key(self) -> str:
        return self.order

    @property
    def open(self) -> bool:
        return self.state.open

    @property
    def indexes(self) -> tuple[str, ...]:
        named = (
            ("form", self.form), ("firm", self.firm), ("customer", self.customer), ("opportunity", self.opportunity),
        )  # fmt: skip
        return tuple(f"{name}:{value}" for name, value in named if value)


class PaymentEntry(Entry):
    """Money that arrived, and the order that it is for, as far as that is known."""

    table: ClassVar[str] = "payment"
    payment: RecordId
    order: RecordId | None = None
    slip: RecordId | None = None
    amount: Money | None = None
    arrived_at: datetime | None = None
    taken_back: bool = False

    @property
    def key(self) -> str:
        return self.payment

    @property
    def open(self) -> bool:
        """No slip tells of it yet."""
        return self.slip is None and not self.taken_back

    @property
    def indexes(self) -> tuple[str, ...]:
        order = (f"order:{self.order}",) if self.order else ()
        return (*order, f"amount:{self.amount}") if self.amount else order


class SlipEntry(Entry):
    """A payment slip, and the payment that it tells of."""

    table: ClassVar[str] = "slip"
    slip: RecordId
    order: RecordId | None = None
    payment: RecordId | None = None
    amount: Money | None = None
    state: SlipState = SlipState.WAITING

    @property
    def key(self) -> str:
        return self.slip

    @property
    def open(self) -> bool:
        return self.state in (SlipState.WAITING, SlipState.DISPUTED)

    @property
    def indexes(self) -> tuple[str, ...]:
        order = (f"order:{self.order}",) if self.order else ()
        return (*order, f"amount:{self.amount}") if self.amount else order
