"""A fault in a file that an admin wrote: said once, in one line, with the place and the fix."""

from collections.abc import Iterable

from rapidfuzz import fuzz, process

from connector.canonical.model import Model

_NEAR_ENOUGH = 60.0


class Fault(Model):
    """One thing wrong in a profile file. Loaders return every fault of one run, never the first alone.

    Attributes:
        file: the file's name as the caller gave it.
        line: 1-based; 0 when the fault belongs to the file as a whole.
        column: 1-based.
        where: the dotted path inside the file, such as `registration.read.amount`.
        found: what stands there.
        expected: what may stand there.
        nearest: the nearest real name; empty when none comes near.
        fix: what to do, in words.
        note: worth saying, but the file still loads.
    """

    file: str
    line: int = 0
    column: int = 0
    where: str = ""
    found: str = ""
    expected: str = ""
    nearest: str = ""
    fix: str = ""
    note: bool = False

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}:{self.column}" if self.line else self.file
        parts = [
            f"found {self.found}" if self.found else "",
            f"expected {self.expected}" if self.expected else "",
        ]
        said = ", ".join(part for part in parts if part)
        near = f"nearest is {self.nearest!r}" if self.nearest else ""
        tail = "; ".join(part for part in (said, near, self.fix) if part)
        return f"{place}: {'note: ' if self.note else ''}{self.where + ': ' if self.where else ''}{tail}"


def nearest(word: str, names: Iterable[str]) -> str:
    """The name that a misspelt `word` most likely means; empty when none comes near."""
    found = process.extractOne(
        word, sorted(names), scorer=fuzz.ratio, processor=_plain, score_cutoff=_NEAR_ENOUGH
    )
    return found[0] if found else ""


def _plain(text: str) -> str:
    return text.casefold().removesuffix("__c").removesuffix("__r").replace("_", "")


def broken(faults: Iterable[Fault]) -> bool:
    """Whether any of the faults keeps the file from loading."""
    return any(not fault.note for fault in faults)
