"""18-character record ids: three of prefix, five of instance, seven rising, three of checksum."""

from __future__ import annotations

import zlib
from collections import defaultdict
from functools import lru_cache
from itertools import product

DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_CHECK = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"
_VALID = frozenset(DIGITS)
INSTANCE = "gK000"


@lru_cache(maxsize=65_536)
def _check(five: str) -> str:
    return _CHECK[sum(1 << place for place, letter in enumerate(five) if "A" <= letter <= "Z")]


def checksum(fifteen: str) -> str:
    """The three characters that make a case-sensitive id safe to compare ignoring case (documented)."""
    return _check(fifteen[:5]) + _check(fifteen[5:10]) + _check(fifteen[10:])


def is_well_formed(record_id: str) -> bool:
    """Whether a text can be a record id: 15 characters, or 18 with the right checksum."""
    if not _VALID.issuperset(record_id):
        return False
    if len(record_id) == 15:
        return True
    return len(record_id) == 18 and checksum(record_id[:15]) == record_id[15:].upper()


def to18(record_id: str) -> str:
    """The 18-character form of a well-formed id."""
    fifteen = record_id[:15]
    return fifteen + checksum(fifteen)


def made_id(prefix: str, name: str) -> str:
    """An id for something that is no row, the same for the same name in every run."""
    return to18(f"{prefix}{INSTANCE}{zlib.crc32(name.encode()) % 10**7:07d}")


@lru_cache
def _tails() -> tuple[str, ...]:
    """All two-character tails in rising order, so that minting is a look-up and not a division loop."""
    return tuple(first + second for first, second in product(DIGITS, repeat=2))


def _seven(number: int) -> str:
    text = []
    for _ in range(7):
        number, digit = divmod(number, 62)
        text.append(DIGITS[digit])
    return "".join(reversed(text))


class IdMint:
    """Mints ids, rising per prefix, the same sequence in every run."""

    def __init__(self) -> None:
        self._next: dict[str, int] = defaultdict(lambda: 1)
        self._heads: dict[str, tuple[str, str]] = {}

    def new(self, prefix: str) -> str:
        """The next id of that prefix. The caller holds the writer's lock."""
        number = self._next[prefix]
        self._next[prefix] = number + 1
        high, low = divmod(number, 3844)
        known = self._heads.get(prefix)
        if known is None or known[0] != str(high):
            head = prefix + INSTANCE + _seven(high * 3844)[:5]
            known = self._heads[prefix] = (str(high), head)
        fifteen = known[1] + _tails()[low]
        return fifteen + checksum(fifteen)
