"""What a story's records were before it began, as adoption reads them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from connector.canonical.fact import Fact
from connector.canonical.ids import RecordId
from connector.canonical.kind import Kind
from connector.canonical.records import Record
from connector.rules.docket import OverlayDocket
from connector.scenario.records import Records
from connector.scenario.world import World


@dataclass(frozen=True)
class Past:
    """The story's records as they are when it begins."""

    records: Records
    docket: OverlayDocket
    starts: datetime

    def all(self, kind: Kind) -> Sequence[Record]:
        return self.records.all(kind, self.starts)

    def record(self, kind: Kind, ident: RecordId | None, moment: datetime) -> Record | None:
        return self.records.at(kind, ident, moment)

    def world(self, fact: Fact) -> World:
        return World(fact, self.docket, self.records)
