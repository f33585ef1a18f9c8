from collections.abc import Iterator

import psycopg
import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import text

from connector.canonical.ids import OrgId
from connector.store import SchemaMissing, open_store
from connector.store.schema import METADATA

ORG = OrgId("00D000000000001")


@pytest.fixture
def empty_url(url: str) -> Iterator[str]:
    """An empty database."""
    if url.startswith("sqlite"):
        yield url
        return
    with psycopg.connect(url, autocommit=True) as raw:
        raw.execute("CREATE DATABASE empty")
        yield url.replace("/postgres?", "/empty?")
        raw.execute("DROP DATABASE empty WITH (FORCE)")


def test_the_revisions_make_the_tables_that_the_code_knows(empty_url: str) -> None:
    store = open_store(empty_url, ORG)
    with store._engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), METADATA) == []
    store.close()


def test_opening_without_migrating_asks_for_an_upgrade(empty_url: str) -> None:
    with pytest.raises(SchemaMissing, match="connector upgrade"):
        open_store(empty_url, ORG, migrate=False)
    open_store(empty_url, ORG).close()
    open_store(empty_url, ORG, migrate=False).close()


def test_a_schema_newer_than_ours_is_left_alone(empty_url: str) -> None:
    """Versions N and N-1 run on one schema."""
    store = open_store(empty_url, ORG)
    with store._engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    store.close()
    for migrate in (True, False):
        open_store(empty_url, ORG, migrate=migrate).close()
