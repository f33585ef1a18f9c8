"""What a registration earns, priced from the policy alone; a back-test asks the same function (R0.12, R0.13)."""

from collections.abc import Iterator, Mapping
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from connector.canonical.accounts import BenefitKind
from connector.canonical.model import Model
from connector.canonical.money import Money, Rates
from connector.policy.benefits import Benefit
from connector.policy.model import RegistrationPolicy

_CENT = Decimal("0.01")
_RATES = (BenefitKind.REBATE, BenefitKind.DISCOUNT)


class Priced(Model):
    """One benefit of one deal. `counted` is its amount in the budget's currency; None where no rate is known."""

    kind: BenefitKind
    rate: Decimal | None = None
    base: Money | None = None
    amount: Money | None = None
    counted: Money | None = None


class Pricing(Model):
    """What a deal earns, and by which row of the table."""

    items: tuple[Priced, ...] = ()
    row: str = ""


def price(
    terms: RegistrationPolicy,
    circumstances: Mapping[str, object],
    amount: Money | None,
    *,
    preference: str = "",
    share: Decimal = Decimal(1),
    rates: Rates,
    on: date,
) -> Pricing:
    """The benefits of a deal of `amount` under these circumstances, for a firm of this preference.

    Args:
        terms: the benefit table and the budget.
        circumstances: as `rules.circumstances.of_filing` gives them.
        amount: the deal's amount; None gives benefits without an amount.
        share: what the filing earns of the benefit when several stand on one deal.
        preference: rebate, discount or support; empty for none (R0.13).
        rates: dated currency rates.
        on: the filing day, whose rates hold.

    Raises:
        ConditionFailed: a row's condition cannot be judged.
    """
    for option in terms.benefits.options:
        if option.when is None or option.when.holds(circumstances):  # type: ignore[attr-defined]
            benefit = option.value.preferred(preference)
            items = tuple(_counted(terms, shared(each, share), rates, on) for each in _items(benefit, amount))
            return Pricing(items=items, row=getattr(option.when, "source", ""))
    return Pricing()


def shared(item: Priced, share: Decimal) -> Priced:
    """A money benefit of which the filing earns a share; support and discount cannot be divided."""
    if share == 1 or not item.kind.money:
        return item
    rate = item.rate * share if item.rate is not None else None
    return item.model_copy(update={"rate": rate, "amount": part(item.amount, share)})


def part(amount: Money | None, rate: Decimal) -> Money | None:
    """A rate of an amount, to the cent."""
    if amount is None:
        return None
    return Money(amount=(amount.amount * rate).quantize(_CENT, ROUND_HALF_UP), currency=amount.currency)


def counted(terms: RegistrationPolicy, amount: Money | None, rates: Rates, on: date) -> Money | None:
    """An amount in the budget's currency at the rates of a day."""
    if amount is None or terms.rebate_budget is None:
        return amount
    return rates.convert(amount, terms.rebate_budget.year.currency, on)


def _items(benefit: Benefit, amount: Money | None) -> Iterator[Priced]:
    for kind in BenefitKind:
        stated = getattr(benefit, kind.value)
        if not stated:
            continue
        if kind in _RATES:
            yield Priced(kind=kind, rate=stated, base=amount, amount=part(amount, stated))
        else:
            yield Priced(kind=kind, amount=stated if isinstance(stated, Money) else None)


def _counted(terms: RegistrationPolicy, item: Priced, rates: Rates, on: date) -> Priced:
    if not item.kind.money:
        return item
    return item.model_copy(update={"counted": counted(terms, item.amount, rates, on)})
