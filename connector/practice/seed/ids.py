"""Record ids of seeded rows: computed from object and number, so that rows can name each other."""

from __future__ import annotations

from collections import Counter

from connector.practice.formula import case_safe_id
from connector.practice.schema import Schema

_DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_INSTANCE = "PS"  # ids the org gives out itself carry another instance


def _base62(number: int, width: int) -> str:
    digits = ""
    while number:
        number, rest = divmod(number, 62)
        digits = _DIGITS[rest] + digits
    return digits.rjust(width, "0")


class Ids:
    """Hands out 18-character ids in order; `at` answers the id of a number already known.

    Numbers rise per key prefix, not per object: all history objects share one prefix.
    """

    def __init__(self, schema: Schema) -> None:
        self._schema = schema
        self._used: Counter[str] = Counter()
        self._prefixes: dict[str, str] = {}

    def at(self, name: str, number: int) -> str:
        return case_safe_id(f"{self._prefix(name)}{_INSTANCE}0{_base62(number + 1, 9)}")

    def next(self, name: str) -> str:
        return self.at(name, self.reserve(name, 1))

    def reserve(self, name: str, count: int) -> int:
        """Set `count` numbers aside; answers the first."""
        prefix = self._prefix(name)
        first = self._used[prefix]
        self._used[prefix] += count
        return first

    def _prefix(self, name: str) -> str:
        found = self._prefixes.get(name)
        if found is None:
            found = self._prefixes[name] = self._schema.object(name).key_prefix
        return found
