# ruff: noqa: T201 - a benchmark prints its table
"""Memory of a snapshot above start-up, at one size and at twice that size: it is bounded by the batch, not the org.

python -m tests.benchmarks.memory [--small 100000] [--large 200000] [--only sqlite|postgres]

Each snapshot runs in a process of its own; what counts is the peak of its resident memory above what it held
before the first page, as the kernel tells it.
"""

import argparse
from collections.abc import Iterator
from contextlib import ExitStack

from tests.benchmarks.figures import Figure, show
from tests.benchmarks.practice import practice_orgs
from tests.benchmarks.snapshot import KINDS, TITLES, load
from tests.contract.store.postgres import NoPostgres

SIZES, FULL_SIZES = (100_000, 200_000), (1_000_000, 2_000_000)
MOST = 200.0


def measure(sizes: tuple[int, int], kinds: tuple[str, ...]) -> list[Figure]:
    found: list[Figure] = []
    with practice_orgs(*sizes) as places:
        for kind in kinds:
            with ExitStack() as closing:
                try:
                    fresh = closing.enter_context(KINDS[kind]())
                except NoPostgres as reason:
                    print(f"{TITLES[kind]}: skipped: {reason}")
                    continue
                small, large = (load("mirror", place, fresh()) for place in places)
                found += _figures(kind, small.megabytes, large.megabytes, sizes)
    return found


def _figures(kind: str, small: float, large: float, sizes: tuple[int, int]) -> Iterator[Figure]:
    for size, megabytes in zip(sizes, (small, large), strict=True):
        yield Figure(
            measure=f"snapshot of {size:,} leads → {TITLES[kind]}: memory above start-up",
            figure=megabytes,
            unit="MB",
            against="wanted at most",
            other=MOST,
            ratio=megabytes / MOST,
            at_most=1.0,
        )


def run(*, full: bool) -> list[Figure]:
    """The figures for `make bench`."""
    return measure(FULL_SIZES if full else SIZES, tuple(KINDS))


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    options.add_argument("--small", type=int, default=SIZES[0])
    options.add_argument("--large", type=int, default=SIZES[1])
    options.add_argument("--only", choices=tuple(KINDS))
    chosen = options.parse_args()
    kinds = (chosen.only,) if chosen.only else tuple(KINDS)
    show(measure((chosen.small, chosen.large), kinds), "Memory")


if __name__ == "__main__":
    main()
