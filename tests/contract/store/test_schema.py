from collections.abc import Iterator

import psycopg
import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import text

from connector.canonical.fact import FactKind
from connector.canonical.ids import OrgId
from connector.store import SchemaMissing, open_store
from connector.store.schema import METADATA
from tests.contract.store.synthetic import claimed, lead_id

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


def test_facts_kept_before_names_were_are_found_after_the_upgrade(empty_url: str) -> None:
    merged = claimed(1).model_copy(update={"kind": FactKind.MERGED, "value": lead_id(2)})
    before = [claimed(number) for number in range(3, 9)]
    store = open_store(empty_url, ORG)
    with store.transaction() as tx:
        tx.facts.add([merged, *before])
    with store._engine.begin() as connection:
        connection.execute(text("DROP TABLE fact_name"))
        connection.execute(text("UPDATE alembic_version SET version_num = '0002'"))
    store.close()
    store = open_store(empty_url, ORG)
    with store.reading() as view:
        assert [list(view.facts.naming([lead_id(number)])) for number in (1, 2)] == [[merged], [merged]]
        assert list(view.facts.naming([before[0].record])) == [before[0]]
        assert view.facts.naming([before[0].value]) == []
    store.close()
