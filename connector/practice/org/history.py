"""Field history: what tracked fields held before and after, one row each, owners and look-ups two."""

from __future__ import annotations

from typing import Any

from connector.practice.org.transaction import Row, Transaction
from connector.practice.schema import FieldDef, ObjectDef

_TYPES = {
    "picklist": "Picklist",
    "datetime": "DateTime",
    "date": "DateOnly",
    "boolean": "Boolean",
    "currency": "Currency",
    "double": "Double",
    "int": "Double",
    "percent": "Percent",
    "phone": "Phone",
    "email": "Email",
    "url": "Url",
    "multipicklist": "MultiEnum",
    "textarea": "StringPlusClob",
}
LONG = 255  # documented: longer texts are tracked as changed, without their values


def note_creation(tx: Transaction, definition: ObjectDef, row: Row) -> None:
    """The `created` row."""
    if definition.history_object and definition.history_tracked:
        _write(tx, definition, row["Id"], "created")


def note_changes(tx: Transaction, definition: ObjectDef, row: Row, prior: Row) -> None:
    """Rows for every tracked field that differs, in describe order."""
    if not definition.history_object:
        return
    for name in definition.fields:
        if name not in definition.history_tracked or row.get(name) == prior.get(name):
            continue
        field = definition.fields[name]
        label = _label(field)
        before, after = prior.get(name), row.get(name)
        if field.type == "reference":
            _write(tx, definition, row["Id"], label, values=(_name_of(tx, before), _name_of(tx, after)))
            _write(tx, definition, row["Id"], label, kind="EntityId", values=(before, after))
        elif field.length > LONG and field.type == "textarea":
            _write(tx, definition, row["Id"], label, kind="StringPlusClob")
        else:
            kind = _TYPES.get(field.type, "Text")
            _write(tx, definition, row["Id"], label, kind=kind, values=(before, after))


def note_event(tx: Transaction, definition: ObjectDef, record_id: str, event: str) -> None:
    """A row that names an event rather than a field (`leadConverted`)."""
    if definition.history_object and definition.history_tracked:
        _write(tx, definition, record_id, event)


def _label(field: FieldDef) -> str:
    """Custom fields by API name; standard look-ups by their relationship (`Owner`)."""
    if field.type == "reference" and not field.custom and field.relationship_name:
        return field.relationship_name
    return field.name


def _name_of(tx: Transaction, record_id: str | None) -> str | None:
    row = tx.peek(record_id)
    if row is None or record_id is None:
        return None
    definition = tx.schema.of_id(record_id)
    name = definition.name_field if definition else None
    return row.get(name.name) if name else None


def _write(
    tx: Transaction,
    definition: ObjectDef,
    record_id: str,
    label: str,
    *,
    kind: str = "Text",
    values: tuple[Any, Any] = (None, None),
) -> None:
    history = tx.schema.object(definition.history_object or "")
    parent = next(field.name for field in history.fields.values() if field.deletes_with_parent)
    tx.add(
        history,
        {
            "Id": tx.core.new_id(history),
            "IsDeleted": False,
            parent: record_id,
            "CreatedById": tx.actor.id,
            "CreatedDate": tx.stamp,
            "Field": label,
            "DataType": kind,
            "OldValue": values[0],
            "NewValue": values[1],
        },
    )
