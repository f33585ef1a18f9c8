"""The values of a write: names resolved, access checked, each value brought to its stored form."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from connector.practice.org.conversion import Stored, convert
from connector.practice.org.folding import equals
from connector.practice.org.results import refusal
from connector.practice.org.storage import quoted
from connector.practice.org.transaction import Row, Transaction, Values
from connector.practice.schema import FieldDef, ObjectDef

AUDIT = frozenset({"CreatedDate", "CreatedById", "LastModifiedDate", "LastModifiedById"})


def read_values(
    tx: Transaction, definition: ObjectDef, values: Values, *, creating: bool, system: bool = False
) -> Row:
    """Field name to stored value. RowRefusedError as the real service words it.

    `system` is the platform's own writing: no access checks, read-only fields allowed.
    """
    made: Row = {}
    blocked: list[str] = []
    for key, raw in values.items():
        field = definition.field(key)
        if field is None:
            found = _by_external_id(tx, definition, key, raw)
            if found is None:
                if key == "attributes":
                    continue
                raise _no_such_column(definition, key)
            field, raw = found  # noqa: PLW2901 - the relationship was a longer way to write its field
        if not system:
            reads, edits = tx.actor.access.field(definition, field)
            if not reads:
                raise _no_such_column(definition, key)
            if not (edits and _writable(tx, field, creating=creating)):
                if creating or field.name != "Id":
                    blocked.append(field.name)
                continue
        made[field.name] = convert(field, raw, csv=tx.options.csv)
    if blocked:
        raise _not_writable(blocked)
    return made


def _writable(tx: Transaction, field: FieldDef, *, creating: bool) -> bool:
    if creating and field.name in AUDIT:
        return tx.options.set_audit_fields or "CreateAuditFields" in tx.actor.user_permissions
    return field.stored and (field.createable if creating else field.updateable)


def _not_writable(names: Sequence[str]) -> Exception:
    if "Id" in names:
        return refusal("INVALID_FIELD_FOR_INSERT_UPDATE", "cannot specify Id in an insert call", "Id")
    return refusal(
        "INVALID_FIELD_FOR_INSERT_UPDATE",
        f"Unable to create/update fields: {', '.join(names)}."
        " Please check the security settings of this field and verify"
        " that it is read/write for your profile or permission set.",
        *names,
    )


def _no_such_column(definition: ObjectDef, key: str) -> Exception:
    return refusal("INVALID_FIELD", f"No such column '{key}' on sobject of type {definition.name}")


def _by_external_id(
    tx: Transaction, definition: ObjectDef, key: str, raw: Any
) -> tuple[FieldDef, Stored] | None:
    """`{"Account": {"Code__c": "x"}}` writes the look-up by the parent's external id."""
    link = definition.relationships.get(key.lower())
    if link is None or not (raw is None or isinstance(raw, Mapping)):
        return None
    wanted = {name: value for name, value in (raw or {}).items() if name != "attributes"}
    if not wanted:
        return link, None
    ((name, value),) = list(wanted.items())[:1]
    for target in link.reference_to:
        parent = tx.schema.object(target) if tx.schema.has(target) else None
        field = parent.field(name) if parent else None
        if parent is None or field is None or not (field.external_id or field.id_lookup):
            continue
        ids = live_matches(tx, parent, field, value)
        if len(ids) == 1:
            return link, ids[0]
    raise refusal(
        "INVALID_FIELD",
        f"Foreign key external ID: {str(value).lower()} not found for field {name} in entity"
        f" {link.reference_to[0] if link.reference_to else ''}",
    )


def live_matches(tx: Transaction, definition: ObjectDef, field: FieldDef, value: Any) -> list[str]:
    """Ids of rows not deleted whose `field` equals the value."""
    stored = convert(field, value)
    if stored is None:
        return []
    alive = f" AND {quoted('IsDeleted')} = 0" if "IsDeleted" in definition.fields else ""
    same, key = equals(quoted(field.name), stored, binary=field.binary)
    return tx.ids(
        f"SELECT {quoted('Id')} FROM {quoted(definition.name)}"  # noqa: S608 - names of the schema
        f" WHERE {same}{alive} ORDER BY {quoted('Id')}",
        (key,),
    )
