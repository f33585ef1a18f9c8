"""Settle: pending facts into verdicts, ledger and desired values, one transaction per batch (laws 3 to 6).

Facts before the sealed horizon are judged for good. Younger ones are judged *provisionally* over a scratch
docket: what that says of owned fields may be written at once, so that the partner reads it within seconds;
contested writes, and the ledger, wait for the seal.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from connector.canonical.docket import Docket
from connector.canonical.fact import Fact
from connector.canonical.time import instant_text, parse_instant
from connector.canonical.verdict import Outcome
from connector.flows.breaker import Breaker, rejections
from connector.flows.faults import Faults, FaultSort
from connector.flows.judging import Judged, WorldOf, judged
from connector.flows.kept_docket import KeptDocket
from connector.flows.matcher import Matcher, Prints
from connector.flows.provisional import Provisional
from connector.flows.publishing import published
from connector.flows.records import RecordReader
from connector.flows.scratch import Scratch
from connector.flows.wishes import WishMaker
from connector.flows.world import MirrorWorld
from connector.mapping import CompiledMapping
from connector.matching import Frequencies
from connector.policy.model import Policies
from connector.ports.store import Store, Transaction, Wish
from connector.rules.decision import Decision

SEALED = "sealed_until"
"""The note that keeps the sealed horizon: every fact before it has been judged for good."""

JUDGED_AFTER = "judged_after"
"""The detail of a late fact that names the sealed horizon at which it was judged."""

SEAL_AFTER = timedelta(minutes=15)
BATCH = 500


@dataclass(frozen=True, kw_only=True, slots=True)
class Settled:
    """What one run of settle did, in numbers: a run has many batches, and none of them stays in memory (law 21)."""

    facts: int = 0
    wishes: int = 0
    ruled: Mapping[Outcome, int] = field(default_factory=dict)

    def verdicts(self, outcome: Outcome) -> int:
        """How many verdicts came out so."""
        return self.ruled.get(outcome, 0)

    def and_then(self, other: "Settled") -> "Settled":
        """The sum of two runs, or of two batches of one."""
        return Settled(
            facts=self.facts + other.facts,
            wishes=self.wishes + other.wishes,
            ruled=Counter(self.ruled) + Counter(other.ruled),
        )


def _ruled(decisions: Iterable[Decision]) -> Mapping[Outcome, int]:
    return Counter(decision.verdict.outcome for decision in decisions if decision.verdict)


class Settle:
    """Judges one org's facts. Serial by design: one writer per org (law 19)."""

    def __init__(
        self,
        store: Store,
        mapping: CompiledMapping,
        policies: Policies,
        wishes: WishMaker,
        frequencies: Callable[[], Frequencies],
    ) -> None:
        self._store = store
        self._mapping = mapping
        self._policies = policies
        self._wishes = wishes
        self._frequencies = frequencies
        self._scratch = Scratch()
        self._prints = Prints()
        self._published = False

    def sealed(self, horizon: datetime, now: datetime) -> Settled:
        """Judge for good every fact older than `horizon`, and every deadline due before it."""
        self._publish(now)
        last = horizon - timedelta(seconds=1)
        total = Settled()
        while True:
            done, more = self._batch(last, now)
            total = total.and_then(done)
            if not more:
                return total

    def _publish(self, now: datetime) -> None:
        """Once a run: versions not seen before enter the ledger, and judge nothing that is sealed (law 18)."""
        if self._published:
            return
        with self._store.transaction() as tx:
            self._policies = published(tx, self._policies, tx.notes.get(SEALED), now)
        self._published = True

    def _batch(self, last: datetime, now: datetime) -> tuple[Settled, bool]:
        with self._store.transaction() as tx:
            facts = tx.facts.pending(last, BATCH)
            more = len(facts) >= BATCH
            until = facts[-1].instant if more else last
            before = tx.notes.get(SEALED)
            if not facts and before and parse_instant(before) >= last:
                return Settled(), False
            records, faults = RecordReader(tx, self._mapping), Faults(tx)
            base = _expecting(tx, max(until, facts[-1].instant) if facts else until)
            known = _marked_late(facts, before)
            done = self._judge(tx, records, known, until, base)
            told = [each for each in done.decisions if each.verdict or each.entries]
            lines = iter(tx.ledger.extend([(each.fact, each.verdict, each.entries) for each in told], now))
            wishes: list[Wish] = []
            for decision in done.decisions:
                seq = next(lines).seq if decision.verdict or decision.entries else None
                wishes += self._wishes.of(records, faults, decision, now=now, seq=seq)
            settled = [*known, *(decision.fact for decision in done.decisions)]
            stood = Provisional(tx)
            wishes += stood.sealed(until, wishes)
            tx.docket.put(done.docket.changes())
            tx.outbox.put(wishes, now)
            tx.facts.settle(settled)
            tx.notes.put(SEALED, instant_text(max(until, parse_instant(before) if before else until)))
            _told(faults, done, records, now)
            self._counted(tx, done, now)
            stood.save()
            faults.save()
        return Settled(facts=len(done.decisions), wishes=len(wishes), ruled=_ruled(done.decisions)), more

    def provisional(self, now: datetime) -> Settled:
        """Judge the facts that are not sealed yet on a scratch docket; only owned fields are wished for.

        Page by page, each fact once; all of them again when one comes that is older than the last one judged.
        """
        with self._store.reading() as view:
            first = self._first_new(view)
            sealed = view.notes.get(SEALED)
        if first is None:
            return Settled()
        self._scratch.begin(first, parse_instant(sealed) if sealed else None)
        total = Settled()
        while done := self._early(now):
            total = total.and_then(done)
        return total

    def _first_new(self, view: Transaction) -> datetime | None:
        """The instant of the oldest waiting fact that was not judged yet; what waits no more is forgotten."""
        first: datetime | None = None
        waiting: set[str] = set()
        after: datetime | None = None
        while facts := view.facts.pending(None, BATCH, after=after):
            for fact in facts:
                if fact.identity in self._scratch.known:
                    waiting.add(fact.identity)
                elif first is None:
                    first = fact.instant
            after = facts[-1].instant
        self._scratch.known = waiting
        return first

    def _early(self, now: datetime) -> Settled | None:
        """One page of the facts after those judged last; None when there is none."""
        scratch = self._scratch
        with self._store.transaction() as tx:
            facts = tx.facts.pending(None, BATCH, after=scratch.edge)
            if not facts:
                return None
            records, faults, stood = RecordReader(tx, self._mapping), Faults(tx), Provisional(tx)
            base = _expecting(tx, facts[-1].instant)
            done = self._judge(tx, records, facts, facts[0].instant, scratch.over(base))
            fresh = [decision for decision in done.decisions if decision.fact.identity not in scratch.known]
            wishes = [
                wish
                for decision in fresh
                for wish in self._wishes.provisional(records, faults, decision, now=now)
            ]
            stood.keep(wishes)
            tx.outbox.put(wishes, now)
            stood.save()
        scratch.keep(facts, done.docket.changes(), facts[-1].instant)
        return Settled(facts=len(done.decisions), wishes=len(wishes), ruled=_ruled(fresh))

    def _counted(self, tx: Transaction, done: Judged, now: datetime) -> None:
        """Rejections count towards the breaker (law 15)."""
        breaker = Breaker(tx, self._policies, now)
        for what, number in rejections(done.decisions).items():
            breaker.count(what, number)

    def _judge(
        self, tx: Transaction, records: RecordReader, facts: Sequence[Fact], until: datetime, base: Docket
    ) -> Judged:
        matcher = Matcher(records, self._frequencies(), self._prints)

        def world_of(fact: Fact, docket: Docket) -> MirrorWorld:
            return MirrorWorld(fact, docket, records, matcher)

        worlds: WorldOf = world_of
        return judged(facts, base, worlds, self._policies, until, lambda: tx.notes.get(SEALED))


def _expecting(tx: Transaction, until: datetime) -> KeptDocket:
    """The sealed docket with its deadlines up to `until` read in one go."""
    docket = KeptDocket(tx.docket)
    docket.expect(until)
    return docket


def _told(faults: Faults, done: Judged, records: RecordReader, now: datetime) -> None:
    """What kept a judgement from its data, or from being made, is a fault that a person sees."""
    for bad in records.bad.values():
        faults.unreadable(bad, now)
    for decision in done.decisions:
        fact = decision.fact
        if fact.identity in done.failed:
            reason = done.failed[fact.identity]
            faults.add(FaultSort.UNDECIDED, fact.subject.value, fact.record, fact.kind.value, reason, now)


def _marked_late(facts: Sequence[Fact], sealed: str | None) -> Sequence[Fact]:
    """A fact older than what was sealed before it came is late: it re-decides only its own rivals (law 7).

    Up to when judging had come is kept with it, so that a replay judges it in the same place.
    """
    if sealed is None:
        return facts
    edge = parse_instant(sealed)
    return [_late(fact, sealed) if fact.instant <= edge else fact for fact in facts]


def _late(fact: Fact, sealed: str) -> Fact:
    return fact.model_copy(update={"late": True, "detail": {**fact.detail, JUDGED_AFTER: sealed}})
