"""What a formula may ask about besides its record: the user, the clock, related records."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

Record = Mapping[str, Any]
"""Field name to value in the practice org's stored forms; names are looked up ignoring case."""


@dataclass(frozen=True, kw_only=True)
class FormulaUser:
    """The running user as `$User`, `$Profile` and `$Permission` show it."""

    fields: Record = field(default_factory=dict)
    profile_name: str = ""
    permissions: frozenset[str] = frozenset()


@dataclass(frozen=True, kw_only=True)
class Context:
    """Everything outside the record that a formula can see.

    `now` is timezone-aware. `field_type(path)` answers the describe type ("datetime", "picklist", ...) of
    a field of the record, by name or dotted path, or None when there is no such field; without it every
    absent name is an error and types are guessed from values. `resolve(path, record)` answers the value
    of a cross-object path such as `("Owner", "Name")`, None when the parent is blank.
    `blank_as_zero` is a formula field's "treat blank fields as zeroes" choice; validation rules keep
    blanks blank.
    """

    now: datetime
    user: FormulaUser = field(default_factory=FormulaUser)
    resolve: Callable[[tuple[str, ...], Record], Any] | None = None
    field_type: Callable[[tuple[str, ...]], str | None] | None = None
    blank_as_zero: bool = False
