"""The contest for a filing's customer: who else is after it, and what conditions may ask of that (R1.1, R1.2).

A condition may ask for the rivals wherever it stands: in the filing's own judgement, at its approval, and at a tick.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial

from connector.canonical.docket import ConflictEntry, ConflictState, RegistrationEntry
from connector.canonical.ids import RecordId
from connector.canonical.kind import Kind
from connector.canonical.records import Registration
from connector.matching import Outcome
from connector.policy.circumstances import RIVALS
from connector.policy.model import ConditionFailed, Policy, RegistrationPolicy
from connector.policy.outcomes import Outranks
from connector.policy.varied import settled
from connector.rules import circumstances, rivals
from connector.rules.affiliation import counted
from connector.rules.background import Background
from connector.rules.case import local_day
from connector.rules.group import members
from connector.rules.outranking import Ranking
from connector.rules.scope import scope_of
from connector.rules.world import Match, Matches, World

_OWN = (
    rivals.Relation.OWN,
    rivals.Relation.OWN_UNCLEAR,
    rivals.Relation.OWN_LAPSED,
    rivals.Relation.OWN_ENDED,
)
_KINDS = (Kind.REGISTRATION, Kind.LEAD, Kind.CUSTOMER)


@dataclass(frozen=True, kw_only=True, slots=True)
class Contest:
    """The others, those of sister companies last; `doubtful`: somebody may be missing (law 9).

    `lapsed`: a filing before this one on the same record has lapsed.
    """

    rivals: tuple[rivals.Rival, ...]
    ranking: Ranking
    doubtful: bool
    group_too_large: bool
    lapsed: bool = False

    @property
    def counts(self) -> Mapping[str, int]:
        """What a condition may ask of it."""
        others = [each for each in self.rivals if each.relation not in _OWN and not each.relative]
        lapsed = sum(
            each.relation is rivals.Relation.OWN_LAPSED and not each.relative for each in self.rivals
        )
        return {
            "rivals": len(others),
            "standing_rivals": sum(each.standing for each in others),
            "lapsed_before": lapsed + self.lapsed,
        }


def contest(
    background: Background,
    entry: RegistrationEntry,
    world: World,
    policy: Policy,
    names: Mapping[str, object],
) -> Contest:
    """Everybody else in it at the world's moment, for a filing with a place in time.

    Args:
        background: of the filing.
        entry: the registration.
        world: as of the moment of the question.
        policy: with the terms that hold for the filing alone, as it was before anybody looked for rivals.
        names: the circumstances of the filing alone.
    """
    terms, filing, moment = policy.registrations or RegistrationPolicy(), background.filing, world.now
    ranking = Ranking(
        letter=terms.customer_letter.pick(names) or Outranks.IGNORE,
        proof=getattr(terms.tender.pick(names), "proof_outranks", Outranks.IGNORE),
        tender_on=background.tender_on,
        day=local_day(moment, policy),
    )
    mine = rivals.Filing(
        record=filing,
        entry=entry,
        place=entry.complete or entry.filed,
        now=moment,
        same_time=terms.first_filing.same_time_within,
        scope=scope_of(terms, policy),
        activity_within=terms.direct_sales.activity_within,
        office=policy.office_hours,
        firms=counted(world, entry.firm, terms.open_registrations_count),
        ranking=ranking,
        dormant=terms.first_filing.dormant,
    )
    matches = world.matches(filing.customer, _KINDS, policy.same_customer, besides=filing.id)
    found = tuple(rivals.of_filing(world, mine, tuple(matches)))
    relatives, too_large = _relatives(background, terms, world, policy, matches)
    known = {rival.record for rival in found}
    more = (
        rival.model_copy(update={"relative": True, "evidence": f"the same group; {rival.evidence}"})
        for rival in rivals.of_filing(world, mine, relatives)
        if rival.record not in known
    )
    return Contest(
        rivals=tuple(rival for rival in (*found, *more) if not told_apart(filing.id, world, rival)),
        ranking=ranking,
        doubtful=matches.doubtful,
        group_too_large=too_large,
        lapsed=entry.lapsed_at is not None,
    )


def about(
    filing: Registration, entry: RegistrationEntry, world: World, policy: Policy
) -> circumstances.Circumstances:
    """Everything that a condition may ask of a registration, as of the world's moment."""
    names = circumstances.about(filing, entry, world, policy)
    if entry.complete is None:
        return names  # without a place it has no rivals yet
    found: list[Mapping[str, int]] = []

    def count(name: str) -> int:
        if not found:
            found.append(_counts(filing, entry, world, policy, names))
        return found[0][name]

    return names.asking({name: partial(count, name) for name in RIVALS})


def _counts(
    filing: Registration, entry: RegistrationEntry, world: World, policy: Policy, alone: Mapping[str, object]
) -> Mapping[str, int]:
    """Raises ConditionFailed where somebody may be missing: then nobody can say how many there are (law 9)."""
    if world.docket.get(RegistrationEntry, entry.registration) is None:
        raise ConditionFailed("the registrations of others are not known yet")
    if policy.registrations is not None:
        terms = settled(policy.registrations, alone)
        policy = policy.model_copy(update={"registrations": terms})
    background = Background(filing, entry.firm, world, policy)
    there = contest(background, entry, world, policy, alone)
    if there.doubtful:
        raise ConditionFailed("somebody may be missing among the rivals")
    return there.counts


def told_apart(record: RecordId, world: World, rival: rivals.Rival) -> bool:
    """A person has said, on this very evidence, that the two are not one customer: that stands (law 7)."""
    return any(
        rival.record in (conflict.left, conflict.right)
        and conflict.state is ConflictState.DISMISSED
        and conflict.evidence == rival.evidence
        for conflict in world.docket.find(ConflictEntry, f"record:{record}", open_only=False)
    )


def _relatives(
    background: Background, terms: RegistrationPolicy, world: World, policy: Policy, matches: Matches
) -> tuple[tuple[Match, ...], bool]:
    """Records of the other customers of the group, where the policy covers it, and whether some are missing."""
    if terms.protection.covers != "group":
        return (), False
    known = {match.record for match in matches}
    own = background.own_customers
    group, too_large = members(world, own, terms.protection.group_at_most)
    sisters = [each for each in group if each.id not in {one.id for one in own}]
    found: dict[str, Match] = {}
    for sister in sisters:
        for match in world.matches(
            sister.identity, _KINDS, policy.same_customer, besides=background.filing.id
        ):
            if match.record not in known and match.comparison.outcome is Outcome.SAME:
                found.setdefault(match.record, match)
    return tuple(found.values()), too_large
