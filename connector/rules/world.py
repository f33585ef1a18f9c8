"""The world as of a fact: records as they were then, and the docket of what has been decided (law 5)."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Protocol, TypeVar

from pydantic import ConfigDict

from connector.canonical.docket import Docket
from connector.canonical.ids import RecordId
from connector.canonical.kind import Kind
from connector.canonical.model import Model
from connector.canonical.records import (
    Activity,
    Customer,
    Identity,
    Lead,
    Opportunity,
    Partner,
    Person,
    Pool,
    Record,
    Registration,
    SignOff,
)
from connector.matching import Comparison, MatchPolicy

R = TypeVar("R", bound=Record)


class Match(Model):
    """Another record that is, or may be, the same customer, with the evidence for it."""

    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True)
    kind: Kind
    record: RecordId
    comparison: Comparison


class Matches(list[Match]):
    """Matches, best first. `doubtful`: a common key was not read to its end, so that somebody may be missing.

    Then "nobody else" is at best *unsure*, never *different* (law 9).
    """

    __slots__ = ("doubtful",)

    def __init__(self, found: Iterable[Match] = (), *, doubtful: bool = False) -> None:
        super().__init__(found)
        self.doubtful = doubtful


class World(Protocol):
    """What rules may ask. Every answer is as of `now`, the fact's time; nothing here knows another clock."""

    now: datetime
    docket: Docket

    def partner(self, ident: RecordId | None) -> Partner | None: ...
    def person(self, ident: RecordId | None) -> Person | None: ...
    def pool(self, ident: RecordId | None) -> Pool | None: ...
    def pool_named(self, name: str) -> Pool | None: ...
    def lead(self, ident: RecordId | None) -> Lead | None: ...
    def customer(self, ident: RecordId | None) -> Customer | None: ...
    def opportunity(self, ident: RecordId | None) -> Opportunity | None: ...
    def registration(self, ident: RecordId | None) -> Registration | None: ...
    def record(self, model: type[R], ident: RecordId | None) -> R | None:
        """The record of any kind, by its model; the ones above are the same for the kinds asked for most."""
        ...

    def every(self, model: type[R]) -> Sequence[R]:
        """All records of a small kind, by id."""
        ...

    def certain_from(self, kind: Kind, ident: RecordId) -> datetime | None:
        """From when on the mirror vouches for this record; it may have looked otherwise before."""
        ...

    def was(self, kind: Kind, ident: RecordId, moment: datetime) -> Record | None:
        """The record as it was at an earlier moment; None where the mirror does not know it from then."""
        ...

    def linked(self, kind: Kind, attribute: str, ident: RecordId) -> Sequence[Record]:
        """Records of `kind` whose reference `attribute` (`group`, `customer`, …) names `ident`."""
        ...

    def activities(self, about: RecordId) -> Sequence[Activity]: ...
    def sign_offs(self, about: RecordId) -> Sequence[SignOff]:
        """What people signed about a deal, a lead or a customer by now, the earliest first."""
        ...

    def opportunities_of(self, customer: RecordId) -> Sequence[Opportunity]: ...
    def filings_with_file(self, file: str) -> Sequence[Registration]:
        """Registrations, drafts too, among whose proofs this document is (R1.9); by id."""
        ...

    def compared(self, one: Identity, other: Identity, policy: MatchPolicy) -> Comparison:
        """Whether two identities are one customer, whoever else there is (law 9)."""
        ...

    def matches(
        self,
        identity: Identity,
        kinds: Iterable[Kind],
        policy: MatchPolicy,
        *,
        besides: RecordId | None = None,
    ) -> Matches:
        """Records known at `now` whose comparison with `identity` is same or unsure, best first."""
        ...
