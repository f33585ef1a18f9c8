"""Merge: losers go to the bin naming their master, their children move to it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from connector.practice.org.removal import log_deletion
from connector.practice.org.results import refusal
from connector.practice.org.save import audit, present, update_row
from connector.practice.org.storage import quoted
from connector.practice.org.transaction import Transaction, Values
from connector.practice.schema import ObjectDef

MOST = 2  # documented: up to three records in all


def merge_rows(
    tx: Transaction, definition: ObjectDef, master_id: str, loser_ids: Sequence[str], values: Values
) -> dict[str, Any]:
    """Merge losers into the master; `values` override the master's. Re-parented children write no history."""
    if not definition.mergeable:
        raise refusal("INVALID_TYPE_FOR_OPERATION", f"entity type cannot be merged: {definition.label}")
    if not 1 <= len(set(loser_ids)) <= MOST or master_id in loser_ids:
        raise refusal(
            "INVALID_FIELD", f"merge takes one master and one or two other records, got {len(loser_ids)}"
        )
    tx.claim(master_id)
    present(tx, definition, master_id)
    moved: list[str] = []
    for loser_id in loser_ids:
        tx.claim(loser_id)
        row = present(tx, definition, loser_id)
        if row.get("IsConverted"):
            raise refusal("CANNOT_UPDATE_CONVERTED_LEAD", "cannot reference converted lead")
        moved += _reparent(tx, definition, loser_id, master_id)
        tx.change(
            definition, loser_id, {"IsDeleted": True, "MasterRecordId": master_id} | audit(tx, definition)
        )
        log_deletion(tx, definition, loser_id)
    update_row(tx, definition, master_id, values, system=True)
    return {"id": master_id, "mergedRecordIds": list(loser_ids), "updatedRelatedIds": moved}


def _reparent(tx: Transaction, definition: ObjectDef, loser_id: str, master_id: str) -> list[str]:
    moved: list[str] = []
    for child in definition.child_relationships:
        below = tx.schema.object(child.child)
        if child.field == "MasterRecordId" or below.key_prefix == "017":
            continue
        ids = tx.ids(
            f"SELECT Id FROM {quoted(child.child)} WHERE {quoted(child.field)} = ?",  # noqa: S608
            (loser_id,),
        )
        for child_id in ids:
            tx.change(below, child_id, {child.field: master_id} | audit(tx, below))
        moved += ids
    return moved
