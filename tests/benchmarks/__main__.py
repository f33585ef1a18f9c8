# ruff: noqa: T201 - a benchmark prints its table
"""`make bench`: every benchmark in a process of its own, then one table of figures with peers and limits.

python -m tests.benchmarks [NAME…] [--full] [--json]

Default sizes are modest: the whole takes a few minutes on two idle cores. `--full` takes the sizes that the
promises name. A benchmark that cannot run here is listed with its reason; nothing fails because of a figure.
"""

import argparse
import json
import subprocess
import sys
import time
from dataclasses import asdict
from importlib import import_module

from tests.benchmarks.figures import Figure, show

NAMES = (
    "matching_quality",
    "match_lookup",
    "mapping_read",
    "store_load",
    "settle_rate",
    "explain",
    "backtest",
    "snapshot",
    "memory",
    "incremental",
    "api_calls",
    "peers",
)
"""The benchmark modules; each has `run(full=…)`, which returns its figures."""

_ANSWER = "figures: "


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    options.add_argument("names", nargs="*", metavar="NAME", help=", ".join(NAMES))
    options.add_argument("--full", action="store_true", help="the sizes that the promises name")
    options.add_argument("--json", action="store_true", help="the figures as one JSON list")
    options.add_argument("--answer", action="store_true", help=argparse.SUPPRESS)
    chosen = options.parse_args()
    unknown = [name for name in chosen.names if name not in NAMES]
    if unknown:
        options.error(f"no benchmark is called {unknown[0]!r}; there are {', '.join(NAMES)}")
    if chosen.answer:
        found = import_module(f"tests.benchmarks.{chosen.names[0]}").run(full=chosen.full)
        print(_ANSWER + json.dumps([asdict(each) for each in found]))
        return 0
    figures: list[Figure] = []
    for name in chosen.names or NAMES:
        figures += _alone(name, full=chosen.full)
    if chosen.json:
        print(json.dumps([asdict(each) | {"met": each.met} for each in figures], indent=1))
    else:
        show(figures, "Benchmarks: ratios against limits and peers of the same run")
    return 0


def _alone(name: str, *, full: bool) -> list[Figure]:
    """One benchmark in a process of its own; its own report goes to standard error."""
    print(f"{name} …", file=sys.stderr, flush=True)
    started = time.perf_counter()
    command = [sys.executable, "-m", "tests.benchmarks", name, "--answer", *(["--full"] if full else [])]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False)
    for line in done.stdout.splitlines():
        if line.startswith(_ANSWER):
            print(f"{name}: {time.perf_counter() - started:.0f} s", file=sys.stderr, flush=True)
            return [Figure(**each) for each in json.loads(line.removeprefix(_ANSWER))]
        print(f"  {line}", file=sys.stderr)
    return [
        Figure(measure=name, figure=done.returncode, unit="exit code", note="it did not finish: see above")
    ]


if __name__ == "__main__":
    sys.exit(main())
