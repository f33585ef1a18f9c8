"""`python -m tests.mutants`: change the rules in one place at a time and say which changes nothing notices."""

import argparse
import sys
import time
from math import inf

from tests.mutants.equivalents import listed
from tests.mutants.figures import Tried, figure, interval, sample
from tests.mutants.source import Mutant, modules, mutants
from tests.mutants.trial import NOT_PLAYED, PLAYED, Fate, Trial


def main() -> int:
    """1 when fewer mutants were killed than asked for."""
    words = argparse.ArgumentParser(prog="python -m tests.mutants", description=__doc__)
    words.add_argument("--sample", type=int, default=300, metavar="N", help="so many mutants, spread evenly")
    words.add_argument("--seed", type=int, default=1, metavar="S", help="another seed is another sample")
    words.add_argument("--module", action="append", metavar="PATH", help="only this module: rules/quota.py")
    words.add_argument("--all", action="store_true", help="every mutant; this takes hours")
    words.add_argument("--least", type=float, default=90.0, metavar="PERCENT", help="fail below this share")
    words.add_argument("--minutes", type=float, default=inf, metavar="M", help="stop after so many minutes")
    asked = words.parse_args()
    chosen = [name.removeprefix("connector/").removeprefix("rules/") for name in asked.module or modules()]
    unknown = sorted(set(chosen) - set(modules()))
    if unknown:
        words.error(f"no module of rules is called {unknown[0]!r}")
    made = {name: mutants(name) for name in chosen}
    total = sum(map(len, made.values()))
    tried_on = sample(list(made.values()), total if asked.all else asked.sample, asked.seed)
    _tell(f"{total} mutants of {len(made)} modules; {len(tried_on)} are tried, seed {asked.seed}")
    tried = _try(tried_on, asked.minutes * 60)
    return 0 if _show(made, tried, whole=len(tried) == total) * 100 >= asked.least else 1


def _try(chosen: list[Mutant], seconds: float) -> list[Tried]:
    known, tried, began = listed(), list[Tried](), time.monotonic()

    def note(mutant: Mutant, fate: Fate, by: str, took: float) -> None:
        reason = ""
        if fate is not Fate.KILLED:
            reason = next((each.reason for each in known if each.names(mutant)), "")
        tried.append(Tried(mutant=mutant, fate=fate, reason=reason))
        if len(tried) % 20 == 0:
            _tell(f"{len(tried)} of {len(chosen)} tried in {time.monotonic() - began:.0f} s")
        if fate is not Fate.KILLED and not reason:
            gone, come = mutant.change()
            _tell(f"\n{fate}: rules/{mutant.module}:{mutant.first} {mutant.function}\n  - {gone}\n  + {come}")
        elif took > 20:
            _tell(f"{took:.0f} s until {by} noticed {mutant.module} {mutant.function}")

    trial = Trial(chosen, note, began + seconds)
    trial.run()
    for name in trial.broken:
        _tell(f"not played, it fails without any mutant: {name}")
    played = ", ".join(f"tests/{name}" for name in PLAYED)
    _tell(f"\nplayed: {played} without {', '.join(NOT_PLAYED)}; {time.monotonic() - began:.0f} s")
    return tried


def _show(made: dict[str, list[Mutant]], tried: list[Tried], *, whole: bool) -> float:
    """The table; the share that was killed."""
    _tell(
        f"\n{'module':38} {'mutants':>8} {'tried':>6} {'killed':>7} {'survive':>8} {'same':>5} {'share':>7}"
    )
    for name, every in made.items():
        one = figure(name, len(every), [each for each in tried if each.mutant.module == name])
        if one.tried or one.equivalent:
            _tell(f"rules/{one.name:32} {one.made:8} {one.tried:6} {one.killed:7} {one.survived:8} "
                  f"{one.equivalent:5} {one.share:7.1%}")  # fmt: skip
    every_one = figure("in all", sum(map(len, made.values())), tried)
    _tell(f"\nkilled {every_one.killed} of {every_one.tried}: {every_one.share:.1%}; "
          f"{every_one.equivalent} more are the same program as ours (tests/mutants/equivalent.txt)")  # fmt: skip
    if not whole:
        low, high = interval(every_one.killed, every_one.tried)
        _tell(f"of all mutants, with 95 % confidence, between {low:.1%} and {high:.1%}")
    return every_one.share


def _tell(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
