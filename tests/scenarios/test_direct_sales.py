"""R1.1, R0.5, R0.9: "Direct-Sales-Team swoops in spät im Spiel": at opening, conversion, reassignment and close."""

from datetime import timedelta

import pytest

from connector.canonical.docket import CreditEntry
from connector.canonical.kind import Kind
from connector.canonical.phrase import Phrase
from connector.canonical.records import Opportunity, Registration
from connector.canonical.verdict import Outcome
from connector.policy.model import DirectSales, Then
from tests.scenarios.filings import ANNA, CARLA, CITY, DIRECT, MANAGER, NORD, POOL, State, approved, channel
from tests.support.builders import after, customer, deal, filing, lead
from tests.support.channel import Channel

FIRM = customer(1, CITY)
PARTNERS_DEAL = deal(1, ANNA, FIRM, partner=NORD.id)
DIRECT_DEAL = deal(2, DIRECT, FIRM)
DRAFT = filing(1, ANNA, CITY, opportunity=PARTNERS_DEAL.id)


def story_with(*deals: Opportunity, draft: Registration = DRAFT) -> Channel:
    story = channel()
    story.add(FIRM, PARTNERS_DEAL, *deals)
    approved(story, draft)
    return story


@pytest.mark.parametrize(
    ("then", "outcome"),
    [
        (Then.REJECT, Outcome.REJECT),
        (Then.REVIEW, Outcome.DEFER),
        (Then.FLAG, Outcome.APPROVE),
        (Then.IGNORE, Outcome.APPROVE),
    ],
)
def test_a_customer_with_whom_direct_sales_already_works(then: Then, outcome: Outcome) -> None:
    """R1.1: refused, reviewed or flagged by policy; the deal that decided it is on record."""
    story = channel(direct_sales=DirectSales(already_working=then))
    busy = DIRECT_DEAL.model_copy(update={"last_activity": after(days=-20).date()})
    story.add(FIRM, busy)
    draft = filing(1, ANNA, CITY)
    story.file(draft, after(days=1))
    told = story.tell(after(days=2))
    assert told.outcome(draft) is outcome
    assert bool(told.conflicts(draft, busy)) == (then is not Then.IGNORE)


def test_direct_sales_that_fell_silent_half_a_year_ago_is_in_nobodys_way() -> None:
    """R1.1: activity within 180 days."""
    for days, outcome in ((-178, Outcome.REJECT), (-200, Outcome.APPROVE)):
        story = channel()
        story.add(FIRM, DIRECT_DEAL.model_copy(update={"last_activity": after(days=days).date()}))
        draft = filing(1, ANNA, CITY)
        story.file(draft, after(days=1))
        assert story.tell(after(days=2)).outcome(draft) is outcome


def test_a_deal_that_direct_sales_opened_while_the_filing_was_incomplete_was_first() -> None:
    """R1.3 against R1.1: a stub holds no place against our own people either."""
    story = channel()
    story.add(FIRM)
    draft = filing(1, ANNA, CITY, next_steps="")
    story.file(draft, after(days=1))
    story.save(deal(3, DIRECT, FIRM), after(days=2), DIRECT)
    story.amend(draft, after(days=3), next_steps="Workshop")
    assert story.tell(after(days=4)).reasons(draft) == {Phrase.DIRECT_WORKING}


def test_direct_sales_opening_a_deal_of_a_protected_customer_is_flagged() -> None:
    """R1.1, R0.5."""
    story = story_with()
    late = deal(3, DIRECT, FIRM)
    story.save(late, after(days=5), DIRECT)
    told = story.tell(after(days=6))
    (conflict,) = told.conflicts(DRAFT, late)
    assert conflict.kind == "partner_direct"
    assert told.shown(late, "conflict_flag") == "direct"
    assert told.shown(DRAFT, "in_conflict") == "true"


def test_another_partner_opening_a_deal_of_a_protected_customer_is_flagged() -> None:
    """R0.5: "andre partnere eller endog sælgers salgsteam"."""
    story = story_with()
    late = deal(3, CARLA, FIRM)
    story.save(late, after(days=5), CARLA)
    told = story.tell(after(days=6))
    (conflict,) = told.conflicts(DRAFT, late)
    assert conflict.kind == "partner_partner"


def test_the_partner_opening_its_own_second_deal_is_no_conflict() -> None:
    story = story_with()
    second = deal(3, ANNA, FIRM)
    story.save(second, after(days=5), ANNA)
    assert story.tell(after(days=6)).conflicts(second) == []


def test_a_close_by_direct_sales_inside_the_window_is_a_poach_with_credit_frozen() -> None:
    """R0.5, R1.1: credit stays with the partner, frozen until a person has looked."""
    story = story_with(DIRECT_DEAL)
    story.close(DIRECT_DEAL, DIRECT, after(days=5))
    told = story.tell(after(days=6))
    (conflict,) = told.conflicts(DRAFT, DIRECT_DEAL)
    assert conflict.kind == "poach"
    assert told.shown(DIRECT_DEAL, "conflict_flag") == "poached"
    for each in (DIRECT_DEAL, PARTNERS_DEAL):
        credit = told.credit(each)
        assert credit is not None
        assert (credit.firm, credit.frozen) == (NORD.id, True)


def test_each_deal_counts_exactly_once() -> None:
    """R0.9: one credit per deal, to one firm, whatever happened to it in between."""
    story = story_with(DIRECT_DEAL)
    story.save(
        PARTNERS_DEAL, after(days=4), MANAGER, owner=DIRECT.id, owner_since=after(days=4), partner=None
    )
    story.close(PARTNERS_DEAL, DIRECT, after(days=5))
    story.close(DIRECT_DEAL, DIRECT, after(days=5))
    told = story.tell(after(days=6))
    credits_ = {
        e.key: e
        for d in told.decisions
        for e in d.entries
        if isinstance(e, CreditEntry) and e.subject is Kind.OPPORTUNITY
    }
    assert set(credits_) == {PARTNERS_DEAL.id, DIRECT_DEAL.id}
    assert {told.credit(each).firm for each in (PARTNERS_DEAL, DIRECT_DEAL)} == {NORD.id}  # type: ignore[union-attr]


def test_credit_that_was_given_is_never_overwritten() -> None:
    """R0.1, R0.9: a second registration of the deal earns no second credit."""
    story = story_with()
    story.withdraw(DRAFT, after(days=3))
    other = filing(2, CARLA, CITY, opportunity=PARTNERS_DEAL.id)
    story.file(other, after(days=5))
    told = story.tell(after(days=6))
    assert told.outcome(other) is Outcome.APPROVE
    credit = told.credit(PARTNERS_DEAL)
    assert credit is not None
    assert credit.firm == NORD.id


def test_a_close_at_the_end_of_the_window_is_outside_it() -> None:
    """Law 4: `[start, end)`."""
    end = after(days=90, seconds=10)
    for seconds, poached in ((-1, True), (0, False), (1, False)):
        story = story_with(DIRECT_DEAL)
        story.close(DIRECT_DEAL, DIRECT, end + timedelta(seconds=seconds))
        assert bool(story.tell(end + timedelta(hours=1)).conflicts(DIRECT_DEAL)) == poached


def test_a_deal_that_direct_sales_loses_takes_nothing_from_the_partner() -> None:
    story = story_with(DIRECT_DEAL)
    story.close(DIRECT_DEAL, DIRECT, after(days=5), won=False)
    assert story.tell(after(days=6)).conflicts(DIRECT_DEAL) == []


def test_the_partner_closing_its_own_registered_deal_wins_it() -> None:
    """R1.4: the registration ends won or lost with its deal."""
    for won, state in ((True, State.WON), (False, State.LOST)):
        story = story_with()
        story.close(PARTNERS_DEAL, ANNA, after(days=5), won=won)
        told = story.tell(after(days=200))
        assert told.registration(DRAFT).state is state
        assert told.conflicts(PARTNERS_DEAL) == []


def test_the_partner_closing_a_deal_that_the_registration_does_not_name_is_no_poach() -> None:
    """R0.5: closes by "anyone else"."""
    story = story_with(draft=filing(1, ANNA, CITY))
    story.close(PARTNERS_DEAL, ANNA, after(days=5))
    assert story.tell(after(days=6)).conflicts(PARTNERS_DEAL) == []


def test_a_deal_sold_together_with_the_partner_is_no_poach() -> None:
    """R0.5: our own seller owns the deal, the partner stands on it."""
    story = story_with()
    together = deal(4, DIRECT, FIRM, partner=NORD.id)
    story.add(together)
    story.close(together, DIRECT, after(days=5))
    assert story.tell(after(days=6)).conflicts(together) == []


def test_of_two_registrations_on_one_deal_the_closing_firms_own_is_won() -> None:
    """Law 1: whichever record has the smaller id."""
    for low, high in ((1, 2), (2, 1)):
        mine = filing(low, ANNA, CITY, opportunity=PARTNERS_DEAL.id)
        theirs = filing(high, CARLA, CITY, opportunity=PARTNERS_DEAL.id)
        story = story_with(draft=mine)
        story.file(theirs, after(hours=1))
        story.close(PARTNERS_DEAL, ANNA, after(days=5))
        told = story.tell(after(days=6))
        assert told.registration(mine).state is State.WON
        assert told.registration(theirs).state is State.IN_REVIEW


def test_a_registered_deal_that_moves_to_direct_sales_is_a_poach_with_credit_frozen() -> None:
    """R1.1: at reassignment; moving on among our own people opens no second conflict."""
    story = story_with()
    story.save(
        PARTNERS_DEAL, after(days=5), MANAGER, owner=DIRECT.id, owner_since=after(days=5), partner=None
    )
    story.save(PARTNERS_DEAL, after(days=6), MANAGER, owner=MANAGER.id, owner_since=after(days=6))
    told = story.tell(after(days=7))
    (conflict,) = told.conflicts(DRAFT, PARTNERS_DEAL)
    assert conflict.kind == "poach"
    credit = told.credit(PARTNERS_DEAL)
    assert credit is not None
    assert credit.frozen
    assert told.says(PARTNERS_DEAL, "conflict_message") == (Phrase.POACHED,)


def test_a_conflict_that_a_person_has_settled_is_not_opened_again() -> None:
    """R1.1: the pair was looked at."""
    story = story_with()
    story.save(
        PARTNERS_DEAL, after(days=5), MANAGER, owner=DIRECT.id, owner_since=after(days=5), partner=None
    )
    story.rule(DRAFT, "reject", MANAGER, after(days=6))
    story.save(PARTNERS_DEAL, after(days=7), MANAGER, owner=MANAGER.id, owner_since=after(days=7))
    assert story.tell(after(days=8)).conflicts(DRAFT, PARTNERS_DEAL) == []


def test_a_lead_converted_into_somebody_elses_hands_is_a_poach_with_credit_frozen() -> None:
    """R1.1, R3.10: at conversion, also when the deal appears a second before the lead says so."""
    for lag in (0, 1):
        story = channel()
        held = lead(1, POOL, CITY)
        story.add(FIRM, held)
        story.claim(held, ANNA, after(hours=1))
        taken = deal(5, DIRECT, FIRM, created_at=after(days=2))
        story.save(taken, after(days=2), DIRECT)
        story.save(held, after(days=2, seconds=lag), DIRECT, converted=True, converted_opportunity=taken.id)
        told = story.tell(after(days=3))
        credit = told.credit(taken)
        assert credit is not None
        assert (credit.firm, credit.frozen) == (NORD.id, True)
        assert [conflict.kind for conflict in told.conflicts(held, taken)] == ["poach"]


def test_the_holders_own_conversion_carries_claim_and_credit() -> None:
    """R3.10: "se lo convierte en una oportunidad"; the claim ends well and no longer counts."""
    story = channel()
    held = lead(1, POOL, CITY)
    story.add(FIRM, held)
    story.claim(held, ANNA, after(hours=1))
    made = story.convert(held, deal(5, ANNA, FIRM, created_at=after(days=2)), ANNA, after(days=2))
    told = story.tell(after(days=30))
    assert [claim.state for claim in told.claims(held, open_only=False)] == ["converted"]
    assert told.held_by(NORD) == 0
    assert told.shown(made, "sourcing_partner") == NORD.id
    credit = told.credit(made)
    assert credit is not None
    assert (credit.firm, credit.frozen, credit.through) == (NORD.id, False, held.id)
    assert told.shown(held, "verdict") == "converted"


def test_protection_carries_through_conversion() -> None:
    """R3.10: the deal that comes of the lead is no rival of the firm's own registration."""
    story = story_with()
    held = lead(1, POOL, CITY)
    story.add(held)
    story.claim(held, ANNA, after(days=1))
    made = story.convert(held, deal(5, ANNA, FIRM, created_at=after(days=2)), ANNA, after(days=2))
    story.close(made, ANNA, after(days=3))
    told = story.tell(after(days=4))
    assert told.conflicts(made) == []
    assert told.registration(DRAFT).state is State.APPROVED
