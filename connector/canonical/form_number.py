"""The number printed on an order form, and whether an allotment holds it (R4.12)."""

import re
import unicodedata

from connector.canonical.orders import Allotment

_NOISE = re.compile(r"[\s\-_./·]+")
_PARTS = re.compile(r"(.*?)(\d*)")


def form_number(text: str) -> str:
    """A number as it is compared: full-width letters and digits narrow, capitals, no blanks or dashes."""
    return _NOISE.sub("", unicodedata.normalize("NFKC", text)).upper()


def holds(allotment: Allotment, number: str) -> bool:
    """Whether these forms include `number` (as `form_number` gives it). A range is one of equal length and letters."""
    if allotment.withdrawn or not number:
        return False
    if allotment.prefix and number.startswith(form_number(allotment.prefix)):
        return True
    if number in {form_number(each) for each in allotment.numbers}:
        return True
    return _between(form_number(allotment.first), number, form_number(allotment.last))


def _between(first: str, number: str, last: str) -> bool:
    (letters, low), (own, value), (other, high) = _split(first), _split(number), _split(last or first)
    if not low or not value or not letters == own == other or len(low) != len(value):
        return False
    return len(high) == len(value) and low <= value <= high


def _split(text: str) -> tuple[str, str]:
    """The digits at the end, and what stands before them."""
    found = _PARTS.fullmatch(text)
    return (found[1], found[2]) if found else (text, "")
