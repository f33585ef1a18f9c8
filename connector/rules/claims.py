"""The life of a claim: taken, judged, worked, converted, given back (R3.6 to R3.10)."""

from collections.abc import Callable, Iterable
from datetime import UTC, datetime

from connector.canonical.docket import ClaimEntry, ClaimState, CreditEntry, DeadlineEntry, Entry
from connector.canonical.fact import Fact
from connector.canonical.ids import RecordId, is_queue
from connector.canonical.intent import Desired
from connector.canonical.kind import Kind
from connector.canonical.phrase import Phrase
from connector.canonical.records import Lead
from connector.canonical.time import instant_text
from connector.canonical.verdict import Effect, Finding, Outcome, Verdict, weigh
from connector.policy.model import ClaimPolicy, Policy
from connector.rules import circumstances, conflict, eligibility, quota, rivals
from connector.rules.case import ClaimCase, judge
from connector.rules.decision import Decision
from connector.rules.notices import conflict_record, say, want
from connector.rules.protection import deadline
from connector.rules.world import World

WORK_BY = "work_by"

RULES: tuple[Callable[[ClaimCase], Iterable[Finding]], ...] = (
    eligibility.may_claim,
    quota.first_holder,
    conflict.lead_rivals,
    conflict.suspicious_contact,
    quota.cooldown,
    quota.within_quota,
)


def admitted(fact: Fact, world: World) -> tuple[Entry, ...]:
    """The claim as it enters the docket, before anyone is judged: rivals of one second see each other."""
    person = world.person(RecordId(fact.value))
    if person is None or person.firm is None:
        return ()
    before = RecordId(fact.prior) if is_queue(fact.prior) else _pool_of(fact, world)
    claim = ClaimEntry(lead=fact.record, holder=person.id, firm=person.firm, pool=before, opened=fact.when)
    return () if world.docket.get(ClaimEntry, claim.key) else (claim,)


def claimed(fact: Fact, world: World, policy: Policy) -> Decision:
    """A partner user took a lead: held, held back for a person, or returned with the reason."""
    terms, lead = policy.claims, world.lead(fact.record)
    entry = _claim_of(fact, world)
    if terms is None or lead is None or entry is None:
        return Decision(fact=fact)
    case = case_of(fact, world, policy, terms=terms, lead=lead, entry=entry)
    findings = judge(case, RULES)
    outcome = weigh(findings)
    verdict = Verdict(
        subject=Kind.LEAD, record=lead.id, outcome=outcome, findings=findings, policy=policy.label
    )
    conflicts = tuple(conflict.opened_by(case, findings))
    closed = tuple(_superseded_claims(fact, world, entry, outcome))
    if outcome is Outcome.REJECT:
        entries, desired = _returned(case, findings)
    else:
        entries, desired = _held(case, findings, outcome)
    return Decision(
        fact=fact,
        verdict=verdict,
        entries=(*closed, *entries, *conflicts),
        desired=desired,
        creations=tuple(conflict_record(entry) for entry in conflicts),
    )


def case_of(
    fact: Fact, world: World, policy: Policy, *, terms: ClaimPolicy, lead: Lead, entry: ClaimEntry
) -> ClaimCase:
    partner, person, pool = world.partner(entry.firm), world.person(entry.holder), world.pool(entry.pool)
    matches = world.matches(
        lead.identity, (Kind.LEAD, Kind.REGISTRATION), policy.same_customer, besides=lead.id
    )
    return ClaimCase(
        fact=fact,
        world=world,
        policy=policy,
        terms=terms,
        lead=lead,
        entry=entry,
        partner=partner,
        person=person,
        circumstances=circumstances.of_claim(lead, partner, person, pool.name if pool else "", fact.instant),
        rivals=tuple(rivals.of_lead(world, lead.id, entry.firm, tuple(matches))),
    )


def entered(fact: Fact, world: World, policy: Policy) -> Decision:
    """A held lead's identity changed: look again for others who hold this customer, and for fake contacts."""
    terms, lead = policy.claims, world.lead(fact.record)
    held = next(iter(world.docket.find(ClaimEntry, f"lead:{fact.record}")), None)
    if terms is None or lead is None or held is None:
        return Decision(fact=fact)
    case = case_of(fact, world, policy, terms=terms, lead=lead, entry=held)
    findings = judge(case, (conflict.lead_rivals, conflict.suspicious_contact))
    conflicts = tuple(conflict.opened_by(case, findings))
    if not conflicts:
        return Decision(fact=fact)
    hold = any(found.effect is Effect.ASK for found in findings)
    verdict = Verdict(
        subject=Kind.LEAD, record=lead.id, outcome=Outcome.DEFER, findings=findings, policy=policy.label
    )
    said = [(found.message, dict(found.params)) for found in findings if _partner_may_read(found)]
    opening: list[tuple[str, dict[str, str]]] = [(Phrase.LEAD_ON_HOLD, {})] if hold else []
    desired = (
        want(Kind.LEAD, lead.id, "verdict", "on_hold" if hold else "conflict"),
        want(Kind.LEAD, lead.id, "message", say(held.holder, *opening, *said)),
    )
    return Decision(
        fact=fact,
        verdict=verdict,
        entries=conflicts,
        desired=desired,
        creations=tuple(conflict_record(entry) for entry in conflicts),
    )


def released(fact: Fact, world: World, policy: Policy) -> Decision:
    """The holder gave the lead back (or our own people took it over)."""
    entries: list[Entry] = []
    for claim in world.docket.find(ClaimEntry, f"lead:{fact.record}"):
        entries += [_closed(claim, ClaimState.RELEASED, fact.instant), _done(fact.record)]
    if not entries:
        return Decision(fact=fact)
    desired = (
        want(Kind.LEAD, fact.record, "verdict", "released"),
        want(Kind.LEAD, fact.record, "message", say(None, (Phrase.CLAIM_RELEASED, {}))),
        want(Kind.LEAD, fact.record, "work_by", None),
    )
    return Decision(fact=fact, entries=tuple(entries), desired=desired)


def worked(fact: Fact, world: World, policy: Policy) -> Decision:
    """R3.8: a worked lead stays with its holder."""
    for claim in world.docket.find(ClaimEntry, f"lead:{fact.record}"):
        if claim.state is not ClaimState.ACTIVE:
            continue
        if fact.actor is not None and fact.actor != claim.holder and not _same_firm(fact.actor, claim, world):
            continue
        entries = (claim.model_copy(update={"state": ClaimState.WORKED}), _done(fact.record))
        return Decision(fact=fact, entries=entries, desired=_stand(claim, "worked", Phrase.CLAIM_WORKED))
    return Decision(fact=fact)


def converted(fact: Fact, world: World, policy: Policy) -> Decision:
    """R3.10, R0.1: the claim ends well, and who brought the deal is credited for good."""
    lead = world.lead(fact.record)
    entries: list[Entry] = []
    desired: list[Desired] = []
    for claim in world.docket.find(ClaimEntry, f"lead:{fact.record}"):
        entries += [_closed(claim, ClaimState.CONVERTED, fact.instant), _done(fact.record)]
        deal = lead.converted_opportunity if lead else None
        if deal and world.docket.get(CreditEntry, deal) is None:
            entries.append(
                CreditEntry(record=deal, firm=claim.firm, since=claim.opened.latest, through=claim.lead)
            )
            desired.append(
                Desired(subject=Kind.OPPORTUNITY, record=deal, slot="sourcing_partner", value=claim.firm)
            )
    return Decision(fact=fact, entries=tuple(entries), desired=tuple(desired))


def work_overdue(fact: Fact, world: World, policy: Policy) -> Decision:
    """R3.8: not worked in time, so the lead returns to its pool (a tick)."""
    for claim in world.docket.find(ClaimEntry, f"lead:{fact.record}"):
        if claim.state is not ClaimState.ACTIVE:
            continue
        back = claim.pool or _default_pool(world, policy)
        desired = (
            *_stand(claim, "recycled", Phrase.CLAIM_RECYCLED, since=instant_text(claim.opened.latest)),
            want(Kind.LEAD, claim.lead, "work_by", None),
            *_move(claim.lead, back, claim.holder),
        )
        return Decision(
            fact=fact,
            entries=(_closed(claim, ClaimState.RECYCLED, fact.instant), _done(fact.record)),
            desired=desired,
        )
    return Decision(fact=fact, entries=(_done(fact.record),))


def merged(fact: Fact, world: World, policy: Policy) -> Decision:
    """A claim on a merged-away lead goes on under the surviving record (law 10: lineage)."""
    master = RecordId(fact.value)
    entries: list[Entry] = []
    taken = any(world.docket.find(ClaimEntry, f"lead:{master}"))
    for claim in world.docket.find(ClaimEntry, f"lead:{fact.record}"):
        state = ClaimState.RELEASED if taken else ClaimState.TRANSFERRED
        entries += [_closed(claim, state, fact.instant), _done(fact.record)]
        if not taken:
            entries.append(claim.model_copy(update={"lead": master}))
            if claim.work_by:
                entries.append(deadline(WORK_BY, Kind.LEAD, master, claim.work_by))
    return Decision(fact=fact, entries=tuple(entries))


def deleted(fact: Fact, world: World, policy: Policy) -> Decision:
    """A deleted lead is no longer held."""
    entries: list[Entry] = []
    for claim in world.docket.find(ClaimEntry, f"lead:{fact.record}"):
        entries += [_closed(claim, ClaimState.RELEASED, fact.instant), _done(fact.record)]
    return Decision(fact=fact, entries=tuple(entries))


def _held(
    case: ClaimCase, findings: tuple[Finding, ...], outcome: Outcome
) -> tuple[tuple[Entry, ...], tuple[Desired, ...]]:
    """Approved, or waiting for a person: either way the holder keeps the lead for now."""
    due = case.fact.instant + case.terms.work_within if case.terms.work_within else None
    entry = case.entry.model_copy(update={"work_by": due})
    flagged = any(found.rule in ("partner_partner", "name_variant") and found.exhibits for found in findings)
    word = "on_hold" if outcome is Outcome.DEFER else "conflict" if flagged else "held"
    said = [(found.message, dict(found.params)) for found in findings if _partner_may_read(found)]
    opening = (Phrase.LEAD_ON_HOLD, {}) if outcome is Outcome.DEFER else _opening(findings)
    closing = [(Phrase.CLAIM_HELD_WORK_BY, {"until": instant_text(due)})] if due else []
    desired = (
        want(Kind.LEAD, entry.lead, "verdict", word),
        want(Kind.LEAD, entry.lead, "message", say(entry.holder, opening, *said, *closing)),
        want(Kind.LEAD, entry.lead, "work_by", instant_text(due) if due else None),
    )
    entries = (entry, deadline(WORK_BY, Kind.LEAD, entry.lead, due)) if due else (entry,)
    return entries, desired


def _returned(
    case: ClaimCase, findings: tuple[Finding, ...]
) -> tuple[tuple[Entry, ...], tuple[Desired, ...]]:
    """Refused: back to the pool, or to the firm that already holds it, by compare-and-set."""
    entry = case.entry
    holders = [c for c in case.world.docket.find(ClaimEntry, f"lead:{entry.lead}") if c.key != entry.key]
    earlier = next((c.holder for c in holders if c.opened < entry.opened), None)
    back = earlier or entry.pool or _default_pool(case.world, case.policy)
    reasons = [(f.message, dict(f.params)) for f in findings if f.effect is Effect.REFUSE]
    desired = (
        want(Kind.LEAD, entry.lead, "verdict", "returned"),
        Desired(
            subject=Kind.LEAD,
            record=entry.lead,
            slot="message",
            value=say(entry.holder, (Phrase.CLAIM_RETURNED, {}), *reasons),
        ),
        want(Kind.LEAD, entry.lead, "work_by", None),
        *_move(entry.lead, back, entry.holder),
    )
    reason = next((f.message for f in findings if f.effect is Effect.REFUSE), "")
    revoked = entry.model_copy(update={"reason": reason})
    return (_closed(revoked, ClaimState.REVOKED, case.fact.instant),), desired


def _superseded_claims(fact: Fact, world: World, mine: ClaimEntry, outcome: Outcome) -> list[Entry]:
    """Earlier open claims on the lead end when the new one stands."""
    if outcome is Outcome.REJECT:
        return []
    return [
        _closed(claim, ClaimState.TRANSFERRED, fact.instant)
        for claim in world.docket.find(ClaimEntry, f"lead:{fact.record}")
        if claim.key != mine.key and claim.opened < mine.opened
    ]


def _move(lead: RecordId, back: RecordId | None, holder: RecordId) -> tuple[Desired, ...]:
    if back is None:
        return ()
    return (want(Kind.LEAD, lead, "owner", back, contested=True, expected=holder),)


def _stand(claim: ClaimEntry, word: str, phrase: Phrase, **params: str) -> tuple[Desired, ...]:
    return (
        want(Kind.LEAD, claim.lead, "verdict", word),
        want(Kind.LEAD, claim.lead, "message", say(claim.holder, (phrase, params))),
    )


def _opening(findings: tuple[Finding, ...]) -> tuple[str, dict[str, str]]:
    for found in findings:
        if found.message == Phrase.CLAIM_WITHIN_QUOTA:
            return (Phrase.CLAIM_HELD, dict(found.params))
    return (Phrase.CLAIM_HELD, {"held": "", "quota": ""})


def _partner_may_read(found: Finding) -> bool:
    return not found.desk and found.effect in (Effect.ASK, Effect.NOTE)


def _closed(claim: ClaimEntry, state: ClaimState, moment: datetime) -> ClaimEntry:
    return claim.model_copy(update={"state": state, "closed_at": moment})


def _done(lead: RecordId) -> DeadlineEntry:
    return DeadlineEntry(
        name=WORK_BY, subject=Kind.LEAD, record=lead, due=datetime.max.replace(tzinfo=UTC), done=True
    )


def _claim_of(fact: Fact, world: World) -> ClaimEntry | None:
    key = f"{fact.record}|{fact.value}|{fact.when.latest:%Y%m%dT%H%M%S}"
    claim = world.docket.get(ClaimEntry, key)
    return claim if claim and claim.open else None


def _pool_of(fact: Fact, world: World) -> RecordId | None:
    """The pool of the claim that this one follows: a lead passed on still knows where it came from."""
    for claim in world.docket.find(ClaimEntry, f"lead:{fact.record}", open_only=False):
        if claim.pool:
            return claim.pool
    return None


def _default_pool(world: World, policy: Policy) -> RecordId | None:
    pool = world.pool_named(policy.claims.return_to) if policy.claims and policy.claims.return_to else None
    return pool.id if pool else None


def _same_firm(actor: RecordId, claim: ClaimEntry, world: World) -> bool:
    person = world.person(actor)
    return person is not None and person.firm == claim.firm
