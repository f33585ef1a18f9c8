"""The fast path: many rows at once by the raw driver, inside the same transaction as everything else.

SQLAlchemy costs 3× on bulk upserts; so SQLite takes `executemany` and PostgreSQL `COPY`, straight into the
table when nothing can be in the way, else into a staging table first.
"""

import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain, islice
from typing import Any, Protocol, cast

import psycopg
from sqlalchemy import Connection, Table

from connector.ports.ahead import read_ahead
from connector.store import copying
from connector.store.arrival import Arrival
from connector.store.schema import MATCH_RECORD, MIRROR, MIRROR_LINK

Values = Sequence[Any]

_BOUND = 1000  # rows that stand as Python values at one time
_COPIED = 5000  # rows of one piece of COPY
_AT_ONCE = 100  # rows of one SQLite statement: the driver gives up Python's lock once for all of them
_FEW = 200  # rows for which a staging table costs more than it saves

NUL = r"\u0000"
"""How a body spells the character that no database's text functions take well."""

_LINKS = """
    INSERT INTO mirror_link (org, object, field, value, id)
    SELECT org, object, field, substr(value, 1, {longest}), id
    FROM (SELECT org, object, field, {value} AS value, id
          FROM mirror CROSS JOIN {wanted}
          WHERE org = {mark} AND object = {mark} AND shape = {mark} AND deleted = 0
          LIMIT {all} OFFSET 0) AS found
    WHERE value IS NOT NULL ORDER BY 3, 4, 5 ON CONFLICT DO NOTHING
"""
# One record after the other, and each for every field: SQLite then parses a body once. The limit keeps the value from
# being computed once more for the condition outside.


class Taken(Exception):
    """A key of a plain insert exists already; nothing of that insert was kept."""


class Bulk(Protocol):
    """What the mirror and the match index need of a driver. Rows are in the order of the table's columns."""

    def load(self, org: int, come: Arrival) -> None:
        """Insert these rows into the mirror, all or none.

        Raises:
            Taken: one of the records is mirrored already.
        """
        ...

    def add(self, table: Table, rows: Sequence[Values]) -> None:
        """The same as `upsert`, quicker where no key is likely to be there."""
        ...

    def upsert(self, table: Table, rows: Iterable[Values]) -> None:
        """Insert or replace by primary key; no key may come twice in one call."""
        ...

    def insert_sorted(self, table: Table, pages: Iterable[Sequence[Values]]) -> None:
        """Insert rows of any order, sorted by primary key by the database; one page is in memory at a time.

        Keys that exist stay. Making a page may read through the same connection.
        """
        ...

    def build_links(
        self, org: int, object_name: str, places: Mapping[int, Sequence[tuple[int, str]]], longest: int
    ) -> None:
        """Index live records by the values at `places`, inside the database.

        `places` gives, by shape, positions in the body and the fields that stand there.

        Values are cut to `longest` characters. Records with a NUL in their body are left out.
        """
        ...

    def select_in(self, sql: str, fixed: Sequence[Any], keys: Sequence[Any]) -> list[tuple[Any, ...]]:
        """Run `sql`, with `?` for each fixed parameter and one `{keys}` where the set of keys belongs."""
        ...

    def select(self, sql: str, given: Sequence[Any]) -> list[tuple[Any, ...]]:
        """Run `sql`, with `?` for each of `given`: for what is asked a thousand times over."""
        ...

    def for_each(self, sql: str, keys: Sequence[int]) -> list[tuple[Any, ...]]:
        """Run `sql`, which selects from `{keys}`: a table with one column, `key`. It names no parameter."""
        ...


def bulk(connection: Connection) -> Bulk:
    """The fast path of this connection's driver."""
    raw = connection.connection.driver_connection
    if connection.dialect.name == "sqlite":
        return SqliteBulk(cast("sqlite3.Connection", raw))
    return PostgresBulk(cast("psycopg.Connection[Any]", raw))


def _names(table: Table) -> str:
    return ", ".join(f'"{column.name}"' for column in table.columns)


def _keys(table: Table) -> str:
    return ", ".join(f'"{column.name}"' for column in table.primary_key.columns)


def _on_conflict(table: Table) -> str:
    keys = {column.name for column in table.primary_key.columns}
    moved = [column.name for column in table.columns if column.name not in keys]
    if not moved:
        return f"ON CONFLICT ({_keys(table)}) DO NOTHING"
    sets = ", ".join(f'"{name}" = excluded."{name}"' for name in moved)
    return f"ON CONFLICT ({_keys(table)}) DO UPDATE SET {sets}"


class SqliteBulk:
    """`executemany` of the standard library's driver."""

    def __init__(self, raw: sqlite3.Connection) -> None:
        self._raw = raw

    def load(self, org: int, come: Arrival) -> None:
        self._raw.execute("SAVEPOINT plain_insert")
        try:
            for sql, rows in read_ahead(_inserts(org, come)):
                self._raw.executemany(sql, rows)
        except sqlite3.IntegrityError as fault:
            self._raw.execute("ROLLBACK TO plain_insert")
            raise Taken(come.object) from fault
        finally:
            self._raw.execute("RELEASE plain_insert")

    def add(self, table: Table, rows: Sequence[Values]) -> None:
        self.upsert(table, rows)

    def upsert(self, table: Table, rows: Iterable[Values]) -> None:
        self._raw.executemany(f"{self._insert(table.name, table)} {_on_conflict(table)}", rows)

    def insert_sorted(self, table: Table, pages: Iterable[Sequence[Values]]) -> None:
        staging = f"staging_{table.name}"
        self._raw.execute(
            f"CREATE TEMP TABLE IF NOT EXISTS {staging} AS SELECT {_names(table)} FROM {table.name} LIMIT 0"  # noqa: S608
        )
        self._raw.execute(f"DELETE FROM {staging}")  # noqa: S608
        for page in pages:
            self._raw.executemany(self._insert(staging, table), page)
        self._raw.execute(
            f"INSERT INTO {table.name} ({_names(table)}) SELECT {_names(table)} FROM {staging} WHERE true "  # noqa: S608
            f"ORDER BY {_keys(table)} ON CONFLICT DO NOTHING"
        )
        self._raw.execute(f"DROP TABLE {staging}")

    def build_links(
        self, org: int, object_name: str, places: Mapping[int, Sequence[tuple[int, str]]], longest: int
    ) -> None:
        value = f"CASE WHEN instr(body, '{NUL}') = 0 THEN json_extract(body, place) END"
        for shape, fields in places.items():
            rows = ", ".join(["(?, ?)"] * len(fields))
            wanted = f"(SELECT column1 AS place, column2 AS field FROM (VALUES {rows}))"  # noqa: S608
            given = [each for place, field in fields for each in (f"$[{place}]", field)]
            sql = _LINKS.format(value=value, wanted=wanted, longest=longest, mark="?", all=-1)
            self._raw.execute(sql, (*given, org, object_name, shape))

    def select_in(self, sql: str, fixed: Sequence[Any], keys: Sequence[Any]) -> list[tuple[Any, ...]]:
        found: list[tuple[Any, ...]] = []
        rest = iter(keys)
        while chunk := list(islice(rest, 10_000)):
            marks = ",".join("?" * len(chunk))
            found += self._raw.execute(sql.replace("{keys}", f"IN ({marks})"), (*fixed, *chunk)).fetchall()
        return found

    def select(self, sql: str, given: Sequence[Any]) -> list[tuple[Any, ...]]:
        return self._raw.execute(sql, given).fetchall()

    def for_each(self, sql: str, keys: Sequence[int]) -> list[tuple[Any, ...]]:
        if not keys:
            return []
        rows = ",".join(["(?)"] * len(keys))
        table = f"(SELECT column1 AS key FROM (VALUES {rows})) AS wanted"  # noqa: S608
        return self._raw.execute(sql.replace("{keys}", table), keys).fetchall()

    @staticmethod
    def _insert(into: str, table: Table) -> str:
        marks = ", ".join("?" * len(table.columns))
        return f"INSERT INTO {into} ({_names(table)}) VALUES ({marks})"  # noqa: S608


def _inserts(org: int, come: Arrival) -> Iterator[tuple[str, Sequence[Values]]]:
    """Statements and their rows. What is alike on every row stands in the statement: binding it costs time."""
    alike: dict[str, Any] = {"org": org, "object": come.object, "shape": come.shape}
    varying: dict[str, Sequence[Any]] = {"id": come.ids, "stamp": come.stamps, "valid_from": come.starts}
    for name, values in (("deleted", come.deleted), ("master", come.masters)):
        if any(values):
            varying[name] = values
        else:
            alike[name] = values[0] if values else None
    names = ", ".join((*varying, "body", *alike))
    marks = ", ".join(("?",) * (len(varying) + 1))
    fixed = ", ".join(_literal(value) for value in alike.values())
    row = f"({marks}, {fixed})"
    several = f"INSERT INTO mirror ({names}) VALUES {', '.join([row] * _AT_ONCE)}"  # noqa: S608 - literals are quoted
    single = f"INSERT INTO mirror ({names}) VALUES {row}"  # noqa: S608
    for start in range(0, len(come.ids), _BOUND):
        part = slice(start, start + _BOUND)
        rows = list(zip(*(column[part] for column in varying.values()), come.bodies(part), strict=True))
        even = len(rows) - len(rows) % _AT_ONCE
        flat = chain.from_iterable(rows[:even])
        yield several, list(zip(*[flat] * (_AT_ONCE * (len(varying) + 1)), strict=True))
        yield single, rows[even:]


def _literal(value: str | int | None) -> str:
    """A value as SQLite writes it."""
    if value is None:
        return "NULL"
    return str(value) if isinstance(value, int) else "'" + value.replace("'", "''") + "'"


class PostgresBulk:
    """`COPY` of psycopg."""

    def __init__(self, raw: "psycopg.Connection[Any]") -> None:
        self._raw = raw

    def load(self, org: int, come: Arrival) -> None:
        sql = f"COPY mirror ({copying.COLUMNS}) FROM STDIN (FORMAT BINARY)".encode()
        # Locator and rows go back together if the server dies, so that nobody has to wait for its disk.
        self._raw.execute(b"SET LOCAL synchronous_commit TO off")
        try:
            # the savepoint keeps the transaction usable when a key is there already
            with self._raw.transaction(), self._raw.cursor() as cursor, cursor.copy(sql) as copy:
                copy.write(copying.HEAD)
                for text in come.copied if come.copied is not None else copied(org, come):
                    copy.write(text)
                copy.write(copying.TAIL)
        except psycopg.errors.UniqueViolation as fault:
            raise Taken(come.object) from fault

    def add(self, table: Table, rows: Sequence[Values]) -> None:
        try:
            with self._raw.transaction():
                self._copy(table.name, table, rows)
        except psycopg.errors.UniqueViolation:
            self.upsert(table, rows)

    def upsert(self, table: Table, rows: Iterable[Values]) -> None:
        wanted = list(rows)
        if len(wanted) > _FEW:
            self._staged(table, (wanted,), "", _on_conflict(table))
        elif wanted:
            marks = ", ".join(["%s"] * len(table.columns))
            sql = f"INSERT INTO {table.name} ({_names(table)}) VALUES ({marks}) {_on_conflict(table)}"  # noqa: S608
            with self._raw.cursor() as cursor:
                cursor.executemany(sql.encode(), wanted)

    def insert_sorted(self, table: Table, pages: Iterable[Sequence[Values]]) -> None:
        self._staged(table, pages, f"ORDER BY {_keys(table)}", "ON CONFLICT DO NOTHING")
        self._analyze(table, MIRROR, MATCH_RECORD)

    def build_links(
        self, org: int, object_name: str, places: Mapping[int, Sequence[tuple[int, str]]], longest: int
    ) -> None:
        value = f"CASE WHEN strpos(body, '{NUL}') = 0 THEN body::json ->> place END"
        for shape, fields in places.items():
            rows = ", ".join(["(%s::int, %s::text)"] * len(fields))
            wanted = f"(VALUES {rows}) AS wanted (place, field)"
            given = [each for pair in fields for each in pair]
            sql = _LINKS.format(value=value, wanted=wanted, longest=longest, mark="%s", all="ALL")
            self._raw.execute(sql.encode(), (*given, org, object_name, shape))
        self._analyze(MIRROR_LINK, MIRROR)

    def select_in(self, sql: str, fixed: Sequence[Any], keys: Sequence[Any]) -> list[tuple[Any, ...]]:
        if not keys:
            return []
        text = sql.replace("{keys}", "= ANY(?)").replace("?", "%s")
        return self._raw.execute(text.encode(), (*fixed, list(keys))).fetchall()

    def select(self, sql: str, given: Sequence[Any]) -> list[tuple[Any, ...]]:
        return self._raw.execute(sql.replace("?", "%s").encode(), given).fetchall()

    def for_each(self, sql: str, keys: Sequence[int]) -> list[tuple[Any, ...]]:
        if not keys:
            return []
        table = "unnest(%s::bigint[]) AS wanted (key)"
        return self._raw.execute(sql.replace("{keys}", table).encode(), (list(keys),)).fetchall()

    def _staged(self, table: Table, pages: Iterable[Iterable[Values]], order: str, conflict: str) -> None:
        staging = f"staging_{table.name}"
        self._raw.execute(
            f"CREATE TEMP TABLE IF NOT EXISTS {staging} (LIKE {table.name}) ON COMMIT DROP".encode()
        )
        for page in pages:
            self._copy(staging, table, page)
        self._raw.execute(
            f"INSERT INTO {table.name} ({_names(table)}) "  # noqa: S608
            f"SELECT {_names(table)} FROM {staging} {order} {conflict}".encode()
        )
        self._raw.execute(f"TRUNCATE {staging}".encode())

    def _analyze(self, *tables: Table) -> None:
        """After a first load the planner must not go on believing that the tables are empty."""
        for table in tables:
            self._raw.execute(f"ANALYZE {table.name}".encode())

    def _copy(self, into: str, table: Table, rows: Iterable[Values]) -> None:
        sql = f"COPY {into} ({_names(table)}) FROM STDIN".encode()
        with self._raw.cursor() as cursor, cursor.copy(sql) as copy:
            for row in rows:
                copy.write_row(row)


def copied(org: int, come: Arrival) -> Sequence[bytes]:
    """The rows for COPY, in pieces of a few megabytes."""
    return [
        copying.rows(org, come, start, min(_COPIED, len(come.ids) - start))
        for start in range(0, len(come.ids), _COPIED)
    ]
