"""Stamps of the past, counted back from the moment of seeding."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from connector.practice.clock import stamp_of


@dataclass(frozen=True)
class Times:
    """The moment of seeding, to the second."""

    now: datetime

    def ago(self, *, days: float = 0, hours: float = 0, minutes: float = 0, seconds: float = 0) -> str:
        """The stamp of that long ago; negative spans lie ahead."""
        return stamp_of(self.now - timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds))

    def day(self, days: float = 0) -> str:
        """The date that many days ago; negative: ahead."""
        return (self.now - timedelta(days=days)).date().isoformat()


def audit(
    created: str, by: str, modified: str | None = None, modified_by: str | None = None
) -> dict[str, Any]:
    """The audit fields of a row; unless it says otherwise it was never touched again."""
    last = modified or created
    return {
        "CreatedDate": created,
        "CreatedById": by,
        "LastModifiedDate": last,
        "LastModifiedById": modified_by or by,
        "SystemModstamp": last,
    }
