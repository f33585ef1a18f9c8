"""Silent deals: an open deal without a sign of life is flagged, and unflagged by the next one (R1.15)."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime

from connector.canonical.docket import DeadlineEntry, RegistrationEntry
from connector.canonical.fact import Fact, FactKind
from connector.canonical.ids import RecordId
from connector.canonical.intent import Desired
from connector.canonical.kind import Kind
from connector.canonical.phrase import Phrase
from connector.canonical.records import Opportunity
from connector.canonical.time import instant_text
from connector.canonical.verdict import Effect, Exhibit, Finding
from connector.policy.calendar import after
from connector.policy.duration import Duration
from connector.policy.model import ConditionFailed, Policy
from connector.policy.windows import StaleDeals
from connector.rules.case import finding
from connector.rules.decision import Decision
from connector.rules.notices import want
from connector.rules.protection import deadline
from connector.rules.rule import rule
from connector.rules.verdict import verdict_on
from connector.rules.world import World

STALE = "stale"
_NEVER = datetime.max.replace(tzinfo=UTC)
_MOVES = (FactKind.OPENED, FactKind.RESTORED, FactKind.STAGE_MOVED, FactKind.REASSIGNED)
_ENDS = (FactKind.CLOSED, FactKind.DELETED, FactKind.MERGED)


def noted(fact: Fact, world: World, policy: Policy) -> Decision:
    """What a fact of a deal does to its clock: a sign of life starts it anew, an end stops it."""
    terms, deal = policy.stale_deals, world.opportunity(fact.record)
    if terms is None or not _touches(fact, terms):
        return Decision(fact=fact)
    if deal is None or deal.closed or fact.kind in _ENDS:
        return _quiet(fact, world)
    length = how_long(terms, deal, world, fact.instant)
    if length is None:
        return _quiet(fact, world)
    due = deadline(STALE, Kind.OPPORTUNITY, deal.id, after(fact.instant, length, policy.office_hours))
    return Decision(fact=fact, entries=(due,), desired=_unflagged(fact, world))


def registered(decision: Decision, world: World, policy: Policy) -> Decision:
    """A deal that a partner registers begins to be watched, where only registered ones are."""
    terms, fact = policy.stale_deals, decision.fact
    entries: list[DeadlineEntry] = []
    for entry in decision.entries if terms is not None and terms.registered_only else ():
        deal = world.opportunity(entry.opportunity) if isinstance(entry, RegistrationEntry) else None
        if terms is None or deal is None or deal.closed or not entry.open or _watched(deal, world):
            continue
        length = _length(terms, {**circumstances_of(deal, world, fact.instant), "registered": True})
        if length is not None:
            due = after(fact.instant, length, policy.office_hours)
            entries.append(deadline(STALE, Kind.OPPORTUNITY, deal.id, due))
    return decision.model_copy(update={"entries": (*decision.entries, *entries)}) if entries else decision


def _watched(deal: Opportunity, world: World) -> bool:
    known = world.docket.get(DeadlineEntry, f"{deal.id}|{STALE}")
    return known is not None and known.due != _NEVER


def _touches(fact: Fact, terms: StaleDeals) -> bool:
    moved = fact.kind in _MOVES and (fact.kind is not FactKind.STAGE_MOVED or terms.stage_move_counts)
    return moved or fact.kind in _ENDS or (fact.kind is FactKind.ACTIVE and terms.activity_counts)


def how_long(terms: StaleDeals, deal: Opportunity, world: World, moment: datetime) -> Duration | None:
    """How long this deal may be silent; None: for ever, or nobody can say."""
    return _length(terms, circumstances_of(deal, world, moment))


def _length(terms: StaleDeals, about: Mapping[str, object]) -> Duration | None:
    if terms.registered_only and not about["registered"]:
        return None
    try:
        length = terms.without_activity.pick(about)
    except ConditionFailed:
        return None
    return None if length is None or length.nothing else length


def circumstances_of(deal: Opportunity, world: World, moment: datetime) -> Mapping[str, object]:
    """What a `when:` may ask about a deal."""
    customer, owner = world.customer(deal.customer), world.person(deal.owner)
    firm = world.partner(deal.partner or (owner.firm if owner else None))
    return {
        "amount": deal.amount,
        "currency": deal.amount.currency if deal.amount else "",
        "stage": deal.stage or 0,
        "partner": deal.partner is not None or (owner is not None and owner.firm is not None),
        "registered": _is_registered(deal.id, world),
        "country": customer.identity.country if customer else "",
        "industry": customer.identity.industry if customer else "",
        "age_days": (moment - deal.created_at).days,
        "on": moment.date().isoformat(),
        "opportunity.own": dict(deal.own),
        "customer.own": dict(customer.own) if customer else {},
        "partner.own": dict(firm.own) if firm else {},
    }


def _is_registered(deal: RecordId, world: World) -> bool:
    return any(True for _ in world.docket.find(RegistrationEntry, f"opportunity:{deal}"))


def fell_silent(fact: Fact, world: World, policy: Policy) -> Decision:
    """The clock ran out (a tick): the deal is flagged, for its owner and the desk."""
    due = world.docket.get(DeadlineEntry, f"{fact.record}|{STALE}")
    done = (due.model_copy(update={"done": True}),) if due else ()
    deal, terms = world.opportunity(fact.record), policy.stale_deals
    watched = terms is not None and (not terms.registered_only or _is_registered(fact.record, world))
    findings = tuple(stale_deal(deal)) if deal and not deal.closed and watched else ()
    if deal is None or not findings:
        return Decision(fact=fact, entries=done)
    verdict = verdict_on(Kind.OPPORTUNITY, deal.id, findings, policy)
    since = want(Kind.OPPORTUNITY, deal.id, "stale_since", instant_text(fact.instant))
    return Decision(fact=fact, verdict=verdict, entries=done, desired=(since,))


@rule("stale_deal", "R1.15")
def stale_deal(deal: Opportunity) -> Iterator[Finding]:
    """No sign of life for so long as the policy allows."""
    shown = Exhibit(record=deal.id, field="stage", value=str(deal.stage or ""))
    yield finding("stale_deal", Effect.NOTE, Phrase.DEAL_STALE, shown, desk=True)


def _quiet(fact: Fact, world: World) -> Decision:
    """Nothing is due any more."""
    if world.docket.get(DeadlineEntry, f"{fact.record}|{STALE}") is None:
        return Decision(fact=fact)
    over = DeadlineEntry(name=STALE, subject=Kind.OPPORTUNITY, record=fact.record, due=_NEVER, done=True)
    return Decision(fact=fact, entries=(over,), desired=_unflagged(fact, world))


def _unflagged(fact: Fact, world: World) -> tuple[Desired, ...]:
    """Only a deal whose clock has run out bears the flag."""
    known = world.docket.get(DeadlineEntry, f"{fact.record}|{STALE}")
    if known is None or not known.done or known.due > fact.instant:
        return ()
    return (want(Kind.OPPORTUNITY, fact.record, "stale_since", None),)
