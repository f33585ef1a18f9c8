"""Which verdicts answer somebody: a clock's reminder does not, what it ends does."""

from connector.canonical.fact import Fact, FactKind
from connector.canonical.kind import Kind
from connector.canonical.verdict import Outcome, Verdict


def answers(fact: Fact, verdict: Verdict | None) -> bool:
    """Whether the verdict on a fact answers somebody."""
    ended = verdict is not None and verdict.outcome is not Outcome.DEFER
    return fact.kind is not FactKind.TICK or fact.subject in (Kind.ORDER, Kind.SLIP) or ended
