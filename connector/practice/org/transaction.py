"""One transaction: its stamp, its actor, and every write it makes."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from connector.practice.clock import PracticeClock, stamp_of
from connector.practice.formula import Context, FormulaUser
from connector.practice.org.ids import IdMint
from connector.practice.org.results import DEFAULTS, SaveOptions, refusal
from connector.practice.org.rulebook import Rulebook
from connector.practice.org.storage import Store, insert_statement, load, quoted, update_statement
from connector.practice.org.user import User
from connector.practice.schema import ObjectDef, Schema

Row = dict[str, Any]
Values = Mapping[str, Any]


@dataclass(kw_only=True)
class Core:
    """What every part of the engine shares."""

    schema: Schema
    store: Store
    clock: PracticeClock
    rulebook: Rulebook
    mint: IdMint = field(default_factory=IdMint)
    held: dict[str, str] = field(default_factory=dict)  # record id -> the hold that has its lock
    numbers: dict[tuple[str, str], int] = field(default_factory=dict)  # autonumbers given so far
    users: dict[str, User] = field(default_factory=dict)
    statements: dict[str, str] = field(default_factory=dict)

    def new_id(self, definition: ObjectDef) -> str:
        return self.mint.new(definition.key_prefix)


@dataclass(frozen=True, kw_only=True)
class Statement:
    """One write, kept so that a held transaction can be replayed when it commits."""

    sql: str
    parameters: tuple[Any, ...]


class Transaction:
    """Rows read and written under one stamp. All writes of the engine go through `write`."""

    def __init__(
        self,
        core: Core,
        *,
        actor: User,
        now: datetime,
        options: SaveOptions = DEFAULTS,
        journal: list[Statement] | None = None,
    ) -> None:
        self.core = core
        self.actor = actor
        self.now = now
        self.stamp = stamp_of(now)
        self.options = options
        self.journal = journal
        self.touched: set[str] = set()
        self._seen: dict[str, Row | None] = {}
        self._contexts: dict[str, Context] = {}

    @property
    def schema(self) -> Schema:
        return self.core.schema

    @property
    def connection(self) -> sqlite3.Connection:
        return self.core.store.writer

    # reading
    def load(self, definition: ObjectDef, record_id: str) -> Row | None:
        """The stored row, deleted ones too."""
        return load(self.connection, definition, record_id)

    def peek(self, record_id: str | None) -> Row | None:
        """A related row by id alone, remembered until something is written to it."""
        if not record_id:
            return None
        if record_id not in self._seen:
            definition = self.schema.of_id(record_id)
            self._seen[record_id] = self.load(definition, record_id) if definition else None
        return self._seen[record_id]

    def ids(self, sql: str, parameters: Sequence[Any] = ()) -> list[str]:
        return [row[0] for row in self.connection.execute(sql, parameters)]

    # writing
    def claim(self, record_id: str) -> None:
        """Take the row's lock; UNABLE_TO_LOCK_ROW while an open transaction has it."""
        if record_id in self.core.held:
            raise refusal(
                "UNABLE_TO_LOCK_ROW",
                f"unable to obtain exclusive access to this record or 1 records: {record_id}",
            )
        self.touched.add(record_id)

    def write(self, sql: str, parameters: Sequence[Any]) -> int:
        """Run one statement and keep it for replay; the number of rows it changed."""
        bound = tuple(parameters)
        if self.journal is not None:
            self.journal.append(Statement(sql=sql, parameters=bound))
        return self.connection.execute(sql, bound).rowcount

    def add(self, definition: ObjectDef, row: Row) -> None:
        """Write a new row."""
        statements = self.core.statements
        sql = statements.get(definition.name)
        if sql is None:
            sql = statements[definition.name] = insert_statement(definition, definition.columns)
        self.touched.add(row["Id"])
        self._seen.pop(row["Id"], None)
        self.write(sql, tuple(map(row.get, definition.columns)))
        self._forget_user(definition, row["Id"])

    def change(self, definition: ObjectDef, record_id: str, changes: Values) -> None:
        """Write some columns of a row."""
        if not changes:
            return
        self.claim(record_id)
        self._seen.pop(record_id, None)
        self.write(update_statement(definition, changes), (*changes.values(), record_id))
        self._forget_user(definition, record_id)

    def remove(self, definition: ObjectDef, record_id: str) -> None:
        """Take a row out of its table."""
        self.claim(record_id)
        self._seen.pop(record_id, None)
        self.write(f"DELETE FROM {quoted(definition.name)} WHERE {quoted('Id')} = ?", (record_id,))  # noqa: S608
        self._forget_user(definition, record_id)

    def forget(self) -> None:
        """Drop what was remembered: a savepoint was rolled back."""
        self._seen.clear()

    def forget_rows(self, most: int = 50_000) -> None:
        """Keep what is remembered bounded over a long seed."""
        if len(self._seen) > most:
            self._seen.clear()

    def _forget_user(self, definition: ObjectDef, record_id: str) -> None:
        if definition.name == "User":
            self.core.users.pop(record_id, None)

    # formulas
    def context(self, definition: ObjectDef, *, blank_as_zero: bool = False) -> Context:
        """What formulas of that object see, made once per transaction."""
        key = f"{definition.name}{blank_as_zero}"
        found = self._contexts.get(key)
        if found is None:
            found = self._contexts[key] = Context(
                now=self.now,
                user=self._formula_user(),
                resolve=lambda path, record: self._resolve(definition, path, record),
                field_type=_typed(self.schema, definition),
                blank_as_zero=blank_as_zero,
            )
        return found

    def _formula_user(self) -> FormulaUser:
        row = self.peek(self.actor.id) or {}
        profile = self.peek(row.get("ProfileId")) or {}
        return FormulaUser(
            fields=row, profile_name=profile.get("Name") or "", permissions=self.actor.custom_permissions
        )

    def _resolve(self, definition: ObjectDef, path: tuple[str, ...], record: Values) -> Any:
        here: ObjectDef | None = definition
        row: Values | None = record
        for step in path[:-1]:
            link = here.relationships.get(step.lower()) if here else None
            record_id = row.get(link.name) if link and row is not None else None
            row = self.peek(record_id)
            if row is None or record_id is None:
                return None
            here = self.schema.of_id(record_id)
        target = here.field(path[-1]) if here else None
        return row.get(target.name) if target and row is not None else None


def _typed(schema: Schema, definition: ObjectDef) -> Callable[[tuple[str, ...]], str | None]:
    known: dict[tuple[str, ...], str | None] = {}

    def look(path: tuple[str, ...]) -> str | None:
        here: tuple[ObjectDef, ...] = (definition,)
        for step in path[:-1]:
            parents = [parent for each in here if (parent := schema.parent(each.name, step))]
            if not parents:
                return None
            here = parents[0][1]
        return next((found.type for each in here if (found := each.field(path[-1]))), None)

    def field_type(path: tuple[str, ...]) -> str | None:
        if path not in known:
            known[path] = look(path)
        return known[path]

    return field_type
