"""Canonical records out of the mirror, as of a moment, read once per batch."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from connector.canonical.ids import RecordId
from connector.canonical.kind import Kind
from connector.canonical.records import Record
from connector.canonical.time import instant_text
from connector.flows.fields import field_of, object_of
from connector.mapping import CompiledMapping
from connector.ports.store import SourceVersion, Transaction


class RecordReader:
    """Reads through one view of the store; answers repeat within a batch, so they are kept.

    Memory is bounded by the batch: `forget()` after each.
    """

    def __init__(self, view: Transaction, mapping: CompiledMapping) -> None:
        self.view = view
        self.mapping = mapping
        self._current: dict[tuple[str, str], SourceVersion | None] = {}
        self._read: dict[tuple[Kind, str, datetime], Record | None] = {}

    def forget(self) -> None:
        self._current.clear()
        self._read.clear()

    def version(self, object_name: str, ident: str, moment: datetime) -> SourceVersion | None:
        """The org record's version at `moment`; None when it did not exist or was deleted then."""
        key = (object_name, ident)
        if key not in self._current:
            self._current[key] = self.view.mirror.get(object_name, [ident]).get(ident)
        current = self._current[key]
        if current is not None and current.valid_from <= moment:
            return None if current.deleted else current
        return None if current is None else self.view.mirror.as_of(object_name, ident, moment)

    def record(self, kind: Kind, ident: RecordId | None, moment: datetime) -> Record | None:
        """The canonical record at `moment`; None when absent, outside the profile's filter, or unreadable."""
        if ident is None or (object_name := object_of(self.mapping, kind)) is None:
            return None
        version = self.version(object_name, ident, moment)
        return None if version is None else self.read(kind, version, moment)

    def read(self, kind: Kind, version: SourceVersion, moment: datetime) -> Record | None:
        """The canonical record of one version, with its child rows as of `moment`."""
        links = self.mapping.children_of(kind)
        key = (kind, version.id, version.stamp)
        if not links and key in self._read:
            return self._read[key]
        children = {name: self._children(name, link, version.id, moment) for name, link in links}
        found = self.mapping.read(kind, version.values, children)
        record = found if isinstance(found, Record) else None
        if not links:
            self._read[key] = record
        return record

    def _children(
        self, object_name: str, link: str, parent: str, moment: datetime
    ) -> Sequence[Mapping[str, str | None]]:
        until = instant_text(moment)
        rows = self.view.mirror.where(object_name, link, parent)
        return [row.values for row in rows if (row.values.get("CreatedDate") or "") <= until]

    def linked(self, kind: Kind, attribute: str, ident: RecordId, moment: datetime) -> list[Record]:
        """Records of `kind` whose reference `attribute` names `ident` and that existed at `moment`."""
        object_name, field = object_of(self.mapping, kind), field_of(self.mapping, kind, attribute)
        if object_name is None or field is None:
            return []
        found = []
        for row in self.view.mirror.where(object_name, field, ident):
            version = self.version(object_name, row.id, moment)
            record = self.read(kind, version, moment) if version else None
            if record is not None and record.created_at <= moment:
                found.append(record)
        return found
