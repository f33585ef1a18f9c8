"""A compiled query: its SQL, and the rows or records it yields one after another."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from connector.practice.org.results import ApiError
from connector.practice.schema.definition import FieldDef, ObjectDef
from connector.practice.soql import functions
from connector.practice.soql.shapes import Json, Record, Summary

_CHUNK = 200
_LARGEST_AGGREGATE = 2000


@dataclass(frozen=True, kw_only=True)
class OutputColumn:
    """One column of the flat result: its header (`Owner.Name`, `expr0`) and the field whose type it has."""

    name: str
    field: FieldDef


@dataclass(frozen=True, kw_only=True)
class Children:
    """A child sub-query. `key` is the child relationship; the SQL's first column is the parent's id."""

    key: str
    query: CompiledQuery
    limit: int | None
    offset: int


@dataclass(frozen=True, kw_only=True)
class CompiledQuery:
    """What `compile_query` returns.

    `kind` is `records`, `aggregate` (rows are AggregateResults) or `count` (`COUNT()`, no records).
    `unfit_for_bulk` says why Bulk 2.0 would refuse it, None when it would not; `parameters` fill the SQL.
    """

    object: ObjectDef
    kind: Literal["records", "aggregate", "count"]
    columns: tuple[OutputColumn, ...]
    sql: str
    flat_sql: str
    count_sql: str
    parameters: tuple[Any, ...]
    shape: Record | Summary | None
    children: tuple[Children, ...] = ()
    metadata: tuple[Json, ...] = ()
    grouped: bool = False
    id_selected: bool = False
    wide: bool = False
    unfit_for_bulk: str | None = None

    def rows(self, connection: sqlite3.Connection, *, offset: int = 0) -> Iterator[tuple[Any, ...]]:
        """Yield flat tuples of storage values in the order of `columns`, streamed from the table.

        Datetimes are `…000Z` and booleans 0/1, as stored. Compound fields and sub-queries have no flat form.
        """
        cursor = _run(connection, self.flat_sql, self.parameters)
        for _ in range(offset):
            if cursor.fetchone() is None:
                return
        while batch := cursor.fetchmany(_CHUNK):
            yield from batch

    def records(self, connection: sqlite3.Connection, base: str, *, offset: int = 0) -> Iterator[Json]:
        """Yield JSON records, as the REST API nests and types them; `base` is `/services/data/v60.0`."""
        shape = self.shape
        if shape is None:
            return
        cursor = _run(connection, self.sql, self.parameters)
        for _ in range(offset):
            if cursor.fetchone() is None:
                return
        while batch := cursor.fetchmany(_CHUNK):
            built = [shape.value(row, base) or {} for row in batch]
            if self.children and isinstance(shape, Record):
                ids = [row[shape.id_index] for row in batch]
                for child in self.children:
                    _attach(connection, child, ids, built, base)
            yield from built

    def total(self, connection: sqlite3.Connection) -> int:
        """Return how many rows the query finds: what `totalSize` says."""
        return int(_run(connection, self.count_sql, self.parameters).fetchone()[0])

    @property
    def levels(self) -> int:
        """How many levels of child sub-queries stand below the queried object."""
        return max((1 + child.query.levels for child in self.children), default=0)

    def check_aggregate(self, size: int) -> None:
        """Refuse a grouped result too large for one page, which the service cannot page through."""
        if self.kind == "aggregate" and size > _LARGEST_AGGREGATE:
            raise ApiError(
                400,
                "EXCEEDED_ID_LIMIT",
                "Aggregate query does not support queryMore(), use LIMIT to restrict the results to a "
                "single batch",
            )


def _run(connection: sqlite3.Connection, sql: str, parameters: Sequence[Any]) -> sqlite3.Cursor:
    functions.add_functions(connection, sql)
    return connection.execute(sql, parameters)


def _attach(
    connection: sqlite3.Connection, child: Children, ids: Sequence[str], built: Sequence[Json], base: str
) -> None:
    """Read the children of one chunk of parents in one statement and hang them under their parents."""
    by_parent: dict[str, list[Json]] = {}
    seen: dict[str, int] = {}
    own: list[tuple[str, Json]] = []
    shape = child.query.shape
    sql = child.query.sql.replace("/*parents*/", ",".join("?" * len(ids)))
    for row in _run(connection, sql, (*ids, *child.query.parameters)):
        parent = row[0]
        seen[parent] = seen.get(parent, 0) + 1
        kept = by_parent.setdefault(parent, [])
        if seen[parent] <= child.offset or (child.limit is not None and len(kept) >= child.limit):
            continue
        if isinstance(shape, Record):
            record = shape.value(row, base) or {}
            kept.append(record)
            own.append((row[shape.id_index], record))
    for start in range(0, len(own), _CHUNK):
        some = own[start : start + _CHUNK]
        for inner in child.query.children:
            _attach(connection, inner, [each for each, _ in some], [each for _, each in some], base)
    for parent_id, record in zip(ids, built, strict=True):
        found = by_parent.get(parent_id)
        record[child.key] = {"totalSize": len(found), "done": True, "records": found} if found else None
