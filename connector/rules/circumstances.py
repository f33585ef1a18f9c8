"""The names that a policy's `when:` may use, with their values for one act."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from connector.canonical.records import Identity, Lead, Partner, Person, Registration
from connector.policy.circumstances import shared_product


def of_filing(
    filing: Registration,
    partner: Partner | None,
    person: Person | None,
    lines: Mapping[str, Sequence[str]],
    moment: datetime,
) -> Mapping[str, object]:
    """Circumstances of a registration. Amounts are `Money`: conditions compare them through `money()`."""
    return {
        **_of_party(partner, person),
        **_of_customer(filing.customer),
        "amount": filing.amount,
        "currency": filing.amount.currency if filing.amount else "",
        "products": list(filing.products),
        "product": shared_product(filing.products, lines),
        "stage": filing.buying_stage or 0,
        "track": "new",
        "age_days": (moment - filing.created_at).days,
        "on": moment.date().isoformat(),
        "origin": filing.origin,
    }


def of_claim(
    lead: Lead, partner: Partner | None, person: Person | None, queue: str, moment: datetime
) -> Mapping[str, object]:
    """Circumstances of a claim."""
    return {
        **_of_party(partner, person),
        **_of_customer(lead.identity),
        "queue": queue,
        "track": lead.track or "new",
        "age_days": (moment - lead.created_at).days,
        "on": moment.date().isoformat(),
        "origin": lead.source,
    }


def of_firm(partner: Partner, moment: datetime) -> Mapping[str, object]:
    """Circumstances of a firm on its own, for what its Account shows of its quota."""
    return {
        **_of_party(partner, None),
        **_of_customer(Identity()),
        "queue": "",
        "origin": "",
        "track": "new",
        "age_days": 0,
        "on": moment.date().isoformat(),
    }


def _of_party(partner: Partner | None, person: Person | None) -> dict[str, object]:
    return {
        "tier": partner.tier if partner else "",
        "territory": list(partner.territory) if partner else [],
        "firm": partner.name if partner else "",
        "role": person.role if person else "",
        "person": person.name if person else "",
    }


def _of_customer(customer: Identity) -> dict[str, object]:
    return {"country": customer.country, "industry": customer.industry}
