"""What an org stands on: its clock, its schema, its file, its one writer and its transactions."""

from __future__ import annotations

import sqlite3
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from connector.practice.clock import PracticeClock
from connector.practice.org.founding import found
from connector.practice.org.holds import Hold
from connector.practice.org.ids import is_well_formed, to18
from connector.practice.org.logins import Sessions, build_user
from connector.practice.org.results import (
    DEFAULTS,
    ApiError,
    SaveOptions,
)
from connector.practice.org.rulebook import Rulebook
from connector.practice.org.storage import Store
from connector.practice.org.transaction import Core, Statement, Transaction
from connector.practice.org.user import User
from connector.practice.schema import (
    DuplicateRule,
    ObjectDef,
    Schema,
    UnknownObjectError,
    extend,
    without_field,
)


@dataclass(kw_only=True)
class Open:
    """A transaction spanning several saves; `undo` makes it roll back when it ends."""

    now: datetime
    thread: int
    undone: bool = False

    def undo(self) -> None:
        self.undone = True


class Foundation:
    """Shared ground of the engine's parts; `Org` is the whole."""

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
        admin = build_user(self._core.store.writer, schema, admin_id)
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
        """This thread's connection: read-only, or the writer's inside its own open transaction."""
        opened = self._open
        if opened is not None and opened.thread == threading.get_ident():
            return self._core.store.writer
        return self._core.store.reader()

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
    def normal_id(record_id: str) -> str:
        """The 18-character form; ApiError 400 MALFORMED_ID."""
        if not is_well_formed(record_id):
            raise ApiError(400, "MALFORMED_ID", f"malformed id {record_id}")
        return to18(record_id)
