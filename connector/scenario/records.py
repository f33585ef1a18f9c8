"""Every version of every record, in memory."""

from datetime import datetime

from connector.canonical.ids import RecordId
from connector.canonical.kind import Kind
from connector.canonical.records import MODELS, Record

KIND_OF: dict[type[Record], Kind] = {model: kind for kind, model in MODELS.items()}


class Records:
    """Every version of every record. A version holds from its stamp until the next one, or until deleted."""

    def __init__(self) -> None:
        self.doubtful = False  # as when a key was too common to search
        self._versions: dict[tuple[Kind, RecordId], list[tuple[datetime, Record | None]]] = {}

    def put(self, record: Record) -> None:
        self._add(KIND_OF[type(record)], record.id, record.stamp, record)

    def remove(self, kind: Kind, ident: RecordId, moment: datetime) -> None:
        self._add(kind, ident, moment, None)

    def _add(self, kind: Kind, ident: RecordId, moment: datetime, record: Record | None) -> None:
        versions = self._versions.setdefault((kind, ident), [])
        versions.append((moment, record))
        versions.sort(key=lambda version: version[0])

    def version(
        self, kind: Kind, ident: RecordId | None, moment: datetime
    ) -> tuple[datetime, Record | None] | None:
        """The version at `moment` with the moment it began; None before the record existed."""
        known = self._versions.get((kind, ident), []) if ident else []
        return next((version for version in reversed(known) if version[0] <= moment), None)

    def at(self, kind: Kind, ident: RecordId | None, moment: datetime) -> Record | None:
        found = self.version(kind, ident, moment)
        return found[1] if found else None

    def newest(self, kind: Kind, ident: RecordId) -> Record | None:
        versions = self._versions.get((kind, ident))
        return versions[-1][1] if versions else None

    def left(self, kind: Kind, ident: RecordId) -> tuple[Record | None, datetime | None]:
        """A deleted record as it was, and when it was deleted; nothing of one that is there, or never was."""
        versions = self._versions.get((kind, ident), [])
        if not versions or versions[-1][1] is not None:
            return None, None
        alive = (record for _, record in reversed(versions) if record is not None)
        return next(alive, None), versions[-1][0]

    def all(self, kind: Kind, moment: datetime) -> list[Record]:
        """Records of one kind that existed at `moment`, by id."""
        idents = sorted(ident for each, ident in self._versions if each is kind)
        return [record for ident in idents if (record := self.at(kind, ident, moment)) is not None]
