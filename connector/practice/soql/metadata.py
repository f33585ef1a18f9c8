"""The `columnMetadata` of `&columns=true`, which the `sf` command line asks for before it prints a table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from connector.practice.schema.definition import FieldDef

_APEX = {
    "id": "Id",
    "reference": "Id",
    "boolean": "Boolean",
    "int": "Integer",
    "double": "Decimal",
    "currency": "Decimal",
    "percent": "Decimal",
    "date": "Date",
    "datetime": "Datetime",
    "time": "Time",
    "address": "Address",
}


@dataclass(frozen=True)
class Entry:
    """One selected column: its path and its field; a field of None stands for a parent record as a whole."""

    path: tuple[str, ...]
    field: FieldDef | None
    aggregate: bool = False
    children: tuple[Entry, ...] = ()


def column_metadata(entries: Sequence[Entry]) -> list[dict[str, Any]]:
    """Return one entry per top-level column; parents and sub-queries carry theirs in `joinColumns`."""
    out: list[dict[str, Any]] = []
    parents: dict[str, tuple[dict[str, Any], list[Entry]]] = {}
    for entry in entries:
        head, *rest = entry.path
        if rest:
            if head not in parents:
                parents[head] = (_column(head, None), [])
                out.append(parents[head][0])
            parents[head][1].append(Entry(tuple(rest), entry.field))
            continue
        column = _column(head, entry.field, aggregate=entry.aggregate or bool(entry.children))
        column["joinColumns"] = column_metadata(entry.children)
        out.append(column)
    for column, inner in parents.values():
        column["joinColumns"] = column_metadata(inner)
    return out


def _column(name: str, field: FieldDef | None, *, aggregate: bool = False) -> dict[str, Any]:
    apex = _APEX.get(field.type, "String") if field else None
    return {
        "aggregate": aggregate,
        "apexType": apex,
        "booleanType": apex == "Boolean",
        "columnName": name,
        "custom": bool(field and field.custom),
        "displayName": name,
        "foreignKeyName": None,
        "insertable": bool(field and field.createable),
        "joinColumns": [],
        "numberType": apex in {"Integer", "Decimal"},
        "textType": apex == "String",
        "updatable": bool(field and field.updateable),
    }
