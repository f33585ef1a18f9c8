"""Many rows at once, for a seed: no rules or flows, but ids, stamps, derived and formula columns complete."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice

from connector.practice.org.derived import derive, refresh_formulas
from connector.practice.org.save import auto_number, defaults, note_auto_number
from connector.practice.org.storage import indexes, insert_statement, quoted
from connector.practice.org.transaction import Row, Transaction, Values
from connector.practice.schema import ObjectDef

BATCH = 10_000
_AUDIT = ("CreatedDate", "LastModifiedDate", "SystemModstamp", "CreatedById", "LastModifiedById")


def completed(tx: Transaction, definition: ObjectDef, template: Row, values: Values) -> Row:
    """One row made whole. Values are in stored form already; audit fields and Id may be among them."""
    row = {**template, **values}
    if not row["Id"]:
        row["Id"] = tx.core.new_id(definition)
    if "CreatedDate" in row:
        created = row["CreatedDate"] = row["CreatedDate"] or tx.stamp
        row["CreatedById"] = row.get("CreatedById") or tx.actor.id
        if "LastModifiedDate" in row:
            row["LastModifiedDate"] = row["LastModifiedDate"] or created
            row["LastModifiedById"] = row["LastModifiedById"] or row["CreatedById"]
    if "SystemModstamp" in row:
        row["SystemModstamp"] = (
            row["SystemModstamp"] or row.get("LastModifiedDate") or row.get("CreatedDate") or tx.stamp
        )
    for name, field in definition.fields.items():
        if field.auto_number:
            given = values.get(name)
            row[name] = given or auto_number(tx.core, definition, name)
            if given:
                note_auto_number(tx.core, definition, name, given)
    derive(tx, definition, row, None, values.keys())
    refresh_formulas(tx, definition, row, None)
    return row


def insert_many(tx: Transaction, definition: ObjectDef, rows: Iterable[Values]) -> Iterator[int]:
    """Write rows in bounded batches, each committed by the caller between the yields of its size.

    Secondary indexes of an empty table are built once at the end: sorted, which is several times faster.
    """
    connection = tx.connection
    columns = definition.columns
    template = defaults(tx, definition) | dict.fromkeys(
        (name for name in _AUDIT if name in definition.fields), None
    )
    template["Id"] = None
    statement = insert_statement(definition)
    fresh = connection.execute(f"SELECT 1 FROM {quoted(definition.name)} LIMIT 1").fetchone() is None  # noqa: S608
    pending = iter(rows)
    dropped = False
    while batch := list(islice(pending, BATCH)):
        if fresh and len(batch) == BATCH and not dropped:
            for name, _ in indexes(definition):
                connection.execute(f"DROP INDEX IF EXISTS {quoted(name)}")
            dropped = True
        made = (completed(tx, definition, template, values) for values in batch)
        connection.executemany(statement, (tuple(map(row.get, columns)) for row in made))
        tx.forget_rows()
        yield len(batch)
    if dropped:
        for _, create in indexes(definition):
            connection.execute(create)
    tx.forget()
    if definition.name == "User":
        tx.core.users.clear()
