"""The life of a deal registration: filed, completed, ruled, protected, lapsed (R0, R1)."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime

from connector.canonical.docket import (
    ConflictEntry,
    ConflictState,
    CreditEntry,
    Entry,
    RegistrationEntry,
    RegistrationState,
)
from connector.canonical.fact import Fact, FactKind
from connector.canonical.kind import Kind
from connector.canonical.phrase import Phrase
from connector.canonical.records import FilingStatus, Registration
from connector.canonical.time import When, instant_text
from connector.canonical.verdict import Effect, Finding, Outcome, Verdict, weigh
from connector.policy.model import Policy, RegistrationPolicy
from connector.rules import circumstances, conflict, deal, eligibility, evidence, protection, rivals, windows
from connector.rules.case import FilingCase, finding, judge
from connector.rules.decision import Decision
from connector.rules.notices import conflict_record, say, want
from connector.rules.showing import credit_shown, shown
from connector.rules.world import World

State = RegistrationState

ELIGIBILITY: tuple[Callable[[FilingCase], Iterable[Finding]], ...] = (
    eligibility.may_file,
    deal.minimum_amount,
    deal.latest_stage,
)
EVIDENCE: tuple[Callable[[FilingCase], Iterable[Finding]], ...] = (
    evidence.complete,
    evidence.contact_window,
    evidence.silence,
    evidence.weight,
)
JUDGEABLE = (State.SUBMITTED, State.INCOMPLETE, State.DEFERRED, State.IN_REVIEW)


def admitted(fact: Fact, world: World, policy: Policy) -> tuple[Entry, ...]:
    """The filing as it enters the docket, with its place in time once it is complete (R1.3)."""
    filing, terms = world.registration(fact.record), policy.registrations
    if filing is None or terms is None:
        return ()
    entry = world.docket.get(RegistrationEntry, fact.record)
    if fact.kind is FactKind.FILED or entry is None:
        if filing.partner is None:
            person = world.person(filing.filed_by)
            firm = person.firm if person else None
        else:
            firm = filing.partner
        if firm is None:
            return ()
        entry = RegistrationEntry(
            registration=filing.id,
            firm=firm,
            registrant=filing.filed_by,
            opportunity=filing.opportunity,
            filed=fact.when,
            policy=policy.label,
            amount=filing.amount,
        )
    elif entry.state not in JUDGEABLE:
        return ()
    whole = not evidence.missing_items(filing, terms.complete_filing.needs) and _proved(filing, terms)
    if whole and entry.complete is None:
        certain = world.certain_from(Kind.REGISTRATION, fact.record) or fact.when.latest
        when = (
            fact.when
            if certain <= fact.when.latest
            else When(earliest=fact.when.earliest, latest=certain, source=fact.when.source)
        )
        entry = entry.model_copy(update={"complete": when})
    elif not whole:
        entry = entry.model_copy(update={"complete": None})
    return (entry.model_copy(update={"opportunity": filing.opportunity, "amount": filing.amount}),)


def judged(fact: Fact, world: World, policy: Policy) -> Decision:
    """Rule on a filing that is new, amended or due for another look."""
    terms, filing = policy.registrations, world.registration(fact.record)
    entry = world.docket.get(RegistrationEntry, fact.record)
    if terms is None or filing is None or entry is None or entry.state not in JUDGEABLE:
        return Decision(fact=fact)
    case = _case(fact, world, policy, terms=terms, filing=filing, entry=entry)
    findings = judge(case, (*ELIGIBILITY, *EVIDENCE, _cooldown, _cap))
    if weigh(findings) is not Outcome.REJECT and entry.complete is not None:
        findings = judge(replace(case, earlier=findings), (conflict.filing_rivals, _review))
    outcome = weigh(findings)
    verdict = Verdict(
        subject=Kind.REGISTRATION, record=filing.id, outcome=outcome, findings=findings, policy=policy.label
    )
    conflicts = (
        tuple(conflict.opened_by(case, findings)) if outcome is not Outcome.REJECT or case.rivals else ()
    )
    state = _state(outcome, findings)
    ruled = entry.model_copy(update={"state": state, "policy": policy.label})
    flags = tuple(
        want(Kind.REGISTRATION, record, "in_conflict", "true")
        for pair in conflicts
        for record, kind in ((pair.left, pair.left_kind), (pair.right, pair.right_kind))
        if kind is Kind.REGISTRATION
    )
    more: tuple[Entry, ...] = ()
    if state is State.APPROVED:
        ruled, more = _approved(ruled, terms, fact.instant, world)
    desired = (*shown(case, ruled, findings, outcome), *credit_shown(ruled, more), *flags)
    return Decision(
        fact=fact,
        verdict=verdict,
        entries=(ruled, *more, *conflicts),
        desired=desired,
        creations=tuple(conflict_record(pair) for pair in conflicts),
    )


def reviewed(fact: Fact, world: World, policy: Policy) -> Decision:
    """A person ruled in the org: that is a fact, never overwritten (law 7)."""
    entry, terms = world.docket.get(RegistrationEntry, fact.record), policy.registrations
    filing = world.registration(fact.record)
    if entry is None or terms is None or filing is None:
        return Decision(fact=fact)
    yes = fact.value.casefold().startswith("approve")
    if (yes and entry.state.protects) or (not yes and entry.state is State.REJECTED):
        return Decision(fact=fact)
    phrase = Phrase.PERSON_APPROVED if yes else Phrase.PERSON_REJECTED
    findings = (finding("person", Effect.PASS if yes else Effect.REFUSE, phrase),)
    verdict = Verdict(
        subject=Kind.REGISTRATION,
        record=filing.id,
        outcome=weigh(findings),
        findings=findings,
        policy=policy.label,
        supersedes=entry.state.value,
        cause="person",
    )
    state = State.APPROVED if yes else State.REJECTED
    ruled = entry.model_copy(
        update={"state": state, "ruled_by": fact.actor, "complete": entry.complete or entry.filed}
    )
    more: tuple[Entry, ...] = ()
    if yes:
        ruled, more = _approved(ruled, terms, fact.instant, world)
    resolved = tuple(_resolved(world, fact)) if entry.state is State.IN_REVIEW else ()
    case = _case(fact, world, policy, terms=terms, filing=filing, entry=entry)
    desired = (*shown(case, ruled, findings, verdict.outcome), *credit_shown(ruled, more))
    return Decision(fact=fact, verdict=verdict, entries=(ruled, *more, *resolved), desired=desired)


def withdrawn(fact: Fact, world: World, policy: Policy) -> Decision:
    """The registrant took the filing back; its place and its window are free."""
    return _ended(fact, world, State.WITHDRAWN)


def deleted(fact: Fact, world: World, policy: Policy) -> Decision:
    return _ended(fact, world, State.VOIDED)


def closed(fact: Fact, world: World, entry: RegistrationEntry, *, won: bool) -> Decision:
    """The registered deal closed."""
    state = State.WON if won else State.LOST
    ended = entry.model_copy(update={"state": state})
    filing = world.registration(entry.registration)
    phrase = Phrase.FILING_WON if won else Phrase.FILING_LOST
    desired = (
        want(
            Kind.REGISTRATION,
            entry.registration,
            "status",
            (FilingStatus.WON if won else FilingStatus.LOST).value,
            contested=True,
            expected=filing.status.value if filing else None,
        ),
        want(Kind.REGISTRATION, entry.registration, "message", say(entry.registrant, (phrase, {}))),
    )
    return Decision(fact=fact, entries=(ended, *windows.deadlines_done(world, entry)), desired=desired)


def _case(
    fact: Fact,
    world: World,
    policy: Policy,
    *,
    terms: RegistrationPolicy,
    filing: Registration,
    entry: RegistrationEntry,
) -> FilingCase:
    partner, person = world.partner(entry.firm), world.person(filing.filed_by)
    found: tuple[rivals.Rival, ...] = ()
    if entry.complete is not None:
        matches = world.matches(
            filing.customer,
            (Kind.REGISTRATION, Kind.LEAD, Kind.CUSTOMER),
            policy.same_customer,
            besides=filing.id,
        )
        found = tuple(
            rivals.of_filing(
                world,
                filing,
                entry,
                tuple(matches),
                same_time=terms.first_filing.same_time_within,
                by_deal=terms.protection.covers == "deal",
                activity_within=terms.direct_sales.activity_within,
            )
        )
    return FilingCase(
        fact=fact,
        world=world,
        policy=policy,
        terms=terms,
        filing=filing,
        entry=entry,
        partner=partner,
        person=person,
        circumstances=circumstances.of_filing(filing, partner, person, policy.product_lines, fact.instant),
        rivals=found,
    )


def _review(case: FilingCase) -> tuple[Finding, ...]:
    """The policy may send an otherwise clean filing to a person."""
    if case.terms.review.pick(case.circumstances):
        return (finding("review", Effect.ASK, Phrase.POLICY_ASKS_REVIEW),)
    return ()


def _cooldown(case: FilingCase) -> tuple[Finding, ...]:
    """A lapsed or refused filing may be filed again only after the policy's wait."""
    wait, since = case.terms.refile_after, case.filing.status_since
    previous = case.filing.protected_until
    if wait is None or previous is None or since is None or case.fact.instant >= previous + wait:
        return ()
    return (finding("refile", Effect.REFUSE, Phrase.REFILE_COOLDOWN, until=instant_text(previous + wait)),)


def _cap(case: FilingCase) -> tuple[Finding, ...]:
    """A cap on a firm's open registrations blocks new filings beyond it."""
    cap = case.terms.open_registrations.pick(case.circumstances)
    if cap is None:
        return ()
    mine = case.world.docket.find(RegistrationEntry, f"firm:{case.entry.firm}")
    count = sum(1 for entry in mine if entry.key != case.entry.key and entry.filed < case.entry.filed)
    if count < cap:
        return ()
    return (finding("open_registrations", Effect.REFUSE, Phrase.CAP_REACHED, open=count, cap=cap),)


def _state(outcome: Outcome, findings: tuple[Finding, ...]) -> RegistrationState:
    if outcome is Outcome.APPROVE:
        return State.APPROVED
    if outcome is Outcome.REJECT:
        return State.REJECTED
    effects = {found.effect for found in findings}
    if Effect.LACK in effects:
        return State.INCOMPLETE
    if any(found.message == Phrase.RULE_FAILED for found in findings):
        return State.DEFERRED
    return State.IN_REVIEW


def _approved(
    entry: RegistrationEntry, terms: RegistrationPolicy, moment: datetime, world: World
) -> tuple[RegistrationEntry, tuple[Entry, ...]]:
    start = protection.starts_at(terms.protection, entry, moment)
    if start is not None:
        entry = protection.opened(terms.protection, entry, start)
    return entry, (*protection.deadlines(terms, entry), *_credit(entry, world))


def _credit(entry: RegistrationEntry, world: World) -> tuple[Entry, ...]:
    """R0.1: who brought the deal is set once and never overwritten."""
    deal = entry.opportunity
    if deal is None or world.docket.get(CreditEntry, deal) is not None:
        return ()
    return (CreditEntry(record=deal, firm=entry.firm, since=entry.filed.latest, through=entry.registration),)


def _resolved(world: World, fact: Fact) -> list[Entry]:
    """A person's ruling on a filing settles the conflicts that were waiting for it."""
    return [
        pair.model_copy(
            update={"state": ConflictState.RESOLVED, "resolution": fact.value, "resolved_by": fact.actor}
        )
        for pair in world.docket.find(ConflictEntry, f"record:{fact.record}")
    ]


def _ended(fact: Fact, world: World, state: RegistrationState) -> Decision:
    entry = world.docket.get(RegistrationEntry, fact.record)
    if entry is None or not entry.open:
        return Decision(fact=fact)
    return Decision(
        fact=fact, entries=(entry.model_copy(update={"state": state}), *windows.deadlines_done(world, entry))
    )


def _proved(filing: Registration, terms: RegistrationPolicy) -> bool:
    return evidence.points(filing, terms.evidence) >= terms.evidence.needs
