"""Upserts and look-ups of ordinary size, alike on both databases.

Statements that settling runs for every fact are built once, at import: building one costs SQLAlchemy five times as
much as running it.
"""

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import Any, TypeVar

from sqlalchemy import Connection, Insert, Table
from sqlalchemy.dialects import postgresql, sqlite

T = TypeVar("T")

_MOST_PARAMETERS = 5000


def upsert(connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert, or replace by primary key."""
    if not rows:
        return
    statement = _upsert(table, tuple(rows[0]), connection.dialect.name)
    connection.execute(statement, [dict(row) for row in rows])


@cache  # building a statement costs five times as much as running it
def _upsert(table: Table, names: tuple[str, ...], dialect: str) -> Insert:
    keys = [column.name for column in table.primary_key.columns]
    moved = [name for name in names if name not in keys]
    statement = (postgresql.insert if dialect == "postgresql" else sqlite.insert)(table)
    if moved:
        return statement.on_conflict_do_update(
            index_elements=keys, set_={name: statement.excluded[name] for name in moved}
        )
    return statement.on_conflict_do_nothing(index_elements=keys)


def chunks(values: Sequence[T]) -> Iterator[Sequence[T]]:
    """Slices that fit into one statement's parameters."""
    return (values[start : start + _MOST_PARAMETERS] for start in range(0, len(values), _MOST_PARAMETERS))
