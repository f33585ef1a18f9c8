"""R0.2, R0.3, R0.6, R0.11: which deals and which partners the programme is for."""

from datetime import date
from decimal import Decimal

import pytest

from connector.canonical.money import Money, Rates
from connector.canonical.phrase import Phrase
from connector.canonical.verdict import Outcome
from tests.scenarios.filings import ANNA, CITY, DIRECT, MANAGER, NORD, channel, ruled
from tests.support.builders import after, customer, deal, euros, filing, firm, seller
from tests.support.channel import Channel, Told, filings_policy


def dollars(amount: str) -> Money:
    return Money(amount=Decimal(amount), currency="USD")


@pytest.mark.parametrize(
    ("amount", "outcome"),
    [
        (euros("20000"), Outcome.APPROVE),
        (euros("19999.99"), Outcome.REJECT),
        (dollars("22000"), Outcome.APPROVE),
        (dollars("21999.98"), Outcome.REJECT),
        (Money(amount=Decimal(2_000_000), currency="DKK"), Outcome.APPROVE),
    ],
)
def test_a_deal_below_the_minimum_amount_is_refused_in_its_own_currency(
    amount: Money, outcome: Outcome
) -> None:
    """R0.2: 20,000 EUR at the rates of the filing day; 1.10 dollars a euro."""
    draft = filing(1, ANNA, CITY, amount=amount)
    told = ruled(channel(), draft)
    assert told.outcome(draft) is outcome


def test_a_currency_without_a_rate_asks_a_person() -> None:
    """R0.2, law 8."""
    draft = filing(1, ANNA, CITY, amount=Money(amount=Decimal(900), currency="THB"))
    told = ruled(channel(), draft)
    assert told.outcome(draft) is Outcome.DEFER
    assert told.reasons(draft) == {Phrase.NO_RATE}


def test_amounts_are_compared_at_the_rate_of_the_filing_day() -> None:
    """R0.2: a rate from the next day on does not count yet."""
    rates = Rates(dated={date(2026, 1, 1): {"USD": Decimal("1.10")}, date(2026, 3, 10): {"USD": Decimal(2)}})
    for days, outcome in ((7, Outcome.APPROVE), (8, Outcome.REJECT)):
        story = Channel(filings_policy().model_copy(update={"rates": rates}))
        story.add(NORD, ANNA)
        draft = filing(1, ANNA, CITY, amount=dollars("22000"))
        story.file(draft, after(days=days))
        assert story.tell(after(days=9)).outcome(draft) is outcome


def test_the_minimum_may_depend_on_the_product_line() -> None:
    """R0.2: 6,000 USD where all products are of the Cloud line, by the shipped policy."""
    cloud = filing(1, ANNA, CITY, amount=dollars("6000"), products=("Analytics", "Cloud Control"))
    mixed = filing(1, ANNA, CITY, amount=dollars("6000"), products=("Analytics", "Edge Gateway"))
    assert ruled(channel(), cloud).outcome(cloud) is Outcome.APPROVE
    assert ruled(channel(), mixed).reasons(mixed) == {Phrase.BELOW_MINIMUM}


def test_a_deal_filed_when_already_late_stage_is_refused() -> None:
    """R0.3: stage 4 is the latest in the shipped policy, as the partner says it or as the deal shows it."""
    late = filing(1, ANNA, CITY, buying_stage=Decimal(5))
    assert ruled(channel(), late).reasons(late) == {Phrase.TOO_LATE_STAGE}
    at_the_edge = filing(1, ANNA, CITY, buying_stage=Decimal(4))
    assert ruled(channel(), at_the_edge).outcome(at_the_edge) is Outcome.APPROVE


def test_the_stage_of_the_named_opportunity_counts_as_of_the_filing() -> None:
    """R0.3, law 5: what the deal became afterwards does not matter."""
    for moved, outcome in ((0.5, Outcome.REJECT), (2.0, Outcome.APPROVE)):
        story = channel()
        theirs = deal(1, ANNA, customer(1, CITY), stage=Decimal(2))
        story.add(theirs)
        story.save(theirs, after(days=moved), MANAGER, stage=Decimal(7), stage_since=after(days=moved))
        draft = filing(1, ANNA, CITY, opportunity=theirs.id)
        story.file(draft, after(days=1))
        assert story.tell(after(days=3)).outcome(draft) is outcome


def filed_by(tier: str, certified_until: date | None) -> Told:
    house = firm(1, tier=tier, certified_until=certified_until)
    user = seller(1, house)
    story = channel()
    story.add(house, user)
    return ruled(story, filing(1, user, CITY), days=1)


DRAFT = filing(1, ANNA, CITY)


def test_certification_is_a_must() -> None:
    """R0.11, R0.6: "Selvfølgelig skal de har bestået partner certificering"; it expires."""
    for tier in ("Platinum", "Gold"):
        assert filed_by(tier, None).reasons(DRAFT) == {Phrase.NOT_CERTIFIED}
        assert filed_by(tier, date(2026, 3, 2)).reasons(DRAFT) == {Phrase.CERTIFICATE_LAPSED}
        assert filed_by(tier, date(2026, 3, 2)).outcome(DRAFT) is Outcome.REJECT
        assert filed_by(tier, date(2026, 3, 3)).outcome(DRAFT) is Outcome.APPROVE


def test_tier_is_a_preference_so_others_go_to_review() -> None:
    """R0.11: Gold and Platinum pass; others are looked at by a person."""
    told = filed_by("Silver", date(2027, 1, 1))
    assert told.outcome(DRAFT) is Outcome.DEFER
    assert told.reasons(DRAFT) == {Phrase.TIER_NOT_PREFERRED}
    assert told.shown(DRAFT, "status") == "in_review"


def test_a_lapsed_certificate_is_refused_whatever_a_person_might_say_of_the_tier() -> None:
    """Law 8: refusal beats doubt."""
    assert filed_by("Silver", None).outcome(DRAFT) is Outcome.REJECT


def test_tier_and_certification_are_as_of_the_filing() -> None:
    """R0.11: a certificate renewed, or a tier lost, on the day after changes nothing."""
    story = channel()
    story.file(filing(1, ANNA, CITY), after(days=1))
    story.save(NORD, after(days=2), MANAGER, tier="Registered", certified_until=None)
    assert story.tell(after(days=3)).outcome(DRAFT) is Outcome.APPROVE


def test_a_filing_of_which_no_firm_is_known_is_deferred_with_its_reason() -> None:
    """Law 8: not passed over in silence."""
    story = channel()
    draft = filing(1, DIRECT, CITY)
    told = ruled(story, draft)
    assert told.outcome(draft) is Outcome.DEFER
    assert told.reasons(draft) == {Phrase.NO_FIRM}
    assert told.says(draft) == (Phrase.FILING_DEFERRED, Phrase.NO_FIRM)
