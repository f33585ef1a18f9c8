"""The mirror: the org's records as the org gave them, with all their versions."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime

from sqlalchemy import Connection, func, select

from connector.canonical.ids import record_id
from connector.ports.org import Batch
from connector.ports.store import Change, MirrorCount, SourceVersion
from connector.store.arrival import Arrival, Ready, arrival
from connector.store.bulk import Taken, bulk
from connector.store.checksum import Checksums
from connector.store.history import Held, Past, Step, arrive, vanish
from connector.store.instants import second_from_text, second_to_text
from connector.store.links import Links
from connector.store.schema import MIRROR, MIRROR_VERSION
from connector.store.shapes import Shapes, decode

_HELD = "id, stamp, valid_from, deleted, master, shape, body"
_PAGE = 2000
_AS_OF = f"""
    SELECT {_HELD}, valid_to FROM mirror_version
    WHERE org = ? AND object = ? AND id = ? AND valid_from <= ? AND valid_to > ?
"""  # noqa: S608 - names of columns
_ENDED = f"""
    SELECT {_HELD}, valid_to FROM mirror_version WHERE org = ? AND object = ? AND id {{keys}}
    ORDER BY id, valid_from DESC
"""  # noqa: S608 - names of columns


class SqlMirror:
    """One org's mirror inside one transaction."""

    def __init__(self, connection: Connection, org: int, *, writing: bool) -> None:
        self._connection, self._org = connection, org
        self._bulk = bulk(connection)
        self._shapes = Shapes(connection, org)
        self._links = Links(connection, org, self._bulk, self._shapes, writing=writing)

    def shape(self, object_name: str, fields: tuple[str, ...]) -> int:
        """The number under which rows of these fields are kept."""
        return self._shapes.number(object_name, fields)

    def load(self, batch: Batch) -> int:
        """First load; the same mirror as `apply`, without saying what differs."""
        if not batch.rows:
            return 0
        come = self._arrival(batch)
        self._links.before_load(batch)
        try:
            self._bulk.load(self._org, come)
        except Taken:  # some are there already: a page read twice, or a stream was faster
            return len(self._fold(batch.object, come.rows()))
        self._links.after_load(batch, come)
        return batch.rows

    def apply(self, batch: Batch, *, repair: bool = False) -> list[Change]:
        if not batch.rows:
            return []
        self._links.build(batch.object)
        return self._changes(
            batch.object, self._fold(batch.object, self._arrival(batch).rows(), repair=repair)
        )

    def remove(self, object_name: str, ids: Iterable[str], at: datetime) -> list[Change]:
        moment = second_to_text(at)
        wanted = [_full(ident) for ident in ids]
        held = self._held(object_name, wanted)
        steps: list[tuple[Held | None, Step]] = []
        for ident in dict.fromkeys(wanted):
            before = held.get(ident)
            step = vanish(before, moment)
            if step is not None:
                steps.append((before, step))
        self._links.build(object_name)
        self._write(object_name, steps)
        return self._changes(object_name, steps)

    def get(self, object_name: str, ids: Sequence[str]) -> Mapping[str, SourceVersion]:
        """By id, deleted ones included; an unknown id is absent."""
        held = self._held(object_name, [_full(ident) for ident in ids])
        return {ident: self._version(object_name, row) for ident, row in held.items()}

    def as_of(self, object_name: str, ident: str, moment: datetime) -> SourceVersion | None:
        full, second = _full(ident), second_to_text(moment)
        row = self._held(object_name, [full]).get(full)
        if row is None:
            return None
        if row.valid_from <= second:
            return None if row.deleted else self._version(object_name, row)
        found = self._bulk.select(_AS_OF, (self._org, object_name, full, second, second))
        if not found:
            return None
        past, valid_to = Held(*found[0][:-1]), found[0][-1]
        return None if past.deleted else self._version(object_name, past, valid_to)

    def ended(self, object_name: str, ids: Sequence[str]) -> Mapping[str, Sequence[SourceVersion]]:
        found: dict[str, list[SourceVersion]] = {}
        if ids:
            for *row, valid_to in self._bulk.select_in(
                _ENDED, (self._org, object_name), [_full(i) for i in ids]
            ):
                past = Held(*row)
                found.setdefault(past.id, []).append(self._version(object_name, past, valid_to))
        return found

    def where(self, object_name: str, field_name: str, value: str) -> Iterator[SourceVersion]:
        ids = self._links.find(object_name, field_name, value)
        if ids is None:  # links not built and not ours to build
            found: Iterable[SourceVersion] = self.scan(object_name)
        else:
            held = self._held(object_name, ids)
            found = (self._version(object_name, held[ident]) for ident in ids if ident in held)
        return (
            version for version in found if not version.deleted and version.values.get(field_name) == value
        )

    def declare_links(self, object_name: str, fields: Sequence[str]) -> None:
        self._links.declare(object_name, fields)

    def scan(self, object_name: str, *, deleted: bool = False) -> Iterator[SourceVersion]:
        return (self._version(object_name, row) for row in self._walk(object_name, deleted=deleted))

    def count(self) -> Sequence[MirrorCount]:
        number = (
            select(MIRROR.c.object, func.count()).where(MIRROR.c.org == self._org).group_by(MIRROR.c.object)
        )
        total: dict[str, int] = dict(tuple(row) for row in self._connection.execute(number))
        gone: dict[str, int] = dict(
            tuple(row) for row in self._connection.execute(number.where(MIRROR.c.deleted == 1))
        )
        return [
            MirrorCount(object=name, live=total[name] - gone.get(name, 0), deleted=gone.get(name, 0))
            for name in sorted(total)
        ]

    def checksum(self, object_name: str) -> Mapping[str, str]:
        sums = Checksums()
        for row in self._walk(object_name, deleted=False):
            sums.add(row.id, self._shapes.fields(row.shape), decode(row.body))
        return sums.digests()

    # ── rows

    def _arrival(self, batch: Batch) -> Arrival:
        if isinstance(batch, Ready):
            return batch.arrival
        return arrival(batch, self._shapes.number(batch.object, batch.fields))

    def _mirror_rows(self, object_name: str, rows: Iterable[Held]) -> Iterator[tuple[object, ...]]:
        org = self._org
        return ((org, object_name, *row) for row in rows)

    def _fold(
        self, object_name: str, arriving: Iterable[Held], *, repair: bool = False
    ) -> list[tuple[Held | None, Step]]:
        """Every row in its order, over one read and one write of the database."""
        rows = list(arriving)
        held = self._held(object_name, [row.id for row in rows])
        steps: list[tuple[Held | None, Step]] = []
        for row in rows:
            before = held.get(row.id)
            step = arrive(before, row, self._same_values, repair=repair)
            if step is not None:
                held[row.id] = step.after
                steps.append((before, step))
        self._write(object_name, steps)
        return steps

    def _write(self, object_name: str, steps: Sequence[tuple[Held | None, Step]]) -> None:
        if not steps:
            return
        latest = {step.after.id: step.after for _, step in steps}
        first: dict[str, Held | None] = {}
        past: dict[tuple[str, str], Past] = {}
        for before, step in steps:
            first.setdefault(step.after.id, before)
            if step.past is not None:
                past[step.past.held.id, step.past.held.valid_from] = step.past
        self._bulk.upsert(MIRROR, self._mirror_rows(object_name, latest.values()))
        if past:
            self._bulk.upsert(MIRROR_VERSION, [self._past_row(object_name, row) for row in past.values()])
        self._links.move(object_name, [(first[ident], after) for ident, after in latest.items()])

    def _past_row(self, object_name: str, past: Past) -> tuple[object, ...]:
        held = past.held
        return (
            self._org, object_name, held.id, held.valid_from, past.valid_to,
            held.stamp, held.deleted, held.master, held.shape, held.body,
        )  # fmt: skip

    def _same_values(self, one: Held, other: Held) -> bool:
        if one.shape == other.shape:
            return one.body == other.body
        return self._values(one) == self._values(other)

    # ── reading

    def _held(self, object_name: str, ids: Sequence[str]) -> dict[str, Held]:
        if not ids:
            return {}
        sql = f"SELECT {_HELD} FROM mirror WHERE org = ? AND object = ? AND id {{keys}}"  # noqa: S608
        return {row[0]: Held(*row) for row in self._bulk.select_in(sql, (self._org, object_name), ids)}

    def _walk(self, object_name: str, *, deleted: bool) -> Iterator[Held]:
        """In id order, page by page, so that writing meanwhile disturbs nothing."""
        mirror, last = MIRROR.c, ""
        query = (
            select(
                mirror.id,
                mirror.stamp,
                mirror.valid_from,
                mirror.deleted,
                mirror.master,
                mirror.shape,
                mirror.body,
            )
            .where(mirror.org == self._org, mirror.object == object_name)
            .order_by(mirror.id)
            .limit(_PAGE)
        )
        while page := self._connection.execute(query.where(mirror.id > last)).all():
            yield from (Held(*row) for row in page if deleted or not row.deleted)
            last = page[-1].id

    def _values(self, row: Held) -> dict[str, str | None]:
        return dict(zip(self._shapes.fields(row.shape), decode(row.body), strict=True))

    def _version(self, object_name: str, row: Held, valid_to: str | None = None) -> SourceVersion:
        stamp = second_from_text(row.stamp)
        return SourceVersion(
            object=object_name,
            id=row.id,
            stamp=stamp,
            valid_from=second_from_text(row.valid_from),
            valid_to=None if valid_to is None else second_from_text(valid_to),
            certain_from=stamp,
            deleted=bool(row.deleted),
            master=row.master,
            values=self._values(row),
            row=row,
        )

    def _changes(self, object_name: str, steps: Iterable[tuple[Held | None, Step]]) -> list[Change]:
        return [
            Change(
                before=None
                if before is None
                else self._version(object_name, before, step.past.valid_to if step.past else None),
                after=self._version(object_name, step.after),
            )
            for before, step in steps
        ]


def _full(ident: str) -> str:
    return ident if len(ident) == 18 else record_id(ident)
