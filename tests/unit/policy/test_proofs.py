"""What counts as proof: rows of kinds, with how many and how fresh."""

from datetime import timedelta

import pytest

from connector.policy import load_policy
from connector.policy.choosing import Then
from connector.policy.duration import Duration

HEAD = "policy: acme\nversion: 1\nin_force: 2026-01-01\n"


def test_a_row_asks_for_one_proof_of_any_age_and_holds_the_filing_unless_it_says_otherwise() -> None:
    text = (
        "evidence:\n  proofs:\n    - {name: a paper, of: purchase_order}\n"
        "    - {name: work, of: [call, demo], at_least: 2, within: 30 days, then: review}\n"
    )
    policy, faults = load_policy(HEAD + text, "policy.yaml")
    assert faults == ()
    assert policy is not None
    assert policy.registrations is not None
    paper, work = policy.registrations.evidence.proofs
    assert (paper.of, paper.at_least, paper.within, paper.then) == (("purchase_order",), 1, None, Then.HOLD)
    assert (work.at_least, work.within, work.then) == (2, Duration(length=timedelta(days=30)), Then.REVIEW)


@pytest.mark.parametrize(
    ("row", "column", "near"),
    [
        ("{name: a paper, of: purchase_ordr}", 26, "purchase_order"),
        ("{name: a paper, of: quote, atleast: 2}", 33, "at_least"),
        ("{name: a paper}", 6, ""),
    ],
)
def test_a_faulty_row_names_its_place_and_the_nearest_word(row: str, column: int, near: str) -> None:
    policy, faults = load_policy(f"{HEAD}evidence:\n  proofs:\n   - {row}\n", "policy.yaml")
    assert policy is None
    assert (faults[0].line, faults[0].column, faults[0].nearest) == (6, column, near)
