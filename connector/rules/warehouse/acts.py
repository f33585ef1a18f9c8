"""Acts on leads and customers where there are warehouses: what the claims' own handlers decide, and what is more.

Without warehouses in the policy each of these is exactly the handler of claims.
"""

from collections.abc import Iterator
from typing import cast

from connector.canonical.docket import ClaimEntry, ClaimState, CreditEntry
from connector.canonical.fact import Fact
from connector.canonical.ids import RecordId
from connector.canonical.kind import Kind
from connector.canonical.verdict import Effect, Finding, Verdict, weigh
from connector.policy.model import Policy
from connector.rules import claims, tenure
from connector.rules.decision import Decision
from connector.rules.notices import say, sentences, want
from connector.rules.warehouse import sale
from connector.rules.warehouse.duplicates import INCOMPLETE
from connector.rules.warehouse.illegal import collisions
from connector.rules.warehouse.undoing import ruled
from connector.rules.world import World


def claimed(fact: Fact, world: World, policy: Policy) -> Decision:
    """A lead was entered or came to a holder; one that was there first may show a later holding to be wrong."""
    decision = claims.claimed(fact, world, policy)
    lead = world.lead(fact.record)
    if policy.warehouse is None or lead is None or _refused(decision):
        return decision
    found = collisions(fact, world, policy, lead.id, lead.identity)
    return _with(decision, ruled(case for case in found if case.earlier.lead == lead.id))


def entered(fact: Fact, world: World, policy: Policy) -> Decision:
    """What is known of a lead changed: R4.8 and R4.9 look back, and an incomplete entry is judged anew (R4.6)."""
    lead = world.lead(fact.record)
    if policy.warehouse is None or lead is None:
        return claims.entered(fact, world, policy)
    undone = ruled(collisions(fact, world, policy, lead.id, lead.identity))
    if undone is not None:
        return undone
    held = world.docket.find(ClaimEntry, f"lead:{lead.id}")
    waiting = next((claim for claim in held if claim.reason == INCOMPLETE), None)
    if waiting is not None:
        return claims.judged(fact, world, policy, waiting)
    return claims.entered(fact, world, policy)


def customer_entered(fact: Fact, world: World, policy: Policy) -> Decision:
    """R4.8, R4.9: the true data of a customer came after its lead was converted, perhaps after the deal closed."""
    customer = world.customer(fact.record)
    if policy.warehouse is None or customer is None:
        return Decision(fact=fact)
    undone = ruled(
        case
        for lead in _converted_to(fact.record, world)
        for case in collisions(fact, world, policy, lead, customer.identity)
    )
    return undone or Decision(fact=fact)


def _converted_to(customer: RecordId, world: World) -> Iterator[RecordId]:
    """The leads through which deals of this customer are credited."""
    for deal in world.opportunities_of(customer):
        credit = world.docket.get(CreditEntry, deal.id)
        if credit is not None and world.lead(credit.through) is not None:
            yield credit.through


def converted(fact: Fact, world: World, policy: Policy) -> Decision:
    """R4.2: a sale by a role that may not sell freezes its credit; R4.8: a sale heals no illegal entry."""
    decision = tenure.converted(fact, world, policy)
    lead = world.lead(fact.record)
    if policy.warehouse is None or lead is None:
        return decision
    decision = sale.credited(decision)
    undone = _undone_by_sale(fact, world, policy, decision)
    if undone is not None:
        return undone
    findings = tuple(
        each
        for claim in world.docket.find(ClaimEntry, f"lead:{fact.record}")
        for each in sale.may_sell(sale.Sale(fact=fact, world=world, policy=policy, lead=lead, claim=claim))
    )
    return _flagged(decision, findings, policy) if findings else decision


def _undone_by_sale(fact: Fact, world: World, policy: Policy, decision: Decision) -> Decision | None:
    """The collisions of what was sold, judged as if the sale had brought its credit; and a sale of what was refused."""
    lead = world.lead(fact.record)
    if lead is None:
        return None
    after = cast("World", sale.After(world, decision.entries))
    undone = ruled(collisions(fact, after, policy, lead.id, lead.identity))
    if undone is not None:
        kept = tuple(entry for entry in decision.entries if entry.key not in {e.key for e in undone.entries})
        return undone.model_copy(update={"entries": (*kept, *undone.entries)})
    return sale.of_refused(fact, world, policy, lead)


def _flagged(decision: Decision, findings: tuple[Finding, ...], policy: Policy) -> Decision:
    wrong = [each for each in findings if each.effect is not Effect.PASS]
    if not wrong:
        return decision
    fact = decision.fact
    verdict = Verdict(
        subject=Kind.LEAD,
        record=fact.record,
        outcome=weigh(findings),
        findings=(*(decision.verdict.findings if decision.verdict else ()), *findings),
        policy=policy.label,
    )
    entries = tuple(
        entry.model_copy(update={"frozen": True}) if isinstance(entry, CreditEntry) else entry
        for entry in decision.entries
    )
    deals = [entry.record for entry in entries if isinstance(entry, CreditEntry)]
    said = sentences(findings, Effect.ASK, Effect.REFUSE)
    told = [want(Kind.OPPORTUNITY, deal, "conflict_message", say(fact.actor, *said)) for deal in deals]
    return decision.model_copy(
        update={"verdict": verdict, "entries": entries, "desired": (*decision.desired, *told)}
    )


def _refused(decision: Decision) -> bool:
    ended = (entry for entry in decision.entries if isinstance(entry, ClaimEntry))
    return any(entry.state is ClaimState.REVOKED and entry.lead == decision.fact.record for entry in ended)


def _with(decision: Decision, more: Decision | None) -> Decision:
    """One decision on one fact: the act's own verdict, and what it has shown to be wrong elsewhere."""
    if more is None or more.verdict is None:
        return decision
    own = decision.verdict or more.verdict
    noted = tuple(
        each.model_copy(update={"effect": Effect.NOTE, "desk": True}) for each in more.verdict.findings
    )
    verdict = own.model_copy(
        update={
            "findings": (*own.findings, *noted),
            "supersedes": more.verdict.supersedes,
            "cause": more.verdict.cause,
        }
    )
    return decision.model_copy(
        update={
            "verdict": verdict,
            "entries": (*decision.entries, *more.entries),
            "desired": (*decision.desired, *more.desired),
            "creations": (*decision.creations, *more.creations),
        }
    )
