"""Law 8: a rule that fails defers with its reason; refusal beats permission; only an explicit pass approves."""

from collections.abc import Callable, Iterable, Iterator
from decimal import DivisionByZero
from unittest.mock import patch

import pytest
from hypothesis import event, given, settings
from hypothesis import strategies as st

from connector.canonical.phrase import Phrase
from connector.canonical.verdict import Effect, Finding, Outcome
from connector.policy.model import ConditionFailed
from connector.rules import claims, filings
from connector.rules.case import ClaimCase, FilingCase
from tests.support.builders import START, after, filing, firm, lead, pool, seller, who
from tests.support.channel import Channel, claims_policy, filings_policy

EXAMPLES = settings(max_examples=100, deadline=None)
FAILURES = (ConditionFailed, KeyError, ValueError, TypeError, AttributeError, DivisionByZero, RecursionError)

STEPS = st.lists(
    st.one_of(st.sampled_from(Effect), st.sampled_from(FAILURES)), max_size=5
)  # what one rule does, in order: findings, or a failure that ends it
RULES = st.lists(STEPS, max_size=5)

Rule = Callable[[ClaimCase | FilingCase], Iterable[Finding]]


def rule_that(steps: list[Effect | type[Exception]], number: int) -> Rule:
    def rule(case: ClaimCase | FilingCase) -> Iterator[Finding]:
        for step in steps:
            if not isinstance(step, Effect):
                raise step("a value that nobody expected")
            yield Finding(rule=f"rule{number}", effect=step, message=Phrase.FIT)

    rule.__name__ = f"rule{number}"
    return rule


def expected(rules: list[list[Effect | type[Exception]]]) -> Outcome:
    """What anyone would say: said before a failure counts, what would have come after it does not."""
    said: list[Effect] = []
    failed = False
    for steps in rules:
        for step in steps:
            if not isinstance(step, Effect):
                failed = True
                break
            said.append(step)
    if Effect.REFUSE in said:
        return Outcome.REJECT
    doubt = failed or Effect.ASK in said or Effect.LACK in said
    return Outcome.DEFER if doubt or Effect.PASS not in said else Outcome.APPROVE


FIRM = firm(1)
USER, POOL = seller(1, FIRM), pool()
CITY = who("Stadtwerke Auenried GmbH")


@EXAMPLES
@given(RULES)
def test_a_claim_under_any_rules_is_approved_only_by_a_pass_without_doubt(
    rules: list[list[Effect | type[Exception]]],
) -> None:
    story = Channel(claims_policy())
    held = lead(1, POOL)
    story.add(FIRM, USER, POOL, held)
    story.claim(held, USER, after(hours=1))
    with patch.object(claims, "RULES", tuple(rule_that(steps, n) for n, steps in enumerate(rules))):
        told = story.tell(after(hours=2))
    event(expected(rules).value)
    assert told.outcome(held) is expected(rules)
    _named(told.findings(held), rules)


@EXAMPLES
@given(RULES)
def test_a_filing_under_any_rules_is_approved_only_by_a_pass_without_doubt(
    rules: list[list[Effect | type[Exception]]],
) -> None:
    """The rules on rivals come after, and here find none: they can only add a pass."""
    story = Channel(filings_policy())
    draft = filing(1, USER, CITY)
    story.add(FIRM, USER)
    story.file(draft, after(hours=1))
    made = tuple(rule_that(steps, n) for n, steps in enumerate(rules))
    with patch.object(filings, "ELIGIBILITY", made), patch.object(filings, "EVIDENCE", ()):
        told = story.tell(after(hours=2))
    outcome = expected([*rules, [Effect.PASS]])
    event(outcome.value)
    assert told.outcome(draft) is outcome
    _named(told.findings(draft), rules)


def _named(findings: tuple[Finding, ...], rules: list[list[Effect | type[Exception]]]) -> None:
    """Each failure is a finding of its own, with the rule and the reason, for the desk alone."""
    broken = {f"rule{n}" for n, steps in enumerate(rules) if any(not isinstance(s, Effect) for s in steps)}
    failures = [found for found in findings if found.message == Phrase.RULE_FAILED]
    assert {found.rule for found in failures} == broken
    assert all("nobody expected" in found.params["reason"] and found.desk for found in failures)


class StoreIsAway(Exception):
    """A database that does not answer: its own error, as drivers raise it."""


def test_a_store_that_fails_is_no_doubt_about_the_case() -> None:
    """A verdict is never sealed because a database was away: the error stops the batch instead."""
    story = Channel(claims_policy())
    held = lead(1, POOL)
    story.add(FIRM, USER, POOL, held)
    story.claim(held, USER, START)
    with patch.object(claims, "RULES", (rule_that([StoreIsAway], 1),)), pytest.raises(StoreIsAway):
        story.tell(after(hours=2))
