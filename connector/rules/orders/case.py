"""What a rule about an order is given: the order as it stood at the fact, and what arrived for it by then."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any

from connector.canonical.fact import Fact
from connector.canonical.order_docket import OrderEntry, PaymentEntry, SlipEntry
from connector.canonical.orders import Order
from connector.canonical.records import Customer
from connector.policy.model import Policy
from connector.policy.orders import OrderPolicy
from connector.rules.case import Case
from connector.rules.world import World

_STEPS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "scan_at": ("scan", "scan_at"),
        "first_reviewed_at": ("first_review", "first_reviewed_at", "first_reviewed_by"),
        "second_reviewed_at": ("second_review", "second_reviewed_at", "second_reviewed_by"),
        "original_at": ("original", "original_at"),
        "reported_at": ("reported", "reported_at"),
    }
)
"""What each of the org's stamps dates."""


@dataclass(frozen=True, kw_only=True, slots=True)
class OrderCase(Case):
    """One order under judgement. `payments` are those that had arrived by the fact, earliest arrival first."""

    order: Order
    entry: OrderEntry
    terms: OrderPolicy
    customer: Customer | None
    payments: tuple[PaymentEntry, ...]
    slips: tuple[SlipEntry, ...]


def case_of(
    fact: Fact, world: World, policy: Policy, *, terms: OrderPolicy, order: Order, entry: OrderEntry
) -> OrderCase:
    """The case of one order at one fact."""
    return OrderCase(
        fact=fact,
        world=world,
        policy=policy,
        partner=world.partner(order.partner),
        person=world.person(order.filed_by),
        circumstances={},
        order=as_of(order, fact.instant),
        entry=entry,
        terms=terms,
        customer=world.customer(order.customer),
        payments=arrived(order, world),
        slips=tuple(world.docket.find(SlipEntry, f"order:{order.id}", open_only=False)),
    )


def as_of(order: Order, moment: datetime) -> Order:
    """The order without the steps that the org stamped after `moment`: the version seen may be younger (law 5)."""
    later: dict[str, Any] = {}
    for stamp, fields in _STEPS.items():
        when = getattr(order, stamp)
        if when is not None and when > moment:
            later |= {name: Order.model_fields[name].default for name in fields}
    return order.model_copy(update=later) if later else order


def arrived(order: Order, world: World) -> tuple[PaymentEntry, ...]:
    """What had arrived for the order by now, earliest first."""
    found = world.docket.find(PaymentEntry, f"order:{order.id}", open_only=False)
    here = (
        (each.arrived_at, each.payment, each)
        for each in found
        if each.arrived_at and each.amount and not each.taken_back and each.arrived_at <= world.now
    )
    return tuple(each for _, _, each in sorted(here, key=lambda row: row[:2]))
