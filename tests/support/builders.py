"""Partners, people, pools, leads, deals and registrations, each whole unless a test says otherwise."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from connector.canonical.ids import RecordId, record_id
from connector.canonical.money import Money
from connector.canonical.records import (
    Activity,
    Customer,
    DecisionMaker,
    Evidence,
    FilingStatus,
    Identity,
    Lead,
    Opportunity,
    Partner,
    Person,
    Pool,
    Registration,
)

START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
"""A Monday, long after every firm and person below came to be."""

LONG_AGO = datetime(2025, 1, 7, 8, 0, tzinfo=UTC)
OURS = record_id("005000000000000")
"""The connector's own login."""


def after(
    *, days: float = 0, hours: float = 0, minutes: float = 0, seconds: float = 0, since: datetime = START
) -> datetime:
    return since + timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds)


def ident(prefix: str, number: int) -> RecordId:
    """An 18-character id of an object's key prefix."""
    return record_id(f"{prefix}{number:012d}")


def firm(number: int = 1, **given: Any) -> Partner:
    """A certified Gold firm for Germany."""
    base: dict[str, Any] = {
        "name": f"Partner {number}",
        "territory": ("Germany",),
        "country": "Germany",
        "tier": "Gold",
        "certified_until": date(2027, 1, 1),
    }
    return Partner(**_dated(ident("001", number), LONG_AGO, base | given))


def seller(number: int, of: Partner | None = None, **given: Any) -> Person:
    """A partner user of a firm, or one of our own people without one."""
    return Person(
        **_dated(
            ident("005", number),
            LONG_AGO,
            {"name": f"Seller {number}", "firm": of.id if of else None} | given,
        )
    )


def pool(number: int = 1, name: str = "Partner_Pool") -> Pool:
    return Pool(**_dated(ident("00G", number), LONG_AGO, {"name": name, "label": name}))


def who(name: str, **given: Any) -> Identity:
    return Identity(**({"name": name, "country": "Germany"} | given))


TOWNS = ("Aachen", "Bremen", "Coburg", "Dresden", "Erfurt", "Fulda", "Gera", "Hameln", "Ilmenau", "Jena")
TRADES = ("Brauerei", "Druckerei", "Spedition", "Molkerei", "Werft", "Ziegelei", "Weberei", "Sägewerk")


def someone(number: int) -> Identity:
    """One of eighty customers that nobody would take for each other."""
    town, trade = TOWNS[number % 10], TRADES[number // 10]
    return who(f"{trade} {town} GmbH", city=town)


def lead(number: int, owner: Pool | Person, customer: Identity | None = None, **given: Any) -> Lead:
    """A lead in a pool, or held."""
    base = {"identity": customer or someone(number), "owner": owner.id, "status": "New"}
    return Lead(**_dated(ident("00Q", number), LONG_AGO, base | given))


def customer(number: int, identity: Identity, **given: Any) -> Customer:
    return Customer(**_dated(ident("001", 500 + number), LONG_AGO, {"identity": identity} | given))


def deal(number: int, owner: Person, of: Customer | None = None, **given: Any) -> Opportunity:
    """An open opportunity at stage 2."""
    base: dict[str, Any] = {
        "name": f"Deal {number}",
        "owner": owner.id,
        "customer": of.id if of else None,
        "stage": Decimal(2),
    }
    made = given.pop("created_at", LONG_AGO)
    return Opportunity(**_dated(ident("006", number), made, base | given))


def proof(number: int = 1, kind: str = "meeting", **given: Any) -> Evidence:
    base: dict[str, Any] = {
        "customer_confirmed": True,
        "happened_on": date(2026, 2, 10),
        "created_at": LONG_AGO,
    }
    return Evidence(id=ident("a03", number), kind=kind, **(base | given))


def euros(amount: int | str) -> Money:
    return Money(amount=Decimal(amount), currency="EUR")


def filing(number: int, by: Person, to: Identity | None = None, **given: Any) -> Registration:
    """A draft that holds everything: `Channel.file` submits it."""
    there = to or someone(number)
    base: dict[str, Any] = {
        "number": f"DR-{number:04d}",
        "partner": by.firm,
        "filed_by": by.id,
        "customer": there.model_copy(
            update={"city": there.city or "Augsburg", "industry": "Utilities", "employees": 420}
        ),
        "decision_makers": (DecisionMaker(name="Ines Aumüller", title="Head of Grid"),),
        "products": ("Edge Gateway",),
        "amount": euros(64_000),
        "close_by": date(2026, 7, 1),
        "buying_stage": Decimal(2),
        "origin": "referral",
        "first_contact": date(2026, 2, 1),
        "next_steps": "Proof of concept",
        "evidence": (proof(number),),
        "status": FilingStatus.DRAFT,
    }
    return Registration(**_dated(ident("a01", number), LONG_AGO, base | given))


def activity(number: int, about: RecordId, by: Person, when: datetime) -> Activity:
    return Activity(**_dated(ident("00T", number), when, {"about": about, "owner": by.id, "subject": "Call"}))


def _dated(own: RecordId, made: datetime, given: dict[str, Any]) -> dict[str, Any]:
    return {"id": own, "created_at": made, "changed_at": made, "stamp": made} | given
