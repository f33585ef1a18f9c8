"""The terms of one act: what a policy says under the circumstances of a registration or a claim (R1.14)."""

from collections.abc import Iterator, Mapping
from datetime import timedelta

from connector.canonical.docket import ClaimEntry, RegistrationEntry
from connector.canonical.fact import Fact
from connector.canonical.kind import Kind
from connector.canonical.phrase import Phrase
from connector.canonical.records import Lead
from connector.canonical.verdict import Effect, Finding
from connector.matching.contacts import company_domain
from connector.policy.model import Policy
from connector.policy.varied import settled
from connector.rules import circumstances, contest, scores
from connector.rules.case import ClaimCase, FilingCase, finding, local_day
from connector.rules.days import days_of
from connector.rules.rule import rule
from connector.rules.territory import covers
from connector.rules.world import World


def at(fact: Fact, world: World, policy: Policy) -> Policy:
    """The policy with the terms of the registration that a fact is about."""
    entry = world.docket.get(RegistrationEntry, fact.record) if fact.subject is Kind.REGISTRATION else None
    return policy if entry is None else of_registration(entry, world, policy)


def of_registration(entry: RegistrationEntry, world: World, policy: Policy) -> Policy:
    """The policy with the terms of one registration; as it is where nothing of it depends on circumstances."""
    terms = policy.registrations
    if terms is None or not terms.varied:
        return policy
    filing = world.registration(entry.registration)
    if filing is None:
        return policy
    about = contest.about(filing, entry, world, policy)
    return policy.model_copy(update={"registrations": settled(terms, about)})


def of_holding(claim: ClaimEntry, world: World, policy: Policy, lead: Lead | None = None) -> Policy:
    """The policy with the terms of a claim that stands, as of the world's moment."""
    held = lead or world.lead(claim.lead)
    if held is None or policy.claims is None or not policy.claims.varied:
        return policy
    return of_claim(policy, named(held, claim, world, policy))


def named(lead: Lead, claim: ClaimEntry, world: World, policy: Policy) -> circumstances.Circumstances:
    """Everything that a condition may ask of a claim, as of the world's moment."""
    partner, person, pool = world.partner(claim.firm), world.person(claim.holder), world.pool(claim.pool)
    queue, days = pool.name if pool else "", days_of(world.now, policy)
    there, day = lead.identity, local_day(world.now, policy)
    given = {
        **circumstances.of_claim(lead, partner, person, queue, world.now, days),
        **scores.known(world.docket, policy, claim.firm, world.now),
    }

    def held_beside() -> int:
        found = world.docket.find(ClaimEntry, f"firm:{claim.firm}")
        return sum(1 for each in found if each.lead != claim.lead)

    return circumstances.Circumstances(
        given,
        {
            "customer": lambda: there.name,
            "website": lambda: min(company_domain("", there.website), default=""),
            "city": lambda: there.city,
            "postcode": lambda: there.postcode,
            "employees": lambda: there.employees or 0,
            "region": lambda: circumstances.region_of(there.country, policy.regions),
            "in_territory": lambda: covers(
                partner.territory if partner else (), there.country, policy.regions
            ),
            "certified": lambda: circumstances.holds_on(partner.certified_until if partner else None, day),
            "trained": lambda: circumstances.holds_on(partner.trained_until if partner else None, day),
            "age_hours": lambda: (world.now - lead.created_at) // timedelta(hours=1),
            "open_claims": held_beside,
        },
    )


def of_claim(policy: Policy, names: Mapping[str, object]) -> Policy:
    """The policy with the terms of one claim, under its circumstances."""
    terms = policy.claims
    if terms is None or not terms.varied:
        return policy
    return policy.model_copy(update={"claims": settled(terms, names)})


@rule("terms", "R1.14")
def known(case: FilingCase | ClaimCase) -> Iterator[Finding]:
    """Where nobody can say which terms hold, a person looks (law 8)."""
    for key, reason in case.terms.doubts:
        yield finding("terms", Effect.ASK, Phrase.TERMS_UNKNOWN, desk=True, key=key, reason=reason)
