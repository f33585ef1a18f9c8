"""R3.7: "gatillo fácil": how many leads a firm may hold, and what happens beyond that."""

from connector.canonical.docket import ClaimEntry, ClaimState
from connector.canonical.phrase import Phrase
from connector.canonical.time import at
from connector.canonical.verdict import Outcome
from connector.policy.model import SameSecond
from tests.scenarios.claims import ANNA, BERND, CARLA, FAIR, MANAGER, NORD, POOL, channel, pooled, quota
from tests.support.builders import LONG_AGO, after, firm, ident, seller
from tests.support.channel import Channel, claims_policy


def test_over_quota_the_lead_returns_to_its_own_queue_with_the_reason() -> None:
    """R3.7: back to the queue it came from, only while the claimer still owns it, and the reason beside it."""
    story = channel(quota=quota(2))
    leads = [pooled(story, n, owner=FAIR) for n in (1, 2, 3)]
    for n, lead in enumerate(leads):
        story.claim(lead, ANNA, after(minutes=n))
    told = story.tell(after(hours=1))
    assert [told.outcome(lead) for lead in leads] == [Outcome.APPROVE, Outcome.APPROVE, Outcome.REJECT]
    assert told.moved(leads[2]) == (FAIR.id, ANNA.id)
    assert told.shown(leads[2], "verdict") == "returned"
    assert told.says(leads[2]) == (Phrase.CLAIM_RETURNED, Phrase.CLAIM_OVER_QUOTA)
    assert told.shown(NORD, "claims_held") == "2"
    assert told.shown(NORD, "claims_remaining") == "0"


def test_a_lead_without_a_known_queue_returns_to_the_pool_of_the_policy() -> None:
    """R3.7: `return_to` names the pool, never its id."""
    story = channel(quota=quota(0))
    lead = pooled(story, 1, owner=MANAGER)
    story.claim(lead, ANNA, after(minutes=1))
    assert story.tell(after(hours=1)).moved(lead) == (POOL.id, ANNA.id)


def test_users_of_one_firm_share_its_quota_and_another_firm_has_its_own() -> None:
    """R3.7 (ours): per partner firm."""
    story = channel(quota=quota(2))
    first, second, third, fourth = (pooled(story, n) for n in range(1, 5))
    story.claim(first, ANNA, after(minutes=1))
    story.claim(second, BERND, after(minutes=2))
    story.claim(third, ANNA, after(minutes=3))
    story.claim(fourth, CARLA, after(minutes=4))
    told = story.tell(after(hours=1))
    assert told.reasons(third) == {Phrase.CLAIM_OVER_QUOTA}
    assert told.outcome(fourth) is Outcome.APPROVE


def test_a_person_has_a_quota_of_its_own() -> None:
    """R3.7: per partner user."""
    story = channel(quota_per_person=quota(1))
    first, second, third = (pooled(story, n) for n in (1, 2, 3))
    story.claim(first, ANNA, after(minutes=1))
    story.claim(second, ANNA, after(minutes=2))
    story.claim(third, BERND, after(minutes=3))
    told = story.tell(after(hours=1))
    assert told.outcome(second) is Outcome.REJECT
    assert told.outcome(third) is Outcome.APPROVE


def test_a_full_quota_of_ones_own_is_told_as_ones_own_and_never_as_the_firms() -> None:
    """R3.7: per partner user: the firm has room, so the person reads of their own number, and its evidence is them."""
    story = channel(quota=quota(5), quota_per_person=quota(1))
    first, second = pooled(story, 1), pooled(story, 2)
    story.claim(first, ANNA, after(minutes=1))
    story.claim(second, ANNA, after(minutes=2))
    told = story.tell(after(hours=1))
    assert told.says(second) == (Phrase.CLAIM_RETURNED, Phrase.CLAIM_OVER_OWN_QUOTA)
    (refusal,) = [f for f in told.findings(second) if f.message == Phrase.CLAIM_OVER_OWN_QUOTA]
    assert refusal.params == {"held": "1", "quota": "1"}
    assert [shown.record for shown in refusal.exhibits] == [ANNA.id]
    counted = {f.message: f.params for f in told.findings(first) if f.rule == "quota"}
    assert counted == {
        Phrase.CLAIM_WITHIN_QUOTA: {"held": "1", "quota": "5"},
        Phrase.CLAIM_WITHIN_OWN_QUOTA: {"held": "1", "quota": "1"},
    }


def test_the_shipped_quota_goes_by_tier_as_of_the_claim() -> None:
    """R3.7: per tier; law 5: the tier of that moment, not of today."""
    for tier, free in (("Platinum", "79"), ("Gold", "39"), ("Silver", "19"), ("Registered", "9")):
        house = firm(1, tier=tier)
        user = seller(1, house)
        story = Channel(claims_policy())
        story.add(house, user, POOL)
        lead = pooled(story, 1)
        story.claim(lead, user, after(minutes=1))
        story.save(house, after(hours=2), MANAGER, tier="Gold")
        assert story.tell(after(hours=1)).shown(house, "claims_remaining") == free


def test_a_released_lead_frees_its_place() -> None:
    """R3.7: what is held counts, not what was ever claimed."""
    story = channel(quota=quota(1))
    first, second = pooled(story, 1), pooled(story, 2)
    story.claim(first, ANNA, after(minutes=1))
    story.release(first, POOL, ANNA, after(minutes=2))
    story.claim(second, ANNA, after(minutes=2))
    told = story.tell(after(hours=1))
    assert told.outcome(second) is Outcome.APPROVE
    assert told.held_by(NORD) == 1


def test_a_lead_handed_on_inside_a_full_firm_counts_once() -> None:
    """Law 10: quota counts holdings; the hand-over takes no further place."""
    story = channel(quota=quota(1))
    lead = pooled(story, 1)
    story.claim(lead, ANNA, after(minutes=1))
    story.claim(lead, BERND, after(minutes=2))
    told = story.tell(after(hours=1))
    assert told.outcome(lead) is Outcome.APPROVE
    assert told.held_by(NORD) == 1


def test_claims_of_one_second_for_the_last_place_go_to_a_person() -> None:
    """Law 1, R3.6: nobody was first; the record id never decides, so both wait."""
    story = channel(quota=quota(1), same_second=SameSecond.PERSON)
    first, second = pooled(story, 1), pooled(story, 2)
    story.claim(first, ANNA, after(minutes=1))
    story.claim(second, BERND, after(minutes=1))
    told = story.tell(after(hours=1))
    for lead in (first, second):
        assert told.outcome(lead) is Outcome.DEFER
        assert told.reasons(lead) == {Phrase.CLAIM_SAME_SECOND}
        assert told.shown(lead, "verdict") == "on_hold"


def test_a_policy_may_say_that_nobody_wins_a_tie() -> None:
    """Law 1: the policy says who decides."""
    story = channel(quota=quota(1), same_second=SameSecond.NOBODY)
    first, second = pooled(story, 1), pooled(story, 2)
    story.claim(first, ANNA, after(minutes=1))
    story.claim(second, ANNA, after(minutes=1))
    told = story.tell(after(hours=1))
    assert {told.outcome(first), told.outcome(second)} == {Outcome.REJECT}
    assert told.moved(first) == (POOL.id, ANNA.id)


def test_claims_of_one_second_are_all_held_while_there_is_room() -> None:
    story = channel(quota=quota(2))
    first, second = pooled(story, 1), pooled(story, 2)
    story.claim(first, ANNA, after(minutes=1))
    story.claim(second, ANNA, after(minutes=1))
    told = story.tell(after(hours=1))
    assert {told.outcome(first), told.outcome(second)} == {Outcome.APPROVE}


def test_adopted_excess_keeps_its_leads_and_blocks_only_new_claims() -> None:
    """Law 16, law 10: what a firm held before go-live is never revoked."""
    story = channel(quota=quota(2))
    old = [ident("00Q", 100 + n) for n in range(3)]
    opened = at(LONG_AGO)
    story.adopted = [
        ClaimEntry(lead=lead, holder=ANNA.id, firm=NORD.id, adopted=True, opened=opened) for lead in old
    ]
    lead = pooled(story, 1)
    story.claim(lead, ANNA, after(minutes=1))
    told = story.tell(after(hours=1))
    assert told.reasons(lead) == {Phrase.CLAIM_OVER_QUOTA}
    assert all(told.claims(each)[0].state is ClaimState.ACTIVE for each in old)
    assert told.held_by(NORD) == 3


def test_a_late_claim_that_fitted_then_is_held_and_the_later_ones_are_not_revoked() -> None:
    """Law 10: restored excess is flagged, never revoked; law 7: a late fact flips nothing silently."""
    story = channel(quota=quota(2))
    early, first, second = pooled(story, 1), pooled(story, 2), pooled(story, 3)
    story.claim(early, ANNA, after(minutes=1))
    late = story.facts.pop()
    story.claim(first, ANNA, after(minutes=2))
    story.claim(second, ANNA, after(minutes=3))
    story.facts.append(late.model_copy(update={"late": True}))
    docket = story.tell(after(hours=1), story.facts[:2]).docket
    decisions = tuple(story.fold(docket, after(hours=2), story.facts[2:]))
    (judged,) = decisions
    assert judged.verdict is not None
    assert judged.verdict.outcome is Outcome.APPROVE
    held = list(docket.find(ClaimEntry, f"firm:{NORD.id}"))
    assert {claim.lead for claim in held} == {early.id, first.id, second.id}
