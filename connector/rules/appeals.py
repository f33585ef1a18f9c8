"""An appeal against a rejection: a person looks again, once and in time; else it is refused with its reason."""

from collections.abc import Iterator
from datetime import datetime

from connector.canonical.docket import RegistrationState
from connector.canonical.fact import Fact
from connector.canonical.kind import Kind
from connector.canonical.phrase import Phrase
from connector.canonical.records import FilingStatus
from connector.canonical.time import instant_text
from connector.canonical.verdict import Effect, Exhibit, Finding, Outcome, Verdict, weigh
from connector.policy.calendar import after
from connector.policy.model import Policy
from connector.rules import waiting
from connector.rules.case import finding
from connector.rules.decision import Decision
from connector.rules.notices import say, sentences, want
from connector.rules.refiling import End, ends
from connector.rules.requests import Request, may_ask, request
from connector.rules.rule import rule
from connector.rules.world import World

RULE = "appeal"


def appealed(fact: Fact, world: World, policy: Policy) -> Decision:
    """The rejection is superseded by a person's second look (law 7), or the appeal is refused."""
    made = request(fact, world, policy)
    findings = tuple(appeal(made)) if made else ()
    if made is None or not findings:
        return Decision(fact=fact)
    entry, outcome = made.entry, weigh(findings)
    verdict = Verdict(
        subject=Kind.REGISTRATION,
        record=entry.registration,
        outcome=outcome,
        findings=findings,
        policy=policy.label,
        supersedes=entry.state.value if outcome is Outcome.DEFER else None,
        cause=RULE if outcome is Outcome.DEFER else "",
    )
    said = say(entry.registrant, *sentences(findings, Effect.REFUSE, Effect.ASK))
    message = want(Kind.REGISTRATION, entry.registration, "message", said)
    if outcome is not Outcome.DEFER:
        return Decision(fact=fact, verdict=verdict, entries=(entry,), desired=(message,))
    reopened = entry.model_copy(
        update={
            "state": RegistrationState.IN_REVIEW,
            "appeals": entry.appeals + 1,
            "appealed": True,
            "refused_at": ends(entry, fact.instant).get(End.REJECTED),
        }
    )
    clock = waiting.kept(policy, world, entry, reopened, fact.instant)
    terms = policy.registrations.appeal if policy.registrations else None
    desk = want(
        Kind.REGISTRATION, entry.registration, "escalated_to", terms.to if terms and terms.to else None
    )
    return Decision(
        fact=fact,
        verdict=verdict,
        entries=(clock.entry, *clock.deadlines),
        desired=(
            want(
                Kind.REGISTRATION,
                entry.registration,
                "status",
                FilingStatus.IN_REVIEW.value,
                contested=True,
                expected=made.filing.status.value,
            ),
            want(Kind.REGISTRATION, entry.registration, "ruling", outcome.value),
            message,
            want(Kind.REGISTRATION, entry.registration, "appeal_until", None),
            *clock.desired,
            desk,
        ),
    )


@rule(RULE, "R1.14")
def appeal(made: Request) -> Iterator[Finding]:
    """Is there a rejection to appeal against, and may this one still do so?"""
    entry, terms = made.entry, made.policy.registrations
    if terms is None:
        return
    shown = Exhibit(record=entry.registration, field="appeal", value=instant_text(made.fact.instant))
    if entry.appealed:
        yield finding(RULE, Effect.REFUSE, Phrase.APPEAL_WAITS, shown)
    elif entry.state is not RegistrationState.REJECTED:
        yield finding(RULE, Effect.REFUSE, Phrase.APPEAL_NOTHING, shown)
    elif not may_ask(made.asker, terms.appeal.asked_by):
        yield finding(RULE, Effect.REFUSE, Phrase.APPEAL_NOT_YOURS, shown)
    elif entry.appeals >= terms.appeal.times:
        yield finding(RULE, Effect.REFUSE, Phrase.APPEAL_USED_UP, shown, times=terms.appeal.times)
    elif _late(made):
        until = instant_text(_until(made) or made.fact.instant)
        yield finding(RULE, Effect.REFUSE, Phrase.APPEAL_TOO_LATE, shown, until=until)
    else:
        yield finding(RULE, Effect.ASK, Phrase.APPEAL_HEARD, shown)


def _late(made: Request) -> bool:
    until = _until(made)
    return until is not None and made.fact.instant >= until


def _until(made: Request) -> datetime | None:
    """`[ruled, until)`; None: at any time."""
    terms, ruled = made.policy.registrations, made.entry.ruled_at
    within = terms.appeal.within if terms else None
    return after(ruled, within, made.policy.office_hours) if ruled and within else None
