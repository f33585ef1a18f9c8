"""A claim under judgement: taken, held, held back for a person, or returned (R3.6, R3.7, R3.9)."""

from collections.abc import Callable, Iterable

from connector.canonical.docket import ClaimEntry, ClaimState, Entry
from connector.canonical.fact import Fact
from connector.canonical.ids import RecordId, is_queue
from connector.canonical.intent import Desired
from connector.canonical.kind import Kind
from connector.canonical.phrase import Phrase
from connector.canonical.records import Lead
from connector.canonical.time import compact, instant_text
from connector.canonical.transfer_in import TransferIn
from connector.canonical.verdict import Effect, Finding, Outcome, Verdict
from connector.policy.model import Policy
from connector.rules import (
    affiliation,
    conditions,
    conflict,
    contest,
    duty,
    eligibility,
    holder,
    pace,
    quota,
    rivals,
    tenure,
    training,
)
from connector.rules.case import ClaimCase, judge
from connector.rules.decision import Decision
from connector.rules.notices import conflict_record, say, want
from connector.rules.terms import known as known_terms
from connector.rules.terms import named, of_claim
from connector.rules.verdict import asking, verdict_on
from connector.rules.warehouse import applied, duplicates, holding, leaving, limits
from connector.rules.warehouse import entry as entry_terms
from connector.rules.world import World

SUSPECTED = "contact.suspected"
"""Why a claim waits: the caller's number stood for landline and fax when it was filed (R4.9)."""

CONFLICT: tuple[Callable[[ClaimCase], Iterable[Finding]], ...] = (
    conflict.partner_partner,
    conflict.name_variant,
    conflict.fake_contact,
    conflict.shared_contact,
)
RULES: tuple[Callable[[ClaimCase], Iterable[Finding]], ...] = (
    known_terms,
    eligibility.may_claim,
    training.trained,
    *limits.ROLES,
    *entry_terms.RULES,
    holder.first_holder,
    *leaving.RULES,
    *CONFLICT,
    *duplicates.RULES,
    holder.cooldown,
    affiliation.affiliated_reclaim,
    quota.within_quota,
    pace.claim_pace,
    conditions.claim_conditions,
    *limits.LIMITS,
)


def admitted(fact: Fact, world: World, policy: Policy) -> tuple[Entry, ...]:
    """The claim as it enters the docket, before anyone is judged: rivals of one second see each other.

    A lead that comes back to its holder while the claim still stands is no new claim. Given back and taken again
    inside one second, it is the claim of that second again.
    """
    person = world.person(RecordId(fact.value))
    party = holding.party_of(person, policy.warehouse)
    if person is None or party is None or _standing(fact, world) is not None:
        return ()
    claim = ClaimEntry(
        lead=fact.record,
        holder=person.id,
        firm=party,
        pool=RecordId(fact.prior) if is_queue(fact.prior) else _pool_of(fact, world),
        taken_from=RecordId(fact.prior) if fact.prior else None,
        opened=fact.when,
        step=fact.step,
    )
    if policy.warehouse is not None:
        claim = holding.described(claim, fact, world)
    known = world.docket.get(ClaimEntry, claim.key)
    again = known is not None and not known.open and fact.step > 1
    return (claim,) if known is None or again else ()


def claimed(fact: Fact, world: World, policy: Policy) -> Decision:
    """A partner user took a lead: held, held back for a person, or returned with the reason."""
    terms, lead = policy.claims, world.lead(fact.record)
    if terms is None:
        return Decision(fact=fact)
    standing = _standing(fact, world)
    if standing is not None:
        return _given_back(fact, world, standing)
    entry = world.docket.get(ClaimEntry, _key(fact))
    if entry is not None and lead is None and world.certain_from(Kind.LEAD, fact.record) is None:
        ended = tenure.closed(
            entry, ClaimState.TRANSFERRED, fact.instant
        )  # merged away or deleted in this second
        return Decision(fact=fact, entries=(ended,))
    if entry is None or lead is None:
        return _unknown(fact, policy, entry)
    if not entry.open:
        return Decision(fact=fact)
    if lead.converted and lead.changed_at <= fact.instant:  # handed on in the second of its conversion
        return Decision(fact=fact, entries=(tenure.closed(entry, ClaimState.CONVERTED, fact.instant),))
    return judged(fact, world, policy, entry)


def judged(fact: Fact, world: World, policy: Policy, entry: ClaimEntry) -> Decision:
    """One holding by every rule: at the claim, and once more when an incomplete entry was completed (R4.6)."""
    case = case_of(fact, world, policy, entry)
    if case is None:
        return Decision(fact=fact)
    findings = judge(case, RULES)
    verdict = verdict_on(Kind.LEAD, case.lead.id, findings, policy)
    outcome = verdict.outcome
    conflicts = tuple(conflict.opened_by(case, findings))
    closed = tuple(_superseded_claims(fact, world, entry, outcome, findings))
    if outcome is Outcome.REJECT:
        entries, desired = returned(case, findings)
    else:
        entries, desired = _held(case, findings, outcome)
    return Decision(
        fact=fact,
        verdict=verdict,
        entries=(*closed, *entries, *conflicts),
        desired=desired,
        creations=tuple(conflict_record(entry) for entry in conflicts),
    )


def _standing(fact: Fact, world: World) -> ClaimEntry | None:
    """The open claim that the same user already has on this lead, from an earlier second."""
    for claim in world.docket.find(ClaimEntry, f"lead:{fact.record}"):
        if claim.holder == fact.value and claim.key != _key(fact) and claim.opened < fact.when:
            return claim
    return None


def _given_back(fact: Fact, world: World, standing: ClaimEntry) -> Decision:
    """The lead came back to its holder: whoever had it in between holds it no more."""
    between = [
        tenure.closed(claim, ClaimState.TRANSFERRED, fact.instant)
        for claim in world.docket.find(ClaimEntry, f"lead:{fact.record}")
        if claim.key != standing.key and claim.opened < fact.when
    ]
    return Decision(fact=fact, entries=tuple(between))


def _unknown(fact: Fact, policy: Policy, entry: ClaimEntry | None) -> Decision:
    """The holder's firm, or the lead itself, is not known at the claim: a person looks (law 8)."""
    findings = tuple(eligibility.known_firm())
    verdict = verdict_on(Kind.LEAD, fact.record, findings, policy)
    said = say(RecordId(fact.value), (Phrase.LEAD_ON_HOLD, {}), (Phrase.NO_FIRM, {}))
    desired = (
        want(Kind.LEAD, fact.record, "verdict", "on_hold"),
        want(Kind.LEAD, fact.record, "message", said),
    )
    waits = (entry.model_copy(update={"hold": asking(findings)}),) if entry else ()
    return Decision(fact=fact, verdict=verdict, entries=waits, desired=desired)


def case_of(
    fact: Fact, world: World, policy: Policy, entry: ClaimEntry, *, lead: Lead | None = None
) -> ClaimCase | None:
    """The holding with all that rules ask about it; None without terms for claims, or where its lead is not known.

    `lead`: where more is known of it than its record says.
    """
    lead = lead or world.lead(entry.lead)
    if policy.claims is None or lead is None:
        return None
    partner, person = world.partner(entry.firm), world.person(entry.holder)
    application = leaving.application_of(entry, world) if entry.came == holding.TRANSFERRED_IN else None
    filed = world.record(TransferIn, application.application) if application else None
    lead = applied.known_by(lead, filed) if filed else lead
    matches = world.matches(
        lead.identity, (Kind.LEAD, Kind.REGISTRATION), policy.same_customer, besides=lead.id
    )
    names = named(lead, entry, world, policy)
    settled = of_claim(policy, names)
    others = rivals.of_lead(world, lead.id, entry.firm, tuple(matches))
    return ClaimCase(
        fact=fact,
        world=world,
        policy=settled,
        terms=settled.claims or policy.claims,
        lead=lead,
        entry=entry,
        partner=partner,
        person=person,
        circumstances=names,
        rivals=tuple(rival for rival in others if not contest.told_apart(lead.id, world, rival)),
        application=application,
    )


def entered(fact: Fact, world: World, policy: Policy) -> Decision:
    """A held lead's identity changed: look again for others who hold this customer, and for fake contacts.

    What was on hold for its numbers is judged anew once they are the customer's own; the conflict stays the desk's.
    """
    held = next(iter(world.docket.find(ClaimEntry, f"lead:{fact.record}")), None)
    case = case_of(fact, world, policy, held) if held is not None else None
    if case is None or held is None:
        return Decision(fact=fact)
    findings = judge(case, CONFLICT)
    suspected = _suspected(findings)
    if held.reason == SUSPECTED and held.state is ClaimState.ACTIVE and not suspected:
        return judged(fact, world, policy, held)
    conflicts = tuple(conflict.opened_by(case, findings))
    again = suspected and not held.reason and conflict.suspects(case)
    if not conflicts and not again:
        return Decision(fact=fact)
    hold = asking(findings)
    waits = held.model_copy(update={"hold": tuple(dict.fromkeys((*held.hold, *hold)))})
    if suspected and not held.reason:
        waits = waits.model_copy(update={"reason": SUSPECTED})
    verdict = Verdict(
        subject=Kind.LEAD, record=held.lead, outcome=Outcome.DEFER, findings=findings, policy=policy.label
    )
    said = [(found.message, dict(found.params)) for found in findings if _partner_may_read(found)]
    first: list[tuple[str, dict[str, str]]] = [(Phrase.LEAD_ON_HOLD, {})] if hold else []
    desired = (
        want(Kind.LEAD, held.lead, "verdict", "on_hold" if hold else "conflict"),
        want(Kind.LEAD, held.lead, "message", say(held.holder, *first, *said)),
    )
    return Decision(
        fact=fact,
        verdict=verdict,
        entries=(*conflicts, *((waits,) if waits != held else ())),
        desired=desired,
        creations=tuple(conflict_record(entry) for entry in conflicts),
    )


def _suspected(findings: Iterable[Finding]) -> bool:
    return any(found.rule == "fake_contact" and found.effect is Effect.ASK for found in findings)


def _held(
    case: ClaimCase, findings: tuple[Finding, ...], outcome: Outcome
) -> tuple[tuple[Entry, ...], tuple[Desired, ...]]:
    """Approved, or waiting for a person: either way the holder keeps the lead for now."""
    due = leaving.work_by(case)
    lacking = any(found.effect is Effect.LACK for found in findings)
    reason = duplicates.INCOMPLETE if lacking else SUSPECTED if _suspected(findings) else ""
    entry = case.entry.model_copy(update={"work_by": due, "reason": reason, "hold": asking(findings)})
    flagged = any(found.rule in ("partner_partner", "name_variant") and found.exhibits for found in findings)
    word = "on_hold" if outcome is Outcome.DEFER else "conflict" if flagged else "held"
    said = [(found.message, dict(found.params)) for found in findings if _partner_may_read(found)]
    closing = [(Phrase.CLAIM_HELD_WORK_BY, {"until": instant_text(due)})] if due else []
    desired = (
        want(Kind.LEAD, entry.lead, "verdict", word),
        want(
            Kind.LEAD, entry.lead, "message", say(entry.holder, opening(findings, outcome), *said, *closing)
        ),
        want(Kind.LEAD, entry.lead, "work_by", instant_text(due) if due else None),
    )
    waits = (
        duty.deadlines(case.terms, entry.lead, due, case.fact.instant, case.policy.office_hours)
        if due
        else ()
    )
    return (entry, *waits, *leaving.come_in(case)), desired


def returned(case: ClaimCase, findings: tuple[Finding, ...]) -> tuple[tuple[Entry, ...], tuple[Desired, ...]]:
    """Refused: back to the pool, or to the firm that already holds it, by compare-and-set."""
    entry = case.entry
    holders = [c for c in case.world.docket.find(ClaimEntry, f"lead:{entry.lead}") if c.key != entry.key]
    earlier = [c for c in holders if holder.placed(c, entry) is holder.Place.BEFORE]
    first = min(earlier, key=lambda claim: claim.opened).holder if earlier else None
    away = leaving.desk(entry, case.world, case.policy) or leaving.home(entry, case.world, case.policy)
    back = first or away or tenure.default_pool(case.world, case.policy)
    reasons = [(f.message, dict(f.params)) for f in findings if f.effect is Effect.REFUSE]
    desired = (
        want(Kind.LEAD, entry.lead, "verdict", "returned"),
        Desired(
            subject=Kind.LEAD,
            record=entry.lead,
            slot="message",
            value=say(entry.holder, (leaving.opening(entry), {}), *reasons),
        ),
        want(Kind.LEAD, entry.lead, "work_by", None),
        *tenure.move(entry.lead, back, entry.holder),
    )
    reason = next((f.message for f in findings if f.effect is Effect.REFUSE), "")
    entry = entry.model_copy(update={"hold": ()})
    lost = duplicates.lost_to(findings)
    revoked = entry.model_copy(update={"reason": reason, "lost_to": lost})
    return (tenure.closed(revoked, ClaimState.REVOKED, case.fact.instant),), desired


def _superseded_claims(
    fact: Fact, world: World, mine: ClaimEntry, outcome: Outcome, findings: tuple[Finding, ...]
) -> list[Entry]:
    """Earlier open claims on the lead end when the new one stands; while that is in doubt they stand too."""
    if outcome is Outcome.REJECT or any(
        f.rule == "first_holder" and f.effect is Effect.ASK for f in findings
    ):
        return []
    return [
        tenure.closed(claim, ClaimState.TRANSFERRED, fact.instant)
        for claim in world.docket.find(ClaimEntry, f"lead:{fact.record}")
        if claim.key != mine.key and holder.placed(claim, mine) is holder.Place.BEFORE
    ]


def opening(findings: tuple[Finding, ...], outcome: Outcome) -> tuple[str, dict[str, str]]:
    """How the message on a lead that its holder keeps begins: with the quota where that was counted."""
    if outcome is Outcome.DEFER:
        asks = any(found.effect is Effect.ASK for found in findings)
        return (Phrase.LEAD_ON_HOLD if asks else Phrase.ENTRY_INCOMPLETE, {})
    for found in findings:
        if found.message == Phrase.CLAIM_WITHIN_QUOTA:
            return (Phrase.CLAIM_HELD, dict(found.params))
    return (Phrase.CLAIM_HELD, {"held": "", "quota": ""})


_ROOM = (Phrase.WAREHOUSE_ROOM, Phrase.CLAIM_UNWORKED_WITHIN_QUOTA)
"""How much room is left: the message on a lead that is held says so."""


def _partner_may_read(found: Finding) -> bool:
    told = (Effect.ASK, Effect.LACK, Effect.NOTE)
    return not found.desk and (found.effect in told or found.message in _ROOM)


def _key(fact: Fact) -> str:
    """The key of the claim that a fact opens."""
    return f"{fact.record}|{fact.value}|{compact(fact.when.latest)}"


def _pool_of(fact: Fact, world: World) -> RecordId | None:
    """The pool of the claim that this one follows: a lead passed on still knows where it came from."""
    before = list(world.docket.find(ClaimEntry, f"lead:{fact.record}", open_only=False))
    known = [claim for claim in before if claim.pool and claim.opened <= fact.when]
    return max(known, key=lambda claim: (claim.opened, claim.pool)).pool if known else None
