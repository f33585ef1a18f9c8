"""What the connector needs from an org, and how an org says no.

Every value that crosses this port is *canonical text* or `None`, alike whether read over REST or Bulk:

- booleans `true` and `false`;
- int, double, currency and percent as plain decimals without exponent or trailing zeros (`1000`, `0.5`);
- dates `YYYY-MM-DD`, datetimes `YYYY-MM-DDTHH:MM:SS.mmmZ`;
- ids of 18 characters; text exactly as the org holds it (a last name `NA` or `null` is a name);
- null, and the empty string which Salesforce does not tell from it, `None`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, NamedTuple, Protocol, runtime_checkable

Text = str | None

UNKNOWN_OUTCOME = "UNKNOWN_OUTCOME"
"""`RowResult.code` of a write whose answer never came: it may have happened; read, then repeat (law 11)."""

NOT_TRIED = "NOT_TRIED"
"""`RowResult.code` of a row left unsent because the org stopped answering before its turn."""


class OrgFault(Exception):
    """Something the org, or the way to it, refused. Subclasses say what happens next (style rule 6).

    Attributes:
        code: the org's own `errorCode`, or None when the fault has none (a time-out).
        object: the object whose stream met the fault, when one call serves several.
        fields: the fields the org blames, if it does.
    """

    def __init__(self, message: str, *, code: str | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.object: str | None = None
        self.fields: tuple[str, ...] = ()


class RetryLater(OrgFault):
    """The same call may succeed after `delay` seconds: a lock, a time-out, a server at its limit."""

    def __init__(self, message: str, *, code: str | None = None, delay: float = 5.0) -> None:
        super().__init__(message, code=code)
        self.delay = delay


class BudgetSpent(RetryLater):
    """Paused: budget. The org's daily API calls, or our share of them, are used up; nothing was done."""

    def __init__(self, message: str, *, code: str | None = None, delay: float = 900.0) -> None:
        super().__init__(message, code=code, delay=delay)


class RecordRefused(OrgFault):
    """The org refuses this one record or request for good; the others go on (law 14)."""


class StreamStopped(OrgFault):
    """This object's stream cannot go on until a person acts: a field is gone, history is out of reach."""


class DaemonStopped(OrgFault):
    """Nothing can go on for this org until a person acts: login refused, wrong org, wrong settings."""


class ErrorKind(StrEnum):
    """What becomes of a row the org did not take."""

    RETRY = "retry"  # a lock, the server, a time-out: write it again later (read first when UNKNOWN_OUTCOME)
    BUDGET = "budget"  # no API calls left: nothing was written
    REFUSED_STALE = "refused_stale"  # 412, or our EXPECTED_… validation rule: somebody was there before us
    DEAD = "dead"  # the record itself is at fault: a dead letter
    AUTH = "auth"  # the login may not do this
    CONFIG = "config"  # the mapping names something that this org does not have


class Cursor(NamedTuple):
    """A position in the order `(SystemModstamp, Id)`: canonical datetime text and an id of 18 characters."""

    stamp: str
    id: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Batch:
    """A page of rows, by columns: `columns[i][r]` is the value of `fields[i]` in row `r`, in canonical text.

    Attributes:
        resume: a snapshot broken off after this batch goes on with `snapshot(resume=…)`; the batches of its
            page come again. None outside snapshots.
    """

    object: str
    fields: tuple[str, ...]
    columns: tuple[Sequence[Text], ...]
    resume: str | None = None

    @property
    def rows(self) -> int:
        return len(self.columns[0]) if self.columns else 0

    def column(self, field: str) -> Sequence[Text]:
        return self.columns[self.fields.index(field)]

    def records(self) -> Iterator[dict[str, Text]]:
        """Rows as dictionaries: for people and small pages, not for the fast path."""
        for values in zip(*self.columns, strict=True):
            yield dict(zip(self.fields, values, strict=True))


@dataclass(frozen=True, kw_only=True, slots=True)
class KeysetRequest:
    """Rows of `object` after a cursor, in the order `(stamp_field, Id)`; `fields` gain both if absent.

    Stamps are whole seconds: a row read and changed again inside one second keeps its key and is not seen
    again. Hold the cursor some seconds behind `now()`, or look back; the watermark's ids repair the rest.

    `where` is a SOQL condition without the word WHERE, built with `connector.salesforce.soql`.
    """

    object: str
    fields: tuple[str, ...]
    after: Cursor | None = None
    limit: int = 2000
    stamp_field: str = "SystemModstamp"
    where: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Page:
    """One keyset page. `done`: the org had no further row at the time of the answer.

    `end` is the cursor of the page's last row, None for an empty page.
    """

    batch: Batch
    done: bool
    end: Cursor | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Identity:
    """Who we are in which org; ids of 18 characters."""

    organization_id: str
    user_id: str
    username: str
    instance_url: str
    api_version: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Updated:
    """Answer of getUpdated: changes up to `latest_date_covered` are complete (the safe watermark)."""

    ids: tuple[str, ...]
    latest_date_covered: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class DeletedRow:
    id: str
    deleted_at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class Deleted:
    """Answer of getDeleted: deletes between `earliest_available` and `latest_date_covered` are complete."""

    rows: tuple[DeletedRow, ...]
    earliest_available: datetime
    latest_date_covered: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class Row:
    """A record to write: `id` None creates, otherwise updates; `values` are canonical text, None clears."""

    object: str
    id: str | None
    values: Mapping[str, Text]


@dataclass(frozen=True, kw_only=True, slots=True)
class RowResult:
    """What became of one row. `kind` is None exactly when `success`; `fields` are those the org blames."""

    id: str | None
    success: bool
    created: bool = False
    code: str | None = None
    message: str | None = None
    fields: tuple[str, ...] = ()
    kind: ErrorKind | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Budget:
    """API calls of the last 24 hours.

    Attributes:
        used: the org's own count for all its clients (`Sforce-Limit-Info`), 0 until the first answer.
        limit: the org's daily allowance, 0 until the first answer.
        own_calls: ours, in this process.
        share: the part of `limit` that we may use, 0 to 1.
        calls: ours since the start, by kind (query, bulk, write, describe, login …).
    """

    used: int
    limit: int
    own_calls: int
    share: float
    calls: Mapping[str, int]

    def spent(self) -> bool:
        """True when we must not call: our share is used up, or the org's limit is reached."""
        if self.limit <= 0:
            return False
        return self.used >= self.limit or self.own_calls >= self.limit * self.share


@runtime_checkable
class OrgPort(Protocol):
    """An org. Calls raise `OrgFault`s.

    Writes return one result per row, in the caller's order, and raise only when no row at all could be tried.
    """

    def identity(self) -> Identity: ...

    def describe(self, object: str) -> Mapping[str, Any]:  # noqa: A002  (the org's own word)
        """The org's describe of one object, cached; hidden fields are simply absent from it."""
        ...

    def describe_global(self) -> Sequence[Mapping[str, Any]]:
        """One short describe per object the login can see."""
        ...

    def count(self, object: str, where: str | None = None, all_rows: bool = False) -> int:  # noqa: A002, FBT001, FBT002
        """Rows by `SELECT COUNT()`; `all_rows` counts deleted rows too."""
        ...

    def snapshot(
        self,
        object: str,  # noqa: A002
        fields: Sequence[str],
        where: str | None = None,
        *,
        include_deleted: bool = True,
        resume: str | None = None,
    ) -> Iterator[Batch]:
        """Every row, by Bulk 2.0, streamed in no useful order, in memory bounded by a page.

        `resume` goes on from a batch's token; when the org no longer has that job, from the start.
        Either way a row may come twice.
        """
        ...

    def since(self, requests: Sequence[KeysetRequest]) -> list[Page]:
        """One page per request, in order, deleted rows included, five requests to an API call.

        A refused request raises its fault with `object` set; ask for the others again without it.
        """
        ...

    def retrieve(self, object: str, ids: Sequence[str], fields: Sequence[str]) -> Batch:  # noqa: A002
        """Rows by id, at most 2,000 ids; absent and deleted ones are left out; `fields` gain `Id`."""
        ...

    def query(self, soql: str) -> Iterator[dict[str, Text]]:
        """Rows of any SOQL, for small look-ups; parents as `Owner.Name`, aggregates as the org names them."""
        ...

    def known(self, object: str, field: str, values: Sequence[str]) -> frozenset[str]:  # noqa: A002
        """Those of these values that a live record has in this field."""
        ...

    def updated(self, object: str, start: datetime, end: datetime) -> Updated: ...  # noqa: A002

    def deleted(self, object: str, start: datetime, end: datetime) -> Deleted: ...  # noqa: A002

    def write(self, rows: Sequence[Row]) -> list[RowResult]:
        """Create and update, 200 rows a call, each row on its own, assignment rules off."""
        ...

    def write_if_unmodified(self, row: Row, since: datetime) -> RowResult:
        """Update one row unless it changed after `since` (whole seconds); then kind is REFUSED_STALE."""
        ...

    def upsert(self, object: str, external_field: str, rows: Sequence[Row]) -> list[RowResult]:  # noqa: A002
        """Create or update by external id, safe to repeat; each row's `values` hold `external_field`."""
        ...

    def budget(self) -> Budget: ...

    def now(self) -> datetime:
        """The org's clock (aware, UTC): its last `Date` header plus the time elapsed here since."""
        ...

    def watermark_window(self, watermark: datetime) -> tuple[datetime, datetime] | None:
        """The `(start, end)` to ask `updated` and `deleted` for, or None when no whole minute has passed yet.

        getUpdated looks at whole minutes only, so both ends are rounded down. Raises StreamStopped when the
        watermark is more than 30 days old: what happened since is out of the org's reach, take a snapshot.
        """
        ...
