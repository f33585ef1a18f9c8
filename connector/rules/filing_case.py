"""The case of one filing: the party, the customer's background, its rivals and what outranks whom."""

from dataclasses import replace

from connector.canonical.docket import RegistrationEntry
from connector.canonical.fact import Fact
from connector.canonical.records import Registration
from connector.policy.model import Policy, RegistrationPolicy
from connector.policy.varied import settled
from connector.rules import circumstances, reuse
from connector.rules.background import Background
from connector.rules.case import FilingCase, local_day
from connector.rules.contest import contest
from connector.rules.days import days_of
from connector.rules.world import World


def case_of(
    fact: Fact,
    world: World,
    policy: Policy,
    *,
    terms: RegistrationPolicy,
    filing: Registration,
    entry: RegistrationEntry,
) -> FilingCase:
    """The case as of the fact; without a place in time a filing has no rivals yet."""
    partner, person = world.partner(entry.firm), world.person(filing.filed_by)
    day = local_day(fact.instant, policy)
    background = Background(filing, entry.firm, world, policy)
    names = circumstances.of_filing(
        filing,
        partner,
        person,
        policy.product_lines,
        fact.instant,
        circumstances.looked_up(background, entry, world, policy, day),
        days_of(fact.instant, policy),
    )
    now = settled(terms, names)
    alone = FilingCase(
        fact=fact,
        world=world,
        policy=_with(policy, now),
        terms=now,
        filing=filing,
        entry=entry,
        place=entry.complete or entry.filed,
        partner=partner,
        person=person,
        circumstances=names,
        background=background,
        reused=tuple(reuse.reuses(filing, world, policy)),
    )
    return alone if entry.complete is None else _among_rivals(alone)


def _with(policy: Policy, terms: RegistrationPolicy) -> Policy:
    return policy.model_copy(update={"registrations": terms}) if terms.varied else policy


def _among_rivals(case: FilingCase) -> FilingCase:
    found = contest(case.background, case.entry, case.world, case.policy, case.circumstances)
    names = circumstances.also(case.circumstances, **found.counts)
    now = settled(case.terms, names)
    return replace(
        case,
        policy=_with(case.policy, now),
        terms=now,
        rivals=found.rivals,
        circumstances=names,
        ranking=found.ranking,
        doubtful=found.doubtful,
        group_too_large=found.group_too_large,
    )
