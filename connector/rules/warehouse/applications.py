"""An application for transfer-in: judged as the holding that it asks for, then ruled on by a person (R4.10)."""

from collections.abc import Callable, Iterable, Iterator

from connector.canonical.docket import ClaimEntry
from connector.canonical.fact import Fact
from connector.canonical.ids import RecordId, is_queue
from connector.canonical.intent import Desired
from connector.canonical.kind import Kind
from connector.canonical.phrase import Phrase
from connector.canonical.transfer_in import TransferIn, TransferInEntry, TransferInState, TransferInStatus
from connector.canonical.verdict import Effect, Exhibit, Finding, Outcome, weigh
from connector.policy.model import Policy
from connector.policy.warehouse import May
from connector.rules import claims, conflict, eligibility
from connector.rules.case import ClaimCase, finding, judge, local_day
from connector.rules.decision import Decision
from connector.rules.notices import say, sentences, want
from connector.rules.rule import rule
from connector.rules.verdict import verdict_on
from connector.rules.warehouse import duplicates, holding, limits
from connector.rules.warehouse import entry as entry_terms
from connector.rules.warehouse.applied import known_by
from connector.rules.warehouse.roles import NEW, rights_of
from connector.rules.warehouse.zones import zone_of, zone_of_pool
from connector.rules.world import World

State = TransferInState
Status = TransferInStatus

_STATUS = {
    State.INCOMPLETE: Status.INCOMPLETE,
    State.IN_REVIEW: Status.IN_REVIEW,
    State.APPROVED: Status.APPROVED,
    State.REJECTED: Status.REJECTED,
}
_OPENING = {
    State.INCOMPLETE: Phrase.TRANSFER_IN_INCOMPLETE,
    State.IN_REVIEW: Phrase.TRANSFER_IN_IN_REVIEW,
    State.APPROVED: Phrase.TRANSFER_IN_APPROVED,
    State.REJECTED: Phrase.TRANSFER_IN_REJECTED,
}


@rule("apply_right", "R4.3", "R4.10")
def may_apply(case: ClaimCase) -> Iterator[Finding]:
    """R4.3: whoever applies needs the right to."""
    rights = holding.rights(case, case.person)
    if rights is None or rights.row is None or rights.may(May.APPLY):
        return  # an unknown role is said by the rule on warehouses
    exhibit = Exhibit(record=case.entry.holder, field="role", value=rights.role)
    yield finding("apply_right", Effect.REFUSE, Phrase.ROLE_MAY_NOT_APPLY, exhibit, role=rights.role)


@rule("in_a_pool", "R4.10")
def in_a_pool(case: ClaimCase) -> Iterator[Finding]:
    """R4.10: what is asked for has to lie in a public pool."""
    terms = case.policy.warehouse
    if terms is not None and not zone_of_pool(case.world.pool(case.entry.pool), terms):
        exhibit = Exhibit(record=case.lead.id, field="owner", value=case.lead.owner or "")
        yield finding("in_a_pool", Effect.REFUSE, Phrase.TRANSFER_IN_NOT_IN_POOL, exhibit)


@rule("approval", "R4.10")
def approval(case: ClaimCase) -> Iterator[Finding]:
    """R4.10: the approval group rules on what is otherwise clean; a policy without one needs nobody."""
    terms = case.policy.warehouse
    if terms is not None and terms.transfer_in.approved_by:
        yield finding("approval", Effect.ASK, Phrase.TRANSFER_IN_ASKS)


RULES: tuple[Callable[[ClaimCase], Iterable[Finding]], ...] = (
    eligibility.may_claim,
    *limits.ROLES,
    may_apply,
    in_a_pool,
    *entry_terms.RULES,
    conflict.fake_contact,
    conflict.shared_contact,
    *duplicates.RULES,
    *limits.LIMITS,
    approval,
)


def filed(fact: Fact, world: World, policy: Policy) -> Decision:
    """An application was filed, or amended while it was pending: incomplete, refused, or waiting for approval."""
    case = _case(fact, world, policy)
    application = world.record(TransferIn, fact.record)
    if case is None or application is None:
        return Decision(fact=fact)
    known = world.docket.get(TransferInEntry, fact.record)
    if known is not None and known.state in (State.APPROVED, State.DONE):
        return Decision(fact=fact)
    findings = judge(case, RULES)
    outcome = weigh(findings)
    state = _state(findings, outcome)
    entry = TransferInEntry(
        application=application.id,
        lead=case.lead.id,
        applicant=case.entry.holder,
        filed=fact.when,
        state=state,
        ruled_at=fact.instant if state is State.APPROVED else None,
    )
    verdict = verdict_on(Kind.TRANSFER_IN, application.id, findings, policy)
    effects = {Outcome.REJECT: (Effect.REFUSE,), Outcome.DEFER: (Effect.LACK, Effect.ASK)}.get(outcome, ())
    reasons = [each for each in sentences(findings, *effects) if each[0] != Phrase.TRANSFER_IN_ASKS]
    moved = _moved(entry, world) if state is State.APPROVED else ()
    return Decision(
        fact=fact,
        verdict=verdict,
        entries=(entry,),
        desired=(*_shown(application, state, outcome, reasons), *moved),
    )


def _state(findings: tuple[Finding, ...], outcome: Outcome) -> TransferInState:
    if outcome is Outcome.REJECT:
        return State.REJECTED
    if any(found.effect is Effect.LACK for found in findings):
        return State.INCOMPLETE
    return State.APPROVED if outcome is Outcome.APPROVE else State.IN_REVIEW


@rule("approval_right", "R4.3", "R4.10")
def may_approve(fact: Fact, world: World, policy: Policy, entry: TransferInEntry) -> Iterator[Finding]:
    """R4.10: 审批组 rules, nobody on an application of their own, and nobody without the right to."""
    terms, person, lead = policy.warehouse, world.person(fact.actor), world.lead(entry.lead)
    if terms is None or fact.actor is None:
        return
    zone = zone_of(lead, terms) if lead else ""
    rights = rights_of(person, terms, local_day(fact.instant, policy), zone)
    exhibit = Exhibit(record=fact.actor, field="role", value=rights.role)
    named = not terms.transfer_in.approved_by or rights.role in terms.transfer_in.approved_by
    granted = any(May.APPROVE in grant.may for grant in rights.grants)
    if fact.actor == entry.applicant:
        yield finding("approval_right", Effect.ASK, Phrase.TRANSFER_IN_OWN_WORD, exhibit)
    elif not rights.may(May.APPROVE) or not (named or granted):
        role = rights.role or "-"
        yield finding("approval_right", Effect.ASK, Phrase.ROLE_MAY_NOT_APPROVE, exhibit, role=role)
    elif fact.value == "approve":
        yield finding("approval_right", Effect.PASS, Phrase.PERSON_APPROVED, exhibit)
    else:
        yield finding("approval_right", Effect.REFUSE, Phrase.PERSON_REJECTED, exhibit)


def reviewed(fact: Fact, world: World, policy: Policy) -> Decision:
    """A person's word on an application: by one who may, the lead moves to the applicant; by another, it waits on."""
    entry, application = world.docket.get(TransferInEntry, fact.record), world.record(TransferIn, fact.record)
    if entry is None or application is None or entry.state in (State.DONE, State.WITHDRAWN):
        return Decision(fact=fact)
    findings = tuple(may_approve(fact, world, policy, entry))
    outcome = weigh(findings)
    state = {Outcome.APPROVE: State.APPROVED, Outcome.REJECT: State.REJECTED}.get(outcome, entry.state)
    verdict = verdict_on(
        Kind.TRANSFER_IN, application.id, findings, policy, supersedes=entry.state.value, cause="person"
    )
    ruled = entry.model_copy(
        update={"state": state, "ruled_by": fact.actor, "ruled_at": fact.instant}
        if outcome is not Outcome.DEFER
        else {}
    )
    reasons = sentences(findings, Effect.REFUSE, Effect.ASK)
    moved = _moved(ruled, world) if state is State.APPROVED else ()
    return Decision(
        fact=fact,
        verdict=verdict,
        entries=(ruled,),
        desired=(*_shown(application, state, outcome, reasons), *moved),
    )


def withdrawn(fact: Fact, world: World, policy: Policy) -> Decision:
    """The applicant took it back, or deleted it."""
    entry = world.docket.get(TransferInEntry, fact.record)
    if policy.warehouse is None or entry is None or not entry.open:
        return Decision(fact=fact)
    return Decision(fact=fact, entries=(entry.model_copy(update={"state": State.WITHDRAWN}),))


def _case(fact: Fact, world: World, policy: Policy) -> ClaimCase | None:
    """The holding that the application asks for, as if the lead were taken now."""
    application = world.record(TransferIn, fact.record)
    if policy.warehouse is None or application is None:
        return None
    lead, person = world.lead(application.lead), world.person(application.applicant)
    party = holding.party_of(person, policy.warehouse)
    if lead is None or person is None or party is None:
        return None
    known = known_by(lead, application)
    entry = ClaimEntry(
        lead=lead.id,
        holder=person.id,
        firm=party,
        pool=lead.owner if lead.owner and is_queue(lead.owner) else None,
        opened=fact.when,
        role=person.role,
        track=known.track or NEW,
        came=holding.TRANSFERRED_IN,
    )
    return claims.case_of(fact, world, policy, entry, lead=known)


def _moved(entry: TransferInEntry, world: World) -> tuple[Desired, ...]:
    """The lead goes to the applicant, only while it still lies in its pool (law 12)."""
    lead = world.lead(entry.lead)
    if lead is None or lead.owner is None or not is_queue(lead.owner):
        return ()
    return (want(Kind.LEAD, lead.id, "owner", entry.applicant, contested=True, expected=lead.owner),)


def _shown(
    application: TransferIn,
    state: TransferInState,
    outcome: Outcome,
    reasons: Iterable[tuple[str, dict[str, str]]],
) -> tuple[Desired, ...]:
    reader: RecordId | None = application.applicant
    status = _STATUS.get(state)
    shown = want(
        Kind.TRANSFER_IN,
        application.id,
        "status",
        status.value if status else None,
        contested=True,
        expected=application.status.value,
    )
    opening = [(_OPENING[state], dict[str, str]())] if state in _OPENING else []
    return (
        *((shown,) if status else ()),
        want(Kind.TRANSFER_IN, application.id, "ruling", outcome.value),
        want(Kind.TRANSFER_IN, application.id, "message", say(reader, *opening, *reasons)),
    )
