"""Functions over text. A blank text is the empty text; comparisons mind case (documented)."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from decimal import Decimal, InvalidOperation
from functools import lru_cache

from connector.practice.formula.values import Value, as_text

_LONGEST = 32_768  # characters a padded text may reach
_CHECK = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"


def _text(value: Value, name: str) -> str:
    if value is None:
        return ""
    if not isinstance(value, str):
        raise TypeError(f"function '{name}()' takes Text")
    return value


def _count(value: Value, name: str) -> int:
    if value is None:
        return 0
    if not isinstance(value, Decimal):
        raise TypeError(f"function '{name}()' takes a Number for its count")
    return int(value)


@lru_cache(maxsize=100_000)
def _check(block: str) -> str:
    """One character for the capitals among five."""
    return _CHECK[sum(1 << place for place, letter in enumerate(block) if "A" <= letter <= "Z")]


def case_safe_id(record_id: str) -> str:
    """The 18-character form of a 15-character id; any other text comes back as it was."""
    if len(record_id) != 15:
        return record_id
    return record_id + _check(record_id[:5]) + _check(record_id[5:10]) + _check(record_id[10:])


def value_of(text: Value) -> Value:
    """VALUE(): the number a text spells; a blank text has none."""
    spelled = _text(text, "VALUE").strip().replace(",", "")
    if not spelled:
        return None
    try:
        return Decimal(spelled)
    except InvalidOperation:
        raise ValueError(f"VALUE() cannot read '{text}' as a number") from None


def is_number(text: Value) -> Value:
    try:
        return value_of(text) is not None
    except ValueError:
        return False


def left(text: Value, count: Value) -> Value:
    return _text(text, "LEFT")[: max(_count(count, "LEFT"), 0)]


def right(text: Value, count: Value) -> Value:
    wanted = max(_count(count, "RIGHT"), 0)
    return _text(text, "RIGHT")[-wanted:] if wanted else ""


def mid(text: Value, start: Value, count: Value) -> Value:
    begin = max(_count(start, "MID"), 1) - 1
    return _text(text, "MID")[begin : begin + max(_count(count, "MID"), 0)]


def length(text: Value) -> Value:
    return Decimal(len(_text(text, "LEN")))


def contains(text: Value, part: Value) -> Value:
    return _text(part, "CONTAINS") in _text(text, "CONTAINS")


def begins(text: Value, part: Value) -> Value:
    return _text(text, "BEGINS").startswith(_text(part, "BEGINS"))


def find(part: Value, text: Value, start: Value = None) -> Value:
    begin = max(_count(start, "FIND"), 1) - 1
    wanted = _text(part, "FIND")
    return Decimal(_text(text, "FIND").find(wanted, begin) + 1) if wanted else Decimal(0)


def regex(text: Value, pattern: Value) -> Value:
    """The whole text must match (documented)."""
    try:
        return re.fullmatch(_text(pattern, "REGEX"), _text(text, "REGEX"), flags=re.DOTALL) is not None
    except re.error as error:
        raise ValueError(f"REGEX() cannot read the pattern '{pattern}': {error}") from None


def includes(chosen: Value, value: Value) -> Value:
    """Whether one of the chosen values of a multi-select picklist is that one."""
    return _text(value, "INCLUDES") in _text(chosen, "INCLUDES").split(";")


def is_pick_value(chosen: Value, value: Value) -> Value:
    return _text(chosen, "ISPICKVAL") == _text(value, "ISPICKVAL")


def substitute(text: Value, old: Value, new: Value) -> Value:
    wanted = _text(old, "SUBSTITUTE")
    return _text(text, "SUBSTITUTE").replace(wanted, _text(new, "SUBSTITUTE")) if wanted else text


def _pad(text: str, count: int, filler: str) -> str:
    missing = max(min(count, _LONGEST) - len(text), 0)
    return (filler * missing)[:missing]


def left_pad(text: Value, count: Value, filler: Value = " ") -> Value:
    body, wanted = _text(text, "LPAD"), _count(count, "LPAD")
    return (
        (_pad(body, wanted, _text(filler, "LPAD")) + body)[: max(wanted, 0)]
        if len(body) < wanted
        else body[:wanted]
    )


def right_pad(text: Value, count: Value, filler: Value = " ") -> Value:
    body, wanted = _text(text, "RPAD"), _count(count, "RPAD")
    return (body + _pad(body, wanted, _text(filler, "RPAD")))[: max(wanted, 0)]


def upper(text: Value, _locale: Value = None) -> Value:
    return _text(text, "UPPER").upper()


def lower(text: Value, _locale: Value = None) -> Value:
    return _text(text, "LOWER").lower()


def trim(text: Value) -> Value:
    return _text(text, "TRIM").strip()


TEXT_FUNCTIONS: Mapping[str, Callable[..., Value]] = {
    "BEGINS": begins,
    "BR": lambda: "\n",
    "CASESAFEID": lambda text: case_safe_id(_text(text, "CASESAFEID")),
    "CONTAINS": contains,
    "FIND": find,
    "INCLUDES": includes,
    "ISNUMBER": is_number,
    "ISPICKVAL": is_pick_value,
    "LEFT": left,
    "LEN": length,
    "LOWER": lower,
    "LPAD": left_pad,
    "MID": mid,
    "REGEX": regex,
    "RIGHT": right,
    "RPAD": right_pad,
    "SUBSTITUTE": substitute,
    "TEXT": as_text,
    "TRIM": trim,
    "UPPER": upper,
    "VALUE": value_of,
}
