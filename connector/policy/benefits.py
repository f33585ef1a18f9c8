"""What an approved registration earns, and the budget over it, as a policy says them (R0.12 to R0.15)."""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from enum import StrEnum

from connector.canonical.accounts import BenefitKind
from connector.canonical.model import Model
from connector.canonical.money import Money
from connector.policy.choosing import Choice, asks
from connector.policy.circumstances import BY_LINE
from connector.policy.duration import Duration


class Benefit(Model):
    """What an approved registration earns (R0.12, R0.14): `rebate` is a fraction, 0.15 for `15%`.

    `instead` holds what a firm of that preference gets in place of this row (R0.13).
    """

    rebate: Decimal | None = None
    discount: Decimal | None = None
    presales: bool = False
    mdf: Money | None = None
    incentive: Money | None = None
    per: str = (
        ""  # the registration's own number of units for each of which `mdf` and `incentive` are; else once
    )
    instead: Mapping[str, "Benefit"] = {}

    def preferred(self, preference: str) -> "Benefit":
        """The row as a firm of this preference takes it."""
        return self.instead.get(preference.strip().casefold(), self)


def by_line(when: object) -> bool:
    """Whether a row's condition asks about a product line: then it is worked out for each line, of its amount."""
    return asks(when, BY_LINE)


class Bonus(Benefit):
    """A row of `bonuses`: where it holds, what it gives is added to what `benefits` gives."""

    name: str = ""
    when: object | None = None

    model_config = Model.model_config | {"arbitrary_types_allowed": True}

    def holds(self, circumstances: Mapping[str, object]) -> bool:
        return self.when is None or bool(self.when.holds(circumstances))  # type: ignore[attr-defined]


class BenefitsAtMost(Model):
    """The most that a row and its bonuses give together; None: as much as they say."""

    rebate: Decimal | None = None
    discount: Decimal | None = None
    mdf: Money | None = None
    incentive: Money | None = None
    rebate_amount: Money | None = None  # what the rebate of one deal comes to at most
    discount_amount: Money | None = None


def largest_rebate(rows: Choice[Benefit], bonuses: Iterable[Bonus], most: Choice[BenefitsAtMost]) -> Decimal:
    """What a row and all bonuses with it come to, whatever their conditions; no preference is followed."""
    row = max((option.value.rebate or Decimal(0) for option in rows.options), default=Decimal(0))
    total = row + sum((bonus.rebate or Decimal(0) for bonus in bonuses), Decimal(0))
    settled = any(option.when is None for option in most.options)
    caps = [option.value.rebate for option in most.options] if settled else [None]
    return min(total, max(each or Decimal(0) for each in caps)) if None not in caps else total


class UsualRebates(Model):
    """Between which shares of a deal a rebate normally lies (R0.14: 5 to 20 per cent); another is said, not refused."""

    at_least: Decimal = Decimal(0)
    at_most: Decimal = Decimal(1)

    def hold(self, rebate: Decimal) -> bool:
        return self.at_least <= rebate <= self.at_most


PREFERENCES = ("rebate", "discount", "support")
"""What a firm may prefer (R0.13); the words of its Account field, as the mapping reads them."""


class BeyondBudget(StrEnum):
    """What happens to a money benefit that the budget does not hold. The registration itself stands."""

    REVIEW = "review"  # a person decides
    REDUCE = "reduce"  # as much as is left
    REFUSE = "refuse"


class FirmBudget(Model):
    """What the benefits of one firm come to at most; every row whose condition holds counts (R0.15)."""

    model_config = Model.model_config | {"arbitrary_types_allowed": True}

    when: object | None = None  # a `Condition`
    of: tuple[BenefitKind, ...] = tuple(each for each in BenefitKind if each.money)
    year: Money | None = None
    quarter: Money | None = None
    month: Money | None = None
    beyond: BeyondBudget | None = None  # else as beyond the programme's own

    def holds(self, circumstances: Mapping[str, object]) -> bool:
        return self.when is None or bool(self.when.holds(circumstances))  # type: ignore[attr-defined]

    @property
    def caps(self) -> Mapping[str, Money]:
        """By period: year, quarter or month."""
        named = {"year": self.year, "quarter": self.quarter, "month": self.month}
        return {name: cap for name, cap in named.items() if cap is not None}


class Payable(Model):
    """How long what is earned waits before it is payable (R0.14)."""

    after: Duration
    counts_from: str = "earned"  # earned | customer_paid


class ClawBack(Model):
    """How long what was paid is taken back from a deal that does not stand as it closed (R0.14)."""

    within: Duration
    counts_from: str = "earned"  # earned | paid_out


class RebateBudget(Model):
    """Caps over every money benefit, of all and of each firm, and the event that earns one (R0.14, R0.15)."""

    year: Money | None = None
    quarter: Money | None = None
    each_firm: tuple[FirmBudget, ...] = ()
    earned: str = "closed_won"  # closed_won | paid
    payable: Payable | None = None  # at once
    claw_back: ClawBack | None = None  # what was paid stays paid
    beyond: BeyondBudget = BeyondBudget.REVIEW

    @property
    def currency(self) -> str | None:
        """That of its caps, which have one together; None where it has none."""
        caps = (self.year, self.quarter, *(cap for row in self.each_firm for cap in row.caps.values()))
        return next((cap.currency for cap in caps if cap is not None), None)
