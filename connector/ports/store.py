"""What flows need of the store: one transaction, and the tables behind it.

Implemented on SQLite and on PostgreSQL; one conformance suite (`tests/contract/store`) holds both to this text.
Every table is keyed by org first. All instants are UTC-aware whole seconds, all values of the mirror canonical text.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from connector.canonical.docket import Docket, E, Entry
from connector.canonical.fact import Fact
from connector.canonical.verdict import Verdict
from connector.ports.org import Batch, Cursor
from connector.ports.outbox import AttemptState, Outbox, OutboxItem, Wish

__all__ = [
    "AttemptState",
    "Change",
    "DocketTable",
    "FactTable",
    "LeaseLost",
    "Ledger",
    "LedgerLine",
    "LedgerProof",
    "MatchIndex",
    "Mirror",
    "MirrorCount",
    "Notes",
    "Outbox",
    "OutboxItem",
    "SourceVersion",
    "Store",
    "StreamState",
    "Streams",
    "Transaction",
    "Wish",
]


@dataclass(frozen=True, kw_only=True, slots=True)
class SourceVersion:
    """One version of one org record, as the org gave it: canonical text by org field name.

    Valid `[valid_from, valid_to)`; `valid_to` is None for the current version. `certain_from` is the first moment
    from which the mirror can vouch for it: the first version seen is taken as valid since the record's creation,
    but may have looked otherwise before its stamp. `row` is the store's own: two versions of one record whose rows are
    equal say the same; None where the store has none.
    """

    object: str
    id: str
    stamp: datetime
    valid_from: datetime
    valid_to: datetime | None
    certain_from: datetime
    deleted: bool
    master: str | None
    values: Mapping[str, str | None]
    row: Any = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, kw_only=True, slots=True)
class Change:
    """Before and after of one record; `before` is None when it is new to the mirror."""

    before: SourceVersion | None
    after: SourceVersion


@dataclass(frozen=True, kw_only=True, slots=True)
class MirrorCount:
    object: str
    live: int
    deleted: int


class Mirror(Protocol):
    """The org's records as the org gave them, with all their versions (law 6: always equal to the org)."""

    def load(self, batch: Batch) -> int:
        """First load of a snapshot: the same mirror as `apply`, without a change list. Rows written.

        The fast path: COPY on PostgreSQL, batched insert on SQLite. Links are not maintained while an object is
        loaded for the first time: the next `apply` or `declare_links` builds them, sorted.
        """
        ...

    def apply(self, batch: Batch, *, repair: bool = False) -> list[Change]:
        """Upsert `batch` and say what differs.

        It has an `Id` column and a `SystemModstamp`; history rows, which have none, are stamped by `CreatedDate`.

        A row whose stamp is older than the mirror's, or whose values and stamp are equal, is no change. The
        previous version is kept with its interval closed at the new stamp. Other values under the same stamp
        (a formula field drifted) are a change that corrects the version in place.

        `repair` is for rows just fetched by id (law 20): a live one also corrects a tombstone with a newer stamp,
        as when our login lost sight of the record for a while and it was taken for deleted.
        """
        ...

    def remove(self, object_name: str, ids: Iterable[str], at: datetime) -> list[Change]:
        """Hard deletes: the record becomes a tombstone version with `deleted`, its values kept.

        A record saved after `at`, deleted already or unknown is no change.
        """
        ...

    def get(self, object_name: str, ids: Sequence[str]) -> Mapping[str, SourceVersion]:
        """Current versions by id, deleted ones included; an unknown id is absent."""
        ...

    def as_of(self, object_name: str, ident: str, moment: datetime) -> SourceVersion | None:
        """The version valid at `moment`; None when it did not exist yet or was deleted."""
        ...

    def ended(self, object_name: str, ids: Sequence[str]) -> Mapping[str, Sequence[SourceVersion]]:
        """Versions that are no longer current, newest first; an id without any is absent."""
        ...

    def where(self, object_name: str, field_name: str, value: str) -> Iterator[SourceVersion]:
        """Current live records whose field has this value; `field_name` must have been declared a link."""
        ...

    def declare_links(self, object_name: str, fields: Sequence[str]) -> None:
        """Reference fields of an object by which `where` looks up (children by parent).

        Adds to what was declared before, and builds what a first load left unbuilt; cheap when nothing is.
        """
        ...

    def scan(self, object_name: str, *, deleted: bool = False) -> Iterator[SourceVersion]:
        """All current records in id order, streamed."""
        ...

    def count(self) -> Sequence[MirrorCount]: ...
    def checksum(self, object_name: str) -> Mapping[str, str]:
        """Per field, a checksum over (id, value) of the live records in id order (law 20)."""
        ...


class FactTable(Protocol):
    """Facts waiting to be sealed and judged, and those that were. Adding one twice is adding it once."""

    def add(self, facts: Iterable[Fact]) -> int:
        """New facts kept, by identity. Returns how many were new.

        One that waits and comes again with a narrower interval, or the same one from a better source, is kept as
        that witness tells it, so that the order of arrival does not matter (law 6). A settled one stays as it was.
        """
        ...

    def pending(
        self, until: datetime | None = None, limit: int = 1000, *, after: datetime | None = None
    ) -> Sequence[Fact]:
        """Unsettled facts with `after < instant <= until` (no bound where None), in settling order.

        Never cuts an instant in two: the last second is returned whole even beyond `limit`.
        """
        ...

    def judged(self, until: datetime, limit: int = 1000, *, after: datetime) -> Sequence[Fact]:
        """Settled facts with `after < instant <= until`, in settling order, for a replay (law 5).

        Ticks are left out: a replay makes its own. No instant is cut in two, as in `pending`.
        """
        ...

    def naming(self, records: Sequence[str]) -> Sequence[Fact]:
        """Facts that name one of these records: of it, into it, or with it in the detail; in settling order.

        People and queues are not looked up by what others did with them: half of all facts name one.
        """
        ...

    def settle(self, facts: Iterable[Fact]) -> None:
        """Judged: never pending again. A fact that was never added is kept as settled.

        One that is `late` is kept as it is said here, for a replay to judge it in the same place.
        """
        ...

    def count(self) -> int:
        """All facts ever kept, settled ones too."""
        ...


@dataclass(frozen=True, kw_only=True, slots=True)
class LedgerLine:
    """One appended entry. `digest` chains `previous`; the head proves all before it (law 18)."""

    seq: int
    fact: Fact
    verdict: Verdict | None
    entries: tuple[Entry, ...]
    recorded_at: datetime
    previous: str
    digest: str


@dataclass(frozen=True, kw_only=True, slots=True)
class LedgerProof:
    """A line as it is hashed (`canonical.chain`), and what opens its commitment; None once that was erased."""

    seq: int
    record: str
    recorded_at: str
    commitment: str
    public: str
    previous: str
    digest: str
    salt: str | None
    whole: str | None


Decided = tuple[Fact, Verdict | None, Sequence[Entry]]
"""What one line of the ledger is about."""


class Ledger(Protocol):
    """Append-only."""

    def append(
        self, fact: Fact, verdict: Verdict | None, entries: Sequence[Entry], recorded_at: datetime
    ) -> LedgerLine: ...
    def extend(self, decided: Iterable[Decided], recorded_at: datetime) -> Sequence[LedgerLine]:
        """Append many, in their order."""
        ...

    def of_record(self, record: str) -> Sequence[LedgerLine]: ...
    def scan(self, after: int = 0) -> Iterator[LedgerLine]: ...
    def proofs(self, after: int = 0) -> Iterator[LedgerProof]:
        """Lines behind number `after` as they are hashed, streamed."""
        ...

    def head(self) -> tuple[int, str]: ...
    def verify(self) -> int | None:
        """The first broken entry's number, or that of one missing behind the last; None when the chain is whole."""
        ...

    def erase(self, seqs: Iterable[int]) -> int:
        """Forget the personal evidence of these entries; the chain goes on proving them. Entries erased."""
        ...


class DocketTable(Docket, Protocol):
    """The docket of sealed decisions."""

    def put(self, entries: Iterable[Entry]) -> None: ...
    def all(self, entry: type[E]) -> Iterator[E]: ...


@dataclass(frozen=True, kw_only=True, slots=True)
class StreamState:
    """Where a stream stands. `cursor` is a position, `watermark` a claim that nothing older is missing (law 3)."""

    stream: str
    cursor: Cursor | None = None
    watermark: datetime | None = None
    snapshot_done: bool = False
    snapshot_locator: str | None = None
    seen_at: datetime | None = None
    note: str = ""


class Streams(Protocol):
    def get(self, stream: str) -> StreamState: ...
    def put(self, state: StreamState) -> None: ...
    def all(self) -> Sequence[StreamState]: ...


class MatchIndex(Protocol):
    """Blocking keys of every customer-bearing record, moved in the same transaction as what it indexes."""

    def put(self, rows: Iterable[tuple[str, str, Sequence[int]]]) -> None:
        """(record id, kind, keys): replaces the record's keys."""
        ...

    def load(self, rows: Iterable[tuple[str, str, Sequence[int]]]) -> None:
        """Sorted build after a first load; the index may be empty before."""
        ...

    def postings(self, keys: Sequence[int]) -> Mapping[int, Sequence[str]]:
        """Record ids by key, sorted; a key without records is absent."""
        ...

    def numbers(self, keys: Sequence[int]) -> Mapping[int, Sequence[int]]:
        """The same in numbers of this index, which say nothing outside it: much cheaper, see `named`."""
        ...

    def named(self, numbers: Sequence[int]) -> Mapping[int, str]:
        """The record ids behind such numbers."""
        ...

    def frequencies(self, keys: Sequence[int], most: int = ...) -> Mapping[int, int]:
        """How many (record, kind) bear each key, counted no further than one beyond `most`."""
        ...

    def kinds(self, ids: Sequence[str]) -> Mapping[str, Sequence[str]]: ...
    def size(self) -> int: ...


class Notes(Protocol):
    """Small named values of one org: the pinned organisation id, the sealed horizon, go-live, counters."""

    def get(self, name: str) -> str | None: ...
    def put(self, name: str, value: str) -> None: ...
    def beginning(self, prefix: str) -> Mapping[str, str]:
        """Every note whose name begins so, by name."""
        ...

    def remove(self, name: str) -> None:
        """Forget one note; one that is not there is forgotten already."""
        ...


class Transaction(Protocol):
    """Everything inside moves together or not at all (law 11). Checks the lease's epoch at commit (law 19)."""

    @property
    def mirror(self) -> Mirror: ...
    @property
    def facts(self) -> FactTable: ...
    @property
    def ledger(self) -> Ledger: ...
    @property
    def docket(self) -> DocketTable: ...
    @property
    def outbox(self) -> Outbox: ...
    @property
    def streams(self) -> Streams: ...
    @property
    def matches(self) -> MatchIndex: ...
    @property
    def notes(self) -> Notes: ...


class LeaseLost(Exception):
    """Another worker holds this org's lease: stop writing at once."""


class Store(Protocol):
    """One org's part of the store."""

    def transaction(self) -> AbstractContextManager[Transaction]: ...
    def reading(self) -> AbstractContextManager[Transaction]:
        """A consistent view that writes nothing and blocks nobody."""
        ...

    def ahead(self, batches: Iterator[Batch]) -> Iterator[Batch]:
        """The same batches of one snapshot, made ready for `mirror.load` while earlier ones are written.

        Called outside a transaction. A batch that cannot be mirrored raises when its turn comes.
        """
        ...

    def take_lease(self, worker: str, now: datetime, seconds: int) -> int | None:
        """The new epoch, or None while another worker's lease lasts. Renewing keeps the epoch.

        A new epoch turns what was `running` in the outbox into `unknown`. A store that never took the lease
        (a CLI verb) writes unfenced.
        """
        ...

    def release_lease(self, worker: str) -> None: ...
    def close(self) -> None: ...
