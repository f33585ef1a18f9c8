"""How long one record's facts take to be found among many: what `connector explain`'s timeline asks of the store.

python -m tests.benchmarks.explain [--facts 50000]

The peer is what the store did before it kept names: a pass over the text of all facts. It is run once, in the same
store. How long settling takes to keep the names beside the facts is part of `settle_rate`.
"""

import argparse
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from statistics import median

from sqlalchemy import text

from connector.canonical.fact import Fact, FactKind
from connector.canonical.ids import OrgId
from connector.store import SqlStore, open_store
from tests.benchmarks.figures import Figure, show
from tests.contract.store.synthetic import claimed, lead_id, user_id

ORG = OrgId("00D000000000001EAA")
FACTS, FULL_FACTS = 50_000, 1_000_000
_PAGE = 10_000
_EACH = 10  # facts of one lead
_ASKED = 50


def history(facts: int) -> Iterator[Fact]:
    """Ten claims and releases of each lead; one lead in ten was merged into the next."""
    leads = facts // _EACH
    for number in range(facts):
        lead, turn = number % leads, number // leads
        if turn == _EACH - 1 and lead % 10 == 0:
            yield claimed(lead, number, kind=FactKind.MERGED, value=lead_id(lead + 1))
        else:
            kind = FactKind.RELEASED if turn % 2 else FactKind.CLAIMED
            yield claimed(lead, number, kind=kind, value=user_id(number % 300))


def filled(store: SqlStore, facts: int) -> float:
    """Keep the history, as settled; the seconds that it took."""
    made, started = list(history(facts)), time.perf_counter()
    for first in range(0, facts, _PAGE):
        with store.transaction() as tx:
            tx.facts.settle(made[first : first + _PAGE])
    return time.perf_counter() - started


def looked_up(store: SqlStore, facts: int) -> tuple[list[float], float]:
    """Seconds of each look-up of one lead's facts, and of one pass over all facts for it."""
    leads = facts // _EACH
    times: list[float] = []
    with store.reading() as view:
        for each in range(_ASKED):
            started = time.perf_counter()
            found = view.facts.naming([lead_id(each * 7919 % leads)])
            times.append(time.perf_counter() - started)
            if not _EACH <= len(found) <= _EACH + 1:
                raise RuntimeError(f"{len(found)} facts were found where {_EACH} were kept")
    with store._engine.connect() as connection:
        started = time.perf_counter()
        passed = text("SELECT count(*) FROM fact WHERE body LIKE :name")
        connection.execute(passed, {"name": f"%{lead_id(leads // 2)}%"}).scalar_one()
        return times, time.perf_counter() - started


def measure(facts: int) -> list[Figure]:
    with tempfile.TemporaryDirectory() as folder:
        store = open_store(f"sqlite:///{Path(folder) / 'facts.db'}", ORG)
        kept = filled(store, facts)
        times, passed = looked_up(store, facts)
        store.close()
    middle = median(times)
    return [
        Figure(
            measure=f"explain: one record's facts among {facts:,}",
            figure=middle * 1e3,
            unit="ms",
            against="a pass over all facts",
            other=passed * 1e3,
            ratio=passed / middle,
            at_least=10.0,
            note=f"slowest of {_ASKED}: {max(times) * 1e3:.1f} ms; facts kept with their names: {facts / kept:,.0f}/s",
        )
    ]


def run(*, full: bool) -> list[Figure]:
    """The figures for `make bench`."""
    return measure(FULL_FACTS if full else FACTS)


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    options.add_argument("--facts", type=int, default=FACTS)
    show(measure(options.parse_args().facts), "Explain")


if __name__ == "__main__":
    main()
