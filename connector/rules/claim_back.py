"""A claim whose lead comes back out of the recycle bin: it is what it was (R3.6, R3.7, law 10).

Deleting a lead gives no claim back, and nobody ruled. So the claim has its state again and its place in time: the org
stamped long ago when the lead was taken, and whoever took it first stays the first. The clock of the duty to work it
stood still meanwhile, for what is in the bin cannot be worked. Nobody loses by that: what the firm, or another, has
claimed since stays theirs. Where there is too much in one hand, or two are after one customer by now, that is flagged
(law 10: restored excess is never revoked; law 7: whose it is, a person says).
"""

from collections.abc import Iterator
from datetime import datetime

from connector.canonical.docket import (
    ClaimEntry,
    ClaimState,
    ConflictEntry,
    DeadlineEntry,
    Entry,
    RegistrationEntry,
)
from connector.canonical.fact import Fact, FactKind
from connector.canonical.intent import Desired
from connector.canonical.kind import Kind
from connector.canonical.phrase import Phrase
from connector.canonical.records import Lead
from connector.canonical.time import instant_text
from connector.canonical.verdict import Effect, Exhibit, Finding
from connector.policy.model import Policy, Then
from connector.policy.warehouse import Counted
from connector.rules import claims, conflict, duty, held_back, quota, tenure
from connector.rules.case import ClaimCase, finding, judge
from connector.rules.decision import Decision, joined
from connector.rules.notices import conflict_record, say, sentences, want
from connector.rules.protection import deadline
from connector.rules.rivals import Relation, Rival
from connector.rules.rule import rule
from connector.rules.verdict import asking, verdict_on
from connector.rules.warehouse import acts, holding
from connector.rules.warehouse.places import desk, home
from connector.rules.world import World

_ENDED_BY_US = (ClaimState.REVOKED, ClaimState.RECYCLED)
_FLAGS = frozenset({Then.FLAG.value, Then.FLAG_AND_FREEZE_CREDIT.value})


def admitted(fact: Fact, world: World, policy: Policy) -> tuple[Entry, ...]:
    """The claims as they were when the lead was deleted, so that leads that come back in one second see each other."""
    found = world.docket.find(ClaimEntry, f"lead:{fact.record}", open_only=False)
    back = tuple(
        _again(claim, claim.gone_from, fact.instant) for claim in found if claim.gone_from is not None
    )
    taking = None if back else _taking(fact, world, policy)
    return claims.admitted(taking, world, policy) if taking else back


def _again(claim: ClaimEntry, state: ClaimState, moment: datetime) -> ClaimEntry:
    away = moment - claim.gone_at if claim.gone_at is not None else None
    due = claim.work_by + away if claim.work_by is not None and away is not None else claim.work_by
    update = {"state": state, "gone_from": None, "back_at": moment, "closed_at": None, "work_by": due}
    return claim.model_copy(update=update)


def restored(fact: Fact, world: World, policy: Policy) -> Decision:
    """It is held, or worked, as before. What had ended before the lead was deleted stays ended."""
    decision, lead = Decision(fact=fact), world.lead(fact.record)
    if policy.claims is None or lead is None:
        return decision
    for claim in world.docket.find(ClaimEntry, f"lead:{fact.record}"):
        case = claims.case_of(fact, world, policy, claim) if claim.back_at == fact.instant else None
        decision = joined(decision, _stands(case)) if case is not None else decision
    return joined(decision, _as_it_is(fact, world, policy, lead))


def _stands(case: ClaimCase) -> Decision:
    fact, policy, lead = case.fact, case.policy, case.lead
    findings = judge(case, RULES)
    conflicts = tuple(conflict.opened_by(case, findings))
    waits = tuple(dict.fromkeys((*case.entry.hold, *asking(findings))))
    claim = case.entry.model_copy(update={"hold": waits})
    verdict = verdict_on(Kind.LEAD, lead.id, findings, policy, cause="restored") if findings else None
    due = claim.work_by if claim.state is ClaimState.ACTIVE else None
    deadlines: tuple[DeadlineEntry, ...] = ()
    if due is not None:
        deadlines = tuple(duty.deadlines(case.terms, lead.id, due, fact.instant, policy.office_hours))
    if case.entry.hold and not asking(findings):  # what held it back may have ended while the lead was away
        deadlines += (deadline(held_back.AGAIN, Kind.LEAD, lead.id, fact.instant),)
    return Decision(
        fact=fact,
        verdict=verdict,
        entries=(claim, *deadlines, *conflicts),
        desired=tuple(_shown(case, findings, due)),
        creations=tuple(conflict_record(each) for each in conflicts),
    )


def _shown(case: ClaimCase, findings: tuple[Finding, ...], due: datetime | None) -> Iterator[Desired]:
    """The lead shows again what it showed; what is new since is said."""
    claim = case.entry
    until = instant_text(due) if due is not None else None
    back = (Phrase.CLAIM_BACK, {"at": instant_text(claim.opened.latest)})
    closing = [(Phrase.CLAIM_HELD_WORK_BY, {"until": until})] if until else []
    told = sentences(findings, Effect.ASK, Effect.NOTE)
    yield want(Kind.LEAD, claim.lead, "verdict", _word(case, findings))
    yield want(Kind.LEAD, claim.lead, "message", say(claim.holder, back, *told, *closing))
    if until:
        yield want(Kind.LEAD, claim.lead, "work_by", until)


def _word(case: ClaimCase, findings: tuple[Finding, ...]) -> str:
    claim = case.entry
    if asking(findings):
        return "on_hold"
    if claim.state is ClaimState.WORKED and all(found.rule != "claimed_meanwhile" for found in findings):
        return "worked"
    if claim.hold or claim.reason:
        return "on_hold"
    known = any(True for _ in case.world.docket.find(ConflictEntry, f"record:{claim.lead}"))
    return "conflict" if known or any(found.rule == "claimed_meanwhile" for found in findings) else "held"


def _as_it_is(fact: Fact, world: World, policy: Policy, lead: Lead) -> Decision:
    """Whoever has the lead by no claim that came back: put back where we had decided so, else it is a claim of now."""
    own = _of_owner(lead, world)
    if own is not None and own.state in _ENDED_BY_US and lead.owner is not None:
        held = min(
            world.docket.find(ClaimEntry, f"lead:{lead.id}"), key=lambda each: each.opened, default=None
        )
        away = desk(own, world, policy) or home(own, world, policy) or tenure.default_pool(world, policy)
        return Decision(fact=fact, desired=tenure.move(lead.id, held.holder if held else away, lead.owner))
    taking = _taking(fact, world, policy)
    if taking is None:
        return Decision(fact=fact)
    return acts.claimed(taking, world, policy).model_copy(update={"fact": fact})


def _taking(fact: Fact, world: World, policy: Policy) -> Fact | None:
    """The claim of a lead that its owner took while nobody looked, as a fact of the moment at which it came back."""
    lead = world.lead(fact.record)
    own = _of_owner(lead, world) if lead else None
    stands = own is not None and (own.state in _ENDED_BY_US or (own.open and own.opened != fact.when))
    if lead is None or stands or holding.party_of(world.person(lead.owner), policy.warehouse) is None:
        return None
    taken = {"kind": FactKind.CLAIMED, "value": lead.owner, "prior": lead.owner_before or ""}
    return fact.model_copy(update=taken)


def _of_owner(lead: Lead, world: World) -> ClaimEntry | None:
    """The newest claim of whoever owns the lead."""
    known = world.docket.find(ClaimEntry, f"lead:{lead.id}", open_only=False)
    return max(
        (each for each in known if each.holder == lead.owner), key=lambda each: each.opened, default=None
    )


@rule("restored_excess", "R3.7")
def restored_excess(case: ClaimCase) -> Iterator[Finding]:
    """R3.7, law 10: the place was used meanwhile. The firm (or the person) keeps both, and claims no more for now."""
    firm = tuple(quota.holdings(case))
    own = tuple(claim for claim in firm if claim.holder == case.entry.holder)
    for of, phrase, held, cap in (
        (case.entry.firm, Phrase.CLAIM_BACK_OVER_QUOTA, firm, case.terms.quota),
        (case.entry.holder, Phrase.CLAIM_BACK_OVER_OWN_QUOTA, own, case.terms.quota_per_person),
    ):
        most, count = cap.pick(case.circumstances), 1 + len(held)
        if most is not None and count > most and quota.takes(case.entry, case.terms):
            exhibit = Exhibit(record=of, field="claims_held", value=str(count))
            yield finding("restored_excess", Effect.NOTE, phrase, exhibit, held=count, quota=most)


@rule("restored_overflow", "R4.1", "R4.2")
def restored_overflow(case: ClaimCase) -> Iterator[Finding]:
    """R4.1, R4.2: the same for a warehouse that was filled meanwhile."""
    terms, rights = case.policy.warehouse, holding.rights(case, case.person)
    limit = rights.limit(terms, case.entry.track) if terms and rights else None
    if rights is None or limit is None:
        return
    count = 1 + sum(1 for _ in holding.beside(case, per=rights.per))
    if count > limit:
        of = case.entry.firm if rights.per is Counted.FIRM else case.entry.holder
        exhibit = Exhibit(record=of, field="claims_held", value=str(count))
        yield finding(
            "restored_overflow", Effect.NOTE, Phrase.WAREHOUSE_OVERFULL, exhibit, held=count, limit=limit
        )


@rule("claimed_meanwhile", "R3.6", "R4.7")
def claimed_meanwhile(case: ClaimCase) -> Iterator[Finding]:
    """R3.6, R4.7: another firm came to work this customer while the lead was deleted: both stand, a person looks."""
    for rival in case.rivals:
        effect = _follows(case, rival)
        if effect is not None and _since(case, rival):
            since = instant_text(case.entry.opened.latest)
            exhibits = (
                Exhibit(record=rival.record, field=rival.relation, value=rival.evidence),
                Exhibit(record=case.lead.id, field="held_since", value=since),
            )
            yield finding("claimed_meanwhile", effect, Phrase.CLAIMED_MEANWHILE, *exhibits, since=since)


def _follows(case: ClaimCase, rival: Rival) -> Effect | None:
    """What the policy makes of two holders of one customer, by its stricter word; it takes nothing from either now."""
    words = {case.terms.same_customer_held.value}
    if case.policy.warehouse is not None:
        duplicates = case.policy.warehouse.duplicates
        unsure = rival.relation is Relation.UNSURE
        words.add((duplicates.perhaps if unsure else duplicates.in_a_warehouse).value)
    words.discard(Then.IGNORE.value)
    if not words:
        return None
    return Effect.NOTE if words <= _FLAGS else Effect.ASK


def _since(case: ClaimCase, rival: Rival) -> bool:
    """Whether it came while the lead was deleted: what stood beside it before, was looked at then."""
    gone_at = case.entry.gone_at
    if rival.kind is Kind.REGISTRATION:
        filed = case.world.docket.get(RegistrationEntry, rival.record)
        came = filed.ruled_at if filed else None
    else:
        came = rival.since
    return gone_at is not None and came is not None and came >= gone_at


RULES = (claimed_meanwhile, restored_excess, restored_overflow)
