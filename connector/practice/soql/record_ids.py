"""Record ids in a query: the 15-character form is completed, a wrong checksum is found out."""

from __future__ import annotations

import re
from typing import Final

_ALPHABET: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"


class InvalidIdError(ValueError):
    """Not an id: neither 15 nor 18 letters and digits, or three last ones that do not fit the rest."""


def full_id(written: str) -> str:
    """Return the 18-character form, its checksum spelt as the service spells it; raises InvalidIdError."""
    if not re.fullmatch(r"[0-9A-Za-z]{15}(?:[0-9A-Za-z]{3})?", written):
        raise InvalidIdError(written)
    checksum = ""
    for start in (0, 5, 10):
        bits = sum(1 << place for place in range(5) if written[start + place].isupper())
        checksum += _ALPHABET[bits]
    if written[15:].upper() not in {"", checksum}:
        raise InvalidIdError(written)
    return written[:15] + checksum
