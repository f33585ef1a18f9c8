"""What one saved row does to others: activity dates, line totals, partner owners, formulas that read it."""

from __future__ import annotations

from collections.abc import Iterable

from connector.practice.org.derived import refresh_formulas
from connector.practice.org.storage import quoted
from connector.practice.org.transaction import Row, Transaction
from connector.practice.schema import ObjectDef

ACTIVITIES = frozenset({"Task", "Event"})


def after_save(tx: Transaction, definition: ObjectDef, row: Row, prior: Row | None) -> None:
    """Effects of an insert (prior None) or update."""
    if definition.custom:
        roll_up(tx, definition, (row, prior))
    if definition.name in ACTIVITIES:
        _note_activity(tx, definition, row)
    elif definition.name == "OpportunityLineItem":
        total_lines(tx, row["OpportunityId"])
    elif definition.name == "User" and prior is not None and prior["AccountId"] != row["AccountId"]:
        _move_partner(tx, row)
    elif definition.name == "Account" and prior is not None and prior["IsPartner"] and not row["IsPartner"]:
        tx.write(
            "UPDATE User SET PortalRole = NULL WHERE AccountId = ?", (row["Id"],)
        )  # for good (documented)
    if prior is not None and definition.name in tx.core.rulebook.dependents:
        refresh_dependents(tx, definition, row["Id"])


def roll_up(tx: Transaction, definition: ObjectDef, rows: Iterable[Row | None]) -> None:
    """Roll-up summaries of the masters of these detail rows; being derived, they move no stamp."""
    for link in (field for field in definition.fields.values() if field.cascade_delete):
        for master in tx.schema.object(link.reference_to[0]).summaries:
            summary = master.summary
            if summary is None or summary.child != definition.name or summary.link != link.name:
                continue
            wanted = f"{summary.operation.upper()}({quoted(summary.field)})" if summary.field else "COUNT(*)"
            for parent in dict.fromkeys(row[link.name] for row in rows if row):
                value = tx.connection.execute(
                    f"SELECT {wanted} FROM {quoted(definition.name)}"  # noqa: S608 - names of the schema
                    f" WHERE {quoted(link.name)} = ? AND IsDeleted = 0",
                    (parent,),
                ).fetchone()[0]
                if summary.operation in {"count", "sum"}:
                    value = float(value or 0)
                above = tx.peek(parent)
                if above is not None and above[master.name] != value:
                    tx.change(tx.schema.object(link.reference_to[0]), parent, {master.name: value})


def after_removal(tx: Transaction, definition: ObjectDef, row: Row) -> None:
    """Effects of a delete or undelete."""
    if definition.custom:
        roll_up(tx, definition, (row,))
    if definition.name == "OpportunityLineItem":
        total_lines(tx, row["OpportunityId"])
    elif definition.name == "Task":
        _open_tasks(tx, row)


def _note_activity(tx: Transaction, definition: ObjectDef, row: Row) -> None:
    """LastActivityDate moves, and SystemModstamp with it, but not LastModifiedDate (documented)."""
    day = row.get("ActivityDate")
    if day and (definition.name == "Event" or row.get("IsClosed")):
        targets = dict.fromkeys(
            each for each in (row.get("WhoId"), row.get("WhatId"), row.get("AccountId")) if each
        )
        for target in targets:
            related = tx.schema.of_id(target)
            found = tx.peek(target)
            if related is None or found is None or "LastActivityDate" not in related.fields:
                continue
            if not found["LastActivityDate"] or found["LastActivityDate"] < day:
                tx.change(related, target, {"LastActivityDate": day, "SystemModstamp": tx.stamp})
    if definition.name == "Task":
        _open_tasks(tx, row)


def _open_tasks(tx: Transaction, row: Row) -> None:
    what = row.get("WhatId")
    if not what or not what.startswith("006"):
        return
    found = tx.peek(what)
    if found is None:
        return
    today = tx.stamp[:10]
    still = tx.connection.execute(
        "SELECT COUNT(*), SUM(ActivityDate < ?) FROM Task"
        " WHERE WhatId = ? AND IsClosed = 0 AND IsDeleted = 0",
        (today, what),
    ).fetchone()
    changes = {"HasOpenActivity": bool(still[0]), "HasOverdueTask": bool(still[1])}
    if any(found[name] != value for name, value in changes.items()):
        tx.change(tx.schema.object("Opportunity"), what, changes)


def total_lines(tx: Transaction, opportunity_id: str) -> None:
    """With lines, an opportunity's Amount is their sum (documented)."""
    found = tx.peek(opportunity_id)
    if found is None:
        return
    lines, total, quantity = tx.connection.execute(
        "SELECT COUNT(*), SUM(TotalPrice), SUM(Quantity) FROM OpportunityLineItem"
        " WHERE OpportunityId = ? AND IsDeleted = 0",
        (opportunity_id,),
    ).fetchone()
    changes: Row = {"HasOpportunityLineItem": bool(lines)}
    if lines:
        amount = round(total or 0.0, 2)
        changes |= {
            "Amount": amount,
            "TotalOpportunityQuantity": quantity,
            "ExpectedRevenue": round(amount * (found["Probability"] or 0) / 100, 2),
        }
    if any(found[name] != value for name, value in changes.items()):
        stamps = {"LastModifiedDate": tx.stamp, "LastModifiedById": tx.actor.id, "SystemModstamp": tx.stamp}
        tx.change(tx.schema.object("Opportunity"), opportunity_id, changes | stamps)


def _move_partner(tx: Transaction, user: Row) -> None:
    """PartnerAccountId follows its owner's firm; being derived, it moves no stamp."""
    for name in ("Lead", "Opportunity"):
        tx.write(
            f"UPDATE {quoted(name)} SET PartnerAccountId = ? WHERE OwnerId = ?",  # noqa: S608 - two fixed names
            (user["AccountId"], user["Id"]),
        )
    tx.forget()


def refresh_dependents(tx: Transaction, definition: ObjectDef, record_id: str) -> None:
    """Formula fields elsewhere that read this row, without moving SystemModstamp."""
    for chain in tx.core.rulebook.dependents.get(definition.name, ()):
        condition = "= ?"
        for name, link in reversed(chain[1:]):
            condition = f"IN (SELECT Id FROM {quoted(name)} WHERE {quoted(link)} {condition})"  # noqa: S608
        name, link = chain[0]
        child = tx.schema.object(name)
        ids = tx.ids(f"SELECT Id FROM {quoted(name)} WHERE {quoted(link)} {condition}", (record_id,))  # noqa: S608
        for child_id in ids:
            before = tx.load(child, child_id)
            if before is None:
                continue
            row = dict(before)
            refresh_formulas(tx, child, row, before)
            tx.change(child, child_id, {key: row[key] for key in row if row[key] != before[key]})
