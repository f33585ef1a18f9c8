"""The practice org's engine: rows in SQLite behind one writer, saved in the documented order of execution."""

from __future__ import annotations

import sqlite3
import tempfile
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Literal

from connector.practice.clock import PracticeClock, instant_of
from connector.practice.org import approvals, replication
from connector.practice.org.conversion import convert
from connector.practice.org.founding import FOUNDED, found
from connector.practice.org.holds import Hold
from connector.practice.org.ids import is_well_formed, to18
from connector.practice.org.incoming import live_matches
from connector.practice.org.lead_conversion import Conversion, convert_lead
from connector.practice.org.logins import Sessions, build_user
from connector.practice.org.merging import merge_rows
from connector.practice.org.removal import delete_row, empty_bin, undelete_row
from connector.practice.org.results import (
    DEFAULTS,
    ApiError,
    RowRefusedError,
    SaveError,
    SaveOptions,
    SaveResult,
)
from connector.practice.org.rulebook import Rulebook
from connector.practice.org.save import insert_row, update_row
from connector.practice.org.seeding import insert_many
from connector.practice.org.storage import Store, load
from connector.practice.org.transaction import Core, Row, Statement, Transaction, Values
from connector.practice.org.user import User
from connector.practice.schema import (
    DuplicateRule,
    FieldDef,
    ObjectDef,
    Schema,
    UnknownObjectError,
    extend,
    without_field,
)

Op = Literal["insert", "update", "delete", "undelete"]
_ROLLED_BACK = SaveError(
    status_code="ALL_OR_NONE_OPERATION_ROLLED_BACK",
    message="Record rolled back because not all records were valid and the request was using AllOrNone header",
)


@dataclass(kw_only=True)
class Open:
    """A transaction spanning several saves; `undo` makes it roll back when it ends."""

    now: datetime
    thread: int
    undone: bool = False

    def undo(self) -> None:
        self.undone = True


class Org:
    """One org. Thread-safe: one writer at a time, every reader thread has its own read-only connection."""

    def __init__(
        self, schema: Schema, *, path: Path | None = None, clock: PracticeClock | None = None
    ) -> None:
        """Found an org. `path` names its SQLite file; without it a temporary one lives as long as the org."""
        self.clock = clock or PracticeClock()
        self._folder = tempfile.TemporaryDirectory(prefix="practice-org-") if path is None else None
        place = path or Path(self._folder.name if self._folder else ".") / "org.sqlite"
        self._core = Core(
            schema=schema, store=Store(place, schema), clock=self.clock, rulebook=Rulebook(schema)
        )
        self._lock = threading.RLock()
        self._open: Open | None = None
        self._holds: dict[str, Hold] = {}
        nobody = User(id="", username="", name="")
        with self._writing(nobody) as tx:
            self.organization_id, admin_id = found(tx)
        self._sessions = Sessions(self.organization_id)
        admin = self.user(admin_id)
        assert admin is not None  # noqa: S101 - written a line above
        self.admin: User = admin

    @property
    def schema(self) -> Schema:
        return self._core.schema

    def close(self) -> None:
        """Close every connection; a temporary file goes with them."""
        with self._lock:
            self._core.store.close()
            if self._folder is not None:
                self._folder.cleanup()

    # time
    def now(self) -> datetime:
        """The practice time."""
        return self.clock.now()

    def advance(self, seconds: float) -> datetime:
        """Move the practice clock forward."""
        return self.clock.advance(seconds)

    # schema
    def object(self, name: str) -> ObjectDef:
        """The object, or ApiError 404 NOT_FOUND as an address naming it would answer."""
        try:
            return self.schema.object(name)
        except UnknownObjectError:
            raise ApiError(404, "NOT_FOUND", "The requested resource does not exist") from None

    def declare(self, path: Path) -> None:
        """Add a declared file's objects and fields to the running org: its schema drifts."""
        self._reschema(extend(self.schema, path))

    def drop_field(self, name: str, field: str) -> None:
        """Take a field out of the schema; what it held stays in the file, unseen."""
        self._reschema(without_field(self.schema, name, field))

    def add_duplicate_rule(self, rule: DuplicateRule) -> None:
        """Activate a duplicate rule."""
        self._reschema(self.schema.with_duplicate_rule(rule))

    def _reschema(self, schema: Schema) -> None:
        with self._lock:
            rulebook = Rulebook(schema)
            for definition in schema:
                self._core.store.build(definition)
            self._core.statements.clear()
            self._core.users.clear()
            self._core.rulebook = rulebook
            self._core.schema = schema

    # reading
    def reader(self) -> sqlite3.Connection:
        """This thread's read-only connection; it sees committed rows, and this thread's own open transaction."""
        opened = self._open
        if opened is not None and opened.thread == threading.get_ident():
            return self._core.store.writer
        return self._core.store.reader()

    def read(self, name: str, record_id: str, fields: Sequence[str] | None = None, *, actor: User) -> Row:
        """One row by id. ApiError 404 NOT_FOUND or ENTITY_IS_DELETED, 400 MALFORMED_ID or INVALID_FIELD."""
        definition = self.object(name)
        key = self.normal_id(record_id)
        row = load(self.reader(), definition, key)
        access = actor.access.object(definition)
        hidden = definition.private and not access.view_all and row is not None and row["OwnerId"] != actor.id
        if row is None or hidden or not access.read:
            raise ApiError(404, "NOT_FOUND", "The requested resource does not exist")
        if row.get("IsDeleted"):
            raise ApiError(404, "ENTITY_IS_DELETED", "entity is deleted")
        if fields is None:
            return {
                key: value
                for key, value in row.items()
                if actor.access.reads(definition, definition.fields[key])
            }
        made: Row = {}
        for asked in fields:
            field = definition.field(asked)
            if field is None or not field.stored or not actor.access.reads(definition, field):
                raise ApiError(
                    400, "INVALID_FIELD", f"No such column '{asked}' on sobject of type {definition.name}"
                )
            made[field.name] = row[field.name]
        return made

    @staticmethod
    def normal_id(record_id: str) -> str:
        """The 18-character form; ApiError 400 MALFORMED_ID."""
        if not is_well_formed(record_id):
            raise ApiError(400, "MALFORMED_ID", f"malformed id {record_id}")
        return to18(record_id)

    def last_modified(self, name: str, record_id: str) -> datetime | None:
        """What If-Modified-Since and If-Unmodified-Since compare with; None when there is no such row."""
        definition = self.object(name)
        row = load(self.reader(), definition, self.normal_id(record_id))
        if row is None:
            return None
        stamp = row.get("LastModifiedDate") or row.get("SystemModstamp") or row.get("CreatedDate")
        return instant_of(stamp) if stamp else None

    def updated(self, name: str, start: datetime, end: datetime) -> tuple[list[str], datetime]:
        """getUpdated: ids and latestDateCovered. ApiError 400 INVALID_REPLICATION_DATE or EXCEEDED_ID_LIMIT."""
        definition = self.object(name)
        now = self.now()
        since, until = replication.window(start, end, now)
        with self._lock:  # an open transaction must not commit between the rows and their watermark
            latest = replication.covered(until, now, (hold.since for hold in self._holds.values()))
            return replication.updated_ids(self.reader(), definition, since, until), latest

    def deleted(
        self, name: str, start: datetime, end: datetime
    ) -> tuple[list[tuple[str, str]], datetime, datetime]:
        """getDeleted: (id, deletion stamp) pairs, earliestDateAvailable, latestDateCovered."""
        definition = self.object(name)
        now = self.now()
        since, until = replication.window(start, end, now)
        with self._lock:
            latest = replication.covered(until, now, (hold.since for hold in self._holds.values()))
            rows = replication.deleted_rows(self.reader(), definition, since, until)
        return rows, replication.earliest(now, FOUNDED), latest

    # writing
    @contextmanager
    def transaction(self) -> Iterator[Open]:
        """Several saves as one: they share a stamp and stand or fall together. `undo()` rolls all back."""
        with self._lock:
            if self._open is not None:
                yield self._open
                return
            writer = self._core.store.writer
            writer.execute("BEGIN IMMEDIATE")
            self._open = Open(now=self.now(), thread=threading.get_ident())
            opened = self._open
            try:
                yield opened
            except BaseException:
                opened.undone = True
                raise
            finally:
                self._open = None
                writer.execute("ROLLBACK" if opened.undone else "COMMIT")
                if opened.undone:
                    self._core.users.clear()

    @contextmanager
    def _writing(
        self, actor: User, options: SaveOptions = DEFAULTS, journal: list[Statement] | None = None
    ) -> Iterator[Transaction]:
        with self.transaction() as opened:
            yield Transaction(self._core, actor=actor, now=opened.now, options=options, journal=journal)

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
            result = self._row(tx, lambda: (delete_row(tx, definition, key), (key, False))[1])
        else:
            result = self._row(tx, lambda: (undelete_row(tx, definition, key), (key, False))[1])
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
        """By external id (or Id). Several matches: ApiError 300 with the ids in `fields`; unknown field: 404."""
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
            message = f"{field.name}: more than one record found for external id field: [{', '.join(ids)}]"
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
        """Upsert (object, values holding `field`) rows in one transaction. ApiError 404 for an unknown field."""
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

        Streams in batches of 10,000, each its own transaction, so memory does not follow the number of rows.
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

    # acts of other people
    def _act(self, actor: User, work: Callable[[Transaction], dict[str, Any]]) -> dict[str, Any]:
        """Run a whole act; a refusal undoes it and becomes an ApiError."""
        with self._writing(actor) as tx:
            tx.connection.execute("SAVEPOINT one_act")
            try:
                answer = work(tx)
            except RowRefusedError as refused:
                tx.connection.execute("ROLLBACK TO one_act")
                tx.connection.execute("RELEASE one_act")
                first = refused.errors[0]
                raise ApiError(400, first.status_code, first.message, first.fields) from refused
            tx.connection.execute("RELEASE one_act")
            return answer

    def convert(
        self,
        lead_id: str,
        *,
        actor: User,
        account_id: str | None = None,
        contact_id: str | None = None,
        opportunity_name: str | None = None,
        do_not_create_opportunity: bool = False,
        owner_id: str | None = None,
        converted_status: str | None = None,
    ) -> dict[str, str | None]:
        """{"leadId","accountId","contactId","opportunityId"}; ApiError when the lead cannot be converted."""
        asked = Conversion(
            lead_id=self.normal_id(lead_id),
            account_id=account_id and self.normal_id(account_id),
            contact_id=contact_id and self.normal_id(contact_id),
            opportunity_name=opportunity_name,
            do_not_create_opportunity=do_not_create_opportunity,
            owner_id=owner_id and self.normal_id(owner_id),
            converted_status=converted_status,
        )
        return self._act(actor, lambda tx: convert_lead(tx, asked))

    def merge(
        self,
        name: str,
        master_id: str,
        loser_ids: Sequence[str],
        *,
        actor: User,
        values: Values | None = None,
    ) -> dict[str, Any]:
        """{"id","mergedRecordIds","updatedRelatedIds"}; ApiError when refused."""
        definition = self.object(name)
        master, losers = self.normal_id(master_id), [self.normal_id(each) for each in loser_ids]
        return self._act(actor, lambda tx: merge_rows(tx, definition, master, losers, values or {}))

    def empty_bin(self) -> int:
        """Purge the recycle bin; how many rows went. They stay in getDeleted."""
        with self._writing(self.admin) as tx:
            return empty_bin(tx)

    def hold(
        self, name: str, ops: Sequence[tuple[Op, str, str | None, Values]], *, actor: User
    ) -> list[SaveResult]:
        """Open a transaction and leave it open: (op, object, id, values) rows locked, unseen, stamped now.

        ApiError 400 when a hold of that name is open already, or when one of its rows is refused.
        """
        with self._lock:
            if name in self._holds:
                raise ApiError(400, "INVALID_OPERATION", f"a hold named {name} is open already")
            journal: list[Statement] = []
            with self.transaction() as opened:
                opened.undo()  # what it wrote is kept in the journal, not in the file
                tx = Transaction(self._core, actor=actor, now=opened.now, journal=journal)
                results = [self._saved(tx, *op) for op in ops]
            failed = next((result.errors[0] for result in results if not result.success), None)
            if failed is not None:
                raise ApiError(400, failed.status_code, failed.message, failed.fields)
            hold = Hold(
                name=name,
                since=opened.now,
                statements=tuple(journal),
                locked=frozenset(tx.touched),
                results=tuple(results),
            )
            self._holds[name] = hold
            self._core.held |= dict.fromkeys(hold.locked, name)
            return results

    def _release(self, name: str) -> Hold:
        hold = self._holds.pop(name, None)
        if hold is None:
            raise ApiError(404, "NOT_FOUND", f"no hold named {name} is open")
        for record_id in hold.locked:
            self._core.held.pop(record_id, None)
        return hold

    def commit(self, name: str) -> list[SaveResult]:
        """Its rows appear with the stamps of the hold."""
        with self._lock:
            hold = self._release(name)
            with self.transaction():
                for statement in hold.statements:
                    self._core.store.writer.execute(statement.sql, statement.parameters)
            self._core.users.clear()
            return list(hold.results)

    def rollback(self, name: str) -> None:
        """Nothing of it ever happened."""
        with self._lock:
            self._release(name)

    # approvals
    def define_approval(self, name: str, label: str) -> str:
        """Give an object an approval process; the ProcessDefinition's id."""
        definition = self.object(name)
        with self._writing(self.admin) as tx:
            return approvals.define_process(tx, definition, label)

    def submit(
        self, record_id: str, *, actor: User, comments: str | None = None, approvers: Sequence[str] = ()
    ) -> dict[str, Any]:
        """Submit for approval: the row of `/process/approvals`; ApiError when refused. The record is locked."""
        key, chosen = self.normal_id(record_id), [self.normal_id(each) for each in approvers]
        return self._act(actor, lambda tx: approvals.submit(tx, key, comments=comments, approvers=chosen))

    def approve(
        self, workitem_id: str, action: approvals.Action, *, actor: User, comments: str | None = None
    ) -> dict[str, Any]:
        """Approve, Reject or Removed (recall) a work item, or the open one of a record; ApiError when refused."""
        key = self.normal_id(workitem_id)

        def work(tx: Transaction) -> dict[str, Any]:
            items = tx.ids(
                "SELECT w.Id FROM ProcessInstanceWorkitem w JOIN ProcessInstance p ON p.Id = w.ProcessInstanceId"
                " WHERE p.TargetObjectId = ? ORDER BY w.Id",
                (key,),
            )
            return approvals.act(tx, items[0] if items else key, action, comments=comments)

        return self._act(actor, work)

    # logins
    def user(self, user_id: str) -> User | None:
        """The login of a User row."""
        if not is_well_formed(user_id):
            return None
        key = to18(user_id)
        found_user = self._core.users.get(key)
        if found_user is None:
            found_user = build_user(self.reader(), self.schema, key)
            if found_user is not None:
                self._core.users[key] = found_user
        return found_user

    def user_by_username(self, username: str) -> User | None:
        """The login of that username, whatever its case."""
        row = self.reader().execute("SELECT Id FROM User WHERE Username = ?", (username,)).fetchone()
        return self.user(row[0]) if row else None

    def users(self) -> list[User]:
        """Every login, in order of creation."""
        rows = self.reader().execute("SELECT Id FROM User ORDER BY Id").fetchall()
        return [user for row in rows if (user := self.user(row[0])) is not None]

    def assign(self, user_id: str, permission_set: str) -> None:
        """Assign a permission set of the project; ValueError when there is none of that name."""
        if permission_set not in self.schema.permission_sets:
            known = ", ".join(self.schema.permission_sets) or "none"
            raise ValueError(f"no permission set {permission_set}; the project ships: {known}")
        with self._writing(self.admin) as tx:
            tx.write(
                "INSERT OR IGNORE INTO _assigned (UserId, PermissionSet) VALUES (?, ?)",
                (user_id, permission_set),
            )
            self._core.users.pop(user_id, None)

    def issue_token(self, user: User, *, lifetime: float | None = None) -> str:
        """A new session token, `<15-character org id>!…`; `lifetime` in practice seconds."""
        ends = None if lifetime is None else self.now() + timedelta(seconds=lifetime)
        return self._sessions.issue(user.id, ends)

    def user_by_token(self, token: str) -> User | None:
        """The login behind a token; None when it is unknown, expired or revoked, or the user inactive."""
        user_id = self._sessions.user_id(token, self.now())
        found_user = self.user(user_id) if user_id else None
        return found_user if found_user is not None and found_user.is_active else None

    def revoke(self, token: str) -> bool:
        """End a token for good; whether there was one."""
        return self._sessions.revoke(token)

    def expire(self, token: str) -> bool:
        """Let a token run out now; whether there was one."""
        return self._sessions.expire(token, self.now())

    def expire_all(self) -> int:
        """Let every token run out now; how many."""
        return self._sessions.expire_all(self.now())


def _failed(status_code: str, message: str, *fields: str) -> SaveResult:
    error = SaveError(status_code=status_code, message=message, fields=fields)
    return SaveResult(id=None, success=False, errors=(error,))


def _bound(work: Callable[..., SaveResult], *arguments: Any) -> Callable[[], SaveResult]:
    return lambda: work(*arguments)
