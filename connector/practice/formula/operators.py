"""Operators over values: arithmetic, comparison, concatenation."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from decimal import Decimal, DivisionByZero, InvalidOperation, localcontext

from connector.practice.formula.values import Value, kind_of

DAY = timedelta(days=1)


def _wrong(operator: str, expected: str, value: Value) -> TypeError:
    return TypeError(
        f"Incorrect parameter type for operator '{operator}'. Expected {expected}, received {kind_of(value)}"
    )


def _days(span: timedelta) -> Decimal:
    """Days with so many digits that hours computed from them come out whole."""
    with localcontext() as context:
        context.prec = 40
        return span.days + (Decimal(span.seconds) + Decimal(span.microseconds) / 1_000_000) / 86_400


def _shift(moment: date | datetime, days: Decimal) -> Value:
    """A date moves by whole days, an instant by any part of a day."""
    if isinstance(moment, datetime):
        return moment + timedelta(seconds=float(days * 86_400))
    return moment + timedelta(days=int(days))


def add(left: Value, right: Value) -> Value:
    """Numbers, a moment and a number of days, or two texts."""
    if isinstance(left, str) or isinstance(right, str):
        return concatenate("+", left, right)
    if left is None or right is None:
        return None
    if isinstance(left, Decimal) and isinstance(right, Decimal):
        return left + right
    if isinstance(left, date) and isinstance(right, Decimal):
        return _shift(left, right)
    if isinstance(left, Decimal) and isinstance(right, date):
        return _shift(right, left)
    raise _wrong("+", "Number, Date, DateTime", right if isinstance(left, Decimal) else left)


def subtract(left: Value, right: Value) -> Value:
    """Numbers, a moment less days, or two moments of one kind (their difference in days)."""
    if left is None or right is None:
        return None
    if isinstance(left, Decimal) and isinstance(right, Decimal):
        return left - right
    if isinstance(left, date) and isinstance(right, Decimal):
        return _shift(left, -right)
    if isinstance(left, datetime) and isinstance(right, datetime):
        return _days(left - right)
    if isinstance(left, date) and isinstance(right, date) and kind_of(left) == kind_of(right):
        return Decimal((left - right).days)
    raise _wrong("-", kind_of(left), right)


def multiply(operator: str, left: Value, right: Value) -> Value:
    """`*`, `/` and `^`. Division by zero is an error of the formula (shown as #Error!)."""
    for value in (left, right):
        if value is not None and not isinstance(value, Decimal):
            raise _wrong(operator, "Number", value)
    if not isinstance(left, Decimal) or not isinstance(right, Decimal):
        return None
    if operator == "*":
        return left * right
    try:
        with localcontext() as context:
            context.prec = 40
            return left / right if operator == "/" else left**right
    except (DivisionByZero, InvalidOperation) as error:
        raise ZeroDivisionError(f"{left} {operator} {right} has no value") from error


def concatenate(operator: str, left: Value, right: Value) -> Value:
    for value in (left, right):
        if value is not None and not isinstance(value, str):
            raise _wrong(operator, "Text", value)
    return f"{left or ''}{right or ''}"


def equal(left: Value, right: Value) -> bool:
    """Texts mind case; a blank text equals the empty text; blanks equal blanks only."""
    if isinstance(left, str) or isinstance(right, str):
        left, right = left or "", right or ""
    if left is None or right is None:
        return left is right
    if kind_of(left) != kind_of(right):
        raise _wrong("=", kind_of(left), right)
    return left == right


def compare(operator: str, left: Value, right: Value) -> bool:
    """Order of two values of one kind; anything against a blank is false."""
    if isinstance(left, str) or isinstance(right, str):
        left, right = left or "", right or ""
    if left is None or right is None:
        return False
    if isinstance(left, bool) or isinstance(right, bool) or kind_of(left) != kind_of(right):
        raise _wrong(operator, kind_of(left), right)
    sign = _order(left, right)
    return {"<": sign < 0, "<=": sign <= 0, ">": sign > 0, ">=": sign >= 0}[operator]


def _order(left: str | Decimal | date | time, right: str | Decimal | date | time) -> int:
    below = left < right  # type: ignore[operator]  # the caller made sure of one kind
    return -1 if below else int(left != right)
