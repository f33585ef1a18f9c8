"""Delete, undelete and the recycle bin."""

from __future__ import annotations

from connector.practice.org.effects import after_removal
from connector.practice.org.results import refusal
from connector.practice.org.save import audit, is_locked, present
from connector.practice.org.storage import quoted
from connector.practice.org.transaction import Row, Transaction
from connector.practice.schema import ObjectDef


def delete_row(tx: Transaction, definition: ObjectDef, record_id: str, *, system: bool = False) -> str:
    """Move a row and its details to the bin, or past it (`hard_delete`, and objects that have no bin)."""
    tx.claim(record_id)
    row = present(tx, definition, record_id)
    if not system:
        if not definition.deletable:
            raise refusal("INVALID_TYPE_FOR_OPERATION", f"entity type cannot be deleted: {definition.label}")
        access = tx.actor.access.object(definition)
        foreign = definition.private and row.get("OwnerId") != tx.actor.id
        if not access.delete or (foreign and not access.modify_all):
            raise refusal("INSUFFICIENT_ACCESS_OR_READONLY", "insufficient access rights on object id")
        if not tx.actor.edits_locked and is_locked(tx, record_id):
            raise refusal("ENTITY_IS_LOCKED", "the entity is locked for editing")
    _refuse_when_needed(tx, definition, row)
    _delete_tree(tx, definition, row)
    return record_id


def _refuse_when_needed(tx: Transaction, definition: ObjectDef, row: Row) -> None:
    for child in definition.child_relationships:
        if not child.restricted_delete:
            continue
        found = _children(tx, child.child, child.field, row["Id"])
        if found:
            label = tx.schema.object(child.child).label_plural.lower()
            raise refusal(
                "DELETE_FAILED",
                f"Your attempt to delete {row.get('Name') or row['Id']} could not be completed because it is"
                f" associated with the following {label}.: {', '.join(found[:5])}",
            )


def _children(tx: Transaction, name: str, field: str, parent: str) -> list[str]:
    definition = tx.schema.object(name)
    alive = f" AND {quoted('IsDeleted')} = 0" if "IsDeleted" in definition.fields else ""
    return tx.ids(
        f"SELECT Id FROM {quoted(name)} WHERE {quoted(field)} = ?{alive}",  # noqa: S608 - names of the schema
        (parent,),
    )


def _delete_tree(tx: Transaction, definition: ObjectDef, row: Row) -> None:
    for child in definition.child_relationships:
        if not child.cascade_delete:
            continue
        below = tx.schema.object(child.child)
        for child_id in _children(tx, child.child, child.field, row["Id"]):
            found = tx.load(below, child_id)
            if found is not None and not found.get("IsDeleted"):
                _delete_tree(tx, below, found)
    log_deletion(tx, definition, row["Id"])
    if "IsDeleted" in definition.fields and not tx.options.hard_delete:
        tx.change(definition, row["Id"], {"IsDeleted": True} | audit(tx, definition))
    else:
        purge(tx, definition, row["Id"])
    after_removal(tx, definition, row)


def log_deletion(tx: Transaction, definition: ObjectDef, record_id: str) -> None:
    """What getDeleted reads."""
    tx.write(
        "INSERT OR REPLACE INTO _deleted (Object, Id, DeletedDate, Purged) VALUES (?, ?, ?, ?)",
        (definition.name, record_id, tx.stamp, int(tx.options.hard_delete)),
    )


def purge(tx: Transaction, definition: ObjectDef, record_id: str) -> None:
    """Take the row away for good; look-ups to it go blank and nothing is stamped."""
    tx.remove(definition, record_id)
    tx.write("UPDATE _deleted SET Purged = 1 WHERE Id = ?", (record_id,))
    for child in definition.child_relationships:
        below = tx.schema.object(child.child)
        if below.fields[child.field].nillable:
            tx.write(
                f"UPDATE {quoted(child.child)} SET {quoted(child.field)} = NULL"  # noqa: S608 - names of the schema
                f" WHERE {quoted(child.field)} = ?",
                (record_id,),
            )


def undelete_row(tx: Transaction, definition: ObjectDef, record_id: str, *, system: bool = False) -> str:
    """Bring a row back from the bin, with the details that went with it."""
    tx.claim(record_id)
    row = tx.load(definition, record_id)
    if row is None:
        raise refusal("INVALID_CROSS_REFERENCE_KEY", "invalid cross reference id")
    if not row.get("IsDeleted"):
        raise refusal("UNDELETE_FAILED", "Entity is not in the recycle bin")
    if not system and not (definition.undeletable and tx.actor.access.object(definition).delete):
        raise refusal("INSUFFICIENT_ACCESS_OR_READONLY", "insufficient access rights on object id")
    found = tx.connection.execute("SELECT DeletedDate FROM _deleted WHERE Id = ?", (record_id,)).fetchone()
    _restore_tree(tx, definition, row, found[0] if found else None)
    return record_id


def _restore_tree(tx: Transaction, definition: ObjectDef, row: Row, deleted: str | None) -> None:
    changes: Row = {"IsDeleted": False} | audit(tx, definition)
    if row.get("MasterRecordId"):
        changes["MasterRecordId"] = None
    tx.change(definition, row["Id"], changes)
    tx.write("DELETE FROM _deleted WHERE Id = ?", (row["Id"],))
    after_removal(tx, definition, row)
    for child in definition.child_relationships:
        below = tx.schema.object(child.child)
        if not child.cascade_delete or "IsDeleted" not in below.fields:
            continue
        ids = tx.ids(
            f"SELECT c.Id FROM {quoted(child.child)} c JOIN _deleted d ON d.Id = c.Id"  # noqa: S608
            f" WHERE c.{quoted(child.field)} = ? AND d.DeletedDate = ? AND c.IsDeleted = 1",
            (row["Id"], deleted),
        )
        for child_id in ids:
            found = tx.load(below, child_id)
            if found is not None and found["IsDeleted"]:
                _restore_tree(tx, below, found, deleted)


def empty_bin(tx: Transaction) -> int:
    """Purge every deleted row of the org; how many."""
    count = 0
    for definition in tx.schema:
        if "IsDeleted" not in definition.fields:
            continue
        ids = tx.ids(f"SELECT Id FROM {quoted(definition.name)} WHERE IsDeleted = 1")  # noqa: S608
        for record_id in ids:
            if record_id in tx.core.held:
                continue
            purge(tx, definition, record_id)
        count += len(ids)
    return count
