"""What the programme counts and owes: closed deals, benefits, and what came of a firm's filings and claims."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from functools import cached_property
from typing import ClassVar

from connector.canonical.entry import Entry
from connector.canonical.ids import RecordId
from connector.canonical.model import Model
from connector.canonical.money import Money
from connector.canonical.time import When


class Party(StrEnum):
    """Whose deal it was."""

    PARTNER = "partner"
    DIRECT = "direct"


class DealState(StrEnum):
    """A deal in the ledger of closed deals. Each member says who moves it there."""

    WON = "won"  # the org closed it won: it counts
    LOST = "lost"  # the org closed it lost
    CONTESTED = "contested"  # a registered deal for the same customer was won too: one of them counts
    REOPENED = "reopened"  # a person opened it again: it counts no more until it closes anew
    GONE = "gone"  # it was deleted, or merged into another


class DealEntry(Entry):
    """One deal that closed, counted once however often it is opened again, merged or created anew (R0.9)."""

    table: ClassVar[str] = "deal"
    record: RecordId
    state: DealState
    party: Party
    firm: RecordId | None = None
    sourced: bool = False  # the firm brought the deal; else it merely owns it
    amount: Money | None = None
    won_at: datetime | None = None
    closed_at: datetime
    customer: RecordId | None = None
    moved_to: RecordId | None = None  # the record that counts in its place
    adopted: bool = False

    @property
    def key(self) -> str:
        return self.record

    @property
    def open(self) -> bool:
        """It counts."""
        return self.state is DealState.WON

    @property
    def indexes(self) -> tuple[str, ...]:
        return (f"firm:{self.firm}",) if self.firm else ()


class BenefitKind(StrEnum):
    """What an approved registration may earn (R0.4, R0.12)."""

    REBATE = "rebate"  # a share of the closed deal, paid afterwards
    DISCOUNT = "discount"  # points off the price while the deal is protected
    MDF = "mdf"  # market development funds
    INCENTIVE = "incentive"  # a reward of a fixed amount
    PRESALES = "presales"  # the vendor's support before the sale

    @property
    def money(self) -> bool:
        """Paid in money, so that the budget covers it (R0.15)."""
        return self in (BenefitKind.REBATE, BenefitKind.MDF, BenefitKind.INCENTIVE)


class BenefitState(StrEnum):
    """A benefit's life. Each member says who moves it there."""

    RESERVED = "reserved"  # the registration was approved: promised, or (support, discount) in effect
    WAITING = "waiting"  # the budget is spent, or no rate is known: a person decides
    WITHHELD = "withheld"  # another firm's window protects this customer: no price advantage meanwhile
    EARNED = "earned"  # the deal closed won (or was paid, by policy)
    PAID = "paid"  # a person recorded the payout
    CLAWED_BACK = "clawed_back"  # paid, and the deal did not stand: the firm owes it back
    FROZEN = "frozen"  # the credit is frozen: nothing is paid until a person resolves
    RELEASED = "released"  # protection ended or the deal was lost: nothing is owed
    REFUSED = "refused"  # the budget does not hold it, or a person declined it


class LineRate(Model):
    """What one product line brings of a rate that differs by line."""

    line: str
    rate: Decimal


class FirmCap(Model):
    """What one firm's benefits come to at most in a period, as the policy said when the benefit was promised."""

    period: str  # `acme-registration|rebate|2026-Q1`
    at_most: Money
    beyond: str  # review, reduce or refuse


_HELD = frozenset({BenefitState.RESERVED, BenefitState.EARNED, BenefitState.PAID, BenefitState.FROZEN})
_OVER = frozenset({BenefitState.RELEASED, BenefitState.REFUSED})


class BenefitEntry(Entry):
    """One benefit of one registration, with everything that its amount was worked out from (R0.8)."""

    table: ClassVar[str] = "benefit"
    registration: RecordId
    kind: BenefitKind
    firm: RecordId
    state: BenefitState
    opportunity: RecordId | None = None
    rate: Decimal | None = None  # of a rebate or a discount: 0.15 for 15 %
    by_line: tuple[LineRate, ...] = ()  # where it differs by product line; `rate` is then what it comes to
    base: Money | None = None  # the amount that the rate is taken of
    at_most: Money | None = None  # what the rate comes to at most, in the deal's currency
    counts: Decimal = Decimal(1)  # the part of the deal that it is taken of: its approved products
    amount: Money | None = None  # what is promised or owed, in the deal's currency
    counted: Money | None = None  # the same in the budget's currency, at the rate of the filing day
    day: str = ""  # the filing day, whose rates hold
    since: When
    row: str = ""  # the condition of the policy's row; empty for the default
    tier: str = ""
    track: str = ""
    line: str = ""
    periods: tuple[str, ...] = ()  # the budgets that it counts in: `acme-registration|2026`, and its quarter
    firm_caps: tuple[FirmCap, ...] = ()
    policy: str = ""
    before: BenefitState | None = None  # what it was when it was frozen
    held_back_by: RecordId | None = None  # the registration whose window withholds it
    earned_at: datetime | None = None
    paid_at: datetime | None = None
    payable_from: datetime | None = None  # where the policy has what is earned wait
    clawed_back: Money | None = None  # what the firm owes back of what was paid, in the deal's currency

    @cached_property
    def key(self) -> str:
        return f"{self.registration}|{self.kind}"

    @property
    def open(self) -> bool:
        return self.state not in _OVER

    @property
    def holds(self) -> bool:
        """It takes its amount out of the budget."""
        state = self.before if self.state is BenefitState.FROZEN else self.state
        return state in _HELD and self.counted is not None

    @property
    def budgets(self) -> Mapping[str, "BudgetEntry"]:
        """Every budget that it counts in, the programme's and its firm's, by key and still empty."""
        currency = self.counted.currency if self.counted else ""
        periods = ((period, None) for period in self.periods)
        own = ((each.period, self.firm) for each in self.firm_caps)
        made = (BudgetEntry(period=period, firm=firm, currency=currency) for period, firm in (*periods, *own))
        return {each.key: each for each in made}

    @property
    def indexes(self) -> tuple[str, ...]:
        deal = (f"opportunity:{self.opportunity}",) if self.opportunity else ()
        held = (f"held_back_by:{self.held_back_by}",) if self.held_back_by else ()
        return (f"registration:{self.registration}", f"firm:{self.firm}", *deal, *held)


class Result(StrEnum):
    """How a filing or a claim ended, for the quality of a firm's leads (R0.7)."""

    CONVERTED = "converted"  # the lead became an opportunity
    APPROVED = "approved"  # the filing protects a deal
    WON = "won"
    LOST = "lost"
    LAPSED = "lapsed"  # the window ended without an order
    REJECTED = "rejected"
    RECYCLED = "recycled"  # not worked in time
    UNWORKED = "unworked"  # given back without any work
    RELEASED = "released"  # given back after work


class QualityEntry(Entry):
    """What came of the filings and claims that one firm began in one week, by its Monday (R0.7, R1.11)."""

    table: ClassVar[str] = "quality"
    firm: RecordId
    week: date
    filings: int = 0
    claims: int = 0
    met: int = 0  # filings that prove a meeting
    results: Mapping[str, int] = {}  # by `Result`

    @cached_property
    def key(self) -> str:
        return week_key(self.firm, self.week)


def week_key(firm: RecordId, week: date) -> str:
    return f"{firm}|{week.isoformat()}"


class BudgetEntry(Entry):
    """What one period's budget holds: the sum over its benefits, so that none has to be read again (R0.15)."""

    table: ClassVar[str] = "budget"
    period: str  # `acme-registration|2026`, `acme-registration|2026-Q1`; a firm's `acme-registration|rebate|2026-Q1`
    firm: RecordId | None = None  # the firm's own budget; None: the programme's
    currency: str
    held: Decimal = Decimal(0)  # reserved, earned, paid and frozen alike

    @property
    def key(self) -> str:
        return f"{self.period}|{self.firm}" if self.firm else self.period
