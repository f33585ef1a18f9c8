"""SOQL text, built in one place, so that no value ever becomes syntax.

Conditions are plain strings made by the functions here; `select` joins them. Field and object names are
checked, values are quoted.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from urllib.parse import quote_plus

from connector.ports.org import Cursor

Value = str | bool | int | Decimal | datetime | date | None

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]*(\.[A-Za-z][A-Za-z0-9_]*)*")
_STAMP = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")
_ESCAPES = str.maketrans(
    {
        "\\": "\\\\",
        "'": "\\'",
        '"': '\\"',
        "\n": "\\n",
        "\r": "\\r",
        "\t": "\\t",
        "\b": "\\b",
        "\f": "\\f",
    }
)


def quote(value: Value) -> str:
    """A value as a SOQL literal: text escaped and in quotes, instants in UTC, None as null.

    Raises ValueError for a naive datetime and for a number that has no decimal form.
    """
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return f"'{value.translate(_ESCAPES)}'"
    if isinstance(value, datetime):
        return instant(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal) and not value.is_finite():
        raise ValueError(f"{value} has no SOQL literal")
    return f"{value:f}" if isinstance(value, Decimal) else str(value)


def instant(value: datetime | str) -> str:
    """A datetime literal, from an aware datetime or from canonical text; milliseconds kept."""
    if isinstance(value, str):
        if not _STAMP.fullmatch(value):
            raise ValueError(f"{value!r} is not an instant: expected YYYY-MM-DDTHH:MM:SS.mmmZ")
        return value
    if value.tzinfo is None:
        raise ValueError(f"{value} has no time zone")
    return value.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def name(text: str) -> str:
    """A field or object name, `Owner.Name` included; raises ValueError for anything else."""
    if not _NAME.fullmatch(text):
        raise ValueError(f"{text!r} is not the name of a field or object")
    return text


def equals(field: str, value: Value) -> str:
    return f"{name(field)} = {quote(value)}"


def differs(field: str, value: Value) -> str:
    return f"{name(field)} != {quote(value)}"


def is_in(field: str, values: Iterable[Value]) -> str:
    """Membership; raises ValueError when there is nothing to be in, which SOQL cannot say."""
    literals = [quote(value) for value in values]
    if not literals:
        raise ValueError(f"{field} IN () is not SOQL: ask nothing instead")
    return f"{name(field)} IN ({','.join(literals)})"


def in_parts(field: str, values: Iterable[Value], most: int) -> Iterator[str]:
    """Membership in a list of any length: conditions whose values take at most so many characters of an address."""
    some: list[Value] = []
    length = 0
    for value in values:
        size = len(quote_plus(quote(value) + ","))
        if some and length + size > most:
            yield is_in(field, some)
            some, length = [], 0
        some.append(value)
        length += size
    if some:
        yield is_in(field, some)


def all_of(*conditions: str | None) -> str | None:
    """Conditions joined by AND, each in parentheses; None ones are left out."""
    return _joined(" AND ", conditions)


def any_of(*conditions: str | None) -> str | None:
    return _joined(" OR ", conditions)


def _joined(word: str, conditions: Sequence[str | None]) -> str | None:
    given = [condition for condition in conditions if condition]
    if len(given) < 2:
        return given[0] if given else None
    return word.join(f"({condition})" for condition in given)


def behind(cursor: Cursor, stamp_field: str = "SystemModstamp") -> str:
    """Rows strictly behind a keyset position. `>` on the stamp alone loses rows that share it."""
    stamp, field = instant(cursor.stamp), name(stamp_field)
    return f"{field} > {stamp} OR ({field} = {stamp} AND Id > {quote(cursor.id)})"


def select(
    fields: Sequence[str],
    source: str,
    *,
    where: str | None = None,
    order_by: Sequence[str] = (),
    limit: int | None = None,
) -> str:
    """The whole statement. `fields` may hold `COUNT()`; everything else in it must be a name."""
    columns = ", ".join(field if field == "COUNT()" else name(field) for field in fields)
    parts = [f"SELECT {columns} FROM {name(source)}"]  # noqa: S608  (names are checked, values quoted)
    if where:
        parts.append(f"WHERE {where}")
    if order_by:
        parts.append(f"ORDER BY {', '.join(name(field) for field in order_by)}")
    if limit is not None:
        parts.append(f"LIMIT {limit:d}")
    return " ".join(parts)
