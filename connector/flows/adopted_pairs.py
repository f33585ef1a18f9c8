"""Adopted pairs: two parties on one customer among what was there at go-live; reported, never opened (law 16).

Holdings are the leads that partners hold and the registrations still in play. A pair is two of them of different
firms, or one of them and a deal that direct sales works, on what matching takes for one customer.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime

import msgspec

from connector.canonical.docket import ClaimEntry, RegistrationEntry
from connector.canonical.ids import RecordId
from connector.canonical.kind import Kind
from connector.canonical.records import Opportunity, Person
from connector.flows.matcher import Matcher, identity
from connector.flows.records import RecordReader
from connector.mapping import CompiledMapping
from connector.matching import Frequencies, MatchPolicy, Outcome
from connector.policy.model import Policies
from connector.ports.store import Store, Transaction
from connector.rules.world import Match

PREFIX = "adopted_pair|"
_DONE = "adopted_pairs"
_WHOLE = "all"
_BATCH = 200
Alive = Callable[[], None]
"""Called between pages: renews the lease."""

_KINDS = (Kind.LEAD, Kind.REGISTRATION, Kind.CUSTOMER)


def unwatched() -> None:
    """For callers that hold no lease."""


@dataclass(frozen=True, kw_only=True, slots=True)
class AdoptedPair:
    """Two records of one customer and two parties; `firms` names whom they stand for, "" for direct sales."""

    kind: str  # partner_partner or partner_direct
    left: str
    right: str
    firms: tuple[str, str]
    certain: bool  # False: matching is unsure, a person has to look
    score: float


@dataclass(frozen=True, kw_only=True, slots=True)
class _Holding:
    record: RecordId
    kind: Kind
    firm: RecordId
    deal: RecordId | None = None


class AdoptedPairs:
    """Looks through one org's adopted docket once, page by page; an interrupted search goes on where it was."""

    def __init__(
        self, store: Store, mapping: CompiledMapping, policies: Policies, frequencies: Frequencies
    ) -> None:
        self._store = store
        self._mapping = mapping
        self._policies = policies
        self._frequencies = frequencies

    def run(self, now: datetime, alive: Alive = unwatched) -> int:
        """How many pairs this run found."""
        found = 0
        with self._store.reading() as view:
            reached = view.notes.get(_DONE) or ""
            if reached == _WHOLE:
                return 0
            holdings = sorted(_holdings(view), key=lambda each: each.record)
        rest = [each for each in holdings if each.record > reached]
        for start in range(0, len(rest), _BATCH):
            page = rest[start : start + _BATCH]
            alive()
            with self._store.transaction() as tx:
                records = RecordReader(tx, self._mapping)
                matcher = Matcher(records, self._frequencies)
                pairs = [pair for each in page for pair in self._of(each, records, matcher, now)]
                for pair in pairs:
                    left, right = sorted((pair.left, pair.right))
                    tx.notes.put(f"{PREFIX}{left}|{right}", msgspec.json.encode(asdict(pair)).decode())
                tx.notes.put(_DONE, page[-1].record)
            found += len(pairs)
        with self._store.transaction() as tx:
            tx.notes.put(_DONE, _WHOLE)
        return found

    def _of(
        self, mine: _Holding, records: RecordReader, matcher: Matcher, now: datetime
    ) -> Iterator[AdoptedPair]:
        record = records.record(mine.kind, mine.record, now)
        who = identity(record) if record is not None else None
        if who is None:
            return
        for match in matcher.matches(who, _KINDS, self._same_customer(mine, now), now, mine.record):
            for other, firm in _parties(match, records, now):
                # Two holdings meet twice, once from either side: the one with the smaller id tells of it.
                if firm == mine.firm or (match.kind is not Kind.CUSTOMER and other < mine.record):
                    continue
                if other != mine.deal:
                    yield _pair(mine, other, firm, match)

    def _same_customer(self, mine: _Holding, now: datetime) -> MatchPolicy:
        lead = mine.kind is Kind.LEAD
        policy = self._policies.for_claims(now) if lead else self._policies.for_registrations(now)
        return policy.same_customer if policy else MatchPolicy()


def _holdings(view: Transaction) -> Iterator[_Holding]:
    for claim in view.docket.all(ClaimEntry):
        if claim.adopted and claim.open:
            yield _Holding(record=claim.lead, kind=Kind.LEAD, firm=claim.firm)
    for filing in view.docket.all(RegistrationEntry):
        if filing.adopted and filing.open:
            yield _Holding(
                record=filing.registration, kind=Kind.REGISTRATION, firm=filing.firm, deal=filing.opportunity
            )


def _parties(
    match: Match, records: RecordReader, now: datetime
) -> Iterator[tuple[RecordId, RecordId | None]]:
    """The other record in play behind a match, and its firm; None for direct sales."""
    if match.kind is Kind.LEAD:
        for claim in records.view.docket.find(ClaimEntry, f"lead:{match.record}"):
            yield claim.lead, claim.firm
    elif match.kind is Kind.REGISTRATION:
        filing = records.view.docket.get(RegistrationEntry, match.record)
        if filing is not None and filing.open:
            yield filing.registration, filing.firm
    else:
        for deal in records.linked(Kind.OPPORTUNITY, "customer", match.record, now):
            if not isinstance(deal, Opportunity) or deal.closed:
                continue
            if records.view.docket.get(RegistrationEntry, deal.id) is not None:
                continue  # a registration kept on its own deal: met as a registration
            owner = records.record(Kind.PERSON, deal.owner, now)
            firm = owner.firm if isinstance(owner, Person) else None
            yield deal.id, deal.partner or deal.sourcing_partner or firm


def _pair(mine: _Holding, other: RecordId, firm: RecordId | None, match: Match) -> AdoptedPair:
    return AdoptedPair(
        kind="partner_partner" if firm else "partner_direct",
        left=mine.record,
        right=other,
        firms=(mine.firm, firm or ""),
        certain=match.comparison.outcome is Outcome.SAME,
        score=round(match.comparison.score, 3),
    )


def adopted_pairs(view: Transaction) -> tuple[AdoptedPair, ...]:
    """Every pair that adoption met, by its records."""
    notes: Mapping[str, str] = view.notes.beginning(PREFIX)
    return tuple(msgspec.json.decode(text, type=AdoptedPair) for _, text in sorted(notes.items()))
