"""The terms of one act: what a policy says under the circumstances of a registration or a claim (R1.14)."""

from collections.abc import Iterator, Mapping

from connector.canonical.docket import RegistrationEntry
from connector.canonical.fact import Fact
from connector.canonical.kind import Kind
from connector.canonical.phrase import Phrase
from connector.canonical.verdict import Effect, Finding
from connector.policy.model import Policy
from connector.policy.varied import settled
from connector.rules import circumstances
from connector.rules.case import ClaimCase, FilingCase, finding
from connector.rules.rule import rule
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
    about = circumstances.about(filing, entry, world, policy)
    return policy.model_copy(update={"registrations": settled(terms, about)})


def of_claim(policy: Policy, names: Mapping[str, object]) -> Policy:
    """The policy with the terms of one claim."""
    terms = policy.claims
    if terms is None or not terms.varied:
        return policy
    return policy.model_copy(update={"claims": settled(terms, names)})


@rule("terms", "R1.14")
def known(case: FilingCase | ClaimCase) -> Iterator[Finding]:
    """Where nobody can say which terms hold, a person looks (law 8)."""
    for key, reason in case.terms.doubts:
        yield finding("terms", Effect.ASK, Phrase.TERMS_UNKNOWN, desk=True, key=key, reason=reason)
