"""Where a lead goes that leaves a warehouse (R4.10): its own pool, the public pool of its zone, or the entry desk."""

from connector.canonical.docket import ClaimEntry
from connector.canonical.ids import RecordId
from connector.policy.model import Policy
from connector.rules.warehouse.came import ENTERED
from connector.rules.warehouse.zones import zone_of
from connector.rules.world import World


def home(claim: ClaimEntry, world: World, policy: Policy) -> RecordId | None:
    """Where a lead goes that leaves a warehouse: its own pool, else the public pool of its zone."""
    terms, lead = policy.warehouse, world.lead(claim.lead)
    if claim.pool is not None or terms is None or lead is None:
        return claim.pool
    zone = zone_of(lead, terms)
    name = next((pool for pool, serves in terms.public_pools.items() if serves == zone), "") if zone else ""
    pool = world.pool_named(name) if name else None
    return pool.id if pool else None


def desk(claim: ClaimEntry, world: World, policy: Policy) -> RecordId | None:
    """Where a refused entry goes: it never lay in a pool, and another record of its customer does already."""
    terms = policy.warehouse
    if terms is None or claim.came != ENTERED or not terms.duplicates.refused_to:
        return None
    pool = world.pool_named(terms.duplicates.refused_to)
    return pool.id if pool else None
