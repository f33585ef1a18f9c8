"""Text as the matcher sees it: one width, one case, one Han script, plain letters for every other script."""

import re
import unicodedata
from typing import Final

import opencc
from anyascii import anyascii

_SIMPLIFIED: Final = opencc.OpenCC("t2s")
_HAN: Final = re.compile(r"[\u3400-\u9fff\uf900-\ufaff]")
_NOT_ALNUM: Final = re.compile(r"[\W_]+")


def has_han(text: str) -> bool:
    return _HAN.search(text) is not None


def folded(text: str) -> str:
    """NFKC, casefold, and simplified characters where there are Han characters."""
    if text.isascii():
        return text.casefold().strip()
    flat = unicodedata.normalize("NFKC", text).casefold().strip()
    return str(_SIMPLIFIED.convert(flat)) if has_han(flat) else flat


def romanised(text: str) -> str:
    """Plain ASCII letters: `müller` → `muller`, `газпром` → `gazprom`, Han characters → pinyin."""
    return text if text.isascii() else str(anyascii(text)).casefold()


def squeezed(text: str) -> str:
    """Letters and digits alone, without spaces or punctuation."""
    return _NOT_ALNUM.sub("", text)
