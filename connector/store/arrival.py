"""A batch on its way into the mirror: checked, and brought into the mirror's own columns."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import repeat
from string import ascii_letters, digits
from typing import Any, cast

from connector.canonical.ids import BadRecordId
from connector.ports.columns import TextColumn
from connector.ports.org import Batch
from connector.store import columnar
from connector.store.history import Held
from connector.store.shapes import encode_columns

_SECOND = len("2026-01-02T03:04:05")
_STAMP = "SystemModstamp"
_INSTANT = frozenset("0123456789-:T")
_ID = frozenset(ascii_letters + digits)


@dataclass(frozen=True, kw_only=True, slots=True)
class Ready(Batch):
    """A batch of a snapshot that is checked, and in the mirror's own columns, before its turn comes."""

    arrival: "Arrival"


class BadBatch(ValueError):
    """A batch that cannot be mirrored: it lacks a column, or a row lacks its id or stamp."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Arrival:
    """Columns of equal length, one row per record, in the batch's order. Instants are text to the second."""

    object: str
    shape: int
    ids: Sequence[str]
    stamps: Sequence[str]
    starts: Sequence[str]
    deleted: Sequence[int]
    masters: Sequence[str | None]
    columns: Sequence[Sequence[str | None]]
    copied: Sequence[bytes] | None = None
    """The rows for the server's COPY, where they were made beforehand."""

    def bodies(self, part: slice = slice(None)) -> list[str]:
        """The bodies of these rows."""
        start, end, _ = part.indices(len(self.ids))
        if columnar.columnar(self.columns):
            found: list[str] = columnar.bodies(self.columns, start, end - start).to_pylist()
            return found
        return encode_columns([column[start:end] for column in self.columns])

    def rows(self) -> Iterator[Held]:
        return map(
            Held,
            self.ids,
            self.stamps,
            self.starts,
            self.deleted,
            self.masters,
            repeat(self.shape),
            self.bodies(),
        )


def arrival(batch: Batch, shape: int) -> Arrival:
    """The batch as the mirror keeps it.

    The stamp is `SystemModstamp`, or `CreatedDate` where the object has no other (history rows never change).
    A record new to the mirror is taken as valid since its `CreatedDate`, where the batch has it; `IsDeleted`
    makes a tombstone, `MasterRecordId` names what it was merged into.

    Raises:
        BadBatch: no Id or stamp column, or a null in it.
        BadRecordId: an id that has not 18 letters and digits.
    """
    if batch.rows and columnar.columnar(batch.columns):
        found = _by_columns(batch, shape)
        if found is not None:
            return found
    ids = _whole(batch, "Id")
    joined = "".join(ids)
    if {*map(len, ids)} - {18} or not (joined.isascii() and joined.isalnum()):
        wrong = next(
            (row, i) for row, i in enumerate(ids) if len(i) != 18 or not (i.isascii() and i.isalnum())
        )
        raise BadRecordId(
            f"{batch.object} row {wrong[0]}: {wrong[1]!r} is no 18-character id; widen it with record_id()"
        )
    stamps = [stamp[:_SECOND] for stamp in _whole(batch, _stamp_field(batch))]
    starts = _starts(batch, stamps)
    masters = _optional(batch, "MasterRecordId")
    _refuse_odd_text(batch.object, (*stamps, *starts), _INSTANT)
    _refuse_odd_text(batch.object, masters, _ID)
    return Arrival(
        object=batch.object,
        shape=shape,
        ids=ids,
        stamps=stamps,
        starts=starts,
        deleted=[1 if flag == "true" else 0 for flag in _optional(batch, "IsDeleted")],
        masters=masters,
        columns=batch.columns,
    )


def _by_columns(batch: Batch, shape: int) -> Arrival | None:
    """The same without a value in Python's hands; None for a batch that has to be refused, row by row."""
    stamp_field = _stamp_field(batch)
    if not {"Id", stamp_field} <= set(batch.fields):
        return None
    ids = _arrow(batch, "Id")
    stamps = columnar.cut(_arrow(batch, stamp_field), _SECOND)
    created = columnar.cut(_arrow(batch, "CreatedDate"), _SECOND) if "CreatedDate" in batch.fields else None
    starts = stamps if created is None else columnar.earlier(created, stamps)
    masters = _arrow(batch, "MasterRecordId") if "MasterRecordId" in batch.fields else None
    sound = (
        columnar.all_of_length(ids, 18)
        and columnar.made_of(ids, _ID)
        and not stamps.null_count
        and columnar.made_of(stamps, _INSTANT)
        and columnar.made_of(starts, _INSTANT)
        and (masters is None or columnar.made_of(masters, _ID))
    )
    if not sound:
        return None
    nothing: list[str | None] = [None] * batch.rows
    gone = columnar.flags(_arrow(batch, "IsDeleted")) if "IsDeleted" in batch.fields else [0] * batch.rows
    return Arrival(
        object=batch.object,
        shape=shape,
        ids=TextColumn(ids),  # type: ignore[arg-type]  # none of these three holds a null
        stamps=TextColumn(stamps),  # type: ignore[arg-type]
        starts=TextColumn(starts),  # type: ignore[arg-type]
        deleted=gone,
        masters=nothing if masters is None or masters.null_count == batch.rows else TextColumn(masters),
        columns=batch.columns,
    )


def _arrow(batch: Batch, field: str) -> Any:
    """A column of a batch that is columnar throughout, as Arrow's array."""
    column = batch.column(field)
    return cast("TextColumn", column).arrow


def _stamp_field(batch: Batch) -> str:
    return "CreatedDate" if "CreatedDate" in batch.fields and _STAMP not in batch.fields else _STAMP


def _refuse_odd_text(object_name: str, values: Iterable[str | None], allowed: frozenset[str]) -> None:
    """These columns go to COPY as they are."""
    odd = set("".join(filter(None, values))) - allowed
    if odd:
        raise BadBatch(
            f"{object_name}: an instant or id holds {min(odd)!r}; pass the org's values as canonical text"
        )


def _starts(batch: Batch, stamps: list[str]) -> list[str]:
    created = _optional(batch, "CreatedDate")
    return [
        stamp if start is None or start >= stamp else start[:_SECOND]
        for start, stamp in zip(created, stamps, strict=True)
    ]


def _optional(batch: Batch, field: str) -> Sequence[str | None]:
    return batch.column(field) if field in batch.fields else [None] * batch.rows


def _whole(batch: Batch, field: str) -> list[str]:
    if field not in batch.fields:
        raise BadBatch(
            f"a batch of {batch.object} has no {field} column: add it to the fields of the request"
        )
    column = batch.column(field)
    values = [value for value in column if value is not None]
    if len(values) < len(column):
        raise BadBatch(
            f"{batch.object} row {column.index(None)} has no {field}: the org always gives one, read it again"
        )
    return values
