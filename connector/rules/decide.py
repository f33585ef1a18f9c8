"""`decide(fact, world, policies)`: the one place where rules are folded into decisions.

Rules do not know each other; each handler below folds those of one kind of act, in the order eligibility →
evidence → conflict → protection → quota, each seeing the earlier findings.
"""

from collections.abc import Callable, Mapping

from connector.canonical.docket import Entry, RegistrationEntry
from connector.canonical.fact import Fact, FactKind
from connector.canonical.kind import Kind
from connector.policy.model import Policies, Policy
from connector.rules import claims, deals, duty, filings, protection, reviews, tenure, windows
from connector.rules.decision import Decision
from connector.rules.world import World

Handler = Callable[[Fact, World, Policy], Decision]

LEAD: Mapping[FactKind, Handler] = {
    FactKind.CLAIMED: claims.claimed,
    FactKind.RELEASED: tenure.released,
    FactKind.WORKED: tenure.worked,
    FactKind.CONVERTED: tenure.converted,
    FactKind.MERGED: tenure.merged,
    FactKind.DELETED: tenure.deleted,
    FactKind.ENTERED: claims.entered,
}
REGISTRATION: Mapping[FactKind, Handler] = {
    FactKind.FILED: filings.judged,
    FactKind.AMENDED: filings.judged,
    FactKind.REVIEWED: reviews.reviewed,
    FactKind.NOTIFIED: windows.notified,
    FactKind.WITHDRAWN: filings.withdrawn,
    FactKind.DELETED: filings.deleted,
}
OPPORTUNITY: Mapping[FactKind, Handler] = {
    FactKind.OPENED: deals.opened,
    FactKind.CLOSED: deals.closed,
    FactKind.REASSIGNED: deals.reassigned,
}
HANDLERS: Mapping[Kind, Mapping[FactKind, Handler]] = {
    Kind.LEAD: LEAD,
    Kind.REGISTRATION: REGISTRATION,
    Kind.OPPORTUNITY: OPPORTUNITY,
}


def policy_for(fact: Fact, world: World, policies: Policies) -> Policy | None:
    """The version in force at the fact: leads go by the claims policy, all else by the registrations'.

    A registration keeps the version under which it was filed (law 18).
    """
    if fact.subject is Kind.LEAD:
        return policies.for_claims(fact.instant)
    current = policies.for_registrations(fact.instant)
    if fact.subject is not Kind.REGISTRATION or fact.kind is FactKind.FILED:
        return current
    entry = world.docket.get(RegistrationEntry, fact.record)
    pinned = (
        each for each in policies.versions if entry and each.label == entry.policy and each.registrations
    )
    return next(pinned, current)


def admit(fact: Fact, world: World, policies: Policies) -> tuple[Entry, ...]:
    """What a fact puts on the docket before anyone is judged, so that rivals of one second see each other.

    The decision on the fact repeats each of these entries: the docket is folded from decisions alone (law 5).
    """
    policy = policy_for(fact, world, policies)
    if policy is None:
        return ()
    if fact.subject is Kind.LEAD and policy.claims is not None:
        if fact.kind is FactKind.CLAIMED:
            return claims.admitted(fact, world, policy)
        return tenure.carried(fact, world) if fact.kind is FactKind.MERGED else ()
    if fact.subject is Kind.REGISTRATION and fact.kind in (FactKind.FILED, FactKind.AMENDED):
        return filings.admitted(fact, world, policy)
    return ()


def decide(fact: Fact, world: World, policies: Policies) -> Decision:
    """The decision on one fact, from the world as of it and the policy in force (law 4)."""
    policy = policy_for(fact, world, policies)
    if policy is None:
        return Decision(fact=fact)
    if fact.kind is FactKind.TICK:
        return _tick(fact, world, policy)
    handler = HANDLERS.get(fact.subject, {}).get(fact.kind)
    return handler(fact, world, policy) if handler else Decision(fact=fact)


def _tick(fact: Fact, world: World, policy: Policy) -> Decision:
    if fact.value == duty.WORK_BY:
        return tenure.work_overdue(fact, world, policy)
    if fact.value.startswith(duty.REMIND):
        return duty.due_soon(fact, world, policy)
    if fact.value.startswith((protection.ENDS, protection.REMIND)):
        return windows.window_due(fact, world, policy)
    return Decision(fact=fact)
