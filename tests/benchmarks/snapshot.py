# ruff: noqa: T201 - a benchmark prints its table
"""A snapshot of leads with 25 columns, practice org → SQLite and PostgreSQL, beside its limits and a peer.

python -m tests.benchmarks.snapshot [--small 50000] [--large 200000] [--rounds 3] [--only sqlite|postgres]

Rates are marginal: the rows between the two sizes over the seconds between them, so that start-up cancels out.
Everybody reads the pages of a job that the org has finished, in a process of its own, in turns; of the rounds
the quickest counts, because others use the machine too. The limits, in the same run: the same rows, ready made,
into a table without a key (SQLite `executemany` without journal; PostgreSQL COPY). The peer: simple-salesforce's
bulk2 pages, the csv module, `executemany` by key. The org's own rates are printed to show that it is no
bottleneck.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import psycopg

from tests.benchmarks.bulk_job import finished
from tests.benchmarks.figures import Figure, share, show
from tests.benchmarks.loads import Load
from tests.benchmarks.practice import Place, practice_orgs
from tests.contract.store.postgres import NoPostgres, running_postgres

SIZES, FULL_SIZES = (50_000, 200_000), (200_000, 1_000_000)
ROUNDS = 3
TITLES = {"sqlite": "SQLite", "postgres": "PostgreSQL"}
SHARES = {"sqlite": 0.4, "postgres": 0.35}
CONTESTANTS = ("bare", "mirror", "simple_salesforce")

Fresh = Callable[[], str]
"""Gives the address of a new, empty database."""


@contextmanager
def sqlite_files() -> Iterator[Fresh]:
    with tempfile.TemporaryDirectory() as folder:
        names = iter(range(10_000))

        def fresh() -> str:
            for old in Path(folder).iterdir():
                old.unlink()
            return f"sqlite:///{folder}/{next(names)}.db"

        yield fresh


@contextmanager
def postgres_databases() -> Iterator[Fresh]:
    with running_postgres() as url:
        names = iter(range(1, 10_000))

        def fresh() -> str:
            number = next(names)
            with psycopg.connect(url, autocommit=True) as desk:
                desk.execute(f"DROP DATABASE IF EXISTS run{number - 1}".encode())
                desk.execute(f"CREATE DATABASE run{number}".encode())
            return url.replace("/postgres?", f"/run{number}?")

        yield fresh


KINDS = {"sqlite": sqlite_files, "postgres": postgres_databases}


def load(contestant: str, place: Place, database: str) -> Load:
    """One contestant, one size, in a process of its own."""
    job = finished(place)
    command = [sys.executable, "-m", "tests.benchmarks.loads", contestant, database]
    answer = subprocess.run(
        [*command, place.url, place.token, job.id, str(job.rows)], capture_output=True, text=True, check=False
    )
    if answer.returncode:
        raise RuntimeError(f"{contestant} failed on {place.leads} leads: {answer.stderr[-2000:]}")
    return Load(**json.loads(answer.stdout.splitlines()[-1]))


def in_turns(places: list[Place], fresh: Fresh, rounds: int) -> dict[str, tuple[Load, Load]]:
    """The quickest load of each contestant for the small and the large org."""
    best: dict[str, dict[int, Load]] = defaultdict(dict)
    for _ in range(rounds):
        for contestant in CONTESTANTS:
            for size, place in enumerate(places):
                done = load(contestant, place, fresh())
                held = best[contestant].get(size)
                best[contestant][size] = min(done, held or done, key=lambda each: each.seconds)
    return {name: (found[0], found[1]) for name, found in best.items()}


def rate(small: Load, large: Load) -> float:
    """Rows a second between the two sizes."""
    return (large.rows - small.rows) / max(large.seconds - small.seconds, 1e-9)


def figures_of(kind: str, loads: dict[str, tuple[Load, Load]]) -> Iterator[Figure]:
    mirror, rates = loads["mirror"], {name: rate(*pair) for name, pair in loads.items()}
    title, limit = TITLES[kind], "bare COPY" if kind == "postgres" else "bare insert without key"
    yield share(f"snapshot → {title}", rates["mirror"], "rows/s", limit, rates["bare"], at_least=SHARES[kind])
    peer = rates["simple_salesforce"]
    yield share(f"snapshot → {title}", rates["mirror"], "rows/s", "simple-salesforce", peer, at_least=2.0)
    yield Figure(
        measure=f"snapshot → {title}: memory above start-up",
        figure=mirror[1].megabytes,
        unit="MB",
        against="wanted at most 200 MB, at any size",
        other=200.0,
        ratio=mirror[1].megabytes / 200.0,
        at_most=1.0,
        note=f"{mirror[0].megabytes:.0f} MB for {mirror[0].rows:,} rows, {mirror[1].rows:,} here",
    )


def org_figures(place: Place) -> Iterator[Figure]:
    """What the org itself can give: it must not be what is measured."""
    job = finished(place)
    started = time.perf_counter()
    size = sum(len(page) for page in job.pages())
    rate_of = size / 1e6 / (time.perf_counter() - started)
    yield Figure(
        measure="practice org: static pages",
        figure=rate_of,
        unit="MB/s",
        against="wanted at least",
        other=100.0,
        ratio=rate_of / 100.0,
        at_least=1.0,
        note=f"{job.rows / (size / 1e6 / rate_of):,.0f} rows/s; the job itself took {job.seconds:.1f} s",
    )


def measure(sizes: tuple[int, int], kinds: tuple[str, ...], rounds: int) -> list[Figure]:
    found: list[Figure] = []
    with practice_orgs(*sizes) as places:
        found += org_figures(places[1])
        for kind in kinds:
            with ExitStack() as closing:
                try:
                    fresh = closing.enter_context(KINDS[kind]())
                except NoPostgres as reason:
                    print(f"{TITLES[kind]}: skipped: {reason}")
                    continue
                found += figures_of(kind, in_turns(places, fresh, rounds))
    return found


def run(*, full: bool) -> list[Figure]:
    """The figures for `make bench`."""
    return measure(FULL_SIZES if full else SIZES, tuple(KINDS), 1 if full else 2)


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    options.add_argument("--small", type=int, default=SIZES[0])
    options.add_argument("--large", type=int, default=SIZES[1])
    options.add_argument("--rounds", type=int, default=ROUNDS)
    options.add_argument("--only", choices=tuple(KINDS))
    chosen = options.parse_args()
    kinds = (chosen.only,) if chosen.only else tuple(KINDS)
    show(measure((chosen.small, chosen.large), kinds, chosen.rounds), "Snapshot")


if __name__ == "__main__":
    main()
