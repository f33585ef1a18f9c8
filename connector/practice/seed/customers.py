"""Customers with a contact each, and the opportunities on them: direct and partner-owned, in every stage."""

from __future__ import annotations

from dataclasses import dataclass

from connector.practice.seed.companies import DEAL_SERIAL, Company, company
from connector.practice.seed.people import RATES
from connector.practice.seed.places import any_place
from connector.practice.seed.times import audit
from connector.practice.seed.world import Person, World

STAGES = (
    ("Prospecting", 10, "Pipeline"),
    ("Qualification", 10, "Pipeline"),
    ("Needs Analysis", 20, "Pipeline"),
    ("Value Proposition", 50, "Pipeline"),
    ("Id. Decision Makers", 60, "Pipeline"),
    ("Perception Analysis", 70, "Pipeline"),
    ("Proposal/Price Quote", 75, "Pipeline"),
    ("Negotiation/Review", 90, "Pipeline"),
    ("Closed Won", 100, "Closed"),
    ("Closed Lost", 0, "Omitted"),
)
PRODUCTS = (("Edge Gateway", 4_800), ("Cloud Control", 1_900), ("Analytics", 2_600), ("Support Plus", 900))


@dataclass(frozen=True, kw_only=True)
class Catalogue:
    """The price book: entries by product and currency."""

    book: str
    products: dict[str, str]
    codes: dict[str, str]
    entries: dict[tuple[str, str], str]

    @staticmethod
    def price(product: str, currency: str) -> int:
        return round(dict(PRODUCTS)[product] * RATES[currency])


def place_catalogue(world: World) -> Catalogue:
    """Products and the standard price book in every currency."""
    stamps = audit(world.times.ago(days=600), world.admin)
    books = world.org.reader().execute('SELECT "Id" FROM "Pricebook2" WHERE "IsStandard" = 1').fetchall()
    book = str(books[0][0]) if books else world.ids.next("Pricebook2")
    if not books:
        world.add(
            "Pricebook2",
            {"Id": book, "Name": "Standard Price Book", "IsActive": True, "IsStandard": True, **stamps},
        )
    products, codes, entries = {}, {}, {}
    for name, _ in PRODUCTS:
        code = "".join(word[0] for word in name.split()) + "-100"
        codes[name] = code
        row = {"Name": name, "ProductCode": code, "IsActive": True, "Family": name.split()[0], **stamps}
        products[name] = world.add("Product2", {**row, "CurrencyIsoCode": "EUR"})
        for currency in RATES:
            entry = {
                "Name": name,
                "Pricebook2Id": book,
                "Product2Id": products[name],
                "ProductCode": code,
                "CurrencyIsoCode": currency,
                "UnitPrice": Catalogue.price(name, currency),
                "IsActive": True,
            }
            entries[name, currency] = world.add("PricebookEntry", {**entry, **stamps})
    return Catalogue(book=book, products=products, codes=codes, entries=entries)


@dataclass(frozen=True, kw_only=True)
class Deal:
    """One customer and its opportunity, by number."""

    number: int
    account: str
    contact: str
    opportunity: str
    company: Company
    first: str
    last: str
    owner: Person
    stage: int
    created: str
    stage_since: str
    lines: tuple[tuple[str, int], ...]
    active_days: int

    @property
    def title(self) -> str:
        return f"{self.company.name[:90]} – {self.lines[0][0]}"

    @property
    def amount(self) -> int:
        return sum(Catalogue.price(name, self.company.place.currency) * count for name, count in self.lines)


@dataclass(frozen=True, kw_only=True)
class Book:
    """All deals: how many, and where their ids begin."""

    count: int
    accounts: int
    contacts: int
    opportunities: int


def book(world: World, count: int) -> Book:
    """Set ids aside for `count` deals."""
    return Book(
        count=count,
        accounts=world.ids.reserve("Account", count),
        contacts=world.ids.reserve("Contact", count),
        opportunities=world.ids.reserve("Opportunity", count),
    )


def deal(world: World, shelf: Book, number: int) -> Deal:
    """The deal of that number; the first forty show every stage, direct and partner-owned."""
    rng = world.dice(f"deal/{number}")
    partner = number // 10 % 2 == 1 if number < 40 else rng.random() < 0.45
    place = any_place(rng)
    stage = (
        number % 10 if number < 40 else rng.choices(range(10), weights=(9, 9, 10, 10, 7, 7, 9, 7, 18, 14))[0]
    )
    if partner:
        firm = rng.choice([f for f in world.firms.values() if f.certified > 0])
        owner, place = rng.choice(firm.active), firm.place
    else:
        owner = rng.choice(world.sellers)
    age = rng.randint(40, 320)
    lines = tuple((name, rng.randint(4, 30)) for name, _ in rng.sample(PRODUCTS, rng.randint(1, 2)))
    firm_of = company(rng, place, DEAL_SERIAL + number)
    return Deal(
        number=number,
        account=world.ids.at("Account", shelf.accounts + number),
        contact=world.ids.at("Contact", shelf.contacts + number),
        opportunity=world.ids.at("Opportunity", shelf.opportunities + number),
        company=firm_of,
        first=rng.choice(place.first),
        last=rng.choice(place.last),
        owner=owner,
        stage=stage,
        created=world.times.ago(days=age, minutes=rng.randint(0, 1439)),
        stage_since=world.times.ago(days=rng.randint(4, 35), minutes=rng.randint(0, 1439)),
        lines=lines,
        active_days=rng.randint(4, 38),
    )
