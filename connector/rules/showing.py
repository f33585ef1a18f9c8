"""The ruling as the partner reads it on the record, in the reader's language (R1.13, law 17)."""

from datetime import datetime

from connector.canonical.docket import CreditEntry, Entry, RegistrationEntry, RegistrationState
from connector.canonical.intent import Desired
from connector.canonical.kind import Kind
from connector.canonical.phrase import Phrase
from connector.canonical.records import FilingStatus
from connector.canonical.time import instant_text
from connector.canonical.verdict import Effect, Finding, Outcome
from connector.policy.calendar import due
from connector.rules.case import FilingCase
from connector.rules.notices import say, sentences, want
from connector.rules.world import World

State = RegistrationState

_STATUS = {
    State.APPROVED: FilingStatus.APPROVED,
    State.REJECTED: FilingStatus.REJECTED,
    State.INCOMPLETE: FilingStatus.INCOMPLETE,
    State.IN_REVIEW: FilingStatus.IN_REVIEW,
    State.DEFERRED: FilingStatus.IN_REVIEW,
}
_OPENING = {
    State.APPROVED: Phrase.FILING_APPROVED,
    State.REJECTED: Phrase.FILING_REJECTED,
    State.INCOMPLETE: Phrase.FILING_INCOMPLETE,
    State.IN_REVIEW: Phrase.FILING_IN_REVIEW,
    State.DEFERRED: Phrase.FILING_DEFERRED,
}


def shown(
    case: FilingCase, entry: RegistrationEntry, findings: tuple[Finding, ...], outcome: Outcome
) -> tuple[Desired, ...]:
    """The ruling as the partner reads it on the record."""
    record, reader = entry.registration, case.filing.filed_by
    reasons = sentences(findings, *_SAID[outcome])
    missing = sentences(findings, Effect.LACK)
    said = [(_OPENING[entry.state], {}), *reasons]
    appeal = _appeal_until(case, outcome)
    if entry.state.protects and case.terms.protection.lasts and entry.protected_from is None:
        said.append((Phrase.FILING_PROTECTION_STARTS, {"days": str(case.terms.protection.lasts.days)}))
    if entry.protected_from and entry.protected_until:
        said.append(
            (
                Phrase.FILING_PROTECTED,
                {"from": instant_text(entry.protected_from), "until": instant_text(entry.protected_until)},
            )
        )
    if appeal:
        said.append((Phrase.FILING_APPEAL, {"until": instant_text(appeal)}))
    return (
        want(
            Kind.REGISTRATION,
            record,
            "status",
            _STATUS[entry.state].value,
            contested=True,
            expected=case.filing.status.value,
        ),
        want(Kind.REGISTRATION, record, "ruling", outcome.value),
        want(Kind.REGISTRATION, record, "message", say(reader, *said)),
        want(Kind.REGISTRATION, record, "missing", say(reader, *missing) if missing else None),
        want(Kind.REGISTRATION, record, "appeal_until", instant_text(appeal) if appeal else None),
        *window_shown(entry),
    )


_SAID = {
    Outcome.APPROVE: (Effect.NOTE,),
    Outcome.REJECT: (Effect.REFUSE,),
    Outcome.DEFER: (Effect.LACK, Effect.ASK),
}


def window_shown(entry: RegistrationEntry) -> list[Desired]:
    """The window's dates, on the registration and on the deal that it protects."""
    start, end = entry.protected_from, entry.protected_until
    if start is None:
        return []
    shown = [want(Kind.REGISTRATION, entry.registration, "protected_from", instant_text(start))]
    if end:
        until = instant_text(end)
        shown.append(want(Kind.REGISTRATION, entry.registration, "protected_until", until))
        if entry.opportunity:
            shown.append(want(Kind.OPPORTUNITY, entry.opportunity, "protected_until", until))
    return shown


def window_taken_down(entry: RegistrationEntry, world: World) -> list[Desired]:
    """The deal is free again: nothing in the org may go on refusing its close (R0.5). Another window may stay."""
    if entry.opportunity is None or entry.protected_until is None:
        return []
    others = (
        other.protected_until
        for other in world.docket.find(RegistrationEntry, f"opportunity:{entry.opportunity}")
        if other.key != entry.key and other.protects_at(world.now)
    )
    left = max((until for until in others if until), default=None)
    value = instant_text(left) if left else None
    return [want(Kind.OPPORTUNITY, entry.opportunity, "protected_until", value)]


def credit_shown(entry: RegistrationEntry, entries: tuple[Entry, ...]) -> tuple[Desired, ...]:
    return tuple(
        want(Kind.OPPORTUNITY, credit.record, "sourcing_partner", entry.firm)
        for credit in entries
        if isinstance(credit, CreditEntry)
    )


def _appeal_until(case: FilingCase, outcome: Outcome) -> datetime | None:
    appeal = case.policy.registrations.appeal if case.policy.registrations else None
    if outcome is not Outcome.REJECT or appeal is None or appeal.within is None or not appeal.times:
        return None
    return due(case.fact.instant, appeal.within, case.policy.office_hours, business=appeal.business)
