"""Rows with `when` at any section and any value of a policy: which of them an act picks, and what is a fault."""

from collections.abc import Mapping
from datetime import timedelta

import pytest

from connector.policy.duration import Duration
from connector.policy.file import load_policy
from connector.policy.model import ClaimPolicy, RegistrationPolicy, Requirement
from connector.policy.varied import settled
from connector.policy.windows import Starts

HEAD = "policy: x\nversion: 1\nin_force: 2026-01-01\n"


def registrations(text: str) -> RegistrationPolicy:
    policy, faults = load_policy(HEAD + text, "policy.yaml")
    assert policy is not None, faults
    assert policy.registrations is not None
    return policy.registrations


def claims(text: str) -> ClaimPolicy:
    policy, faults = load_policy(HEAD + text, "policy.yaml")
    assert policy is not None, faults
    assert policy.claims is not None
    return policy.claims


def fault(text: str) -> tuple[str, int, int, str]:
    policy, faults = load_policy(HEAD + text, "policy.yaml")
    assert policy is None
    assert len(faults) == 1, faults
    return faults[0].where, faults[0].line, faults[0].column, f"{faults[0].found}; {faults[0].expected}"


GOLD: Mapping[str, object] = {"tier": "Gold", "track": "new"}
SILVER: Mapping[str, object] = {"tier": "Silver", "track": "renewal"}


def test_a_whole_section_in_rows_is_picked_by_the_act() -> None:
    terms = registrations(
        "evidence:\n  - {when: 'track == \"renewal\"', needs: 0 points}\n"
        "  - {needs: 2 points, points: {meeting: 2}}\n"
    )
    assert settled(terms, SILVER).evidence.needs == 0
    assert settled(terms, GOLD).evidence.needs == 2
    assert terms.evidence.needs == 2, "what is usual holds until an act picks"


def test_a_value_in_rows_leaves_the_rest_of_its_section_as_it_is() -> None:
    terms = registrations(
        "protection:\n  lasts: 90 days\n  starts: [{when: 'tier == \"Gold\"', is: submitted}, {is: approved}]\n"
    )
    gold, silver = settled(terms, GOLD).protection, settled(terms, SILVER).protection
    assert (gold.starts, silver.starts) == (Starts.SUBMITTED, Starts.APPROVED)
    assert gold.lasts == silver.lasts == terms.protection.lasts


def test_a_value_deep_in_a_section_has_rows_too() -> None:
    terms = registrations(
        "who_may_file:\n  certified: required\n"
        "  tiers: {prefer: [Gold], others: [{when: 'tier == \"Silver\"', is: note}, {is: required}]}\n"
    )
    assert settled(terms, SILVER).who_may_file.tiers.others is Requirement.NOTE
    assert settled(terms, GOLD).who_may_file.tiers.others is Requirement.REQUIRED


def test_a_list_in_rows_is_told_from_a_list() -> None:
    terms = registrations(
        "protection: {remind: [{when: 'tier == \"Gold\"', is: [30 days, 10 days]}, {is: 15 days}]}\n"
    )
    days = [[each.length.days for each in settled(terms, who).protection.remind] for who in (GOLD, SILVER)]
    assert days == [[30, 10], [15]]
    assert [
        each.length.days for each in registrations("protection: {remind: [5 days, 2 days]}").protection.remind
    ] == [5, 2]


def test_where_no_row_holds_it_is_as_if_the_key_were_not_there() -> None:
    terms = claims("worked_lead: {within: [{when: 'tier == \"Gold\"', is: 48 hours}], remind: [1 hour]}\n")
    held = settled(terms, GOLD).work_within
    assert held is not None
    assert held.length == timedelta(hours=48)
    assert settled(terms, SILVER).work_within is None
    assert settled(terms, SILVER).remind == (Duration(length=timedelta(hours=1)),)


def test_a_row_that_nobody_can_judge_leaves_what_is_usual_and_a_doubt() -> None:
    terms = registrations("latest_stage: [{when: 'tier == \"Gold\"', is: 6}, {is: 4}]\n")
    doubtful = settled(terms, {})
    assert doubtful.latest_stage == 4
    assert [key for key, _ in doubtful.doubts] == ["latest_stage"]
    assert settled(doubtful, GOLD).doubts == (), "the doubt ends where it can be said"


def test_an_act_that_is_judged_again_picks_anew() -> None:
    terms = registrations("appeal: [{when: 'tier == \"Gold\"', times: 2}, {times: 1}]\n")
    assert settled(settled(terms, GOLD), SILVER).appeal.times == 1


def test_terms_without_rows_are_themselves() -> None:
    terms = registrations("latest_stage: 4\n")
    assert settled(terms, {}) is terms


@pytest.mark.parametrize(
    ("text", "where", "said"),
    [
        ("evidence: [{needs: 1}, {needs: 2}]", "evidence[2]", "a row that is never reached"),
        ("appeal: [{when: 'teir == 1', times: 1}]", "appeal[1].when", "the unknown name 'teir'"),
        ("appeal: [{when: tier == 'Gold', tims: 1}]", "appeal[1].tims", "the unknown key 'tims'"),
        ("latest_stage: [{when: tier == 'Gold'}]", "latest_stage[1]", "no 'is'"),
        (
            "latest_stage: [{when: tier == 'Gold', is: 4, it: 5}]",
            "latest_stage[1].it",
            "the unknown key 'it'",
        ),
        ("latest_stage: [{when: tier == 'Gold', is: four}]", "latest_stage[1].is", "'four'"),
        ("earlier_filings: [{is: keep}]", "earlier_filings", "a list of 1"),
    ],
)
def test_a_row_that_cannot_be_meant_is_a_fault_at_its_place(text: str, where: str, said: str) -> None:
    place, line, column, words = fault(text + "\n")
    assert place == where
    assert line == 4
    assert column > 1
    assert said in words
