"""The outbox as flows see it: the newest desired value of every field, until the org has it (law 11)."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol


class AttemptState(StrEnum):
    """A delivery's life. Each member says who moves it there."""

    AVAILABLE = "available"  # settle wrote the desired value
    RUNNING = "running"  # dispatch took it
    UNKNOWN = "unknown"  # the call ended without an answer: read before writing again (law 11)
    RETRYABLE = "retryable"  # the org refused for a passing reason; due at `next_try`
    WRITTEN = "written"  # the org took it; the echo has not come back yet
    DONE = "done"  # the echo came back, or the org already had the value
    SUPERSEDED = "superseded"  # a person acted, or the expected value was gone: a new fact
    DEAD = "dead"  # the org will never take it: a dead letter with its reason


@dataclass(frozen=True, kw_only=True, slots=True)
class OutboxItem:
    """The newest desired value of one field of one record, or of one record to be created."""

    id: int
    object: str
    record: str | None  # None: a creation
    key: str | None  # external id value of a creation
    field: str  # org field name; "*" for a creation
    value: str | None  # canonical text; a creation's values as a JSON object
    contested: bool
    expected: str | None
    provisional: bool
    cause: str  # identity of the fact behind it
    caused_at: datetime  # the fact's instant
    ledger_seq: int | None
    state: AttemptState
    attempts: int = 0
    next_try: datetime | None = None
    code: str | None = None
    reason: str | None = None
    created_at: datetime
    written_at: datetime | None = None
    confirmed_at: datetime | None = None
    previous: str | None = None  # the org's value before our write, for undo and for law 11


class Outbox(Protocol):
    """Desired values (law 11).

    Putting a newer value for the same field replaces an undelivered older one, a dead one included; what is
    written and unconfirmed stays until its echo comes.
    """

    def put(self, items: Iterable["Wish"], now: datetime) -> None: ...
    def take(self, now: datetime, limit: int) -> Sequence[OutboxItem]:
        """Items that may go now, whole records at a time, oldest first; they become `running`.

        A record with an unconfirmed write outstanding waits; so does a contested item that is provisional. At
        most `limit` items, unless the first record alone has more.
        """
        ...

    def settle(
        self,
        ids: Sequence[int],
        state: AttemptState,
        *,
        now: datetime,
        code: str | None = None,
        reason: str | None = None,
        next_try: datetime | None = None,
        previous: Mapping[int, str | None] | None = None,
        answered: bool = True,
    ) -> None:
        """What became of items taken. `previous` is the org's value before our write, by item id.

        `answered` is False when the org never said anything about these items: that attempt does not count.
        """
        ...

    def outstanding(self, object_name: str, records: Sequence[str]) -> Mapping[str, Sequence[OutboxItem]]:
        """Items in `running`, `unknown` or `written` by record id: what an echo may confirm."""
        ...

    def of_records(self, object_name: str, records: Sequence[str]) -> Mapping[str, Sequence[OutboxItem]]:
        """Every item of these records (or keys of creations), whatever became of it, oldest first."""
        ...

    def current(self, object_name: str, records: Sequence[str]) -> Mapping[str, Sequence[OutboxItem]]:
        """What still matters of these records (or keys), oldest first.

        Every undelivered and outstanding item, and of each field the newest done and the newest superseded one:
        no other row is read.
        """
        ...

    def list(self, states: Sequence[AttemptState] = (), limit: int = 1000) -> Sequence[OutboxItem]: ...
    def retry(self, ids: Sequence[int], now: datetime) -> int: ...
    def discard(self, ids: Sequence[int], now: datetime) -> int: ...
    def release(self, code: str, now: datetime) -> int:
        """Retryable items that bear this code become available at once. Items moved."""
        ...

    def count_of(self, code: str) -> int:
        """Undelivered items that bear this code."""
        ...

    def written(
        self, since: datetime | None = None, until: datetime | None = None, record: str | None = None
    ) -> Iterator[OutboxItem]:
        """What the org took from us in `[since, until)`, in the order of the numbers, streamed."""
        ...

    def counts(self) -> Mapping[AttemptState, int]: ...
    def latencies(self) -> Sequence[float]:
        """Seconds from each confirmed item's creation in the org (`caused_at`) to its echo."""
        ...


@dataclass(frozen=True, kw_only=True, slots=True)
class Wish:
    """What settle asks of the outbox: an OutboxItem before it has a number."""

    object: str
    record: str | None
    key: str | None
    field: str
    value: str | None
    contested: bool
    expected: str | None
    provisional: bool
    cause: str
    caused_at: datetime
    ledger_seq: int | None
