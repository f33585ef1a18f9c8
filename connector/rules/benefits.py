"""What a registration earns, priced from the policy alone; a back-test asks the same function (R0.12, R0.13).

The first row of the table that holds, and every bonus that holds, added up.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from connector.canonical.accounts import BenefitKind
from connector.canonical.model import Model
from connector.canonical.money import Money, Rates
from connector.policy.benefits import Benefit, BenefitsAtMost
from connector.policy.model import ConditionFailed, RegistrationPolicy

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
        ConditionFailed: a row's condition cannot be judged, or amounts of two currencies cannot be added.
    """
    rows = list(_rows(terms, circumstances, preference))
    benefit = _together([each for _, each in rows], terms.benefits_at_most, rates, on)
    items = tuple(_counted(terms, shared(each, share), rates, on) for each in _items(benefit, amount))
    return Pricing(items=items, row=" + ".join(filter(None, (name for name, _ in rows))))


def _rows(
    terms: RegistrationPolicy, circumstances: Mapping[str, object], preference: str
) -> Iterator[tuple[str, Benefit]]:
    """The row of the table, and every bonus that holds, each with its name or condition."""
    for option in terms.benefits.options:
        if option.when is None or option.when.holds(circumstances):  # type: ignore[attr-defined]
            yield getattr(option.when, "source", ""), option.value.preferred(preference)
            break
    for bonus in terms.bonuses:
        if bonus.holds(circumstances):
            yield bonus.name or getattr(bonus.when, "source", ""), bonus.preferred(preference)


def _together(rows: Sequence[Benefit], most: BenefitsAtMost, rates: Rates, on: date) -> Benefit:
    """What the rows give in sum, each kind up to its most. Raises ConditionFailed where a rate lacks."""
    return Benefit(
        rebate=_share_of_all((row.rebate for row in rows), most.rebate),
        discount=_share_of_all((row.discount for row in rows), most.discount),
        presales=any(row.presales for row in rows),
        mdf=_money_of_all((row.mdf for row in rows), most.mdf, rates, on),
        incentive=_money_of_all((row.incentive for row in rows), most.incentive, rates, on),
    )


def _share_of_all(given: Iterable[Decimal | None], most: Decimal | None) -> Decimal | None:
    stated = [each for each in given if each is not None]
    total = sum(stated, Decimal(0))
    return min(total, most) if most is not None and stated else total if stated else None


def _money_of_all(given: Iterable[Money | None], most: Money | None, rates: Rates, on: date) -> Money | None:
    """In the currency of the first."""
    stated = [each for each in given if each is not None]
    if not stated:
        return None
    currency = stated[0].currency
    total = sum((_in(each, currency, rates, on) for each in stated), Decimal(0))
    total = total if most is None else min(total, _in(most, currency, rates, on))
    return Money(amount=total, currency=currency)


def _in(amount: Money, currency: str, rates: Rates, on: date) -> Decimal:
    found = rates.convert(amount, currency, on)
    if found is None:
        raise ConditionFailed(f"no rate from {amount.currency} to {currency} on {on}")
    return found.amount


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
