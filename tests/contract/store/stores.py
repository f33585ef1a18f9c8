"""Opening a fresh store for one test: an SQLite file, or an org of its own in one running PostgreSQL."""

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from itertools import count

import pytest

from connector.canonical.ids import OrgId, record_id
from connector.store import SqlStore, open_store
from tests.contract.store.postgres import NoPostgres, running_postgres

_numbers = count(1)

Open = Callable[[], SqlStore]


def fresh_org() -> OrgId:
    return OrgId(record_id(f"00D{next(_numbers):012}"))


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    with ExitStack() as stack:
        try:
            url = stack.enter_context(running_postgres())
        except NoPostgres as fault:
            if os.environ.get("CI", "").casefold() == "true":  # there a skip would hide half of the contract
                pytest.fail(f"CI runs every store on PostgreSQL too, but {fault}")
            pytest.skip(str(fault))
        yield url


@pytest.fixture(params=["sqlite", "postgres"])
def url(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The address of a database; the PostgreSQL one is shared, so tests keep apart by org."""
    if request.param == "postgres":
        return str(request.getfixturevalue("postgres_url"))
    return f"sqlite:///{tmp_path_factory.mktemp('store')}/connector.db"


@pytest.fixture
def org() -> OrgId:
    return fresh_org()


@pytest.fixture
def another(url: str, org: OrgId) -> Iterator[Open]:
    """Opens the same org's store once more, as another process would."""
    with ExitStack() as stack:

        def opened() -> SqlStore:
            store = open_store(url, org)
            stack.callback(store.close)
            return store

        yield opened


@pytest.fixture
def store(another: Open) -> SqlStore:
    return another()
