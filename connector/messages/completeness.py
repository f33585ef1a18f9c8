"""What a translator still has to do: every phrase in every language, with the same parameters."""

import re
from collections import Counter
from collections.abc import Collection, Iterator, Mapping

from babel.messages.catalog import Message
from babel.messages.pofile import PoFileError

from connector.canonical.fault import Fault, nearest
from connector.canonical.phrase import Phrase
from connector.messages.catalogue import read
from connector.messages.heading import Heading
from connector.messages.naming import Naming
from connector.messages.remedy import Remedy
from connector.messages.speaker import LISTED, UNKNOWN
from connector.messages.telling import Telling
from connector.messages.template import places

ITEM = "item."
"""Names of what a filing may lack and of what is odd about numbers; English says which there are."""

REFERENCE = "en"

_KEY = re.compile(r'^msgid "(.+)"$', re.MULTILINE)


def shortcomings(texts: Mapping[str, str]) -> tuple[Fault, ...]:
    """All that is wrong with these PO texts by language, English among them; empty when nothing is."""
    faults: list[Fault] = []
    catalogues: dict[str, dict[str, Message]] = {}
    for language, text in texts.items():
        try:
            catalogues[language] = {str(entry.id): entry for entry in read(text, language) if entry.id}
        except PoFileError as broken:
            fix = f"mend the PO syntax: {broken}"
            faults.append(Fault(file=f"{language}.po", line=_line(broken), column=1, fix=fix))
    reference = catalogues.get(REFERENCE, {})
    needed = {
        *Phrase,
        *Telling,
        *Naming,
        *Remedy,
        *Heading,
        *(key for key in reference if key.startswith((ITEM, LISTED, UNKNOWN))),
    }
    for language, entries in catalogues.items():
        faults += _of_language(f"{language}.po", entries, reference, needed)
        faults += _twice(f"{language}.po", texts[language])
    return tuple(faults)


def _of_language(
    file: str, entries: Mapping[str, Message], reference: Mapping[str, Message], needed: Collection[str]
) -> Iterator[Fault]:
    for key in sorted({*needed} - entries.keys()):
        yield Fault(file=file, where=str(key), found="no entry", expected="a sentence", fix="translate it")
    for key, entry in entries.items():
        yield from _of_entry(file, key, entry, reference.get(key), needed)


def _of_entry(
    file: str, key: str, entry: Message, english: Message | None, needed: Collection[str]
) -> Iterator[Fault]:
    line = entry.lineno or 0
    if key not in needed or not _names_a_phrase(key):
        fix = "nothing says it: remove the entry or correct its key"
        yield Fault(file=file, line=line, column=1, where=key, nearest=nearest(key, needed), fix=fix)
        return
    text = str(entry.string or "").strip()
    if entry.fuzzy:
        fix = "check the translation and remove the mark"
        yield Fault(file=file, line=line, column=1, where=key, found="a fuzzy mark", fix=fix)
    if not text:
        fix = "translate it"
        yield Fault(file=file, line=line, column=1, where=key, found="nothing", expected="text", fix=fix)
        return
    try:
        mine, theirs = {*places(text)}, {*places(str(english.string))} if english else set()
    except ValueError as broken:
        yield Fault(file=file, line=line, column=1, where=key, found=repr(text), fix=str(broken))
        return
    if english is not None and mine != theirs:
        yield Fault(file=file, line=line, column=1, where=key, found=_shown(mine), expected=_shown(theirs))


def _twice(file: str, text: str) -> Iterator[Fault]:
    """A PO reader keeps the last of two entries without a word."""
    for key, count in Counter(_KEY.findall(text)).items():
        if count > 1:
            yield Fault(
                file=file, where=key, found=f"{count} entries", expected="one", fix="keep the right one"
            )


def _names_a_phrase(key: str) -> bool:
    twin = next((prefix for prefix in (LISTED, UNKNOWN) if key.startswith(prefix)), "")
    return not twin or key.removeprefix(twin) in {*Phrase}


def _shown(names: Collection[str]) -> str:
    return "parameters " + ", ".join(sorted(names)) if names else "no parameters"


def _line(broken: PoFileError) -> int:
    return int(getattr(broken, "lineno", 0) or 0)
