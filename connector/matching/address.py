"""Street, number and post code, reduced to what survives being typed twice."""

import re
from dataclasses import dataclass
from typing import Final

from connector.matching.text import folded, has_han, romanised

_WORD: Final = re.compile(r"[^\W_]+")
_NUMBER: Final = re.compile(r"\d+")
_POSTCODE: Final = re.compile(r"[^0-9a-z]")
_ZIP_TAIL: Final = re.compile(r"^(\d{5})\d{4}$")
_HAN_NUMBER: Final = re.compile(r"(\d+)(?=号|弄|栋|幢|座|楼|室|#)|\d+")
_HAN_STREET: Final = re.compile(r"([\u4e00-\u9fff]{2,6}?(?:大道|大街|路|街|巷|道|园区|工业园|广场|大厦))")
_KINDS: Final = {
    "street": "",
    "str": "",
    "strasse": "",
    "straße": "",
    "st": "",
    "road": "",
    "rd": "",
    "avenue": "",
    "ave": "",
    "av": "",
    "boulevard": "",
    "blvd": "",
    "blv": "",
    "drive": "",
    "dr": "",
    "lane": "",
    "ln": "",
    "place": "",
    "pl": "",
    "court": "",
    "ct": "",
    "parkway": "",
    "pkwy": "",
    "rue": "",
    "calle": "",
    "via": "",
    "the": "",
    "no": "",
    "nr": "",
    "north": "n",
    "south": "s",
    "east": "e",
    "west": "w",
    "saint": "st",
}
_PARTS_OF_A_HOUSE: Final = """
floor fl suite ste apt unit room rm ground building bldg etage og stock first second third
"""
_WITHIN: Final = frozenset(_PARTS_OF_A_HOUSE.split())
_ORDINAL: Final = re.compile(r"^(\d+)(?:st|nd|rd|th)$")
_GLUED_KIND: Final = re.compile(r"(?<=\w{3})(?:strasse|str|weg|vej|gade|gatan|gata|straat|laan)$")


@dataclass(frozen=True, kw_only=True, slots=True)
class Address:
    """`number` is the house number, `street` its street without kind words; empty where unknown."""

    number: str
    street: str
    postcode: str
    city: str


NO_ADDRESS: Final = Address(number="", street="", postcode="", city="")


def read(street: str, postcode: str, city: str) -> Address:
    """Parse what is filled in."""
    if not (street or postcode or city):
        return NO_ADDRESS
    code = _POSTCODE.sub("", folded(postcode))
    zip_tail = _ZIP_TAIL.match(code)
    number, name = _street(folded(street))
    return Address(
        number=number,
        street=name,
        postcode=zip_tail.group(1) if zip_tail else code,
        city=" ".join(_WORD.findall(romanised(folded(city)).removesuffix("shi"))),
    )


def _street(text: str) -> tuple[str, str]:
    if not text:
        return "", ""
    if has_han(text):
        found = _HAN_STREET.findall(text)
        numbers = _HAN_NUMBER.search(text)
        name = found[-1] if found else "".join(_WORD.findall(text))
        for mark in ("省", "市", "区", "县", "镇"):
            name = name.rpartition(mark)[2] or name
        return (numbers.group() if numbers else ""), name
    words = _WORD.findall(romanised(text.replace(".", " ").replace("'", "")))
    number = ""
    kept: list[str] = []
    for word in words:
        if word in _WITHIN and kept:
            if kept[-1].isdigit() and len(kept) > 1:
                kept.pop()
            break
        ordinal = _ORDINAL.match(word)
        if not number and not ordinal and word[0].isdigit() and _NUMBER.match(word):
            number = _NUMBER.match(word).group()  # type: ignore[union-attr]
            continue
        plain = _KINDS.get(word, word) if not ordinal else ordinal.group(1)
        plain = _GLUED_KIND.sub("", plain)
        if plain and not (len(plain) == 1 and plain in "nsew"):
            kept.append(plain)
    return number, " ".join(kept[:3])
