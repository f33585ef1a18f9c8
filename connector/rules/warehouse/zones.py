"""In which zone a customer lies, and whether a public pool is the right one for it (R4.10)."""

from connector.canonical.records import Identity, Lead, Pool
from connector.matching.regions import leading_place
from connector.policy.warehouse import WarehousePolicy


def zone_of(lead: Lead, terms: WarehousePolicy) -> str:
    """The zone of a lead's customer; empty where nothing says it."""
    return zone_of_customer(lead.identity, lead.region, terms)


def zone_of_customer(customer: Identity, region: str, terms: WarehousePolicy) -> str:
    """By the region filled in, then the city, the street, and the place in the customer's name."""
    for text in (region, customer.city, customer.street, customer.name):
        for place in _places(text):
            found = next((zone for zone, places in terms.zones.items() if place in places), "")
            if found:
                return found
    return ""


def zone_of_pool(pool: Pool | None, terms: WarehousePolicy) -> str:
    """The zone that a public pool serves; empty for a queue that is none."""
    return terms.public_pools.get(pool.name, "") if pool else ""


def _places(text: str) -> tuple[str, ...]:
    """A place as it is written, without 省 and 市, and then the city and the province of a Chinese text."""
    if not text:
        return ()
    bare = text.strip()
    (_, province, city, _), _ = leading_place(bare)
    return tuple(dict.fromkeys((bare, bare.removesuffix("省").removesuffix("市"), city, province)))
