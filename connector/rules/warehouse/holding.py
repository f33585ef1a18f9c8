"""A holding: a claim with the warehouse it fills, its track, and how the lead came there (R4.1 to R4.4)."""

from collections.abc import Iterator

from connector.canonical.docket import ClaimEntry
from connector.canonical.fact import Fact
from connector.canonical.ids import RecordId, is_queue
from connector.canonical.records import Lead, Person
from connector.policy.warehouse import Counted, WarehousePolicy
from connector.rules.case import ClaimCase
from connector.rules.warehouse.came import ASSIGNED, ENTERED, TRANSFERRED, TRANSFERRED_IN
from connector.rules.warehouse.roles import NEW, Rights, rights_of
from connector.rules.warehouse.zones import zone_of
from connector.rules.world import World


def party_of(person: Person | None, terms: WarehousePolicy | None) -> RecordId | None:
    """Whose holdings a person's are: the firm's, or the person's own where one of our own people has a role."""
    if person is None or person.firm is not None or terms is None or not person.role:
        return person.firm if person else None
    return person.id


def described(claim: ClaimEntry, fact: Fact, world: World) -> ClaimEntry:
    """The claim with what the warehouse needs to know of it, as of the act."""
    person, lead = world.person(claim.holder), world.lead(claim.lead)
    return claim.model_copy(
        update={
            "role": person.role if person else "",
            "track": (lead.track if lead else "") or NEW,
            "came": _came(claim, fact, world),
        }
    )


def _came(claim: ClaimEntry, fact: Fact, world: World) -> str:
    if not fact.prior:
        return ENTERED
    if is_queue(fact.prior):
        return TRANSFERRED_IN
    before = world.docket.find(ClaimEntry, f"lead:{claim.lead}", open_only=False)
    return TRANSFERRED if any(each.holder == fact.prior for each in before) else ASSIGNED


def rights(case: ClaimCase, person: Person | None) -> Rights | None:
    """A person's rights for the customer of the case; None without warehouses in the policy."""
    terms = case.policy.warehouse
    if terms is None:
        return None
    return rights_of(person, terms, case.day, zone_of(case.lead, terms))


def same_warehouse(one: ClaimEntry, other: ClaimEntry, terms: WarehousePolicy, world: World) -> bool:
    """Whether two holdings lie in one warehouse: of one person, or of one firm's role that is counted by firm."""
    if one.holder == other.holder:
        return True
    roles = {role_of(one, world), role_of(other, world)}
    row = terms.roles.get(next(iter(roles))) if len(roles) == 1 else None
    return one.firm == other.firm and row is not None and row.per is Counted.FIRM


def role_of(claim: ClaimEntry, world: World) -> str:
    """The role behind a holding; one that was taken over at go-live fills the warehouse of its holder's role."""
    if claim.role:
        return claim.role
    person = world.person(claim.holder)
    return person.role if person else ""


def track_of(claim: ClaimEntry, world: World) -> str:
    if claim.track:
        return claim.track
    lead: Lead | None = world.lead(claim.lead)
    return (lead.track if lead else "") or NEW


def beside(case: ClaimCase, *, per: Counted) -> Iterator[ClaimEntry]:
    """What lies in the case's warehouse on its track beside this lead, as it was at the act (law 10)."""
    late, moment, mine = case.fact.late, case.fact.instant, case.entry
    role, track = role_of(mine, case.world), track_of(mine, case.world)
    for claim in case.world.docket.find(ClaimEntry, f"firm:{mine.firm}", open_only=not late):
        own = claim.holder == mine.holder if per is Counted.PERSON else role_of(claim, case.world) == role
        if claim.held_at(moment) and own and claim.lead != mine.lead and track_of(claim, case.world) == track:
            yield claim


__all__ = [
    "ASSIGNED", "ENTERED", "TRANSFERRED", "TRANSFERRED_IN", "beside", "described", "party_of", "rights", "role_of",
    "same_warehouse", "track_of",
]  # fmt: skip
