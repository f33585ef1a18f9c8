"""The practice org's engine: rows in SQLite behind one writer, saved in the documented order of execution."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from pathlib import Path
from typing import Any, Literal, Protocol

from connector.practice.clock import PracticeClock
from connector.practice.org.results import SaveOptions, SaveResult
from connector.practice.org.user import User
from connector.practice.schema import Schema

Values = Mapping[str, Any]
Row = dict[str, Any]
Op = Literal["insert", "update", "delete", "undelete"]


class Transaction(Protocol):
    """An open transaction of one thread."""

    def undo(self) -> None:
        """Roll everything back when the `with` ends."""


class Org:
    """One org. Thread-safe: one writer at a time, every reader thread has its own read-only connection."""

    schema: Schema
    clock: PracticeClock
    organization_id: str
    admin: User  # the system administrator, who sees and may do everything

    def __init__(
        self, schema: Schema, *, path: Path | None = None, clock: PracticeClock | None = None
    ) -> None:
        raise NotImplementedError

    def close(self) -> None:
        raise NotImplementedError

    # time
    def now(self) -> datetime:
        raise NotImplementedError

    def advance(self, seconds: float) -> datetime:
        raise NotImplementedError

    # reading
    def reader(self) -> sqlite3.Connection:
        """This thread's read-only connection; it sees committed rows only."""
        raise NotImplementedError

    def read(self, name: str, record_id: str, fields: Sequence[str] | None = None, *, actor: User) -> Row:
        """One row by id. ApiError 404 NOT_FOUND or ENTITY_IS_DELETED, 400 MALFORMED_ID."""
        raise NotImplementedError

    def updated(self, name: str, start: datetime, end: datetime) -> tuple[list[str], datetime]:
        """getUpdated: ids and latestDateCovered. ApiError 400 INVALID_REPLICATION_DATE, EXCEEDED_ID_LIMIT."""
        raise NotImplementedError

    def deleted(
        self, name: str, start: datetime, end: datetime
    ) -> tuple[list[tuple[str, str]], datetime, datetime]:
        """getDeleted: (id, deletion stamp) pairs, earliestDateAvailable, latestDateCovered."""
        raise NotImplementedError

    def last_modified(self, name: str, record_id: str) -> datetime | None:
        """What If-Modified-Since and If-Unmodified-Since compare with; None when there is no such row."""
        raise NotImplementedError

    # writing
    def insert(
        self, name: str, values: Values, *, actor: User, options: SaveOptions = SaveOptions()
    ) -> SaveResult:
        raise NotImplementedError

    def update(
        self, name: str, record_id: str, values: Values, *, actor: User, options: SaveOptions = SaveOptions()
    ) -> SaveResult:
        raise NotImplementedError

    def delete(
        self, name: str, record_id: str, *, actor: User, options: SaveOptions = SaveOptions()
    ) -> SaveResult:
        raise NotImplementedError

    def undelete(self, name: str, record_id: str, *, actor: User) -> SaveResult:
        raise NotImplementedError

    def upsert(
        self,
        name: str,
        field: str,
        key: str,
        values: Values,
        *,
        actor: User,
        options: SaveOptions = SaveOptions(),
    ) -> SaveResult:
        """By external id (or Id). Several matches: ApiError 300 with the ids in `fields`; unknown field: 404."""
        raise NotImplementedError

    def save_batch(
        self,
        op: Op,
        rows: Sequence[tuple[str, str | None, Values]],
        *,
        actor: User,
        all_or_none: bool = False,
        options: SaveOptions = SaveOptions(),
    ) -> list[SaveResult]:
        """One transaction, one stamp; answers in request order."""
        raise NotImplementedError

    def upsert_batch(
        self,
        field: str,
        rows: Sequence[tuple[str, Values]],
        *,
        actor: User,
        all_or_none: bool = False,
        options: SaveOptions = SaveOptions(),
    ) -> list[SaveResult]:
        """Upsert (object, values holding `field`) rows in one transaction."""
        raise NotImplementedError

    def bulk_insert(self, name: str, rows: Iterable[Values], *, actor: User | None = None) -> int:
        """Seed rows: no rules or flows, but complete stamps, ids and formula columns. Answers how many."""
        raise NotImplementedError

    def transaction(self) -> AbstractContextManager[Transaction]:
        """Make this thread's saves one transaction (composite with allOrNone, graphs, trees).

        Inside, `reader()` on this thread sees the unfinished rows; `undo()` on what the `with` gives, or an
        exception, rolls everything back; leaving commits. The stamps are one instant's.
        """
        raise NotImplementedError

    # acts of other people
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
        raise NotImplementedError

    def merge(
        self,
        name: str,
        master_id: str,
        loser_ids: Sequence[str],
        *,
        actor: User,
        values: Values | None = None,
    ) -> dict[str, Any]:
        """{"id","mergedRecordIds","updatedRelatedIds"}."""
        raise NotImplementedError

    def empty_bin(self) -> int:
        raise NotImplementedError

    def hold(
        self, name: str, ops: Sequence[tuple[Op, str, str | None, Values]], *, actor: User
    ) -> list[SaveResult]:
        """Open a transaction and leave it open: (op, object, id, values) rows locked, unseen, stamped now."""
        raise NotImplementedError

    def commit(self, name: str) -> None:
        """Its rows appear with the stamps of the hold."""
        raise NotImplementedError

    def rollback(self, name: str) -> None:
        raise NotImplementedError

    # approvals
    def submit(
        self, record_id: str, *, actor: User, comments: str | None = None, approvers: Sequence[str] = ()
    ) -> dict[str, Any]:
        """{"instanceId","instanceStatus","newWorkitemIds","actorIds","entityId"}; ApiError when refused."""
        raise NotImplementedError

    def approve(
        self,
        workitem_id: str,
        action: Literal["Approve", "Reject", "Removed"],
        *,
        actor: User,
        comments: str | None = None,
    ) -> dict[str, Any]:
        raise NotImplementedError

    # logins
    def user(self, user_id: str) -> User | None:
        raise NotImplementedError

    def user_by_username(self, username: str) -> User | None:
        raise NotImplementedError

    def users(self) -> list[User]:
        raise NotImplementedError

    def issue_token(self, user: User, *, lifetime: float | None = None) -> str:
        """A new session token, `<15-character org id>!…`; `lifetime` in practice seconds."""
        raise NotImplementedError

    def user_by_token(self, token: str) -> User | None:
        """The login behind a token; None when it is unknown, expired or revoked."""
        raise NotImplementedError

    def revoke(self, token: str) -> bool:
        raise NotImplementedError

    def expire(self, token: str) -> bool:
        raise NotImplementedError

    def expire_all(self) -> int:
        """Expire every session token; how many were live."""
        raise NotImplementedError
