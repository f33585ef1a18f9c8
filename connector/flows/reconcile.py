"""Reconcile: level where capture is edge (law 20). The mirror against the org, by counts and checksums per day.

A day is the UTC day of a row's creation, which never changes. Rows that the org counts otherwise, or whose values
give another checksum, are read again by id: so come to light hard deletes beyond the reach of getDeleted, formula
fields that moved without a stamp, and rows that were out of sight for a while.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from hashlib import blake2b

import msgspec

from connector.canonical.time import instant_text, parse_instant
from connector.flows.capture import Capture
from connector.flows.changes import ChangeReader
from connector.flows.fields import reading_order
from connector.mapping import CompiledMapping
from connector.ports.org import Batch, DaemonStopped, KeysetRequest, OrgFault, OrgPort, RetryLater, Text
from connector.ports.store import Change, SourceVersion, Store, Transaction

Progress = Callable[[str, int, int], None]
"""Called with (object, rows compared so far, rows expected)."""

BORN = "CreatedDate"
MOST_GROUPS = 2000
"""Documented: an aggregate query answers at most so many rows, and has no next page."""

MANY_LOSSES = 100
LARGE_PART = 0.2
"""More losses than both, of one object, are first asked for: a login that lost sight looks just like that."""

_IDS_AT_ONCE = 200
_ROUND = 1 << 128
_ENCODE = msgspec.json.Encoder()


@dataclass(frozen=True, kw_only=True, slots=True)
class Drift:
    """One day of one object on which mirror and org differ. Ids of 18 characters."""

    day: str
    org_rows: int
    mirror_rows: int
    missing: tuple[str, ...] = ()  # in the org, not here
    surplus: tuple[str, ...] = ()  # here, no longer in the org
    differing: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # record to fields

    @property
    def records(self) -> int:
        return len(self.missing) + len(self.surplus) + len(self.differing)


@dataclass(frozen=True, kw_only=True, slots=True)
class Reconciled:
    """What one object's comparison found and did.

    `withheld` are losses not believed without a person's word; `stopped` says why the object was not compared.
    """

    object: str
    days: int = 0
    org_rows: int = 0
    mirror_rows: int = 0
    drifts: tuple[Drift, ...] = ()
    repaired: int = 0
    withheld: int = 0
    facts: int = 0
    stopped: str = ""

    @property
    def found(self) -> int:
        """Records in which mirror and org differed."""
        return sum(drift.records for drift in self.drifts)


@dataclass(frozen=True, kw_only=True, slots=True)
class Wanted:
    """What a person asked for.

    `counts_only` compares counts without reading rows: two API calls an object, blind to values. `dry_run`
    changes nothing. `believe_losses` buries what is gone, however much it is.
    """

    objects: tuple[str, ...] = ()
    counts_only: bool = False
    dry_run: bool = False
    believe_losses: bool = False


class _Tally:
    """Rows and checksum per day, in whatever order the rows come: a sum of the rows' digests."""

    def __init__(self) -> None:
        self.days: dict[str, tuple[int, int]] = {}

    def add(self, day: str, values: Sequence[Text]) -> None:
        digest = int.from_bytes(blake2b(_ENCODE.encode(values), digest_size=16).digest())
        rows, total = self.days.get(day, (0, 0))
        self.days[day] = rows + 1, (total + digest) % _ROUND

    def rows(self) -> dict[str, int]:
        return {day: rows for day, (rows, _) in self.days.items()}


@dataclass(kw_only=True)
class _Work:
    """One object being compared, and what came of it so far."""

    name: str
    fields: tuple[str, ...]
    since: datetime  # rows saved later are news, not drift
    wanted: Wanted
    progress: Progress
    org: dict[str, int] = field(default_factory=dict)
    mirror: dict[str, int] = field(default_factory=dict)
    drifts: list[Drift] = field(default_factory=list)
    repaired: int = 0
    withheld: int = 0
    facts: int = 0


class Reconcile:
    """Compares one org's mirror with the org, and repairs it record by record."""

    def __init__(
        self, org: OrgPort, store: Store, mapping: CompiledMapping, changes: ChangeReader, capture: Capture
    ) -> None:
        self._org = org
        self._store = store
        self._mapping = mapping
        self._changes = changes
        self._capture = capture

    def run(self, wanted: Wanted, progress: Progress | None = None) -> Iterator[Reconciled]:
        """Object after object, who people are first; one that cannot be read stops no other."""
        for name in reading_order(self._mapping):
            if wanted.objects and name not in wanted.objects:
                continue
            try:
                yield self._object(name, wanted, progress)
            except (RetryLater, DaemonStopped):
                raise
            except OrgFault as fault:
                yield Reconciled(object=name, stopped=str(fault))

    def _object(self, name: str, wanted: Wanted, progress: Progress | None) -> Reconciled:
        with self._store.reading() as view:
            state = view.streams.get(name)
        if not state.snapshot_done:
            return Reconciled(object=name, stopped="not mirrored yet: run `connector sync --once` first")
        complete_until = self._capture.safe_start(name)
        since = self._org.now().replace(microsecond=0)
        if wanted.dry_run:
            since = min(since, parse_instant(state.cursor.stamp)) if state.cursor else since
        else:
            while self._capture.poll([name]).more:
                pass
        work = _Work(
            name=name,
            fields=self._mapping.objects[name],
            since=since,
            wanted=wanted,
            progress=progress or _silent,
        )
        self._days(work, self._differing(work))
        if not (wanted.dry_run or wanted.counts_only or work.withheld):
            self._sealed(name, complete_until)
        return Reconciled(
            object=name,
            days=len(work.org.keys() | work.mirror.keys()),
            org_rows=sum(work.org.values()),
            mirror_rows=sum(work.mirror.values()),
            drifts=tuple(work.drifts),
            repaired=work.repaired,
            withheld=work.withheld,
            facts=work.facts,
        )

    def _sealed(self, name: str, until: datetime) -> None:
        """All that the org held has been compared: the watermark may claim so, however far back it was."""
        with self._store.transaction() as tx:
            state = tx.streams.get(name)
            tx.streams.put(replace(state, watermark=max(until, state.watermark or until)))
            self._capture.whole(tx, name)

    # ── which days differ

    def _differing(self, work: _Work) -> list[str]:
        if BORN not in work.fields:  # no day to tell apart: all of it is one
            work.org = {"": self._org.count(work.name)}
        else:
            work.org = dict(self._counted(work.name))
        tally = _Tally()
        with self._store.reading() as view:
            for version in view.mirror.scan(work.name):
                values = [version.values.get(name) for name in work.fields]
                tally.add(_day(version), values)
        work.mirror = tally.rows()
        if work.wanted.counts_only:
            days = work.org.keys() | work.mirror.keys()
            return sorted(day for day in days if work.org.get(day, 0) != work.mirror.get(day, 0))
        theirs = self._read(work)
        days = work.org.keys() | work.mirror.keys() | theirs.days.keys()
        return sorted(
            day
            for day in days
            if theirs.days.get(day) != tally.days.get(day) or work.org.get(day, 0) != work.mirror.get(day, 0)
        )

    def _counted(self, name: str) -> Iterator[tuple[str, int]]:
        """Rows of the org by day."""
        ends = next(self._org.query(f"SELECT MIN({BORN}) first, MAX({BORN}) last FROM {name}"), {})  # noqa: S608
        first, last = ends.get("first"), ends.get("last")
        if first is None or last is None:
            return
        start, end = parse_instant(first).date(), parse_instant(last).date()
        while start <= end:
            until = start + timedelta(days=MOST_GROUPS)
            soql = (
                f"SELECT DAY_ONLY({BORN}) day, COUNT(Id) rows FROM {name}"  # noqa: S608
                f" WHERE {_between(start, until)} GROUP BY DAY_ONLY({BORN})"
            )
            yield from ((str(row["day"]), int(row["rows"] or 0)) for row in self._org.query(soql))
            start = until

    def _read(self, work: _Work) -> _Tally:
        """Every live row of the org by bulk, in no order."""
        tally, seen, expected = _Tally(), 0, sum(work.org.values())
        for batch in self._org.snapshot(work.name, work.fields, include_deleted=False):
            born = batch.column(BORN) if BORN in work.fields else [None] * batch.rows
            for at, values in zip(born, zip(*batch.columns, strict=True), strict=True):
                tally.add((at or "")[:10], values)
            seen += batch.rows
            work.progress(work.name, seen, max(expected, seen))
        return tally

    # ── what differs on them, and its repair

    def _days(self, work: _Work, days: Sequence[str]) -> None:
        if not days:
            return
        here: dict[str, set[str]] = {day: set() for day in days}
        with self._store.reading() as view:
            for version in view.mirror.scan(work.name):
                if (day := _day(version)) in here:
                    here[day].add(version.id)
        found = [self._day(work, day, here[day]) for day in days]
        lost = [ident for drift in found for ident in drift.surplus]
        if work.wanted.dry_run:
            pass
        elif _suspicious(len(lost), sum(work.mirror.values())) and not work.wanted.believe_losses:
            work.withheld = len(lost)
        else:
            self._bury(work, lost)
        work.drifts = [drift for drift in found if drift.records]

    def _day(self, work: _Work, day: str, here: set[str]) -> Drift:
        """The rows of one day, page by page; `here` are the live ones of the mirror."""
        missing: list[str] = []
        differing: dict[str, tuple[str, ...]] = {}
        left = set(here)
        for batch in self._pages(work, day):
            with self._store.reading() as view:
                held = view.mirror.get(work.name, [str(ident) for ident in batch.column("Id")])
            for row in batch.records():
                ident = str(row["Id"])
                left.discard(ident)
                names = _differences(row, held.get(ident))
                if not names or self._is_news(work, row):
                    continue
                if ident in here or row.get("IsDeleted") == "true":
                    differing[ident] = names
                else:
                    missing.append(ident)
            self._repair(work, batch)
            work.progress(work.name, sum(work.org.values()), sum(work.org.values()))
        return Drift(
            day=day,
            org_rows=work.org.get(day, 0),
            mirror_rows=work.mirror.get(day, 0),
            missing=tuple(missing),
            surplus=tuple(sorted(left)),
            differing=differing,
        )

    def _pages(self, work: _Work, day: str) -> Iterator[Batch]:
        where = None
        if day:
            start = date.fromisoformat(day)
            where = _between(start, start + timedelta(days=1))
        stamp = BORN if BORN in work.fields else "SystemModstamp"
        yield from self._all(
            KeysetRequest(object=work.name, fields=work.fields, stamp_field=stamp, where=where)
        )

    def _all(self, request: KeysetRequest) -> Iterator[Batch]:
        page = self._org.since([request])[0]
        yield page.batch
        while not page.done:
            page = self._org.since([replace(request, after=page.end)])[0]
            yield page.batch

    def _is_news(self, work: _Work, row: Mapping[str, Text]) -> bool:
        """Saved after this comparison began: capture would have brought it."""
        stamp = row.get("SystemModstamp") or row.get(BORN)
        return stamp is not None and parse_instant(stamp) >= work.since

    def _repair(self, work: _Work, batch: Batch) -> None:
        if work.wanted.dry_run or not batch.rows:
            return
        with self._store.transaction() as tx:
            self._record(work, tx, tx.mirror.apply(batch, repair=True))

    def _bury(self, work: _Work, ids: Sequence[str]) -> None:
        """Rows that the org no longer lists: once more by id, in the bin too; what is in neither is gone."""
        for start in range(0, len(ids), _IDS_AT_ONCE):
            some = ids[start : start + _IDS_AT_ONCE]
            listed = ", ".join(f"'{ident}'" for ident in some)
            there: set[str] = set()
            request = KeysetRequest(
                object=work.name,
                fields=work.fields,
                stamp_field=self._mapping.stamps.get(work.name, "SystemModstamp"),
                where=f"Id IN ({listed})",
            )
            for batch in self._all(request):
                there |= {str(ident) for ident in batch.column("Id")}
                self._repair(work, batch)
            with self._store.transaction() as tx:
                gone = tx.mirror.remove(
                    work.name, [ident for ident in some if ident not in there], self._org.now()
                )
                self._record(work, tx, gone)

    def _record(self, work: _Work, tx: Transaction, changes: Sequence[Change]) -> None:
        """A repair is a change like any other: it bears facts, moves the match index, confirms echoes."""
        seen_before = tx.streams.get(work.name).watermark
        work.facts += self._changes.record(tx, changes, seen_before, self._org.now())
        work.repaired += len(changes)


def _silent(_name: str, _rows: int, _expected: int) -> None:
    """Nobody watches."""


def _suspicious(lost: int, held: int) -> bool:
    return lost > MANY_LOSSES and lost > held * LARGE_PART


def _differences(row: Mapping[str, Text], held: SourceVersion | None) -> tuple[str, ...]:
    """The fields in which a row of the org and the mirror's version differ."""
    if held is None:
        return () if row.get("IsDeleted") == "true" else ("Id",)
    if held.deleted and row.get("IsDeleted") == "true":
        return ()
    names = [name for name, value in row.items() if held.values.get(name) != value]
    if held.deleted != (row.get("IsDeleted") == "true") and "IsDeleted" not in names:
        names.append("IsDeleted")
    return tuple(names)


def _day(version: SourceVersion) -> str:
    return (version.values.get(BORN) or "")[:10]


def _between(start: date, until: date) -> str:
    return f"{BORN} >= {_midnight(start)} AND {BORN} < {_midnight(until)}"


def _midnight(day: date) -> str:
    return instant_text(parse_instant(f"{day.isoformat()}T00:00:00.000Z"))


def summed(results: Iterable[Reconciled]) -> dict[str, int]:
    """Figures of a whole run."""
    done = list(results)
    return {
        "objects": len(done),
        "rows": sum(each.org_rows for each in done),
        "found": sum(each.found for each in done),
        "repaired": sum(each.repaired for each in done),
        "withheld": sum(each.withheld for each in done),
        "facts": sum(each.facts for each in done),
    }
