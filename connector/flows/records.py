"""Canonical records out of the mirror, as of a moment, read once per batch."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from connector.canonical.ids import RecordId
from connector.canonical.kind import Kind
from connector.canonical.records import Record
from connector.canonical.time import instant_text
from connector.flows.fields import fields_of, object_of
from connector.mapping import BadValue, CompiledMapping
from connector.ports.store import SourceVersion, Transaction


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
        self._read: dict[tuple[Kind, str, datetime], Record | BadValue | None] = {}

    def forget(self) -> None:
        self._current.clear()
        self._read.clear()
        self.bad.clear()

    def version(self, object_name: str, ident: str, moment: datetime) -> SourceVersion | None:
        """The org record's version at `moment`; None when it did not exist or was deleted then."""
        key = (object_name, ident)
        if key not in self._current:
            self._current[key] = self.view.mirror.get(object_name, [ident]).get(ident)
        current = self._current[key]
        if current is not None and current.valid_from <= moment:
            return None if current.deleted else current
        return None if current is None else self.view.mirror.as_of(object_name, ident, moment)

    def of_kind(self, kind: Kind, ident: str, moment: datetime) -> SourceVersion | None:
        """The version of a kind's record, in whichever of the kind's objects it lives."""
        object_name = object_of(self.mapping, kind, ident)
        return self.version(object_name, ident, moment) if object_name else None

    def record(self, kind: Kind, ident: RecordId | None, moment: datetime) -> Record | None:
        """The canonical record at `moment`; None when absent, outside the profile's filter, or unreadable."""
        version = self.of_kind(kind, ident, moment) if ident else None
        return None if version is None else self.read(kind, version, moment)

    def read(self, kind: Kind, version: SourceVersion, moment: datetime) -> Record | None:
        """The canonical record of one version, with its child rows as of `moment`."""
        key = (kind, version.id, version.stamp)
        if key not in self._read:
            found = self.look(kind, version, moment)
            if self.mapping.children_of(kind):
                return found if isinstance(found, Record) else None
            self._read[key] = found
        kept = self._read[key]
        return kept if isinstance(kept, Record) else None

    def look(self, kind: Kind, version: SourceVersion, moment: datetime) -> Record | BadValue | None:
        """The same, telling a record that cannot be read (BadValue) from one outside the filter (None).

        Read anew each time: both sides of a change within one second bear the same stamp.
        """
        children = {
            name: self._children(name, link, version.id, moment)
            for name, link in self.mapping.children_of(kind)
        }
        found = self.mapping.read(kind, version.values, children)
        if isinstance(found, BadValue):
            self.bad[version.object, version.id] = found
        return found

    def _children(
        self, object_name: str, link: str, parent: str, moment: datetime
    ) -> Sequence[Mapping[str, str | None]]:
        until = instant_text(moment)
        rows = self.view.mirror.where(object_name, link, parent)
        return [row.values for row in rows if (row.values.get("CreatedDate") or "") <= until]

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
