"""Values that trap parsers: words like nulls or numbers, quotes, newlines, emoji, combining characters."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_LAST_NAMES = (
    "NA",
    "null",
    "None",
    "nan",
    "N/A",
    "#N/A",
    "undefined",
    "True",
    "007",
    "1e5",
    "-",
    "O'Brien",
    'D"Arcy',
    "van der Berg, Jr.",
    "Zoe\u0308 Nu\u0301n\u0303ez",  # combining diaeresis, acute, tilde
    "欧阳娜娜",
    "𠮷田",  # outside the basic plane
    "Łukasiewicz",
    "İbrahim",
    "Straße",
)
_COMPANIES = (
    'The "Quoted" Company, Inc.',
    "Comma, Semicolon; Pipe| Tab\tGmbH",
    "Rakete 🚀 & Söhne KG 👩‍🔧",
    "Trailing Space ApS   ",
    "=SUM(A1:A2) Formula Foods Ltd",
    "Line\nBreak Logistics LLC",
    "Back\\slash \\n Systems S.L.",
    "null",
    "株式会社ねこ㈱",
    "ＦＵＬＬ ＷＩＤＴＨ 有限公司",
    "Zero\u200bWidth\u00a0Space AG",
    "<b>Markup</b> & &amp; Partners LLP",
)


def _made() -> dict[int, dict[str, Any]]:
    """Every seventh lead from the third carries one trap, as long as there are traps."""
    traps: list[dict[str, Any]] = [
        {"FirstName": None, "LastName": name, "Name": name} for name in _LAST_NAMES
    ]
    traps += [{"Company": name} for name in _COMPANIES]
    traps += [
        {"Street": 'Line one\r\nLine two, "c/o"\nLine three'},
        {"Description": "First line\n\nThird line; \"quoted\", a comma,\n'single' \\ back\u2028separator"},
        {"Description": "NA"},
        {"City": " Leading and trailing "},
        {"PostalCode": "00123"},
        {"Title": "NULL"},
    ]
    return {3 + 7 * number: trap for number, trap in enumerate(traps)}


TRAPPED_LEADS: Mapping[int, Mapping[str, Any]] = _made()
"""Lead number to the values that replace its ordinary ones."""
