"""Evaluate a compiled formula against one record."""

from __future__ import annotations

from typing import Any

from connector.practice.formula.compiled import Compiled
from connector.practice.formula.context import Context, Record


def evaluate(
    compiled: Compiled, *, record: Record, prior: Record | None, is_new: bool, context: Context
) -> Any:
    """The formula's value: str, bool, Decimal, date, datetime, time or None.

    `prior` is the stored record before this save (None on insert).
    """
    raise NotImplementedError
