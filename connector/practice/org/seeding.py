"""Many rows at once, for a seed: no rules or flows, but ids, stamps, derived and formula columns complete."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice

from connector.practice.org.derived import derive, refresh_formulas
from connector.practice.org.save import auto_number, defaults, note_auto_number
from connector.practice.org.storage import indexes, insert_statement, quoted
from connector.practice.org.transaction import Row, Transaction, Values
from connector.practice.schema import ObjectDef

BATCH = 5_000


def completed(tx: Transaction, definition: ObjectDef, template: Row, values: Values) -> Row:
    """One row made whole. Values are in stored form already; audit fields and Id may be among them."""
    row = {**template, **values}
    fields = definition.fields
    if not row.get("Id"):
        row["Id"] = tx.core.new_id(definition)
    if "CreatedDate" in fields:
        created = row["CreatedDate"] = row.get("CreatedDate") or tx.stamp
        row["CreatedById"] = row.get("CreatedById") or tx.actor.id
        if "LastModifiedDate" in fields:
            row["LastModifiedDate"] = row.get("LastModifiedDate") or created
            row["LastModifiedById"] = row.get("LastModifiedById") or row["CreatedById"]
    if "SystemModstamp" in fields and not row.get("SystemModstamp"):
        row["SystemModstamp"] = row.get("LastModifiedDate") or row.get("CreatedDate") or tx.stamp
    for name in definition.auto_numbers:
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
    Only columns that hold something are bound, which are a third of a lead's.
    """
    connection = tx.connection
    known = frozenset(definition.columns)
    template = {name: value for name, value in defaults(tx, definition).items() if value is not None}
    fresh = connection.execute(f"SELECT 1 FROM {quoted(definition.name)} LIMIT 1").fetchone() is None  # noqa: S608
    pending = iter(rows)
    dropped = False
    while batch := list(islice(pending, BATCH)):
        if fresh and len(batch) == BATCH and not dropped:
            for name, _ in indexes(definition):
                connection.execute(f"DROP INDEX IF EXISTS {quoted(name)}")
            dropped = True
        made = [completed(tx, definition, template, values) for values in batch]
        names = tuple(dict.fromkeys(name for row in made for name in row))
        unknown = [name for name in names if name not in known]
        if unknown:
            raise ValueError(f"{definition.name} has no stored field {unknown[0]}; check the seed's row")
        statement = insert_statement(definition, names)
        connection.executemany(statement, (tuple(map(row.get, names)) for row in made))
        tx.forget_rows()
        yield len(batch)
    if dropped:
        for _, create in indexes(definition):
            connection.execute(create)
    tx.forget()
    if definition.name == "User":
        tx.core.users.clear()
