"""The store on SQLite or PostgreSQL.

Decisions that shape it:

*SQLite: write-ahead log, `synchronous=NORMAL`.* Commits do not wait for the disk; checkpoints do. A crash of
the process loses nothing. A power cut may lose the last commits, never the file's consistency: cursor and
mirror, verdict and desired values go back together to an earlier commit, the org is read again from the
earlier cursor, and an outbox row that is available once more is compared with the org before it is written.
Set `synchronous=FULL` through the URL (`sqlite:///path?synchronous=FULL`) where the ledger must survive a
power cut to the last line.

*SQLite: one writer, many readers.* Writing goes through one connection behind a lock, and begins IMMEDIATE,
so that a second process waits its turn (`busy_timeout`) instead of failing half-way. Every `reading()` has
its own connection and sees one snapshot.

*PostgreSQL.* Writing runs READ COMMITTED under the same lock; reading runs REPEATABLE READ, READ ONLY. A
transaction that hangs idle for two minutes is ended by the server, so that the next holder of the lease never
waits for the dead.

*Fencing.* A store that has taken the lease writes only under its epoch, checked when a transaction begins and
again, holding the lease row, right before it commits. A store that never took it is a desk (CLI verb, test):
not fenced, but serialised like everyone else.
"""

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import chain
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, insert, select
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError
from sqlalchemy.pool import QueuePool

from connector.canonical.ids import OrgId, record_id
from connector.ports.ahead import read_ahead
from connector.ports.org import Batch
from connector.store import lease, upgrade
from connector.store.arrival import Ready, arrival
from connector.store.bulk import copied
from connector.store.docket import SqlDocket
from connector.store.facts import SqlFacts
from connector.store.ledger import SqlLedger
from connector.store.matches import SqlMatches
from connector.store.mirror import SqlMirror
from connector.store.outbox import SqlOutbox
from connector.store.schema import ORG
from connector.store.streams import SqlNotes, SqlStreams

_BUSY_MS = 30_000
_IDLE_MS = 120_000
_SYNCHRONOUS = ("OFF", "NORMAL", "FULL", "EXTRA")


class BadStoreUrl(ValueError):
    """The store's address cannot be used: give `sqlite:///path` or `postgresql://user@host/database`."""


@dataclass(frozen=True, kw_only=True, slots=True)
class SqlTransaction:
    """Everything inside moves together or not at all."""

    mirror: SqlMirror
    facts: SqlFacts
    ledger: SqlLedger
    docket: SqlDocket
    outbox: SqlOutbox
    streams: SqlStreams
    matches: SqlMatches
    notes: SqlNotes


class SqlStore:
    """One org's part of a database. Safe to share between threads."""

    def __init__(self, engine: Engine, organization: OrgId, org: int) -> None:
        self._engine, self._organization, self._org = engine, organization, org
        self._reader = engine.execution_options(connector_reading=True)
        self._turn = threading.RLock()
        self._writing = False
        self._epoch: int | None = None

    @contextmanager
    def transaction(self) -> Iterator[SqlTransaction]:
        with self._write() as connection:
            lease.check(connection, self._org, self._epoch, hold=False)
            yield self._inside(connection, writing=True)
            lease.check(connection, self._org, self._epoch, hold=True)

    @contextmanager
    def reading(self) -> Iterator[SqlTransaction]:
        with self._reader.connect() as connection, connection.begin():
            yield self._inside(connection, writing=False)

    def ahead(self, batches: Iterator[Batch]) -> Iterator[Batch]:
        """The batches of one snapshot; for PostgreSQL in its own format, made while earlier ones are written."""
        first = next(batches, None)
        if first is None or self._engine.dialect.name == "sqlite":
            return batches if first is None else chain((first,), batches)
        with self.transaction() as tx:
            shape = tx.mirror.shape(first.object, first.fields)
        kept = (first.object, first.fields)
        return read_ahead(
            self._ready(batch, shape) if (batch.object, batch.fields) == kept else batch
            for batch in chain((first,), batches)
        )

    def _ready(self, batch: Batch, shape: int) -> Batch:
        come = arrival(batch, shape)
        come = replace(come, copied=copied(self._org, come))
        return Ready(
            object=batch.object,
            fields=batch.fields,
            columns=batch.columns,
            resume=batch.resume,
            arrival=come,
        )

    def take_lease(self, worker: str, now: datetime, seconds: int) -> int | None:
        with self._write() as connection:
            epoch = lease.take(
                connection, self._org, worker=worker, now=now, seconds=seconds, mine=self._epoch
            )
        if epoch is not None:
            self._epoch = epoch
        return epoch

    def release_lease(self, worker: str) -> None:
        """Let go; this store then writes nothing more until it takes the lease again."""
        with self._write() as connection:
            lease.release(connection, self._org, worker)

    def close(self) -> None:
        self._engine.dispose()

    @contextmanager
    def _write(self) -> Iterator[Connection]:
        with self._turn:
            if self._writing:
                raise RuntimeError("a transaction is open in this thread already: use that one")
            self._writing = True
            try:
                with self._engine.begin() as connection:
                    yield connection
            finally:
                self._writing = False

    def _inside(self, connection: Connection, *, writing: bool) -> SqlTransaction:
        org = self._org
        mirror = SqlMirror(connection, org, writing=writing)
        return SqlTransaction(
            mirror=mirror,
            facts=SqlFacts(connection, org),
            ledger=SqlLedger(connection, org, self._organization),
            docket=SqlDocket(connection, org),
            outbox=SqlOutbox(connection, org, mirror),
            streams=SqlStreams(connection, org),
            matches=SqlMatches(connection, org),
            notes=SqlNotes(connection, org),
        )


def open_store(url: str, org: OrgId, *, migrate: bool = True) -> SqlStore:
    """The store of one org.

    Args: url: `sqlite:///relative/path`, `sqlite:////absolute/path` or
    `postgresql://user:password@host/database`. org: the organisation id, 15 or 18 characters. migrate: bring
    the schema up to date; without it, an older schema is an error.

    Raises:
        BadStoreUrl: the address is no usable one.
        SchemaMissing: `migrate` is off and the schema is missing or too old.
    """
    engine = engine_of(url)
    organization = record_id(org)
    try:
        number = _known(engine, organization)
        if number is None:
            with engine.begin() as connection:
                if migrate:
                    upgrade.upgrade(connection)
                else:
                    upgrade.require(connection)
                number = _number(connection, organization)
    except BaseException:
        engine.dispose()
        raise
    return SqlStore(engine, OrgId(organization), number)


def _known(engine: Engine, organization: str) -> int | None:
    """The org's number where nothing has to be written first: a desk never waits for a daemon that is writing."""
    with engine.execution_options(connector_reading=True).connect() as connection, connection.begin():
        try:
            upgrade.require(connection)
        except upgrade.SchemaMissing:
            return None
        found = connection.execute(select(ORG.c.org).where(ORG.c.organization == organization)).scalar()
        return None if found is None else int(found)


def _number(connection: Connection, organization: str) -> int:
    find = select(ORG.c.org).where(ORG.c.organization == organization)
    number = connection.execute(find).scalar()
    if number is None:
        connection.execute(insert(ORG).values(organization=organization))
        number = connection.execute(find).scalar_one()
    return int(number)


def absent(url: str) -> bool:
    """Whether this names an SQLite file that is not there: whoever connects to read would leave an empty one."""
    try:
        parsed = make_url(url)
    except ArgumentError:
        return False
    file = parsed.database if parsed.get_backend_name() == "sqlite" else None
    return bool(file) and file != ":memory:" and not Path(str(file)).exists()


def engine_of(url: str) -> Engine:
    """A connection pool for an address. Raises BadStoreUrl."""
    try:
        parsed = make_url(url)
    except ArgumentError as fault:
        raise BadStoreUrl(f"{url!r} is no database address: {BadStoreUrl.__doc__}") from fault
    match parsed.get_backend_name():
        case "sqlite":
            return _sqlite(parsed)
        case "postgresql" | "postgres":
            return _postgres(parsed)
        case other:
            raise BadStoreUrl(f"{other!r} is no supported database: {BadStoreUrl.__doc__}")


def _sqlite(url: URL) -> Engine:
    if not url.database or url.database == ":memory:":
        raise BadStoreUrl(
            "a store in memory would be lost and could not be read while it writes: name a file"
        )
    Path(url.database).parent.mkdir(parents=True, exist_ok=True)
    synchronous = str(url.query.get("synchronous", "NORMAL")).upper()
    if synchronous not in _SYNCHRONOUS:
        raise BadStoreUrl(
            f"synchronous={synchronous} is unknown to SQLite: use one of {', '.join(_SYNCHRONOUS)}"
        )
    engine = create_engine(
        url.set(query={}),
        poolclass=QueuePool,
        connect_args={"check_same_thread": False, "isolation_level": None, "timeout": _BUSY_MS / 1000},
    )

    @event.listens_for(engine, "connect")
    def prepare(raw: sqlite3.Connection, _: Any) -> None:
        raw.execute(
            "PRAGMA page_size=8192"
        )  # of a new file: a sixth less work for a first load than with 4096
        raw.execute("PRAGMA journal_mode=WAL")
        raw.execute(f"PRAGMA synchronous={synchronous}")
        raw.execute(f"PRAGMA busy_timeout={_BUSY_MS}")
        raw.execute("PRAGMA cache_size=-32768")  # 32 MiB, and as much again while links are sorted
        raw.execute("PRAGMA temp_store=FILE")

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        reading = connection.get_execution_options().get("connector_reading", False)
        connection.exec_driver_sql(f"PRAGMA query_only={'ON' if reading else 'OFF'}")
        connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")

    return engine


def _postgres(url: URL) -> Engine:
    engine = create_engine(
        url.set(drivername="postgresql+psycopg"),
        pool_pre_ping=True,
        connect_args={"options": f"-c idle_in_transaction_session_timeout={_IDLE_MS} -c timezone=UTC"},
    )

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        if connection.get_execution_options().get("connector_reading", False):
            connection.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")

    return engine
