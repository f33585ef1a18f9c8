"""Which records refer to which: children found by their parent, for declared reference fields only."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from sqlalchemy import Connection, bindparam, delete, select, update

from connector.ports.org import Batch
from connector.store import columnar
from connector.store.arrival import Arrival
from connector.store.bulk import NUL, Bulk
from connector.store.history import Held
from connector.store.schema import LINK_FIELD, MIRROR, MIRROR_LINK
from connector.store.shapes import Shapes, decode

_LONGEST = 255
_FIND = "SELECT id FROM mirror_link WHERE org = ? AND object = ? AND field = ? AND value = ? ORDER BY id"


class UndeclaredLink(LookupError):
    """Records were looked up by a field that is no declared link: add it to `declare_links`."""


class _Link(NamedTuple):
    field: str
    value: str
    id: str


class Links:
    """One org's links inside one transaction.

    A first load does not maintain them row by row: it marks them unbuilt, and they are built sorted by the
    next `declare` or by the first change or look-up of a writing transaction. Until then readers have to
    scan.
    """

    def __init__(
        self, connection: Connection, org: int, fast: Bulk, shapes: Shapes, *, writing: bool
    ) -> None:
        self._connection, self._org, self._bulk, self._shapes = connection, org, fast, shapes
        self._writing = writing
        self._declared: dict[str, dict[str, bool]] = {}
        self._places: dict[tuple[int, frozenset[str]], list[tuple[int, str]]] = {}

    def declare(self, object_name: str, fields: Sequence[str]) -> None:
        """Declare fields, and build what is not built yet. Declaring again costs one look-up."""
        known = self._built(object_name)
        for field in fields:
            if field not in known:
                row = {"org": self._org, "object": object_name, "field": field, "built": False}
                self._connection.execute(LINK_FIELD.insert().values(row))
                known[field] = False
        self._build(object_name)

    def build(self, object_name: str) -> None:
        """Build what a first load left unbuilt."""
        if not all(self._built(object_name).values()):
            self._build(object_name)

    def find(self, object_name: str, field: str, value: str) -> list[str] | None:
        """Ids in order of live records that may have this value; None when only a scan can tell."""
        known = self._built(object_name)
        if field not in known:
            raise UndeclaredLink(
                f"{object_name}.{field} is no declared link: declare_links({object_name!r}, …) first"
            )
        if not known[field]:
            if not self._writing:
                return None
            self._build(object_name)
        found = self._bulk.select(_FIND, (self._org, object_name, field, _key(value)))
        return [ident for (ident,) in found]

    def before_load(self, batch: Batch) -> None:
        """The first rows of an object: leave the links of well-filled fields for later; few are kept as they come."""
        known = self._built(batch.object)
        later = {name for name, built in known.items() if built and _well_filled(batch, name)}
        if later and self._empty(batch.object):
            self._mark(batch.object, later, built=False)

    def after_load(self, batch: Batch, come: Arrival) -> None:
        """Rows added to an object whose links are built already."""
        known = self._built(batch.object)
        for field in [name for name, built in known.items() if built and name in batch.fields]:
            values = columnar.arrow(batch.column(field))
            if values.null_count == batch.rows:
                continue
            links = [
                _Link(field, _key(value), ident)
                for ident, value, deleted in zip(come.ids, values.to_pylist(), come.deleted, strict=True)
                if value is not None and not deleted
            ]
            self._bulk.add(MIRROR_LINK, [(self._org, batch.object, *link) for link in links])

    def move(self, object_name: str, moves: Iterable[tuple[Held | None, Held]]) -> None:
        """From what was held before to what is held now."""
        fields = frozenset(name for name, built in self._built(object_name).items() if built)
        if not fields:
            return
        gone: set[_Link] = set()
        come: set[_Link] = set()
        for before, after in moves:
            old = set() if before is None else self._links(before, fields)
            new = self._links(after, fields)
            gone |= old - new
            come |= new - old
        if gone:
            link = MIRROR_LINK.c
            self._connection.execute(
                delete(MIRROR_LINK).where(
                    link.org == self._org,
                    link.object == object_name,
                    link.field == bindparam("f"),
                    link.value == bindparam("v"),
                    link.id == bindparam("i"),
                ),
                [{"f": one.field, "v": one.value, "i": one.id} for one in sorted(gone)],
            )
        self._insert(object_name, sorted(come))

    def _links(self, row: Held, fields: frozenset[str]) -> set[_Link]:
        if row.deleted:
            return set()
        places = self._places.get((row.shape, fields))
        if places is None:
            names = self._shapes.fields(row.shape)
            places = [(place, name) for place, name in enumerate(names) if name in fields]
            self._places[row.shape, fields] = places
        if not places:
            return set()
        values = decode(row.body)
        return {
            _Link(name, _key(value), row.id) for place, name in places if (value := values[place]) is not None
        }

    def _insert(self, object_name: str, links: Sequence[_Link]) -> None:
        if links:
            self._bulk.upsert(MIRROR_LINK, ((self._org, object_name, *link) for link in links))

    def _build(self, object_name: str) -> None:
        fields = frozenset(name for name, built in self._built(object_name).items() if not built)
        if not fields:
            return
        link = MIRROR_LINK.c
        self._connection.execute(
            delete(MIRROR_LINK).where(
                link.org == self._org, link.object == object_name, link.field.in_(fields)
            )
        )
        places = {
            shape: [(place, name) for place, name in enumerate(names) if name in fields]
            for shape, names in self._shapes.known(object_name)
            if fields & {*names}
        }
        self._bulk.build_links(self._org, object_name, places, _LONGEST)
        odd = self._odd(object_name)
        if odd:
            self._insert(object_name, sorted({found for row in odd for found in self._links(row, fields)}))
        self._mark(object_name, fields, built=True)

    def _odd(self, object_name: str) -> list[Held]:
        """Live records with a NUL somewhere, which PostgreSQL's JSON functions refuse and SQLite's cut short."""
        mirror = MIRROR.c
        query = select(
            mirror.id,
            mirror.stamp,
            mirror.valid_from,
            mirror.deleted,
            mirror.master,
            mirror.shape,
            mirror.body,
        ).where(
            mirror.org == self._org,
            mirror.object == object_name,
            mirror.deleted == 0,
            mirror.body.contains(NUL, autoescape=True),
        )
        return [Held(*row) for row in self._connection.execute(query)]

    def _built(self, object_name: str) -> dict[str, bool]:
        if object_name not in self._declared:
            query = select(LINK_FIELD.c.field, LINK_FIELD.c.built).where(
                LINK_FIELD.c.org == self._org, LINK_FIELD.c.object == object_name
            )
            self._declared[object_name] = {
                field: bool(built) for field, built in self._connection.execute(query)
            }
        return self._declared[object_name]

    def _mark(self, object_name: str, fields: Iterable[str], *, built: bool) -> None:
        link, marked = LINK_FIELD.c, sorted(fields)
        self._connection.execute(
            update(LINK_FIELD)
            .where(link.org == self._org, link.object == object_name, link.field.in_(marked))
            .values(built=built)
        )
        self._declared[object_name] |= dict.fromkeys(marked, built)

    def _empty(self, object_name: str) -> bool:
        query = select(MIRROR.c.id).where(MIRROR.c.org == self._org, MIRROR.c.object == object_name).limit(1)
        return self._connection.execute(query).first() is None


def _well_filled(batch: Batch, field: str) -> bool:
    """Whether more than a tenth of the rows have a value: inserting so many out of order would be slow."""
    if field not in batch.fields:
        return False
    return bool((batch.rows - columnar.arrow(batch.column(field)).null_count) * 10 > batch.rows)


def _key(value: str) -> str:
    """What of a value the index keeps; look-ups compare the whole value afterwards."""
    return value.replace("\0", "")[:_LONGEST]
