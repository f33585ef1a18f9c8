"""The ruling as the partner reads it on the record, in the reader's language (R1.13, law 17)."""

from datetime import datetime

from connector.canonical.docket import CreditEntry, Entry, RegistrationEntry, RegistrationState
from connector.canonical.intent import Desired
from connector.canonical.kind import Kind
from connector.canonical.phrase import Phrase
from connector.canonical.records import FilingStatus
from connector.canonical.time import instant_text
from connector.canonical.verdict import Effect, Finding, Outcome
from connector.policy.calendar import after
from connector.policy.windows import Starts
from connector.rules import protection
from connector.rules.case import FilingCase
from connector.rules.notices import say, sentences, want
from connector.rules.refiling import RULE as REFILE
from connector.rules.refiling import End, open_again
from connector.rules.world import World

State = RegistrationState

_STATUS = {
    State.APPROVED: FilingStatus.APPROVED,
    State.EXTENDED: FilingStatus.APPROVED,
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
    said = [(_opening(entry), {}), *reasons]
    appeal = _appeal_until(case, entry, outcome)
    if entry.state.protects and entry.protected_from is None and (days := _days_to_come(case, entry)):
        visit = case.terms.protection.starts is Starts.FIRST_VISIT
        phrase = Phrase.FILING_PROTECTION_FROM_VISIT if visit else Phrase.FILING_PROTECTION_STARTS
        said.append((phrase, {"days": str(days)}))
    if entry.protected_from and entry.protected_until:
        said.append(
            (
                Phrase.FILING_PROTECTED,
                {"from": instant_text(entry.protected_from), "until": instant_text(entry.protected_until)},
            )
        )
    again = open_again(entry, case.policy, End.REJECTED, case.fact.instant)
    if again and outcome is Outcome.REJECT and all(found.rule != REFILE for found in findings):
        said.append((Phrase.REFILE_COOLDOWN, {"until": instant_text(again)}))
    if appeal:
        said.append((Phrase.FILING_APPEAL, {"until": instant_text(appeal)}))
    return (
        want(
            Kind.REGISTRATION,
            record,
            "status",
            status_of(entry).value,
            contested=True,
            expected=case.filing.status.value,
        ),
        want(Kind.REGISTRATION, record, "ruling", outcome.value),
        want(Kind.REGISTRATION, record, "message", say(reader, *said)),
        want(Kind.REGISTRATION, record, "missing", say(reader, *missing) if missing else None),
        want(Kind.REGISTRATION, record, "appeal_until", instant_text(appeal) if appeal else None),
        *window_shown(entry),
    )


def status_of(entry: RegistrationEntry) -> FilingStatus:
    """The status that a registration shows which was ruled on, or waits, and has not ended since."""
    partly = entry.state.protects and entry.refused_lines
    return FilingStatus.PARTLY_APPROVED if partly else _STATUS[entry.state]


def _opening(entry: RegistrationEntry) -> Phrase:
    partly = entry.state is State.APPROVED and entry.refused_lines
    return Phrase.FILING_PARTLY_APPROVED if partly else _OPENING[entry.state]


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
    if entry.line_windows:
        said = [f"{each.line}: {instant_text(each.until)}" for each in entry.line_windows if each.until]
        shown.append(want(Kind.REGISTRATION, entry.registration, "line_windows", "; ".join(said)))
    if end:
        until = instant_text(end)
        shown.append(want(Kind.REGISTRATION, entry.registration, "protected_until", until))
        if entry.opportunity:
            shown.append(want(Kind.OPPORTUNITY, entry.opportunity, "protected_until", until))
            shown.append(want(Kind.OPPORTUNITY, entry.opportunity, "protected_for", entry.firm))
    return shown


def window_taken_down(entry: RegistrationEntry, world: World) -> list[Desired]:
    """The deal is free again: nothing in the org may go on refusing its close (R0.5). Another window may stay."""
    if entry.opportunity is None or entry.protected_until is None:
        return []
    others = [
        other
        for other in world.docket.find(RegistrationEntry, f"opportunity:{entry.opportunity}")
        if other.key != entry.key and other.protects_at(world.now) and other.protected_until
    ]
    left = max(others, key=lambda other: (other.protected_until, other.key), default=None)
    until = instant_text(left.protected_until) if left and left.protected_until else None
    return [
        want(Kind.OPPORTUNITY, entry.opportunity, "protected_until", until),
        want(Kind.OPPORTUNITY, entry.opportunity, "protected_for", left.firm if left else None),
    ]


def credit_shown(entry: RegistrationEntry, entries: tuple[Entry, ...]) -> tuple[Desired, ...]:
    return tuple(
        want(Kind.OPPORTUNITY, credit.record, "sourcing_partner", entry.firm)
        for credit in entries
        if isinstance(credit, CreditEntry)
    )


def _appeal_until(case: FilingCase, entry: RegistrationEntry, outcome: Outcome) -> datetime | None:
    """Until when this rejection may still be appealed; None once every appeal is used up."""
    appeal = case.terms.appeal
    if outcome is not Outcome.REJECT or appeal.within is None or entry.appeals >= appeal.times:
        return None
    return after(case.fact.instant, appeal.within, case.policy.office_hours)


def _days_to_come(case: FilingCase, entry: RegistrationEntry) -> int:
    """The length of a window that has not begun, in days from now; 0 for one without end, or none."""
    if entry.unprotected:
        return 0
    lasts = protection.lasts(case.policy, case.world, entry)
    now = case.fact.instant
    return (after(now, lasts, case.policy.office_hours) - now).days if lasts else 0
