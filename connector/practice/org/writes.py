"""Saving rows, one or many, in one transaction."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, Literal

from connector.practice.org.conversion import convert
from connector.practice.org.foundation import Foundation
from connector.practice.org.ids import is_well_formed, to18
from connector.practice.org.incoming import live_matches
from connector.practice.org.removal import delete_row, undelete_row
from connector.practice.org.results import (
    DEFAULTS,
    ApiError,
    RowRefusedError,
    SaveError,
    SaveOptions,
    SaveResult,
)
from connector.practice.org.save import insert_row, update_row
from connector.practice.org.seeding import insert_many
from connector.practice.org.transaction import Transaction, Values
from connector.practice.org.user import User
from connector.practice.schema import (
    FieldDef,
    ObjectDef,
)

Op = Literal["insert", "update", "delete", "undelete"]
_ROLLED_BACK = SaveError(
    status_code="ALL_OR_NONE_OPERATION_ROLLED_BACK",
    message="Record rolled back because not all records were valid"
    " and the request was using AllOrNone header",
)


class Writes(Foundation):
    """Insert, update, delete, undelete, upsert, and the seed's fast path."""

    @staticmethod
    def _row(tx: Transaction, work: Callable[[], tuple[str, bool]]) -> SaveResult:
        """Run one row inside a savepoint, so that a refusal leaves nothing behind."""
        writer = tx.connection
        written = len(tx.journal) if tx.journal is not None else 0
        writer.execute("SAVEPOINT one_row")
        try:
            record_id, created = work()
        except RowRefusedError as refused:
            writer.execute("ROLLBACK TO one_row")
            writer.execute("RELEASE one_row")
            tx.forget()
            if tx.journal is not None:
                del tx.journal[written:]
            return SaveResult(id=None, success=False, errors=refused.errors)
        writer.execute("RELEASE one_row")
        return SaveResult(id=record_id, success=True, created=created)

    def _saved(self, tx: Transaction, op: Op, name: str, record_id: str | None, values: Values) -> SaveResult:
        definition = self.schema.object(name) if self.schema.has(name) else None
        if definition is None:
            message = f"sObject type '{name}' is not supported."
            return _failed("INVALID_TYPE", message)
        if op == "insert":
            return self._row(tx, lambda: (insert_row(tx, definition, values), True))
        if not record_id:
            return _failed("MISSING_ARGUMENT", "Id not specified in an update call")
        if not is_well_formed(record_id):
            return _failed("MALFORMED_ID", f"malformed id {record_id}", "Id")
        key = to18(record_id)
        if op == "update":
            result = self._row(tx, lambda: (str(update_row(tx, definition, key, values)["Id"]), False))
        elif op == "delete":
            result = self._row(tx, lambda: (delete_row(tx, definition, key), False))
        else:
            result = self._row(tx, lambda: (undelete_row(tx, definition, key), False))
        return result

    def insert(
        self, name: str, values: Values, *, actor: User, options: SaveOptions = DEFAULTS
    ) -> SaveResult:
        """Create one row."""
        return self.save_batch("insert", [(name, None, values)], actor=actor, options=options)[0]

    def update(
        self, name: str, record_id: str, values: Values, *, actor: User, options: SaveOptions = DEFAULTS
    ) -> SaveResult:
        """Change one row."""
        return self.save_batch("update", [(name, record_id, values)], actor=actor, options=options)[0]

    def delete(
        self, name: str, record_id: str, *, actor: User, options: SaveOptions = DEFAULTS
    ) -> SaveResult:
        """Move one row to the recycle bin (past it with `hard_delete`)."""
        return self.save_batch("delete", [(name, record_id, {})], actor=actor, options=options)[0]

    def undelete(self, name: str, record_id: str, *, actor: User) -> SaveResult:
        """Bring one row back."""
        return self.save_batch("undelete", [(name, record_id, {})], actor=actor)[0]

    def save_batch(
        self,
        op: Op,
        rows: Sequence[tuple[str, str | None, Values]],
        *,
        actor: User,
        all_or_none: bool = False,
        options: SaveOptions = DEFAULTS,
    ) -> list[SaveResult]:
        """(object, id, values) rows in one transaction under one stamp; answers in request order."""
        with self._writing(actor, options) as tx:
            return self._batch(
                tx, all_or_none=all_or_none, works=[_bound(self._saved, tx, op, *row) for row in rows]
            )

    @staticmethod
    def _batch(
        tx: Transaction, *, all_or_none: bool, works: Sequence[Callable[[], SaveResult]]
    ) -> list[SaveResult]:
        if not all_or_none:
            return [work() for work in works]
        tx.connection.execute("SAVEPOINT whole_batch")
        results = [work() for work in works]
        if any(not result.success for result in results):
            tx.connection.execute("ROLLBACK TO whole_batch")
            tx.forget()
            results = [
                SaveResult(id=None, success=False, errors=(_ROLLED_BACK,)) if result.success else result
                for result in results
            ]
        tx.connection.execute("RELEASE whole_batch")
        return results

    def upsert(
        self, name: str, field: str, key: Any, values: Values, *, actor: User, options: SaveOptions = DEFAULTS
    ) -> SaveResult:
        """By external id (or Id). Several matches: ApiError 300, ids in `fields`; unknown field: 404."""
        definition = self.object(name)
        found_field = definition.field(field)
        if found_field is None or not (found_field.external_id or found_field.id_lookup):
            raise ApiError(
                404, "NOT_FOUND", f"Provided external ID field does not exist or is not accessible: {field}"
            )
        if found_field.name != "Id" and any(given.lower() == found_field.name.lower() for given in values):
            message = f"The {found_field.name} field should not be specified in the sobject data."
            raise ApiError(400, "INVALID_FIELD", message)
        with self._writing(actor, options) as tx:
            return self._upserted(tx, definition, found_field, key, values, whole_request=True)

    def _upserted(
        self,
        tx: Transaction,
        definition: ObjectDef,
        field: FieldDef,
        key: Any,
        values: Values,
        *,
        whole_request: bool = False,
    ) -> SaveResult:
        if field.name == "Id":
            if not key:
                return self._saved(tx, "insert", definition.name, None, values)
            return self._saved(tx, "update", definition.name, str(key), values)
        try:
            ids = live_matches(tx, definition, field, key)
            stored = convert(field, key, csv=tx.options.csv)
        except RowRefusedError as refused:
            return SaveResult(id=None, success=False, errors=refused.errors)
        if stored is None:
            return _failed("MISSING_ARGUMENT", f"{field.name} not specified")
        if len(ids) > 1:
            message = f"{field.label}: more than one record found for external id field: [{', '.join(ids)}]"
            if whole_request:
                raise ApiError(300, "MULTIPLE_CHOICES", message, tuple(ids))
            return _failed("DUPLICATE_EXTERNAL_ID", message, field.name)
        if ids:
            return self._saved(tx, "update", definition.name, ids[0], values)
        return self._saved(tx, "insert", definition.name, None, {**values, field.name: key})

    def upsert_batch(
        self,
        field: str,
        rows: Sequence[tuple[str, Values]],
        *,
        actor: User,
        all_or_none: bool = False,
        options: SaveOptions = DEFAULTS,
    ) -> list[SaveResult]:
        """Upsert (object, values holding `field`) rows together. ApiError 404 for an unknown field."""
        with self._writing(actor, options) as tx:
            works: list[Callable[[], SaveResult]] = []
            for name, values in rows:
                definition = self.object(name)
                found_field = definition.field(field)
                if found_field is None or not (found_field.external_id or found_field.id_lookup):
                    message = f"Provided external ID field does not exist or is not accessible: {field}"
                    raise ApiError(404, "NOT_FOUND", message)
                key = next((value for given, value in values.items() if given.lower() == field.lower()), None)
                rest = {given: value for given, value in values.items() if given.lower() != field.lower()}
                works.append(_bound(self._upserted, tx, definition, found_field, key, rest))
            return self._batch(tx, all_or_none=all_or_none, works=works)

    def bulk_insert(self, name: str, rows: Iterable[Values], *, actor: User | None = None) -> int:
        """Seed rows, values in stored form: no rules or flows, but complete stamps, ids and formula columns.

        Streams in bounded batches, each its own transaction, so memory does not follow the number of rows.
        """
        total = 0
        definition = self.schema.object(name)
        with self._lock:
            writer = self._core.store.writer
            tx = Transaction(self._core, actor=actor or self.admin, now=self.now())
            writer.execute("BEGIN IMMEDIATE")
            try:
                for written in insert_many(tx, definition, rows):
                    writer.execute("COMMIT")
                    total += written
                    writer.execute("BEGIN IMMEDIATE")
            except BaseException:
                writer.execute("ROLLBACK")
                raise
            writer.execute("COMMIT")
        return total

    def new_id(self, name: str) -> str:
        """An id of that object, minted ahead of a `bulk_insert` that links rows."""
        with self._lock:
            return self._core.new_id(self.schema.object(name))


def _failed(status_code: str, message: str, *fields: str) -> SaveResult:
    error = SaveError(status_code=status_code, message=message, fields=fields)
    return SaveResult(id=None, success=False, errors=(error,))


def _bound(work: Callable[..., SaveResult], *arguments: Any) -> Callable[[], SaveResult]:
    return lambda: work(*arguments)
