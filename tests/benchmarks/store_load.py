"""How near a snapshot load into the mirror comes to the database's own limit, in one run on one machine.

python -m tests.benchmarks.store_load [--rows 200000] [--no-postgres]

The limits: an unkeyed SQLite table of 25 columns without journal, and COPY of ready-made bytes into an
unkeyed PostgreSQL table of the same columns. The mirror's load keeps a key, an interval and a transaction per
batch, so it is slower; targets are 0.4 and 0.35 of the limits. Exits with 1 when a target is missed.
"""

import argparse
import sqlite3
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from statistics import median
from typing import NamedTuple

import psycopg
from rich.console import Console
from rich.table import Table

from connector.canonical.ids import OrgId, record_id
from connector.ports.org import Batch
from connector.store import open_store
from tests.benchmarks.figures import Figure, share
from tests.contract.store.postgres import NoPostgres, running_postgres

ORG = OrgId("00D000000000001EAA")
STANDARD = ("Id", "SystemModstamp", "CreatedDate", "LastModifiedDate", "IsDeleted", "OwnerId")
FIELDS = (*STANDARD, *(f"Field{n}__c" for n in range(19)))
PAGE = 10_000


class Measure(NamedTuple):
    name: str
    seconds: float
    rows: int
    target: float | None = None


def batches(rows: int) -> list[Batch]:
    """Synthetic leads, about 500 bytes each, in id order as Bulk gives them."""
    return [_batch(start, min(PAGE, rows - start)) for start in range(0, rows, PAGE)]


def _batch(start: int, rows: int) -> Batch:
    numbers = range(start, start + rows)
    stamps: list[str | None] = [f"2026-03-{n % 28 + 1:02}T{n % 24:02}:00:{n % 60:02}.000Z" for n in numbers]
    columns: list[list[str | None]] = [
        [record_id(f"00Q{n:012}") for n in numbers],
        stamps,
        ["2026-01-01T00:00:00.000Z" for _ in numbers],
        stamps,
        ["false" for _ in numbers],
        [record_id(f"005{n % 500:012}") for n in numbers],
    ]
    texts: list[Callable[[int], str | None]] = [
        lambda n: f"Käufer & Söhne {n} GmbH",
        lambda n: f"上海电气{n}有限公司" if n % 5 == 0 else None,
        lambda n: f"+49 30 {n:07}",
        lambda n: f"{n * 37 % 100000}.5",
        lambda n: "Web" if n % 3 else None,
    ]
    columns += [[texts[i % 5](n) for n in numbers] for i in range(19)]
    return Batch(object="Lead", fields=FIELDS, columns=tuple(columns))


def timed(work: Callable[[], None]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


Insert = Callable[[Batch], None]


@contextmanager
def sqlite_limit(url: str) -> Iterator[Insert]:
    """Insert one batch, in a transaction, into an unkeyed table that keeps no journal."""
    raw = sqlite3.connect(url.removeprefix("sqlite:///") + ".limit", isolation_level=None)
    raw.execute("PRAGMA journal_mode=OFF")
    raw.execute("PRAGMA synchronous=OFF")
    raw.execute(f"CREATE TABLE bare ({', '.join(FIELDS)})")
    sql = f"INSERT INTO bare VALUES ({','.join('?' * len(FIELDS))})"

    def insert(page: Batch) -> None:
        raw.execute("BEGIN")
        raw.executemany(sql, zip(*page.columns, strict=True))
        raw.execute("COMMIT")

    yield insert
    raw.close()


@contextmanager
def postgres_limit(url: str, pages: list[Batch]) -> Iterator[Insert]:
    """COPY one batch, made ready beforehand, in a transaction, into an unkeyed table."""
    blocks = {id(page): b"".join(_lines(page)) for page in pages}
    with psycopg.connect(url) as raw:
        raw.execute(f"CREATE TABLE bare ({', '.join(f'{name} text' for name in FIELDS)})".encode())
        raw.commit()

        def insert(page: Batch) -> None:
            with raw.cursor() as cursor, cursor.copy("COPY bare FROM STDIN") as copy:
                copy.write(blocks[id(page)])
            raw.commit()

        yield insert


def _lines(page: Batch) -> Iterator[bytes]:
    for row in zip(*page.columns, strict=True):
        yield ("\t".join(r"\N" if value is None else value for value in row) + "\n").encode()


def mirror(url: str, pages: list[Batch], limit: Insert) -> tuple[float, float, float]:
    """Seconds for the limit, for the load, and to build the links afterwards.

    Batch by batch in turns, so that a busy machine is busy for both; the medians times the batches.
    """
    store = open_store(url, ORG)
    with store.transaction() as tx:
        tx.mirror.declare_links("Lead", ["OwnerId"])

    def load(page: Batch) -> None:
        with store.transaction() as tx:
            tx.mirror.load(page)

    def link() -> None:
        with store.transaction() as tx:
            tx.mirror.declare_links("Lead", ["OwnerId"])

    turns = [(timed(lambda page=page: limit(page)), timed(lambda page=page: load(page))) for page in pages]  # type: ignore[misc]
    limits, loads = zip(*turns, strict=True)
    seconds = median(limits) * len(pages), median(loads) * len(pages), timed(link)
    store.close()
    return seconds


def reapply(url: str, pages: list[Batch]) -> tuple[float, float]:
    """Seconds to apply every row again unchanged, and with a newer stamp."""
    store = open_store(url, ORG)

    def apply(some: list[Batch]) -> None:
        for page in some:
            with store.transaction() as tx:
                tx.mirror.apply(page)

    moved = [
        Batch(
            object=page.object,
            fields=page.fields,
            columns=(
                page.columns[0],
                [f"2026-04{s[7:]}" if s else s for s in page.columns[1]],
                *page.columns[2:],
            ),
        )
        for page in pages
    ]
    seconds = timed(lambda: apply(pages)), timed(lambda: apply(moved))
    store.close()
    return seconds


def measure(name: str, insert: Insert, url: str, pages: list[Batch], target: float) -> list[Measure]:
    rows = sum(page.rows for page in pages)
    limit, load, links = mirror(url, pages, insert)
    same, moved = reapply(url, pages)
    return [
        Measure(f"{name}: limit", limit, rows),
        Measure(f"{name}: load", load, rows, target),
        Measure(f"{name}: build links", links, rows),
        Measure(f"{name}: apply, nothing new", same, rows),
        Measure(f"{name}: apply, all changed", moved, rows),
    ]


def show(measures: list[Measure]) -> bool:
    """Print the table; False when a target is missed."""
    table = Table("step", "seconds", "rows/s", "of limit", "target")
    limit, met = 1.0, True
    for one in measures:
        if one.name.endswith("limit"):
            limit = one.seconds
        ratio = limit / one.seconds
        met = met and (one.target is None or ratio >= one.target)
        target = "" if one.target is None else f"{one.target:.2f}"
        table.add_row(
            one.name, f"{one.seconds:.2f}", f"{one.rows / one.seconds:,.0f}", f"{ratio:.2f}", target
        )
    Console().print(table)
    return met


def measured(rows: int, *, postgres: bool) -> list[Measure]:
    pages = batches(rows)
    with tempfile.TemporaryDirectory() as name:
        url = f"sqlite:///{name}/store.db"
        with sqlite_limit(url) as insert:
            measures = measure("SQLite", insert, url, pages, 0.4)
    if postgres:
        with running_postgres() as url, postgres_limit(url, pages) as insert:
            measures += measure("PostgreSQL", insert, url, pages, 0.35)
    return measures


def run(*, full: bool) -> list[Figure]:
    """The figures for `make bench`."""
    try:
        measures = measured(500_000 if full else 100_000, postgres=True)
    except NoPostgres:
        measures = measured(500_000 if full else 100_000, postgres=False)
    found: list[Figure] = []
    limit = measures[0]
    for one in measures:
        if one.name.endswith("limit"):
            limit = one
            continue
        rate, bare = one.rows / one.seconds, limit.rows / limit.seconds
        found.append(
            share(f"store, {one.name}", rate, "rows/s", "bare table without key", bare, at_least=one.target)
        )
    return found


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--rows", type=int, default=200_000)
    options.add_argument("--no-postgres", action="store_true")
    chosen = options.parse_args()
    return 0 if show(measured(chosen.rows, postgres=not chosen.no_postgres)) else 1


if __name__ == "__main__":
    sys.exit(main())
