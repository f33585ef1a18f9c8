"""One SQLite table per object, one column per stored field; one writer and many readers of a WAL file."""

from __future__ import annotations

import sqlite3
import threading
import weakref
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from connector.practice.org.folding import add_fold
from connector.practice.schema import FieldDef, ObjectDef, Schema

_NUMBERS = {
    "anyType": "",
    "double": "REAL",
    "currency": "REAL",
    "percent": "REAL",
    "int": "INTEGER",
    "boolean": "INTEGER",
}
_UNINDEXED = frozenset({"CreatedById", "LastModifiedById", "RecordTypeId"})
_LISTS = 400  # ids per IN list, well under SQLite's limit on parameters

BOOKKEEPING = """
CREATE TABLE IF NOT EXISTS _deleted
    (Object TEXT, Id TEXT PRIMARY KEY, DeletedDate TEXT, Purged INTEGER DEFAULT 0);
CREATE INDEX IF NOT EXISTS _deleted_when ON _deleted (Object, DeletedDate, Id);
CREATE TABLE IF NOT EXISTS _locked (Id TEXT PRIMARY KEY);
CREATE TABLE IF NOT EXISTS _assigned (UserId TEXT, PermissionSet TEXT, PRIMARY KEY (UserId, PermissionSet));
"""


# Objects whose rows are those of others.
_ELAPSED = (
    "ElapsedTimeInDays, ElapsedTimeInHours, ElapsedTimeInMinutes, CreatedDate, CreatedById, SystemModstamp"
)
_TARGET = (
    "(SELECT p.TargetObjectId FROM ProcessInstance AS p WHERE p.Id = ProcessInstanceId) AS TargetObjectId"
)
_SHARED = f"Id, ProcessInstanceId, {_TARGET}, OriginalActorId, ActorId, 0 AS RemindersSent, {_ELAPSED}"
VIEWS = {
    "ProcessInstanceHistory": (
        f"SELECT {_SHARED}, 0 AS IsPending, StepStatus, StepNodeId AS ProcessNodeId, Comments "  # noqa: S608
        f"FROM ProcessInstanceStep UNION ALL SELECT {_SHARED}, 1, 'Pending', NULL, NULL "
        "FROM ProcessInstanceWorkitem WHERE IsDeleted = 0"
    ),
}


def quoted(name: str) -> str:
    """An API name as an SQL identifier (`Order` and `Group` are SQL words)."""
    return f'"{name}"'


def column(field: FieldDef) -> str:
    """The column's declaration."""
    kind = _NUMBERS.get(field.type)
    if kind is None:
        kind = "TEXT COLLATE BINARY" if field.binary else "TEXT COLLATE NOCASE"
    if field.name == "Id":
        return f"{quoted('Id')} TEXT COLLATE BINARY PRIMARY KEY NOT NULL"
    if field.name == "IsDeleted":
        kind += " NOT NULL DEFAULT 0"
    return f"{quoted(field.name)} {kind}"


def table(definition: ObjectDef) -> str:
    columns = ", ".join(column(definition.fields[name]) for name in definition.columns)
    return f"CREATE TABLE IF NOT EXISTS {quoted(definition.name)} ({columns})"


def indexes(definition: ObjectDef) -> list[tuple[str, str]]:
    """(name, statement) of the indexes that keep keyset reads, look-ups and cascades cheap."""
    wanted: list[tuple[str, ...]] = []
    fields = definition.fields
    if "SystemModstamp" in fields:
        wanted.append(("SystemModstamp", "Id"))
    elif "CreatedDate" in fields:
        wanted.append(("CreatedDate", "Id"))
    for name, field in fields.items():
        points = field.type == "reference" and name not in _UNINDEXED
        if (
            points
            or name in {"DeveloperName", "Username"}
            or field.unique
            or field.external_id
            or (field.id_lookup and name != "Id")
        ):
            wanted.append((name,))
    made = []
    for names in wanted:
        index = f"{definition.name}_{'_'.join(names)}"
        columns = ", ".join(quoted(name) for name in names)
        # blank look-ups are most of a table: `field = ?` still uses an index that leaves them out
        partial = f" WHERE {quoted(names[0])} IS NOT NULL" if fields[names[0]].nillable else ""
        statement = (
            f"CREATE INDEX IF NOT EXISTS {quoted(index)} ON {quoted(definition.name)} ({columns}){partial}"
        )
        made.append((index, statement))
    return made


class _Reader(sqlite3.Connection):
    """A connection that can be weakly referenced: when its thread ends, it goes too."""


class Store:
    """The file, its writer and its readers."""

    def __init__(self, path: Path, schema: Schema) -> None:
        self.path = path
        self._local = threading.local()
        self._readers: weakref.WeakSet[_Reader] = weakref.WeakSet()
        self._readers_lock = threading.Lock()
        self.writer = sqlite3.connect(
            path, isolation_level=None, check_same_thread=False, cached_statements=512
        )
        self.writer.executescript("PRAGMA journal_mode=WAL; PRAGMA synchronous=OFF;")
        self.writer.execute("PRAGMA cache_size=-65536")
        add_fold(self.writer)
        self.writer.executescript(BOOKKEEPING)
        for definition in schema:
            self.build(definition)

    def build(self, definition: ObjectDef) -> None:
        """Make the object's table, or add the columns it lacks; a view stays as it was made."""
        if definition.name in VIEWS:
            view = VIEWS[definition.name]
            self.writer.execute(f"CREATE VIEW IF NOT EXISTS {quoted(definition.name)} AS {view}")
            return
        self.writer.execute(table(definition))
        present = {row[1] for row in self.writer.execute(f"PRAGMA table_info({quoted(definition.name)})")}
        for name in definition.columns:
            if name not in present:
                self.writer.execute(
                    f"ALTER TABLE {quoted(definition.name)} ADD COLUMN {column(definition.fields[name])}"
                )
        for _, statement in indexes(definition):
            self.writer.execute(statement)

    def reader(self) -> sqlite3.Connection:
        """This thread's read-only connection."""
        connection: _Reader | None = getattr(self._local, "reader", None)
        if connection is None:
            connection = sqlite3.connect(
                f"file:{self.path}?mode=ro",
                uri=True,
                isolation_level=None,
                check_same_thread=False,
                factory=_Reader,
            )
            add_fold(connection)
            connection.execute("PRAGMA query_only=ON")
            self._local.reader = connection
            with self._readers_lock:
                self._readers.add(connection)
        return connection

    def close(self) -> None:
        with self._readers_lock:
            for connection in list(self._readers):
                connection.close()
            self._readers.clear()
        self.writer.close()


def load(connection: sqlite3.Connection, definition: ObjectDef, record_id: str) -> dict[str, Any] | None:
    """The stored row by id, booleans as bool; None when there is none."""
    return next(iter(select(connection, definition, f"{quoted('Id')} = ?", (record_id,))), None)


def select(
    connection: sqlite3.Connection, definition: ObjectDef, where: str, parameters: Sequence[Any] = ()
) -> list[dict[str, Any]]:
    """Stored rows where the SQL condition holds."""
    names = definition.columns
    columns = ", ".join(map(quoted, names))
    cursor = connection.execute(
        f"SELECT {columns} FROM {quoted(definition.name)} WHERE {where}",  # noqa: S608 - names come from the schema
        parameters,
    )
    flags = definition.boolean_columns
    rows = []
    for values in cursor:
        row = dict(zip(names, values, strict=True))
        for name in flags:
            row[name] = bool(row[name])
        rows.append(row)
    return rows


def chunks(ids: Iterable[str]) -> Iterable[list[str]]:
    """Ids in lists short enough for one IN clause."""
    batch: list[str] = []
    for record_id in ids:
        batch.append(record_id)
        if len(batch) == _LISTS:
            yield batch
            batch = []
    if batch:
        yield batch


def insert_statement(definition: ObjectDef, names: Sequence[str]) -> str:
    columns = ", ".join(map(quoted, names))
    marks = ", ".join("?" * len(names))
    return f"INSERT INTO {quoted(definition.name)} ({columns}) VALUES ({marks})"  # noqa: S608 - names of the schema


def update_statement(definition: ObjectDef, changes: Mapping[str, Any]) -> str:
    sets = ", ".join(f"{quoted(name)} = ?" for name in changes)
    return f"UPDATE {quoted(definition.name)} SET {sets} WHERE {quoted('Id')} = ?"  # noqa: S608 - names of the schema
