"""Silence as a ruling: a filing that nobody rules in time counts as approved, or as rejected (R1.12, R1.14)."""

from collections.abc import Iterator

from connector.canonical.docket import DeadlineEntry, Entry, RegistrationEntry, RegistrationState
from connector.canonical.fact import Fact
from connector.canonical.phrase import Phrase
from connector.canonical.time import instant_text
from connector.canonical.verdict import Effect, Exhibit, Finding, Outcome, weigh
from connector.policy.model import Policy
from connector.policy.windows import Deemed
from connector.rules import waiting
from connector.rules.case import FilingCase, finding, judge
from connector.rules.decision import Decision
from connector.rules.filing_case import case_of
from connector.rules.filings import CONFLICT
from connector.rules.reviews import settled
from connector.rules.rule import rule
from connector.rules.verdict import verdict_on
from connector.rules.world import World

RULE = "silence_rules"
_STOPS = (Effect.REFUSE, Effect.ASK, Effect.LACK)


def ruled(fact: Fact, world: World, policy: Policy) -> Decision:
    """The tick at which silence rules. A filing that waits no more is none of its business."""
    entry, terms = world.docket.get(RegistrationEntry, fact.record), policy.registrations
    due = world.docket.get(DeadlineEntry, f"{fact.record}|{fact.value}")
    done: tuple[Entry, ...] = (due.model_copy(update={"done": True}),) if due else ()
    filing = world.registration(fact.record)
    if entry is None or terms is None or filing is None or entry.state not in waiting.WAITS:
        return Decision(fact=fact, entries=done)
    case = case_of(fact, world, policy, terms=terms, filing=filing, entry=entry)
    findings = judge(case, (silence_rules,))
    outcome = weigh(findings)
    if not findings:
        return Decision(fact=fact, entries=done)
    if outcome is Outcome.DEFER:
        verdict = verdict_on(fact.subject, filing.id, findings, policy)
        return Decision(fact=fact, verdict=verdict, entries=done)
    decision = settled(case, findings, yes=outcome is Outcome.APPROVE, cause="silence")
    return decision.model_copy(update={"entries": (*done, *decision.entries)})


@rule(RULE, "R1.12", "R1.14")
def silence_rules(case: FilingCase) -> Iterator[Finding]:
    """Nobody ruled. Silence approves nothing over a conflict, a doubt or an earlier rejection: that takes a word."""
    terms, entry = case.terms.by_silence.pick(case.circumstances), case.entry
    if terms is None:
        return
    since = instant_text(entry.waiting_since) if entry.waiting_since else ""
    shown = Exhibit(record=entry.registration, field="waiting_since", value=since)
    if terms.then is Deemed.REJECTED:
        yield finding(RULE, Effect.REFUSE, Phrase.SILENCE_REJECTS, shown)
    elif entry.appealed or entry.state is RegistrationState.DEFERRED or _contested(case):
        yield finding(RULE, Effect.ASK, Phrase.SILENCE_WITHHELD, shown, desk=True)
    else:
        yield finding(RULE, Effect.PASS, Phrase.SILENCE_APPROVES, shown)


def _contested(case: FilingCase) -> bool:
    """Whether another party stands in the way today; a filing without a place was never compared with any."""
    return case.entry.complete is None or any(found.effect in _STOPS for found in judge(case, CONFLICT))
