"""Who may claim or file: certification, territory, tier and role, as of the act (R0.6, R0.11, R3.9)."""

from collections.abc import Iterator

from connector.canonical.phrase import Phrase
from connector.canonical.records import PersonState
from connector.canonical.time import instant_text
from connector.canonical.verdict import Effect, Exhibit, Finding
from connector.policy.model import Fitness, Requirement
from connector.rules.case import Case, ClaimCase, FilingCase, finding
from connector.rules.rule import rule
from connector.rules.territory import covers

RULE = "eligibility"

_WEIGHT = {
    Requirement.REQUIRED: Effect.REFUSE,
    Requirement.REVIEW: Effect.ASK,
    Requirement.NOTE: Effect.NOTE,
    Requirement.IGNORED: Effect.NOTE,
}


def may_claim(case: ClaimCase) -> Iterator[Finding]:
    """R3.9: the right partner, at the claim."""
    yield from fit(case, case.terms.who_may_claim, case.lead.identity.country)


def may_file(case: FilingCase) -> Iterator[Finding]:
    """R0.11: certification is a must, tier a preference, both as of the filing time."""
    yield from fit(case, case.terms.who_may_file, case.filing.customer.country)


@rule(RULE, "R0.6", "R0.11", "R3.9")
def fit(case: Case, fitness: Fitness, country: str) -> Iterator[Finding]:
    """Whether firm and person are fit for the customer's country, as of the act."""
    partner, person = case.partner, case.person
    if isinstance(case, ClaimCase) and person is not None and case.entry.firm == person.id:
        return  # one of our own people, with a warehouse of their own: a role is all that is asked of them
    if partner is None:
        yield finding(RULE, Effect.ASK, Phrase.NO_FIRM)
        return
    if person is not None and person.state is PersonState.INACTIVE:
        yield finding(RULE, Effect.REFUSE, Phrase.INACTIVE_PERSON, Exhibit(record=person.id, field="state"))
    found = [*_certified(case, fitness), *_territory(case, fitness, country), *_tier(case, fitness)]
    yield from found
    if not any(f.effect in (Effect.REFUSE, Effect.ASK) for f in found):
        yield finding(
            RULE, Effect.PASS, Phrase.FIT, Exhibit(record=partner.id, field="tier", value=partner.tier)
        )


def _certified(case: Case, fitness: Fitness) -> Iterator[Finding]:
    partner = case.partner
    if partner is None or fitness.certified is Requirement.IGNORED:
        return
    effect = _WEIGHT[fitness.certified]
    until = partner.certified_until
    exhibit = Exhibit(record=partner.id, field="certified_until", value=str(until or ""))
    if until is None:
        yield finding(RULE, effect, Phrase.NOT_CERTIFIED, exhibit)
    elif until < case.day:
        yield finding(RULE, effect, Phrase.CERTIFICATE_LAPSED, exhibit, until=until.isoformat())


def _territory(case: Case, fitness: Fitness, country: str) -> Iterator[Finding]:
    partner = case.partner
    if partner is None or fitness.territory is Requirement.IGNORED:
        return
    exhibit = Exhibit(record=partner.id, field="territory", value="; ".join(partner.territory))
    if not country or not partner.territory:
        yield finding(RULE, Effect.ASK, Phrase.UNKNOWN_TERRITORY, exhibit)
    elif not covers(partner.territory, country, case.policy.regions):
        yield finding(RULE, _WEIGHT[fitness.territory], Phrase.WRONG_TERRITORY, exhibit, country=country)


def _tier(case: Case, fitness: Fitness) -> Iterator[Finding]:
    partner = case.partner
    if partner is None or not fitness.tiers.prefer or partner.tier in fitness.tiers.prefer:
        return
    exhibit = Exhibit(record=partner.id, field="tier", value=partner.tier)
    yield finding(
        RULE,
        _WEIGHT[fitness.tiers.others],
        Phrase.TIER_NOT_PREFERRED,
        exhibit,
        tier=partner.tier or "-",
        at=instant_text(case.fact.instant),
    )


@rule("known_firm", "R3.1")
def known_firm() -> Iterator[Finding]:
    """Nobody can say for which firm somebody acted: a person looks (law 8)."""
    yield finding("known_firm", Effect.ASK, Phrase.NO_FIRM)
