"""Money inside a condition, exactly: CEL has no decimals, so amounts are compared as whole ten-thousandths.

`eur(amount) >= 100000` becomes `eur(amount) >= 1000000000`, and `eur` answers whole ten-thousandths too. A
money call may stand only on one side of a comparison, with a number or another money call on the other: then
the rewriting is exact, and anything else is a fault with its column.
"""

import re
from collections.abc import Collection
from decimal import Decimal
from typing import NamedTuple

from connector.policy.circumstances import MONEY

SCALE = 10_000
LIMIT = 2**63

_TOKEN = re.compile(
    r"""(?P<space>\s+)|(?P<text>r?"(?:\\.|[^"\\])*"|r?'(?:\\.|[^'\\])*')|(?P<number>\d+(?:\.\d+)?)"""
    r"""|(?P<name>[A-Za-z_]\w*)|(?P<compare>==|!=|<=|>=|<|>)|(?P<sign>&&|\|\||.)""",
    re.DOTALL,
)
_NAME = re.compile(r"[A-Za-z_]\w*")
_ARITHMETIC = frozenset("+-*/%.[")


class Misplaced(ValueError):
    """A money call or its number stands where it cannot be compared exactly. `at` is its offset."""

    def __init__(self, at: int, reason: str) -> None:
        super().__init__(reason)
        self.at = at


class _Token(NamedTuple):
    kind: str
    text: str
    at: int


def scaled(amount: Decimal) -> int:
    """Whole ten-thousandths. Raises ValueError for finer amounts and for those beyond 64 bits."""
    whole = amount * SCALE
    if whole != whole.to_integral_value():
        raise ValueError(f"{amount} has more than four decimals")
    if abs(whole) >= LIMIT:
        raise ValueError(f"{amount} is too large")
    return int(whole)


def rewrite(source: str, functions: Collection[str]) -> str:
    """The source with every number that meets a money call in ten-thousandths. Raises Misplaced."""
    tokens = [
        _Token(str(m.lastgroup), m[0], m.start()) for m in _TOKEN.finditer(source) if m.lastgroup != "space"
    ]
    _only_in_calls(tokens)
    numbers: dict[int, int] = {}
    index = 0
    while index < len(tokens):
        if not _is_call(tokens, index, functions):
            index += 1
            continue
        end = _closing(tokens, index + 1)
        other = _other_side(tokens, index, end, functions)
        if other is not None:
            numbers[other] = _scaled_number(tokens[other])
        index = end + 1
    out, last = [], 0
    for position in sorted(numbers):
        token = tokens[position]
        out += [source[last : token.at], str(numbers[position])]
        last = token.at + len(token.text)
    return "".join([*out, source[last:]])


def _only_in_calls(tokens: list[_Token]) -> None:
    """`amount` is an amount with its currency: bare, it cannot be compared with anything."""
    for position, token in enumerate(tokens):
        of_first = _text(tokens, position - 1) == "." and _text(tokens, position - 2) == "first"
        at = position - 2 if of_first else position  # `first.amount` is one amount, too
        if token.text not in MONEY or token.kind != "name" or _text(tokens, at - 1) == ".":
            continue
        called = _text(tokens, at - 1) == "(" and _NAME.fullmatch(_text(tokens, at - 2))
        currency = _text(tokens, position + 1) == "." and _text(tokens, position + 2) == "currency"
        if not called and not currency:
            name = f"first.{token.text}" if of_first else token.text
            raise Misplaced(tokens[at].at, f"write eur({name}), money({name}) or {name}.currency")


def _text(tokens: list[_Token], position: int) -> str:
    return tokens[position].text if 0 <= position < len(tokens) else ""


def _scaled_number(token: _Token) -> int:
    try:
        return scaled(Decimal(token.text))
    except ValueError as error:
        raise Misplaced(token.at, str(error)) from error


def _is_call(tokens: list[_Token], index: int, functions: Collection[str]) -> bool:
    opens = 0 <= index < len(tokens) - 1 and tokens[index + 1].text == "("
    return opens and tokens[index].kind == "name" and tokens[index].text in functions


def _closing(tokens: list[_Token], opening: int) -> int:
    depth = 0
    for position in range(opening, len(tokens)):
        depth += {"(": 1, ")": -1}.get(tokens[position].text, 0) if tokens[position].kind == "sign" else 0
        if depth == 0:
            return position
    raise Misplaced(tokens[opening].at, "this bracket is never closed")


def _opening(tokens: list[_Token], closing: int) -> int:
    depth = 0
    for position in range(closing, -1, -1):
        depth += {")": 1, "(": -1}.get(tokens[position].text, 0) if tokens[position].kind == "sign" else 0
        if depth == 0:
            return position
    raise Misplaced(tokens[closing].at, "this bracket was never opened")


def _other_side(tokens: list[_Token], start: int, end: int, functions: Collection[str]) -> int | None:
    """Index of the number on the other side of the comparison; None where it is another money call."""
    call = tokens[start]
    after = tokens[end + 1] if end + 1 < len(tokens) else None
    before = tokens[start - 1] if start else None
    if (after and after.text in _ARITHMETIC) or (before and before.text in _ARITHMETIC):
        raise Misplaced(call.at, f"{call.text}() can be compared, not calculated with")
    if after and after.kind == "compare" and end + 2 < len(tokens):
        return _operand(tokens, end + 2, end + 3, call, functions)
    if before and before.kind == "compare" and start >= 2:
        if tokens[start - 2].text == ")" and _is_call(tokens, _opening(tokens, start - 2) - 1, functions):
            return None
        return _operand(tokens, start - 2, start - 3, call, functions)
    raise Misplaced(call.at, f"{call.text}() has to be compared with a number or another amount")


def _operand(
    tokens: list[_Token], at: int, beyond: int, call: _Token, functions: Collection[str]
) -> int | None:
    if _is_call(tokens, at, functions):
        return None
    suffixed = at + 1 < len(tokens) and tokens[at + 1].at == tokens[at].at + len(tokens[at].text)
    suffixed = suffixed and tokens[at + 1].kind == "name"  # 1e5, 0x10, 5u
    if tokens[at].kind != "number" or suffixed or _text(tokens, beyond) in _ARITHMETIC:
        raise Misplaced(tokens[at].at, f"compare {call.text}() with a plain number or another amount")
    return at
