"""Capture: the org's rows into the mirror, and the facts of what changed, in one transaction with the cursor.

A snapshot (Bulk 2.0) loads an object whole; polling then reads by the keyset `(SystemModstamp, Id)`.
A cursor is a position; the watermark, from `latestDateCovered`, claims that nothing older is missing (law 3).
Between the two a row of a long transaction may turn up below the cursor: `confirm` fetches what we lack.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from connector.canonical.time import instant_text, parse_instant
from connector.flows.changes import ChangeReader
from connector.flows.fields import links
from connector.mapping import CompiledMapping
from connector.ports.org import Cursor, KeysetRequest, OrgPort, Page, RetryLater
from connector.ports.store import Change, Store, StreamState, Transaction

Progress = Callable[[str, int, int], None]
"""Called with (object, rows so far, rows expected)."""

RETRIEVE_AT_ONCE = 2000


class SnapshotShort(RetryLater):
    """A snapshot said it was complete but holds fewer rows than the org counts: it is taken again."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Captured:
    """What one poll brought: rows that differed, and facts that were new."""

    changes: int = 0
    facts: int = 0
    more: bool = False


class Capture:
    """Reads one org into one store. `ours` (our own login) tells our echoes from people's acts."""

    def __init__(self, org: OrgPort, store: Store, mapping: CompiledMapping, changes: ChangeReader) -> None:
        self._org = org
        self._store = store
        self._mapping = mapping
        self._changes = changes

    def declare(self) -> None:
        """Say which reference fields are looked up by, before the first row is written."""
        with self._store.transaction() as tx:
            for name, fields in links(self._mapping).items():
                tx.mirror.declare_links(name, fields)

    def snapshot(self, object_name: str, progress: Progress | None = None) -> int:
        """Load one object whole, resuming a broken download; counts are compared with the org's at the end.

        Raises:
            SnapshotShort: the org counts more rows than arrived, also on a second try.
        """
        with self._store.reading() as view:
            state = view.streams.get(object_name)
        if state.snapshot_done:
            return 0
        started = self._org.now() - timedelta(seconds=1)
        expected = self._org.count(object_name)
        loaded = self._load(object_name, state.snapshot_locator, expected, progress)
        with self._store.reading() as view:
            live = next((row.live for row in view.mirror.count() if row.object == object_name), 0)
        if live < self._org.count(object_name, f"SystemModstamp < {instant_text(started)}"):
            raise SnapshotShort(
                f"{object_name}: the snapshot holds {live} rows, the org has more; it is taken again"
            )
        with self._store.transaction() as tx:
            cursor = Cursor(instant_text(started - timedelta(seconds=1)), "")
            tx.streams.put(
                StreamState(
                    stream=object_name, cursor=cursor, watermark=started, snapshot_done=True, seen_at=started
                )
            )
        return loaded

    def _load(self, object_name: str, resume: str | None, expected: int, progress: Progress | None) -> int:
        loaded = 0
        fields = self._mapping.objects[object_name]
        for batch in self._org.snapshot(object_name, fields, resume=resume):
            with self._store.transaction() as tx:
                loaded += tx.mirror.load(batch)
                tx.streams.put(StreamState(stream=object_name, snapshot_locator=batch.resume))
            if progress:
                progress(object_name, loaded, expected)
        return loaded

    def poll(self, objects: Sequence[str]) -> Captured:
        """One page of news from each object, in few calls; `more` when some page was full."""
        with self._store.reading() as view:
            states = {name: view.streams.get(name) for name in objects}
        requests = [
            KeysetRequest(
                object=name,
                fields=self._mapping.objects[name],
                after=states[name].cursor,
                stamp_field=self._mapping.stamps.get(name, "SystemModstamp"),
            )
            for name in objects
        ]
        asked_at = self._org.now()
        total = Captured()
        for name, page in zip(objects, self._org.since(requests), strict=True):
            taken = self._take(states[name], page, asked_at)
            total = Captured(
                changes=total.changes + taken.changes,
                facts=total.facts + taken.facts,
                more=total.more or taken.more,
            )
        return total

    def _take(self, state: StreamState, page: Page, asked_at: datetime) -> Captured:
        """One page into the mirror. An unfinished second is read again next time: its rows may still come."""
        if page.batch.rows == 0:
            return Captured()
        with self._store.transaction() as tx:
            changes = tx.mirror.apply(page.batch)
            facts = self._changes.record(tx, changes, state.watermark, asked_at)
            cursor = page.end if not page.done else _before(page.end, asked_at)
            tx.streams.put(replace(state, cursor=_later(state.cursor, cursor), seen_at=asked_at))
        return Captured(changes=len(changes), facts=facts, more=not page.done)

    def confirm(self, name: str) -> bool:
        """Move the watermark: fetch what the org names and we lack, and bury what was deleted for good."""
        with self._store.reading() as view:
            state = view.streams.get(name)
        window = self._org.watermark_window(state.watermark) if state.watermark else None
        if window is None:
            return False
        updated = self._org.updated(name, *window)
        deleted = self._org.deleted(name, *window)
        with self._store.reading() as view:
            missing = _lacking(view, name, updated.ids, window[0])
        fetched = [
            self._org.retrieve(name, missing[start : start + RETRIEVE_AT_ONCE], self._mapping.objects[name])
            for start in range(0, len(missing), RETRIEVE_AT_ONCE)
        ]
        covered = min(updated.latest_date_covered, deleted.latest_date_covered)
        with self._store.transaction() as tx:
            for batch in fetched:
                self._changes.record(tx, tx.mirror.apply(batch), state.watermark, covered)
            gone = self._removed(tx, name, {row.id: row.deleted_at for row in deleted.rows})
            self._changes.record(tx, gone, state.watermark, covered)
            fresh = tx.streams.get(name)
            tx.streams.put(replace(fresh, watermark=max(covered, fresh.watermark or covered)))
        return True

    @staticmethod
    def _removed(tx: Transaction, name: str, rows: dict[str, datetime]) -> list[Change]:
        """Deletes that the mirror has not seen as soft deletes."""
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


def _lacking(view: Transaction, name: str, ids: Sequence[str], start: datetime) -> list[str]:
    """Ids that getUpdated names but that the mirror knows only from before the window."""
    known = view.mirror.get(name, list(ids))
    return [ident for ident in ids if ident not in known or known[ident].stamp < start]


def _before(end: Cursor | None, asked_at: datetime) -> Cursor | None:
    """A cursor not beyond the second before the question: rows of the running second may still appear."""
    if end is None:
        return None
    limit = asked_at.astimezone(UTC).replace(microsecond=0) - timedelta(seconds=2)
    return end if parse_instant(end.stamp) <= limit else Cursor(instant_text(limit), "")


def _later(old: Cursor | None, new: Cursor | None) -> Cursor | None:
    return old if new is None or (old is not None and new < old) else new
