"""The owner changes of one lead inside one second, in steps, as far as the mirror has seen them follow each other.

A step is what settles together: releases, then the claims that chain by old and new value. What the mirror has seen to
come after that, and what would not settle after it by itself, begins the next step.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime

from connector.canonical.fact import STEP, Fact, FactKind
from connector.canonical.ids import RecordId
from connector.canonical.records import Lead
from connector.facts.change import Seen

_Act = tuple[int, FactKind, str]


def owner_changes(facts: Iterable[Fact], record: RecordId, moment: datetime) -> tuple[Fact, ...]:
    """Those of one lead in one second."""
    kinds = (FactKind.CLAIMED, FactKind.RELEASED)
    return tuple(
        fact for fact in facts if fact.record == record and fact.instant == moment and fact.kind in kinds
    )


def in_its_place(fact: Fact, seen: Seen[Lead], unseen: Sequence[Fact] = ()) -> Fact:
    """The fact with the number of its step. `unseen`: changes told by the same version, which come before it."""
    known = seen.before
    if known is None or known.owner_since != fact.instant:
        return fact
    acts = [(each.step, each.kind, each.value) for each in (*seen.owner_changes_in(fact.instant), *unseen)]
    step = _step(fact, acts or [_known(seen, known)], known.owner or "")
    return fact.model_copy(update={"detail": {**fact.detail, STEP: str(step)}}) if step > 1 else fact


def _known(seen: Seen[Lead], known: Lead) -> _Act:
    """The change of before the mirror was whole: it is no fact, but its owner was there."""
    kind = FactKind.RELEASED if seen.party_of(known.owner) is None else FactKind.CLAIMED
    return (1, kind, known.owner or "")


def _step(fact: Fact, acts: Sequence[_Act], known: str) -> int:
    last = max(step for step, _, _ in acts)
    takers = {value for step, kind, value in acts if step == last and kind is FactKind.CLAIMED}
    chained = fact.kind is FactKind.CLAIMED and fact.prior == known and fact.value not in takers
    return last if not takers or chained else last + 1
