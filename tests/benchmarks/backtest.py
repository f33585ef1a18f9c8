"""How fast a long history is judged once more, and in how much memory: `connector backtest` on a SQLite store.

python -m tests.benchmarks.backtest [--facts 20000] [--keep FOLDER]
python -m tests.benchmarks.backtest --again FOLDER/connector.db

A practice org is mirrored and a year of many firms loaded into its store (`backtest_history`), which is not timed. A
process of its own then tries a policy whose quota is smaller, and says every few seconds how far it has come: facts a
second by the clock and by its own processor time, and its peak of memory, all of it, the interpreter included.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from pathlib import Path

from connector import desk
from connector.canonical.time import parse_instant
from connector.flows.settle import SEALED
from connector.policy.choosing import Choice, Option
from connector.policy.model import Policies, Policy
from connector.settings import Settings
from tests.benchmarks.backtest_history import YEAR, loaded
from tests.benchmarks.channel import mirrored
from tests.benchmarks.figures import Figure, show
from tests.benchmarks.loads import Watch, memory

FACTS, FULL_FACTS = 20_000, 1_000_000
MOST_MEGABYTES = 500
_SEED_LEADS = (200, 20_000)
_LEADS_A_FACT = 1 / 50
_SPOKEN_EVERY = 10.0  # seconds


@dataclass(frozen=True, kw_only=True, slots=True)
class Replayed:
    """What one back-test did: facts and decisions, by the clock and by the processor, and its memory in MB."""

    facts: int
    decisions: int
    diverged: int
    failed: int
    seconds: float
    processor: float
    megabytes: float
    above_start: float


def smaller(policies: Policies, moment: datetime) -> Policy:
    """The claims policy in force, with a quota of five leads a firm."""
    policy = policies.for_claims(moment)
    if policy is None or policy.claims is None:
        raise RuntimeError("the shipped profiles have no claims policy")
    five = Choice[int](options=(Option[int](value=5),))
    return policy.model_copy(update={"claims": policy.claims.model_copy(update={"quota": five})})


def replayed(database: Path) -> Replayed:
    """Judge the history in a store once more."""
    with desk.opened(Settings(database=f"sqlite:///{database}")) as office:
        with office.store.reading() as view:
            facts, until = view.facts.count(), parse_instant(view.notes.get(SEALED) or "")
        policy = smaller(office.profiles.policies, until)
        watch, started, worked = Watch(), time.perf_counter(), time.process_time()
        with desk.backtest(office) as work:
            found = work.run(policy, until - YEAR - timedelta(days=3), None, _spoken(facts))
        return Replayed(
            facts=facts,
            decisions=found.decisions,
            diverged=found.diverged,
            failed=found.failed,
            seconds=time.perf_counter() - started,
            processor=time.process_time() - worked,
            megabytes=memory("VmHWM") / 1e6,
            above_start=watch.megabytes,
        )


def _spoken(facts: int) -> Callable[[str, int, int], None]:
    started, worked, next_at = time.perf_counter(), time.process_time(), [0.0]

    def report(name: str, done: int, expected: int) -> None:
        seconds, processor = time.perf_counter() - started, time.process_time() - worked
        if seconds < next_at[0]:
            return
        next_at[0] = seconds + _SPOKEN_EVERY
        sys.stderr.write(
            f"{time.strftime('%H:%M:%S')}  {name}: {done:,} of about {expected:,} over {facts:,} facts; "
            f"{done / seconds if seconds else 0:.0f}/s, {done / processor if processor else 0:.0f} a processor second; "
            f"memory {memory('VmRSS') / 1e6:.0f} MB, at most {memory('VmHWM') / 1e6:.0f} MB\n"
        )
        sys.stderr.flush()

    return report


def measure(facts: int, keep: Path | None = None) -> list[Figure]:
    with ExitStack() as closing:
        folder = keep or Path(closing.enter_context(tempfile.TemporaryDirectory()))
        folder.mkdir(parents=True, exist_ok=True)
        fewest, most = _SEED_LEADS
        started = time.perf_counter()
        with mirrored(min(most, max(fewest, int(facts * _LEADS_A_FACT))), folder) as connector:
            start = connector.org.now().replace(microsecond=0) + timedelta(minutes=1)
            made = loaded(connector, facts, start)
        sys.stderr.write(f"{made} in {time.perf_counter() - started:.0f} s\n")
        return again(folder / "connector.db")


def again(database: Path) -> list[Figure]:
    """The figures of one back-test over a store that is there, in a process of its own."""
    command = [sys.executable, "-m", "tests.benchmarks.backtest", "--replay", str(database)]
    done = Replayed(
        **json.loads(subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout)
    )
    note = (
        f"{done.facts:,} facts, {done.decisions:,} decisions, {done.diverged:,} records would have gone another way, "
        f"{done.failed} decisions failed"
    )
    whole = Figure(
        measure="back-test, peak of memory of its process",
        figure=done.megabytes,
        unit="MB",
        against="limit",
        other=MOST_MEGABYTES,
        ratio=done.megabytes / MOST_MEGABYTES,
        note=f"{done.above_start:.0f} MB above its start",
    )
    return [
        Figure(measure="back-test, SQLite", figure=done.facts / done.seconds, unit="facts/s", note=note),
        Figure(measure="back-test, by processor time", figure=done.facts / done.processor, unit="facts/s"),
        whole,
    ]


def run(*, full: bool) -> list[Figure]:
    """The figures for `make bench`."""
    return measure(FULL_FACTS if full else FACTS)


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    options.add_argument("--facts", type=int, default=FACTS)
    options.add_argument("--keep", type=Path, help="load the history into this folder, and leave it there")
    options.add_argument("--again", type=Path, help="a database that --keep left")
    options.add_argument("--replay", type=Path, help=argparse.SUPPRESS)
    chosen = options.parse_args()
    if chosen.replay:
        sys.stdout.write(json.dumps(asdict(replayed(chosen.replay))))
        return
    show(again(chosen.again) if chosen.again else measure(chosen.facts, chosen.keep), "Back-test")


if __name__ == "__main__":
    main()
