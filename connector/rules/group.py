"""Groups by the org's own links (`ParentId`): of customers where the policy covers the group, and of firms (law 9)."""

from collections.abc import Iterable, Iterator

from connector.canonical.ids import RecordId
from connector.canonical.kind import Kind
from connector.canonical.records import Customer, Partner
from connector.rules.world import World

_CHAIN = 20
"""The org allows account hierarchies of a few levels; a chain longer than this goes round in a circle."""


def members(world: World, customers: Iterable[Customer], at_most: int) -> tuple[tuple[Customer, ...], bool]:
    """Every customer in the groups of these, and whether a group had more than `at_most`: then some are missing."""
    found: dict[RecordId, Customer] = {}
    waiting = [_top(world, customer) for customer in customers]
    while waiting:
        customer = waiting.pop()
        if customer.id in found:
            continue
        if len(found) >= at_most:
            return _by_id(found), True
        found[customer.id] = customer
        below = world.linked(Kind.CUSTOMER, "group", customer.id)
        waiting += [each for each in below if isinstance(each, Customer)]
    return _by_id(found), False


def _top(world: World, customer: Customer) -> Customer:
    for _ in range(_CHAIN):
        above = world.customer(customer.group)
        if above is None:
            break
        customer = above
    return customer


def _by_id(found: dict[RecordId, Customer]) -> tuple[Customer, ...]:
    return tuple(found[ident] for ident in sorted(found))


def affiliated(world: World, firm: RecordId) -> tuple[RecordId, ...]:
    """The firm and every firm of its group, by the org's links between them."""
    top = firm
    for _ in range(_CHAIN):
        partner = world.partner(top)
        if partner is None or partner.group is None:
            break
        top = partner.group
    found: dict[RecordId, None] = {firm: None}
    waiting = [top]
    seen: set[RecordId] = set()
    while waiting:
        ident = waiting.pop()
        if ident in seen:
            continue
        seen.add(ident)
        found |= {ident: None} if world.partner(ident) else {}
        waiting += [each.id for each in _below(world, ident)]
    return tuple(sorted(found))


def _below(world: World, ident: RecordId) -> Iterator[Partner]:
    for each in world.linked(Kind.PARTNER, "group", ident):
        if isinstance(each, Partner):
            yield each
