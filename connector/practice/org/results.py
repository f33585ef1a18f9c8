"""What a save answers, and what a whole request fails with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


class ApiError(Exception):
    """A request refused as a whole: `[{"message","errorCode","fields"?}]` with this HTTP status."""

    def __init__(
        self, http_status: int, error_code: str, message: str, fields: tuple[str, ...] | None = None
    ) -> None:
        super().__init__(f"{error_code}: {message}")
        self.http_status = http_status
        self.error_code = error_code
        self.message = message
        self.fields = fields


@dataclass(frozen=True, kw_only=True)
class SaveError:
    """Why one row was refused. `extra` holds further keys (`duplicateResut`) in the shape the wire shows."""

    status_code: str
    message: str
    fields: tuple[str, ...] = ()
    extra: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class SaveResult:
    """The outcome of one row, in request order."""

    id: str | None
    success: bool
    created: bool = False
    errors: tuple[SaveError, ...] = ()


class RowRefusedError(Exception):
    """One row's refusal inside the save path; the engine turns it into a SaveResult."""

    def __init__(self, *errors: SaveError) -> None:
        super().__init__("; ".join(f"{error.status_code}: {error.message}" for error in errors))
        self.errors = errors


def refusal(
    status_code: str, message: str, *fields: str, extra: Mapping[str, Any] | None = None
) -> RowRefusedError:
    """One refusal, ready to raise."""
    return RowRefusedError(
        SaveError(status_code=status_code, message=message, fields=fields, extra=extra or {})
    )


@dataclass(frozen=True, kw_only=True)
class SaveOptions:
    """The request headers that change a save."""

    auto_assign: bool = True  # Sforce-Auto-Assign: run the active assignment rule
    allow_duplicates: bool = False  # Sforce-Duplicate-Rule-Header: allowSave=true
    set_audit_fields: bool = False  # "Set audit fields on create" for an insert
    hard_delete: bool = False  # Bulk's hardDelete: leave no row in the bin
    api_version: str = "66.0"  # for the addresses inside a duplicate alert
    csv: bool = False  # Bulk ingest: values arrive as text and type faults are worded for a row


DEFAULTS = SaveOptions()
