"""A request for a longer protection window: granted, sent to a person, or refused with its reason (R1.4)."""

from collections.abc import Iterator

from connector.canonical.docket import RegistrationState
from connector.canonical.fact import Fact
from connector.canonical.kind import Kind
from connector.canonical.phrase import Phrase
from connector.canonical.time import instant_text
from connector.canonical.verdict import Effect, Exhibit, Finding, Outcome
from connector.policy.calendar import after, before
from connector.policy.model import Policy
from connector.policy.windows import Answer, Asker
from connector.policy.windows import Extension as Terms
from connector.rules import circumstances, protection
from connector.rules.case import DOUBTS, failed, finding
from connector.rules.decision import Decision
from connector.rules.lengthening import extension_terms, is_active, length, lengthened, new_end
from connector.rules.notices import say, sentences, want
from connector.rules.requests import Request, may_ask, request
from connector.rules.rule import rule
from connector.rules.verdict import verdict_on
from connector.rules.world import World

RULE = "extension"
_EFFECT = {Answer.GRANT: Effect.PASS, Answer.REVIEW: Effect.ASK, Answer.REFUSE: Effect.REFUSE}
_SAID = {
    Answer.GRANT: Phrase.EXTENSION_GRANTED,
    Answer.REVIEW: Phrase.EXTENSION_IN_REVIEW,
    Answer.REFUSE: Phrase.EXTENSION_REFUSED,
}
_YES, _NO = ("approve", "accept", "grant"), ("reject", "refuse", "decline", "deny")


def asked(fact: Fact, world: World, policy: Policy) -> Decision:
    """Rule on a request; a rule that fails asks a person (law 8)."""
    made = request(fact, world, policy)
    if made is None:
        return Decision(fact=fact)
    findings: tuple[Finding, ...]
    try:
        findings = tuple(extension(made))
    except DOUBTS as failure:
        findings = (failed(RULE, failure),)
    return _decided(made, findings)


def ruled(fact: Fact, world: World, policy: Policy) -> Decision:
    """A person's word on a request stands, whatever the rules said; a partner's word in that field is none."""
    made = request(fact, world, policy)
    if made is None or made.asker is not Asker.CHANNEL_MANAGER:
        return Decision(fact=fact)
    return _decided(made, tuple(extension_by_person(made)), cause="person")


@rule(RULE, "R1.4")
def extension(made: Request) -> Iterator[Finding]:
    """May this window be made longer, on the word of who asks?"""
    terms = extension_terms(made.entry, made.policy, made.world)
    refusals = tuple(_refusals(made, terms))
    if refusals:
        yield from refusals
        return
    asked_by = (made.asker or Asker.NOBODY).value
    about = protection.about(made.policy, made.world, made.entry)
    given = circumstances.also(about, extension=made.entry.extensions + 1, asked_by=asked_by)
    answer = terms.on_request.pick(given) if terms.on_request.options else Answer.GRANT
    if answer is None or _taken_since(made):
        answer = Answer.REVIEW
    yield finding(RULE, _EFFECT[answer], _SAID[answer], _exhibit(made))


@rule("extension_by_person", "R1.4")
def extension_by_person(made: Request) -> Iterator[Finding]:
    """A person of ours ruled on the request: that stands, while there is a window to make longer."""
    said = made.fact.value.strip().casefold()
    if said.startswith(_YES):
        if made.entry.protected_until is None or not _alive(made):
            yield finding("extension_by_person", Effect.REFUSE, Phrase.EXTENSION_NO_WINDOW, _exhibit(made))
        elif new_end(made.entry, made.policy, made.world) <= made.fact.instant:
            yield _too_late(made, "extension_by_person")
        else:
            yield finding("extension_by_person", Effect.PASS, Phrase.EXTENSION_GRANTED, _exhibit(made))
    elif said.startswith(_NO):
        yield finding("extension_by_person", Effect.REFUSE, Phrase.EXTENSION_REFUSED, _exhibit(made))


def _refusals(made: Request, terms: Terms) -> Iterator[Finding]:
    """Why not: every reason in one round (R1.13)."""
    entry, office, now = made.entry, made.policy.office_hours, made.fact.instant
    shown, end = _exhibit(made), entry.protected_until
    if end is None or not _alive(made):
        yield finding(RULE, Effect.REFUSE, Phrase.EXTENSION_NO_WINDOW, shown)
        return
    if not may_ask(made.asker, terms.asked_by):
        yield finding(RULE, Effect.REFUSE, Phrase.EXTENSION_NOT_YOURS, shown)
    if made.filing.do_not_extend:
        flag = Exhibit(record=entry.registration, field="do_not_extend", value="true")
        yield finding(RULE, Effect.REFUSE, Phrase.EXTENSION_BARRED, flag)
    if entry.extensions >= terms.times:
        yield finding(RULE, Effect.REFUSE, Phrase.EXTENSION_USED_UP, shown, times=terms.times)
    last = after(end, terms.late_by, office) if terms.late_by else end
    length(entry, made.policy, made.world)  # what nobody can say is no refusal: it raises, and a person looks
    if now >= last or new_end(entry, made.policy, made.world) <= now:
        yield _too_late(made)
    if terms.not_before is not None and now < (opens := before(end, terms.not_before, office)):
        yield finding(RULE, Effect.REFUSE, Phrase.EXTENSION_TOO_EARLY, shown, since=instant_text(opens))
    if new_end(entry, made.policy, made.world) <= end:
        yield finding(RULE, Effect.REFUSE, Phrase.EXTENSION_HARD_END, shown, until=instant_text(end))
    if not is_active(entry, made.policy, made.world):
        within = terms.activity_within
        since = instant_text(before(now, within, office)) if within else ""
        yield finding(RULE, Effect.REFUSE, Phrase.EXTENSION_NO_ACTIVITY, shown, since=since)


def _too_late(made: Request, name: str = RULE) -> Finding:
    end = made.entry.protected_until
    until = instant_text(end) if end else ""
    return finding(name, Effect.REFUSE, Phrase.EXTENSION_TOO_LATE, _exhibit(made), until=until)


def _alive(made: Request) -> bool:
    """Protected, or lapsed so lately that the policy may still hear of it."""
    return made.entry.state.protects or made.entry.state is RegistrationState.LAPSED


def _taken_since(made: Request) -> bool:
    """Lapsed, and somebody else has come to be protected on the same deal since: a person looks at both."""
    if made.entry.state is not RegistrationState.LAPSED or made.entry.opportunity is None:
        return False
    others = made.world.docket.find(type(made.entry), f"opportunity:{made.entry.opportunity}")
    return any(other.key != made.entry.key for other in others)


def _decided(made: Request, findings: tuple[Finding, ...], cause: str = "") -> Decision:
    if not findings:
        return Decision(fact=made.fact)
    entry = made.entry
    verdict = verdict_on(Kind.REGISTRATION, entry.registration, findings, made.policy, cause=cause)
    outcome = verdict.outcome
    if outcome is Outcome.APPROVE:
        granted = lengthened(
            made.fact, made.world, made.policy, entry, phrase=Phrase.FILING_EXTENDED_ON_REQUEST
        )
        desired = (*granted.desired, want(Kind.REGISTRATION, entry.registration, "extension", "granted"))
        return granted.model_copy(update={"verdict": verdict, "desired": desired})
    waits = outcome is Outcome.DEFER
    word = "in_review" if waits else "refused"
    said = sentences(findings, Effect.REFUSE, Effect.ASK) or ((Phrase.EXTENSION_IN_REVIEW, {}),)
    message = want(Kind.REGISTRATION, entry.registration, "message", say(entry.registrant, *said))
    return Decision(
        fact=made.fact,
        verdict=verdict,
        entries=(entry.model_copy(update={"extension_waits": waits}),),
        desired=(want(Kind.REGISTRATION, entry.registration, "extension", word), message),
    )


def _exhibit(made: Request) -> Exhibit:
    end = made.entry.protected_until
    value = instant_text(end) if end else ""
    return Exhibit(record=made.entry.registration, field="protected_until", value=value)
