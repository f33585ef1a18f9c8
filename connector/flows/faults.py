"""What a person has to look at: records that cannot be read, values that cannot be written, fields fought over.

Kept as one note, newest wins per (sort, object, record, field), so that `status` can show it without the org.
A fault that is mended disappears by itself.
"""

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime
from enum import StrEnum

from connector.canonical.time import instant_text
from connector.mapping import BadValue
from connector.ports.store import Transaction

NOTE = "faults"
MOST = 500
"""Faults kept with their reason; of those beyond them only the number is kept (law 21)."""

BEYOND = "faults_beyond"
"""The note of how often a fault found no room; it starts anew once no fault is left."""


class FaultSort(StrEnum):
    """What is the matter. Each member says who mends it."""

    UNREADABLE = "unreadable"  # a person, in the record: a value that its attribute cannot hold
    UNWRITABLE = "unwritable"  # an admin, in the profile: our value has no word in the org
    EDITED = "edited"  # a person changed a field that we own, and the profile says: flag
    CONTENDED = "contended"  # automation changes a field back again and again; we have stopped restoring it
    UNDECIDED = "undecided"  # a developer: a decision failed, the fact is deferred


@dataclass(frozen=True, kw_only=True, slots=True)
class RecordFault:
    """One fault of one record, with its reason in words."""

    sort: FaultSort
    object: str
    record: str
    field: str
    reason: str
    since: str

    @property
    def key(self) -> str:
        return f"{self.sort}|{self.object}|{self.record}|{self.field}"


class Faults:
    """The faults of one org inside one transaction; written once, by `save`, and only when something moved."""

    def __init__(self, tx: Transaction) -> None:
        self._tx = tx
        self._kept = {fault.key: fault for fault in faults(tx)}
        self._before = dict(self._kept)
        self._beyond = self._beyond_before = beyond(tx)

    def unreadable(self, bad: BadValue, now: datetime) -> None:
        """A record whose value its canonical attribute cannot hold (law 14)."""
        self.add(FaultSort.UNREADABLE, bad.object, bad.record, bad.field, _expected(bad), now)

    def add(  # noqa: PLR0917
        self, sort: FaultSort, object_name: str, record: str, field: str, reason: str, now: datetime
    ) -> None:
        """Keep one fault; the moment it was first seen stays."""
        fault = RecordFault(
            sort=sort, object=object_name, record=record, field=field, reason=reason, since=instant_text(now)
        )
        known = self._kept.get(fault.key)
        if known is not None and known.reason == fault.reason:
            return
        if known is not None or len(self._kept) < MOST:
            self._kept[fault.key] = fault
        else:
            self._beyond += 1

    def mended(self, sort: FaultSort, object_name: str, record: str, fields: Iterable[str] = ()) -> None:
        """The record reads again, or the fields show what they should (all fields when none are named)."""
        if not self._kept:
            return
        gone = [
            key
            for key, fault in self._kept.items()
            if (fault.sort, fault.object, fault.record) == (sort, object_name, record)
            and (not fields or fault.field in fields)
        ]
        for key in gone:
            del self._kept[key]
        if not self._kept:
            self._beyond = 0

    def save(self) -> None:
        if self._kept != self._before:
            body = [asdict(fault) for fault in self._kept.values()]
            self._tx.notes.put(NOTE, json.dumps(body, ensure_ascii=False))
            self._before = dict(self._kept)
        if self._beyond != self._beyond_before:
            self._tx.notes.put(BEYOND, str(self._beyond))
            self._beyond_before = self._beyond


def beyond(view: Transaction) -> int:
    """How often a fault found no room among those kept; one seen again is counted again."""
    return int(view.notes.get(BEYOND) or 0)


def faults(view: Transaction) -> tuple[RecordFault, ...]:
    """Every fault now known, oldest first."""
    text = view.notes.get(NOTE)
    rows = json.loads(text) if text else []
    return tuple(RecordFault(**{**row, "sort": FaultSort(row["sort"])}) for row in rows)


def _expected(bad: BadValue) -> str:
    return f"holds {bad.found!r}, expected {bad.expected}: correct it in the record"
