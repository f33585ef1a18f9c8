"""Mutants that are the same program as ours, each with the reason, from `equivalent.txt`."""

from dataclasses import dataclass
from pathlib import Path

from tests.mutants.source import Mutant

FILE = Path(__file__).with_name("equivalent.txt")


@dataclass(frozen=True, kw_only=True)
class Equivalent:
    """One listed change: where, what stood, what stands, and why nobody can tell them apart."""

    module: str
    function: str
    gone: str
    come: str
    reason: str

    def names(self, mutant: Mutant) -> bool:
        at_home = (self.module, self.function) == (mutant.module, mutant.function)
        return at_home and (self.gone, self.come) == mutant.change()


def listed() -> tuple[Equivalent, ...]:
    """Every listed change.

    Raises:
        ValueError: an entry is not four lines: module and function, `- `, `+ ` and the reason.
    """
    text = "\n".join(line for line in FILE.read_text("utf-8").splitlines() if not line.startswith("#"))
    return tuple(_entry(block) for block in text.split("\n\n") if block.strip())


def _entry(block: str) -> Equivalent:
    lines = block.strip().splitlines()
    if len(lines) != 4 or lines[1][:2] != "- " or lines[2][:2] != "+ " or len(lines[0].split()) != 2:
        raise ValueError(f"{FILE.name}: four lines were expected: module function, -, +, reason:\n{block}")
    module, function = lines[0].split()
    return Equivalent(module=module, function=function, gone=lines[1][2:], come=lines[2][2:], reason=lines[3])
