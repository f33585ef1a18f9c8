"""Back-test: the mirror's history judged once more, as if another policy had been in force (laws 5, 16, 18).

The same `decide` folds the same facts, beside a scratch docket that begins with what was adopted and decided before
the first day; it makes its own ticks. What it says is held against the ledger, fact by fact. From a record's first
difference on its history is conditional: people would have acted otherwise. Traces of our own writes on such a record
(the partner's notification, an owner that we set) are left out, for the candidate would not have written them; a
notification that it would have sent instead comes at its own time (`backtest_notices`).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import groupby

from connector.canonical.docket import Docket
from connector.canonical.fact import Fact, FactKind
from connector.canonical.ids import RecordId
from connector.canonical.kind import Kind
from connector.canonical.records import Partner
from connector.canonical.time import parse_instant
from connector.flows import backtest_history as history
from connector.flows.backtest_notices import NotifyingDocket, awaits_real_one, is_notice
from connector.flows.backtest_report import Backtested, Example, about, came_to
from connector.flows.candidate import with_candidate
from connector.flows.fields import object_of
from connector.flows.judging import Careful
from connector.flows.kept_docket import KeptDocket
from connector.flows.past_matcher import Forms, PastMatcher
from connector.flows.records import RecordReader
from connector.flows.settle import SEALED
from connector.flows.world import MirrorWorld
from connector.mapping import CompiledMapping
from connector.matching import Frequencies
from connector.policy.model import Policies, Policy
from connector.ports.scratch import Ruled, Said, Scratch
from connector.ports.store import OutboxItem, Store, Transaction

BATCH = 500
_SECOND = timedelta(seconds=1)
_OWN_STAMP = (timedelta(seconds=10), timedelta(minutes=2))
"""An owner change of ours is stamped by the org so much before or after the time that we note for it."""

_OWNER_MOVES = (FactKind.CLAIMED, FactKind.RELEASED)

Report = Callable[[str, int, int], None]


class NothingSealed(Exception):
    """No fact has been judged for good yet: there is nothing to judge once more."""


@dataclass(kw_only=True)
class _Page:
    """One batch of the replay, over one reading of the store."""

    view: Transaction
    records: RecordReader
    work: Careful
    pending: dict[str, list[Said]]  # by identity: a deadline may fall due twice in one second
    coming: list[Said]
    late: dict[str, int]  # the ledger's number of each fact that came late
    reached: set[int] = field(default_factory=set)  # those of them that were judged
    moved: Sequence[RecordId] = ()  # the leads that change hands in this batch
    written: dict[str, Sequence[OutboxItem]] = field(
        default_factory=dict
    )  # our own writes to them, once asked for
    at: int = 0
    done: int = 0  # decisions of `work` that were compared already


@dataclass(kw_only=True)
class Backtest:
    """One back-test of one candidate. `run` may be called once."""

    store: Store
    scratch: Scratch
    mapping: CompiledMapping
    policies: Policies
    frequencies: Frequencies
    _late: list[tuple[datetime, Fact]] = field(default_factory=list)
    _forms: Forms = field(default_factory=dict)

    def run(self, candidate: Policy, since: datetime, until: datetime | None, report: Report) -> Backtested:
        """Judge every sealed fact with `since <= instant <= until` under `candidate`.

        Raises:
            NothingSealed: nothing has been judged for good since then.
        """
        with self.store.reading() as view:
            sealed, expected = view.notes.get(SEALED), view.facts.count()
        if sealed is None or parse_instant(sealed) < since:
            raise NothingSealed(f"nothing has been judged for good since {since:%Y-%m-%d}")
        last = min(until, parse_instant(sealed)) if until else parse_instant(sealed)
        self._tried = with_candidate(self.policies, candidate, since.astimezone(UTC).date())
        self._found = Backtested(policy=candidate.label, since=since, until=last, stood=self.scratch.notes)
        report("ledger", 0, 1)
        compared = history.load(self.store, self.scratch, since, last)
        report("ledger", 1, 1)
        edge = since - _SECOND
        while edge < last:
            edge = self._page(edge, last)
            report("decisions", self._found.decisions, max(expected, compared))
        self._found.diverged = self.scratch.divergences()
        return self._found

    def _page(self, edge: datetime, last: datetime) -> datetime:
        """Judge one batch of facts after `edge`, and say up to when; `last` when there are no more."""
        with self.store.reading() as view:
            facts = view.facts.judged(last, BATCH, after=edge)
            until = facts[-1].instant if len(facts) >= BATCH else last
            page = self._begin(view, facts, edge, until)
            page.moved = [fact.record for fact in facts if _moves_owner(fact)]
            self._fold(page, facts, until)
            self.scratch.docket.put(page.work.docket.changes())
        self._found.failed += len(page.work.failed)
        return until

    def _begin(self, view: Transaction, facts: Sequence[Fact], edge: datetime, until: datetime) -> _Page:
        records = RecordReader(view, self.mapping)
        matcher = PastMatcher(records, self.frequencies, self._forms, self.scratch)
        docket = KeptDocket(self.scratch.docket)
        docket.expect(until)

        def world_of(fact: Fact, on: Docket) -> MirrorWorld:
            return MirrorWorld(fact, on, records, matcher)

        _expect(records, facts)
        coming = list(self.scratch.said(edge, until))
        pending: dict[str, list[Said]] = {}
        for each in coming:
            pending.setdefault(each.ruled.identity, []).append(each)
        return _Page(
            view=view,
            records=records,
            work=Careful(
                docket,
                world_of,
                self._tried,
                lambda: view.notes.get(SEALED),
                overlay=lambda below: NotifyingDocket(below, lambda: coming),
            ),
            pending=pending,
            coming=coming,
            late={each.ruled.identity: each.seq for each in coming if each.late},
        )

    def _fold(self, page: _Page, facts: Sequence[Fact], until: datetime) -> None:
        for instant, group in groupby(facts, key=lambda fact: fact.instant):
            self._late_ones(page, instant - _SECOND)
            self._catch_up(page, instant - _SECOND)
            known = [(history.judged_after(fact), fact) for fact in group]
            self._late += [(place, fact) for place, fact in known if place]
            self._judge(page, [fact for place, fact in known if not place], instant)
            self._pass(page, instant)
        self._late_ones(page, until)
        self._come_to(page, until)

    def _come_to(self, page: _Page, until: datetime) -> None:
        """Every deadline due by then, here and in the ledger."""
        page.work.fold((), until)
        self._compare(page)
        self._pass(page, until)

    def _catch_up(self, page: _Page, until: datetime) -> None:
        """Deadlines of the ledger that the next fact came after: the candidate's own, or none, by then."""
        if page.at < len(page.coming) and page.coming[page.at].place <= until:
            self._come_to(page, until)

    def _late_ones(self, page: _Page, until: datetime) -> None:
        """Facts that came late are judged where the ledger judged them: after all that was sealed by then."""
        due = sorted(
            (each for each in self._late if each[0] <= until), key=lambda each: (each[0], each[1].order)
        )
        self._late = [each for each in self._late if each[0] > until]
        for place, together in groupby(due, key=lambda each: each[0]):
            self._come_to(page, place)
            for instant, group in groupby((fact for _, fact in together), key=lambda fact: fact.instant):
                facts = list(group)
                lines = {page.late[fact.identity] for fact in facts if fact.identity in page.late}
                if lines and self._next(page, place) < min(lines):
                    self._come_to(page, place)
                self._judge(page, facts, instant)
                page.reached |= lines

    def _judge(self, page: _Page, facts: Sequence[Fact], until: datetime) -> None:
        """Fold facts of one instant, without the traces of writes that would not have been made."""
        records = self.scratch.diverged({fact.record for fact in facts})
        kept = [fact for fact in facts if fact.record not in records or not self._ours(page, fact)]
        for fact in facts:
            if fact not in kept:
                self._found.left_out += 1
                page.pending.pop(fact.identity, None)
        if kept:
            page.work.fold(kept, until)
            self._compare(page)

    def _ours(self, page: _Page, fact: Fact) -> bool:
        """Whether the fact is only a trace of our own write."""
        if fact.kind is FactKind.NOTIFIED:
            return not awaits_real_one(page.work.docket, fact)
        name = object_of(self.mapping, Kind.LEAD, fact.record)
        if not _moves_owner(fact) or name is None:
            return False
        before, after = _OWN_STAMP
        return any(
            item.contested
            and item.value == fact.value
            and item.written_at is not None
            and item.written_at - before <= fact.instant <= item.written_at + after
            for item in self._written(page, name, fact.record)
        )

    def _written(self, page: _Page, name: str, record: RecordId) -> Sequence[OutboxItem]:
        """Our own writes to a lead; they are read for all leads of the batch together."""
        if record not in page.written:
            beside = [each for each in page.moved if object_of(self.mapping, Kind.LEAD, each) == name]
            wanted = [record, *(each for each in dict.fromkeys(beside) if each not in page.written)]
            found = page.view.outbox.of_records(name, wanted)
            page.written |= {each: found.get(each, ()) for each in wanted}
        return page.written[record]

    def _compare(self, page: _Page) -> None:
        """Hold what was decided since the last look against the ledger."""
        fresh = page.work.decisions[page.done :]
        page.done += len(fresh)
        self._found.decisions += len(fresh)
        for decision in fresh:
            if is_notice(decision.fact):
                continue  # it follows from an approval that was compared
            mine = history.ruled(decision.fact, decision.verdict, decision.entries)
            waiting = page.pending.get(mine.identity)
            theirs = waiting.pop(0).ruled if waiting else None
            if history.changes_nothing(mine) and (theirs is None or history.changes_nothing(theirs)):
                continue
            self._both(page, theirs, mine)

    def _next(self, page: _Page, until: datetime) -> float:
        """The number of the next line of the ledger that was not come to; late ones that were judged are passed."""
        while page.at < len(page.coming) and page.coming[page.at].seq in page.reached:
            self._undecided(page, page.coming[page.at])
            page.at += 1
        here = page.coming[page.at : page.at + 1]
        return here[0].seq if here and here[0].place <= until else float("inf")

    def _pass(self, page: _Page, until: datetime) -> None:
        """What the ledger decided up to `until`, and the candidate would not have come to decide."""
        while page.at < len(page.coming) and page.coming[page.at].place <= until:
            said = page.coming[page.at]
            if said.late and said.seq not in page.reached:
                return  # what the ledger said after it waits for it
            page.at += 1
            self._undecided(page, said)

    def _undecided(self, page: _Page, said: Said) -> None:
        waiting = page.pending.get(said.ruled.identity, [])
        if said in waiting:
            waiting.remove(said)
            if not history.changes_nothing(said.ruled):
                self._both(page, said.ruled, None)

    def _both(self, page: _Page, theirs: Ruled | None, mine: Ruled | None) -> None:
        either = mine or theirs
        if either is None:
            return
        firm = either.firm or (theirs.firm if theirs else "")

        def tier_of(one: str) -> str:
            return _tier(page.records, one, either.instant)

        if theirs:
            self._found.ledger(theirs, tier_of)
        if mine:
            self._found.candidate(mine, tier_of)
        nothing = _nothing(either)
        if history.same(theirs or nothing, mine or nothing):
            return
        touched = history.touched(mine or nothing, theirs or nothing)
        reasons = mine.reasons if mine and mine.reasons else theirs.reasons if theirs else ()
        self._found.differs(
            Example(
                record=either.record,
                subject=about(either.subject, either.kind),
                kind=either.kind,
                at=either.instant,
                firm=firm,
                tier=tier_of(firm),
                said=came_to(theirs),
                would=came_to(mine),
                reasons=reasons,
                dropped=not (mine and mine.reasons),
                conditional=bool(self.scratch.diverged([either.record, *either.others])),
            )
        )
        self.scratch.diverge(touched, either.instant)


def _moves_owner(fact: Fact) -> bool:
    return fact.subject is Kind.LEAD and fact.kind in _OWNER_MOVES


def _expect(records: RecordReader, facts: Sequence[Fact]) -> None:
    """Read what the facts are about in one go."""
    by_kind: dict[Kind, list[str]] = {}
    for fact in facts:
        by_kind.setdefault(fact.subject, []).append(fact.record)
    for kind, idents in by_kind.items():
        records.expect(kind, dict.fromkeys(idents))


def _nothing(one: Ruled) -> Ruled:
    return Ruled(
        identity=one.identity, record=one.record, subject=one.subject, kind=one.kind, instant=one.instant
    )


def _tier(records: RecordReader, firm: str, moment: datetime) -> str:
    found = records.record(Kind.PARTNER, RecordId(firm), moment) if firm else None
    return found.tier if isinstance(found, Partner) else ""
