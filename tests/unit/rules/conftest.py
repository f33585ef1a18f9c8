"""Whatever a test here has judged is held to the ledger beside it."""

from collections.abc import Iterator

import pytest

from tests.scenarios.heard import listening


@pytest.fixture(autouse=True)
def heard(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    yield from listening(request, monkeypatch)
