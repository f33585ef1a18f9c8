"""How many leads a second are read from a row of the mirror, beside the same lead validated by its model.

python -m tests.benchmarks mapping_read

Reading builds records without validation (`tests/unit/mapping/test_read.py` shows that both are equal); the peer
is what validation of the finished values alone would take, without any reading.
"""

from collections.abc import Callable
from time import perf_counter

from connector.canonical.kind import Kind
from connector.canonical.records import Lead
from tests.benchmarks.figures import Figure
from tests.unit.mapping.org import compiled, row

LEAD, USER = "00Q000000000001AAA", "005000000000001AAA"
ROUNDS = 5


def run(*, full: bool = False) -> list[Figure]:
    """Leads read a second, and the ratio against pydantic's own validation of the same values."""
    count = 50_000 if full else 10_000
    mapping = compiled()
    values = dict.fromkeys(mapping.objects["Lead"]) | row(LEAD, Company="A", OwnerId=USER, Status="New")
    read = mapping.read(Kind.LEAD, values, {})
    if not isinstance(read, Lead):
        raise TypeError(f"a lead was expected of the row, and came as {read!r}")
    plain = read.model_dump()
    ours = _best(lambda: mapping.read(Kind.LEAD, values, {}), count)
    peer = _best(lambda: Lead.model_validate(plain), count)
    return [
        Figure(
            measure="rows read as leads",
            figure=ours,
            unit="leads/s",
            against="pydantic's validation of the same values",
            other=peer,
            ratio=ours / peer,
        )
    ]


def _best(made: Callable[[], object], count: int) -> float:
    """The most in a second of some rounds: what other work on the machine took is not ours."""
    rates = []
    for _ in range(ROUNDS):
        began = perf_counter()
        for _ in range(count):
            made()
        rates.append(count / (perf_counter() - began))
    return max(rates)
