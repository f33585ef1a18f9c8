"""The pace of claims, conversion and help in a policy file: read, and faults at their places."""

from datetime import timedelta

import pytest

from connector.policy import load_policy
from connector.policy.claiming import PaceOf
from connector.policy.duration import Duration
from connector.policy.model import Then

HEAD = "policy: p\nversion: 1\nin_force: 2026-01-01\n"


def test_the_pace_is_read_with_its_rows_its_span_and_whose_it_is() -> None:
    text = HEAD + (
        "claim_pace:\n"
        "  - {claims: [{when: 'tier == \"Gold\"', is: 9}, {is: 3}], within: 7 days}\n"
        "  - {claims: 2, within: 1 day, per: person}\n"
    )
    policy, faults = load_policy(text, "policy.yaml")
    assert policy is not None, faults
    assert policy.claims is not None
    firm, person = policy.claims.claim_pace
    assert firm.per is PaceOf.FIRM
    assert firm.within == Duration(length=timedelta(days=7))
    assert firm.claims.pick({"tier": "Gold"}) == 9
    assert firm.claims.pick({"tier": "Silver"}) == 3
    assert (person.per, person.claims.pick({})) == (PaceOf.PERSON, 2)


def test_readiness_and_help_are_read() -> None:
    text = HEAD + (
        "ready_to_convert: {needs: [identity.phone], worked: required, held_for: 2 days, then: review}\n"
        "help: {answer_within: 2 business days}\n"
    )
    policy, faults = load_policy(text, "policy.yaml")
    assert policy is not None, faults
    assert policy.claims is not None
    ready, wanted = policy.claims.ready_to_convert, policy.claims.help
    assert ready is not None
    assert (ready.needs, ready.worked, ready.then) == (("identity.phone",), True, Then.REVIEW)
    assert wanted is not None
    assert wanted.answer_within.business


@pytest.mark.parametrize(
    ("body", "line", "column", "said"),
    [
        ("claim_pace: [{claims: 3, within: 7 dys}]", 4, 34, "a span such as"),
        ("claim_pace: [{claims: 3, within: 7 days, per: frm}]", 4, 47, "firm"),
        ("claim_pace: [{within: 7 days}]", 4, 14, "at most so many leads claimed"),
        ("ready_to_convert: {needs: [identity.phon]}", 4, 28, "identity.phone"),
        ("ready_to_convert: {then: reject}", 4, 26, "flag"),
        ("help: {answer_within: soon}", 4, 23, "a span such as"),
        ("help: {}", 4, 7, "how soon a request"),
        ("quota_of: unwrked", 4, 11, "unworked"),
        ("unclaimed_lead: [{to: Second_Pool}]", 4, 18, "how long it lies in its queue"),
        ("unclaimed_lead: [{after: 2 business dayz}]", 4, 26, "a span such as"),
        ("quota_of: [{when: 'tier == \"Gold\"', is: unworked}, {is: held}]", 4, 11, "one of held, unworked"),
    ],
)
def test_a_fault_is_said_at_its_place(body: str, line: int, column: int, said: str) -> None:
    policy, faults = load_policy(HEAD + body + "\n", "policy.yaml")
    assert policy is None
    (fault,) = faults
    assert (fault.line, fault.column) == (line, column)
    assert said in fault.expected + fault.nearest
