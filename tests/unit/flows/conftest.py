"""An org in memory, its people and a connector over them; and a store of its own for each test."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from connector.store import SqlStore, open_store
from tests.contract.store.stores import fresh_org
from tests.support.fixtures import org, people, process

__all__ = ["org", "people", "process", "store"]


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqlStore]:
    opened = open_store(f"sqlite:///{tmp_path}/connector.db", fresh_org())
    yield opened
    opened.close()
