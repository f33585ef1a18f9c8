"""Every name that a `when:` may use has its value: of records that say everything, and of records that say nothing."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from connector.canonical.docket import ClaimEntry, ClaimState, RegistrationEntry, RegistrationState
from connector.canonical.entry import Entry
from connector.canonical.fact import Fact, FactKind
from connector.canonical.kind import Kind
from connector.canonical.records import Lead, Opportunity, Record
from connector.canonical.staged import Plan
from connector.canonical.time import at
from connector.policy import circumstances as names
from connector.policy.model import Policy
from connector.policy.stage_sections import CIRCUMSTANCES as STAGE_NAMES
from connector.rules import circumstances, stale, terms
from connector.rules.circumstances import Circumstances
from connector.rules.docket import MemoryDocket
from connector.rules.stages.case import circumstances_of_deal, circumstances_of_lead
from tests.support.builders import (
    START,
    activity,
    after,
    customer,
    deal,
    euros,
    filing,
    firm,
    ident,
    lead,
    pool,
    proof,
    seller,
    who,
)
from tests.support.channel import shipped
from tests.support.world import Records, World

OWN = (("segment", "public"),)
NORD = firm(
    1, name="Nord", tier="Platinum", capabilities=("Technical",), territory=("Germany", "Nordics"),
    trained_until=date(2026, 3, 1), own=(("level", 3),),
)  # fmt: skip
SUED = firm(2, name="Süd", tier="Silver")
ANNA = seller(1, NORD, name="Anna", role="Sales", own=(("desk", "A"),))
MIA = seller(2, name="Mia")
CITY = customer(
    1, who("Stadtwerke Auenried GmbH", industry="Utilities"), own=OWN, account_class="strategic"
)  # fmt: skip
DAYS = {
    "on": "2026-03-02",
    "year": 2026,
    "quarter": 1,
    "month": 3,
    "weekday": "Monday",
    "days_left_in_month": 29,
    "days_left_in_quarter": 29,
    "days_left_in_year": 304,
}
PARTY = {
    "tier": "Platinum",
    "territory": ["Germany", "Nordics"],
    "firm": "Nord",
    "role": "Sales",
    "person": "Anna",
    "capabilities": ["Technical"],
    "partner.own": {"level": 3},
    "person.own": {"desk": "A"},
}
NOBODY: dict[str, object] = {
    "tier": "",
    "territory": [],
    "firm": "",
    "role": "",
    "person": "",
    "capabilities": [],
    "partner.own": {},
    "person.own": {},
}


def policy(**changes: Any) -> Policy:
    base = {"regions": {"DACH": ("Austria", "germany"), "Benelux": ("Belgium",)}, "partner_quality": None}
    return shipped("deal_registration").model_copy(update=base | changes)


def world(*records: Record, docket: tuple[Entry, ...] = ()) -> World:
    kept = Records()
    for record in (NORD, SUED, ANNA, MIA, *records):
        kept.put(record)
    fact = Fact(kind=FactKind.FILED, subject=Kind.REGISTRATION, record=ident("a01", 1), when=at(START))
    return World(fact, MemoryDocket(docket), kept)


def filed(number: int, days: float, **given: Any) -> RegistrationEntry:
    """Another registration of the firm, filed so many days after the start."""
    base = {"registration": ident("a01", number), "firm": NORD.id, "filed": at(after(days=days))}
    return RegistrationEntry(**(base | given))


def test_a_claim_offers_its_lead_its_queue_and_its_party() -> None:
    told = who("Stadtwerke Auenried GmbH", country="Austria", industry="Utilities")
    one = lead(1, pool(), told, source="fair", track="renewal", created_at=after(days=-9), own=OWN)
    offered = circumstances.of_claim(one, NORD, ANNA, "Partner_Pool", START, DAYS)
    assert dict(offered) == {
        **PARTY,
        **DAYS,
        "country": "Austria",
        "industry": "Utilities",
        "queue": "Partner_Pool",
        "track": "renewal",
        "age_days": 9,
        "origin": "fair",
        "lead.own": {"segment": "public"},
    }
    assert {*offered, "quality"} < set(names.CLAIM), "the rest is looked up: `rules.terms.named`"


def test_a_claim_offers_what_may_be_asked_of_its_customer_and_of_what_else_the_firm_holds() -> None:
    there = who(
        "Stadtwerke Auenried GmbH", country="Austria", city="Auenried", postcode="86150", employees=420,
        website="https://www.auenried.de/x", industry="Utilities",
    )  # fmt: skip
    mine = lead(1, ANNA, there, created_at=after(hours=-49.5), own=OWN)
    held = ClaimEntry(lead=mine.id, holder=ANNA.id, firm=NORD.id, pool=pool(1).id, opened=at(START))
    more = {"lead": ident("00Q", 2), "holder": MIA.id}
    beside = (
        held.model_copy(update=more),
        held.model_copy(update=more | {"lead": ident("00Q", 3), "state": ClaimState.RELEASED}),
        held.model_copy(update=more | {"lead": ident("00Q", 4), "firm": SUED.id}),
        held.model_copy(update={"opened": at(after(days=-1))}),  # an earlier holding of this very lead
    )
    seen = world(pool(1), mine, docket=(held, *beside))
    offered = terms.named(mine, held, seen, policy(regions={"DACH": ("Austria",)}))
    assert {name: offered[name] for name in offered} == {
        **PARTY,
        **DAYS,
        "country": "Austria",
        "industry": "Utilities",
        "queue": "Partner_Pool",
        "track": "new",
        "age_days": 2,
        "age_hours": 49,
        "origin": "",
        "lead.own": {"segment": "public"},
        "customer": "Stadtwerke Auenried GmbH",
        "website": "auenried.de",
        "city": "Auenried",
        "postcode": "86150",
        "employees": 420,
        "region": "DACH",
        "in_territory": False,
        "certified": True,
        "trained": False,
        "open_claims": 1,
    }
    assert {*offered, "quality"} == set(names.CLAIM)


def test_a_claim_by_nobody_of_an_empty_lead_offers_the_same_names() -> None:
    offered = circumstances.of_claim(
        lead(1, pool(), who("", country=""), created_at=START), None, None, "", START, DAYS
    )
    assert dict(offered) == {
        **NOBODY,
        **DAYS,
        "country": "",
        "industry": "",
        "queue": "",
        "track": "new",
        "age_days": 0,
        "origin": "",
        "lead.own": {},
    }  # fmt: skip


def test_a_firm_on_its_own_offers_all_but_a_lead_and_a_person() -> None:
    offered = circumstances.of_firm(NORD, DAYS)
    assert dict(offered) == {
        **PARTY,
        **DAYS,
        "role": "",
        "person": "",
        "person.own": {},
        "country": "",
        "industry": "",
        "queue": "",
        "track": "new",
        "age_days": 0,
        "origin": "",
    }


def test_a_registration_offers_what_it_says_and_what_the_records_say_of_it() -> None:
    there = who(
        "Stadtwerke Auenried GmbH", city="Auenried", postcode="86150", website="https://www.auenried.de/x",
        industry="Utilities", employees=420,
    )  # fmt: skip
    one = deal(
        1, MIA, CITY, own=(("units", 40),), stage=Decimal(4), tender_on=date(2026, 4, 1), created_at=after(days=-30)
    )  # fmt: skip
    won = deal(2, MIA, CITY, won=True, closed=True, partner=NORD.id, close_by=date(2026, 1, 1))
    direct = deal(3, MIA, CITY)
    call = activity(1, CITY.id, MIA, after(days=-5))
    mine = filing(
        1, ANNA, there, opportunity=one.id, current_vendor="Alt", competitors="Neu", own=(("project", "P1"),),
        track="renewal", created_at=after(days=-3),
        evidence=(proof(1, "workshop"), proof(2, "meeting", customer_confirmed=False)),
    )  # fmt: skip
    others = (
        filed(11, -10, amount=euros(1000)),
        filed(12, -70, amount=euros(200), state=RegistrationState.APPROVED, ruled_at=after(days=-69)),
        filed(13, -200, state=RegistrationState.LAPSED, ruled_at=after(days=-40)),
        filed(14, -366, state=RegistrationState.WON, ruled_at=after(days=-365)),
        filed(15, 0, state=RegistrationState.REJECTED, ruled_at=START),
        filed(16, -1, state=RegistrationState.REJECTED, firm=SUED.id),
    )
    entry = filed(1, 0, opportunity=one.id, distributor=SUED.id)
    seen = world(CITY, one, won, direct, call, mine, docket=others)
    offered = circumstances.about(mine, entry, seen, policy())
    assert {name: offered[name] for name in offered} == {
        **PARTY,
        **DAYS,
        "country": "Germany",
        "industry": "Utilities",
        "amount": euros(64_000),
        "currency": "EUR",
        "products": ["Edge Gateway"],
        "product": {"name": "Edge Gateway", "line": "Edge"},
        "lines": ["Edge"],
        "stage": Decimal(2),
        "track": "renewal",
        "age_days": 3,
        "origin": "referral",
        "customer": "Stadtwerke Auenried GmbH",
        "website": "auenried.de",
        "city": "Auenried",
        "postcode": "86150",
        "employees": 420,
        "current_vendor": "Alt",
        "competitors": "Neu",
        "evidence": ["meeting", "workshop"],
        "confirmed_evidence": ["workshop"],
        "registration.own": {"project": "P1"},
        "new_customer": False,
        "purchases": 1,
        "days_since_purchase": 60,
        "incumbent": True,
        "has_incumbent": True,
        "direct_activity_days": 5,
        "direct_deal": True,
        "account_class": "strategic",
        "deal_stage": Decimal(4),
        "deal_age_days": 30,
        "rivals": 0,
        "standing_rivals": 0,
        "lapsed_before": 0,
        "open_registrations": 2,
        "filed_in_30_days": 1,
        "filed_in_365_days": 3,
        "filed_in_quarter": 1,
        "filed_in_year": 1,
        "approved_in_quarter": 1,
        "approved_in_year": 1,
        "open_amount": euros(1200),
        "in_territory": True,
        "registrations_won": 1,
        "registrations_lapsed": 1,
        "region": "DACH",
        "first_contact_days": 29,
        "close_in_days": 121,
        "tender": True,
        "tender_in_days": 30,
        "for_another": True,
        "distributor": "Süd",
        "distributor_tier": "Silver",
        "opportunity.own": {"units": 40},
        "customer.own": {"segment": "public"},
        "certified": True,
        "trained": False,
    }
    assert {*offered, "quality"} == set(names.FILING)


def test_a_registration_that_says_nothing_offers_the_same_names() -> None:
    mine = filing(
        1, ANNA, amount=None, products=(), buying_stage=None, origin="", first_contact=None, close_by=None,
        evidence=(), filed_by=None, partner=None, created_at=START,
    ).model_copy(update={"customer": who("", country="")})  # fmt: skip
    entry = RegistrationEntry(registration=mine.id, firm=ident("001", 99), filed=at(START))
    offered = circumstances.about(mine, entry, world(mine), policy())
    assert {name: offered[name] for name in offered} == {
        **NOBODY,
        **DAYS,
        "country": "",
        "industry": "",
        "amount": None,
        "currency": "",
        "products": [],
        "product": {"name": "", "line": ""},
        "lines": [],
        "stage": 0,
        "track": "new",
        "age_days": 0,
        "origin": "",
        "customer": "",
        "website": "",
        "city": "",
        "postcode": "",
        "employees": 0,
        "current_vendor": "",
        "competitors": "",
        "evidence": [],
        "confirmed_evidence": [],
        "registration.own": {},
        "new_customer": True,
        "purchases": 0,
        "days_since_purchase": 1_000_000,
        "incumbent": False,
        "has_incumbent": False,
        "direct_activity_days": 1_000_000,
        "direct_deal": False,
        "account_class": "",
        "deal_stage": 0,
        "deal_age_days": 0,
        "rivals": 0,
        "standing_rivals": 0,
        "lapsed_before": 0,
        "open_registrations": 0,
        "filed_in_30_days": 0,
        "filed_in_365_days": 0,
        "filed_in_quarter": 0,
        "filed_in_year": 0,
        "approved_in_quarter": 0,
        "approved_in_year": 0,
        "open_amount": euros(0),
        "in_territory": False,
        "registrations_won": 0,
        "registrations_lapsed": 0,
        "region": "",
        "first_contact_days": 0,
        "close_in_days": 0,
        "tender": False,
        "tender_in_days": 0,
        "for_another": False,
        "distributor": "",
        "distributor_tier": "",
        "opportunity.own": {},
        "customer.own": {},
        "certified": False,
        "trained": False,
    }


def test_a_field_of_the_customers_is_what_the_first_of_its_accounts_says_that_says_anything() -> None:
    blank = customer(1, CITY.identity, own=(("segment", ""), ("seats", 0), ("region", None)))
    says = customer(2, CITY.identity, own=(("segment", "public"), ("seats", 9), ("region", "south")))
    late = customer(3, CITY.identity, own=(("segment", "private"), ("seats", 7)))
    mine = filing(1, ANNA, CITY.identity)
    offered = circumstances.about(mine, filed(1, 0), world(blank, says, late, mine), policy())
    assert offered["customer.own"] == {"segment": "public", "seats": 0, "region": "south"}


def test_what_costs_a_look_is_looked_up_once_and_only_when_it_is_asked_for() -> None:
    asked: list[str] = []

    def look() -> object:
        asked.append("tier")
        return "Gold"

    offered = Circumstances({"on": "2026-03-02"}, {"tier": look}).also({"line": "Security"})
    assert (set(offered), len(offered), asked) == ({"on", "tier", "line"}, 3, [])
    assert "tier" in offered
    assert (offered["tier"], offered["tier"], asked) == ("Gold", "Gold", ["tier"])
    with pytest.raises(KeyError):
        offered["queue"]


@pytest.mark.parametrize("given", [{"on": "2026-03-02"}, Circumstances({"on": "2026-03-02"}, {})])
def test_further_names_stand_beside_those_of_the_act(given: Any) -> None:
    assert dict(circumstances.also(given, line="Security")) == {"on": "2026-03-02", "line": "Security"}


def staged(**given: Any) -> Opportunity:
    return deal(1, MIA, CITY, created_at=after(days=-12), **given)


def test_a_staged_deal_offers_its_plan_its_customer_and_its_partner() -> None:
    one = staged(amount=euros(70_000), track="renewal", plan=Plan(pressure=True), own=(("units", 40),))
    offered = circumstances_of_deal(one, CITY, NORD, START.date())
    assert offered == {
        "firm": "Nord",
        "tier": "Platinum",
        "territory": ["Germany", "Nordics"],
        "capabilities": ["Technical"],
        "partner.own": {"level": 3},
        "amount": euros(70_000),
        "currency": "EUR",
        "account_class": "strategic",
        "stage": Decimal(2),
        "competitive_pressure": True,
        "track": "renewal",
        "country": "Germany",
        "industry": "Utilities",
        "origin": "",
        "age_days": 12,
        "on": "2026-03-02",
        "opportunity.own": {"units": 40},
        "lead.own": {},
        "customer.own": {"segment": "public"},
    }
    assert set(offered) == set(STAGE_NAMES)


def test_a_staged_deal_without_an_amount_offers_none_so_that_a_condition_on_it_is_not_answered() -> None:
    assert circumstances_of_deal(staged(stage=None), None, None, START.date()) == {
        "firm": "",
        "tier": "",
        "territory": [],
        "capabilities": [],
        "partner.own": {},
        "currency": "",
        "account_class": "",
        "stage": 0,
        "competitive_pressure": False,
        "track": "new",
        "country": "",
        "industry": "",
        "origin": "",
        "age_days": 12,
        "on": "2026-03-02",
        "opportunity.own": {},
        "lead.own": {},
        "customer.own": {},
    }


def to_pursue(**given: Any) -> Lead:
    told = who("Stadtwerke Auenried GmbH", country="Austria", industry="Utilities")
    return lead(1, MIA, told, created_at=after(days=-12), **given)


def test_a_lead_of_a_staged_process_offers_the_names_of_a_deal() -> None:
    one = to_pursue(value=euros(70_000), source="fair", account_class="named", own=OWN)
    offered = circumstances_of_lead(one, NORD, START.date())
    assert offered == {
        "firm": "Nord",
        "tier": "Platinum",
        "territory": ["Germany", "Nordics"],
        "capabilities": ["Technical"],
        "partner.own": {"level": 3},
        "amount": euros(70_000),
        "currency": "EUR",
        "account_class": "named",
        "stage": 0,
        "competitive_pressure": False,
        "track": "new",
        "country": "Austria",
        "industry": "Utilities",
        "origin": "fair",
        "age_days": 12,
        "on": "2026-03-02",
        "opportunity.own": {},
        "lead.own": {"segment": "public"},
        "customer.own": {},
    }
    assert set(offered) == set(STAGE_NAMES)
    assert "amount" not in circumstances_of_lead(to_pursue(), None, START.date())


def test_a_silent_deal_offers_what_the_clock_may_ask() -> None:
    one = staged(amount=euros(70_000), partner=NORD.id, own=(("units", 40),))
    seen = world(CITY, one, docket=(filed(1, -1, opportunity=one.id),))
    offered = stale.circumstances_of(one, seen, START)
    assert offered == {
        "amount": euros(70_000),
        "currency": "EUR",
        "stage": Decimal(2),
        "partner": True,
        "registered": True,
        "country": "Germany",
        "industry": "Utilities",
        "age_days": 12,
        "on": "2026-03-02",
        "opportunity.own": {"units": 40},
        "customer.own": {"segment": "public"},
        "partner.own": {"level": 3},
    }
    assert set(offered) == set(names.DEAL)


def test_a_deal_that_a_partner_user_owns_is_a_partners() -> None:
    offered = stale.circumstances_of(staged().model_copy(update={"owner": ANNA.id}), world(), START)
    assert (offered["partner"], offered["partner.own"]) == (True, {"level": 3})


def test_a_silent_deal_of_nobody_offers_the_same_names() -> None:
    one = staged(stage=None).model_copy(update={"owner": None, "customer": None})
    assert stale.circumstances_of(one, world(), START) == {
        "amount": None,
        "currency": "",
        "stage": 0,
        "partner": False,
        "registered": False,
        "country": "",
        "industry": "",
        "age_days": 12,
        "on": "2026-03-02",
        "opportunity.own": {},
        "customer.own": {},
        "partner.own": {},
    }
