"""The columns of an upload: which field each one fills, and how its text becomes a value."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from connector.practice.clock import stamp_of
from connector.practice.org import Org, SaveError, User
from connector.practice.schema.definition import FieldDef, ObjectDef

NULL = "#N/A"
_NUMBERS = frozenset({"double", "currency", "percent"})
_TRUE = frozenset({"true", "1"})
_FALSE = frozenset({"false", "0"})
_OFFSET = re.compile(r"([+-]\d{2})(\d{2})$")


class UnknownColumnError(Exception):
    """The header names no field: the whole job fails, with these words."""

    def __init__(self, name: str) -> None:
        super().__init__(f"InvalidBatch : Field name not found : {name}")


class BadCellError(Exception):
    """A cell that is no value of its field: its row fails."""

    def __init__(self, error: SaveError) -> None:
        super().__init__(error.message)
        self.error = error


@dataclass(frozen=True, kw_only=True)
class Column:
    """One column. With `parent` and `key`, its texts are external ids of rows of `parent`."""

    field: FieldDef
    parent: ObjectDef | None = None
    key: FieldDef | None = None

    def value(self, text: str, connection: sqlite3.Connection) -> Any:
        """The value of a cell that is not empty; raises `BadCellError`."""
        if text == NULL:
            return None
        if self.parent is not None and self.key is not None:
            return self._looked_up(text, connection, self.parent, self.key)
        return value_of(self.field, text)

    def _looked_up(self, text: str, connection: sqlite3.Connection, parent: ObjectDef, key: FieldDef) -> str:
        # Names come from the schema, never from the upload.
        sql = f'SELECT Id FROM "{parent.name}" WHERE "{key.name}" = ? AND IsDeleted = 0 LIMIT 1'  # noqa: S608
        found = connection.execute(sql, (text,)).fetchone()
        if found is None:
            message = (
                f"Foreign key external ID: {text} not found for field {key.name} in entity {parent.name}"
            )
            raise BadCellError(SaveError(status_code="INVALID_FIELD", message=message))
        return str(found[0])


def columns_of(org: Org, definition: ObjectDef, header: Sequence[str], user: User) -> list[Column]:
    """The columns of a header; `UnknownColumnError` for the first that is no field the user may see."""
    return [_column_of(org, definition, name, user) for name in header]


def _column_of(org: Org, definition: ObjectDef, name: str, user: User) -> Column:
    relationship, dot, key_name = name.partition(".")
    if dot:
        found = org.schema.parent(definition.name, relationship)
        key = found[1][0].field(key_name) if found and found[1] else None
        if found is None or key is None or not (key.external_id or key.id_lookup):
            raise UnknownColumnError(name)
        return Column(field=found[0], parent=found[1][0], key=key)
    field = definition.field(name)
    if field is None or not field.stored or not user.access.reads(definition, field):
        raise UnknownColumnError(name)
    return Column(field=field)


def value_of(field: FieldDef, text: str) -> Any:
    """A text as the field's value, in the form in which the org saves it."""
    try:
        return _parsed(field, text)
    except ValueError as fault:
        raise BadCellError(
            SaveError(
                status_code="INVALID_TYPE_ON_FIELD_IN_RECORD",
                message=f"{field.label}: value not of required type: {text}",
                fields=(field.name,),
            )
        ) from fault


def _parsed(field: FieldDef, text: str) -> Any:
    if field.type == "boolean":
        word = text.strip().lower()
        if word not in _TRUE | _FALSE:
            raise ValueError(text)
        return word in _TRUE
    if field.type == "int":
        return int(float(text))
    if field.type in _NUMBERS:
        return float(text)
    if field.type == "date":
        return text[:10]
    if field.type == "datetime":
        instant = datetime.fromisoformat(_OFFSET.sub(r"\1:\2", text.strip()))
        return (
            stamp_of(instant) if instant.tzinfo else stamp_of(datetime.fromisoformat(text.strip() + "+00:00"))
        )
    return text
