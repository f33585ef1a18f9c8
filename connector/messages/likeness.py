"""What matching noted of two records, said in a reader's language.

The ledger keeps a note as matching wrote it, in its own short English; it is taken apart here into what can be said
in any language and what is quoted from the records.
"""

import re
from collections.abc import Callable, Iterator, Mapping

from connector.messages.telling import Telling

Say = Callable[[str, Mapping[str, str]], str]
Name = Callable[[str], str]

_QUOTED = r"'(?P<name>.*)'"
_PAIR = r"'(?P<one>.*)' against '(?P<two>.*)'"
_HEADS: tuple[tuple[re.Pattern[str], Telling], ...] = tuple(
    (re.compile(pattern, re.DOTALL), telling)
    for pattern, telling in (
        (r"two records of a base", Telling.LIKENESS_BASE),
        (r"no number in common", Telling.LIKENESS_NO_NUMBER),
        (r"a shared line, domain or address alone never decides", Telling.LIKENESS_ALONE),
        (r"a shared (?P<kind>\w+) always reaches a person", Telling.LIKENESS_REACHES),
        (r"a shared (?P<kind>\w+) is too common to search, so a doubt remains", Telling.LIKENESS_COMMON),
        (r"the shared (?P<kind>name) is too common to search, so a doubt remains", Telling.LIKENESS_COMMON),
        (rf"same core {_QUOTED}", Telling.LIKENESS_CORE),
        (rf"same letters {_QUOTED}", Telling.LIKENESS_LETTERS),
        (rf"initials {_QUOTED}", Telling.LIKENESS_INITIALS),
        (rf"same brand {_QUOTED}", Telling.LIKENESS_BRAND),
        (rf"same industry {_QUOTED}", Telling.LIKENESS_INDUSTRY),
        (rf"brand reads {_QUOTED}", Telling.LIKENESS_PINYIN),
        (rf"brand {_PAIR}", Telling.LIKENESS_AGAINST),
        (rf"industry {_PAIR}", Telling.LIKENESS_AGAINST),
        (r"like (?P<words>'.*)", Telling.LIKENESS_SPELT),
        (_PAIR, Telling.LIKENESS_AGAINST),
        (r"both (?P<name>.*)", Telling.LIKENESS_BOTH),
        (r"(?P<one>.*) against (?P<two>.*)", Telling.LIKENESS_AGAINST),
    )
)
_TAILS = {
    ", one character": Telling.LIKENESS_TAIL_SHORT,
    ", sounds alike": Telling.LIKENESS_TAIL_SOUND,
    ", one character in many": Telling.LIKENESS_TAIL_SLIP,
    ", one character makes another firm": Telling.LIKENESS_TAIL_OTHER_FIRM,
    ", one inside the other": Telling.LIKENESS_TAIL_INSIDE,
    ", one character more": Telling.LIKENESS_TAIL_MORE,
    ", other order": Telling.LIKENESS_TAIL_ORDER,
}
_NOTHING = {
    "": Telling.LIKENESS_NOTHING,
    "none": Telling.LIKENESS_NOTHING,
    "the firm": Telling.LIKENESS_THE_FIRM,
}
_KINDS = {"line": "phone or fax", "domain": "domain", "duns": "duns"}


def in_words(note: str, say: Say, name: Name) -> str:
    """A note in words; `say` speaks a sentence, `name` gives the name of a kind of evidence.

    What is only quoted from the records, a D-U-N-S number or what nobody ever noted so, stays as it is.
    """
    parts = note.split("; ", 1) if note.startswith("like '") else [note]
    return "; ".join(text for part in parts for text in _part(part, say, name))


def _part(part: str, say: Say, name: Name) -> Iterator[str]:
    tail = max((each for each in _TAILS if part.endswith(each)), key=len, default="")
    head = part.removesuffix(tail)
    for pattern, telling in _HEADS:
        found = pattern.fullmatch(head)
        if found:
            head = say(
                telling, {key: _value(key, value, say, name) for key, value in found.groupdict().items()}
            )
            break
    yield ", ".join(filter(None, (head, say(_TAILS[tail], {}) if tail else "")))


def _value(key: str, value: str, say: Say, name: Name) -> str:
    if key == "kind":
        return name(_KINDS.get(value, "name"))
    if key == "words":
        return value.replace("' for '", "' / '")
    if key in {"one", "two"} and value in _NOTHING:
        return say(_NOTHING[value], {})
    return value
