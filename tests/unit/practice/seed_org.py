"""An org that only keeps rows: what the seed is tested on when the engine is not the point."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any, cast

from connector.practice.org import Org, User
from connector.practice.schema import Schema, load_schema
from connector.practice.seed import CUSTOMER_SCHEMA, Stories, seed

PROJECT = Path(__file__).parents[3] / "deploy" / "salesforce"
NOW = datetime(2026, 11, 21, 12, 0, 0, tzinfo=UTC)
ADMIN = User(id="005gK0000000001AAA", username="admin@practice.example", name="Admin")


@cache
def schema(*, customer: bool = True) -> Schema:
    return load_schema(PROJECT, [CUSTOMER_SCHEMA] if customer else [])


class RowOrg:
    """Keeps what is inserted, and whether it came as a stream."""

    def __init__(self, schema: Schema) -> None:
        self.schema = schema
        self.admin = ADMIN
        self.rows: dict[str, list[dict[str, Any]]] = {}
        self.streamed: set[str] = set()
        self.assigned: list[tuple[str, str]] = []
        self._db = sqlite3.connect(":memory:")
        for definition in schema:
            columns = ",".join(f'"{name}"' for name in definition.columns)
            self._db.execute(f'CREATE TABLE "{definition.name}" ({columns})')

    def now(self) -> datetime:
        return NOW

    def reader(self) -> sqlite3.Connection:
        return self._db

    def assign(self, user_id: str, permission_set: str) -> None:
        self.assigned.append((user_id, permission_set))

    def bulk_insert(self, name: str, rows: Iterable[Mapping[str, Any]], *, actor: User | None = None) -> int:
        if isinstance(rows, Iterator):
            self.streamed.add(name)
        definition = self.schema.object(name)
        count = 0
        for row in rows:
            unknown = set(row) - set(definition.columns)
            assert not unknown, f"{name} has no {unknown}"
            self.rows.setdefault(name, []).append(dict(row))
            names = ",".join(f'"{key}"' for key in row)
            marks = ",".join("?" * len(row))
            statement = f'INSERT INTO "{name}" ({names}) VALUES ({marks})'
            self._db.execute(statement, list(row.values()))
            count += 1
        return count


def seeded(*, number: int = 7, leads: int = 600, customer: bool = True) -> tuple[RowOrg, Stories]:
    org = RowOrg(schema(customer=customer))
    return org, seed(cast("Org", org), seed=number, leads=leads)
