"""Opportunities against protected deals: opened, moved to another owner, closed (R0.5, R1.1)."""

from connector.canonical.docket import CreditEntry, RegistrationEntry
from connector.canonical.fact import Fact
from connector.canonical.kind import Kind
from connector.canonical.phrase import Phrase
from connector.canonical.records import Customer, Opportunity
from connector.matching import Outcome as MatchOutcome
from connector.policy.model import Policy, Then
from connector.rules import filings
from connector.rules.conflict import kind_of
from connector.rules.decision import Decision
from connector.rules.group import members
from connector.rules.lines import sold
from connector.rules.poach import POACH, Taking, flagged, registrations, taken
from connector.rules.scope import scope_of
from connector.rules.terms import of_registration
from connector.rules.world import World


def opened(fact: Fact, world: World, policy: Policy) -> Decision:
    """R1.1: a partner's deal comes out of a conversion under somebody else.

    Or somebody else opens one for a customer whose deal a partner has protected.
    """
    deal = world.opportunity(fact.record)
    if deal is None:
        return Decision(fact=fact)
    taking = Taking(fact=fact, world=world, policy=policy, deal=deal)
    credit = world.docket.get(CreditEntry, deal.id)
    if credit is not None:
        return _passed_on(taking, credit)
    found = protected(deal, world, policy)
    owner = world.person(deal.owner)
    partner = deal.partner or (owner.firm if owner else None)
    kind = "partner_partner" if partner else "partner_direct"
    return flagged(taking, kind, Phrase.DIRECT_OPENED, registrations(found))


def reassigned(fact: Fact, world: World, policy: Policy) -> Decision:
    """A deal that a partner brought moves to an owner outside the firm, at or after conversion."""
    deal = world.opportunity(fact.record)
    credit = world.docket.get(CreditEntry, fact.record)
    if deal is None or credit is None:
        return Decision(fact=fact)
    return _passed_on(Taking(fact=fact, world=world, policy=policy, deal=deal), credit)


def closed(fact: Fact, world: World, policy: Policy) -> Decision:
    """R0.5, R1.1: the registered deal closed, or somebody else closed it inside the window."""
    deal = world.opportunity(fact.record)
    if deal is None:
        return Decision(fact=fact)
    registered = list(world.docket.find(RegistrationEntry, f"opportunity:{deal.id}"))
    ended = [
        filings.closed(fact, world, policy, entry, won=deal.won)
        for entry in registered
        if theirs(deal, entry, world)
    ]
    if ended or not deal.won:
        return Decision(
            fact=fact,
            entries=tuple(entry for each in ended for entry in each.entries),
            desired=tuple(want for each in ended for want in each.desired),
        )
    found = [entry for entry in registered if entry.protects_at(world.now)]
    against = found or protected(deal, world, policy)
    follows = {entry.key: _follows(entry, world, policy) for entry in against}
    guarded = [entry for entry in against if follows[entry.key] is not Then.IGNORE]
    frozen = [entry for entry in guarded if follows[entry.key] is not Then.FLAG]
    taking = Taking(fact=fact, world=world, policy=policy, deal=deal)
    return flagged(taking, POACH, Phrase.DIRECT_CLOSED, registrations(guarded), registrations(frozen))


def _follows(entry: RegistrationEntry, world: World, policy: Policy) -> Then:
    """What follows a close of the protected deal by somebody else, by the terms of its registration."""
    terms = of_registration(entry, world, policy).registrations
    return terms.direct_sales.closes_protected_deal if terms else Then.IGNORE


def _passed_on(taking: Taking, credit: CreditEntry) -> Decision:
    deal, world = taking.deal, taking.world
    if credit.handed or credit.moved_for or not taken(deal, credit.firm, world):
        return Decision(fact=taking.fact)
    protected = [
        entry
        for entry in world.docket.find(RegistrationEntry, f"opportunity:{deal.id}")
        if entry.firm == credit.firm and entry.protects_at(world.now)
    ]
    if any(theirs(deal, entry, world) for entry in protected):
        return Decision(fact=taking.fact)  # it went to a partner who shares it
    lefts = registrations(protected) or ((credit.through, kind_of(credit.through, world.docket)),)
    return flagged(taking, POACH, Phrase.POACHED, lefts)


def protected(deal: Opportunity, world: World, policy: Policy) -> tuple[RegistrationEntry, ...]:
    """What protects this deal of the customer for a firm other than the deal's own."""
    customer = world.customer(deal.customer)
    if customer is None:
        return ()
    found = {
        match.record: world.docket.get(RegistrationEntry, match.record)
        for each in _covered(customer, world, policy)
        for match in world.matches(each.identity, (Kind.REGISTRATION,), policy.same_customer)
        if match.comparison.outcome is MatchOutcome.SAME
    }
    return tuple(
        entry
        for entry in found.values()
        if entry
        and entry.protects_at(world.now)
        and entry.opportunity != deal.id
        and not theirs(deal, entry, world)
        and not _beside(deal, entry, world, policy)
    )


def _beside(deal: Opportunity, entry: RegistrationEntry, world: World, policy: Policy) -> bool:
    """Whether the window leaves room for this deal: it sells nothing of what the registration protects (R0.5)."""
    terms = of_registration(entry, world, policy).registrations
    filing = world.registration(entry.registration)
    if terms is None or filing is None:
        return False
    return scope_of(terms, policy).leaves_room(sold(deal, world), entry, filing, world.now)


def _covered(customer: Customer, world: World, policy: Policy) -> tuple[Customer, ...]:
    """The customer; where the policy covers the group, every customer of it."""
    terms = policy.registrations
    if terms is None or terms.protection.covers != "group":
        return (customer,)
    return members(world, (customer,), terms.protection.group_at_most)[0]


def theirs(deal: Opportunity, entry: RegistrationEntry, world: World) -> bool:
    """Whether the deal is in the hands of the registration's firm, or of a partner who shares it by policy."""
    beside = (world.docket.get(RegistrationEntry, record) for record in entry.shared_with)
    filed_by = (
        (entry.distributor,) if entry.distributor else ()
    )  # who orders for the reseller takes nothing from it
    firms = (entry.firm, *filed_by, *(other.firm for other in beside if other and other.state.protects))
    return any(not taken(deal, firm, world) for firm in firms)
