"""The case of one filing: the party, the customer's background, its rivals and what outranks whom."""

from dataclasses import replace

from connector.canonical.docket import ConflictEntry, ConflictState, RegistrationEntry
from connector.canonical.fact import Fact
from connector.canonical.kind import Kind
from connector.canonical.records import Registration
from connector.matching import Outcome
from connector.policy.model import Policy, RegistrationPolicy
from connector.policy.outcomes import Outranks
from connector.policy.varied import settled
from connector.rules import circumstances, reuse, rivals
from connector.rules.affiliation import counted
from connector.rules.background import Background
from connector.rules.case import FilingCase, local_day
from connector.rules.days import days_of
from connector.rules.group import members
from connector.rules.outranking import Ranking
from connector.rules.world import Match, Matches, World

_OWN = (rivals.Relation.OWN, rivals.Relation.OWN_UNCLEAR, rivals.Relation.OWN_LAPSED)
_KINDS = (Kind.REGISTRATION, Kind.LEAD, Kind.CUSTOMER)


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
    terms, entry, world = case.terms, case.entry, case.world
    ranking = Ranking(
        letter=terms.customer_letter.pick(case.circumstances) or Outranks.IGNORE,
        proof=getattr(terms.tender.pick(case.circumstances), "proof_outranks", Outranks.IGNORE),
        tender_on=case.background.tender_on,
        day=case.day,
    )
    mine = rivals.Filing(
        record=case.filing,
        entry=entry,
        place=case.place,
        now=case.fact.instant,
        same_time=terms.first_filing.same_time_within,
        covers=terms.protection.covers,
        activity_within=terms.direct_sales.activity_within,
        office=case.policy.office_hours,
        firms=counted(world, entry.firm, terms.open_registrations_count),
        ranking=ranking,
        dormant=terms.first_filing.dormant,
        lines=dict(case.policy.product_lines),
    )
    matches = world.matches(case.filing.customer, _KINDS, case.policy.same_customer, besides=case.filing.id)
    found = tuple(rivals.of_filing(world, mine, tuple(matches)))
    relatives, too_large = _relatives(case, matches)
    known = {rival.record for rival in found}
    more = (
        rival.model_copy(update={"relative": True, "evidence": f"the same group; {rival.evidence}"})
        for rival in rivals.of_filing(world, mine, relatives)
        if rival.record not in known
    )
    names = circumstances.also(case.circumstances, **_standing(found))
    now = settled(terms, names)
    return replace(
        case,
        policy=_with(case.policy, now),
        terms=now,
        rivals=tuple(rival for rival in (*found, *more) if not _told_apart(case, rival)),
        circumstances=names,
        ranking=ranking,
        doubtful=matches.doubtful,
        group_too_large=too_large,
    )


def _standing(found: tuple[rivals.Rival, ...]) -> dict[str, int]:
    others = [rival for rival in found if rival.relation not in _OWN]
    return {"rivals": len(others), "standing_rivals": sum(rival.standing for rival in others)}


def _told_apart(case: FilingCase, rival: rivals.Rival) -> bool:
    """A person has said, on this very evidence, that the two are not one customer: that stands (law 7)."""
    return any(
        rival.record in (conflict.left, conflict.right)
        and conflict.state is ConflictState.DISMISSED
        and conflict.evidence == rival.evidence
        for conflict in case.world.docket.find(ConflictEntry, f"record:{case.filing.id}", open_only=False)
    )


def _relatives(case: FilingCase, matches: Matches) -> tuple[tuple[Match, ...], bool]:
    """Records of the other customers of the group, where the policy covers it, and whether some are missing."""
    if case.terms.protection.covers != "group":
        return (), False
    known = {match.record for match in matches}
    own = case.background.own_customers
    group, too_large = members(case.world, own, case.terms.protection.group_at_most)
    sisters = [each for each in group if each.id not in {one.id for one in own}]
    found: dict[str, Match] = {}
    for sister in sisters:
        for match in case.world.matches(
            sister.identity, _KINDS, case.policy.same_customer, besides=case.filing.id
        ):
            if match.record not in known and match.comparison.outcome is Outcome.SAME:
                found.setdefault(match.record, match)
    return tuple(found.values()), too_large
