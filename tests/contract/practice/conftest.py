"""Running practice orgs, shared by every contract test: one empty, one with the seeded programme."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from connector.practice.server import Running, ServeOptions, start_in_thread
from tests.contract.practice.client import Client


@pytest.fixture(scope="session")
def empty_org() -> Iterator[Running]:
    """A server whose org holds no business records but what tests create."""
    running = start_in_thread(ServeOptions(empty=True))
    yield running
    running.stop()


@pytest.fixture(scope="session")
def seeded_org() -> Iterator[Running]:
    """A server with the seeded programme; tests only read it."""
    running = start_in_thread(ServeOptions(leads=300))
    yield running
    running.stop()


@pytest.fixture
def client(empty_org: Running) -> Iterator[Client]:
    """The integration user of the empty org. Faults left over are cleared."""
    made = Client(empty_org)
    yield made
    made.delete("/practice/faults")
    made.session.close()


@pytest.fixture
def seeded(seeded_org: Running) -> Iterator[Client]:
    """The integration user of the seeded org."""
    made = Client(seeded_org)
    yield made
    made.session.close()
