"""What people do on screens and in Setup that no API save does: taking from a queue, mass transfer, picklists."""

from __future__ import annotations

from collections.abc import Sequence

from connector.practice.org.results import refusal
from connector.practice.org.save import present, update_row
from connector.practice.org.storage import quoted
from connector.practice.org.transaction import Transaction
from connector.practice.schema import ObjectDef


def transfer_rows(tx: Transaction, definition: ObjectDef, ids: Sequence[str], owner_id: str) -> list[str]:
    """Give rows another owner as mass transfer does: validation rules and duplicate rules do not run.

    Stamps, history and before-save flows are as in any save (documented).
    """
    if "OwnerId" not in definition.fields:
        raise refusal("INVALID_OPERATION", f"{definition.label} records have no owner of their own")
    for record_id in ids:
        update_row(tx, definition, record_id, {"OwnerId": owner_id}, system=True)
    return list(ids)


def accept_row(tx: Transaction, definition: ObjectDef, record_id: str) -> list[str]:
    """Take a row from a queue for oneself: a queue's *Accept*, which bypasses validation rules too."""
    owner = str(present(tx, definition, record_id).get("OwnerId") or "")
    if not owner.startswith("00G"):
        raise refusal("INVALID_OPERATION", f"{record_id} waits in no queue; its owner is {owner}")
    return transfer_rows(tx, definition, [record_id], tx.actor.id)


def replace_value(tx: Transaction, definition: ObjectDef, field_name: str, old: str, new: str) -> list[str]:
    """Replace a picklist value in every row: SystemModstamp moves, LastModifiedDate does not (documented)."""
    field = definition.field(field_name)
    if field is None or field.type != "picklist":
        raise refusal("INVALID_FIELD", f"{field_name} is no picklist of {definition.name}")
    ids = tx.ids(
        f"SELECT {quoted('Id')} FROM {quoted(definition.name)} WHERE {quoted(field.name)} = ?"  # noqa: S608
        f" ORDER BY {quoted('Id')}",
        (old,),
    )
    for record_id in ids:
        tx.change(definition, record_id, {field.name: new, "SystemModstamp": tx.stamp})
    return ids
