"""A batch on its way into the mirror: checked, and brought into the mirror's own columns."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import repeat
from string import ascii_letters, digits

from connector.canonical.ids import BadRecordId
from connector.ports.org import Batch
from connector.store import columnar
from connector.store.history import Held
from connector.store.shapes import encode_columns

_SECOND = len("2026-01-02T03:04:05")
_STAMP = "SystemModstamp"
_INSTANT = frozenset("0123456789-:T")
_ID = frozenset(ascii_letters + digits)


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

    def bodies(self) -> list[str]:
        if columnar.columnar(self.columns):
            found: list[str] = columnar.bodies(self.columns, 0, len(self.ids)).to_pylist()
            return found
        return encode_columns(self.columns)

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
