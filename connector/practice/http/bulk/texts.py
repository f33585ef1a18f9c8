"""Storage values to the texts of Bulk CSV, done in SQL so that a million rows cost no Python call each."""

from __future__ import annotations

import math
import sqlite3
from collections.abc import Iterator, Sequence

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
    exponent = math.floor(math.log10(size))
    digits, _, written = f"{number!r}".partition("e")
    if not written:
        digits = repr(number / 10**exponent) if exponent < 0 else _shifted(digits, exponent)
    else:
        exponent = int(written)
    if "." not in digits:
        digits += ".0"
    return f"{digits}E{exponent}"


def _shifted(digits: str, exponent: int) -> str:
    """Move the decimal point of a plain number left by `exponent`, dropping zeros that say nothing."""
    sign = "-" if digits.startswith("-") else ""
    whole, _, fraction = digits.lstrip("-").partition(".")
    every = whole + fraction
    first, rest = every[: len(whole) - exponent], every[len(whole) - exponent :].rstrip("0")
    return f"{sign}{first}.{rest or '0'}"
