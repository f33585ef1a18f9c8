# ruff: noqa: T201 - a benchmark prints its table
"""1,000 changed leads in a large org against the same in a small one: costs follow the change (law 21).

python -m tests.benchmarks.incremental [--small 10000] [--large 100000] [--changes 1000] [--rounds 5]

Both orgs are mirrored first (not adopted: the match index then holds the changed leads alone). In each round
the same number of leads is changed in both orgs by REST, then polled until nothing is left: rows into the
mirror, facts, match index. The quicker rounds count (median of the quicker half), in turns. What the org itself
takes to answer is shown apart.
"""

import argparse
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from itertools import islice
from pathlib import Path
from statistics import median

from pydantic import SecretStr

from connector.bootstrap import Connector, build
from connector.flows.fields import reading_order
from connector.ports.org import KeysetRequest, Row
from connector.settings import OrgSection, Settings
from tests.benchmarks.figures import Figure, show
from tests.benchmarks.practice import Place, practice_orgs

SIZES, FULL_SIZES = (10_000, 100_000), (10_000, 1_000_000)
CHANGES, ROUNDS = 1_000, 5
_SETTLED = 3.5  # seconds until a change is old enough to be read for good


class Mirrored:
    """One org with its mirror, and which leads are changed in it."""

    def __init__(self, connector: Connector, changes: int) -> None:
        self.connector = connector
        self.objects = reading_order(connector.mapping)
        self._round = 0
        with connector.store.reading() as view:
            asked = [version.id for version in islice(view.mirror.scan("Lead"), 2 * changes)]
        # some are converted or on legal hold: the org refuses to change those
        self.leads = [ident for ident, taken in self._write(asked) if taken][:changes]
        time.sleep(_SETTLED)
        self.poll()

    def change(self) -> None:
        """Other people move the leads to another town."""
        refused = [ident for ident, taken in self._write(self.leads) if not taken]
        if refused:
            raise RuntimeError(f"the org refused to change lead {refused[0]}, which it had changed before")

    def _write(self, leads: list[str]) -> Iterator[tuple[str, bool]]:
        self._round += 1
        rows = [Row(object="Lead", id=each, values={"City": f"Town {self._round}"}) for each in leads]
        for first in range(0, len(rows), 200):
            page = rows[first : first + 200]
            for row, answer in zip(page, self.connector.org.write(page), strict=True):
                yield row.id or "", answer.success

    def asked(self) -> float:
        """Seconds that the org takes for the one page of leads."""
        with self.connector.store.reading() as view:
            cursor = view.streams.get("Lead").cursor
        fields = self.connector.mapping.objects["Lead"]
        started = time.perf_counter()
        self.connector.org.since([KeysetRequest(object="Lead", fields=fields, after=cursor)])
        return time.perf_counter() - started

    def poll(self) -> tuple[int, float]:
        """(changes, seconds) until nothing is left."""
        changes, started = 0, time.perf_counter()
        while True:
            taken = self.connector.capture.poll(self.objects)
            changes += taken.changes
            if not taken.more:
                return changes, time.perf_counter() - started


@contextmanager
def mirrored(place: Place, folder: Path, changes: int) -> Iterator[Mirrored]:
    org = OrgSection(instance_url=place.url, access_token=SecretStr(place.token), api_share=1.0)
    connector = build(Settings(database=f"sqlite:///{folder}/{place.leads}.db", org=org))
    connector.capture.declare()
    for name in reading_order(connector.mapping):
        connector.capture.snapshot(name)
    connector.capture.declare()  # builds the links
    yield Mirrored(connector, changes)
    connector.store.close()


def measure(sizes: tuple[int, int], changes: int, rounds: int) -> list[Figure]:
    polls: tuple[list[float], list[float]] = ([], [])
    asks: tuple[list[float], list[float]] = ([], [])
    with ExitStack() as closing:
        folder = Path(closing.enter_context(tempfile.TemporaryDirectory()))
        places = closing.enter_context(practice_orgs(*sizes))
        both = [closing.enter_context(mirrored(place, folder, changes)) for place in places]
        for _ in range(rounds):
            for size, one in enumerate(both):
                one.change()
                time.sleep(_SETTLED)
                asks[size].append(one.asked())
                found, seconds = one.poll()
                if found != changes:
                    print(f"{sizes[size]:,} leads: {found} changes where {changes} were made")
                polls[size].append(seconds)
    small, large = (_typical(each) for each in polls)
    return [
        Figure(
            measure=f"incremental: {changes:,} changed of {sizes[1]:,} leads",
            figure=large,
            unit="s",
            against=f"the same of {sizes[0]:,}",
            other=small,
            ratio=large / small,
            at_most=1.3,
            note=f"of which the org's own answer: {_typical(asks[1]):.2f} s against {_typical(asks[0]):.2f} s",
        )
    ]


def _typical(seconds: list[float]) -> float:
    return median(sorted(seconds)[: len(seconds) // 2 + 1])


def run(*, full: bool) -> list[Figure]:
    """The figures for `make bench`."""
    return measure(FULL_SIZES if full else SIZES, CHANGES, ROUNDS)


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    options.add_argument("--small", type=int, default=SIZES[0])
    options.add_argument("--large", type=int, default=SIZES[1])
    options.add_argument("--changes", type=int, default=CHANGES)
    options.add_argument("--rounds", type=int, default=ROUNDS)
    chosen = options.parse_args()
    show(measure((chosen.small, chosen.large), chosen.changes, chosen.rounds), "Incremental")


if __name__ == "__main__":
    main()
