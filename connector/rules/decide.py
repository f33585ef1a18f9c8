"""`decide(fact, world, policies)`: the one place where rules are folded into decisions.

Rules do not know each other; each handler below folds those of one kind of act, in the order eligibility →
evidence → conflict → protection → quota, each seeing the earlier findings.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime

from connector.canonical.docket import Entry, RegistrationEntry
from connector.canonical.fact import Fact, FactKind
from connector.canonical.kind import Kind
from connector.policy.model import Policies, Policy
from connector.policy.windows import Earlier
from connector.rules import (
    appeals,
    assistance,
    claim_back,
    claims,
    deals,
    disputes,
    duty,
    extensions,
    filings,
    held_back,
    protection,
    recasting,
    reopening,
    restoring,
    reviews,
    silence,
    stale,
    superseding,
    tenure,
    terms,
    unclaimed,
    waiting,
    windows,
)
from connector.rules.decision import Decision, joined
from connector.rules.orders import dispatch as orders
from connector.rules.stages import life as stages
from connector.rules.warehouse import acts as warehouse
from connector.rules.warehouse import applications, upkeep
from connector.rules.world import World

Handler = Callable[[Fact, World, Policy], Decision]

LEAD: Mapping[FactKind, Handler] = {
    FactKind.CLAIMED: warehouse.claimed,
    FactKind.RELEASED: tenure.released,
    FactKind.WORKED: tenure.worked,
    FactKind.CONVERTED: warehouse.converted,
    FactKind.MERGED: tenure.merged,
    FactKind.DELETED: tenure.deleted,
    FactKind.RESTORED: claim_back.restored,
    FactKind.ENTERED: warehouse.entered,
    FactKind.REVIEWED: held_back.reviewed,
}
REGISTRATION: Mapping[FactKind, Handler] = {
    FactKind.FILED: filings.judged,
    FactKind.AMENDED: filings.judged,
    FactKind.REVIEWED: reviews.reviewed,
    FactKind.NOTIFIED: windows.notified,
    FactKind.WITHDRAWN: filings.withdrawn,
    FactKind.EXTENSION_ASKED: extensions.asked,
    FactKind.EXTENSION_RULED: extensions.ruled,
    FactKind.APPEALED: appeals.appealed,
    FactKind.DELETED: filings.deleted,
    FactKind.RESTORED: restoring.restored,
    FactKind.ENTERED: recasting.customer_edited,
    FactKind.CLOSE_MOVED: windows.close_moved,
}
OPPORTUNITY: Mapping[FactKind, Handler] = {
    FactKind.OPENED: deals.opened,
    FactKind.CLOSED: deals.closed,
    FactKind.REASSIGNED: deals.reassigned,
    FactKind.STAGE_MOVED: reopening.opened_again,
    FactKind.AMENDED: reopening.corrected,
    FactKind.HELP_ASKED: assistance.asked,
    FactKind.HELP_ANSWERED: assistance.answered,
    FactKind.HELP_WITHDRAWN: assistance.withdrawn,
}
CONFLICT: Mapping[FactKind, Handler] = {
    FactKind.REVIEWED: disputes.ruled,
    FactKind.REASSIGNED: disputes.taken,
}
TRANSFER_IN: Mapping[FactKind, Handler] = {
    FactKind.FILED: applications.filed,
    FactKind.AMENDED: applications.filed,
    FactKind.REVIEWED: applications.reviewed,
    FactKind.WITHDRAWN: applications.withdrawn,
    FactKind.DELETED: applications.withdrawn,
}
HANDLERS: Mapping[Kind, Mapping[FactKind, Handler]] = {
    Kind.LEAD: LEAD,
    Kind.REGISTRATION: REGISTRATION,
    Kind.OPPORTUNITY: OPPORTUNITY,
    Kind.CONFLICT: CONFLICT,
    Kind.CUSTOMER: {FactKind.ENTERED: warehouse.customer_entered},
    Kind.TRANSFER_IN: TRANSFER_IN,
    Kind.PERSON: {FactKind.ACCOUNT_KEPT: upkeep.kept},
}


def policy_for(fact: Fact, world: World, policies: Policies) -> Policy | None:
    """The version in force at the fact: leads go by the claims policy, all else by the registrations'.

    A registration keeps the version under which it was filed, as far as the newer ones let it (law 18).
    """
    if orders.concerns(fact):
        return policies.for_orders(fact.instant)
    if fact.subject in (Kind.LEAD, Kind.CUSTOMER, Kind.TRANSFER_IN, Kind.PERSON):
        return policies.for_claims(fact.instant)
    current = policies.for_registrations(fact.instant)
    if assistance.concerns(fact):
        return policies.for_claims(fact.instant)
    if fact.subject is Kind.OPPORTUNITY:  # a claim's credit is guarded without any registrations
        return current or policies.for_claims(fact.instant)
    if fact.subject is Kind.CONFLICT:
        return current or policies.for_claims(fact.instant) or policies.for_stages(fact.instant)
    if fact.subject is not Kind.REGISTRATION or fact.kind is FactKind.FILED:
        return current
    entry = world.docket.get(RegistrationEntry, fact.record)
    return pinned(entry, policies, fact.instant) if entry else current


def pinned(entry: RegistrationEntry, policies: Policies, moment: datetime) -> Policy | None:
    """The version by which a registration goes at `moment`: its own, until a newer one takes it over."""
    current = policies.for_registrations(moment)
    own = next(
        (each for each in policies.versions if each.label == entry.policy and each.registrations), None
    )
    if own is None or current is None or current.registrations is None or current.label == own.label:
        return own or current
    earlier = current.registrations.earlier_filings
    if earlier is Earlier.NEW:
        return current
    return own if earlier is Earlier.KEEP or entry.state.protects else current


def _active(fact: Fact, world: World, policies: Policies) -> Decision:
    """The registrations that an activity keeps alive, each by the policy that it goes by."""
    entries = {entry.key: entry for entry in _touched(fact, world)}
    decision = Decision(fact=fact)
    for key in sorted(entries):
        policy = pinned(entries[key], policies, fact.instant)
        if policy is not None:
            policy = terms.of_registration(entries[key], world, policy)
            decision = joined(decision, windows.active(fact, world, policy, entries[key]))
    return decision


def _touched(fact: Fact, world: World) -> Iterable[RegistrationEntry]:
    own = world.docket.get(RegistrationEntry, fact.record)
    return (*((own,) if own else ()), *world.docket.find(RegistrationEntry, f"opportunity:{fact.record}"))


def admit(fact: Fact, world: World, policies: Policies) -> tuple[Entry, ...]:
    """What a fact puts on the docket before anyone is judged, so that rivals of one second see each other.

    The decision on the fact repeats each of these entries: the docket is folded from decisions alone (law 5).
    """
    policy = policy_for(fact, world, policies)
    if policy is None:
        return ()
    if orders.concerns(fact):
        return orders.admitted(fact, world, policy)
    if fact.subject is Kind.LEAD and policy.claims is not None:
        if fact.kind is FactKind.CLAIMED:
            return claims.admitted(fact, world, policy)
        if fact.kind is FactKind.RESTORED:
            return claim_back.admitted(fact, world, policy)
        return tenure.carried(fact, world) if fact.kind is FactKind.MERGED else ()
    if fact.subject is Kind.REGISTRATION and fact.kind in (FactKind.FILED, FactKind.AMENDED):
        return filings.admitted(fact, world, policy)
    if fact.subject is Kind.REGISTRATION and fact.kind is FactKind.RESTORED:
        return restoring.admitted(fact, world, policy)
    return ()


def decide(fact: Fact, world: World, policies: Policies) -> Decision:
    """The decision on one fact, from the world as of it and the policy in force (law 4)."""
    decision = _decided(fact, world, policies)
    of_claims = policies.for_claims(fact.instant)
    decision = held_back.looked_after(decision, world, of_claims)
    decision = unclaimed.looked_after(decision, world, of_claims)
    silent = policies.for_stale_deals(fact.instant)
    if silent is not None and fact.subject is Kind.OPPORTUNITY:
        decision = joined(decision, _of_silence(fact, world, silent))
    elif silent is not None and fact.subject is Kind.REGISTRATION:
        decision = stale.registered(decision, world, silent)
    return stages.beside(decision, fact, world, policies)


def _of_silence(fact: Fact, world: World, policy: Policy) -> Decision:
    if fact.kind is FactKind.TICK:
        return stale.fell_silent(fact, world, policy) if fact.value == stale.STALE else Decision(fact=fact)
    return stale.noted(fact, world, policy)


def _decided(fact: Fact, world: World, policies: Policies) -> Decision:
    if fact.kind is FactKind.ACTIVE:
        return _active(fact, world, policies)
    policy = policy_for(fact, world, policies)
    if policy is None:
        return Decision(fact=fact)
    if orders.concerns(fact):
        return orders.decided(fact, world, policy)
    policy = terms.at(fact, world, policy)
    if fact.kind is FactKind.TICK:
        decision = _tick(fact, world, policy)
        return decision if fact.subject is Kind.CONFLICT else disputes.looked_after(decision, world, policy)
    handler = HANDLERS.get(fact.subject, {}).get(fact.kind)
    decision = handler(fact, world, policy) if handler else Decision(fact=fact)
    if fact.subject is Kind.CONFLICT:
        return decision
    return disputes.looked_after(decision, world, policy)


TICKS: tuple[tuple[str, Handler], ...] = (
    (assistance.ANSWER_BY, assistance.overdue),
    (duty.WORK_BY, tenure.work_overdue),
    (duty.REMIND, duty.due_soon),
    (held_back.AGAIN, held_back.again),
    (unclaimed.UNCLAIMED, unclaimed.overdue),
    (superseding.SUPERSEDED, superseding.superseded),
    (disputes.RECONSIDER, filings.judged),
    (disputes.ESCALATE, disputes.escalated),
    (waiting.SILENCE, silence.ruled),
    (waiting.DECIDE_BY, waiting.overdue),
    (waiting.ESCALATE, waiting.overdue),
    *((name, windows.window_due) for name in protection.CLOCKS),
)
"""What a deadline's name begins with, and what its tick does."""


def _tick(fact: Fact, world: World, policy: Policy) -> Decision:
    handler = next((handler for name, handler in TICKS if fact.value.startswith(name)), None)
    return handler(fact, world, policy) if handler else Decision(fact=fact)
