"""The order inside one second: chains of owners and merges, and deadlines between the facts (laws 2 and 4)."""

from datetime import timedelta
from itertools import pairwise, permutations

import pytest

from connector.canonical.docket import (
    ClaimEntry,
    ClaimState,
    DeadlineEntry,
    RegistrationEntry,
    RegistrationState,
)
from connector.canonical.fact import Fact, FactKind
from connector.canonical.ids import RecordId
from connector.canonical.kind import Kind
from connector.canonical.time import at
from connector.rules.docket import MemoryDocket, OverlayDocket
from connector.rules.fold import chained
from tests.scenarios.claims import ANNA, BERND, CARLA, NORD, POOL, channel, pooled
from tests.support.builders import after, ident

LEAD = ident("00Q", 1)


def claim(prior: RecordId, value: RecordId) -> Fact:
    return Fact(
        kind=FactKind.CLAIMED, subject=Kind.LEAD, record=LEAD, when=at(after()), value=value, prior=prior
    )


def merge(record: RecordId, master: RecordId) -> Fact:
    return Fact(kind=FactKind.MERGED, subject=Kind.LEAD, record=record, when=at(after()), value=master)


@pytest.mark.parametrize("owners", list(permutations([ANNA.id, BERND.id, CARLA.id])))
def test_owner_changes_of_one_second_are_judged_link_by_link(owners: tuple[RecordId, ...]) -> None:
    links = [claim(a, b) for a, b in zip((POOL.id, *owners), owners, strict=False)]
    for mixed in permutations(links):
        assert list(chained(mixed)) == links


@pytest.mark.parametrize("leads", list(permutations([ident("00Q", n) for n in (1, 2, 3)])))
def test_merges_of_one_second_follow_the_survivor(leads: tuple[RecordId, ...]) -> None:
    links = [merge(a, b) for a, b in pairwise(leads)]
    for mixed in permutations(links):
        assert list(chained(mixed)) == links


def test_a_circle_of_owners_is_ordered_all_the_same() -> None:
    circle = [claim(ANNA.id, BERND.id), claim(BERND.id, CARLA.id), claim(CARLA.id, ANNA.id)]
    assert sorted(f.value for f in chained(circle)) == sorted(f.value for f in circle)


def test_a_claim_goes_through_two_merges_of_one_second() -> None:
    """Law 10: lineage."""
    story = channel()
    first, second, third = (pooled(story, n) for n in (3, 1, 2))
    story.claim(first, ANNA, after())
    story.merge(first, second, after(minutes=1))
    story.merge(second, third, after(minutes=1))
    told = story.tell(after(hours=1))
    assert [claim.holder for claim in told.claims(third)] == [ANNA.id]
    assert told.claims(first) == told.claims(second) == []
    assert told.held_by(NORD) == 1


def test_of_two_claims_that_meet_in_a_merge_the_first_goes_on_whatever_its_id() -> None:
    """Law 1, law 10: the duty to work goes with it."""
    for low, high in ((1, 2), (2, 1)):
        story = channel()
        one, other, master = pooled(story, low), pooled(story, high), pooled(story, 3)
        story.claim(one, ANNA, after())
        story.claim(other, CARLA, after(minutes=1))
        for lead in (one, other):
            story.merge(lead, master, after(minutes=2))
        told = story.tell(after(hours=1))
        assert [claim.holder for claim in told.claims(master)] == [ANNA.id]
        gone = story.tell(after(days=10))
        assert gone.claims(master) == []
        assert gone.moved(master) == (POOL.id, ANNA.id)


@pytest.mark.parametrize("worked", ["merged away", "survivor"])
def test_two_leads_taken_in_one_second_and_merged_are_one_holding_worked_where_either_was(
    worked: str,
) -> None:
    """Law 10: what the holder did for one of the records is done for the customer; no duty runs anew."""
    story = channel()
    one, master = pooled(story, 1), pooled(story, 2)
    for lead in (one, master):
        story.claim(lead, ANNA, after())
    story.work(one if worked == "merged away" else master, ANNA, after(seconds=30))
    story.merge(one, master, after(minutes=2))
    told = story.tell(after(days=30))
    assert [(claim.holder, claim.state) for claim in told.claims(master)] == [(ANNA.id, ClaimState.WORKED)]
    assert told.held_by(NORD) == 1


def test_the_claim_of_the_survivors_owner_goes_on_although_another_was_earlier() -> None:
    """Law 10: the org says who owns the surviving record; the other claim ends, without a cooldown."""
    story = channel()
    one, master = pooled(story, 1), pooled(story, 2)
    story.claim(one, ANNA, after())
    story.claim(master, CARLA, after(minutes=1))
    story.merge(one, master, after(minutes=2))
    told = story.tell(after(hours=1))
    assert [claim.holder for claim in told.claims(master)] == [CARLA.id]
    assert told.held_by(NORD) == 0
    assert {claim.state for claim in told.claims(one, open_only=False)} == {ClaimState.TRANSFERRED}


def test_an_overlay_keeps_its_changes_from_the_docket_below() -> None:
    below = DeadlineEntry(name="work_by", subject=Kind.LEAD, record=LEAD, due=after())
    overlay = OverlayDocket(base := MemoryDocket([below]))
    done = below.model_copy(update={"done": True})
    overlay.put([done])
    assert list(overlay.due(after(days=1))) == []
    assert list(base.due(after(days=1))) == [below]
    assert overlay.changes() == (done,)


def test_an_overlay_answers_by_index_from_both_with_its_own_word_last() -> None:
    mine = ClaimEntry(lead=LEAD, holder=ANNA.id, firm=NORD.id, opened=at(after()))
    moved = RegistrationEntry(
        registration=ident("a01", 1), firm=NORD.id, filed=at(after()), opportunity=ident("006", 1)
    )
    overlay = OverlayDocket(MemoryDocket([mine, moved]))
    overlay.put(
        [
            mine.model_copy(update={"state": ClaimState.REVOKED}),
            moved.model_copy(update={"opportunity": None}),
        ]
    )
    (found,) = overlay.find(ClaimEntry, f"firm:{NORD.id}", open_only=False)
    assert found.state is ClaimState.REVOKED
    assert list(overlay.find(ClaimEntry, f"firm:{NORD.id}")) == []
    assert list(overlay.find(RegistrationEntry, f"opportunity:{ident('006', 1)}")) == []


def test_a_window_protects_up_to_its_end_and_not_at_it() -> None:
    entry = RegistrationEntry(
        registration=ident("a01", 1), firm=NORD.id, filed=at(after()), state=RegistrationState.APPROVED
    )
    assert entry.protects_at(after(days=1000))
    ends = entry.model_copy(update={"protected_until": after(days=1)})
    assert ends.protects_at(after(days=1) - timedelta(seconds=1))
    assert not ends.protects_at(after(days=1))
