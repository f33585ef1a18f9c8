"""The names that a policy's `when:` may use, with their values for one act.

What costs a look into the mirror is looked up only where a condition asks for it.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal

from connector.canonical.docket import RegistrationEntry, RegistrationState
from connector.canonical.ids import RecordId
from connector.canonical.money import Money
from connector.canonical.records import Customer, Identity, Lead, Partner, Person, Registration
from connector.matching.contacts import company_domain
from connector.policy.circumstances import shared_product
from connector.policy.model import Policy
from connector.policy.outcomes import Incumbency, NewCustomer
from connector.rules import scores
from connector.rules.background import NEVER, Background
from connector.rules.case import local_day
from connector.rules.days import days_of, quarter_began, year_began
from connector.rules.lines import lines_of as product_lines
from connector.rules.territory import covers
from connector.rules.world import World

Asked = Callable[[], object]


class Circumstances(Mapping[str, object]):
    """Values by name; those under `asked` are found out when they are first read."""

    def __init__(self, given: Mapping[str, object], asked: Mapping[str, Asked]) -> None:
        self._given = dict(given)
        self._asked = dict(asked)

    def __getitem__(self, name: str) -> object:
        if name not in self._given and name in self._asked:
            self._given[name] = self._asked[name]()
        return self._given[name]

    def __contains__(self, name: object) -> bool:
        return name in self._given or name in self._asked

    def __iter__(self) -> Iterator[str]:
        return iter({**self._given, **self._asked})

    def __len__(self) -> int:
        return len({**self._given, **self._asked})

    def also(self, given: Mapping[str, object]) -> "Circumstances":
        """These with further names."""
        return Circumstances({**self._given, **given}, self._asked)

    def asking(self, asked: Mapping[str, Asked]) -> "Circumstances":
        """These with further names to be found out, or others instead of those of the same name."""
        return Circumstances(self._given, {**self._asked, **asked})


def also(names: Mapping[str, object], **given: object) -> Circumstances:
    """The same act with further names."""
    if isinstance(names, Circumstances):
        return names.also(given)
    return Circumstances({**names, **given}, {})


def of_filing(  # noqa: PLR0917
    filing: Registration,
    partner: Partner | None,
    person: Person | None,
    lines: Mapping[str, Sequence[str]],
    moment: datetime,
    background: Mapping[str, Asked],
    days: Mapping[str, object],
) -> Circumstances:
    """Circumstances of a registration; `background` as `looked_up` finds it, `days` as `days_of` names them.

    Amounts are `Money`: conditions compare them through `money()`.
    """
    given = {
        **_of_party(partner, person),
        **_of_customer(filing.customer),
        "amount": filing.amount,
        "currency": filing.amount.currency if filing.amount else "",
        "products": list(filing.products),
        "product": shared_product(filing.products, lines),
        "lines": list(lines_of(filing, lines)),
        "stage": filing.buying_stage or 0,
        "track": filing.track or "new",
        "age_days": (moment - filing.created_at).days,
        **days,
        "origin": filing.origin,
        "customer": filing.customer.name,
        "website": min(company_domain("", filing.customer.website), default=""),
        "city": filing.customer.city,
        "postcode": filing.customer.postcode,
        "employees": filing.customer.employees or 0,
        "current_vendor": filing.current_vendor,
        "competitors": filing.competitors,
        "evidence": sorted({proof.kind for proof in filing.evidence}),
        "confirmed_evidence": sorted({p.kind for p in filing.evidence if p.customer_confirmed}),
        "registration.own": dict(filing.own),
    }
    return Circumstances(given, background)


def about(filing: Registration, entry: RegistrationEntry, world: World, policy: Policy) -> Circumstances:
    """What a condition may ask of a registration by itself, as of the world's moment; `contest.about` knows rivals."""
    partner, person = world.partner(entry.firm), world.person(filing.filed_by)
    background = Background(filing, entry.firm, world, policy)
    asked = looked_up(background, entry, world, policy, background.day)
    days = days_of(world.now, policy)
    return of_filing(filing, partner, person, policy.product_lines, world.now, asked, days)


def looked_up(
    background: Background, entry: RegistrationEntry, world: World, policy: Policy, day: date
) -> dict[str, Asked]:
    """The circumstances of a registration that rest on other records."""
    filing, deal, partner = background.filing, background.deal, world.partner(entry.firm)
    distributor = world.partner(entry.distributor)
    tender, first = background.tender_on, policy.fiscal_year_starts
    scored = policy.partner_quality is not None

    return {
        **(
            {"quality": lambda: scores.quality(world.docket, policy, entry.firm, world.now)} if scored else {}
        ),
        "new_customer": lambda: _new(background, policy, day),
        "purchases": lambda: len(background.purchases),
        "days_since_purchase": lambda: _since(next((p.on for p in background.purchases), None), day),
        "incumbent": lambda: _incumbent(background, policy, day) == entry.firm,
        "has_incumbent": lambda: _incumbent(background, policy, day) is not None,
        "direct_activity_days": lambda: _since(background.contact.on if background.contact else None, day),
        "direct_deal": lambda: bool(background.direct_deals),
        "account_class": lambda: next((c.account_class for c in background.customers if c.account_class), ""),
        "deal_stage": lambda: (deal.stage or 0) if deal else 0,
        "deal_age_days": lambda: (world.now - deal.created_at).days if deal else 0,
        "rivals": lambda: 0,  # a filing without a place has none yet
        "standing_rivals": lambda: 0,
        "lapsed_before": lambda: 0,
        "open_registrations": lambda: _open_beside(entry, world),
        "filed_in_30_days": lambda: _filed_since(entry, world, timedelta(days=30)),
        "filed_in_365_days": lambda: _filed_since(entry, world, timedelta(days=365)),
        "filed_in_quarter": lambda: _filed_from(entry, world, policy, quarter_began(day, first)),
        "filed_in_year": lambda: _filed_from(entry, world, policy, year_began(day, first)),
        "approved_in_quarter": lambda: _approved_from(entry, world, policy, quarter_began(day, first)),
        "approved_in_year": lambda: _approved_from(entry, world, policy, year_began(day, first)),
        "open_amount": lambda: _open_amount(entry, world, policy, day),
        "in_territory": lambda: covers(
            partner.territory if partner else (), filing.customer.country, policy.regions
        ),
        "registrations_won": lambda: _ended_as(entry, world, RegistrationState.WON),
        "registrations_lapsed": lambda: _ended_as(entry, world, RegistrationState.LAPSED),
        "region": lambda: region_of(filing.customer.country, policy.regions),
        "first_contact_days": lambda: (day - filing.first_contact).days if filing.first_contact else 0,
        "close_in_days": lambda: (filing.close_by - day).days if filing.close_by else 0,
        "tender": lambda: tender is not None,
        "tender_in_days": lambda: (tender - day).days if tender else 0,
        "for_another": lambda: entry.distributor is not None,
        "distributor": lambda: distributor.name if distributor else "",
        "distributor_tier": lambda: distributor.tier if distributor else "",
        "opportunity.own": lambda: dict(deal.own) if deal else {},
        "customer.own": lambda: _first_said(background.own_customers),
        "certified": lambda: holds_on(partner.certified_until if partner else None, day),
        "trained": lambda: holds_on(partner.trained_until if partner else None, day),
    }


def _first_said(customers: Sequence[Customer]) -> Mapping[str, object]:
    """The programme's own fields of a customer; of several accounts of one customer, the first that says it."""
    said: dict[str, object] = {}
    for each in customers:
        said |= {name: value for name, value in each.own if said.get(name) in (None, "", ())}
    return said


def _new(background: Background, policy: Policy, day: date) -> bool:
    """By the default row of the policy's `new_customer`; without one a customer is new who never bought."""
    rows = policy.registrations.new_customer.options if policy.registrations else ()
    terms = rows[-1].value if rows else NewCustomer()
    within = terms.no_purchase_within
    return background.bought_since(within.before(day) if within else None, terms.per) is None


def _incumbent(background: Background, policy: Policy, day: date) -> RecordId | None:
    """By the default row of the policy's `incumbency`; without one the partner of the last won deal."""
    rows = policy.registrations.incumbency.options if policy.registrations else ()
    return background.incumbent(rows[-1].value if rows else Incumbency(), day)


def _since(on: date | None, day: date) -> int:
    return NEVER if on is None else (day - on).days


def holds_on(until: date | None, day: date) -> bool:
    """Whether a certificate or a training holds on a day."""
    return until is not None and until >= day


def _open_beside(entry: RegistrationEntry, world: World) -> int:
    found = world.docket.find(RegistrationEntry, f"firm:{entry.firm}")
    return sum(1 for each in found if each.key != entry.key)


def _filed_since(entry: RegistrationEntry, world: World, back: timedelta) -> int:
    """Filings of one second do not see each other: none of them came before the other."""
    first, mine = world.now - back, entry.filed
    found = world.docket.find(RegistrationEntry, f"firm:{entry.firm}", open_only=False)
    return sum(
        1 for each in found if each.key != entry.key and each.filed < mine and each.filed.latest >= first
    )


def _filed_from(entry: RegistrationEntry, world: World, policy: Policy, first: date) -> int:
    found = world.docket.find(RegistrationEntry, f"firm:{entry.firm}", open_only=False)
    earlier = (each for each in found if each.key != entry.key and each.filed < entry.filed)
    return sum(1 for each in earlier if local_day(each.filed.latest, policy) >= first)


def _approved_from(entry: RegistrationEntry, world: World, policy: Policy, first: date) -> int:
    """Those that stand or were won or lost; a lapsed one was approved, too."""
    found = world.docket.find(RegistrationEntry, f"firm:{entry.firm}", open_only=False)
    stood = (each for each in found if each.key != entry.key and each.state.was_approved)
    return sum(1 for each in stood if each.ruled_at and local_day(each.ruled_at, policy) >= first)


def _open_amount(entry: RegistrationEntry, world: World, policy: Policy, day: date) -> Money:
    """In the base currency. Raises LookupError where an amount or its rate is missing: the rule defers."""
    base, total = policy.rates.base, Decimal(0)
    for each in world.docket.find(RegistrationEntry, f"firm:{entry.firm}"):
        if each.key == entry.key:
            continue
        there = policy.rates.convert(each.amount, base, day) if each.amount else None
        if there is None:
            raise LookupError(f"nobody can say what {each.key} is worth in {base}")
        total += there.amount
    return Money(amount=total, currency=base)


def _ended_as(entry: RegistrationEntry, world: World, state: RegistrationState) -> int:
    found = world.docket.find(RegistrationEntry, f"firm:{entry.firm}", open_only=False)
    return sum(1 for each in found if each.key != entry.key and each.state is state)


def region_of(country: str, regions: Mapping[str, Sequence[str]]) -> str:
    """The region of a country; "" for one of none."""
    there = country.casefold()
    return next((name for name, held in regions.items() if there in {c.casefold() for c in held}), "")


def lines_of(filing: Registration, lines: Mapping[str, Sequence[str]]) -> tuple[str, ...]:
    """The product lines of a filing, in the policy's order; a product of no line is a line of its own."""
    return product_lines(filing.products, lines)


def of_claim(  # noqa: PLR0917
    lead: Lead,
    partner: Partner | None,
    person: Person | None,
    queue: str,
    moment: datetime,
    days: Mapping[str, object],
) -> Circumstances:
    """Circumstances of a claim; `days` as `days_of` names them."""
    given = {
        **_of_party(partner, person),
        **_of_customer(lead.identity),
        "queue": queue,
        "track": lead.track or "new",
        "age_days": (moment - lead.created_at).days,
        **days,
        "origin": lead.source,
        "lead.own": dict(lead.own),
    }
    return Circumstances(given, {})


def of_firm(partner: Partner, days: Mapping[str, object]) -> Mapping[str, object]:
    """Circumstances of a firm on its own, for what its Account shows of its quota; `days` as `days_of` names them."""
    return {
        **_of_party(partner, None),
        **_of_customer(Identity()),
        "queue": "",
        "origin": "",
        "track": "new",
        "age_days": 0,
        **days,
    }


def _of_party(partner: Partner | None, person: Person | None) -> dict[str, object]:
    return {
        "tier": partner.tier if partner else "",
        "territory": list(partner.territory) if partner else [],
        "firm": partner.name if partner else "",
        "role": person.role if person else "",
        "person": person.name if person else "",
        "capabilities": list(partner.capabilities) if partner else [],
        "partner.own": dict(partner.own) if partner else {},
        "person.own": dict(person.own) if person else {},
    }


def _of_customer(customer: Identity) -> dict[str, object]:
    return {"country": customer.country, "industry": customer.industry}
