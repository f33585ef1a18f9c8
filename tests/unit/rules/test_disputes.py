"""R1.2, law 7: what a person's word on a conflict does, who looks after it, and when nobody has to any more."""

from datetime import timedelta
from typing import Any

import pytest

from connector.canonical.docket import (
    ConflictEntry,
    ConflictState,
    DeadlineEntry,
    RegistrationEntry,
    RegistrationState,
)
from connector.canonical.entry import Entry
from connector.canonical.fact import Fact, FactKind
from connector.canonical.ids import RecordId
from connector.canonical.kind import Kind
from connector.canonical.time import at
from connector.policy.disputes import Disputes, DisputeStep
from connector.policy.model import Policy
from connector.rules import disputes
from connector.rules.decision import Decision
from tests.support.builders import START, after, ident, seller
from tests.support.channel import shipped
from tests.unit.rules.cases import NORD, SUED, acted, world

MIA, ONE, OTHER, THIRD = seller(8), ident("a01", 1), ident("a01", 2), ident("a01", 3)
PAIR = ConflictEntry(
    kind="partner_partner", left=ONE, right=OTHER, left_kind=Kind.REGISTRATION, right_kind=Kind.REGISTRATION,
    opened_at=after(days=-3), state=ConflictState.ASSIGNED, desk="Channel_Desk",
)  # fmt: skip
State = ConflictState
ESCALATES = DeadlineEntry(
    name=f"{disputes.ESCALATE}|0|{PAIR.key}", subject=Kind.CONFLICT, record=ONE, due=after(days=2)
)
STEPS = (
    DisputeStep(after=timedelta(hours=48), to="Head", business=False),
    DisputeStep(after=timedelta(days=9), to="Chief"),
)


def policy(assign_to: str = "Channel_Desk") -> Policy:
    given = {"conflicts": Disputes(assign_to=assign_to, escalate=STEPS)}
    return shipped("deal_registration").model_copy(update=given)


def pair(**given: Any) -> ConflictEntry:
    return PAIR.model_copy(update=given)


def registration(record: RecordId, **given: Any) -> RegistrationEntry:
    base = {"registration": record, "firm": NORD.id, "filed": at(START), "state": RegistrationState.IN_REVIEW}
    return RegistrationEntry(**(base | given))


def of(decision: Decision, kind: type[Entry]) -> list[Any]:
    return [each for each in decision.entries if isinstance(each, kind)]


def word(value: str, entry: ConflictEntry, *there: Entry, resolution: str = "") -> Decision:
    """What Mia's word on the record of a conflict does."""
    fact = acted(
        FactKind.REVIEWED, Kind.CONFLICT, ident("a09", 1), value=value, actor=MIA.id,
        detail={"key": entry.key, "resolution": resolution},
    )  # fmt: skip
    return disputes.ruled(fact, world(MIA, docket=(entry, *there), fact=fact), policy())


@pytest.mark.parametrize(("value", "state"), [("resolved", State.RESOLVED), ("dismissed", State.DISMISSED)])
def test_a_person_ends_a_conflict_and_with_it_its_clock_and_what_both_records_show(
    value: str, state: State
) -> None:
    strange = ESCALATES.model_copy(update={"name": f"{disputes.ESCALATE}|0|poach|1|2"})
    decision = word(value, PAIR, ESCALATES, strange, resolution="both may go on")
    (ended,) = of(decision, ConflictEntry)
    assert ended == pair(state=state, resolution="both may go on", resolved_by=MIA.id)
    done = [each for each in of(decision, DeadlineEntry) if each.done]
    assert [each.name for each in done] == [ESCALATES.name]
    assert {(each.record, each.slot, each.value) for each in decision.desired} == {
        (ONE, "in_conflict", "false"),
        (OTHER, "in_conflict", "false"),
    }
    (bare,) = of(word(value, PAIR), ConflictEntry)
    assert bare.resolution == value


def test_what_a_person_says_are_two_customers_is_judged_again_without_each_other() -> None:
    again = [each for each in of(word("dismissed", PAIR), DeadlineEntry) if not each.done]
    assert [(each.record, each.due) for each in again] == [(ONE, START), (OTHER, START)]
    assert {each.name for each in again} == {f"reconsider|{PAIR.key}"}
    assert of(word("resolved", PAIR), DeadlineEntry) == []


def test_a_record_in_another_open_conflict_goes_on_showing_it() -> None:
    decision = word("resolved", PAIR, pair(right=THIRD))
    assert [(each.record, each.value) for each in decision.desired] == [(OTHER, "false")]


@pytest.mark.parametrize("value", ["open", "reopened"])
def test_a_person_opens_a_conflict_again_and_its_clock_starts_anew(value: str) -> None:
    settled = pair(state=State.RESOLVED, resolution="both may go on", resolved_by=MIA.id, reopened=1)
    decision = word(value, settled)
    (again,) = of(decision, ConflictEntry)
    assert again == settled.model_copy(update={"state": State.REOPENED, "reopened": 2})
    steps = of(decision, DeadlineEntry)
    assert [(each.name, each.due) for each in steps][:1] == [(ESCALATES.name, after(days=2))]
    assert len(steps) == 2
    assert not any(each.done for each in steps)
    assert decision.desired == ()


@pytest.mark.parametrize(
    ("value", "state"),
    [("reopened", State.ESCALATED), ("open", State.ASSIGNED), ("resolved", State.RESOLVED), ("perhaps", State.OPEN)],
)  # fmt: skip
def test_a_word_that_changes_nothing_is_none(value: str, state: State) -> None:
    decision = word(value, pair(state=state))
    assert (decision.entries, decision.desired) == ((), ())


def tick(entry: ConflictEntry, *there: Entry, number: int = 0) -> Decision:
    fact: Fact = acted(FactKind.TICK, Kind.CONFLICT, ONE, value=f"{disputes.ESCALATE}|{number}|{entry.key}")
    return disputes.escalated(fact, world(MIA, docket=(entry, ESCALATES, *there), fact=fact), policy())


def test_what_nobody_settles_goes_up_step_by_step() -> None:
    (first,) = of(tick(PAIR), ConflictEntry)
    assert first == pair(state=State.ESCALATED, desk="Head", escalations=1)
    (second,) = of(tick(first, number=1), ConflictEntry)
    assert second == pair(state=State.ESCALATED, desk="Chief", escalations=2)
    assert tick(first, number=2).entries == ()  # the ladder is shorter by now
    assert tick(pair(state=State.RESOLVED)).entries == ()


@pytest.mark.parametrize(
    ("side", "kind", "settled"),
    [
        (registration(ONE), "partner_partner", False),
        (registration(ONE, state=RegistrationState.APPROVED), "partner_partner", False),
        (registration(ONE, state=RegistrationState.REJECTED), "partner_partner", True),
        (registration(OTHER, state=RegistrationState.WITHDRAWN), "partner_partner", True),
        (registration(ONE, state=RegistrationState.REJECTED, appealed=True), "partner_partner", False),
        (registration(ONE, state=RegistrationState.REJECTED), "poach", False),  # what was done stays done
    ],
)
def test_what_a_ruling_has_settled_is_not_escalated(
    side: RegistrationEntry, kind: str, *, settled: bool
) -> None:
    (after_it,) = of(tick(pair(kind=kind), side), ConflictEntry)
    assert after_it.open is not settled
    assert after_it.resolution == (f"by rule: {side.state.value}" if settled else "")


def test_a_new_conflict_goes_to_the_policys_desk_where_it_has_one() -> None:
    fresh = pair(state=State.OPEN, desk="", opened_at=START)
    fact = acted(FactKind.FILED, Kind.REGISTRATION, ONE)
    for desk, stands in (("Channel_Desk", State.ASSIGNED), ("", State.OPEN)):
        seen = world(MIA, SUED, fact=fact)
        decision = disputes.looked_after(Decision(fact=fact, entries=(fresh,)), seen, policy(desk))
        assert of(decision, ConflictEntry) == [fresh.model_copy(update={"state": stands, "desk": desk})]
        assert len(of(decision, DeadlineEntry)) == len(STEPS)
