"""Opportunities against protected deals: opened, moved to another owner, closed (R0.5, R1.1)."""

from collections.abc import Iterable
from dataclasses import dataclass

from connector.canonical.docket import CreditEntry, Entry, RegistrationEntry
from connector.canonical.fact import Fact
from connector.canonical.ids import RecordId
from connector.canonical.kind import Kind
from connector.canonical.phrase import Phrase
from connector.canonical.records import Opportunity
from connector.canonical.verdict import Effect, Exhibit, Outcome, Verdict
from connector.matching import Outcome as MatchOutcome
from connector.policy.model import Policy, Then
from connector.rules import filings
from connector.rules.case import finding
from connector.rules.conflict import pair
from connector.rules.decision import Decision
from connector.rules.notices import conflict_record, say, want
from connector.rules.rivals import is_direct
from connector.rules.world import World


@dataclass(frozen=True, kw_only=True, slots=True)
class _Taking:
    """Someone outside the firm works, takes or closes a deal that may be protected."""

    fact: Fact
    world: World
    policy: Policy
    deal: Opportunity


def opened(fact: Fact, world: World, policy: Policy) -> Decision:
    """R1.1: direct sales opens a deal for a customer whose deal a partner has protected."""
    deal = world.opportunity(fact.record)
    if deal is None or not _by_direct(deal, world):
        return Decision(fact=fact)
    found = _protected(deal, world, policy)
    case = _Taking(fact=fact, world=world, policy=policy, deal=deal)
    return _flagged(case, "partner_direct", Phrase.DIRECT_OPENED, _registrations(found))


def closed(fact: Fact, world: World, policy: Policy) -> Decision:
    """R0.5, R1.1: the registered deal closed, or someone else closed it inside the window."""
    deal = world.opportunity(fact.record)
    if deal is None:
        return Decision(fact=fact)
    mine = list(world.docket.find(RegistrationEntry, f"opportunity:{deal.id}"))
    if mine and not _taken(deal, mine[0].firm, world):
        return filings.closed(fact, world, mine[0], won=deal.won)
    if not deal.won:
        return Decision(fact=fact)
    terms = policy.registrations
    if terms is None or terms.direct_sales.closes_protected_deal is Then.IGNORE:
        return Decision(fact=fact)
    found = tuple(mine) or _protected(deal, world, policy)
    case = _Taking(fact=fact, world=world, policy=policy, deal=deal)
    return _flagged(case, "poach", Phrase.DIRECT_CLOSED, _registrations(found))


def reassigned(fact: Fact, world: World, policy: Policy) -> Decision:
    """A deal that a partner brought moves to an owner outside the firm, at or after conversion."""
    deal = world.opportunity(fact.record)
    credit = world.docket.get(CreditEntry, fact.record)
    if deal is None or credit is None or not _taken(deal, credit.firm, world):
        return Decision(fact=fact)
    protected = [
        entry
        for entry in world.docket.find(RegistrationEntry, f"opportunity:{deal.id}")
        if entry.state.protects
    ]
    left = (
        (protected[0].registration, Kind.REGISTRATION)
        if protected
        else (credit.through, _kind(credit.through))
    )
    case = _Taking(fact=fact, world=world, policy=policy, deal=deal)
    return _flagged(case, "poach", Phrase.POACHED, (left,))


def _by_direct(deal: Opportunity, world: World) -> bool:
    owner = world.person(deal.owner)
    return is_direct(deal) and (owner is None or owner.firm is None)


def _taken(deal: Opportunity, firm: RecordId, world: World) -> bool:
    owner = world.person(deal.owner)
    return owner is None or owner.firm != firm


def _protected(deal: Opportunity, world: World, policy: Policy) -> tuple[RegistrationEntry, ...]:
    customer = world.customer(deal.customer)
    if customer is None:
        return ()
    matches = world.matches(customer.identity, (Kind.REGISTRATION,), policy.same_customer)
    entries = [
        world.docket.get(RegistrationEntry, match.record)
        for match in matches
        if match.comparison.outcome is MatchOutcome.SAME
    ]
    return tuple(
        entry for entry in entries if entry and entry.state.protects and entry.opportunity != deal.id
    )


def _registrations(found: Iterable[RegistrationEntry]) -> tuple[tuple[RecordId, Kind], ...]:
    return tuple((entry.registration, Kind.REGISTRATION) for entry in found)


def _flagged(case: _Taking, kind: str, phrase: Phrase, lefts: tuple[tuple[RecordId, Kind], ...]) -> Decision:
    """The deal against each record that protects it: a conflict for the desk, a flag on both."""
    fact, deal = case.fact, case.deal
    if not lefts:
        return Decision(fact=fact)
    evidence = f"{fact.kind} {fact.value}".strip()
    conflicts = tuple(pair(kind, left, (deal.id, Kind.OPPORTUNITY), fact.instant, evidence) for left in lefts)
    findings = tuple(
        finding(kind, Effect.ASK, phrase, Exhibit(record=record, field="protected"), desk=True)
        for record, _ in lefts
    )
    verdict = Verdict(
        subject=Kind.OPPORTUNITY,
        record=deal.id,
        outcome=Outcome.DEFER,
        findings=findings,
        policy=case.policy.label,
    )
    poached = kind == "poach"
    return Decision(
        fact=fact,
        verdict=verdict,
        entries=(*conflicts, *(_frozen(case.world, deal.id, lefts) if poached else ())),
        desired=(
            *(
                want(side, record, "in_conflict", "true")
                for record, side in lefts
                if side is Kind.REGISTRATION
            ),
            want(Kind.OPPORTUNITY, deal.id, "conflict_flag", "poached" if poached else "direct"),
            want(Kind.OPPORTUNITY, deal.id, "conflict_message", say(deal.owner, (phrase, {}))),
        ),
        creations=tuple(conflict_record(entry) for entry in conflicts),
    )


def _frozen(world: World, deal: RecordId, lefts: tuple[tuple[RecordId, Kind], ...]) -> tuple[Entry, ...]:
    """Credit stays with who brought the deal, frozen until a person has looked."""
    entries = (world.docket.get(RegistrationEntry, record) for record, _ in lefts)
    deals = {deal, *(entry.opportunity for entry in entries if entry and entry.opportunity)}
    credits_ = (world.docket.get(CreditEntry, record) for record in sorted(deals))
    return tuple(credit.model_copy(update={"frozen": True}) for credit in credits_ if credit)


def _kind(record: RecordId) -> Kind:
    return Kind.LEAD if record.startswith("00Q") else Kind.REGISTRATION
