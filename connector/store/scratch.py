"""The temporary tables of a back-test: one SQLite file that forgets itself, whatever the store's own database is.

The raw driver, not SQLAlchemy: a back-test of a million facts asks its docket some ten million times, and asks
nothing that needs composing. Nothing is journalled: a back-test that broke off begins anew.
"""

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TypeVar, cast

import msgspec

from connector.canonical.docket import DeadlineEntry, Entry
from connector.ports.scratch import Answer, Ruled, Said
from connector.store.instants import instant_to_text

E = TypeVar("E", bound=Entry)

_CACHE_MIB = 32
_MANY = 500
_TABLES = (
    "CREATE TABLE docket (type TEXT, key TEXT, open INTEGER, due TEXT, indexes, body TEXT, PRIMARY KEY (type, key))",
    "CREATE INDEX docket_due ON docket (due) WHERE due IS NOT NULL AND open",
    # by `open`: a firm's closed claims of a year are not stepped over to find the few that are open
    "CREATE TABLE docket_index (type, value, open INTEGER, key, PRIMARY KEY (type, value, open, key)) WITHOUT ROWID",
    "CREATE TABLE said (seq INTEGER PRIMARY KEY, place TEXT, late INTEGER, body BLOB)",
    "CREATE INDEX said_place ON said (place, seq)",
    "CREATE TABLE answer (question BLOB PRIMARY KEY, body BLOB) WITHOUT ROWID",
    "CREATE TABLE note (name TEXT PRIMARY KEY, text TEXT) WITHOUT ROWID",
    "CREATE TABLE diverged (record TEXT PRIMARY KEY, at TEXT) WITHOUT ROWID",
)

_FIND = (
    "SELECT body FROM docket_index JOIN docket USING (type, key)"
    " WHERE type = ? AND value = ? AND docket_index.open >= ? ORDER BY key"
)


@contextmanager
def open_scratch() -> Iterator["SqliteScratch"]:
    """Temporary tables, removed at the end. They lie where `TMPDIR` says."""
    with TemporaryDirectory(prefix="connector-backtest-") as folder:
        raw = sqlite3.connect(Path(folder) / "scratch.db", isolation_level=None)
        try:
            for pragma in ("journal_mode=OFF", "synchronous=OFF", f"cache_size=-{_CACHE_MIB * 1024}"):
                raw.execute(f"PRAGMA {pragma}")
            for table in _TABLES:
                raw.execute(table)
            raw.execute("BEGIN")
            yield SqliteScratch(raw)
        finally:
            raw.close()


class SqliteScratch:
    """Implements `ports.scratch.Scratch`."""

    def __init__(self, raw: sqlite3.Connection) -> None:
        self._raw = raw
        self.docket = ScratchDocket(raw)
        self.notes = ScratchNotes(raw)

    def remember(self, said: Iterable[Said]) -> None:
        self._raw.executemany(
            "INSERT INTO said VALUES (?, ?, ?, ?)",
            (
                (
                    each.seq,
                    instant_to_text(each.place),
                    each.late,
                    msgspec.json.encode(each.ruled),
                )
                for each in said
            ),
        )

    def said(self, after: datetime | None, until: datetime | None) -> Sequence[Said]:
        first = instant_to_text(after) if after else ""
        last = instant_to_text(until) if until else "~"
        rows = self._raw.execute(
            "SELECT seq, place, late, body FROM said WHERE place > ? AND place <= ? ORDER BY place, seq",
            (first, last),
        )
        return [
            Said(
                seq=seq,
                place=datetime.fromisoformat(f"{place}+00:00"),
                late=bool(late),
                ruled=msgspec.json.decode(body, type=Ruled),
            )
            for seq, place, late, body in rows
        ]

    def answer(self, question: bytes) -> Answer | None:
        row = self._raw.execute("SELECT body FROM answer WHERE question = ?", (question,)).fetchone()
        return msgspec.json.decode(row[0], type=Answer) if row else None

    def keep(self, question: bytes, answer: Answer) -> None:
        self._raw.execute(
            "INSERT OR REPLACE INTO answer VALUES (?, ?)", (question, msgspec.json.encode(answer))
        )

    def diverge(self, records: Iterable[str], at: datetime) -> None:
        moment = instant_to_text(at)
        self._raw.executemany(
            "INSERT OR IGNORE INTO diverged VALUES (?, ?)", ((record, moment) for record in records)
        )

    def diverged(self, records: Iterable[str]) -> frozenset[str]:
        return self._among("SELECT record FROM diverged WHERE record IN", records)

    def divergences(self) -> int:
        return int(self._raw.execute("SELECT count(*) FROM diverged").fetchone()[0])

    def _among(self, question: str, values: Iterable[str]) -> frozenset[str]:
        wanted, found = list(values), set[str]()
        for first in range(0, len(wanted), _MANY):
            some = wanted[first : first + _MANY]
            marks = ",".join("?" * len(some))
            found |= {row[0] for row in self._raw.execute(f"{question} ({marks})", some)}
        return frozenset(found)


class ScratchNotes:
    """`ports.scratch.Notes` of one back-test."""

    def __init__(self, raw: sqlite3.Connection) -> None:
        self._raw = raw

    def get(self, name: str, /) -> str | None:
        row = self._raw.execute("SELECT text FROM note WHERE name = ?", (name,)).fetchone()
        return str(row[0]) if row else None

    def __setitem__(self, name: str, text: str, /) -> None:
        self._raw.execute("INSERT OR REPLACE INTO note VALUES (?, ?)", (name, text))


class ScratchDocket:
    """A `ports.store.DocketTable` of one back-test."""

    def __init__(self, raw: sqlite3.Connection) -> None:
        self._raw = raw
        self._sorts: set[tuple[str, str]] = (
            set()
        )  # what there is to look up at all: `claim` by `firm`, by `lead`, …

    def get(self, entry: type[E], key: str) -> E | None:
        row = self._raw.execute(
            "SELECT body FROM docket WHERE type = ? AND key = ?", (entry.table, key)
        ).fetchone()
        return entry.model_validate_json(row[0]) if row else None

    def find(self, entry: type[E], index: str, *, open_only: bool = True) -> Iterable[E]:
        """Entries under one index value, in key order."""
        if (entry.table, index.partition(":")[0]) not in self._sorts:
            return ()
        rows = self._raw.execute(_FIND, (entry.table, index, open_only)).fetchall()
        return [entry.model_validate_json(row[0]) for row in rows]

    def due(self, until: datetime) -> Iterable[DeadlineEntry]:
        """Open deadlines with `due <= until`, earliest first."""
        rows = self._raw.execute(
            "SELECT body FROM docket WHERE due IS NOT NULL AND open AND due <= ? ORDER BY due, key",
            (instant_to_text(until),),
        ).fetchall()
        return [DeadlineEntry.model_validate_json(row[0]) for row in rows]

    def put(self, entries: Iterable[Entry]) -> None:
        """Insert or replace by type and key; an entry's old index values go."""
        for entry in {(each.table, each.key): each for each in entries}.values():
            table, key = entry.table, entry.key
            known = self._raw.execute(
                "SELECT open, indexes FROM docket WHERE type = ? AND key = ?", (table, key)
            ).fetchone()
            old = {(value, known[0]) for value in msgspec.json.decode(known[1])} if known else set()
            new = {(value, int(entry.open)) for value in entry.indexes}
            due = cast("DeadlineEntry", entry).due if table == DeadlineEntry.table else None
            values = msgspec.json.encode(entry.indexes)
            self._raw.execute(
                "INSERT OR REPLACE INTO docket VALUES (?, ?, ?, ?, ?, ?)",
                (
                    table,
                    key,
                    entry.open,
                    instant_to_text(due) if due else None,
                    values,
                    entry.model_dump_json(),
                ),
            )
            if old == new:
                continue
            self._raw.executemany(
                "DELETE FROM docket_index WHERE type = ? AND value = ? AND open = ? AND key = ?",
                ((table, value, stood, key) for value, stood in old - new),
            )
            self._sorts |= {(table, value.partition(":")[0]) for value, _ in new - old}
            self._raw.executemany(
                "INSERT INTO docket_index VALUES (?, ?, ?, ?)",
                ((table, value, stands, key) for value, stands in new - old),
            )

    def all(self, entry: type[E]) -> Iterator[E]:
        """Every entry of one type in key order."""
        for (body,) in self._raw.execute(
            "SELECT body FROM docket WHERE type = ? ORDER BY key", (entry.table,)
        ):
            yield entry.model_validate_json(body)
