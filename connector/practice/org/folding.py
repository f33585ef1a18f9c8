"""Comparing text as the service does: case never matters, in whatever script.

SQLite's NOCASE folds ASCII alone, and keeps its indexes. So a plain comparison serves ASCII values, and
only a value with other letters pays for folding each row.
"""

from __future__ import annotations

import sqlite3

FOLD = "practice_fold"


def fold(text: str | None) -> str | None:
    """The text as it is compared."""
    return text.casefold() if isinstance(text, str) else text


def add_fold(connection: sqlite3.Connection) -> None:
    """Let statements on this connection call `practice_fold`."""
    connection.create_function(FOLD, 1, fold, deterministic=True)


def equals(sql: str, value: object, *, binary: bool = False) -> tuple[str, object]:
    """An SQL condition that `sql` equals `value` whatever the case, and the parameter to bind."""
    if binary or not isinstance(value, str) or value.isascii():
        return f"{sql} = ?", value
    return f"{FOLD}({sql}) = ?", fold(value)
