"""Judging a batch of facts so that a decision that fails defers its own fact and stops no other (laws 8, 14)."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby

from connector.canonical.docket import DeadlineEntry, Docket
from connector.canonical.fact import Fact, FactKind
from connector.canonical.phrase import Phrase
from connector.canonical.verdict import Effect, Finding, Outcome, Verdict
from connector.policy.model import Policies
from connector.rules.decide import policy_for
from connector.rules.decision import Decision
from connector.rules.docket import OverlayDocket
from connector.rules.fold import fold
from connector.rules.world import World

WorldOf = Callable[[Fact, Docket], World]


@dataclass(kw_only=True)
class Judged:
    """Decisions in their order, and the docket with what they changed."""

    decisions: tuple[Decision, ...]
    docket: OverlayDocket
    failed: dict[str, str] = field(default_factory=dict)


def judged(  # noqa: PLR0917
    facts: Sequence[Fact],
    base: Docket,
    world_of: WorldOf,
    policies: Policies,
    until: datetime,
    store_answers: Callable[[], object],
) -> Judged:
    """Fold `facts`; one whose decision raises is set aside and deferred, and the others of its instant folded again.

    `store_answers` raises when it was the store that failed: that is no fact's fault and passes on.
    """
    docket = OverlayDocket(base)
    try:
        return Judged(decisions=tuple(fold(facts, docket, world_of, policies, until)), docket=docket)
    except Exception:  # noqa: BLE001 - found out instant by instant, below
        store_answers()
    work = Careful(base, world_of, policies, store_answers)
    for instant, group in groupby(facts, key=lambda fact: fact.instant):
        work.fold(tuple(group), instant)
    work.fold((), until)
    return Judged(decisions=tuple(work.decisions), docket=work.docket, failed=work.failed)


class Careful:
    """One instant after another, each on what the ones before it left."""

    def __init__(
        self,
        base: Docket,
        world_of: WorldOf,
        policies: Policies,
        store_answers: Callable[[], object],
        overlay: Callable[[Docket], OverlayDocket] = OverlayDocket,
    ) -> None:
        """`overlay` makes the docket on which an instant is judged."""
        self.docket = OverlayDocket(base)
        self.decisions: list[Decision] = []
        self.failed: dict[str, str] = {}
        self._world_of = world_of
        self._policies = policies
        self._store_answers = store_answers
        self._overlay = overlay

    def fold(self, facts: Sequence[Fact], until: datetime) -> None:
        """The facts of one instant, and the deadlines due by it."""
        deferred: list[Decision] = []
        while True:
            trial = self._overlay(self.docket)
            trial.put(entry for decision in deferred for entry in decision.entries)
            watched = _Watched(self._world_of)
            rest = [fact for fact in facts if fact.identity not in self.failed]
            try:
                decisions = tuple(fold(rest, trial, watched, self._policies, until))
            except Exception as fault:  # noqa: BLE001 - whatever it is, it is this fact's
                self._store_answers()
                deferred.append(self._set_aside(watched.last, fault))
                continue
            self.docket.put(trial.changes())
            self.decisions += [*decisions, *deferred]
            return

    def _set_aside(self, culprit: Fact | None, fault: Exception) -> Decision:
        if culprit is None or culprit.identity in self.failed:
            raise fault
        reason = f"{type(fault).__name__}: {fault}"
        self.failed[culprit.identity] = reason
        return _deferred(culprit, reason, self._world_of(culprit, self.docket), self._policies)


class _Watched:
    """Knows whose turn it was when a decision failed."""

    def __init__(self, world_of: WorldOf) -> None:
        self._world_of = world_of
        self.last: Fact | None = None

    def __call__(self, fact: Fact, docket: Docket) -> World:
        self.last = fact
        return self._world_of(fact, docket)


def _deferred(fact: Fact, reason: str, world: World, policies: Policies) -> Decision:
    """Only an explicit pass approves: what failed waits for a person, with the reason (law 8)."""
    policy = policy_for(fact, world, policies)
    params = {"failed": fact.kind.value, "reason": reason}
    found = Finding(rule="decide", effect=Effect.ASK, message=Phrase.RULE_FAILED, params=params, desk=True)
    verdict = Verdict(
        subject=fact.subject,
        record=fact.record,
        outcome=Outcome.DEFER,
        findings=(found,),
        policy=policy.label if policy else "",
    )
    return Decision(
        fact=fact, verdict=verdict, entries=(_done(fact, world.docket),) if _is_tick(fact) else ()
    )


def _is_tick(fact: Fact) -> bool:
    return fact.kind is FactKind.TICK


def _done(tick: Fact, base: Docket) -> DeadlineEntry:
    """The deadline behind a tick, met: a tick that failed must not come again for ever."""
    key = f"{tick.record}|{tick.value}"
    known = base.get(DeadlineEntry, key)
    if known is not None:
        return known.model_copy(update={"done": True})
    return DeadlineEntry(
        name=tick.value, subject=tick.subject, record=tick.record, due=tick.instant, done=True
    )
