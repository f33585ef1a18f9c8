"""The sources' own stories, placed among the seeded rows with everything a test needs to play them on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from connector.practice.seed.companies import STORY_SERIAL, Company, company
from connector.practice.seed.customers import Catalogue, Deal
from connector.practice.seed.deal_rows import add_deal
from connector.practice.seed.filings import APPROVED, Filing, file
from connector.practice.seed.places import places
from connector.practice.seed.story_leads import story_lead
from connector.practice.seed.world import Firm, Person, World

Story = dict[str, str]
HELD_IN_STORIES: Mapping[str, int] = {"fjordkant": 13, "levante": 18, "hexin": 1, "harbour": 1, "havneby": 1}
POOL_OF_CLAIMER = 6


@dataclass(frozen=True, kw_only=True)
class Teller:
    """What every story needs."""

    world: World
    prices: Catalogue

    def company(
        self, country: str, number: int, *, name: str | None = None, city: str | None = None
    ) -> Company:
        """A company of the stories, with a name of its own or an ordinary one."""
        rng = self.world.dice(f"story/{number}")
        return company(rng, places()[country], STORY_SERIAL + number, name=name, city=city)

    def deal(
        self, made: Company, owner: Person, *, number: int, stage: int, account: Deal | None = None
    ) -> Deal:
        """An opportunity, with a customer of its own or on that of another deal."""
        world = self.world
        found = Deal(
            number=number,
            account=account.account if account else world.ids.next("Account"),
            contact=account.contact if account else world.ids.next("Contact"),
            opportunity=world.ids.next("Opportunity"),
            company=made,
            first=made.place.first[0],
            last=made.place.last[0],
            owner=owner,
            stage=stage,
            created=world.times.ago(days=28 if account else 45),
            stage_since=world.times.ago(days=5, hours=number),
            lines=(("Edge Gateway", 14), ("Support Plus", 20)),
            active_days=4,
        )
        add_deal(world, found, self.prices, with_account=account is None)
        return found


def two_partners_one_deal(teller: Teller) -> Story:
    """R1.2: two complete filings for one customer, its name written two ways, seven minutes apart."""
    world = teller.world
    firms = (world.firms["rheinwerk"], world.firms["nordlicht"])
    customer = teller.company("Germany", 1, name="Müller & Söhne Maschinenbau GmbH", city="Stuttgart")
    names = (customer.name, "Mueller und Soehne Maschinenbau")
    ids = [
        file(
            world,
            Filing(
                firm=firm,
                user=firm.active[0],
                company=customer,
                name=name,
                created=world.times.ago(hours=5),
                filed=world.times.ago(hours=3, minutes=minutes),
                status="Submitted",
                since=world.times.ago(hours=3, minutes=minutes),
                contact_days=25 + minutes,
            ),
        )
        for firm, name, minutes in zip(firms, names, (7, 0), strict=True)
    ]
    return {
        "first_registration": ids[0],
        "second_registration": ids[1],
        **_people("first", firms[0], firms[0].active[0]),
        **_people("second", firms[1], firms[1].active[0]),
        "customer_name": names[0],
        "variant_name": names[1],
    }


def direct_takes_partner_deal(teller: Teller) -> Story:
    """R1.1: an approved, protected registration; a direct seller is about to win the same customer's deal."""
    world, firm = teller.world, teller.world.firms["nordlicht"]
    user, seller = firm.active[0], world.sellers[0]
    customer = teller.company("Germany", 2, name="Wasserwerke Havelufer AG", city="Berlin")
    partner = teller.deal(customer, user, number=1, stage=4)
    direct = teller.deal(customer, seller, number=2, stage=7, account=partner)
    decided, ends = world.times.ago(days=20), world.times.ago(days=-70)
    registration = file(
        world,
        Filing(
            firm=firm,
            user=user,
            company=customer,
            created=world.times.ago(days=23),
            filed=world.times.ago(days=22),
            status="Approved",
            since=decided,
            contact_days=60,
            opportunity=partner.opportunity,
            ruled_by=world.manager,
            more=(
                ("Ruling__c", "Approve"),
                ("Ruling_Message__c", APPROVED[user.place.language]),
                ("Protected_From__c", decided),
                ("Protected_Until__c", ends),
                ("Review_Decision__c", "Approve"),
                ("Review_Decided_At__c", decided),
                ("Review_Decided_By__c", world.manager),
            ),
        ),
    )
    return {
        "registration": registration,
        "partner_opportunity": partner.opportunity,
        "direct_opportunity": direct.opportunity,
        "customer": partner.account,
        "direct_user": seller.id,
        "direct_username": seller.username,
        **_people("partner", firm, user),
    }


def late_completion(teller: Teller) -> Story:
    """R1.3: the first to file left things out; a complete filing for the customer came five hours later."""
    world = teller.world
    early, rival = world.firms["rheinwerk"], world.firms["alpenrand"]
    customer = teller.company("Germany", 3, name="Hanseatische Windwerke AG", city="Hamburg")

    def filed_by(firm: Firm, name: str, hours: float, *, complete: bool) -> str:
        stamp = world.times.ago(hours=hours)
        filing = Filing(
            firm=firm,
            user=firm.active[0],
            company=customer,
            name=name,
            created=world.times.ago(hours=hours + 4),
            filed=stamp,
            status="Submitted",
            since=stamp,
            complete=complete,
        )
        return file(world, filing)

    first = filed_by(early, customer.name, 35, complete=False)
    second = filed_by(rival, "Hanseatische Windwerke", 30, complete=True)
    return {
        "incomplete_registration": first,
        "complete_registration": second,
        **_people("incomplete", early, early.active[0]),
        **_people("complete", rival, rival.active[0]),
        "missing": "Industry__c,Employees__c,First_Contact__c,Next_Steps__c,Origin__c,Decision_Maker__c",
    }


def trigger_happy_claimer(teller: Teller) -> Story:
    """R3.7: a Silver firm holds 18 of its 20; six leads wait in the pool for its quickest user."""
    world, firm = teller.world, teller.world.firms["levante"]
    for number in range(18):
        made = teller.company("Spain", 100 + number)
        story_lead(world, made, owner=firm.active[number % len(firm.active)], hours=20 + 6 * number)
    waiting = [
        story_lead(world, teller.company("Spain", 130 + n), owner=None) for n in range(POOL_OF_CLAIMER)
    ]
    return {
        **_people("", firm, firm.active[0]),
        "second_user": firm.active[1].id,
        "second_username": firm.active[1].username,
        "queue": world.queues["Partner_Pool_Iberia"],
        "held": "18",
        "quota": "20",
        **{f"lead_{number}": lead for number, lead in enumerate(waiting, start=1)},
    }


def adopted_excess(teller: Teller) -> Story:
    """A Registered firm came over quota long before the connector: 13 held where 10 are allowed."""
    world, firm = teller.world, teller.world.firms["fjordkant"]
    leads = [
        story_lead(
            world,
            teller.company("Denmark", 200 + number),
            owner=firm.active[number % len(firm.active)],
            hours=30 + 7 * number,
            status="Working" if number % 2 else "New",
        )
        for number in range(13)
    ]
    return {**_people("", firm, firm.active[0]), "held": "13", "quota": "10", "lead": leads[0]}


def meilaier(teller: Teller) -> Story:
    """R4.8: one firm holds the Beijing company; another is to enter it without the region in its name."""
    world = teller.world
    holder, rival = world.firms["hexin"], world.firms["yunling"]
    customer = teller.company("China", 4, name="美来尔工程技术(北京)有限公司", city="北京")
    held = story_lead(world, customer, owner=holder.active[0], hours=70, status="Working")
    return {
        "held_lead": held,
        **_people("holder", holder, holder.active[0]),
        **_people("rival", rival, rival.active[0]),
        "held_company": customer.name,
        "company_to_enter": "美来尔工程技术有限公司",
        "city": "北京",
        "country": "China",
        "phone": customer.phone,
        "fax": customer.fax,
    }


def fake_contact(teller: Teller) -> Story:
    """R4.9: a lead is to be entered whose landline, fax and caller id are one; the true ones are taken."""
    world = teller.world
    holder, filer = world.firms["harbour"], world.firms["castillo"]
    customer = teller.company("Spain", 5, name="Cerámica Valdelaguna, S.L.", city="Valencia")
    held = story_lead(world, customer, owner=holder.active[0], hours=90, status="Working")
    return {
        **_people("", filer, filer.active[1]),
        **_people("holder", holder, holder.active[0]),
        "held_lead": held,
        "company": "Azulejos Valdelaguna",
        "city": "Valencia",
        "country": "Spain",
        "caller_id": "+34 612 555 018",
        "true_phone": customer.phone,
        "true_fax": customer.fax,
    }


def convertible(teller: Teller) -> Story:
    """R3.10: a held lead, worked and ready to become a customer and an opportunity."""
    world, firm = teller.world, teller.world.firms["havneby"]
    customer = teller.company("Denmark", 6, name="Østersø Fragt ApS", city="Køge")
    lead = story_lead(world, customer, owner=firm.active[0], hours=120, status="Working")
    return {"lead": lead, "company": customer.name, **_people("", firm, firm.active[0])}


def poison(teller: Teller) -> Story:
    """A complete draft, and a lead in the pool, on which a customer's own rule refuses our writes alone.

    The org's legal desk put both on hold: its rule stops the connector's login from changing them, while
    people and partner users save them freely. They lie still until a partner submits or claims them.
    """
    world, firm = teller.world, teller.world.firms["castillo"]
    held = (("Legal_Hold__c", True),)
    made = teller.company("Spain", 7, name="Puerto Franco Logística, S.A.", city="Barcelona")
    registration = file(
        world,
        Filing(
            firm=firm,
            user=firm.active[0],
            company=made,
            created=world.times.ago(days=3),
            filed=None,
            status="Draft",
            since=world.times.ago(days=3),
            more=held,
        ),
    )
    other = teller.company("Spain", 8, name="Astilleros Ría Norte, S.A.", city="A Coruña")
    lead = story_lead(world, other, owner=None, more=dict(held))
    return {"registration": registration, "lead": lead, **_people("", firm, firm.active[0])}


def _people(role: str, firm: Firm, user: Person) -> Story:
    prefix = f"{role}_" if role else ""
    return {f"{prefix}firm": firm.id, f"{prefix}user": user.id, f"{prefix}username": user.username}


TOLD = (
    two_partners_one_deal,
    direct_takes_partner_deal,
    late_completion,
    trigger_happy_claimer,
    adopted_excess,
    meilaier,
    fake_contact,
    convertible,
)
