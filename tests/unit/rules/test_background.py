"""R1.1, R1.14, R2.18: what the records say of a customer before somebody files for it, edge by edge."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from connector.canonical.money import Money
from connector.canonical.phrase import Phrase
from connector.canonical.records import Activity, Customer, Opportunity
from connector.canonical.verdict import Effect, Exhibit, Finding
from connector.matching import Comparison, Outcome
from connector.policy.choosing import Then
from connector.policy.model import Fitness
from connector.policy.outcomes import Incumbency, NewCustomer, Per, VendorContact
from connector.policy.period import Period
from connector.rules.background import Background, Contact
from connector.rules.case import FilingCase
from connector.rules.eligibility import fit
from connector.rules.newness import new_customer, vendor_contact
from connector.rules.world import Match, Matches
from tests.support.builders import (
    START,
    activity,
    after,
    customer,
    deal,
    euros,
    filing,
    ident,
    lead,
    pool,
    seller,
    someone,
)
from tests.support.world import World
from tests.unit.rules.cases import ANNA, CARLA, NORD, SUED, filing_case, one, world

DIRK = seller(9)
CITY, TOWN = customer(1, someone(1)), customer(2, someone(2))
TODAY = date(2026, 3, 2)


class Doubtful(World):
    """The world in which nobody is sure that TOWN is not the customer too."""

    def matches(self, identity: Any, kinds: Any, policy: Any, *, besides: Any = None) -> Matches:
        found = super().matches(identity, kinds, policy, besides=besides)
        return Matches(_unsure(each) if each.record == TOWN.id else each for each in found)


def _unsure(match: Match) -> Match:
    comparison = match.comparison
    doubt = Comparison(outcome=Outcome.UNSURE, score=0.5, contributions=comparison.contributions)
    return match.model_copy(update={"comparison": doubt})


def case(*records: Any, terms: dict[str, Any] | None = None, **given: Any) -> FilingCase:
    """Anna files for CITY on the day the story starts."""
    seen = world(DIRK, CITY, *records, sees=given.pop("sees", World))
    mine = filing(1, ANNA, CITY.identity, **given)
    return filing_case(seen=seen, terms=terms, filing=mine)


def won(
    number: int = 2, of: Customer = CITY, on: date | None = date(2025, 9, 2), **given: Any
) -> Opportunity:
    return deal(number, DIRK, of, **({"won": True, "closed": True, "close_by": on} | given))


SURELY = customer(3, CITY.identity)
PERHAPS = TOWN.model_copy(update={"identity": CITY.identity})
LOOK_BACK = {"new_customer": one(NewCustomer(no_purchase_within=Period(months=6)))}


def said(rule: str, effect: Effect, phrase: Phrase, of: Opportunity | None = None, **params: str) -> Finding:
    day = str(of.close_by) if of else ""
    exhibits = (Exhibit(record=of.id, field="won_on", value=day),) if of else ()
    return Finding(rule=rule, effect=effect, message=phrase, params=params, exhibits=exhibits)


NEW = said("new_customer", Effect.PASS, Phrase.A_NEW_CUSTOMER)


@pytest.mark.parametrize(("then", "effect"), [(Then.REJECT, Effect.REFUSE), (Then.REVIEW, Effect.ASK)])
def test_a_purchase_on_the_first_day_of_the_look_back_counts_and_one_before_it_does_not(
    then: Then, effect: Effect
) -> None:
    terms = {"new_customer": one(NewCustomer(no_purchase_within=Period(months=6), then=then))}
    edge, before = won(on=date(2025, 9, 2)), won(3, on=date(2025, 9, 1))
    told = said("new_customer", effect, Phrase.NOT_A_NEW_CUSTOMER, edge, on="2025-09-02")
    assert list(new_customer(case(edge, before, terms=terms))) == [told]
    assert list(new_customer(case(before, terms=terms))) == [NEW]


def test_without_a_look_back_any_purchase_ever_counts() -> None:
    ever = {"new_customer": one(NewCustomer())}
    (old,) = new_customer(case(won(on=date(1999, 1, 1)), terms=ever))
    assert old.effect is Effect.REFUSE
    assert list(new_customer(case(terms=ever))) == [NEW]
    assert list(new_customer(case(won()))) == []
    ignored = {"new_customer": one(NewCustomer(then=Then.IGNORE))}
    assert list(new_customer(case(won(), terms=ignored))) == []


@pytest.mark.parametrize(
    "other",
    [won(won=False), won(of=TOWN), won().model_copy(update={"customer": None})],
    ids=["lost", "another customer", "nobody"],
)
def test_only_what_the_customer_bought_is_a_purchase(other: Opportunity) -> None:
    assert list(new_customer(case(TOWN, other, terms=LOOK_BACK))) == [NEW]


def test_the_deal_that_is_filed_is_no_earlier_purchase() -> None:
    assert list(new_customer(case(won(), terms=LOOK_BACK, opportunity=won().id))) == [NEW]


def test_what_may_be_the_customers_purchase_is_for_a_person() -> None:
    perhaps = won(of=TOWN)
    asked = said("new_customer", Effect.ASK, Phrase.PERHAPS_NOT_NEW, perhaps)
    assert list(new_customer(case(PERHAPS, perhaps, terms=LOOK_BACK, sees=Doubtful))) == [asked]
    surely = won(3, of=SURELY)
    told = said("new_customer", Effect.REFUSE, Phrase.NOT_A_NEW_CUSTOMER, surely, on="2025-09-02")
    assert list(new_customer(case(PERHAPS, SURELY, perhaps, surely, terms=LOOK_BACK, sees=Doubtful))) == [
        told
    ]


def test_the_accounts_that_are_the_customer_and_those_that_may_be() -> None:
    background = case(PERHAPS, SURELY, sees=Doubtful).background
    assert background.own_customers == (CITY, SURELY)
    assert background.perhaps == (PERHAPS,)
    assert case(PERHAPS, SURELY).background.perhaps == ()


def test_the_account_of_the_deal_that_is_filed_is_the_customers_whatever_it_is_called() -> None:
    there = deal(1, DIRK, TOWN)
    assert case(TOWN, there, opportunity=there.id).background.own_customers == (CITY, TOWN)


def test_purchases_come_newest_first_and_of_one_day_the_later_record() -> None:
    deals = (won(2), won(3), won(4, on=date(2026, 1, 1)), won(5, on=None, stage_since=after(days=-1)))
    found = case(*deals).background.purchases
    assert [each.deal.id[-4] for each in found] == ["5", "4", "3", "2"]
    assert found[0].on == date(2026, 3, 1)


@pytest.mark.parametrize(
    ("given", "sold_by"),
    [
        ({"partner": NORD.id, "sourcing_partner": SUED.id}, NORD.id),
        ({"sourcing_partner": SUED.id, "owner": ANNA.id}, SUED.id),
        ({"owner": ANNA.id}, NORD.id),
        ({}, None),
    ],
)
def test_a_won_deal_is_its_partners_else_who_brought_it_else_its_owners(
    given: dict[str, Any], sold_by: str | None
) -> None:
    sold = won().model_copy(update=given)
    assert case(sold).background.purchases[0].firm == sold_by
    assert case(sold).background.incumbent(Incumbency(), TODAY) == sold_by


def background(*deals: Opportunity) -> Background:
    return case(*deals).background


def test_the_incumbent_won_the_last_large_deal_inside_the_look_back() -> None:
    large, small = (
        won(2, partner=NORD.id, amount=euros(100)),
        won(3, on=TODAY, partner=SUED.id, amount=euros(99)),
    )
    terms = Incumbency(look_back=Period(months=6), minimum_amount=euros(100))
    assert background(large, small).incumbent(terms, TODAY) == NORD.id
    assert background(small).incumbent(terms, TODAY) is None
    assert background(large).incumbent(terms, date(2026, 3, 3)) is None
    assert background(large, small).incumbent(Incumbency(), TODAY) == SUED.id


@pytest.mark.parametrize(
    ("amount", "reason"),
    [
        (None, f"the won deal {won().id} has no amount"),
        (Money(amount=Decimal(9), currency="JPY"), "no rate from JPY to EUR"),
    ],
)
def test_where_nobody_can_say_how_large_a_deal_was_the_reason_is_said(
    amount: Money | None, reason: str
) -> None:
    asked = background(won(partner=NORD.id, amount=amount))
    with pytest.raises(LookupError, match=f"^{reason}$"):
        asked.incumbent(Incumbency(minimum_amount=euros(1)), TODAY)


WITHIN = {"vendor_contact": one(VendorContact(within=Period(days=10)))}


def call(days: float, by: Any = DIRK, about: Any = CITY, number: int = 1, **given: Any) -> Activity:
    made: Activity = activity(number, about.id, by, after(days=days)).model_copy(update=given)
    return made


@pytest.mark.parametrize(("days", "counts"), [(-10, True), (-11, False), (0, True), (1, False)])
def test_our_own_contact_counts_from_the_first_day_of_the_look_back_to_the_day_of_the_filing(
    days: float, *, counts: bool
) -> None:
    found = list(vendor_contact(case(call(days), terms=WITHIN)))
    on = after(days=days).date().isoformat()
    exhibit = Exhibit(record=call(days).id, field="on", value=on)
    told = Finding(
        rule="vendor_contact",
        effect=Effect.REFUSE,
        message=Phrase.VENDOR_CONTACT,
        params={"on": on},
        exhibits=(exhibit,),
    )
    assert found == ([told] if counts else [])


def test_our_own_contact_may_be_ignored_and_nobody_is_asked_where_there_was_none() -> None:
    ignored = {"vendor_contact": one(VendorContact(within=Period(days=10), then=Then.IGNORE))}
    assert list(vendor_contact(case(call(-1), terms=ignored))) == []
    assert list(vendor_contact(case(call(-1)))) == []
    assert list(vendor_contact(case(terms=WITHIN))) == []


def test_the_last_contact_is_ours_with_the_customer_its_direct_deal_or_our_own_lead() -> None:
    direct, ours, pooled = deal(5, DIRK, CITY), lead(5, DIRK, CITY.identity), lead(6, pool(), CITY.identity)
    held = lead(7, CARLA, CITY.identity)
    for about in (CITY, direct, ours):
        there = case(direct, ours, call(-3, about=about)).background
        assert there.contact == Contact(record=call(0).id, on=date(2026, 2, 27))
    for about, by in ((pooled, DIRK), (held, DIRK), (CITY, CARLA), (TOWN, DIRK)):
        assert case(TOWN, pool(), pooled, held, call(-3, by, about)).background.contact is None
    two = case(call(-3), call(-2, number=2, on=date(2026, 2, 20))).background.contact
    assert two == Contact(record=call(0).id, on=date(2026, 2, 27))


def test_a_direct_deal_is_open_and_without_a_partner_and_not_the_one_filed() -> None:
    direct = deal(5, DIRK, CITY)
    assert background(direct).direct_deals == (direct,)
    assert case(direct, opportunity=direct.id).background.direct_deals == ()
    for given in ({"closed": True}, {"partner": NORD.id}, {"sourcing_partner": NORD.id}, {"owner": ANNA.id}):
        assert background(direct.model_copy(update=given)).direct_deals == ()


def test_a_tender_is_on_the_earlier_of_the_days_that_filing_and_deal_say() -> None:
    soon, late = date(2026, 4, 1), date(2026, 5, 1)
    there = deal(1, DIRK, CITY, tender_on=soon)
    assert case(there, opportunity=there.id, tender_on=late).background.tender_on == soon
    assert case(there, opportunity=there.id).background.tender_on == soon
    assert case(tender_on=late).background.tender_on == late
    assert case().background.tender_on is None


def test_somebody_of_whom_no_firm_is_known_is_for_a_person() -> None:
    """Law 8: no data is doubt, not permission."""
    nobody = filing_case(partner=None)
    asked = Finding(rule="eligibility", effect=Effect.ASK, message=Phrase.NO_FIRM)
    assert list(fit(nobody, Fitness(), "Germany")) == [asked]


def test_what_people_of_the_firm_did_is_on_the_deal_its_customer_or_the_filing() -> None:
    there, mine = deal(1, DIRK, CITY), ident("a01", 1)
    by_us = [call(-1, ANNA, about, number) for number, about in enumerate((there, CITY), 1)]
    on_filing = activity(3, mine, ANNA, START)
    theirs, elsewhere = call(-1, CARLA, there, 4), call(-1, ANNA, TOWN, 5)
    found = case(
        TOWN, there, *by_us, on_filing, theirs, elsewhere, opportunity=there.id
    ).background.by_the_firm()
    assert sorted(each.id for each in found) == sorted(each.id for each in (*by_us, on_filing))


def test_what_is_filed_is_judged_as_one_or_line_by_line() -> None:
    several = case(products=("Cloud Control", "Edge Gateway", "Analytics")).background
    assert several.judged_apart(Per.CUSTOMER) == (("Cloud", "Edge"),)
    assert several.judged_apart(Per.PRODUCT_LINE) == (("Cloud",), ("Edge",))
    nothing = case(products=()).background
    assert nothing.judged_apart(Per.CUSTOMER) == nothing.judged_apart(Per.PRODUCT_LINE) == ((),)
