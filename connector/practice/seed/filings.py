"""How a deal registration is written: its fields, its decision makers, its evidence, its history."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from connector.practice.seed.companies import Company
from connector.practice.seed.customers import Catalogue
from connector.practice.seed.times import audit
from connector.practice.seed.world import Firm, Person, Row, World

NEXT_STEPS = {
    "de": "Technischer Workshop beim Kunden, danach Angebot.",
    "da": "Teknisk workshop hos kunden, derefter tilbud.",
    "es": "Taller técnico con el cliente y después la oferta.",
    "zh_CN": "与客户召开技术研讨会，随后提交报价。",
    "en_US": "Technical workshop at the customer, then a quote.",
}
LINES = (("Edge Gateway", 14), ("Support Plus", 20))
APPROVED = {
    "de": "Ihre Registrierung ist genehmigt.",
    "da": "Din registrering er godkendt.",
    "es": "Su registro está aprobado.",
    "zh_CN": "您的报备已获批准。",
    "en_US": "Your registration is approved.",
}
REJECTED = {
    "de": "Abgelehnt: der Erstkontakt liegt länger als 90 Tage zurück.",
    "da": "Afvist: den første kontakt er mere end 90 dage gammel.",
    "es": "Rechazado: el primer contacto tiene más de 90 días.",
    "zh_CN": "已驳回：首次接触距今超过90天。",
    "en_US": "Rejected: the first contact is more than 90 days old.",
}
_COMPLETE = ("Industry__c", "Employees__c", "First_Contact__c", "Next_Steps__c", "Origin__c")


@dataclass(frozen=True, kw_only=True)
class Filing:
    """What a partner user filed, `status` since `since`; `filed` None: never submitted."""

    firm: Firm
    user: Person
    company: Company
    created: str
    filed: str | None
    status: str
    since: str
    contact_days: int = 30
    complete: bool = True
    opportunity: str | None = None
    name: str | None = None
    ruled_by: str | None = None
    more: tuple[tuple[str, Any], ...] = ()


def file(world: World, filing: Filing) -> str:
    """Write the registration with its children and history; answers its id."""
    place = filing.company.place
    amount = sum(Catalogue.price(name, place.currency) * count for name, count in LINES)
    touched = max(filing.since, filing.created)
    row: Row = {
        "Partner_Account__c": filing.firm.id,
        "Customer_Name__c": filing.name or filing.company.name,
        "Customer_City__c": filing.company.city,
        "Customer_Country__c": place.name,
        "Customer_Street__c": filing.company.address["Street"],
        "Customer_Postal_Code__c": filing.company.address["PostalCode"],
        "Customer_Phone__c": filing.company.phone,
        "Customer_Fax__c": filing.company.fax,
        "Customer_Website__c": filing.company.website,
        "Industry__c": filing.company.industry,
        "Employees__c": filing.company.employees,
        "Products__c": ";".join(name for name, _ in LINES),
        "Amount__c": amount,
        "CurrencyIsoCode": place.currency,
        "Expected_Close__c": world.times.day(-75),
        "Buying_Stage__c": "Discovery",
        "Competitors__c": "none",
        "Origin__c": "Referral",
        "First_Contact__c": world.times.day(filing.contact_days),
        "Next_Steps__c": NEXT_STEPS[place.language],
        "Opportunity__c": filing.opportunity,
        "Status__c": filing.status,
        "Submitted_At__c": filing.filed,
        "Status_Since__c": filing.since,
        "In_Conflict__c": False,
        "OwnerId": filing.user.id,
        **audit(filing.created, filing.user.id, touched, filing.ruled_by or filing.user.id),
        **dict(filing.more),
    }
    if not filing.complete:
        row |= dict.fromkeys(_COMPLETE)
    registration = world.add("Deal_Registration__c", row)
    if filing.complete:
        _decision_makers(world, registration, filing)
        _evidence(world, registration, filing)
    _history(world, registration, filing)
    return registration


def _decision_makers(world: World, registration: str, filing: Filing) -> None:
    place = filing.company.place
    rng = world.dice(f"makers/{registration}")
    stamps = audit(filing.created, filing.user.id)
    for title in rng.sample(place.titles, 2):
        last, first = rng.choice(place.last), rng.choice(place.first)
        name = last + first if place.language.startswith("zh") else f"{first} {last}"
        row = {"Name": name, "Registration__c": registration, "Title__c": title}
        world.add("Decision_Maker__c", {**row, "CurrencyIsoCode": place.currency, **stamps})


def _evidence(world: World, registration: str, filing: Filing) -> None:
    """A meeting the customer confirmed, and a deliverable made for this customer alone (R1.9)."""
    rng = world.dice(f"evidence/{registration}")
    stamps = {"CurrencyIsoCode": filing.company.place.currency, **audit(filing.created, filing.user.id)}
    held = world.times.day(max(filing.contact_days - 6, 1))
    common = {"Registration__c": registration, "Happened_On__c": held}
    world.add(
        "Registration_Evidence__c", {**common, "Kind__c": "Meeting", "Customer_Confirmed__c": True, **stamps}
    )
    proof = {"Kind__c": "Discovery Deliverable", "Customer_Confirmed__c": False}
    world.add(
        "Registration_Evidence__c",
        {**common, **proof, "File_Hash__c": f"{rng.getrandbits(256):064x}", **stamps},
    )


def _history(world: World, registration: str, filing: Filing) -> None:
    steps: list[tuple[str, str, str, str]] = []
    if filing.filed:
        steps.append(("Draft", "Submitted", filing.filed, filing.user.id))
    if filing.status not in {"Draft", "Submitted"}:
        steps.append(("Submitted", filing.status, filing.since, filing.ruled_by or filing.user.id))
    for old, new, when, who in steps:
        world.add(
            "Deal_Registration__History",
            {
                "ParentId": registration,
                "Field": "Status__c",
                "DataType": "Picklist",
                "OldValue": old,
                "NewValue": new,
                "CreatedById": who,
                "CreatedDate": when,
            },
        )
