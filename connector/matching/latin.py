"""A name in letters taken apart: words that identify, words that any firm may carry, countries, numbers, form."""

import re
from dataclasses import dataclass
from typing import Final, NamedTuple

from rigour.names.org_types import extract_org_types, remove_org_types

from connector.matching.countries import LONGEST_IN_WORDS, country_in_name
from connector.matching.text import folded, romanised

_GLUED_FORM: Final = re.compile(
    r"(?<=[a-z\d])(AG|GmbH|Ltd|Limited|Inc|Incorporated|LLC|LLP|PLC|SA|BV|NV|AB|Corp|Corporation|Company|Group|Holdings)\b"
)
_GLUED_CAPITALS: Final = re.compile(r"(?<=\w{5})(limited|ltd|gmbh|incorporated|corporation)$")
_DOTTED: Final = re.compile(r"\b(?:\w\.){1,}\w\b\.?|\b(?:\w\.){2,}")
_QUOTES: Final = re.compile(r"['’‘`´]")
_WORD: Final = re.compile(r"[^\W_]+")
_BRANCH_AFTER: Final = re.compile(
    r"(?<=\w)[\s,–-]+(?:zweigniederlassung|niederlassung|zweigstelle|filiale|filial|sucursal|succursale|afdeling)\b\W*(.*)$"
)
_BRANCH_BEFORE: Final = re.compile(r"(?<=\w)[\s,–-]+(\w+)\W+(?:branch office|branch)\W*$")
_ROMAN: Final = {
    name: str(value)
    for value, name in enumerate(
        "i ii iii iv v vi vii viii ix x xi xii xiii xiv xv xvi xvii xviii xix xx xxi xxii xxiii xxiv xxv".split(), 1
    )
}
# `II` is a legal form to some registers and a number to everybody else, so it is read before forms are cut.
_ROMAN_WORD: Final = re.compile(r"(?<=\w )\b[ivx]{2,6}\b|(?<=\w )\b[ivx]$")
_UNITS: Final = {
    word: value
    for value, words in enumerate(
        "one first,two second,three third,four fourth,five fifth,six sixth,seven seventh,eight eighth,nine ninth,"
        "ten tenth,eleven eleventh,twelve twelfth".split(","),
        1,
    )
    for word in words.split()
}
_TENS: Final = {
    word: 10 * value
    for value, word in enumerate("twenty thirty forty fifty sixty seventy eighty ninety".split(), 2)
}
_ORDINAL: Final = re.compile(r"^(\d+)(?:st|nd|rd|th)$")
_SHORT: Final = {
    "intl": "international",
    "int": "international",
    "tech": "technology",
    "technologies": "technology",
    "corp": "corporation",
    "co": "company",
    "cos": "company",
    "mfg": "manufacturing",
    "svcs": "services",
    "svc": "services",
    "service": "services",
    "sys": "systems",
    "system": "systems",
    "mgmt": "management",
    "assoc": "association",
    "assn": "association",
    "assocs": "associates",
    "univ": "university",
    "natl": "national",
    "dept": "department",
    "ctr": "center",
    "centre": "center",
    "grp": "group",
    "gruppe": "group",
    "groupe": "group",
    "holdings": "holding",
    "eng": "engineering",
    "ind": "industries",
    "inds": "industries",
    "industry": "industries",
    "solution": "solutions",
    "product": "products",
    "bros": "brothers",
    "st": "saint",
}
_STOP: Final = frozenset("the and of for de la le les el los das die der und y et e i & da do dos van den".split())
# Words that many firms carry: they confirm, they hardly identify. Own legal-form words weigh nothing.
_FORM_WORDS: Final = frozenset(
    "corporation company incorporated limited ltd llc inc plc gmbh ag sa as ab oy bv nv kg srl spa compan oao ooo zao pao "
    "joint stock joynt sro zoo".split()
)
_COMMON: Final = frozenset(
    "international group holding global worldwide solutions services systems technology technologies engineering "
    "industries industrial management consulting enterprises enterprise partners capital investment investments "
    "trading trade business development construction products manufacturing energy software digital data "
    "network networks communications telecom media financial finance insurance bank banking trust fund "
    "foundation association institute university college school center academy department government national "
    "american european asia asian pacific europe africa north south east west northern southern eastern western "
    "central general united first new associates logistics transport electric electronics electronic power "
    "medical health healthcare pharma pharmaceuticals foods food motor motors automotive aviation real estate "
    "properties property security marketing design research labs laboratories design agency office house home "
    "program child children childrens care learning early education educational elementary community church day "
    "head start preschool kindergarten public schools city county state saint development".split()
)
_COMMON_INFO: Final = 0.4
_NUMBER_INFO: Final = 0.5
_COUNTRY_INFO: Final = 0.4
_FORM_INFO: Final = 0.06


class Word(NamedTuple):
    """One word of a name: its comparable text, its kind (`w`ord, `n`umber, `c`ountry, `f`orm) and its weight."""

    text: str
    kind: str
    info: float


@dataclass(frozen=True, kw_only=True, slots=True)
class LatinName:
    """The parts of one name in letters. `joined` is the core without spaces; forms are generic (`llc`, `jsc`)."""

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
    name = _ROMAN_WORD.sub(lambda match: _ROMAN.get(match.group(), match.group()), name)
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
    merged = [text for text in out if text not in _STOP]
    return merged or out


def _numbers(texts: list[str]) -> list[str]:
    out: list[str] = []
    for text in texts:
        ordinal = _ORDINAL.match(text)
        value = _UNITS.get(text)
        if ordinal:
            out.append(ordinal.group(1))
        elif value and out and out[-1] in {"20", "30", "40", "50", "60", "70", "80", "90"} and value < 10:
            out[-1] = str(int(out[-1]) + value)
        elif value:
            out.append(str(value))
        elif text in _TENS:
            out.append(str(_TENS[text]))
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
            words.append(_word(_SHORT.get(texts[position], texts[position])))
            position += 1
    return tuple(words)


def _word(text: str) -> Word:
    if text[0].isdigit():
        return Word(text, "n", _NUMBER_INFO)
    if text in _FORM_WORDS:
        return Word(text, "f", _FORM_INFO)
    if text in _COMMON:
        return Word(text, "w", _COMMON_INFO)
    # ö and oe, ü and ue, ä and ae are one spelling to a German registry clerk.
    return Word(text.replace("oe", "o").replace("ue", "u").replace("ae", "a"), "w", 1.0)
