"""The matcher of a back-test: whom the index points at is asked once, and answered for every moment.

A record that is claimed one day and given back the next is compared with the same others each time. Its answer depends
on when each of them was made and since when it has said what it says now, and on nothing else: the index knows no
past, and what changes in the org meanwhile changes after all that is judged here.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import astuple
from datetime import UTC, datetime
from hashlib import blake2b
from itertools import islice
from typing import NamedTuple

from connector.canonical.ids import RecordId
from connector.canonical.kind import Kind
from connector.canonical.records import Identity, Record
from connector.canonical.time import parse_instant
from connector.flows.matcher import Matcher, identity
from connector.flows.records import RecordReader
from connector.matching import Fingerprint, Frequencies, MatchPolicy, alike, fingerprint
from connector.matching import Identity as MatchIdentity
from connector.ports.scratch import Answer, Likeness, Scratch
from connector.ports.store import SourceVersion
from connector.rules.identity import identity_of
from connector.rules.world import Match, Matches

_MOST_FORMS = 16_384  # some 2 kB each
_FOREVER_AGO, _END = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)


class Form(NamedTuple):
    """What a record says of its customer since `stands_from`; nothing when it is deleted, or names nobody."""

    created_at: datetime
    stands_from: datetime
    print: Fingerprint | None


Forms = dict[tuple[Kind, RecordId], Form]
"""The forms that one back-test has made, batch after batch; the oldest go."""


class PastMatcher(Matcher):
    """Answers as `Matcher` does, for moments of a past that does not change any more."""

    def __init__(
        self, records: RecordReader, frequencies: Frequencies, forms: Forms, scratch: Scratch
    ) -> None:
        super().__init__(records, frequencies)
        self._forms = forms
        self._scratch = scratch

    def matches(
        self,
        who: Identity,
        kinds: Iterable[Kind],
        policy: MatchPolicy,
        moment: datetime,
        besides: RecordId | None,
    ) -> Matches:
        asked, wanted = identity_of(who), tuple(kinds)
        question = _question(asked, wanted, policy)
        answer = self._scratch.answer(question)
        if answer is None:
            answer = self._answer(fingerprint(asked), wanted, policy)
            self._scratch.keep(question, answer)
        if any(made <= moment < until for made, until in answer.otherwise):
            return super().matches(who, wanted, policy, moment, besides)
        known = (each for each in answer.found if each.made <= moment and each.record != besides)
        return Matches(
            (
                Match(kind=each.kind, record=RecordId(each.record), comparison=each.comparison)
                for each in known
            ),
            doubtful=answer.doubtful,
        )

    def _answer(self, mine: Fingerprint, kinds: Sequence[Kind], policy: MatchPolicy) -> Answer:
        pairs, doubtful = self._candidates(mine, kinds, policy)
        found: list[Likeness] = []
        otherwise: list[tuple[datetime, datetime]] = []
        for kind, ident, form in self._known_forms(pairs):
            if form.created_at < form.stands_from:
                otherwise.append((form.created_at, form.stands_from))
            said = alike(mine, form.print, self._frequencies, policy) if form.print else None
            if said is not None:
                found.append(Likeness(kind=kind, record=ident, made=form.created_at, comparison=said))
        found.sort(key=lambda each: (-each.comparison.score, each.record))
        return Answer(found=tuple(found), otherwise=tuple(otherwise), doubtful=doubtful)

    def _known_forms(self, pairs: Sequence[tuple[Kind, RecordId]]) -> Iterator[tuple[Kind, RecordId, Form]]:
        fresh = self._made([pair for pair in pairs if pair not in self._forms])
        for kind, ident in pairs:
            form = fresh.get((kind, ident)) or self._forms.get((kind, ident))
            if form is not None:
                yield kind, ident, form
        self._forms.update(fresh)
        for oldest in list(islice(self._forms, max(len(self._forms) - _MOST_FORMS, 0))):
            del self._forms[oldest]

    def _made(self, new: Sequence[tuple[Kind, RecordId]]) -> Forms:
        """The forms of records new to this back-test. The rows behind them are not kept: there are thousands."""
        by_kind: dict[Kind, list[RecordId]] = {}
        for kind, ident in new:
            by_kind.setdefault(kind, []).append(ident)
        made: Forms = {}
        for kind, idents in by_kind.items():
            self._records.expect(kind, idents)
            versions = {ident: self._records.current(kind, ident) for ident in idents}
            before = self._records.ended(kind, idents)
            for ident, version in versions.items():
                if version is not None:
                    made[kind, ident] = self._form(kind, version, before.get(ident, ()))
            self._records.let_go(kind, idents)
        return made

    def _form(self, kind: Kind, version: SourceVersion, before: Sequence[SourceVersion]) -> Form:
        """What the current version says, and back to when earlier ones said the same."""
        newest = self._records.newest_row(kind, version.id)
        who, since = self._says(kind, version), version.valid_from
        for ended in before:
            if ended.valid_to != since or ended.deleted != version.deleted or self._says(kind, ended) != who:
                break
            since = ended.valid_from
        return Form(
            created_at=_created(version),
            stands_from=max(since, newest) if newest else since,
            print=fingerprint(identity_of(who)) if who is not None else None,
        )

    def _says(self, kind: Kind, version: SourceVersion) -> Identity | None:
        """Whom a version names, with all rows that belong to its record by now."""
        record = None if version.deleted else self._records.look(kind, version, _END)
        return identity(record) if isinstance(record, Record) else None


def _question(who: MatchIdentity, kinds: Sequence[Kind], policy: MatchPolicy) -> bytes:
    """One short key for one question."""
    return blake2b(repr((astuple(who), kinds, policy)).encode(), digest_size=16).digest()


def _created(version: SourceVersion) -> datetime:
    text = version.values.get("CreatedDate")
    return parse_instant(text) if text else _FOREVER_AGO
