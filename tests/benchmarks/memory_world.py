"""The world of a replay: canonical records and an inverted match index in memory, no store behind them."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from itertools import chain

from connector.canonical.docket import Docket
from connector.canonical.fact import Fact
from connector.canonical.ids import RecordId
from connector.canonical.kind import Kind
from connector.canonical.records import Activity, Identity, Opportunity, Pool, Record, Registration
from connector.flows.matcher import IDENTIFIED, identity, index_row
from connector.matching import Fingerprint, Frequencies, MatchPolicy, alike, candidates
from connector.rules.identity import print_of
from connector.rules.world import Match, Matches
from tests.support.world import Records, World


class Base:
    """Every record's versions, and what a replay looks records up by."""

    def __init__(self, frequencies: Frequencies) -> None:
        self.records = Records()
        self.frequencies = frequencies
        self.pools: dict[str, Pool] = {}
        self.activities: defaultdict[str, list[Activity]] = defaultdict(list)
        self.deals: defaultdict[str, list[Opportunity]] = defaultdict(list)
        self.files: defaultdict[str, list[RecordId]] = defaultdict(list)
        self.kinds: defaultdict[str, set[Kind]] = defaultdict(set)
        self._postings: defaultdict[int, dict[str, None]] = defaultdict(dict)

    def put(self, kind: Kind, record: Record) -> None:
        self.records.put(record)
        if isinstance(record, Pool):
            self.pools[record.name] = record
        if isinstance(record, Activity):
            for about in {record.about, record.who} - {None}:
                self.activities[about or ""].append(record)
        if isinstance(record, Opportunity) and record.customer:
            self.deals[record.customer].append(record)
        if isinstance(record, Registration):
            for file in {proof.file for proof in record.evidence if proof.file}:
                self.files[file].append(record.id)
        row = index_row(kind, record) if kind in IDENTIFIED else None
        for key in row[2] if row else ():
            self._postings[key][record.id] = None
            self.kinds[record.id].add(kind)

    def postings(self, wanted: Sequence[int]) -> Mapping[int, Sequence[str]]:
        return {key: list(self._postings[key]) for key in wanted if key in self._postings}

    def sizes(self, wanted: Sequence[int]) -> Mapping[int, int]:
        return {key: len(self._postings.get(key, ())) for key in wanted}


class MemoryWorld(World):
    """The tests' world, with look-ups in place of scans."""

    def __init__(self, fact: Fact, docket: Docket, base: Base) -> None:
        super().__init__(fact, docket, base.records)
        self._base = base

    def pool_named(self, name: str) -> Pool | None:
        return self._base.pools.get(name)

    def activities(self, about: RecordId) -> Sequence[Activity]:
        return [row for row in self._base.activities[about] if _known(row, self.now)]

    def opportunities_of(self, customer: RecordId) -> Sequence[Opportunity]:
        return [row for row in self._base.deals[customer] if _known(row, self.now)]

    def filings_with_file(self, file: str) -> Sequence[Registration]:
        rows = (self.registration(ident) for ident in sorted(self._base.files[file]))
        return [row for row in rows if row and any(proof.file == file for proof in row.evidence)]

    def matches(
        self,
        identity: Identity,
        kinds: Iterable[Kind],
        policy: MatchPolicy,
        *,
        besides: RecordId | None = None,
    ) -> Matches:
        mine, wanted = print_of(identity), frozenset(kinds)
        found = candidates(mine, self._base.postings, self._base.sizes, cap=policy.key_cap)
        pairs = chain.from_iterable(
            ((kind, RecordId(each)) for kind in self._base.kinds[each] & wanted)
            for each in found
            if each != besides
        )
        matches = [match for kind, each in pairs if (match := self._match(mine, kind, each, policy))]
        best_first = sorted(matches, key=lambda match: (-match.comparison.score, match.record))
        return Matches(best_first, doubtful=found.doubtful)

    def _match(self, mine: Fingerprint, kind: Kind, each: RecordId, policy: MatchPolicy) -> Match | None:
        record = self._records.at(kind, each, self.now)
        who = identity(record) if record is not None and record.created_at <= self.now else None
        if who is None:
            return None
        answer = alike(mine, print_of(who), self._base.frequencies, policy)
        return None if answer is None else Match(kind=kind, record=each, comparison=answer)


def _known(record: Record, moment: datetime) -> bool:
    return record.created_at <= moment
