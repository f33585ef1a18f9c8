"""Capture: the org's rows into the mirror, and the facts of what changed, in one transaction with the cursor.

A snapshot (Bulk 2.0) loads an object whole; polling then reads by the keyset `(SystemModstamp, Id)`.
A cursor is a position; the watermark, from `latestDateCovered`, claims that nothing older is missing (law 3).
Between the two a row of a long transaction may turn up below the cursor: `confirm` fetches what we lack.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import chain

from connector.canonical.ids import is_user
from connector.canonical.kind import Kind
from connector.canonical.time import instant_text, parse_instant
from connector.flows.changes import ChangeReader
from connector.flows.fields import fields_of, lines_of, links, object_of, reading_order
from connector.mapping import CompiledMapping
from connector.ports.org import (
    Batch,
    Cursor,
    DaemonStopped,
    KeysetRequest,
    OrgFault,
    OrgPort,
    Page,
    RetryLater,
)
from connector.ports.store import Change, Store, StreamState, Transaction

Progress = Callable[[str, int, int], None]
"""Called with (object, rows so far, rows expected)."""

Alive = Callable[[], None]
"""Called before every batch asked for: renews the lease, which many batches may outlast."""

RETRIEVE_AT_ONCE = 2000
_IDS_IN_A_QUERY = 200
_STAMP = "SystemModstamp"
_FIELDS = "fields|"

LOOK_BACK = timedelta(seconds=5)
"""Rows of the last seconds are read again: they may still change unseen, and answers were measured 1-3 s late."""


class SnapshotShort(RetryLater):
    """A snapshot said it was complete but holds fewer rows than the org counts: it is taken again."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Captured:
    """What one poll brought: rows that differed, and facts that were new.

    `asked_at` is the org's time before the first question: the mirror has seen what was saved before it.
    `stopped` are the objects that cannot be read until a person acts, with the reason.
    """

    changes: int = 0
    facts: int = 0
    more: bool = False
    asked_at: datetime | None = None
    stopped: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class _Loaded:
    """Rows that one download wrote, and how many of them surely are live ones that the mirror had not."""

    rows: int
    live: int


def _deleted(batch: Batch) -> int:
    return sum(flag == "true" for flag in batch.column("IsDeleted")) if "IsDeleted" in batch.fields else 0


def _unwatched() -> None:
    """For callers that hold no lease."""


class Capture:
    """Reads one org into one store."""

    def __init__(self, org: OrgPort, store: Store, mapping: CompiledMapping, changes: ChangeReader) -> None:
        self._org = org
        self._store = store
        self._mapping = mapping
        self._changes = changes
        self._order = {name: place for place, name in enumerate(reading_order(mapping))}
        self._equal_until: dict[str, datetime] = {}
        self._owners = tuple(
            pair for kind in (Kind.LEAD, Kind.OPPORTUNITY) for pair in fields_of(mapping, kind, "owner")
        )

    def declare(self) -> None:
        """Say which reference fields are looked up by, before the first row is written."""
        with self._store.transaction() as tx:
            for name, fields in links(self._mapping).items():
                tx.mirror.declare_links(name, fields)

    def snapshot(self, object_name: str, progress: Progress | None = None) -> int:
        """Load one object whole, resuming a broken download; counts are compared with the org's at the end.

        The stream begins where the first attempt began: pages loaded before an interruption are older than
        the rest. Raises SnapshotShort: the org counts more rows than arrived; nothing is taken as done.
        """
        with self._store.reading() as view:
            state = view.streams.get(object_name)
        if state.snapshot_done:
            return 0
        resume = state.snapshot_locator if state.seen_at else None
        started = state.seen_at or self.safe_start(object_name)
        expected = self._org.count(object_name)
        loaded = self._load(object_name, resume, started, expected, progress)
        older = self._org.count(object_name, f"{self._stamp_of(object_name)} < {instant_text(started)}")
        live = loaded.live if loaded.live >= older else self._live(object_name)
        if live < older:
            with self._store.transaction() as tx:
                tx.streams.put(StreamState(stream=object_name, seen_at=started))
            raise SnapshotShort(
                f"{object_name}: the snapshot holds {live} rows, the org has more; it is taken again"
            )
        with self._store.transaction() as tx:
            self.whole(tx, object_name)
            cursor = Cursor(instant_text(started - timedelta(seconds=1)), "")
            tx.streams.put(
                StreamState(
                    stream=object_name, cursor=cursor, watermark=started, snapshot_done=True, seen_at=started
                )
            )
        return loaded.rows

    def _live(self, object_name: str) -> int:
        with self._store.reading() as view:
            return next((row.live for row in view.mirror.count() if row.object == object_name), 0)

    def lacking(self) -> tuple[str, ...]:
        """Objects mirrored before the profile named some of their fields: their rows lack those values."""
        with self._store.reading() as view:
            done = [name for name in self._mapping.objects if view.streams.get(name).snapshot_done]
            rows = {name: next(view.mirror.scan(name), None) for name in done}
            kept = {name: view.notes.get(_FIELDS + name) for name in done}
        return tuple(
            name
            for name, row in rows.items()
            if row is not None and not _named(kept[name], row.values).issuperset(self._mapping.objects[name])
        )

    def whole(self, tx: Transaction, name: str) -> None:
        """Every row of this object now has a value, or null, for every field that the profile names."""
        tx.notes.put(_FIELDS + name, ",".join(self._mapping.objects[name]))

    def safe_start(self, object_name: str) -> datetime:
        """Where the stream begins: before the snapshot, and before any transaction still running then."""
        now = self._org.now()
        started = now - LOOK_BACK
        if not self._mapping.kinds_of(object_name) and self._stamp_of(object_name) != _STAMP:
            return started
        window = self._org.watermark_window(now - timedelta(minutes=2))
        if window is None:
            return started
        try:
            covered = self._org.updated(object_name, *window).latest_date_covered
        except (RetryLater, DaemonStopped):
            raise
        except OrgFault:  # an object whose changes the org does not list
            return started
        return min(started, covered)

    def _load(
        self,
        object_name: str,
        resume: str | None,
        started: datetime,
        expected: int,
        progress: Progress | None,
    ) -> "_Loaded":
        loaded = live = 0
        fields = self._mapping.objects[object_name]
        for batch in self._store.ahead(self._org.snapshot(object_name, fields, resume=resume)):
            with self._store.transaction() as tx:
                rows = tx.mirror.load(batch)
                tx.streams.put(
                    StreamState(stream=object_name, snapshot_locator=batch.resume, seen_at=started)
                )
            loaded += rows
            if rows == batch.rows:  # each of them is new to the mirror
                live += rows - _deleted(batch)
            if progress:
                progress(object_name, loaded, expected)
        return _Loaded(rows=loaded, live=live)

    def poll(self, objects: Sequence[str], alive: Alive = _unwatched) -> Captured:
        """One page of news from each object, in few calls; `more` when some page was full.

        An object that cannot be read stops no other: it is left out, and named in `stopped` and in its
        stream's note until it reads again.
        """
        names = sorted(objects, key=lambda name: self._order.get(name, len(self._order)))
        with self._store.reading() as view:
            states = {name: view.streams.get(name) for name in names}
        asked_at = self._org.now()
        pages, stopped = self._pages([self._request(states[name]) for name in names], alive)
        total = Captured(asked_at=asked_at, stopped=tuple(stopped.items()))
        for request, page in pages:
            state = states[request.object]
            alive()
            self._people(request.object, page.batch, asked_at, alive)
            taken = self._take(state, page, asked_at)
            total = replace(
                total,
                changes=total.changes + taken.changes,
                facts=total.facts + taken.facts,
                more=total.more or taken.more,
            )
        self._noted(states, stopped)
        return total

    def _request(self, state: StreamState) -> KeysetRequest:
        name = state.stream
        return KeysetRequest(
            object=name,
            fields=self._mapping.objects[name],
            after=state.cursor,
            stamp_field=self._stamp_of(name),
        )

    def _stamp_of(self, name: str) -> str:
        return self._mapping.stamps.get(name, _STAMP)

    def _pages(
        self, requests: Sequence[KeysetRequest], alive: Alive
    ) -> tuple[list[tuple[KeysetRequest, Page]], dict[str, str]]:
        """The pages of all requests but those that the org refuses, and why it refuses them."""
        asked, stopped = list(requests), dict[str, str]()
        while asked:
            alive()
            try:
                return list(zip(asked, self._org.since(asked), strict=True)), stopped
            except (RetryLater, DaemonStopped):
                raise
            except OrgFault as fault:
                if fault.object is None or fault.object not in {request.object for request in asked}:
                    raise
                stopped[fault.object] = self.reason(fault)
                asked = [request for request in asked if request.object != fault.object]
        return [], stopped

    def reason(self, fault: OrgFault) -> str:
        """Why a stream stopped, with the lines of the profiles that name the field at fault, and the fix."""
        lines = [line for name in fault.fields for line in lines_of(self._mapping, fault.object or "", name)]
        if not lines:
            return str(fault)
        return f"{fault}. Named at {'; '.join(lines)}: correct the line, or let the login see the field"

    def _noted(self, states: dict[str, StreamState], stopped: dict[str, str]) -> None:
        moved = {name: stopped.get(name, "") for name in states if states[name].note != stopped.get(name, "")}
        if moved:
            with self._store.transaction() as tx:
                for name, note in moved.items():
                    tx.streams.put(replace(tx.streams.get(name), note=note))

    def _people(self, object_name: str, batch: Batch, now: datetime, alive: Alive) -> None:
        """Owners whom the mirror does not know yet: who holds a lead has to be known when it is read."""
        people = object_of(self._mapping, Kind.PERSON)
        owned = [field for name, field in self._owners if name == object_name]
        if people is None or not owned or not batch.rows:
            return
        ids = {ident for field in owned for ident in batch.column(field) if ident and is_user(ident)}
        with self._store.reading() as view:
            unknown = sorted(ids - set(view.mirror.get(people, sorted(ids))))
        for found in self._retrieved(people, unknown, alive):
            with self._store.transaction() as tx:
                self._changes.record(tx, tx.mirror.apply(found), None, now)

    def _retrieved(self, name: str, ids: Sequence[str], alive: Alive) -> Iterator[Batch]:
        for start in range(0, len(ids), RETRIEVE_AT_ONCE):
            some = ids[start : start + RETRIEVE_AT_ONCE]
            alive()
            yield self._org.retrieve(name, some, self._mapping.objects[name])

    def _take(self, state: StreamState, page: Page, asked_at: datetime) -> Captured:
        """One page into the mirror. Unfinished seconds are read again next time: their rows may still come.

        Full pages may carry the cursor into those seconds; the last page brings it back out of them.
        """
        reached = page.end or state.cursor
        cursor = _before(reached, asked_at) if page.done else reached
        seen_before = self._seen_before(state)
        if page.done:
            self._equal_until[state.stream] = asked_at - LOOK_BACK
        if page.batch.rows == 0 and cursor == state.cursor:
            return Captured()
        with self._store.transaction() as tx:
            changes = tx.mirror.apply(page.batch)
            facts = self._changes.record(tx, changes, seen_before, asked_at)
            if cursor != state.cursor:
                tx.streams.put(replace(state, cursor=cursor, seen_at=asked_at))
        return Captured(changes=len(changes), facts=facts, more=not page.done)

    def _seen_before(self, state: StreamState) -> datetime | None:
        """Until when the mirror is known to have equalled the org: what differs now happened later (law 1).

        A row of a long transaction carries an earlier stamp of its own, and that stamp then is its time.
        """
        marks = [mark for mark in (state.watermark, self._equal_until.get(state.stream)) if mark is not None]
        return max(marks) if marks else None

    def confirm(self, name: str, alive: Alive = _unwatched) -> bool:
        """Move the watermark: fetch what the org names as changed, and bury what was deleted for good.

        Everything named is fetched: a row that the mirror knows from inside the window may have changed
        again in a transaction whose stamp lies below the cursor.
        """
        with self._store.reading() as view:
            state = view.streams.get(name)
        window = self._org.watermark_window(state.watermark) if state.watermark else None
        if window is None:
            return False
        updated = self._org.updated(name, *window)
        deleted = self._org.deleted(name, *window)
        rows = {row.id: row.deleted_at for row in deleted.rows}
        with self._store.reading() as view:
            known = view.mirror.get(name, list(rows))
        unseen = [ident for ident, version in known.items() if not version.deleted]
        covered = min(updated.latest_date_covered, deleted.latest_date_covered)
        retrieved = self._retrieved(name, updated.ids, alive)
        for batch in chain(retrieved, self._buried(name, unseen, alive)):  # each is kept as it comes
            self._people(name, batch, covered, alive)
            with self._store.transaction() as tx:
                self._changes.record(tx, tx.mirror.apply(batch), self._seen_before(state), covered)
        with self._store.transaction() as tx:
            gone = self._removed(tx, name, {ident: rows[ident] for ident in unseen})
            self._changes.record(tx, gone, self._seen_before(state), covered)
            fresh = tx.streams.get(name)
            tx.streams.put(replace(fresh, watermark=max(covered, fresh.watermark or covered)))
        return True

    def _buried(self, name: str, ids: Sequence[str], alive: Alive) -> Iterator[Batch]:
        """Deleted rows as the bin still shows them: only there does a merge name its survivor."""
        for start in range(0, len(ids), _IDS_IN_A_QUERY):
            alive()
            listed = ", ".join(f"'{ident}'" for ident in ids[start : start + _IDS_IN_A_QUERY])
            request = KeysetRequest(
                object=name, fields=self._mapping.objects[name], where=f"Id IN ({listed})"
            )
            page = self._org.since([request])[0]
            yield page.batch
            while not page.done:  # the org cuts pages as it likes
                alive()
                page = self._org.since([replace(request, after=page.end)])[0]
                yield page.batch

    @staticmethod
    def _removed(tx: Transaction, name: str, rows: dict[str, datetime]) -> list[Change]:
        """Deletes that not even the bin shows: hard ones."""
        known = tx.mirror.get(name, list(rows))
        unseen = {ident: rows[ident] for ident, version in known.items() if not version.deleted}
        gone: list[Change] = []
        for moment in sorted(set(unseen.values())):
            gone += tx.mirror.remove(name, [ident for ident, at in unseen.items() if at == moment], moment)
        return gone

    def horizon(self, objects: Iterable[str]) -> datetime | None:
        """The lowest watermark of the streams that bear priority: before it, facts are sealed (law 3)."""
        with self._store.reading() as view:
            marks = [view.streams.get(name).watermark for name in objects]
        known = [mark for mark in marks if mark is not None]
        return min(known) if known and len(known) == len(marks) else None


def _named(kept: str | None, row: Iterable[str]) -> set[str]:
    """The fields that every row holds, as noted; else those of one row."""
    return set(kept.split(",") if kept else row)


def _before(end: Cursor | None, asked_at: datetime) -> Cursor | None:
    """A cursor not beyond the look-back: rows of the last seconds may still appear."""
    if end is None:
        return None
    limit = asked_at.astimezone(UTC).replace(microsecond=0) - LOOK_BACK
    return end if parse_instant(end.stamp) <= limit else Cursor(instant_text(limit), "")
