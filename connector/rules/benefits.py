"""What a registration earns, priced from the policy alone; a back-test asks the same function (R0.12, R0.13).

The first row of the table that holds, and every bonus that holds, added up; for the whole deal, or, where conditions
ask about product lines, for each line of its amount.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from connector.canonical.accounts import BenefitKind, LineRate
from connector.canonical.model import Model
from connector.canonical.money import Money, Rates
from connector.policy.benefits import BenefitsAtMost
from connector.policy.model import ConditionFailed, RegistrationPolicy
from connector.rules.benefit_rows import Row, Worth, sum_of_money, sum_of_rates, taken

_CENT = Decimal("0.01")
_FINE = Decimal("0.000000000001")
_RATES = (BenefitKind.REBATE, BenefitKind.DISCOUNT)


class Priced(Model):
    """One benefit of one deal. `counted` is its amount in the budget's currency; None where no rate is known."""

    kind: BenefitKind
    rate: Decimal | None = None
    by_line: tuple[LineRate, ...] = ()
    base: Money | None = None
    at_most: Money | None = None
    amount: Money | None = None
    counted: Money | None = None


class Pricing(Model):
    """What a deal earns, and by which row of the table."""

    items: tuple[Priced, ...] = ()
    row: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class _Deal:
    """What benefits are worked out from: its amount and its lines', up to the most, at the rates of a day."""

    amount: Money | None
    worth: Worth
    most: BenefitsAtMost
    rates: Rates
    on: date


def price(
    terms: RegistrationPolicy,
    circumstances: Mapping[str, object],
    amount: Money | None,
    *,
    preference: str = "",
    share: Decimal = Decimal(1),
    worth: Worth | None = None,
    rates: Rates,
    on: date,
) -> Pricing:
    """The benefits of a deal of `amount` under these circumstances, for a firm of this preference.

    Args:
        terms: the benefit table and the budget.
        circumstances: as `rules.circumstances.of_filing` gives them.
        amount: the deal's amount; None gives benefits without an amount.
        share: what the filing earns of the benefit when several stand on one deal.
        worth: its product lines with their amounts; asked for only where conditions ask about lines.
        preference: rebate, discount or support; empty for none (R0.13).
        rates: dated currency rates.
        on: the filing day, whose rates hold.

    Raises:
        ConditionFailed: a row's condition cannot be judged, or amounts of two currencies cannot be added.
    """
    worth = worth or {}
    rows = taken(terms, circumstances, preference, worth)
    caps = terms.benefits_at_most
    most = (caps.pick(circumstances) if caps.options else None) or BenefitsAtMost()
    deal = _Deal(amount=amount, worth=worth, most=most, rates=rates, on=on)
    return Pricing(
        items=tuple(_counted(terms, shared(each, share), rates, on) for each in _items(deal, rows)),
        row=" + ".join(dict.fromkeys(row.name for row in rows if row.name)),
    )


def shared(item: Priced, share: Decimal) -> Priced:
    """A benefit of which the filing earns a share: less money, or fewer points. Support cannot be divided."""
    if share == 1 or item.kind is BenefitKind.PRESALES:
        return item
    rate = item.rate * share if item.rate is not None else None
    figures = {
        "rate": rate,
        "by_line": divided(item.by_line, share),
        "at_most": part(item.at_most, share),
        "amount": part(item.amount, share),
    }
    return item.model_copy(update=figures)


def divided(lines: Iterable[LineRate], share: Decimal) -> tuple[LineRate, ...]:
    """A share of each line's rate."""
    return tuple(LineRate(line=each.line, rate=each.rate * share) for each in lines)


def part(amount: Money | None, rate: Decimal) -> Money | None:
    """A rate of an amount, to the cent."""
    if amount is None:
        return None
    return Money(amount=(amount.amount * rate).quantize(_CENT, ROUND_HALF_UP), currency=amount.currency)


def counted(terms: RegistrationPolicy, amount: Money | None, rates: Rates, on: date) -> Money | None:
    """An amount in the budget's currency at the rates of a day; without a cap to compare with, as it is."""
    currency = terms.rebate_budget.currency if terms.rebate_budget else None
    return amount if amount is None or currency is None else rates.convert(amount, currency, on)


def _items(deal: _Deal, rows: Sequence[Row]) -> Iterator[Priced]:
    for kind in BenefitKind:
        given = [getattr(row.gives, kind.value) for row in rows]
        if kind is BenefitKind.PRESALES:
            if any(given):
                yield Priced(kind=kind)
        elif kind in _RATES:
            item = _rated(deal, kind, rows)
            if item.rate:
                yield _capped(deal, item)
        elif total := sum_of_money(given, getattr(deal.most, kind.value), deal.rates, deal.on):
            yield Priced(kind=kind, amount=total)


def _capped(deal: _Deal, item: Priced) -> Priced:
    """What a rate comes to, up to an amount; of a deal that says no amount yet, once it closes."""
    most: Money | None = getattr(deal.most, f"{item.kind.value}_amount")
    if most is None:
        return item
    cap = most if item.base is None else deal.rates.convert(most, item.base.currency, deal.on)
    if cap is None:
        raise ConditionFailed(f"no rate for {most}, the most that the {item.kind} comes to")
    return item.model_copy(update={"at_most": cap, "amount": no_more(item.amount, cap)})


def no_more(amount: Money | None, most: Money | None) -> Money | None:
    """The amount, up to the most in the same currency; without an amount, or a most to compare with, as it is."""
    if amount is None or most is None or amount.currency != most.currency:
        return amount
    return amount if amount.amount <= most.amount else most


def _rated(deal: _Deal, kind: BenefitKind, rows: Sequence[Row]) -> Priced:
    """A rate of the deal; where it differs by line, what the rates of its lines come to."""
    amount = deal.amount
    most: Decimal | None = getattr(deal.most, kind.value)
    given = [(row.line, getattr(row.gives, kind.value)) for row in rows]
    lines = deal.worth if any(line for line, _ in given) else {"": amount}
    by_line = {line: sum_of_rates((each for at, each in given if at in ("", line)), most) for line in lines}
    same = set(by_line.values())
    if len(same) == 1:
        rate = same.pop()
        return Priced(kind=kind, rate=rate, base=amount, amount=part(amount, rate))
    earned = {line: part(deal.worth[line], rate) for line, rate in by_line.items() if rate}
    known = [each.amount for each in earned.values() if each is not None]
    if amount is None or not amount.amount or len(known) < len(earned):
        raise ConditionFailed("a rate goes by product line, and nobody can say what each line is worth")
    total = sum(known, Decimal(0))
    return Priced(
        kind=kind,
        rate=(total / amount.amount).quantize(_FINE),
        by_line=tuple(LineRate(line=line, rate=rate) for line, rate in by_line.items()),
        base=amount,
        amount=Money(amount=total, currency=amount.currency),
    )


def _counted(terms: RegistrationPolicy, item: Priced, rates: Rates, on: date) -> Priced:
    if not item.kind.money:
        return item
    return item.model_copy(update={"counted": counted(terms, item.amount, rates, on)})
