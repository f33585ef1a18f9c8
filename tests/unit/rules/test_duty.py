"""R3.8: by when a claimed lead is to be worked, who is reminded of it, and when nobody is."""

from datetime import UTC, datetime
from typing import Any

import pytest

from connector.canonical.docket import ClaimEntry, ClaimState, DeadlineEntry
from connector.canonical.fact import FactKind
from connector.canonical.intent import Say
from connector.canonical.kind import Kind
from connector.canonical.phrase import Phrase
from connector.canonical.time import at, instant_text
from connector.policy.duration import Duration
from connector.rules import duty
from tests.support.builders import START, after, lead, seller
from tests.support.channel import claims_policy
from tests.unit.rules.cases import ANNA, CARLA, NORD, acted, world

LEAD = lead(1, CARLA)
BERND = seller(5, NORD)
POLICY = claims_policy(remind=tuple(Duration.model_validate(after(days=days) - START) for days in (3, 1)))


def claim(by: Any, days: float, **given: Any) -> ClaimEntry:
    base = {"work_by": after(days=5)}
    return ClaimEntry(lead=LEAD.id, holder=by.id, firm=by.firm, opened=at(after(days=days)), **(base | given))


@pytest.mark.parametrize(
    ("decided", "ahead"),
    [(0, [3, 1]), (1.99, [3, 1]), (2, [1]), (4.5, [])],  # none falls due before it was decided (law 4)
)
def test_a_holder_is_reminded_as_long_before_as_the_policy_says(decided: float, ahead: list[int]) -> None:
    assert POLICY.claims is not None
    office = POLICY.office_hours
    found = list(duty.deadlines(POLICY.claims, LEAD.id, after(days=5), after(days=decided), office))
    assert (found[0].name, found[0].due) == (duty.WORK_BY, after(days=5))
    assert [each.due for each in found[1:]] == [after(days=5 - days) for days in ahead]
    assert all(each.name.startswith(duty.REMIND) for each in found[1:])
    assert {each.record for each in found} == {LEAD.id}


def test_of_several_who_have_not_worked_a_lead_its_owner_is_asked_first() -> None:
    """Inside one second a lead may have gone through several hands."""
    early, late, owner = claim(BERND, -3), claim(ANNA, -2), claim(CARLA, -1)
    worked, ended = claim(ANNA, -9, state=ClaimState.WORKED), claim(BERND, -8, state=ClaimState.RELEASED)
    docket = (late, early, owner, worked, ended)
    assert duty.idle(LEAD.id, world(LEAD, docket=docket)) == [owner, early, late]
    assert duty.idle(LEAD.id, world(docket=docket)) == [early, late, owner]  # the lead itself is gone


@pytest.mark.parametrize(
    ("claims", "told"),
    [
        ((claim(CARLA, -1),), True),
        ((claim(CARLA, -1, state=ClaimState.WORKED),), False),
        ((claim(CARLA, -1, work_by=None),), False),
        ((claim(CARLA, -1, work_by=START),), False),  # due in this very second: no reminder any more
        ((claim(CARLA, -1, work_by=after(seconds=1)),), True),
        ((), False),
    ],
)
def test_whoever_has_not_worked_a_lead_yet_reads_by_when_to(
    claims: tuple[ClaimEntry, ...], *, told: bool
) -> None:
    fact = acted(FactKind.TICK, Kind.LEAD, LEAD.id, value=f"{duty.REMIND}_1")
    decision = duty.due_soon(fact, world(LEAD, docket=claims, fact=fact), POLICY)
    assert (decision.entries, decision.verdict) == ((), None)
    said = [each.value for each in decision.desired if isinstance(each.value, Say)]
    expected = [
        (CARLA.id, ((Phrase.CLAIM_WORK_SOON, {"until": instant_text(each.work_by)}),))
        for each in claims
        if told and each.work_by
    ]
    assert [(each.reader, each.sentences) for each in said] == expected


def test_nobody_is_reminded_of_a_lead_that_is_worked() -> None:
    never = datetime.max.replace(tzinfo=UTC)
    kept = [
        DeadlineEntry(name=name, subject=Kind.LEAD, record=LEAD.id, due=after(days=4))
        for name in ("work_remind_1", "stale")
    ]
    done = list(duty.done(world(LEAD, docket=tuple(kept)), LEAD.id))
    over = DeadlineEntry(name=duty.WORK_BY, subject=Kind.LEAD, record=LEAD.id, due=never, done=True)
    assert done == [over, kept[0].model_copy(update={"done": True})]
