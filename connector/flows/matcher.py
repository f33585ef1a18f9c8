"""Which other records are, or may be, the same customer: the store's index joined with the matching room."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import partial
from typing import Any

from connector.canonical.ids import RecordId
from connector.canonical.kind import Kind
from connector.canonical.records import Customer, Identity, Lead, Record, Registration
from connector.flows.records import RecordReader
from connector.matching import (
    CandidateList,
    Comparison,
    Fingerprint,
    Frequencies,
    MatchPolicy,
    alike,
    candidates,
    compare,
    fingerprint,
    kind_of,
)
from connector.matching.keys import IDENTIFYING
from connector.ports.store import SourceVersion
from connector.rules.identity import identity_of, keys_of, print_of
from connector.rules.world import Match, Matches

IDENTIFIED = (Kind.LEAD, Kind.REGISTRATION, Kind.CUSTOMER)
"""The kinds that say who a customer is, and so stand in the match index."""


def identity(record: Record) -> Identity | None:
    """The customer identity on a record, if its kind has one."""
    if isinstance(record, Lead | Customer):
        return record.identity
    return record.customer if isinstance(record, Registration) else None


def index_row(kind: Kind, record: Record) -> tuple[str, str, Sequence[int]] | None:
    """What the match index keeps of a record: (id, kind, keys); None when it names nobody."""
    who = identity(record)
    if who is None or not (who.name or who.phone or who.email or who.website):
        return None
    return (record.id, kind.value, keys_of(who))


SCANNED = 300
"""Records of a key too common to search that are compared all the same, in id order."""


Made = tuple[datetime, Fingerprint]
"""When a record was created, and the normal form of whom it names."""

_MOST_PRINTS = 16_384  # some 2 kB each


class Prints:
    """Normal forms of records, by the rows that they were read from: they outlive the batch, and the oldest go."""

    def __init__(self) -> None:
        self._made: dict[tuple[Kind, str], tuple[Any, Made]] = {}

    def of(self, kind: Kind, version: SourceVersion) -> Made | None:
        kept = self._made.get((kind, version.id))
        return kept[1] if kept is not None and kept[0] == version.row is not None else None

    def keep(self, kind: Kind, version: SourceVersion, made: Made) -> None:
        if len(self._made) >= _MOST_PRINTS:
            del self._made[next(iter(self._made))]
        self._made[kind, version.id] = (version.row, made)


class Matcher:
    """Candidates are records known at t (law 9); the answer depends on them and on a frozen table alone."""

    def __init__(
        self, records: RecordReader, frequencies: Frequencies, prints: "Prints | None" = None
    ) -> None:
        self._records = records
        self._frequencies = frequencies
        self._prints = Prints() if prints is None else prints

    def matches(
        self,
        who: Identity,
        kinds: Iterable[Kind],
        policy: MatchPolicy,
        moment: datetime,
        besides: RecordId | None,
    ) -> Matches:
        mine = print_of(who)
        found, doubtful = self._candidates(mine, kinds, policy)
        pairs = [(kind, ident) for kind, ident in found if ident != besides]
        self._expect(pairs)
        compared = (self._compared(mine, kind, ident, policy, moment) for kind, ident in pairs)
        out = [match for match in compared if match is not None]
        out.sort(key=lambda match: (-match.comparison.score, match.record))
        return Matches(out, doubtful=doubtful)

    def compared(self, one: Identity, other: Identity, policy: MatchPolicy) -> Comparison:
        """The score of two identities, by the same frozen table (law 9)."""
        return compare(print_of(one), print_of(other), self._frequencies, policy)

    def _candidates(
        self, mine: Fingerprint, kinds: Iterable[Kind], policy: MatchPolicy
    ) -> tuple[list[tuple[Kind, RecordId]], bool]:
        """Who shares a telling key, by the index as it is now, and whether somebody may be missing (law 9)."""
        index = self._records.view.matches
        counted = partial(index.frequencies, most=policy.key_cap)
        found = candidates(mine, index.numbers, counted, cap=policy.key_cap, named=index.named)
        common, whole = self._common(found) if found.doubtful else ([], True)
        ids = list(dict.fromkeys([*found, *common]))
        wanted = {kind.value for kind in kinds}
        known = index.kinds(ids)
        pairs = [(Kind(name), RecordId(i)) for i in ids for name in known.get(i, ()) if name in wanted]
        return pairs, not whole

    def _expect(self, pairs: Iterable[tuple[Kind, RecordId]]) -> None:
        """Read the current versions of these records in one go."""
        by_kind: dict[Kind, list[RecordId]] = {}
        for kind, ident in pairs:
            by_kind.setdefault(kind, []).append(ident)
        for kind, idents in by_kind.items():
            self._records.expect(kind, idents)

    def _common(self, found: CandidateList) -> tuple[list[str], bool]:
        """Some of the records that share only a key too common to search, and whether that was all of them."""
        common = [number for number in found.skipped if kind_of(number) in IDENTIFYING]
        postings = self._records.view.matches.postings(common)
        sharing = sorted({ident for ids in postings.values() for ident in ids})
        return sharing[:SCANNED], len(sharing) <= SCANNED

    def _compared(
        self, mine: Fingerprint, kind: Kind, ident: RecordId, policy: MatchPolicy, moment: datetime
    ) -> Match | None:
        theirs = self._known(kind, ident, moment)
        answer = alike(mine, theirs, self._frequencies, policy) if theirs else None
        return None if answer is None else Match(kind=kind, record=ident, comparison=answer)

    def _known(self, kind: Kind, ident: RecordId, moment: datetime) -> Fingerprint | None:
        """The normal form of a record as it was at `moment`; None where it did not exist or names nobody.

        One version says the same at every moment, unless rows of another object belong to it.
        """
        version = self._records.of_kind(kind, ident, moment)
        if version is None:
            return None
        alone = not self._records.mapping.children_of(kind)
        made = self._prints.of(kind, version) if alone else None
        if made is None:
            record = self._records.read(kind, version, moment)
            who = identity(record) if record is not None else None
            if record is None or who is None:
                return None
            made = (record.created_at, fingerprint(identity_of(who)) if alone else print_of(who))
            if alone:
                self._prints.keep(kind, version, made)
        created_at, theirs = made
        return theirs if created_at <= moment else None
