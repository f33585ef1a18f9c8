"""Country names in the languages of the supported partners, for names such as `Siemens (Schweiz) AG`."""

from typing import Final

from babel import Locale

from connector.matching.text import folded, romanised

_LANGUAGES: Final = ("en", "de", "fr", "es", "it", "pt", "nl", "da", "sv", "nb", "fi", "pl", "zh", "ru")
_ALSO: Final = {
    "us": "US",
    "usa": "US",
    "america": "US",
    "uk": "GB",
    "great britain": "GB",
    "britain": "GB",
    "england": "GB",
    "uae": "AE",
    "hk": "HK",
    "hong kong": "HK",
    "hongkong": "HK",
    "prc": "CN",
    "china": "CN",
    "holland": "NL",
    "nederland": "NL",
    "belgium": "BE",
    "czech": "CZ",
    "korea": "KR",
    "russian federation": "RU",
    "macau": "MO",
    "taiwan": "TW",
    "香港": "HK",
    "澳门": "MO",
    "台湾": "TW",
}


def _names() -> dict[str, str]:
    names: dict[str, str] = {}
    for language in _LANGUAGES:
        for code, name in Locale(language).territories.items():
            if len(code) == 2 and code.isalpha():
                key = folded(name)
                names.setdefault(key, code)
                names.setdefault(romanised(key), code)
    names.update(_ALSO)
    return names


_BY_NAME: Final = _names()
_CODES: Final = frozenset(_BY_NAME.values())
LONGEST_IN_WORDS: Final = 4


def country_code(text: str) -> str:
    """The ISO 3166 code behind a country field (a code or a name, folded), or the text itself."""
    if len(text) == 2 and text.upper() in _CODES:
        return text.upper()
    return _BY_NAME.get(text, text)


def country_in_name(words: str) -> str:
    """The code when `words` (folded, romanised) are a country's name, else an empty string."""
    return _BY_NAME.get(words, "") if len(words) > 2 or words in _ALSO else ""
