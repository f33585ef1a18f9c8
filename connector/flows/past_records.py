"""The records of an org as they are at go-live, for whoever takes over its past."""

from collections.abc import Iterable
from datetime import datetime
from typing import Protocol

from connector.canonical.fact import Fact
from connector.canonical.ids import RecordId
from connector.canonical.kind import Kind
from connector.canonical.records import Record
from connector.rules.world import World


class Past(Protocol):
    """The records as they are at go-live."""

    def all(self, kind: Kind) -> Iterable[object]:
        """Every live record of a kind; what could not be read is something else than a record."""
        ...

    def record(self, kind: Kind, ident: RecordId | None, moment: datetime) -> Record | None: ...
    def world(self, fact: Fact) -> World:
        """The world at go-live, for conditions on one record."""
        ...
