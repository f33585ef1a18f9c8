"""What each product line of a registration is worth: by the programme's own fields, else each product alike (R0.12)."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from connector.canonical.money import Money
from connector.canonical.records import Registration
from connector.policy.model import Policy
from connector.rules.lines import lines_of

_CENT = Decimal("0.01")


def amounts(filing: Registration, policy: Policy, on: date) -> Mapping[str, Money | None]:
    """The amount of each line, in the deal's currency; None for one of which nobody can say.

    What `line_amounts` names no field for is an equal part of the rest, product by product. `on`: whose rates hold.
    """
    lines = lines_of(filing.products, policy.product_lines)
    said = {line: _said(filing, policy, line, on) for line in lines if line in policy.line_amounts}
    others = [line for line in lines if line not in said]
    if not others:
        return said
    rest = _rest(filing.amount, list(said.values()))
    parts = {line: _products(filing, policy, line) for line in others}
    every = sum(parts.values())
    return {line: said[line] if line in said else _part(rest, Decimal(parts[line]) / every) for line in lines}


def _said(filing: Registration, policy: Policy, line: str, on: date) -> Money | None:
    value = dict(filing.own).get(policy.line_amounts[line])
    if not isinstance(value, Money) or filing.amount is None:
        return value if isinstance(value, Money) else None
    return policy.rates.convert(value, filing.amount.currency, on)


def _rest(whole: Money | None, said: list[Money | None]) -> Money | None:
    if whole is None or any(each is None for each in said):
        return None
    left = whole.amount - sum((each.amount for each in said if each is not None), Decimal(0))
    return Money(amount=max(left, Decimal(0)), currency=whole.currency)


def _products(filing: Registration, policy: Policy, line: str) -> int:
    members = policy.product_lines.get(line, (line,))
    return sum(1 for product in filing.products if product in members)


def _part(rest: Money | None, share: Decimal) -> Money | None:
    if rest is None:
        return None
    return Money(amount=(rest.amount * share).quantize(_CENT), currency=rest.currency)
