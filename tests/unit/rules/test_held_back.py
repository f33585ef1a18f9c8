"""A claim on hold: who may rule on it, what that ends, and what sets it free without anybody's word (R3.7, R1.2)."""

from datetime import timedelta

import pytest

from connector.canonical.docket import ClaimState, DeadlineEntry
from connector.canonical.fact import Fact, FactKind
from connector.canonical.kind import Kind
from connector.canonical.phrase import Phrase
from connector.canonical.records import Lead, Person
from connector.canonical.time import at
from connector.canonical.verdict import Outcome
from connector.policy.claiming import Pace, PaceOf
from connector.policy.model import Then
from connector.policy.outcomes import QuotaOf
from connector.rules import duty
from tests.scenarios.claims import ANNA, CARLA, MANAGER, POOL, channel, pooled, quota
from tests.support.builders import OURS, after, ident, someone
from tests.support.channel import Channel, Told
from tests.support.settling import Settling

CLAIMED, LATER = after(hours=1), after(days=1)


def tied(story: Channel, number: int) -> list[Lead]:
    """So many leads that Anna takes in one second, each shown as on hold."""
    leads = [pooled(story, n) for n in range(1, number + 1)]
    for lead in leads:
        story.claim(lead, ANNA, CLAIMED)
        story.save(lead, CLAIMED + timedelta(seconds=5), OURS, claim_verdict="on_hold")
    return leads


def states(told: Told, leads: list[Lead]) -> list[str]:
    """Of each lead's claim: its state, or that it waits."""
    claims = [told.claims(lead, open_only=False)[0] for lead in leads]
    return ["waits" if claim.open and claim.hold else claim.state.value for claim in claims]


def ruled(story: Channel, lead: Lead, word: str, by: Person) -> Lead:
    return story.save(lead, LATER, by, claim_verdict=word)


def test_a_claim_that_a_person_lets_stand_takes_the_place_and_all_others_of_its_second_go_back() -> None:
    story = channel(quota=quota(1))
    leads = tied(story, 3)
    assert states(story.tell(after(hours=2)), leads) == ["waits"] * 3
    ruled(story, leads[1], "held", MANAGER)
    told = story.tell(after(days=2))
    assert states(told, leads) == ["revoked", "active", "revoked"]
    assert told.claims(leads[1])[0].ruled_by == MANAGER.id
    assert told.says(leads[1]) == (
        Phrase.CLAIM_HELD,
        Phrase.PERSON_APPROVED,
        Phrase.CLAIM_HELD_WORK_BY,
    )
    assert told.moved(leads[0]) == (POOL.id, ANNA.id)
    assert told.reasons(leads[0]) == {Phrase.CLAIM_OVER_QUOTA}


def test_with_one_of_three_given_back_the_other_two_wait_on_and_nothing_new_is_said_of_them() -> None:
    story = channel(quota=quota(1))
    leads = tied(story, 3)
    story.release(leads[0], POOL, ANNA, LATER)
    told = story.tell(after(days=2))
    assert states(told, leads) == ["released", "waits", "waits"]
    assert len(told.verdicts(leads[1])) == 1


def test_with_two_of_three_given_back_the_last_has_the_place() -> None:
    story = channel(quota=quota(1))
    leads = tied(story, 3)
    for lead in leads[:2]:
        story.release(lead, POOL, ANNA, LATER)
    told = story.tell(after(days=2))
    assert states(told, leads) == ["released", "released", "active"]
    assert told.outcome(leads[2]) is Outcome.APPROVE
    assert told.shown(leads[2], "verdict") == "held"


def test_a_claim_that_goes_on_has_to_be_worked_by_the_day_it_was_told_at_first() -> None:
    story = channel(quota=quota(1))
    leads = tied(story, 2)
    at_first = story.tell(after(hours=2)).claims(leads[1])[0].work_by
    story.release(leads[0], POOL, ANNA, LATER)
    told = story.tell(after(days=2))
    assert told.claims(leads[1])[0].work_by == at_first
    due = told.entry(DeadlineEntry, f"{leads[1].id}|{duty.WORK_BY}")
    assert (due.due, due.done) == (at_first, False)


def test_a_claim_that_is_worked_while_it_waits_still_says_so_and_shows_the_work_once_it_stands() -> None:
    story = channel(quota=quota(1))
    leads = tied(story, 2)
    story.work(leads[0], ANNA, after(hours=3))
    told = story.tell(after(hours=4))
    assert told.claims(leads[0])[0].state is ClaimState.WORKED
    assert told.shown(leads[0], "verdict") == "on_hold"
    ruled(story, leads[0], "held", MANAGER)
    told = story.tell(after(days=2))
    assert told.shown(leads[0], "verdict") == "worked"
    assert told.says(leads[0]) == (Phrase.CLAIM_HELD, Phrase.PERSON_APPROVED)


def test_a_claim_that_a_person_refuses_goes_back_and_is_nobodys_to_work() -> None:
    story = channel(quota=quota(1))
    leads = tied(story, 2)
    ruled(story, leads[0], "returned", MANAGER)
    told = story.tell(after(days=2))
    assert states(told, leads) == ["revoked", "active"]
    assert told.says(leads[0]) == (Phrase.CLAIM_RETURNED, Phrase.PERSON_REJECTED)
    assert told.moved(leads[0]) == (POOL.id, ANNA.id)
    assert told.entry(DeadlineEntry, f"{leads[0].id}|{duty.WORK_BY}").done


@pytest.mark.parametrize("by", [ANNA, CARLA])
def test_a_partner_user_rules_on_no_claim(by: Person) -> None:
    story = channel(quota=quota(1))
    leads = tied(story, 2)
    ruled(story, leads[0], "held", by)
    assert states(story.tell(after(days=2)), leads) == ["waits", "waits"]


def test_a_word_on_a_claim_that_stands_already_rules_nothing() -> None:
    story = channel()
    lead = pooled(story, 1)
    story.claim(lead, ANNA, CLAIMED)
    story.save(lead, after(hours=2), OURS, claim_verdict="on_hold")
    ruled(story, lead, "returned", MANAGER)
    told = story.tell(after(days=2))
    assert told.claims(lead)[0].state is ClaimState.ACTIVE
    assert len(told.verdicts(lead)) == 1


def test_what_was_claimed_and_given_back_counts_in_its_pace_but_what_was_refused_never_stood() -> None:
    pace = Pace(claims=quota(1), within=timedelta(days=7), per=PaceOf.FIRM)
    for word, expected in (("released", "waits"), ("returned", "active")):
        story = channel(claim_pace=(pace,))
        leads = tied(story, 2)
        if word == "released":
            story.release(leads[0], POOL, ANNA, LATER)
        else:
            ruled(story, leads[0], word, MANAGER)
        assert states(story.tell(after(days=2)), leads)[1] == expected, word


def test_a_claim_that_waits_for_two_things_waits_on_when_one_of_them_is_settled() -> None:
    """R3.7, R1.2: the last place is free again, but another firm still holds the customer."""
    story = channel(quota=quota(1), same_customer_held=Then.REVIEW)
    held = pooled(story, 9, customer=someone(2))
    story.claim(held, CARLA, after(minutes=1))
    leads = tied(story, 2)
    story.release(leads[0], POOL, ANNA, LATER)
    told = story.tell(after(days=2))
    assert told.claims(leads[1])[0].hold == ("partner_partner",)
    assert told.shown(leads[1], "verdict") == "on_hold"
    ruled(story, leads[1], "held", MANAGER)
    told = story.tell(after(days=3))
    assert told.claims(leads[1])[0].hold == ()
    assert told.conflicts(leads[1]) == []


def test_of_a_lead_that_two_firms_hold_in_doubt_the_owners_claim_stands_and_the_other_ends() -> None:
    """R3.6: nobody can say who passed the lead on, so a person does."""
    story = channel()
    lead = pooled(story, 1)
    story.claim(lead, ANNA, CLAIMED)
    passed = {"owner": CARLA.id, "owner_since": after(hours=2), "owner_before": ANNA.id}
    story.save(lead, after(hours=2), OURS, claim_verdict="on_hold", **passed)
    told = story.tell(after(hours=3))
    assert sorted(claim.holder for claim in told.claims(lead)) == sorted([ANNA.id, CARLA.id])
    ruled(story, lead, "held", MANAGER)
    told = story.tell(after(days=2))
    assert [(claim.holder, claim.ruled_by) for claim in told.claims(lead)] == [(CARLA.id, MANAGER.id)]


def test_of_two_claims_of_one_second_on_one_lead_the_one_to_whom_the_desk_gives_it_stands() -> None:
    """R3.6: each took it out of the pool, as far as the org tells."""
    story = channel()
    lead = pooled(story, 1)
    story.claim(lead, ANNA, CLAIMED)
    story.claim(lead, CARLA, CLAIMED)
    out_of_the_pool = {"prior": POOL.id, "step": 1}
    taken = [each for each in story.facts if each.kind is FactKind.CLAIMED]
    story.facts = [each.model_copy(update=out_of_the_pool) for each in taken]
    told = story.tell(after(hours=2))
    assert [claim.hold for claim in told.claims(lead)] == [("first_holder",)] * 2
    story.claim(lead, ANNA, LATER, actor=MANAGER)
    told = story.tell(after(days=2))
    assert [(claim.holder, claim.hold) for claim in told.claims(lead)] == [(ANNA.id, ())]
    assert told.shown(lead, "verdict") == "held"


def test_of_a_suspected_contact_the_reason_stays_as_long_as_its_conflict_does() -> None:
    """R4.9: the last place is free, but the numbers are looked at yet; once that is over nothing is left of it."""
    number = "+49 821 5550101"
    one_number = someone(2).model_copy(update={"phone": number, "fax": number})
    for settled, expected in ((False, ("contact.suspected", ("fake_contact",))), (True, ("", ()))):
        story = channel(quota=quota(1), suspicious_contact=Then.HOLD)
        leads = [pooled(story, 1), pooled(story, 2, customer=one_number, caller_id=number)]
        for lead in leads:
            story.claim(lead, ANNA, CLAIMED)
        story.release(leads[0], POOL, ANNA, LATER)
        told = story.tell(after(days=2))
        if settled:
            [conflict] = told.conflicts(leads[1])
            story.facts.append(
                Fact(
                    kind=FactKind.REVIEWED,
                    subject=Kind.CONFLICT,
                    record=ident("a04", 1),
                    when=at(after(days=3)),
                    value="dismissed",
                    actor=MANAGER.id,
                    detail={"key": conflict.key},
                )
            )
            told = story.tell(after(days=4))
        claim = told.claims(leads[1])[0]
        assert (claim.reason, claim.hold) == expected
        assert told.shown(leads[1], "verdict") == ("held" if settled else "on_hold")


def test_work_sets_those_free_that_wait_for_a_place_only_where_worked_leads_take_none() -> None:
    for counted, expected in ((QuotaOf.UNWORKED, ["worked", "active"]), (QuotaOf.HELD, ["waits", "waits"])):
        story = channel(quota=quota(1), quota_of=counted)
        leads = tied(story, 2)
        story.work(leads[0], ANNA, LATER)
        assert states(story.tell(after(days=2)), leads) == expected


def test_with_one_of_four_worked_three_wait_on_for_two_places() -> None:
    story = channel(quota=quota(2), quota_of=QuotaOf.UNWORKED)
    leads = tied(story, 4)
    story.work(leads[0], ANNA, LATER)
    assert states(story.tell(after(days=2)), leads) == ["worked", "waits", "waits", "waits"]


def test_a_late_claim_is_counted_beside_what_was_not_worked_at_its_own_time() -> None:
    story = channel(quota=quota(1), quota_of=QuotaOf.UNWORKED)
    first, second, third = (pooled(story, n) for n in (1, 2, 3))
    story.claim(first, ANNA, CLAIMED)
    story.work(first, ANNA, LATER)
    for late, at_that_time in ((second, after(hours=2)), (third, after(days=2))):
        story.claim(late, ANNA, at_that_time)
    settling = Settling(story)
    told_in_time = [fact for fact in story.facts if fact.record == first.id]
    settling.arrive(told_in_time)
    settling.seal(after(days=3))
    settling.arrive(story.facts)
    settling.seal(after(days=4))
    outcomes = {d.fact.record: d.verdict.outcome for d in settling.sealed if d.fact.late and d.verdict}
    assert outcomes == {second.id: Outcome.REJECT, third.id: Outcome.APPROVE}
