"""R3.5, R3.8: a lead's clocks in its queue: what starts them, what stops them, and what their end brings about."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from connector.canonical.docket import ClaimEntry, DeadlineEntry
from connector.canonical.fact import FactKind
from connector.canonical.kind import Kind
from connector.canonical.phrase import Phrase
from connector.canonical.time import at
from connector.canonical.verdict import Outcome, Verdict
from connector.policy.claiming import Unclaimed
from connector.policy.duration import Duration
from connector.rules import unclaimed
from connector.rules.decision import Decision
from tests.support.builders import START, after, lead, pool
from tests.support.channel import claims_policy
from tests.unit.rules.cases import ANNA, acted, world

POOL, SECOND = pool(1), pool(2, "Second_Pool")
LEAD = lead(1, POOL, owner_since=START)
DAY = Duration(length=timedelta(days=1))
ROWS = (Unclaimed(after=DAY), Unclaimed(after=Duration(length=timedelta(days=2)), to="Second_Pool"))
POLICY = claims_policy(unclaimed_lead=ROWS)
HELD = ClaimEntry(lead=LEAD.id, holder=ANNA.id, firm=ANNA.firm or LEAD.id, opened=at(START))
NEVER = datetime.max.replace(tzinfo=UTC)


def clock(number: int, due: datetime) -> DeadlineEntry:
    return DeadlineEntry(name=f"unclaimed_{number}", subject=Kind.LEAD, record=LEAD.id, due=due)


def noted(kind: FactKind, *docket: Any, verdict: Verdict | None = None, policy: Any = POLICY) -> list[Any]:
    """The clocks that a fact of now sets or stops: each with when it falls due, or None."""
    fact = acted(kind, Kind.LEAD, LEAD.id)
    found = unclaimed.looked_after(
        Decision(fact=fact, verdict=verdict), world(LEAD, POOL, docket=docket, fact=fact), policy
    )
    clocks = [each for each in found.entries if isinstance(each, DeadlineEntry)]
    return [(each.name, None if each.done else each.due - fact.instant) for each in clocks]


def fallen_due(number: int, moment: datetime, *docket: Any, of: Any = LEAD, rows: Any = ROWS) -> Decision:
    tick = acted(FactKind.TICK, Kind.LEAD, LEAD.id, when=at(moment), value=f"unclaimed_{number}")
    there = world(of, POOL, SECOND, docket=docket, fact=tick)
    return unclaimed.overdue(tick, there, claims_policy(unclaimed_lead=rows))


BOTH = [("unclaimed_0", timedelta(days=1)), ("unclaimed_1", timedelta(days=2))]


@pytest.mark.parametrize("kind", [FactKind.ENTERED, FactKind.RELEASED, FactKind.RESTORED])
def test_the_clocks_start_when_a_lead_comes_to_be_free(kind: FactKind) -> None:
    assert noted(kind) == BOTH
    assert noted(kind, policy=claims_policy()) == []


def test_an_edit_of_a_lead_starts_no_clock_that_runs_or_has_run_nor_one_of_a_held_lead() -> None:
    assert noted(FactKind.ENTERED, clock(0, START)) == BOTH[1:]
    assert noted(FactKind.ENTERED, HELD) == []


@pytest.mark.parametrize("kind", [FactKind.CLAIMED, FactKind.CONVERTED, FactKind.DELETED, FactKind.MERGED])
def test_the_clocks_stop_when_a_lead_is_free_no_more_and_not_by_a_claim_that_is_refused(
    kind: FactKind,
) -> None:
    refused = Verdict(
        subject=Kind.LEAD, record=LEAD.id, outcome=Outcome.REJECT, findings=(), policy=POLICY.label
    )
    running = clock(0, after(days=9))
    assert noted(kind, running) == [("unclaimed_0", None)]
    assert noted(FactKind.CLAIMED, running, verdict=refused) == []


def test_a_lead_without_a_claim_is_flagged_and_then_goes_to_the_other_queue_if_it_is_still_in_this_one() -> (
    None
):
    flagged = fallen_due(0, after(days=1))
    assert flagged.verdict is not None
    assert [each.message for each in flagged.verdict.findings] == [Phrase.LEAD_UNCLAIMED]
    assert [each.slot for each in flagged.desired] == ["message"]
    moved = fallen_due(1, after(days=2))
    owner = moved.desired[-1]
    assert (owner.slot, owner.value, owner.expected, owner.contested) == ("owner", SECOND.id, POOL.id, True)
    assert [each.key for each in moved.entries] == [f"{LEAD.id}|unclaimed_0", f"{LEAD.id}|unclaimed_1"]
    assert fallen_due(1, after(days=2), of=LEAD.model_copy(update={"owner": SECOND.id})).desired == ()


def test_one_that_came_to_its_queue_later_has_the_rest_of_its_time() -> None:
    later = LEAD.model_copy(update={"owner_since": after(hours=6)})
    again = fallen_due(0, after(days=1), of=later)
    assert [(each.key, each) for each in again.entries] == [
        (f"{LEAD.id}|unclaimed_0", clock(0, after(days=1, hours=6)))
    ]
    assert again.verdict is None


@pytest.mark.parametrize(
    ("given", "docket", "rows"),
    [
        ({}, (HELD,), ROWS),
        ({"owner": ANNA.id}, (), ROWS),
        ({"owner": None}, (), ROWS),
        ({"converted": True}, (), ROWS),
        ({}, (), ()),  # a newer policy has no such row
        ({}, (), (Unclaimed(after=DAY, queues=("Second_Pool",)),)),
    ],
)
def test_nothing_follows_for_what_is_held_or_is_in_no_queue_of_the_row(
    given: dict[str, Any], docket: tuple[Any, ...], rows: Any
) -> None:
    found = fallen_due(0, after(days=1), *docket, of=LEAD.model_copy(update=given), rows=rows)
    assert (found.verdict, found.entries, found.desired) == (None, (), ())
    assert fallen_due(0, after(days=1)).verdict is not None


def test_where_the_other_queue_is_not_known_the_lead_stays_and_is_flagged() -> None:
    found = fallen_due(0, after(days=1), rows=(Unclaimed(after=DAY, to="Nowhere"),))
    assert [each.slot for each in found.desired] == ["message"]
    assert found.entries == ()
