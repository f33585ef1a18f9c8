"""How many facts a second are judged: sealed on SQLite, provisionally, and in a replay without any store.

python -m tests.benchmarks.settle_rate [--leads 10000] [--claims 2000] [--filings 400]

A mirrored practice org on a real SQLite file; partners claim from the pools and file for customers of the same
base, with matching on. Half of the facts are judged under the clock, the other half under the profiler, whose
time is shown by room. The replay folds the same facts with `decide` over a docket and records in memory.
"""

import argparse
import cProfile
import pstats
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import timedelta
from pathlib import Path

from rich.console import Console
from rich.table import Table

from connector.bootstrap import Connector
from connector.canonical.docket import ENTRY_TYPES, Docket, Entry
from connector.canonical.fact import Fact
from connector.canonical.kind import Kind
from connector.flows.adopt import load_frequencies
from connector.flows.records import RecordReader
from connector.rules.docket import MemoryDocket, OverlayDocket
from connector.rules.fold import fold
from tests.benchmarks.channel import mirrored, play
from tests.benchmarks.figures import Figure, show
from tests.benchmarks.memory_world import Base, MemoryWorld

LEADS, CLAIMS, FILINGS = 10_000, 2_000, 400
FULL_LEADS = 100_000

_ROOMS = (
    ("pydantic", ("pydantic",)),
    ("policy (CEL)", ("connector/policy", "common_expression", "cel")),
    ("rules", ("connector/rules",)),
    (
        "matching",
        ("connector/matching", "rapidfuzz", "rigour", "opencc", "anyascii", "phonenumbers", "tldextract"),
    ),
    ("mapping", ("connector/mapping",)),
    ("canonical", ("connector/canonical",)),
    ("flows", ("connector/flows",)),
    ("messages", ("connector/messages",)),
    ("store: database", ("sqlite3",)),
    ("store: SQLAlchemy", ("sqlalchemy",)),
    ("store", ("connector/store", "msgspec")),
    ("json, hashing", ("/json/", "_json", "hashlib", "_hashlib", "sha256", "_sha2")),
)


def replay(
    connector: Connector, adopted: Sequence[Entry], facts: Sequence[Fact], profile: cProfile.Profile
) -> tuple[int, float]:
    """(decisions, seconds) of folding `facts` over memory alone; reading the mirror into memory is not timed.

    The same once more under the profiler, for the share of each room.
    """
    base = Base(load_frequencies(connector.store))
    with connector.store.reading() as view:
        records = RecordReader(view, connector.mapping)
        for kind in Kind:
            for record in records.all(kind):
                base.put(kind, record)

    def world_of(fact: Fact, on: Docket) -> MemoryWorld:
        return MemoryWorld(fact, on, base)

    def folded() -> int:
        docket = OverlayDocket(MemoryDocket(adopted))
        return sum(1 for _ in fold(facts, docket, world_of, connector.policies, facts[-1].instant))

    started = time.perf_counter()
    decisions = folded()
    seconds = time.perf_counter() - started
    profile.enable()
    folded()
    profile.disable()
    return decisions, seconds


def rooms(profile: cProfile.Profile) -> Iterator[tuple[str, float]]:
    """Seconds by room, the largest first; a built-in function counts where its library is known."""
    found: defaultdict[str, float] = defaultdict(float)
    for (file, _, name), row in pstats.Stats(profile).stats.items():  # type: ignore[attr-defined]
        place = name if file == "~" else file
        room = next(
            (room for room, marks in _ROOMS if any(mark in place for mark in marks)), "Python itself, other"
        )
        found[room] += row[2]
    yield from sorted(found.items(), key=lambda each: -each[1])


def measure(leads: int, claims: int, filings: int) -> tuple[list[Figure], cProfile.Profile]:
    profile, pure = cProfile.Profile(), cProfile.Profile()
    with tempfile.TemporaryDirectory() as folder, mirrored(leads, Path(folder)) as connector:
        started = time.perf_counter()
        played = play(connector, claims, filings)
        captured = played.rows / (time.perf_counter() - started)
        with connector.store.reading() as view:
            facts = view.facts.pending(None, 1_000_000)
            adopted = [entry for kind in ENTRY_TYPES.values() for entry in view.docket.all(kind)]
        now, settle = played.end + timedelta(minutes=5), connector.settle
        started = time.perf_counter()
        early = settle.provisional(now)
        provisional = early.facts / (time.perf_counter() - started)
        half = facts[len(facts) // 2].instant
        started = time.perf_counter()
        done = settle.sealed(half, now)
        sealed = done.facts / (time.perf_counter() - started)
        profile.enable()
        rest = settle.sealed(played.end + timedelta(minutes=1), now)
        profile.disable()
        judged, seconds = replay(connector, adopted, facts, pure)
    note = f"{leads:,} leads mirrored; {done.facts + rest.facts:,} facts judged, {claims:,} claims, {filings:,} filings"
    return [
        Figure(measure="capture: rows into mirror, facts and match index", figure=captured, unit="rows/s"),
        Figure(measure="settle, sealed, SQLite file", figure=sealed, unit="facts/s", note=note),
        _against("settle, provisional pass", provisional, "settle, sealed", sealed),
        _against("replay: decide in memory, no store", judged / seconds, "settle, sealed", sealed),
        *_shares(pure),
    ], profile


def _shares(profile: cProfile.Profile) -> Iterator[Figure]:
    """How much of a pure replay goes into conditions and into matching."""
    found = dict(rooms(profile))
    whole = sum(found.values())
    for room in ("policy (CEL)", "matching"):
        yield Figure(measure=f"replay: share of {room}", figure=100 * found.get(room, 0.0) / whole, unit="%")


def _against(name: str, figure: float, against: str, other: float) -> Figure:
    return Figure(
        measure=name, figure=figure, unit="facts/s", against=against, other=other, ratio=figure / other
    )


def show_rooms(profile: cProfile.Profile) -> None:
    found = list(rooms(profile))
    whole = sum(seconds for _, seconds in found)
    table = Table("room", "seconds", "share", title="Where settling spends its time (under the profiler)")
    for room, seconds in found:
        table.add_row(room, f"{seconds:.2f}", f"{seconds / whole:.0%}")
    Console().print(table)


def run(*, full: bool) -> list[Figure]:
    """The figures for `make bench`."""
    found, profile = measure(FULL_LEADS if full else LEADS, CLAIMS, FILINGS)
    show_rooms(profile)
    return found


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    options.add_argument("--leads", type=int, default=LEADS)
    options.add_argument("--claims", type=int, default=CLAIMS)
    options.add_argument("--filings", type=int, default=FILINGS)
    options.add_argument("--profile", type=Path, help="keep the profile in this file")
    chosen = options.parse_args()
    found, profile = measure(chosen.leads, chosen.claims, chosen.filings)
    show_rooms(profile)
    if chosen.profile:
        profile.dump_stats(chosen.profile)
    show(found, "Settling")


if __name__ == "__main__":
    main()
