"""R3.9: the right partner: territory, certification and tier, as of the claim."""

from datetime import date

import pytest

from connector.canonical.phrase import Phrase
from connector.canonical.records import Partner, PersonState
from connector.canonical.verdict import Outcome
from connector.policy.model import Fitness, Requirement, Tiers
from connector.policy.model import Requirement as Must
from tests.scenarios.claims import ANNA, CARLA, MANAGER, POOL, SUED, channel, pooled
from tests.support.builders import after, firm, seller, who
from tests.support.channel import Channel, Told, claims_policy


def claimed_by(house: Partner, fit: Fitness, country: str = "Germany") -> Told:
    story = Channel(claims_policy(who_may_claim=fit))
    user = seller(1, house)
    story.add(house, user, POOL)
    lead = pooled(story, 1, customer=who("Werft Kiel AG", country=country))
    story.claim(lead, user, after(hours=12))
    return story.tell(after(days=1))


@pytest.mark.parametrize(
    ("must", "outcome"),
    [
        (Requirement.REQUIRED, Outcome.REJECT),
        (Requirement.REVIEW, Outcome.DEFER),
        (Requirement.NOTE, Outcome.APPROVE),
        (Requirement.IGNORED, Outcome.APPROVE),
    ],
)
def test_a_customer_outside_the_territory_weighs_as_the_policy_says(must: Must, outcome: Outcome) -> None:
    """R3.9: where a source requires, it gates; where it guides, it warns or asks."""
    told = claimed_by(firm(1), Fitness(territory=must), country="France")
    assert told.verdicts(told.decisions[0].fact.record)[0].outcome is outcome


def test_an_unknown_country_asks_a_person() -> None:
    """Law 8: no data is doubt, not permission."""
    told = claimed_by(firm(1), Fitness(territory=Requirement.REQUIRED), country="")
    record = told.decisions[0].fact.record
    assert told.reasons(record) == {Phrase.UNKNOWN_TERRITORY}
    assert told.outcome(record) is Outcome.DEFER


def test_certification_counts_to_the_end_of_its_last_day_where_the_programme_has_its_office() -> None:
    """R0.6, R3.9: 12 hours after the story's start it is still the 2nd of March in Berlin."""
    fit = Fitness(certified=Requirement.REQUIRED)
    record = pooled(channel(), 1).id
    assert claimed_by(firm(1, certified_until=date(2026, 3, 2)), fit).outcome(record) is Outcome.APPROVE
    lapsed = claimed_by(firm(1, certified_until=date(2026, 3, 1)), fit)
    assert lapsed.reasons(record) == {Phrase.CERTIFICATE_LAPSED}
    assert claimed_by(firm(1, certified_until=None), fit).reasons(record) == {Phrase.NOT_CERTIFIED}


def test_a_tier_that_is_not_preferred_goes_to_a_person() -> None:
    """R3.9."""
    fit = Fitness(tiers=Tiers(prefer=("Gold",), others=Requirement.REVIEW))
    record = pooled(channel(), 1).id
    assert claimed_by(firm(1, tier="Silver"), fit).reasons(record) == {Phrase.TIER_NOT_PREFERRED}
    assert claimed_by(firm(1, tier="Gold"), fit).outcome(record) is Outcome.APPROVE


def test_a_user_who_was_switched_off_may_not_claim() -> None:
    """R3.4, R3.9."""
    story = channel()
    lead = pooled(story, 1)
    story.save(ANNA, after(minutes=1), MANAGER, state=PersonState.INACTIVE)
    story.claim(lead, ANNA, after(minutes=2))
    assert story.tell(after(hours=1)).reasons(lead) == {Phrase.INACTIVE_PERSON}


def test_standing_is_as_of_the_claim_not_as_of_today() -> None:
    """Law 5: a territory given a minute later does not help."""
    story = channel()
    french = pooled(story, 1, customer=who("Chantier Brest SA", country="France"))
    story.claim(french, CARLA, after(minutes=1))
    story.save(SUED, after(minutes=2), MANAGER, territory=("Germany", "France"))
    assert story.tell(after(hours=1)).reasons(french) == {Phrase.WRONG_TERRITORY}


def test_standing_changed_in_the_same_second_counts() -> None:
    """Law 2: inside one second standing comes before claims."""
    story = channel()
    french = pooled(story, 1, customer=who("Chantier Brest SA", country="France"))
    story.claim(french, CARLA, after(minutes=1))
    story.save(SUED, after(minutes=1), MANAGER, territory=("Germany", "France"))
    assert story.tell(after(hours=1)).outcome(french) is Outcome.APPROVE


def test_a_holder_of_whom_no_firm_is_known_is_for_a_person() -> None:
    """Law 8: a claim that cannot be placed is not passed over in silence."""
    story = channel()
    lead = pooled(story, 1)
    newcomer = seller(7, SUED)
    story.add(newcomer.model_copy(update={"stamp": after(hours=2), "created_at": after(hours=2)}))
    story.claim(lead, newcomer, after(hours=1))
    told = story.tell(after(hours=3))
    assert told.outcome(lead) is Outcome.DEFER
    assert told.reasons(lead) == {Phrase.NO_FIRM}
