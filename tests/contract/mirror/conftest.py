"""One empty practice org for each module of these tests, and mirrors of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from connector.practice.server import ServeOptions, start_in_thread
from tests.contract.mirror.ground import TRAPS, Org, Twin, twin
from tests.contract.mirror.installation import Installation


@pytest.fixture(scope="module")
def served() -> Iterator[Org]:
    running = start_in_thread(ServeOptions(empty=True, schema=(TRAPS,)))
    yield Org(running)
    running.stop()


@pytest.fixture
def org(served: Org) -> Iterator[Org]:
    yield served
    served.calm()


@pytest.fixture
def mirror(org: Org, tmp_path: Path) -> Iterator[Callable[..., Twin]]:
    """Makes a mirror of some objects, `name` its database's."""
    with ExitStack() as closing:

        def make(*objects: str, **settings: Any) -> Twin:
            return closing.enter_context(twin(org, tmp_path, *objects, **settings))

        yield make


@pytest.fixture
def installation(org: Org, tmp_path: Path) -> Iterator[Installation]:
    made = Installation(org, tmp_path)
    yield made
    made.stop()
