"""The life of a deal registration: filed, completed, ruled, protected, lapsed (R0, R1)."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime

from connector.canonical.docket import (
    CreditEntry,
    Entry,
    RegistrationEntry,
    RegistrationState,
)
from connector.canonical.fact import Fact, FactKind
from connector.canonical.intent import Desired
from connector.canonical.kind import Kind
from connector.canonical.phrase import Phrase
from connector.canonical.records import FilingStatus, Registration
from connector.canonical.time import When, instant_text
from connector.canonical.verdict import Effect, Finding, Outcome, weigh
from connector.policy.model import Policy, RegistrationPolicy
from connector.rules import (
    conditions,
    conflict,
    contact,
    deal,
    distributor,
    eligibility,
    evidence,
    filing_pace,
    incumbency,
    involvement,
    newness,
    partial,
    protection,
    quality,
    refiling,
    reuse,
    seconds,
    sharing,
    superseding,
    tender,
    training,
    waiting,
    windows,
)
from connector.rules.affiliation import counted
from connector.rules.case import FilingCase, finding, judge, local_day
from connector.rules.decision import Decision
from connector.rules.filing_case import case_of
from connector.rules.notices import conflict_record, in_conflict, say, want
from connector.rules.rule import rule
from connector.rules.showing import credit_shown, shown, window_taken_down
from connector.rules.terms import known as known_terms
from connector.rules.terms import of_registration
from connector.rules.verdict import verdict_on
from connector.rules.world import World

State = RegistrationState

ELIGIBILITY: tuple[Callable[[FilingCase], Iterable[Finding]], ...] = (
    known_terms,
    eligibility.may_file,
    training.trained,
    deal.minimum_amount,
    deal.latest_stage,
    involvement.involved_early,
    distributor.filed_for,
    newness.new_customer,
    newness.vendor_contact,
    incumbency.incumbency,
    tender.tender,
    conditions.conditions,
    contact.customer_contact,
)
EVIDENCE: tuple[Callable[[FilingCase], Iterable[Finding]], ...] = (
    evidence.complete,
    evidence.contact_window,
    evidence.silence,
    evidence.weight,
    evidence.proofs,
)
CONFLICT: tuple[Callable[[FilingCase], Iterable[Finding]], ...] = (
    conflict.partner_direct,
    conflict.own_duplicate,
    conflict.partner_partner,
    conflict.name_variant,
    seconds.second_filing,
    seconds.outranked,
    seconds.dormant_first,
    seconds.subsidiary,
    partial.partial_approval,
)
JUDGEABLE = (State.SUBMITTED, State.INCOMPLETE, State.DEFERRED, State.IN_REVIEW)


def admitted(fact: Fact, world: World, policy: Policy) -> tuple[Entry, ...]:
    """The filing as it enters the docket, with its place in time once it is complete (R1.3)."""
    filing, terms = world.registration(fact.record), policy.registrations
    if filing is None or terms is None:
        return ()
    entry = world.docket.get(RegistrationEntry, fact.record)
    if entry is not None and (entry.state.protects or entry.appealed):
        return ()  # a standing approval is not undone by saving the record again (law 7)
    if fact.kind is FactKind.FILED or entry is None or _filed_anew(fact, filing, entry):
        entry = _entered(fact, world, policy, filing=filing, before=entry)
    return placed(fact, world, policy, entry) if entry is not None and entry.state in JUDGEABLE else ()


def placed(fact: Fact, world: World, policy: Policy, entry: RegistrationEntry) -> tuple[Entry, ...]:
    """A filing that waits to be judged, with what its record says at the fact, and its place if it is whole (R1.3)."""
    filing, terms = world.registration(fact.record), policy.registrations
    if filing is None or terms is None:
        return ()
    unplaced = entry.model_copy(
        update={"complete": None}
    )  # rivals are sought from a place: it cannot ask for them
    terms = of_registration(unplaced, world, policy).registrations or terms
    given = not evidence.missing_items(filing, terms.complete_filing.required)
    again = tuple(reuse.reuses(filing, world, policy))
    filed = local_day(entry.filed.latest, policy)
    enough = evidence.proved(filing, terms.evidence, again)
    whole = given and enough and evidence.all_there(filing, terms.evidence, filed, policy.office_hours, again)
    place = entry.complete or (_place(fact, world, terms, entry) if whole else None)
    return (
        entry.model_copy(
            update={
                "complete": place if whole else None,
                "opportunity": filing.opportunity,
                "amount": filing.amount,
                "met": evidence.proves_meeting(filing),
                "approved_by": (),  # what one of two people approved was another filing
            }
        ),
    )


def _filed_anew(fact: Fact, filing: Registration, entry: RegistrationEntry) -> bool:
    """Submitted again after its end, when the mirror saw the record before and after both and not between."""
    ended = entry.state in (State.REJECTED, State.WITHDRAWN, State.LAPSED)
    return ended and filing.filed_at == fact.instant and entry.filed < fact.when


def _entered(
    fact: Fact, world: World, policy: Policy, *, filing: Registration, before: RegistrationEntry | None
) -> RegistrationEntry | None:
    """A new filing on this record; None when nobody can say for which firm."""
    firm, distributed_by = distributor.parties(filing, world)
    if firm is None:
        return None
    ended = refiling.ends(before, fact.instant) if before else {}
    return RegistrationEntry(
        registration=filing.id,
        firm=firm,
        registrant=filing.filed_by,
        distributor=distributed_by,
        filed=fact.when,
        policy=policy.label,
        lapsed_at=ended.get(refiling.End.LAPSED),
        refused_at=ended.get(refiling.End.REJECTED),
        withdrawn_at=ended.get(refiling.End.WITHDRAWN),
    )


def _place(fact: Fact, world: World, terms: RegistrationPolicy, entry: RegistrationEntry) -> When:
    """When the filing became whole, as far as the mirror can vouch for what it held then (law 1)."""
    if terms.first_filing.counts_from == "submitted":
        return entry.filed
    certain = world.certain_from(Kind.REGISTRATION, fact.record) or fact.when.latest
    if certain <= fact.when.latest:
        return fact.when
    return When(earliest=fact.when.earliest, latest=certain, source=fact.when.source)


def judged(fact: Fact, world: World, policy: Policy) -> Decision:
    """Rule on a filing that is new, amended or due for another look."""
    terms, filing = policy.registrations, world.registration(fact.record)
    entry = world.docket.get(RegistrationEntry, fact.record)
    if terms is not None and (filing is None or entry is None):
        return _unknown(fact, policy, filing)
    if terms is None or filing is None or entry is None or entry.state not in JUDGEABLE or entry.appealed:
        return Decision(fact=fact)
    case = case_of(fact, world, policy, terms=terms, filing=filing, entry=entry)
    policy = case.policy
    findings = judge(
        case,
        (*ELIGIBILITY, *EVIDENCE, refiling.refile, _cap, filing_pace.filing_pace, _window, quality.spray),
    )
    if weigh(findings) is not Outcome.REJECT and entry.complete is not None:
        findings = judge(replace(case, earlier=findings), (*CONFLICT, _review))
    verdict = verdict_on(Kind.REGISTRATION, filing.id, findings, policy)
    outcome = verdict.outcome
    conflicts = (
        tuple(conflict.opened_by(case, findings)) if outcome is not Outcome.REJECT or case.rivals else ()
    )
    conflicts += tuple(conflict.over_documents(case))
    state = _state(outcome, findings)
    ruled = entry.model_copy(update={"state": state, "policy": policy.label})
    more: tuple[Entry, ...] = ()
    told: tuple[Entry, ...] = ()
    if state is State.APPROVED:
        ruled = sharing.granted(case, ruled, findings)
        told = sharing.first_told(case, ruled, findings)
        ruled, more = approved(ruled, policy, fact.instant, world)
        losing = seconds.loses_to(case, by_a_person=False)
        more += tuple(superseding.give_way(losing, ruled, fact.instant, "by rule"))
    elif state is State.REJECTED:
        as_filed = refiling.as_filed(findings)
        ruled = ruled.model_copy(update={"ruled_at": fact.instant, "refused_as_filed": as_filed})
    clock = waiting.kept(policy, world, entry, ruled, fact.instant)
    ruled, more = clock.entry, (*more, *clock.deadlines)
    shared = tuple(sharing.shown(case, ruled, told)) if state is State.APPROVED else ()
    desired = (
        *shown(case, ruled, findings, outcome),
        *shared,
        *clock.desired,
        *credit_shown(ruled, more),
        *in_conflict(conflicts),
    )
    return Decision(
        fact=fact,
        verdict=verdict,
        entries=(ruled, *told, *more, *conflicts),
        desired=desired,
        creations=tuple(conflict_record(pair) for pair in conflicts),
    )


def _unknown(fact: Fact, policy: Policy, filing: Registration | None) -> Decision:
    """Nobody can say for which firm this was filed, or what: a person looks (law 8)."""
    findings = tuple(eligibility.known_firm())
    verdict = verdict_on(Kind.REGISTRATION, fact.record, findings, policy)
    reader = filing.filed_by if filing else None
    said = say(reader, (Phrase.FILING_DEFERRED, {}), (Phrase.NO_FIRM, {}))
    return Decision(
        fact=fact, verdict=verdict, desired=(want(Kind.REGISTRATION, fact.record, "message", said),)
    )


def withdrawn(fact: Fact, world: World, policy: Policy) -> Decision:
    """The filing was taken back; its place and its window are free, and the record says so."""
    entry = world.docket.get(RegistrationEntry, fact.record)
    ended = _ended(fact, world, State.WITHDRAWN)
    if entry is None or not ended.entries:
        return ended
    gone, *rest = ended.entries
    if entry.complete is not None:  # what never was whole held no place that it could give up
        entry = entry.model_copy(update={"state": State.WITHDRAWN, "withdrawn_at": fact.instant})
        gone = entry
    again = refiling.open_again(entry, policy, refiling.End.WITHDRAWN, fact.instant)
    wait = [(Phrase.REFILE_COOLDOWN, {"until": instant_text(again)})] if again else []
    told = say(entry.registrant, (Phrase.FILING_WITHDRAWN, {}), *wait)
    said = want(Kind.REGISTRATION, fact.record, "message", told)
    return ended.model_copy(update={"entries": (gone, *rest), "desired": (said, *ended.desired)})


def deleted(fact: Fact, world: World, policy: Policy) -> Decision:
    """The record is gone, which takes nothing back: the entry keeps what it was, for its record may come back."""
    entry, ended = world.docket.get(RegistrationEntry, fact.record), _ended(fact, world, State.VOIDED)
    if entry is None or not ended.entries:
        return ended
    kept = {"voided_from": entry.state, "voided_at": fact.instant}
    void, *rest = ended.entries
    return ended.model_copy(update={"entries": (void.model_copy(update=kept), *rest)})


def closed(
    fact: Fact, world: World, policy: Policy, entry: RegistrationEntry, *, won: bool, goes_on: bool = True
) -> Decision:
    """The registered deal closed; a window may go on for the customer's other deals where the policy says so."""
    state = State.WON if won else State.LOST
    ended = protection.own(entry).model_copy(update={"state": state, "goes_on": False})
    if won and goes_on:
        ended = protection.going_on(ended, of_registration(entry, world, policy), fact.instant)
    filing = world.registration(entry.registration)
    said = [(Phrase.FILING_WON if won else Phrase.FILING_LOST, dict[str, str]())]
    due: list[Entry] = list(windows.deadlines_done(world, entry))
    shown: list[Desired] = []
    if ended.goes_on and ended.protected_until is not None:
        until = instant_text(ended.protected_until)
        said.append((Phrase.FILING_GOES_ON, {"until": until}))
        due.append(
            protection.deadline(protection.ENDS, Kind.REGISTRATION, entry.registration, ended.protected_until)
        )
        shown.append(want(Kind.REGISTRATION, entry.registration, "protected_until", until))
    desired = (
        want(
            Kind.REGISTRATION,
            entry.registration,
            "status",
            (FilingStatus.WON if won else FilingStatus.LOST).value,
            contested=True,
            expected=filing.status.value if filing else None,
        ),
        want(Kind.REGISTRATION, entry.registration, "message", say(entry.registrant, *said)),
        *shown,
    )
    return Decision(fact=fact, entries=(ended, *due), desired=desired)


@rule("review", "R1.12")
def _review(case: FilingCase) -> tuple[Finding, ...]:
    """The policy may send an otherwise clean filing to a person."""
    if case.terms.review.pick(case.circumstances):
        return (finding("review", Effect.ASK, Phrase.POLICY_ASKS_REVIEW),)
    return ()


@rule("protection", "R1.4")
def _window(case: FilingCase) -> tuple[Finding, ...]:
    """How long the window lasts follows from the filing's circumstances; some terms protect nothing."""
    lasts = case.terms.protection.lasts.pick(case.circumstances)
    if lasts is not None and lasts.nothing:
        return (finding("protection", Effect.NOTE, Phrase.NO_PROTECTION),)
    return ()


@rule("open_registrations", "R1.11")
def _cap(case: FilingCase) -> tuple[Finding, ...]:
    """A cap on a firm's open registrations blocks new filings beyond it.

    Filings of one second share what is left; when it does not suffice for all, a person decides.
    """
    cap = case.terms.open_registrations.pick(case.circumstances)
    if cap is None:
        return ()
    mine = case.entry.filed
    others = [
        entry.filed
        for firm in counted(case.world, case.entry.firm, case.terms.open_registrations_count)
        for entry in case.world.docket.find(RegistrationEntry, f"firm:{firm}")
        if entry.key != case.entry.key and not _over(entry, case.fact.instant)
    ]
    together = sum(filed.overlaps(mine) for filed in others)
    before = sum(filed < mine for filed in others if not filed.overlaps(mine))
    if before + together < cap:
        return ()
    effect = Effect.REFUSE if before >= cap else Effect.ASK
    return (finding("open_registrations", effect, Phrase.CAP_REACHED, open=before, cap=cap),)


def _over(entry: RegistrationEntry, moment: datetime) -> bool:
    return entry.state.protects and not entry.protects_at(moment)


def _state(outcome: Outcome, findings: tuple[Finding, ...]) -> RegistrationState:
    if outcome is Outcome.APPROVE:
        return State.APPROVED
    if outcome is Outcome.REJECT:
        return State.REJECTED
    effects = {found.effect for found in findings}
    if Effect.LACK in effects:
        return State.INCOMPLETE
    if any(found.message in (Phrase.RULE_FAILED, Phrase.TERMS_UNKNOWN) for found in findings):
        return State.DEFERRED
    return State.IN_REVIEW


def approved(
    entry: RegistrationEntry, policy: Policy, moment: datetime, world: World
) -> tuple[RegistrationEntry, tuple[Entry, ...]]:
    """The window if it starts already, its deadlines, and the credit for the deal."""
    free = {"refused_as_filed": False, "refused_at": None, "withdrawn_at": None}
    entry = protection.granted(entry.model_copy(update=free), policy, moment, world)
    return entry, (*protection.deadlines(policy, entry, moment), *_credit(entry, world))


def _credit(entry: RegistrationEntry, world: World) -> tuple[Entry, ...]:
    """R0.1: who brought the deal is set once and never overwritten."""
    deal = entry.opportunity
    if deal is None or world.docket.get(CreditEntry, deal) is not None:
        return ()
    return (CreditEntry(record=deal, firm=entry.firm, since=entry.filed.latest, through=entry.registration),)


def _ended(fact: Fact, world: World, state: RegistrationState) -> Decision:
    entry = world.docket.get(RegistrationEntry, fact.record)
    if entry is None or not entry.open:
        return Decision(fact=fact)
    ended = entry.model_copy(update={"state": state})
    return Decision(
        fact=fact,
        entries=(ended, *windows.deadlines_done(world, entry)),
        desired=tuple(window_taken_down(entry, world)),
    )
