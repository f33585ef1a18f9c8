"""The columns of an upload: which field each one fills."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from connector.practice.org import User
from connector.practice.schema import ObjectDef, Schema

NULL = "#N/A"


class UnknownColumnError(Exception):
    """The header names no field: the whole job fails, with these words."""

    def __init__(self, name: str) -> None:
        super().__init__(f"InvalidBatch : Field name not found : {name}")


@dataclass(frozen=True, kw_only=True)
class Column:
    """One column. With `relationship`, its texts are values of the parent's external id field `key`."""

    field: str
    relationship: str | None = None
    key: str = ""

    def entry(self, text: str) -> tuple[str, Any]:
        """Name and value of a cell that is not empty, as the org takes them."""
        if text == NULL:
            return self.field, None
        if self.relationship is not None:
            return self.relationship, {self.key: text}
        return self.field, text


def columns_of(schema: Schema, definition: ObjectDef, header: Sequence[str], user: User) -> list[Column]:
    """The columns of a header; `UnknownColumnError` for the first that is no field the user may see."""
    return [_column_of(schema, definition, name, user) for name in header]


def _column_of(schema: Schema, definition: ObjectDef, name: str, user: User) -> Column:
    relationship, dot, key_name = name.partition(".")
    if dot:
        found = schema.parent(definition.name, relationship)
        keys = [parent.field(key_name) for parent in found[1]] if found else []
        key = next((each for each in keys if each and (each.external_id or each.id_lookup)), None)
        if found is None or key is None:
            raise UnknownColumnError(name)
        return Column(field=found[0].name, relationship=relationship, key=key.name)
    field = definition.field(name)
    if field is None or not field.stored or not user.access.reads(definition, field):
        raise UnknownColumnError(name)
    return Column(field=field.name)
