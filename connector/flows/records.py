"""Canonical records out of the mirror, as of a moment, read once per batch."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime

from connector.canonical.ids import RecordId
from connector.canonical.kind import Kind
from connector.canonical.records import Record
from connector.canonical.time import instant_text, parse_instant
from connector.flows.fields import fields_of, object_of
from connector.mapping import BadValue, CompiledMapping
from connector.ports.store import SourceVersion, Transaction

Rows = Mapping[str, Sequence[Mapping[str, str | None]]]
"""Child rows by their object."""


class RecordReader:
    """Reads through one view of the store; answers repeat within a batch, so they are kept.

    `bad` gathers what could not be read, by (object, id), for the dead letters. Memory is bounded by the
    batch: `forget()` after each.
    """

    def __init__(self, view: Transaction, mapping: CompiledMapping) -> None:
        self.view = view
        self.mapping = mapping
        self.bad: dict[tuple[str, str], BadValue] = {}
        self._current: dict[tuple[str, str], SourceVersion | None] = {}
        self._past: dict[tuple[str, str], list[SourceVersion]] = {}
        self._rows: dict[tuple[str, str, str], list[tuple[str, Mapping[str, str | None]]]] = {}
        self._read: dict[tuple[Kind, str, datetime, tuple[int, ...]], Record | BadValue | None] = {}
        self._asked: dict[tuple[Kind, str, datetime], Record | None] = {}

    def forget(self) -> None:
        for kept in (self._current, self._past, self._rows, self._read, self._asked, self.bad):
            kept.clear()

    def expect(self, kind: Kind, idents: Iterable[str]) -> None:
        """Read the current versions of these records in one go: they are about to be asked for, one by one."""
        for object_name, wanted in self._by_object(kind, idents).items():
            missing = [ident for ident in wanted if (object_name, ident) not in self._current]
            found = self.view.mirror.get(object_name, missing)
            self._current.update({(object_name, ident): found.get(ident) for ident in missing})

    def _by_object(self, kind: Kind, idents: Iterable[str]) -> dict[str, list[str]]:
        """The records of a kind, by the object in which each lives."""
        wanted: dict[str, list[str]] = {}
        for ident in idents:
            object_name = object_of(self.mapping, kind, ident)
            if object_name:
                wanted.setdefault(object_name, []).append(ident)
        return wanted

    def current(self, kind: Kind, ident: str) -> SourceVersion | None:
        """The version that stands now, deleted or not."""
        object_name = object_of(self.mapping, kind, ident)
        if object_name is None:
            return None
        self.expect(kind, (ident,))
        return self._current[object_name, ident]

    def ended(self, kind: Kind, idents: Iterable[str]) -> Mapping[str, Sequence[SourceVersion]]:
        """The versions of these records that are no longer current, newest first; not kept."""
        found: dict[str, Sequence[SourceVersion]] = {}
        for object_name, some in self._by_object(kind, idents).items():
            found.update(self.view.mirror.ended(object_name, some))
        return found

    def let_go(self, kind: Kind, idents: Iterable[str]) -> None:
        """Forget the current versions of these records, and their rows: what was wanted of them has been made."""
        links = self.mapping.children_of(kind)
        for ident in idents:
            self._current.pop((object_of(self.mapping, kind, ident) or "", ident), None)
            for name, link in links:
                self._rows.pop((name, link, ident), None)

    def newest_row(self, kind: Kind, parent: str) -> datetime | None:
        """When the last of a record's child rows was made; None without any."""
        links = self.mapping.children_of(kind)
        made = [made for name, link in links for made, _ in self._rows_of(name, link, parent) if made]
        return parse_instant(max(made)) if made else None

    def version(self, object_name: str, ident: str, moment: datetime) -> SourceVersion | None:
        """The org record's version at `moment`; None when it did not exist or was deleted then."""
        key = (object_name, ident)
        if key not in self._current:
            self._current[key] = self.view.mirror.get(object_name, [ident]).get(ident)
        current = self._current[key]
        if current is not None and current.valid_from <= moment:
            return None if current.deleted else current
        return None if current is None else self._before(key, moment)

    def _before(self, key: tuple[str, str], moment: datetime) -> SourceVersion | None:
        """The ended version at `moment`; the same few are asked for at one moment after another."""
        kept = self._past.setdefault(key, [])
        for version in kept:
            if version.valid_to and version.valid_from <= moment < version.valid_to:
                return version
        found = self.view.mirror.as_of(*key, moment)
        if found is not None:
            kept.append(found)
        return found

    def of_kind(self, kind: Kind, ident: str, moment: datetime) -> SourceVersion | None:
        """The version of a kind's record, in whichever of the kind's objects it lives."""
        object_name = object_of(self.mapping, kind, ident)
        return self.version(object_name, ident, moment) if object_name else None

    def record(self, kind: Kind, ident: RecordId | None, moment: datetime) -> Record | None:
        """The canonical record at `moment`; None when absent, outside the profile's filter, or unreadable."""
        if not ident:
            return None
        place = (kind, ident, moment)
        if place not in self._asked:
            version = self.of_kind(kind, ident, moment)
            self._asked[place] = None if version is None else self.read(kind, version, moment)
        return self._asked[place]

    def read(self, kind: Kind, version: SourceVersion, moment: datetime) -> Record | None:
        """The canonical record of one version, with its child rows as of `moment`."""
        children = self._children(kind, version.id, moment)
        # Rows only come, so their numbers say which ones there were.
        key = (kind, version.id, version.stamp, tuple(map(len, children.values())))
        if key not in self._read:
            self._read[key] = self._made(kind, version, children)
        kept = self._read[key]
        return kept if isinstance(kept, Record) else None

    def look(self, kind: Kind, version: SourceVersion, moment: datetime) -> Record | BadValue | None:
        """The same, telling a record that cannot be read (BadValue) from one outside the filter (None).

        Read anew each time: both sides of a change within one second bear the same stamp.
        """
        return self._made(kind, version, self._children(kind, version.id, moment))

    def _made(self, kind: Kind, version: SourceVersion, children: Rows) -> Record | BadValue | None:
        found = self.mapping.read(kind, version.values, children)
        if isinstance(found, BadValue):
            self.bad[version.object, version.id] = found
        return found

    def _children(self, kind: Kind, parent: str, moment: datetime) -> Rows:
        """The child rows that existed at `moment`, by object."""
        links = self.mapping.children_of(kind)
        if not links:
            return {}
        until = instant_text(moment)
        return {
            name: [values for made, values in self._rows_of(name, link, parent) if made <= until]
            for name, link in links
        }

    def _rows_of(
        self, object_name: str, link: str, parent: str
    ) -> Sequence[tuple[str, Mapping[str, str | None]]]:
        """All child rows, each with its creation."""
        key = (object_name, link, parent)
        if key not in self._rows:
            rows = self.view.mirror.where(object_name, link, parent)
            self._rows[key] = [(row.values.get("CreatedDate") or "", row.values) for row in rows]
        return self._rows[key]

    def linked(self, kind: Kind, attribute: str, ident: RecordId, moment: datetime) -> list[Record]:
        """Records of `kind` whose reference `attribute` names `ident` and that existed at `moment`."""
        found = []
        for object_name, field in fields_of(self.mapping, kind, attribute):
            for row in self.view.mirror.where(object_name, field, ident):
                version = self.version(object_name, row.id, moment)
                record = self.read(kind, version, moment) if version else None
                if record is not None and record.created_at <= moment:
                    found.append(record)
        return found

    def all(self, kind: Kind) -> Iterator[Record]:
        """Every current record of a kind, object after object, streamed."""
        for object_name in self.mapping.objects_of(kind):
            for version in self.view.mirror.scan(object_name):
                record = self.read(kind, version, version.stamp)
                if record is not None:
                    yield record
