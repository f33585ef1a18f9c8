"""Which handler decides on which fact about orders, payments, slips, forms and authenticated customers."""

from collections.abc import Callable, Mapping

from connector.canonical.docket import Entry
from connector.canonical.fact import Fact, FactKind
from connector.canonical.kind import Kind
from connector.policy.model import Policy
from connector.rules.decision import Decision
from connector.rules.orders import life, matching
from connector.rules.world import World

ORDER: Mapping[FactKind, Callable[[Fact, World, Policy], Decision]] = {
    FactKind.FILED: life.moved,
    FactKind.AMENDED: life.moved,
    FactKind.SCANNED: life.moved,
    FactKind.FIRST_REVIEWED: life.moved,
    FactKind.SECOND_REVIEWED: life.moved,
    FactKind.RETURNED: life.moved,
    FactKind.ORIGINAL_SEEN: life.moved,
    FactKind.EXCEPTED: life.moved,
    FactKind.DELETED: life.deleted,
    FactKind.TICK: life.due,
}
PAYMENT: Mapping[FactKind, Callable[[Fact, World, Policy], Decision]] = {
    FactKind.PAID: life.paid,
    FactKind.DELETED: life.paper_gone,
}
SLIP: Mapping[FactKind, Callable[[Fact, World, Policy], Decision]] = {
    FactKind.SLIP_RECORDED: matching.match,
    FactKind.DELETED: life.paper_gone,
    FactKind.TICK: matching.match,
}
ALLOTMENT: Mapping[FactKind, Callable[[Fact, World, Policy], Decision]] = {FactKind.ALLOTTED: life.allotted}
CUSTOMER: Mapping[FactKind, Callable[[Fact, World, Policy], Decision]] = {
    FactKind.AUTHENTICATED: life.authenticated
}
HANDLERS: Mapping[Kind, Mapping[FactKind, Callable[[Fact, World, Policy], Decision]]] = {
    Kind.ORDER: ORDER,
    Kind.PAYMENT: PAYMENT,
    Kind.SLIP: SLIP,
    Kind.ALLOTMENT: ALLOTMENT,
    Kind.CUSTOMER: CUSTOMER,
}


def concerns(fact: Fact) -> bool:
    """Whether a fact goes by the orders' part of the policy."""
    return fact.kind in HANDLERS.get(fact.subject, {})


def admitted(fact: Fact, world: World, policy: Policy) -> tuple[Entry, ...]:
    """What such a fact puts on the docket before anyone is judged."""
    if fact.subject is Kind.ORDER and fact.kind in (FactKind.FILED, FactKind.AMENDED):
        return life.admitted(fact, world, policy)
    if fact.subject is Kind.SLIP and fact.kind is FactKind.SLIP_RECORDED:
        return matching.admitted(fact, world)
    return ()


def decided(fact: Fact, world: World, policy: Policy) -> Decision:
    return HANDLERS[fact.subject][fact.kind](fact, world, policy)
