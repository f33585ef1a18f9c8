"""Transactions left open: their rows are unseen and locked, and appear later under the stamps of the hold."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from connector.practice.org.results import SaveResult
from connector.practice.org.transaction import Statement


@dataclass(frozen=True, kw_only=True)
class Hold:
    """One open transaction: what it wrote, kept aside, and the rows whose locks it has."""

    name: str
    since: datetime
    statements: tuple[Statement, ...]
    locked: frozenset[str]
    results: tuple[SaveResult, ...]
