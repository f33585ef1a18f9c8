"""Blocking keys: two records that might be the same customer share at least one.

A key is a positive number below 2**63 (it fits SQLite's INTEGER and PostgreSQL's BIGINT): four bits of kind,
59 bits of a stable hash. It never depends on the machine, the process or the day.
"""

from enum import IntEnum
from functools import lru_cache
from hashlib import blake2b
from typing import Final

from connector.matching.fingerprint import Fingerprint
from connector.matching.latin import LatinName

_HASH_BITS: Final = 59
_MASK: Final = (1 << _HASH_BITS) - 1


class KeyKind(IntEnum):
    """What a key was made of; recoverable from the key, for explanations."""

    FULL = 0  # the name with nothing stripped
    CORE = 1  # brand and industry, or the identifying words
    JOINED = 2  # the core without spaces; a Chinese brand in pinyin
    WORD = 3
    SKELETON = 4  # a word without vowels and doubled letters
    PAIR = 5  # two words
    HALF = 6  # the first or last half of the longest word
    GRAM = 7  # two or three Han characters
    LINE = 8  # landline, fax or mobile, last eight digits
    DOMAIN = 9
    POST = 10  # post code and house number
    STREET = 11  # street and house number
    DUNS = 12


# Sharing one of these points at one customer, so when it is too common to search a doubt remains.
IDENTIFYING: Final = frozenset({KeyKind.FULL, KeyKind.CORE, KeyKind.LINE, KeyKind.DOMAIN, KeyKind.DUNS})
_VOWELS: Final = str.maketrans("", "", "aeiouy")
_ALIKE: Final = str.maketrans("kqzvw", "ccsff")


@lru_cache(maxsize=65536)
def key(kind: KeyKind, text: str) -> int:
    """The key of one piece of text; the cache is a speed-up only, words repeat."""
    number = int.from_bytes(blake2b(text.encode(), digest_size=8).digest(), "big") & _MASK
    return int(kind) << _HASH_BITS | number


def kind_of(number: int) -> KeyKind:
    """The kind a key was made with."""
    return KeyKind(number >> _HASH_BITS)


def keys(fingerprint: Fingerprint) -> tuple[int, ...]:
    """The keys of one record, about fourteen, each once, identifying kinds first."""
    found: list[int] = []
    if fingerprint.full:
        found.append(key(KeyKind.FULL, fingerprint.full))
    found += identifying_keys(fingerprint)
    if fingerprint.han:
        found += _han_keys(fingerprint)
    elif fingerprint.latin:
        found += _latin_keys(fingerprint.latin)
    address = fingerprint.address
    if address.number and address.postcode:
        found.append(key(KeyKind.POST, f"{address.postcode}|{address.number}"))
    if address.number and address.street:
        found.append(key(KeyKind.STREET, f"{address.street}|{address.number}"))
    return tuple(dict.fromkeys(found))


def identifying_keys(fingerprint: Fingerprint) -> list[int]:
    """Core, lines, domains and D-U-N-S: sharing one of these is a reason to ask a person."""
    found: list[int] = []
    if fingerprint.han:
        found.append(key(KeyKind.CORE, fingerprint.han.core))
    elif fingerprint.latin and fingerprint.latin.core:
        found.append(key(KeyKind.CORE, fingerprint.latin.core))
    found += [key(KeyKind.LINE, digits[-8:]) for digits in fingerprint.lines]
    found += [key(KeyKind.DOMAIN, domain) for domain in sorted(fingerprint.domains)]
    if fingerprint.duns:
        found.append(key(KeyKind.DUNS, fingerprint.duns))
    return found


def _han_keys(fingerprint: Fingerprint) -> list[int]:
    name = fingerprint.han
    if name is None:
        return []
    brand = name.brand
    found = [key(KeyKind.WORD, brand)]
    if len(fingerprint.pinyin) > 3:
        found.append(key(KeyKind.JOINED, fingerprint.pinyin))
    text = brand if len(brand) > 2 else name.core[:4]
    for size in (3, 2):
        grams = [text[start : start + size] for start in range(len(text) - size + 1)]
        # Both ends of a long brand: a variant drops words in front or behind.
        found += [key(KeyKind.GRAM, gram) for gram in (grams if len(grams) <= 4 else grams[:2] + grams[-2:])]
    return found


def _latin_keys(name: LatinName) -> list[int]:
    found: list[int] = []
    if name.joined:
        found.append(key(KeyKind.JOINED, name.joined))
    strong = [
        word.text for word in name.words if word.kind == "w" and word.info >= 1.0 and len(word.text) > 1
    ]
    weak = [word.text for word in name.words if word.kind in "wn" and word.text not in strong]
    found += [key(KeyKind.WORD, text) for text in sorted(strong, key=len, reverse=True)[:4]]
    found += [key(KeyKind.SKELETON, bones) for text in strong[:3] if len(bones := skeleton(text)) > 1]
    words = strong[:3] + weak[: max(0, 3 - len(strong))]
    pairs = [(a, b) for place, a in enumerate(words) for b in words[place + 1 :]]
    found += [key(KeyKind.PAIR, " ".join(sorted(pair))) for pair in pairs[:3]]
    # One slip of the pen leaves one half of the word that identifies whole.
    longest = max(strong, key=lambda text: (len(text), text), default=name.joined)
    if len(longest) >= 6:
        half = len(longest) // 2
        found += [key(KeyKind.HALF, "<" + longest[:half]), key(KeyKind.HALF, longest[-half:] + ">")]
    return found


def skeleton(word: str) -> str:
    """A word without vowels, doubled letters and spelling habits: `faberlick` and `faberlic` → `fbrlc`."""
    bones = word[:1] + word[1:].replace("ck", "c").replace("ph", "f").translate(_VOWELS)
    out = ""
    for char in bones.translate(_ALIKE):
        if char != out[-1:]:
            out += char
    return out
