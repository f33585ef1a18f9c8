"""The world as of a fact, over records in memory, with the real matcher."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import lru_cache
from typing import TypeVar, cast

from connector.canonical.docket import Docket
from connector.canonical.fact import Fact
from connector.canonical.ids import RecordId
from connector.canonical.kind import Kind
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
from connector.canonical.time import parse_instant
from connector.matching import (
    Comparison,
    Fingerprint,
    Frequencies,
    MatchPolicy,
    Outcome,
    compare,
    fingerprint,
)
from connector.rules.identity import identity_of
from connector.rules.world import Match, Matches
from connector.scenario.records import KIND_OF, Records

R = TypeVar("R", bound=Record)


class World:
    """`connector.rules.world.World` over `Records`: the fact's own record in the version in which it was seen."""

    def __init__(self, fact: Fact, docket: Docket, records: Records) -> None:
        self.now = fact.instant
        self.docket = docket
        self._fact, self._records = fact, records
        version = fact.detail.get("version")
        self._seen = max(parse_instant(version), self.now) if version else self.now

    def partner(self, ident: RecordId | None) -> Partner | None:
        return self._of(Partner, ident)

    def person(self, ident: RecordId | None) -> Person | None:
        return self._of(Person, ident)

    def pool(self, ident: RecordId | None) -> Pool | None:
        return self._of(Pool, ident)

    def pool_named(self, name: str) -> Pool | None:
        pools = cast("list[Pool]", self._records.all(Kind.POOL, self.now))
        return next((pool for pool in pools if pool.name == name), None)

    def lead(self, ident: RecordId | None) -> Lead | None:
        return self._of(Lead, ident)

    def customer(self, ident: RecordId | None) -> Customer | None:
        return self._of(Customer, ident)

    def opportunity(self, ident: RecordId | None) -> Opportunity | None:
        return self._of(Opportunity, ident)

    def registration(self, ident: RecordId | None) -> Registration | None:
        return self._of(Registration, ident)

    def record(self, model: type[R], ident: RecordId | None) -> R | None:
        return self._of(model, ident)

    def every(self, model: type[R]) -> Sequence[R]:
        rows = self._records.all(KIND_OF[model], self.now)
        return [row for row in rows if isinstance(row, model)]

    def certain_from(self, kind: Kind, ident: RecordId) -> datetime | None:
        found = self._records.version(kind, ident, self._moment(ident))
        return found[0] if found and found[1] is not None else None

    def was(self, kind: Kind, ident: RecordId, moment: datetime) -> Record | None:
        return self._records.at(kind, ident, min(moment, self.now))

    def linked(self, kind: Kind, attribute: str, ident: RecordId) -> Sequence[Record]:
        rows = self._records.all(kind, self.now)
        return [row for row in rows if getattr(row, attribute) == ident]

    def activities(self, about: RecordId) -> Sequence[Activity]:
        rows = cast("list[Activity]", self._records.all(Kind.ACTIVITY, self.now))
        return [row for row in rows if about in (row.about, row.who)]

    def sign_offs(self, about: RecordId) -> Sequence[SignOff]:
        rows = cast("list[SignOff]", self._records.all(Kind.SIGN_OFF, self.now))
        found = [row for row in rows if about in (row.deal, row.lead, row.customer)]
        return sorted(found, key=lambda row: (row.created_at, row.id))

    def opportunities_of(self, customer: RecordId) -> Sequence[Opportunity]:
        rows = cast("list[Opportunity]", self._records.all(Kind.OPPORTUNITY, self.now))
        return [row for row in rows if row.customer == customer]

    def filings_with_file(self, file: str) -> Sequence[Registration]:
        rows = [self.registration(row.id) for row in self._records.all(Kind.REGISTRATION, self.now)]
        return [row for row in rows if row and any(proof.file == file for proof in row.evidence)]

    def compared(self, one: Identity, other: Identity, policy: MatchPolicy) -> Comparison:
        return compared(one, other, policy)

    def matches(
        self,
        identity: Identity,
        kinds: Iterable[Kind],
        policy: MatchPolicy,
        *,
        besides: RecordId | None = None,
    ) -> Matches:
        found = []
        for kind in kinds:
            for record in self._records.all(kind, self.now):
                who = record.customer if isinstance(record, Registration) else None
                if isinstance(record, Lead | Customer):
                    who = record.identity
                if who is None or record.id == besides or record.created_at > self.now:
                    continue
                answer = compared(identity, who, policy)
                if answer.outcome is not Outcome.DIFFERENT:
                    found.append(Match(kind=kind, record=record.id, comparison=answer))
        best_first = sorted(found, key=lambda match: (-match.comparison.score, match.record))
        return Matches(best_first, doubtful=self._records.doubtful)

    def _of(self, model: type[R], ident: RecordId | None) -> R | None:
        found = self._records.at(KIND_OF[model], ident, self._moment(ident))
        return found if isinstance(found, model) else None

    def _moment(self, ident: RecordId | None) -> datetime:
        return self._seen if ident == self._fact.record else self.now


@lru_cache(maxsize=4096)
def _print(who: Identity) -> Fingerprint:
    return fingerprint(identity_of(who))


@lru_cache(maxsize=20_000)
def compared(one: Identity, other: Identity, policy: MatchPolicy) -> Comparison:
    """The real matcher's answer, kept: a property compares the same few customers again and again."""
    return compare(_print(one), _print(other), Frequencies.EMPTY, policy)
