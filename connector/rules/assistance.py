"""A partner's request for help on a deal, and its answer (R3.3)."""

from collections.abc import Iterator

from connector.canonical.docket import DeadlineEntry, Entry
from connector.canonical.fact import Fact, FactKind
from connector.canonical.intent import Desired
from connector.canonical.kind import Kind
from connector.canonical.phrase import Phrase
from connector.canonical.records import Opportunity
from connector.canonical.verdict import Effect, Exhibit, Finding
from connector.policy.calendar import after
from connector.policy.model import Policy
from connector.rules.case import finding
from connector.rules.decision import Decision
from connector.rules.notices import want
from connector.rules.protection import deadline
from connector.rules.rule import rule
from connector.rules.verdict import verdict_on
from connector.rules.world import World

ANSWER_BY = "help_answer_by"


def concerns(fact: Fact) -> bool:
    """Whether a fact is about help, which the claims' half of a policy speaks of."""
    tick = fact.kind is FactKind.TICK and fact.value == ANSWER_BY
    return tick or fact.kind in (FactKind.HELP_ASKED, FactKind.HELP_ANSWERED, FactKind.HELP_WITHDRAWN)


@rule("help_wanted", "R3.3")
def help_wanted(deal: Opportunity, phrase: Phrase) -> Iterator[Finding]:
    """R3.3 ("si necesita algún tipo de asistencia"): somebody of ours has to answer."""
    exhibit = Exhibit(record=deal.id, field="help_wanted", value=deal.help_wanted)
    yield finding("help_wanted", Effect.ASK, phrase, exhibit, desk=True)


def asked(fact: Fact, world: World, policy: Policy) -> Decision:
    """The request stands on the deal until it is answered, and by when it has to be."""
    deal, terms = world.opportunity(fact.record), policy.claims.help if policy.claims else None
    if deal is None or terms is None:
        return Decision(fact=fact)
    due = after(fact.instant, terms.answer_within, policy.office_hours)
    entry = deadline(ANSWER_BY, Kind.OPPORTUNITY, deal.id, due)
    return _told(fact, deal, policy, Phrase.HELP_WANTED, "asked", (entry,))


def answered(fact: Fact, world: World, policy: Policy) -> Decision:
    """The answer ends the wait. Without a request there is nothing to answer."""
    due = world.docket.get(DeadlineEntry, f"{fact.record}|{ANSWER_BY}")
    deal = world.opportunity(fact.record)
    if due is None or deal is None or not deal.help_wanted:
        return Decision(fact=fact)
    done = due.model_copy(update={"done": True})
    return Decision(fact=fact, entries=(done,), desired=(_flag(deal, "answered"),))


def withdrawn(fact: Fact, world: World, policy: Policy) -> Decision:
    """The request was taken back: nobody waits for an answer, and the deal shows none."""
    due = world.docket.get(DeadlineEntry, f"{fact.record}|{ANSWER_BY}")
    deal = world.opportunity(fact.record)
    if due is None or deal is None:
        return Decision(fact=fact)
    done = due.model_copy(update={"done": True})
    return Decision(fact=fact, entries=(done,), desired=(_flag(deal, None),))


def overdue(fact: Fact, world: World, policy: Policy) -> Decision:
    """Nobody answered in time (a tick): the channel manager sees it on the deal."""
    deal = world.opportunity(fact.record)
    if deal is None or (
        deal.help_answer_since
        and deal.help_wanted_since
        and (deal.help_answer_since >= deal.help_wanted_since)
    ):
        return Decision(fact=fact)
    return _told(fact, deal, policy, Phrase.HELP_OVERDUE, "overdue", ())


def _told(  # noqa: PLR0917
    fact: Fact, deal: Opportunity, policy: Policy, phrase: Phrase, flag: str, entries: tuple[Entry, ...]
) -> Decision:
    findings = tuple(help_wanted(deal, phrase))
    if not findings:
        return Decision(fact=fact)
    verdict = verdict_on(Kind.OPPORTUNITY, deal.id, findings, policy)
    return Decision(fact=fact, verdict=verdict, entries=entries, desired=(_flag(deal, flag),))


def _flag(deal: Opportunity, value: str | None) -> Desired:
    return want(Kind.OPPORTUNITY, deal.id, "help_flag", value)
