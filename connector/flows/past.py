"""What an org says of its own past: leads that partners hold, deals credited, registrations ruled (law 16)."""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime

from connector.canonical.accounts import DealEntry, DealState, Party
from connector.canonical.docket import (
    ClaimEntry,
    ClaimState,
    CreditEntry,
    Entry,
    RegistrationEntry,
    RegistrationState,
)
from connector.canonical.fact import Fact, FactKind
from connector.canonical.ids import RecordId, is_queue
from connector.canonical.kind import Kind
from connector.canonical.records import FilingStatus, Lead, Opportunity, Person, Registration
from connector.canonical.time import at, instant_text
from connector.facts.filings import of_proof, proofs_after
from connector.flows import past_orders
from connector.flows.past_records import Past
from connector.policy.calendar import after
from connector.policy.model import Policies
from connector.rules import duty, protection, stale, terms, unclaimed, waiting
from connector.rules.stages.life import adopted
from connector.rules.warehouse.holding import party_of
from connector.rules.world import World

_STATES = {
    FilingStatus.INCOMPLETE: RegistrationState.INCOMPLETE,
    FilingStatus.IN_REVIEW: RegistrationState.IN_REVIEW,
    FilingStatus.APPROVED: RegistrationState.APPROVED,
    FilingStatus.PARTLY_APPROVED: RegistrationState.APPROVED,
    FilingStatus.REJECTED: RegistrationState.REJECTED,
    FilingStatus.WITHDRAWN: RegistrationState.WITHDRAWN,
    FilingStatus.LAPSED: RegistrationState.LAPSED,
    FilingStatus.WON: RegistrationState.WON,
    FilingStatus.LOST: RegistrationState.LOST,
}


def _claims(records: Past, policies: Policies, now: datetime) -> Iterator[Entry]:
    policy = policies.for_claims(now)
    for lead in records.all(Kind.LEAD):
        if not isinstance(lead, Lead) or lead.converted or lead.owner is None:
            continue
        person = records.record(Kind.PERSON, lead.owner, now)
        party = party_of(person, policy.warehouse if policy else None) if isinstance(person, Person) else None
        if not isinstance(person, Person) or party is None:
            continue
        claim = ClaimEntry(
            lead=lead.id,
            holder=lead.owner,
            firm=party,
            adopted=True,
            role=person.role,
            track=lead.track,
            pool=lead.owner_before if lead.owner_before and is_queue(lead.owner_before) else None,
            opened=at(lead.owner_since or lead.changed_at),
            state=ClaimState.WORKED if lead.worked else ClaimState.ACTIVE,
        )
        held = terms.of_holding(claim, _world(records, lead.id, now), policy, lead).claims if policy else None
        due = None
        if policy and held and held.work_within and not lead.worked:
            due = after(now, held.work_within, policy.office_hours)
        yield claim.model_copy(update={"work_by": due})
        if policy and due and held:
            yield from duty.deadlines(held, lead.id, due, now, policy.office_hours)


def _credits(records: Past, _policies: Policies, _now: datetime) -> Iterator[Entry]:
    for deal in records.all(Kind.OPPORTUNITY):
        if isinstance(deal, Opportunity) and deal.sourcing_partner:
            yield CreditEntry(
                record=deal.id, firm=deal.sourcing_partner, since=deal.created_at, through=deal.id
            )


def _deals(records: Past, _policies: Policies, now: datetime) -> Iterator[Entry]:
    """R0.9: deals that closed before go-live stand in the ledger of deals as the org says them."""
    for deal in records.all(Kind.OPPORTUNITY):
        if not isinstance(deal, Opportunity) or not deal.closed:
            continue
        firm = deal.sourcing_partner or deal.partner or _firm(records, deal.owner, now)
        closed_at = deal.stage_since or deal.changed_at
        yield DealEntry(
            record=deal.id,
            state=DealState.WON if deal.won else DealState.LOST,
            party=Party.PARTNER if firm else Party.DIRECT,
            firm=firm,
            sourced=deal.sourcing_partner is not None,
            amount=deal.amount,
            won_at=closed_at if deal.won else None,
            closed_at=closed_at,
            customer=deal.customer,
            adopted=True,
        )


def _registrations(records: Past, policies: Policies, now: datetime) -> Iterator[Entry | Fact]:
    current = policies.for_registrations(now)
    for filing in records.all(Kind.REGISTRATION):
        if not isinstance(filing, Registration) or filing.status is FilingStatus.DRAFT:
            continue
        if filing.status is FilingStatus.SUBMITTED:
            yield from _undecided(filing)
            continue
        firm = filing.partner or _firm(records, filing.filed_by, now)
        if firm is None:
            continue
        filed = at(filing.filed_at or filing.created_at)
        state = _STATES[filing.status]
        entry = RegistrationEntry(
            registration=filing.id,
            firm=firm,
            registrant=filing.filed_by,
            opportunity=filing.opportunity,
            state=state,
            filed=filed,
            complete=None if state is RegistrationState.INCOMPLETE else filed,
            protected_from=filing.protected_from,
            protected_until=filing.protected_until,
            adopted=True,
            amount=filing.amount,
        )
        policy = terms.of_registration(entry, _world(records, filing.id, now), current) if current else None
        if state in waiting.WAITS and policy:
            clock = waiting.started(policy, _world(records, filing.id, now), entry, now)
            yield from (clock.entry, *clock.deadlines)
            continue
        yield entry
        if state.protects and policy and policy.registrations:
            due = protection.deadlines(policy, entry)
            yield from (each for each in due if each.due > now or each.name == protection.ENDS)
        if state.protects and filing.opportunity:
            yield CreditEntry(record=filing.opportunity, firm=firm, since=filed.latest, through=filing.id)


def _silence(records: Past, policies: Policies, now: datetime) -> Iterator[Entry]:
    """R1.15: the silence of an open deal counts from go-live (law 16)."""
    policy = policies.for_stale_deals(now)
    terms = policy.stale_deals if policy else None
    for deal in records.all(Kind.OPPORTUNITY) if policy and terms else ():
        if not isinstance(deal, Opportunity) or deal.closed or policy is None or terms is None:
            continue
        length = stale.how_long(terms, deal, _world(records, deal.id, now), now)
        if length is not None:
            due = after(now, length, policy.office_hours)
            yield protection.deadline(stale.STALE, Kind.OPPORTUNITY, deal.id, due)


def _unclaimed(records: Past, policies: Policies, now: datetime) -> Iterator[Entry]:
    """R3.5: how long a lead has lain in its queue counts from go-live (law 16)."""
    policy = policies.for_claims(now)
    for lead in records.all(Kind.LEAD) if policy and policy.claims and policy.claims.unclaimed_lead else ():
        if isinstance(lead, Lead) and policy and not lead.converted and lead.owner and is_queue(lead.owner):
            yield from unclaimed.started(lead.id, policy, now)


def _stages(records: Past, policies: Policies, now: datetime) -> Iterator[Entry]:
    """R2.12, R2.13: what a deal lacks already is no short cut of today, and its reviews count from go-live."""
    policy = policies.for_stages(now)
    for deal in records.all(Kind.OPPORTUNITY) if policy else ():
        if isinstance(deal, Opportunity) and not deal.closed and policy is not None:
            fact = Fact(kind=FactKind.ADOPTED, subject=Kind.OPPORTUNITY, record=deal.id, when=at(now))
            yield from adopted(fact, records.world(fact), policy, deal)


def _world(records: Past, record: RecordId, now: datetime) -> World:
    """The world at go-live, for conditions on one record."""
    return records.world(Fact(kind=FactKind.ADOPTED, subject=Kind.REGISTRATION, record=record, when=at(now)))


def _undecided(filing: Registration) -> Iterator[Fact]:
    """A filing that nobody has ruled, with what was added to it later, at the times the org recorded."""
    yield Fact(
        kind=FactKind.FILED,
        subject=Kind.REGISTRATION,
        record=filing.id,
        when=at(filing.filed_at or filing.changed_at),
        value=FilingStatus.SUBMITTED,
        actor=filing.filed_by,
        detail={"version": instant_text(filing.stamp)},
    )
    for proof in proofs_after(filing):
        yield of_proof(filing, proof.id, proof.created_at, filing.filed_by)


def _firm(records: Past, user: RecordId | None, now: datetime) -> RecordId | None:
    person = records.record(Kind.PERSON, user, now)
    return person.firm if isinstance(person, Person) else None


Source = Callable[[Past, Policies, datetime], Iterator[Entry | Fact]]

SOURCES: Mapping[str, Source] = {
    "claims": _claims,
    "credits": _credits,
    "deals": _deals,
    "filings": _registrations,
    "silence": _silence,
    "unclaimed": _unclaimed,
    "stages": _stages,
    "payments": past_orders.payments,
    "slips": past_orders.slips,
    "orders": past_orders.orders,
}
"""Each part of the docket, by the name under which it is remembered as taken."""
