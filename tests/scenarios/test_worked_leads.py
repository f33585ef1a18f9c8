"""R3.8: a claimed lead has to be worked, else it returns to the pool; and it may not be had back at once."""

from datetime import timedelta

from connector.canonical.docket import ClaimState
from connector.canonical.fact import FactKind
from connector.canonical.intent import Say
from connector.canonical.phrase import Phrase
from connector.canonical.time import instant_text
from connector.canonical.verdict import Outcome
from connector.policy.duration import Duration
from tests.scenarios.claims import ANNA, BERND, CARLA, MANAGER, NORD, POOL, channel, pooled
from tests.support.builders import OURS, activity, after, deal


def test_an_unworked_lead_goes_back_to_its_pool_when_the_time_is_over() -> None:
    """R3.8: ten days in the shipped policy; the move is compare-and-set and the reason is said."""
    story = channel()
    lead = pooled(story, 1)
    story.claim(lead, ANNA, after())
    assert story.tell(after(days=10, seconds=-1)).claims(lead)[0].state is ClaimState.ACTIVE
    told = story.tell(after(days=10))
    assert told.claims(lead, open_only=False)[0].state is ClaimState.RECYCLED
    assert told.moved(lead) == (POOL.id, ANNA.id)
    assert told.says(lead) == (Phrase.CLAIM_RECYCLED,)
    assert told.shown(NORD, "claims_held") == "0"


def test_the_partner_reads_by_when_to_work_the_lead() -> None:
    """R3.8."""
    story = channel()
    lead = pooled(story, 1)
    story.claim(lead, ANNA, after())
    told = story.tell(after(hours=1))
    assert told.shown(lead, "work_by") == instant_text(after(days=10))


def test_a_holder_is_reminded_three_days_and_one_day_before_the_end() -> None:
    """R3.8: "trabajar en todas las pistas que usted reclamó": said in time, by ticks that replay makes itself."""
    story = channel()
    lead = pooled(story, 1)
    story.claim(lead, ANNA, after())
    for days in (7, 9):
        before = story.tell(after(days=days, seconds=-1))
        told = story.tell(after(days=days))
        assert len(told.decisions) == len(before.decisions) + 1
        assert (told.decisions[-1].fact.instant, told.decisions[-1].verdict) == (after(days=days), None)
        assert told.decisions[-1].fact.value == f"work_remind_{10 - days}"
        assert told.says(lead) == (Phrase.CLAIM_WORK_SOON,)
        said = told.shown(lead, "message")
        assert isinstance(said, Say)
        assert (said.reader, said.sentences[0][1]) == (ANNA.id, {"until": instant_text(after(days=10))})
        assert told.claims(lead)[0].state is ClaimState.ACTIVE
        assert told.moved(lead) is None


def test_nobody_is_reminded_of_a_lead_that_is_worked_given_back_or_converted() -> None:
    """R3.8: the reminders end with the duty: none is left to fall due."""
    for act in ("worked", "released", "taken away", "converted", "merged"):
        story = channel()
        lead, survivor = pooled(story, 1), pooled(story, 2)
        story.claim(lead, ANNA, after())
        if act == "worked":
            story.work(lead, ANNA, after(days=2))
        elif act == "released":
            story.release(lead, POOL, ANNA, after(days=2))
        elif act == "taken away":
            story.release(lead, MANAGER, MANAGER, after(days=2))
        elif act == "converted":
            story.convert(lead, deal(1, ANNA), ANNA, after(days=2))
        else:
            story.merge(lead, survivor, after(days=2))
        told = story.tell(after(days=20))
        assert [due for due in told.docket.due(after(days=300)) if due.record == lead.id] == []
        assert [d.fact.value for d in told.of(lead) if d.fact.kind is FactKind.TICK] == [], act


def test_who_takes_a_lead_over_is_reminded_by_their_own_time() -> None:
    """R3.8: handed on inside the firm, the duty starts anew, and so do its reminders."""
    story = channel()
    lead = pooled(story, 1)
    story.claim(lead, ANNA, after())
    story.claim(lead, BERND, after(days=5))
    assert Phrase.CLAIM_WORK_SOON not in story.tell(after(days=11)).says(lead)
    said = story.tell(after(days=12)).shown(lead, "message")
    assert isinstance(said, Say)
    assert (said.reader, said.sentences[0][0]) == (BERND.id, Phrase.CLAIM_WORK_SOON)


def test_reminders_follow_a_claim_through_a_merge() -> None:
    """R3.8, law 10: the survivor's holder is reminded, on the survivor."""
    story = channel()
    lead = pooled(story, 1)
    survivor = pooled(story, 2, owner=ANNA)
    story.claim(lead, ANNA, after())
    story.merge(lead, survivor, after(days=8))
    told = story.tell(after(days=9))
    assert told.says(survivor) == (Phrase.CLAIM_WORK_SOON,)


def test_a_reminder_that_would_come_before_the_claim_never_comes_and_hours_are_told_apart() -> None:
    """Law 4: nothing falls due before the decision that set it."""
    ahead = tuple(Duration(length=timedelta(hours=hours)) for hours in (72, 12, 6))
    story = channel(work_within=timedelta(days=1), remind=ahead)
    lead = pooled(story, 1)
    story.claim(lead, ANNA, after())
    ticks = [d.fact for d in story.tell(after(days=0.99)).of(lead) if d.fact.kind is FactKind.TICK]
    assert [(tick.value, tick.instant) for tick in ticks] == [
        ("work_remind_43200s", after(hours=12)),
        ("work_remind_21600s", after(hours=18)),
    ]


def test_work_in_the_very_second_of_the_deadline_is_in_time() -> None:
    """Law 4: a tick comes after the facts of its instant."""
    story = channel()
    lead = pooled(story, 1)
    story.claim(lead, ANNA, after())
    story.work(lead, ANNA, after(days=10))
    told = story.tell(after(days=20))
    assert told.claims(lead)[0].state is ClaimState.WORKED
    assert told.moved(lead) is None


def test_a_call_by_a_colleague_is_work_and_one_by_a_stranger_is_not() -> None:
    """R3.8: an activity of the firm counts; somebody else's does not."""
    for caller, state in ((BERND, ClaimState.WORKED), (CARLA, ClaimState.RECYCLED)):
        story = channel()
        lead = pooled(story, 1)
        story.claim(lead, ANNA, after())
        story.call(activity(1, lead.id, caller, after(days=3)))
        assert story.tell(after(days=20)).claims(lead, open_only=False)[0].state is state


def test_our_own_later_write_does_not_hide_who_worked_the_lead() -> None:
    """R3.8: the version in which the change is seen may bear our login."""
    story = channel()
    lead = pooled(story, 1)
    story.claim(lead, ANNA, after())
    story.save(lead, after(days=2, seconds=3), OURS, worked=True, status_since=after(days=2))
    assert story.tell(after(days=20)).claims(lead)[0].state is ClaimState.WORKED


def test_work_that_becomes_known_after_the_lead_went_back_is_for_a_person() -> None:
    """Law 7: nothing flips silently."""
    story = channel()
    lead = pooled(story, 1)
    story.claim(lead, ANNA, after())
    story.call(activity(1, lead.id, ANNA, after(days=3)))
    late = story.facts.pop().model_copy(update={"late": True})
    docket = story.tell(after(days=11)).docket
    (judged,) = story.fold(docket, after(days=12), [late])
    assert judged.verdict is not None
    assert judged.verdict.outcome is Outcome.DEFER
    assert judged.verdict.cause == "late"
    assert (judged.entries, judged.desired) == ((), ())


def test_late_news_of_work_outside_the_claim_asks_nobody() -> None:
    """Law 7, R3.8: work from before the claim, or from after the lead went back, was not work on the claim."""
    for days in (-1, 10.5):
        story = channel()
        lead = pooled(story, 1)
        story.claim(lead, ANNA, after())
        story.call(activity(1, lead.id, ANNA, after(days=days)))
        late = story.facts.pop().model_copy(update={"late": True})
        docket = story.tell(after(days=11)).docket
        assert not [judged for judged in story.fold(docket, after(days=12), [late]) if judged.verdict]


def test_a_released_lead_may_not_be_claimed_again_at_once() -> None:
    """Law 10: give back and take again does not refill the quota; `[release, release + 7 days)`."""
    for days, outcome in ((6.999, Outcome.REJECT), (7, Outcome.APPROVE)):
        for user in (ANNA, BERND):
            story = channel()
            lead = pooled(story, 1)
            story.claim(lead, ANNA, after())
            story.release(lead, POOL, ANNA, after(hours=1))
            story.claim(lead, user, after(hours=1, days=days))
            assert story.tell(after(days=8)).outcome(lead) is outcome


def test_the_cooldown_counts_from_the_last_time_the_firm_gave_it_up() -> None:
    story = channel()
    lead = pooled(story, 1)
    story.claim(lead, BERND, after())
    story.release(lead, POOL, BERND, after(hours=1))
    story.claim(lead, ANNA, after(days=8))
    story.release(lead, POOL, ANNA, after(days=9))
    story.claim(lead, ANNA, after(days=10))
    told = story.tell(after(days=11))
    assert told.reasons(lead) == {Phrase.CLAIM_COOLDOWN}
    (refusal,) = [f for f in told.verdict(lead).findings if f.message == Phrase.CLAIM_COOLDOWN]
    assert refusal.params["until"] == instant_text(after(days=16))


def test_another_firm_may_claim_a_released_lead_at_once() -> None:
    story = channel()
    lead = pooled(story, 1)
    story.claim(lead, ANNA, after())
    story.release(lead, POOL, ANNA, after(hours=1))
    story.claim(lead, CARLA, after(hours=1, seconds=1))
    assert story.tell(after(days=1)).outcome(lead) is Outcome.APPROVE


def test_a_lead_that_our_people_took_away_was_not_given_up() -> None:
    """Law 10: the cooldown is for a firm that gives back, not for one from which a lead was taken."""
    story = channel()
    lead = pooled(story, 1)
    story.claim(lead, ANNA, after())
    story.release(lead, POOL, MANAGER, after(hours=1))
    story.claim(lead, ANNA, after(hours=2))
    told = story.tell(after(days=1))
    assert told.claims(lead, open_only=False)[0].state is ClaimState.TRANSFERRED
    assert told.outcome(lead) is Outcome.APPROVE


def test_an_unworked_lead_may_not_be_had_back_at_once() -> None:
    """R3.8, law 10."""
    story = channel()
    lead = pooled(story, 1)
    story.claim(lead, ANNA, after())
    story.save(
        lead, after(days=10, seconds=9), OURS, owner=POOL.id, owner_before=ANNA.id,
        owner_since=after(days=10, seconds=9),
    )  # fmt: skip
    story.claim(lead, ANNA, after(days=11))
    assert story.tell(after(days=12)).reasons(lead) == {Phrase.CLAIM_COOLDOWN}


def test_without_a_duty_nothing_falls_due() -> None:
    story = channel(work_within=None)
    lead = pooled(story, 1)
    story.claim(lead, ANNA, after())
    assert story.tell(after(days=300) + timedelta(days=1)).claims(lead)[0].state is ClaimState.ACTIVE
