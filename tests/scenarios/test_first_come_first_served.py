"""R3.5, R3.6: a lead in a queue goes to the first who takes it, by the org's own clock."""

from connector.canonical.docket import ClaimState
from connector.canonical.phrase import Phrase
from connector.canonical.time import between
from connector.canonical.verdict import Effect, Outcome
from tests.scenarios.claims import ANNA, BERND, CARLA, DIRECT, MANAGER, POOL, channel, pooled
from tests.support.builders import after


def test_a_claim_from_the_pool_is_held_and_its_pool_remembered() -> None:
    """R3.5: an owner is a user or a queue; the lead knows the queue to which it returns."""
    story = channel()
    lead = pooled(story, 1)
    story.claim(lead, ANNA, after(hours=1))
    told = story.tell(after(hours=2))
    assert told.outcome(lead) is Outcome.APPROVE
    assert told.shown(lead, "verdict") == "held"
    (claim,) = told.claims(lead)
    assert (claim.holder, claim.firm, claim.pool) == (ANNA.id, ANNA.firm, POOL.id)


def test_a_lead_of_our_own_people_is_no_claim() -> None:
    """R3.5: a lead held by direct sales counts for no firm."""
    story = channel()
    lead = pooled(story, 1)
    story.claim(lead, DIRECT, after(hours=1))
    assert story.tell(after(hours=2)).claims(lead) == []


def test_nobody_may_claim_what_another_firm_already_holds() -> None:
    """R3.6: "ningún otro socio puede reclamarlo"; the lead goes back to its holder by compare-and-set."""
    story = channel()
    lead = pooled(story, 1)
    story.claim(lead, ANNA, after(hours=1))
    story.claim(lead, CARLA, after(hours=1, seconds=1))
    told = story.tell(after(hours=2))
    assert told.outcome(lead) is Outcome.REJECT
    assert told.reasons(lead) == {Phrase.CLAIM_ALREADY_HELD}
    assert told.moved(lead) == (ANNA.id, CARLA.id)
    assert [claim.holder for claim in told.claims(lead)] == [ANNA.id]


def test_when_the_lead_is_back_with_its_holder_the_first_claim_goes_on() -> None:
    """R3.6: our own return of the lead is no new claim: neither its place nor its duty starts anew."""
    story = channel()
    lead = pooled(story, 1)
    story.claim(lead, ANNA, after(hours=1))
    story.claim(lead, CARLA, after(hours=2))
    story.claim(lead, ANNA, after(hours=2, seconds=5), actor=MANAGER)
    told = story.tell(after(hours=3))
    (claim,) = told.claims(lead)
    assert (claim.holder, claim.opened.latest) == (ANNA.id, after(hours=1))


def test_our_own_people_may_pass_a_lead_on() -> None:
    story = channel()
    lead = pooled(story, 1)
    story.claim(lead, ANNA, after(hours=1))
    story.claim(lead, CARLA, after(hours=2), actor=MANAGER)
    told = story.tell(after(hours=3))
    assert told.outcome(lead) is Outcome.APPROVE
    assert [(c.holder, c.state) for c in told.claims(lead, open_only=False)] == [
        (ANNA.id, ClaimState.TRANSFERRED),
        (CARLA.id, ClaimState.ACTIVE),
    ]


def test_nobody_knows_who_passed_the_lead_on_so_a_person_looks_and_the_first_claim_stands() -> None:
    """Law 8: doubt approves nothing and takes nothing away."""
    story = channel()
    lead = pooled(story, 1)
    story.claim(lead, ANNA, after(hours=1))
    story.save(lead, after(hours=2), None, owner=CARLA.id, owner_since=after(hours=2), owner_before=ANNA.id)
    told = story.tell(after(hours=3))
    assert told.outcome(lead) is Outcome.DEFER
    assert ANNA.id in [claim.holder for claim in told.claims(lead)]


def test_owner_changes_of_one_second_chain_by_old_and_new_value() -> None:
    """Law 2: pool to Anna to Carla in one second: Anna was first, whatever their ids."""
    for first, second in ((ANNA, CARLA), (CARLA, ANNA)):
        story = channel()
        lead = pooled(story, 1)
        story.claim(lead, first, after(hours=1))
        story.claim(lead, second, after(hours=1))
        told = story.tell(after(hours=2))
        assert [claim.holder for claim in told.claims(lead)] == [first.id]
        assert told.moved(lead) == (first.id, second.id)


def test_a_refusal_stays_although_the_lead_is_passed_on_in_the_same_second() -> None:
    """Law 2: a claim that was refused is not told as handed over by the next link of the chain."""
    story = channel()
    lead = pooled(story, 1)
    story.claim(lead, ANNA, after(hours=1))
    story.claim(lead, CARLA, after(hours=2))
    story.claim(lead, BERND, after(hours=2), actor=MANAGER)
    told = story.tell(after(hours=3))
    states = {claim.holder: claim.state for claim in told.claims(lead, open_only=False)}
    assert states[CARLA.id] is ClaimState.REVOKED
    assert states[BERND.id] is ClaimState.ACTIVE


def test_inside_a_firm_a_lead_may_be_handed_on() -> None:
    story = channel()
    lead = pooled(story, 1)
    story.claim(lead, ANNA, after(hours=1))
    story.claim(lead, BERND, after(hours=2))
    told = story.tell(after(hours=3))
    assert told.outcome(lead) is Outcome.APPROVE
    assert [claim.holder for claim in told.claims(lead)] == [BERND.id]


def test_a_claim_known_only_as_an_interval_is_simultaneous_with_what_lies_inside() -> None:
    """Law 1: intervals that overlap cannot be ordered: a person decides, and nobody is refused for it."""
    story = channel()
    lead = pooled(story, 1)
    story.claim(lead, ANNA, after(hours=1))
    story.save(lead, after(hours=2), CARLA, owner=CARLA.id, owner_before=POOL.id, owner_since=None)
    (anna, carla) = story.facts
    story.facts = [anna, carla.model_copy(update={"when": between(after(minutes=30), after(hours=2))})]
    told = story.tell(after(hours=3))
    assert told.outcome(lead) is Outcome.DEFER
    assert told.reasons(lead) == {Phrase.CLAIM_SAME_SECOND}
    assert {claim.holder for claim in told.claims(lead)} == {ANNA.id, CARLA.id}


def test_the_partner_reads_when_it_was_first_and_its_quota() -> None:
    story = channel()
    lead = pooled(story, 1)
    story.claim(lead, ANNA, after(hours=1))
    told = story.tell(after(hours=2))
    assert told.says(lead) == (Phrase.CLAIM_HELD, Phrase.CLAIM_HELD_WORK_BY)
    assert Phrase.CLAIM_FIRST in told.reasons(lead, Effect.PASS)
