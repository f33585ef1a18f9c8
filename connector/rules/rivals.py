"""Who else is after this customer: matched records joined with what the docket says of them."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from enum import StrEnum

from connector.canonical.docket import ClaimEntry, RegistrationEntry
from connector.canonical.ids import RecordId
from connector.canonical.kind import Kind
from connector.canonical.model import Model
from connector.canonical.records import Opportunity, Registration
from connector.canonical.time import When
from connector.matching import Outcome
from connector.rules.world import Match, World


class Relation(StrEnum):
    """How another party stands to the act under judgement."""

    PROTECTED_FIRST = "protected_first"  # complete before us, and approved
    PENDING_FIRST = "pending_first"  # complete before us, not ruled yet
    SAME_TIME = "same_time"  # too close to tell: a person rules
    APPROVED_LATER = "approved_later"  # complete after us, yet already approved
    PENDING_LATER = "pending_later"  # complete after us, not ruled: it will see us
    OWN = "own"  # the same firm
    HOLDS_LEAD = "holds_lead"  # another firm holds a lead of this customer
    DIRECT = "direct"  # our own sales team works this customer
    UNSURE = "unsure"  # may be the same customer


class Rival(Model):
    """One other party on what is, or may be, the same customer."""

    model_config = Model.model_config | {"arbitrary_types_allowed": True}
    relation: Relation
    match: Match
    since: datetime
    record: RecordId
    kind: Kind


def of_filing(
    world: World,
    filing: Registration,
    entry: RegistrationEntry,
    matches: tuple[Match, ...],
    *,
    same_time: timedelta,
    by_deal: bool,
    activity_within: timedelta,
) -> Iterator[Rival]:
    """R1.1, R1.2: other filings with a place, leads held by other firms, and direct deals with activity."""
    for match in matches:
        if match.kind is Kind.REGISTRATION:
            yield from _filed(world, filing, entry, match, same_time=same_time, by_deal=by_deal)
        elif match.kind is Kind.LEAD:
            yield from _held(world, entry.firm, match)
        elif match.kind is Kind.CUSTOMER:
            yield from _direct(world, filing, entry, match, activity_within)


def of_lead(world: World, lead: RecordId, firm: RecordId, matches: tuple[Match, ...]) -> Iterator[Rival]:
    """R4.7: other leads held, and filings that protect, the same customer for another firm."""
    for match in matches:
        if match.kind is Kind.LEAD and match.record != lead:
            yield from _held(world, firm, match)
        elif match.kind is Kind.REGISTRATION:
            rival = world.docket.get(RegistrationEntry, match.record)
            if rival and rival.firm != firm and rival.state.protects:
                since = (rival.complete or rival.filed).latest
                yield _rival(Relation.PROTECTED_FIRST, match, since)


def _filed(
    world: World,
    filing: Registration,
    entry: RegistrationEntry,
    match: Match,
    *,
    same_time: timedelta,
    by_deal: bool,
) -> Iterator[Rival]:
    rival = world.docket.get(RegistrationEntry, match.record)
    if rival is None or not rival.open or rival.complete is None:
        return
    other = world.registration(match.record)
    if (
        by_deal
        and other
        and filing.products
        and other.products
        and not set(filing.products) & set(other.products)
    ):
        return
    mine = entry.complete or entry.filed
    if rival.firm == entry.firm:
        if rival.complete < mine:
            yield _rival(Relation.OWN, match, rival.complete.latest)
        return
    yield _rival(_placed(rival, rival.complete, mine, same_time), match, rival.complete.latest)


def _placed(rival: RegistrationEntry, theirs: When, mine: When, same_time: timedelta) -> Relation:
    gap = max(theirs.earliest - mine.latest, mine.earliest - theirs.latest)
    if gap <= timedelta(0) or gap < same_time:
        return Relation.SAME_TIME
    if theirs < mine:
        return Relation.PROTECTED_FIRST if rival.state.protects else Relation.PENDING_FIRST
    return Relation.APPROVED_LATER if rival.state.protects else Relation.PENDING_LATER


def _held(world: World, firm: RecordId, match: Match) -> Iterator[Rival]:
    for claim in world.docket.find(ClaimEntry, f"lead:{match.record}"):
        if claim.firm != firm:
            yield _rival(Relation.HOLDS_LEAD, match, claim.opened.latest)


def _direct(
    world: World, filing: Registration, entry: RegistrationEntry, match: Match, activity_within: timedelta
) -> Iterator[Rival]:
    for deal in world.opportunities_of(match.record):
        if (
            deal.id != filing.opportunity
            and is_direct(deal)
            and _active(deal, entry.filed.latest, activity_within)
        ):
            yield _rival(Relation.DIRECT, match, deal.created_at, deal.id, Kind.OPPORTUNITY)


def is_direct(deal: Opportunity) -> bool:
    """A deal that no partner owns and none is credited with."""
    return deal.partner is None and deal.sourcing_partner is None


def _active(deal: Opportunity, filed: datetime, within: timedelta) -> bool:
    if deal.closed or deal.created_at >= filed:
        return False
    signs = [deal.created_at.date(), *([deal.last_activity] if deal.last_activity else [])]
    return max(day for day in signs if day <= filed.date()) >= (filed - within).date()


def _rival(
    relation: Relation,
    match: Match,
    since: datetime,
    record: RecordId | None = None,
    kind: Kind | None = None,
) -> Rival:
    if match.comparison.outcome is Outcome.UNSURE and relation is not Relation.OWN:
        relation = Relation.UNSURE
    return Rival(
        relation=relation, match=match, since=since, record=record or match.record, kind=kind or match.kind
    )
