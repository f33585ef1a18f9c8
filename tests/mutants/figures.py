"""How many mutants were killed, per module and in all, and how sure that is."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt
from random import Random

from tests.mutants.source import Mutant
from tests.mutants.trial import Fate

SURE = 1.959964
"""95 of 100 such intervals hold the true share."""


@dataclass(frozen=True, kw_only=True)
class Tried:
    """A mutant and what became of it; `reason` says why it is no other program than ours."""

    mutant: Mutant
    fate: Fate
    reason: str = ""


@dataclass(frozen=True, kw_only=True)
class Figure:
    """Counts of one module, or of all."""

    name: str
    made: int
    killed: int
    survived: int
    equivalent: int

    @property
    def tried(self) -> int:
        return self.killed + self.survived

    @property
    def share(self) -> float:
        return self.killed / self.tried if self.tried else 0.0


def figure(name: str, made: int, tried: Sequence[Tried]) -> Figure:
    """The counts of these mutants; an equivalent one is counted for itself, neither killed nor survived."""
    killed = sum(1 for each in tried if each.fate is Fate.KILLED)
    equivalent = sum(1 for each in tried if each.fate is not Fate.KILLED and each.reason)
    return Figure(
        name=name,
        made=made,
        killed=killed,
        survived=len(tried) - killed - equivalent,
        equivalent=equivalent,
    )


def interval(killed: int, tried: int) -> tuple[float, float]:
    """Wilson's interval for a share that was sampled, at 95 %."""
    if not tried:
        return 0.0, 1.0
    share, square = killed / tried, SURE**2
    middle = (share + square / (2 * tried)) / (1 + square / tried)
    half = SURE / (1 + square / tried) * sqrt(share * (1 - share) / tried + square / (4 * tried**2))
    return middle - half, middle + half


def sample(made: Sequence[Sequence[Mutant]], number: int, seed: int) -> list[Mutant]:
    """So many mutants, every one of all with the same chance, and each module in proportion to its size.

    They come in random order: as many as there was time for are a sample too.
    """
    dice = Random(seed)
    row = [mutant for each in made for mutant in dice.sample(list(each), len(each))]
    if number >= len(row):
        return row
    step = len(row) / number
    begin = dice.random() * step
    drawn = [row[int(begin + step * n)] for n in range(number)]
    return dice.sample(drawn, number)
