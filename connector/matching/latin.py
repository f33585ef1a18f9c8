"""A name in letters taken apart: words, numbers, countries, legal form, branch."""

import re
from dataclasses import dataclass
from typing import Final, NamedTuple

from rigour.names.org_types import extract_org_types, remove_org_types

from connector.matching.countries import LONGEST_IN_WORDS, country_in_name
from connector.matching.latin_words import COMMON, FORM, HOUSE, ROMAN, SHORT, STOP, TENS, UNITS
from connector.matching.text import folded, romanised

_GLUED_FORM: Final = re.compile(
    r"(?<=[a-z\d])"
    r"(AG|GmbH|Ltd|Limited|Inc|Incorporated|LLC|LLP|PLC|SA|BV|NV|AB|Corp|Corporation|Company|Group|Holdings)\b"
)
_GLUED_CAPITALS: Final = re.compile(r"(?<=\w{5})(limited|ltd|gmbh|incorporated|corporation)$")
_DOTTED: Final = re.compile(r"\b(?:\w\.){1,}\w\b\.?|\b(?:\w\.){2,}")
_KOREAN_FORM: Final = re.compile(r"주식회사|유한회사|\(주\)|\(유\)")
_QUOTES: Final = re.compile(r"['’‘`´]")
_WORD: Final = re.compile(r"[^\W_]+")
_BRANCH_AFTER: Final = re.compile(
    r"(?<=\w)[\s,–-]+"
    r"(?:zweigniederlassung|niederlassung|zweigstelle|filiale|filial|sucursal|succursale|afdeling)\b\W*(.*)$"
)
_BRANCH_BEFORE: Final = re.compile(r"(?<=\w)[\s,–-]+(\w+)\W+(?:branch office|branch)\W*$")
# `II` is a legal form to some registers and a number to everybody else, so it is read before forms are cut.
_ROMAN_WORD: Final = re.compile(r"(?<=\w )\b[ivx]{2,6}\b")
_ORDINAL: Final = re.compile(r"^(\d+)(?:st|nd|rd|th)$")
_COMMON_INFO: Final = 0.4
_HOUSE_INFO: Final = 0.15
_NUMBER_INFO: Final = 0.5
_COUNTRY_INFO: Final = 0.4
_FORM_INFO: Final = 0.06


class Word(NamedTuple):
    """One word of a name: its comparable text, kind (word, number, country, form) and weight."""

    text: str
    kind: str
    info: float


@dataclass(frozen=True, kw_only=True, slots=True)
class LatinName:
    """The parts of one name; `joined` is the core without spaces, forms are generic (`llc`, `jsc`)."""

    words: tuple[Word, ...]
    joined: str
    core: str
    forms: frozenset[str]
    branch: str


def split(raw: str) -> LatinName:
    """Take a name as the org holds it apart (capitals are needed to see `SiemensAG`)."""
    name = folded(_GLUED_FORM.sub(r" \1", raw))
    name = _QUOTES.sub("", name.replace("&", " and ").replace("+", " and ").replace('"', " "))
    if " " not in name:
        name = _GLUED_CAPITALS.sub(r" \1", name)
    name = _ROMAN_WORD.sub(lambda match: ROMAN.get(match.group(), match.group()), name)
    name = _KOREAN_FORM.sub(" ", name)
    found = extract_org_types(name, generic=True)
    bare = remove_org_types(name) if found else name
    bare = _DOTTED.sub(lambda match: match.group().replace(".", ""), bare)
    found_branch = _BRANCH_AFTER.search(bare) or _BRANCH_BEFORE.search(bare)
    branch = ""
    if found_branch:
        branch = " ".join(_WORD.findall(romanised(found_branch.group(1))))
        bare = bare[: found_branch.start()]
    texts = _WORD.findall(romanised(bare))
    if not texts:
        texts = _WORD.findall(romanised(name))
    words = tuple(dict.fromkeys(_typed(_numbers(_initials(texts)))))  # `Acme - Acme` says it once
    core = tuple(word.text for word in words if word.kind not in "cf") or tuple(word.text for word in words)
    return LatinName(
        words=words,
        joined="".join(core),
        core=" ".join(sorted(core)),
        forms=frozenset(form for _, form in found),
        branch=branch,
    )


def _initials(texts: list[str]) -> list[str]:
    """Join runs of single letters: `c k hutchison` → `ck hutchison`; drop words that join others."""
    out: list[str] = []
    run = ""
    for text in texts:
        if len(text) == 1 and text.isalpha():
            run += text
            continue
        if run and text != "and":
            out.append(run)
            run = ""
        out.append(text)
    if run:
        out.append(run)
    merged = [text for text in out if text not in STOP]
    return merged or out


def _numbers(texts: list[str]) -> list[str]:
    out: list[str] = []
    for place, text in enumerate(texts, 1):
        ordinal = _ORDINAL.match(text)
        value = UNITS.get(text)
        if ordinal:
            out.append(ordinal.group(1))
        elif value and out and out[-1] in {"20", "30", "40", "50", "60", "70", "80", "90"} and value < 10:
            out[-1] = str(int(out[-1]) + value)
        elif value:
            out.append(str(value))
        elif text in TENS:
            out.append(str(TENS[text]))
        elif text in ROMAN and 1 < place == len(texts):  # Fund V
            out.append(ROMAN[text])
        else:
            out.append(text)
    return out


def _typed(texts: list[str]) -> tuple[Word, ...]:
    words: list[Word] = []
    position = 0
    while position < len(texts):
        for length in range(min(LONGEST_IN_WORDS, len(texts) - position), 0, -1):
            code = country_in_name(" ".join(texts[position : position + length]))
            if code:
                words.append(Word(code, "c", _COUNTRY_INFO))
                position += length
                break
        else:
            words.append(_word(SHORT.get(texts[position], texts[position])))
            position += 1
    return tuple(words)


def _word(text: str) -> Word:
    if text[0].isdigit():
        return Word(text, "n", _NUMBER_INFO)
    if text in FORM:
        return Word(text, "f", _FORM_INFO)
    if text in HOUSE:
        return Word(text, "w", _HOUSE_INFO)
    if text in COMMON:
        return Word(text, "w", _COMMON_INFO)
    # ö and oe, ü and ue, ä and ae, å and aa are one spelling to a registry clerk.
    return Word(text.replace("oe", "o").replace("ue", "u").replace("ae", "a").replace("aa", "a"), "w", 1.0)
