"""Rows as lines of Bulk CSV, made inside SQLite so that a million rows cost next to no Python."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from decimal import Decimal

from connector.practice.http.bulk.dialect import Dialect
from connector.practice.schema.definition import FieldDef
from connector.practice.soql.compiled import CompiledQuery
from connector.practice.soql.functions import add_functions

_BLOCK = 4096
_FLOATS = frozenset({"double", "currency", "percent"})
# SQLite takes at most 127 arguments in one function call.
_PER_CALL = 100


def line_blocks(
    query: CompiledQuery, connection: sqlite3.Connection, dialect: Dialect
) -> Iterator[list[bytes]]:
    """Yield the query's rows as finished lines, a block at a time.

    Every value stands in quotes, quotes doubled; nulls are empty, booleans words, numbers as the service
    writes them.
    """
    connection.create_function("java_double", 1, java_double, deterministic=True)
    names = [f"c{index}" for index in range(len(query.columns))]
    cells = [_cell(name, column.field) for name, column in zip(names, query.columns, strict=True)]
    line = _line(cells, dialect)
    sql = f"WITH r({','.join(names)}) AS ({query.flat_sql}) SELECT CAST({line} AS BLOB) FROM r"  # noqa: S608
    add_functions(connection, sql)
    cursor = connection.execute(sql, query.parameters)
    while block := cursor.fetchmany(_BLOCK):
        yield [row[0] for row in block]


def _line(cells: list[tuple[str, str]], dialect: Dialect) -> str:
    """An SQL expression for one line. `%w` doubles the quotes of its argument, `%s` takes it as it is."""
    calls = []
    for start in range(0, len(cells), _PER_CALL):
        part = cells[start : start + _PER_CALL]
        last = start + _PER_CALL >= len(cells)
        shape = dialect.delimiter.join(f'"{mark}"' for mark, _ in part)
        shape += dialect.ending if last else dialect.delimiter
        calls.append(f"format('{shape}',{','.join(text for _, text in part)})")
    return "||".join(calls)


def _cell(name: str, field: FieldDef) -> tuple[str, str]:
    """The format mark and the SQL text of one cell."""
    if field.type == "boolean":
        return "%s", f"CASE {name} WHEN 1 THEN 'true' WHEN 0 THEN 'false' ELSE '' END"
    if field.type in _FLOATS:
        # Most numbers look the same in SQLite and in Java; only the others are worth a call.
        plain = f"({name} = 0 OR (abs({name}) >= 1e-3 AND abs({name}) < 1e7))"
        number = f"CASE WHEN {plain} THEN CAST({name} AS REAL) ELSE java_double({name}) END"
        return "%s", f"ifnull({number},'')"
    if field.type == "int":
        return "%s", f"ifnull(CAST({name} AS INTEGER),'')"
    return "%w", f"ifnull({name},'')"


def java_double(value: float | None) -> str | None:
    """A number as Java's `Double.toString` writes it: `35000.0`, but `1.39E8` from ten million up."""
    if value is None:
        return None
    number = float(value)
    size = abs(number)
    if number == 0 or 1e-3 <= size < 1e7:
        return repr(number)
    exact = Decimal(repr(number)).normalize()
    digits = "".join(map(str, exact.as_tuple().digits))
    sign = "-" if number < 0 else ""
    return f"{sign}{digits[0]}.{digits[1:] or '0'}E{exact.adjusted()}"
