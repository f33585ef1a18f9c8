"""Who else is after this customer: matched records joined with what the docket says of them."""

from collections.abc import Iterator
from datetime import datetime
from enum import StrEnum

from connector.canonical.docket import ClaimEntry, RegistrationEntry, RegistrationState
from connector.canonical.ids import RecordId
from connector.canonical.kind import Kind
from connector.canonical.model import Model
from connector.canonical.records import Opportunity, Registration
from connector.canonical.time import When
from connector.matching import Outcome
from connector.policy.calendar import after, before
from connector.policy.duration import Duration
from connector.policy.model import OfficeHours
from connector.policy.outcomes import Dormant
from connector.rules.outranking import Claimant, Ranking, outranking
from connector.rules.scope import Scope
from connector.rules.world import Match, World


class Relation(StrEnum):
    """How another party stands to the act under judgement."""

    PROTECTED_FIRST = "protected_first"  # complete before us, and approved
    PENDING_FIRST = "pending_first"  # complete before us, not ruled yet
    SAME_TIME = "same_time"  # too close to tell: a person rules
    APPROVED_LATER = "approved_later"  # complete after us, yet already approved
    PENDING_LATER = "pending_later"  # complete after us, not ruled: it will see us
    OWN = "own"  # the same firm, complete before us
    OWN_UNCLEAR = "own_unclear"  # the same firm, in the same second or perhaps another customer
    OWN_LAPSED = "own_lapsed"  # the same firm, its window over (`since` is its end)
    OWN_ENDED = "own_ended"  # the same firm, refused or taken back: no rival, but there may be a wait
    HOLDS_LEAD = "holds_lead"  # another firm holds a lead of this customer
    OUTRANKED = "outranked"  # evidence of ours outranks its earlier place
    OUTRANKS_US = "outranks_us"  # its evidence outranks our earlier place
    EQUAL_EVIDENCE = "equal_evidence"  # both show evidence that outranks, and neither more than the other
    DORMANT_FIRST = "dormant_first"  # complete before us and approved, but nobody works it
    DIRECT = "direct"  # our own sales team works this customer
    UNSURE = "unsure"  # may be the same customer


class Rival(Model):
    """One other party on what is, or may be, the same customer; `evidence` is for the desk and the ledger."""

    relation: Relation
    evidence: str
    since: datetime
    record: RecordId
    kind: Kind
    cause: str = ""  # what outranks, where something does
    standing: bool = False  # an approved registration
    relative: bool = False  # of another customer in the same group


class Filing(Model):
    """The registration that looks for rivals, with its place in time, and what its policy calls one deal."""

    record: Registration
    entry: RegistrationEntry
    place: When
    now: datetime
    same_time: Duration
    scope: Scope
    activity_within: Duration
    office: OfficeHours = OfficeHours()
    firms: tuple[RecordId, ...] = ()  # the firm, with those that count as one with it
    ranking: Ranking | None = None
    dormant: Dormant | None = None


def of_filing(world: World, mine: Filing, matches: tuple[Match, ...]) -> Iterator[Rival]:
    """R1.1, R1.2: other filings with a place, leads held by other firms, and direct deals with activity."""
    seen = {match.record for match in matches}
    for match in matches:
        if match.kind is Kind.REGISTRATION:
            yield from _filed(world, mine, match.record, match)
        elif match.kind is Kind.LEAD:
            yield from _held(world, mine.entry.firm, match, before=mine.place)
        elif match.kind is Kind.CUSTOMER:
            yield from _direct(world, mine, match)
    if mine.record.opportunity:
        for rival in world.docket.find(RegistrationEntry, f"opportunity:{mine.record.opportunity}"):
            if rival.registration not in seen and rival.key != mine.entry.key:
                yield from _filed(world, mine, rival.registration, None)


def of_lead(world: World, lead: RecordId, firm: RecordId, matches: tuple[Match, ...]) -> Iterator[Rival]:
    """R4.7: other leads held, and filings that protect, the same customer for another firm."""
    for match in matches:
        if match.kind is Kind.LEAD and match.record != lead:
            yield from _held(world, firm, match)
        elif match.kind is Kind.REGISTRATION:
            rival = world.docket.get(RegistrationEntry, match.record)
            if rival and rival.firm != firm and rival.protects_at(world.now):
                since = (rival.complete or rival.filed).latest
                yield _rival(Relation.PROTECTED_FIRST, match, since)


def _filed(world: World, mine: Filing, record: RecordId, match: Match | None) -> Iterator[Rival]:
    """Another filing that has a place; `match` is None when only the opportunity is shared."""
    rival = world.docket.get(RegistrationEntry, record)
    if rival is None:
        return
    other, place = world.registration(record), rival.complete or rival.filed
    own = rival.firm == mine.entry.firm or rival.firm in mine.firms
    if rival.complete is None and not (own and not rival.open):
        return
    scope = mine.scope.within_a_firm if own else mine.scope
    if match and other and scope.apart(mine.record, rival, other, mine.now):
        return
    cause = ""
    if own:
        relation = _own(rival, mine, sure=match is None or match.comparison.outcome is Outcome.SAME)
        since = _lapsed_at(rival) if relation is Relation.OWN_LAPSED else None
    elif _over(rival, mine.now):
        return
    else:
        relation, since = _placed(rival, place, mine), None
        relation, cause = _ranked(world, mine, rival, other, relation)
    if relation is not None:
        found = _rival(relation, match, since or place.latest, record)
        yield found.model_copy(update={"cause": cause, "standing": rival.protects_at(mine.now)})


def _ranked(
    world: World, mine: Filing, rival: RegistrationEntry, other: Registration | None, placed: Relation
) -> tuple[Relation, str]:
    """The place in time, unless evidence outranks it or the first has gone to sleep."""
    if mine.ranking is not None and other is not None:
        ours = Claimant(filing=mine.record, firm=mine.entry.firm)
        said = outranking(ours, Claimant(filing=other, firm=rival.firm), mine.ranking)
        if said is not None:
            cause, for_us = said
            if for_us is None:
                return Relation.EQUAL_EVIDENCE, cause
            return (Relation.OUTRANKED if for_us else Relation.OUTRANKS_US), cause
    if placed is Relation.PROTECTED_FIRST and mine.dormant and _asleep(world, rival, mine):
        return Relation.DORMANT_FIRST, ""
    return placed, ""


def _asleep(world: World, rival: RegistrationEntry, mine: Filing) -> bool:
    """No sign of life of its firm since so long: neither the filing, nor the ruling, nor an activity."""
    if mine.dormant is None:
        return False
    edge = before(mine.now, mine.dormant.silent_for, mine.office)
    signs = [rival.filed.latest, *([rival.protected_from] if rival.protected_from else [])]
    if any(sign >= edge for sign in signs):
        return False
    for record in (rival.registration, rival.opportunity):
        for activity in world.activities(record) if record else ():
            person = world.person(activity.owner or activity.created_by)
            firm = person.firm if person else None
            if activity.created_at >= edge and firm is not None and firm in (rival.firm, rival.distributor):
                return False
    return True


def _over(rival: RegistrationEntry, now: datetime) -> bool:
    """No longer in play: ended, or its window is over in this very second and its tick still to come."""
    return not (rival.open or rival.goes_on) or (rival.stands and not rival.protects_at(now))


def _own(rival: RegistrationEntry, mine: Filing, *, sure: bool) -> Relation | None:
    lapsed = rival.state is RegistrationState.LAPSED or (rival.open and _over(rival, mine.now))
    if lapsed and _lapsed_at(rival) is not None:
        return Relation.OWN_LAPSED if sure else None
    if sure and rival.state in (RegistrationState.REJECTED, RegistrationState.WITHDRAWN):
        return Relation.OWN_ENDED
    if not rival.open or rival.complete is None:
        return None
    if rival.complete.overlaps(mine.place):
        return Relation.OWN_UNCLEAR
    if rival.complete < mine.place:
        return Relation.OWN if sure else Relation.OWN_UNCLEAR
    return None


def _lapsed_at(rival: RegistrationEntry) -> datetime | None:
    """The end of its window; of one that never began, when it lapsed."""
    return rival.protected_until or rival.lapsed_at


def _placed(rival: RegistrationEntry, theirs: When, mine: Filing) -> Relation:
    place = mine.place
    first, second = sorted((theirs, place), key=lambda each: each.earliest)
    near = second.earliest < after(first.latest, mine.same_time, mine.office)
    if second.earliest <= first.latest or near:
        return Relation.SAME_TIME
    if theirs < place:
        return Relation.PROTECTED_FIRST if rival.stands else Relation.PENDING_FIRST
    return Relation.APPROVED_LATER if rival.stands else Relation.PENDING_LATER


def _held(world: World, firm: RecordId, match: Match, before: When | None = None) -> Iterator[Rival]:
    """Leads of this customer in other hands; a claim that came after our place is no rival of ours."""
    for claim in world.docket.find(ClaimEntry, f"lead:{match.record}"):
        later = before is not None and before < claim.opened and not claim.opened.overlaps(before)
        if claim.firm != firm and not later:
            yield _rival(Relation.HOLDS_LEAD, match, claim.opened.latest)


def _direct(world: World, mine: Filing, match: Match) -> Iterator[Rival]:
    for deal in world.opportunities_of(match.record):
        if (
            deal.id != mine.record.opportunity
            and world.docket.get(RegistrationEntry, deal.id) is None  # kept on its own deal: told as a filing
            and is_direct(deal, world)
            and _active(world, deal, mine)
        ):
            yield _rival(Relation.DIRECT, match, deal.created_at, deal.id, Kind.OPPORTUNITY)


def is_direct(deal: Opportunity, world: World) -> bool:
    """A deal that no partner owns and none is credited with."""
    owner = world.person(deal.owner)
    return deal.partner is None and deal.sourcing_partner is None and (owner is None or owner.firm is None)


def _active(world: World, deal: Opportunity, mine: Filing) -> bool:
    """An open deal that predates the filing, and on which something happened not long before it."""
    filed = mine.place.latest
    if deal.closed or deal.created_at >= filed:
        return False
    signs = [deal.created_at.date(), *([deal.last_activity] if deal.last_activity else [])]
    signs += [each.created_at.date() for each in world.activities(deal.id) if each.created_at <= filed]
    return (
        max(day for day in signs if day <= filed.date())
        >= before(filed, mine.activity_within, mine.office).date()
    )


_SURE_OF_ITSELF = (
    Relation.PENDING_LATER,
    Relation.OWN,
    Relation.OWN_UNCLEAR,
    Relation.OWN_LAPSED,
    Relation.OWN_ENDED,
)


def _rival(
    relation: Relation,
    match: Match | None,
    since: datetime,
    record: RecordId | None = None,
    kind: Kind | None = None,
) -> Rival:
    if match is None:
        if record is None:
            raise TypeError("a rival without a match needs its record")
        evidence = "same, both name one opportunity"
        return Rival(relation=relation, evidence=evidence, since=since, record=record, kind=Kind.REGISTRATION)
    if match.comparison.outcome is Outcome.UNSURE and relation not in _SURE_OF_ITSELF:
        relation = Relation.UNSURE
    evidence = match.comparison.explain()
    return Rival(
        relation=relation,
        evidence=evidence,
        since=since,
        record=record or match.record,
        kind=kind or match.kind,
    )
