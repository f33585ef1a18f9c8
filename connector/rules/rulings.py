"""Whose approvals a filing needs: the right role, and where the policy says so a second person (R1.12, R1.14)."""

from collections.abc import Iterator

from connector.canonical.ids import RecordId
from connector.canonical.phrase import Phrase
from connector.canonical.verdict import Effect, Exhibit, Finding
from connector.facts.requests import APPROVAL, SECOND_REVIEW, SOURCE
from connector.policy.model import ConditionFailed
from connector.policy.rulings import Judge
from connector.rules.case import FilingCase, finding
from connector.rules.duties import clashes, entitled
from connector.rules.rule import rule

RULE = "rulings"


@rule(RULE, "R1.12", "R1.14")
def rulings(case: FilingCase) -> Iterator[Finding]:
    """What keeps a person's approval from being the last word; an approval process of the org keeps its own steps."""
    terms, source = case.terms.rulings, case.fact.detail.get(SOURCE)
    if terms is None or source == APPROVAL:
        return
    so_far, mine = case.entry.approved_by, case.fact.actor
    roles = terms.second_by if so_far else terms.first_by
    shown = Exhibit(record=case.filing.id, field="reviewed_by", value=mine or "")
    if source == SECOND_REVIEW and not so_far:
        yield finding(RULE, Effect.ASK, Phrase.RULING_BEFORE_FIRST, shown, desk=True)
    elif not entitled(case.world.person(mine), roles):
        yield finding(RULE, Effect.ASK, Phrase.RULING_NOT_ENTITLED, shown, desk=True, role=", ".join(roles))
    elif _same(case, so_far, mine):
        yield finding(RULE, Effect.ASK, Phrase.RULING_SAME_PERSON, shown, desk=True)
    elif not so_far and _wants_two(case):
        yield finding(RULE, Effect.ASK, Phrase.RULING_SECOND_WAITS, shown)


def counts(found: tuple[Finding, ...]) -> bool:
    """Whether the approval is one of two: nothing was found against whoever gave it."""
    return all(each.message == Phrase.RULING_SECOND_WAITS for each in found)


def _wants_two(case: FilingCase) -> bool:
    terms = case.terms.rulings
    if terms is None or not terms.second:
        return False
    try:
        return terms.second_when is None or bool(terms.second_when.holds(case.circumstances))  # type: ignore[attr-defined]
    except ConditionFailed:  # nobody can say whether one is enough: two look
        return True


def _same(case: FilingCase, so_far: tuple[RecordId, ...], mine: RecordId | None) -> bool:
    """Whether whoever approves now is a party that the policy keeps apart from this one."""
    deal, terms = case.background.deal, case.terms.rulings
    ruler = Judge.SECOND if so_far else Judge.FIRST
    parties = {ruler: mine, Judge.DEAL_OWNER: deal.owner if deal else None}
    if so_far:
        parties[Judge.FIRST] = so_far[0]
    apart = terms.apart if terms else ()
    return any(
        ruler in pair for pair in clashes({party: who for party, who in parties.items() if party in apart})
    )


@rule("person", "R1.2", "R3.7")
def person(*, yes: bool) -> Iterator[Finding]:
    """A person ruled in the org, on a registration or on a claim on hold: that stands."""
    if yes:
        yield finding("person", Effect.PASS, Phrase.PERSON_APPROVED)
    else:
        yield finding("person", Effect.REFUSE, Phrase.PERSON_REJECTED)
