"""Which rows of the benefit table and of its bonuses a deal takes, and what they give together (R0.12, R0.13)."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from connector.canonical.money import Money, Rates
from connector.policy.benefits import Benefit, by_line
from connector.policy.model import ConditionFailed, RegistrationPolicy
from connector.rules.circumstances import also

_CENT = Decimal("0.01")

Worth = Mapping[str, Money | None]
"""Each product line with its amount; None where nobody can say."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Row:
    """One row that holds, by its name or condition, as the firm prefers it; `line` is empty for the whole deal."""

    name: str
    gives: Benefit
    line: str = ""


def taken(
    terms: RegistrationPolicy, circumstances: Mapping[str, object], preference: str, worth: Worth
) -> tuple[Row, ...]:
    """The first row of the table, and every bonus; by product line where conditions ask about lines.

    Raises:
        ConditionFailed: a condition cannot be judged.
    """
    return (
        *_of_table(terms, circumstances, preference, worth),
        *_of_bonuses(terms, circumstances, preference, worth),
    )


def _of_table(
    terms: RegistrationPolicy, circumstances: Mapping[str, object], preference: str, worth: Worth
) -> Iterator[Row]:
    lined = any(by_line(option.when) for option in terms.benefits.options)
    for line, names in _each(circumstances, worth, lined=lined):
        for option in terms.benefits.options:
            if option.when is None or option.when.holds(names):  # type: ignore[attr-defined]
                name = getattr(option.when, "source", "")
                yield Row(name=name, gives=_for_units(option.value.preferred(preference), names), line=line)
                break


def _of_bonuses(
    terms: RegistrationPolicy, circumstances: Mapping[str, object], preference: str, worth: Worth
) -> Iterator[Row]:
    for bonus in terms.bonuses:
        for line, names in _each(circumstances, worth, lined=by_line(bonus.when)):
            if bonus.holds(names):
                name = bonus.name or getattr(bonus.when, "source", "")
                yield Row(name=name, gives=_for_units(bonus.preferred(preference), names), line=line)


def _each(
    circumstances: Mapping[str, object], worth: Worth, *, lined: bool
) -> Iterator[tuple[str, Mapping[str, object]]]:
    if not lined:
        yield "", circumstances
        return
    if not worth:
        raise ConditionFailed("the benefits go by product line, and the filing names no products")
    for line, amount in worth.items():
        yield line, also(circumstances, line=line, line_amount=amount)


def _for_units(gives: Benefit, circumstances: Mapping[str, object]) -> Benefit:
    """The row with its amounts for as many units as the registration says (`per`).

    Raises:
        ConditionFailed: it does not say how many.
    """
    if not gives.per:
        return gives
    own = circumstances["registration.own"]
    units = own.get(gives.per) if isinstance(own, Mapping) else None
    if not isinstance(units, Decimal):
        raise ConditionFailed(
            f"the registration does not say own.{gives.per}, for each of which a benefit is"
        )
    return gives.model_copy(
        update={"mdf": _times(gives.mdf, units), "incentive": _times(gives.incentive, units)}
    )


def _times(amount: Money | None, units: Decimal) -> Money | None:
    if amount is None or units <= 0:
        return None
    return Money(amount=(amount.amount * units).quantize(_CENT), currency=amount.currency)


def sum_of_rates(given: Iterable[Decimal | None], most: Decimal | None) -> Decimal:
    """The rates in sum, up to the most; 0 where none is given."""
    total = sum((each for each in given if each is not None), Decimal(0))
    return total if most is None else min(total, most)


def sum_of_money(given: Iterable[Money | None], most: Money | None, rates: Rates, on: date) -> Money | None:
    """The amounts in sum, in the currency of the first, up to the most; None where none is given.

    Raises:
        ConditionFailed: there is no rate between two of their currencies.
    """
    stated: Sequence[Money] = [each for each in given if each is not None]
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
