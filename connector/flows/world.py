"""The world as of a fact, read from the mirror: what rules ask, answered from one view of the store."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import TypeVar

from connector.canonical.docket import Docket
from connector.canonical.fact import Fact
from connector.canonical.ids import RecordId
from connector.canonical.kind import Kind
from connector.canonical.records import (
    KIND_OF,
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
from connector.canonical.time import parse_instant
from connector.flows.fields import child_fields_of
from connector.flows.matcher import Matcher
from connector.flows.records import RecordReader
from connector.matching import Comparison, MatchPolicy
from connector.rules.world import Matches

R = TypeVar("R", bound=Record)


class MirrorWorld:
    """Implements `rules.world.World`.

    The fact's own record is read in the version in which the fact was seen: what it says may be younger than
    the act, which `certain_from` tells the rules.
    """

    def __init__(self, fact: Fact, docket: Docket, records: RecordReader, matcher: Matcher) -> None:
        self.now = fact.instant
        self.docket = docket
        self._fact = fact
        self._records = records
        self._matcher = matcher
        version = fact.detail.get("version")
        self._seen = max(parse_instant(version), self.now) if version else self.now

    def partner(self, ident: RecordId | None) -> Partner | None:
        return self._of(Partner, Kind.PARTNER, ident)

    def person(self, ident: RecordId | None) -> Person | None:
        return self._of(Person, Kind.PERSON, ident)

    def pool(self, ident: RecordId | None) -> Pool | None:
        return self._of(Pool, Kind.POOL, ident)

    def pool_named(self, name: str) -> Pool | None:
        return pool_named(self._records, name)

    def lead(self, ident: RecordId | None) -> Lead | None:
        return self._of(Lead, Kind.LEAD, ident)

    def customer(self, ident: RecordId | None) -> Customer | None:
        return self._of(Customer, Kind.CUSTOMER, ident)

    def opportunity(self, ident: RecordId | None) -> Opportunity | None:
        return self._of(Opportunity, Kind.OPPORTUNITY, ident)

    def registration(self, ident: RecordId | None) -> Registration | None:
        if ident is None or ident != self._fact.record:
            return self._of(Registration, Kind.REGISTRATION, ident)
        version = self._records.of_kind(Kind.REGISTRATION, ident, self._seen)
        found = self._records.read(Kind.REGISTRATION, version, self.now) if version else None
        return found if isinstance(found, Registration) else None

    def record(self, model: type[R], ident: RecordId | None) -> R | None:
        return self._of(model, KIND_OF[model], ident)

    def every(self, model: type[R]) -> Sequence[R]:
        kind = KIND_OF[model]
        known = (self._records.record(kind, row.id, self.now) for row in self._records.all(kind))
        rows = (row for row in known if isinstance(row, model) and row.created_at <= self.now)
        return sorted(rows, key=lambda row: row.id)

    def certain_from(self, kind: Kind, ident: RecordId) -> datetime | None:
        moment = self._seen if ident == self._fact.record else self.now
        version = self._records.of_kind(kind, ident, moment)
        return version.certain_from if version else None

    def was(self, kind: Kind, ident: RecordId, moment: datetime) -> Record | None:
        return self._records.record(kind, ident, min(moment, self.now))

    def linked(self, kind: Kind, attribute: str, ident: RecordId) -> Sequence[Record]:
        return self._records.linked(kind, attribute, ident, self.now)

    def activities(self, about: RecordId) -> Sequence[Activity]:
        rows = [
            *self._records.linked(Kind.ACTIVITY, "about", about, self.now),
            *self._records.linked(Kind.ACTIVITY, "who", about, self.now),
        ]
        return [row for row in rows if isinstance(row, Activity)]

    def sign_offs(self, about: RecordId) -> Sequence[SignOff]:
        links = ("deal", "lead", "customer")
        rows = [row for link in links for row in self._records.linked(Kind.SIGN_OFF, link, about, self.now)]
        return sorted(
            (row for row in rows if isinstance(row, SignOff)), key=lambda row: (row.created_at, row.id)
        )

    def opportunities_of(self, customer: RecordId) -> Sequence[Opportunity]:
        rows = self._records.linked(Kind.OPPORTUNITY, "customer", customer, self.now)
        return [row for row in rows if isinstance(row, Opportunity)]

    def filings_with_file(self, file: str) -> Sequence[Registration]:
        rows = (
            row.values.get(link)
            for child, link, field in child_fields_of(
                self._records.mapping, Kind.REGISTRATION, "evidence", "file"
            )
            for row in self._records.view.mirror.where(child, field, file)
        )
        filings = (
            self.registration(RecordId(ident)) for ident in sorted({parent for parent in rows if parent})
        )
        return [f for f in filings if f is not None and any(proof.file == file for proof in f.evidence)]

    def compared(self, one: Identity, other: Identity, policy: MatchPolicy) -> Comparison:
        return self._matcher.compared(one, other, policy)

    def matches(
        self,
        identity: Identity,
        kinds: Iterable[Kind],
        policy: MatchPolicy,
        *,
        besides: RecordId | None = None,
    ) -> Matches:
        return self._matcher.matches(identity, kinds, policy, self.now, besides)

    def _of(self, model: type[R], kind: Kind, ident: RecordId | None) -> R | None:
        moment = self._seen if ident == self._fact.record else self.now
        found = self._records.record(kind, ident, moment)
        return found if isinstance(found, model) else None


def pool_named(records: RecordReader, name: str) -> Pool | None:
    """A queue by its developer name, never by id (ids change when a sandbox is refreshed)."""
    pools = (pool for pool in records.all(Kind.POOL) if isinstance(pool, Pool))
    return next((pool for pool in pools if pool.name == name), None)
