"""R3.6, R3.7, law 10: what a lead fetched out of the recycle bin is, second by second and beside others."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from connector.canonical.docket import ClaimEntry, ClaimState, DeadlineEntry
from connector.canonical.records import Lead
from connector.canonical.time import at
from connector.canonical.verdict import Effect, Outcome
from connector.policy.model import Then
from tests.support.builders import START, after, filing, firm, lead, pool, seller, who
from tests.support.channel import Channel, Told, claims_policy, filings_policy
from tests.unit.rules.cases import one

NORD, SUED = firm(1), firm(2)
ANNA, BEN, CARLA, MIA = seller(1, NORD), seller(2, NORD), seller(3, SUED), seller(8)
POOL = pool()
CITY = who("Stadtwerke Auenried GmbH", city="Augsburg")
LEAD, TWIN, THIRD = lead(1, POOL, CITY), lead(2, POOL, CITY), lead(3, POOL)
GONE, BACK = after(days=1), after(days=3)


def channel(**changes: object) -> Channel:
    terms = {"same_customer_held": Then.HOLD} | changes
    story = Channel(claims_policy(**terms), filings_policy())
    story.add(NORD, SUED, ANNA, BEN, CARLA, MIA, POOL, LEAD, TWIN, THIRD)
    return story


def away(story: Channel, prize: Lead = LEAD) -> Channel:
    """Anna's claim of the first hour, and the lead in the bin from the first day on."""
    story.claim(prize, ANNA, START)
    story.delete(prize, GONE)
    return story


def restored(story: Channel, **changes: object) -> Told:
    story.undelete(LEAD, BACK, MIA, **changes)
    return story.tell(after(days=4))


def test_the_duty_goes_on_where_it_stood_with_its_reminders() -> None:
    told = restored(away(channel()))
    (claim,) = told.claims(LEAD)
    due = after(days=12)
    assert (claim.opened.latest, claim.state, claim.work_by) == (START, ClaimState.ACTIVE, due)
    assert (claim.gone_from, claim.gone_at, claim.back_at, claim.closed_at) == (None, GONE, BACK, None)
    waiting = {each.name: each.due for each in told.docket.find(DeadlineEntry, f"record:{LEAD.id}")}
    assert waiting == {"work_by": due, "work_remind_3": after(days=9), "work_remind_1": after(days=11)}
    assert told.of(LEAD)[-1].verdict is None
    assert told.shown(LEAD, "verdict") == "held"


def test_a_worked_claim_has_no_duty_when_it_is_back() -> None:
    story = channel()
    story.claim(LEAD, ANNA, START)
    story.work(LEAD, ANNA, after(hours=1))
    story.delete(LEAD, GONE)
    told = restored(story)
    (claim,) = told.claims(LEAD)
    assert claim.state is ClaimState.WORKED
    assert not list(told.docket.find(DeadlineEntry, f"record:{LEAD.id}"))
    assert (told.shown(LEAD, "verdict"), told.says(LEAD)) == ("worked", ("claim.back",))


def test_what_had_ended_before_stays_ended_and_goes_where_it_was_sent() -> None:
    story = channel()
    story.claim(LEAD, ANNA, START)
    story.delete(LEAD, after(days=11))
    story.undelete(LEAD, after(days=12), MIA)
    told = story.tell(after(days=13))
    assert [claim.state for claim in told.claims(LEAD, open_only=False)] == [ClaimState.RECYCLED]
    assert told.moved(LEAD) == (POOL.id, ANNA.id)


def test_a_refused_taker_is_sent_back_to_the_holder_whose_claim_is_back() -> None:
    story = channel()
    story.claim(LEAD, ANNA, START)
    story.claim(LEAD, CARLA, after(hours=1))
    story.delete(LEAD, after(hours=1, seconds=3))
    told = restored(story)
    assert {claim.holder: claim.state for claim in told.claims(LEAD, open_only=False)} == {
        ANNA.id: ClaimState.ACTIVE,
        CARLA.id: ClaimState.REVOKED,
    }
    put_back = [each for each in told.of(LEAD)[-1].desired if each.slot == "owner"]
    assert [(each.value, each.expected) for each in put_back] == [(ANNA.id, CARLA.id)]


def test_a_lead_of_whose_claim_nobody_knows_is_claimed_by_its_owner_when_it_is_back() -> None:
    story = channel()
    held = LEAD.model_copy(update={"owner": ANNA.id})
    story.add(held)
    story.delete(held, GONE)
    told = restored(story)
    (claim,) = told.claims(LEAD)
    assert (claim.holder, claim.opened.latest) == (ANNA.id, BACK)
    assert told.outcome(LEAD) is Outcome.APPROVE


@pytest.mark.parametrize("owner", [POOL.id, MIA.id])
def test_a_lead_that_nobody_held_is_held_by_nobody_when_it_is_back(owner: str) -> None:
    story = channel()
    kept = LEAD.model_copy(update={"owner": owner})
    story.add(kept)
    story.delete(kept, GONE)
    told = restored(story)
    assert not told.claims(LEAD, open_only=False)
    assert not told.verdicts(LEAD)


def test_a_lead_given_back_between_its_return_and_our_look_is_given_back() -> None:
    given = {"owner": POOL.id, "owner_since": BACK - timedelta(minutes=1), "owner_before": ANNA.id}
    told = restored(away(channel()), **given)
    assert not told.claims(LEAD)
    assert [fact.fact.kind.value for fact in told.of(LEAD)] == ["claimed", "deleted", "restored", "released"]


def test_a_lead_handed_on_between_its_return_and_our_look_goes_to_the_next_holder() -> None:
    handed = {"owner": BEN.id, "owner_since": BACK - timedelta(minutes=1), "owner_before": ANNA.id}
    told = restored(away(channel()), **handed)
    assert [claim.holder for claim in told.claims(LEAD)] == [BEN.id]


def test_a_firm_that_came_meanwhile_is_told_to_the_desk_and_holds_the_claim_back() -> None:
    story = away(channel())
    story.claim(TWIN, CARLA, after(days=2))
    told = restored(story)
    (claim,) = told.claims(LEAD)
    assert claim.hold == ("claimed_meanwhile",)
    assert told.outcome(LEAD) is Outcome.DEFER
    assert told.reasons(LEAD) == {"conflict.claimed_meanwhile"}
    (conflict,) = told.conflicts(LEAD, TWIN)
    assert (conflict.kind, conflict.opened_at) == ("partner_partner", BACK)
    assert told.shown(LEAD, "verdict") == "on_hold"
    assert [each.state for each in told.claims(TWIN)] == [ClaimState.ACTIVE]


def test_a_policy_that_flags_holds_nothing_back() -> None:
    story = away(channel(same_customer_held=Then.FLAG))
    story.claim(TWIN, CARLA, after(days=2))
    told = restored(story)
    assert told.reasons(LEAD, Effect.NOTE) == {"conflict.claimed_meanwhile"}
    assert told.shown(LEAD, "verdict") == "conflict"
    assert len(told.conflicts(LEAD, TWIN)) == 1
    assert told.claims(LEAD)[0].hold == ()


def test_a_policy_that_lets_firms_share_customers_says_nothing() -> None:
    story = away(channel(same_customer_held=Then.IGNORE))
    story.claim(TWIN, CARLA, after(days=2))
    told = restored(story)
    assert told.of(LEAD)[-1].verdict is None
    assert not told.conflicts(LEAD, TWIN)


def test_who_held_the_customer_before_the_deletion_is_not_told_once_more() -> None:
    story = channel(same_customer_held=Then.FLAG)
    story.claim(TWIN, CARLA, START - timedelta(hours=1))
    told = restored(away(story))
    assert told.of(LEAD)[-1].verdict is None


def test_a_firm_that_gave_the_customer_up_again_is_no_rival() -> None:
    story = away(channel())
    story.claim(TWIN, CARLA, after(days=2))
    story.release(TWIN, POOL, CARLA, after(days=2, hours=1))
    assert restored(story).of(LEAD)[-1].verdict is None


@pytest.mark.parametrize(("moment", "told_of"), [(after(days=2), True), (after(hours=-1), False)])
def test_a_registration_counts_from_its_approval(moment: datetime, *, told_of: bool) -> None:
    story, theirs = channel(), filing(1, CARLA, CITY)
    acts: list[tuple[datetime, Callable[[], object]]] = [
        (START, lambda: story.claim(LEAD, ANNA, START)),
        (GONE, lambda: story.delete(LEAD, GONE)),
    ]
    acts.append((moment, lambda: story.file(theirs, moment)))
    for _, act in sorted(acts, key=lambda each: each[0]):
        act()
    told = restored(story)
    assert (told.of(LEAD)[-1].verdict is not None) is told_of


def test_each_of_two_that_come_back_in_one_second_counts_the_other() -> None:
    story = channel(quota=one(2))
    for prize in (LEAD, THIRD):
        away(story, prize)
    story.claim(TWIN, BEN, after(days=2))
    story.undelete(THIRD, BACK, MIA)
    told = restored(story)
    for prize in (LEAD, THIRD):
        (said,) = told.findings(prize)
        assert (said.effect, said.message) == (Effect.NOTE, "claim.back_over_quota")
        assert dict(said.params) == {"held": "3", "quota": "2"}
    assert told.held_by(NORD) == 3


def test_a_person_beyond_the_own_number_is_told_so() -> None:
    story = away(channel(quota_per_person=one(1)))
    story.claim(THIRD, ANNA, after(days=2))
    told = restored(story)
    assert told.reasons(LEAD, Effect.NOTE) == {"claim.back_over_own_quota"}
    story = away(channel(quota_per_person=one(1)))
    story.claim(THIRD, BEN, after(days=2))
    assert restored(story).of(LEAD)[-1].verdict is None


def test_a_full_quota_is_no_excess() -> None:
    story = away(channel(quota=one(2)))
    story.claim(THIRD, BEN, after(days=2))
    assert restored(story).of(LEAD)[-1].verdict is None


def test_a_holding_is_not_held_while_its_lead_is_in_the_bin() -> None:
    claim = ClaimEntry(
        lead=LEAD.id, holder=ANNA.id, firm=NORD.id, opened=at(START), gone_at=GONE, back_at=BACK
    )
    second = timedelta(seconds=1)
    assert claim.held_at(GONE - second)
    assert not claim.held_at(GONE)
    assert not claim.held_at(BACK - second)
    assert claim.held_at(BACK)
    over = claim.model_copy(update={"state": ClaimState.RELEASED, "closed_at": after(days=5)})
    assert over.held_at(after(days=5) - second)
    assert not over.held_at(after(days=5))


def test_a_lead_deleted_twice_comes_back_twice() -> None:
    story = away(channel())
    story.undelete(LEAD, BACK, MIA)
    story.delete(LEAD, after(days=4))
    story.undelete(LEAD, after(days=6), MIA)
    told = story.tell(after(days=7))
    (claim,) = told.claims(LEAD)
    assert (claim.gone_at, claim.back_at, claim.work_by) == (after(days=4), after(days=6), after(days=14))
