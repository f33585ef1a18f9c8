"""Storage values to the texts of Bulk CSV, done in SQL so that a million rows cost no Python call each."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from decimal import Decimal

from connector.practice.schema.definition import FieldDef
from connector.practice.soql.compiled import CompiledQuery

_BLOCK = 2000
_FLOATS = frozenset({"double", "currency", "percent"})


def text_rows(query: CompiledQuery, connection: sqlite3.Connection) -> Iterator[Sequence[str]]:
    """Yield the query's rows as texts: nulls empty, booleans as words, numbers as the service has them."""
    connection.create_function("java_double", 1, java_double, deterministic=True)
    names = [f"c{index}" for index in range(len(query.columns))]
    shown = ",".join(_text_of(name, column.field) for name, column in zip(names, query.columns, strict=True))
    sql = f"WITH r({','.join(names)}) AS ({query.flat_sql}) SELECT {shown} FROM r"  # noqa: S608 - our own names
    cursor = connection.execute(sql, query.parameters)
    while block := cursor.fetchmany(_BLOCK):
        yield from block


def _text_of(name: str, field: FieldDef) -> str:
    if field.type == "boolean":
        return f"CASE {name} WHEN 1 THEN 'true' WHEN 0 THEN 'false' ELSE '' END"
    if field.type in _FLOATS:
        return f"ifnull(java_double({name}),'')"
    if field.type == "int":
        return f"ifnull(CAST(CAST({name} AS INTEGER) AS TEXT),'')"
    return f"ifnull(CAST({name} AS TEXT),'')"


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
