"""An org in memory, its people and a connector over them, as fixtures: a `conftest.py` imports those it wants."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.org import MemoryOrg
from tests.support.process import Cast, Process, mapped, small_channel


@pytest.fixture
def org() -> MemoryOrg:
    return MemoryOrg(mapped())


@pytest.fixture
def people(org: MemoryOrg) -> Cast:
    return small_channel(org)


@pytest.fixture
def process(org: MemoryOrg, people: Cast, tmp_path: Path) -> Iterator[Process]:
    """The connector over a small programme; `begin` mirrors and adopts it."""
    running = Process(org, tmp_path)
    yield running
    running.stop()
