"""Functions over numbers. A blank argument makes a blank result."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_UP, Decimal

from connector.practice.formula.values import Value, kind_of


def numbers(name: str, values: tuple[Value, ...]) -> list[Decimal] | None:
    """The arguments as numbers; None when one of them is blank."""
    for value in values:
        if value is not None and not isinstance(value, Decimal):
            raise TypeError(
                f"Incorrect parameter type for function '{name}()'. "
                f"Expected Number, received {kind_of(value)}"
            )
    given = [value for value in values if isinstance(value, Decimal)]
    return given if len(given) == len(values) else None


def _over(name: str, compute: Callable[[list[Decimal]], Decimal]) -> Callable[..., Value]:
    def call(*values: Value) -> Value:
        given = numbers(name, values)
        return None if given is None else compute(given)

    return call


def round_half_up(value: Decimal, places: int) -> Decimal:
    """Halves go away from zero (documented); negative places round to tens and hundreds."""
    return value.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP) + Decimal(0)


def _modulo(value: Decimal, divisor: Decimal) -> Decimal:
    if divisor == 0:
        raise ZeroDivisionError("MOD() by zero")
    return value % divisor


NUMBER_FUNCTIONS: Mapping[str, Callable[..., Value]] = {
    "ABS": _over("ABS", lambda n: abs(n[0])),
    "CEILING": _over("CEILING", lambda n: n[0].to_integral_value(ROUND_CEILING)),
    "FLOOR": _over("FLOOR", lambda n: n[0].to_integral_value(ROUND_FLOOR)),
    "MAX": _over("MAX", max),
    "MIN": _over("MIN", min),
    "MOD": _over("MOD", lambda n: _modulo(n[0], n[1])),
    "ROUND": _over("ROUND", lambda n: round_half_up(n[0], int(n[1]))),
    "SQRT": _over("SQRT", lambda n: n[0].sqrt()),
}
