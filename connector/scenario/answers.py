"""Which verdicts answer somebody (a clock's reminder does not, what it ends does), and what they want written."""

from collections.abc import Mapping

from connector.canonical.fact import Fact, FactKind
from connector.canonical.ids import RecordId
from connector.canonical.intent import Desired
from connector.canonical.kind import Kind
from connector.canonical.verdict import Outcome, Verdict


def answers(fact: Fact, verdict: Verdict | None) -> bool:
    """Whether the verdict on a fact answers somebody."""
    ended = verdict is not None and verdict.outcome is not Outcome.DEFER
    return fact.kind is not FactKind.TICK or fact.subject in (Kind.ORDER, Kind.SLIP) or ended


def by_record(
    due: Mapping[tuple[Kind, RecordId, str], Desired],
) -> dict[tuple[Kind, RecordId], list[Desired]]:
    """What is wanted, record by record."""
    found: dict[tuple[Kind, RecordId], list[Desired]] = {}
    for (kind, ident, _), desired in due.items():
        found.setdefault((kind, ident), []).append(desired)
    return found
