"""The sections about several parties on one customer: what they read, and what they say of bad input."""

from datetime import date
from decimal import Decimal

import pytest

from connector.policy import load_policy
from connector.policy.model import Policy, RegistrationPolicy
from connector.policy.outcomes import CountsFor, Outranks, Second, Silent
from connector.policy.period import Period, period

HEAD = "policy: acme\nversion: 1\nin_force: 2026-01-01\n"


def read(text: str) -> Policy:
    policy, faults = load_policy(HEAD + text, "policy.yaml")
    assert policy is not None, faults
    return policy


def terms(text: str) -> RegistrationPolicy:
    found = read(text).registrations
    assert found is not None
    return found


def faults(text: str) -> str:
    policy, found = load_policy(HEAD + text, "policy.yaml")
    assert policy is None
    return "\n".join(str(fault) for fault in found)


@pytest.mark.parametrize(
    ("text", "day", "before"),
    [
        ("3 years", date(2026, 3, 2), date(2023, 3, 2)),
        ("1 year", date(2024, 2, 29), date(2023, 2, 28)),
        ("6 months", date(2026, 8, 31), date(2026, 2, 28)),
        ("2 months", date(2026, 1, 15), date(2025, 11, 15)),
        ("90 days", date(2026, 3, 2), date(2025, 12, 2)),
        ("2 weeks", date(2026, 3, 2), date(2026, 2, 16)),
    ],
)
def test_a_look_back_counts_on_the_calendar(text: str, day: date, before: date) -> None:
    assert period(text).before(day) == before


@pytest.mark.parametrize("text", ["", "years", "3 yrs", "3 business days", "-1 year"])
def test_what_is_no_look_back_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="number and a unit"):
        period(text)


def test_a_second_filing_may_be_treated_by_its_circumstances() -> None:
    rows = terms(
        """
second_filing:
  - {when: 'tier == "Gold"', then: split, share: 40%}
  - {then: reject}
"""
    ).second_filing
    gold, other = rows.pick({"tier": "Gold"}), rows.pick({"tier": "Silver"})
    assert gold is not None
    assert (gold.then, gold.part) == (Second.SPLIT, Decimal("0.4"))
    assert other is not None
    assert other.then is Second.REJECT


@pytest.mark.parametrize(("then", "part"), [("team", "1"), ("split", "0.5"), ("reduced", "0.5")])
def test_a_share_that_is_not_said_follows_the_treatment(then: str, part: str) -> None:
    found = terms(f"second_filing: {{then: {then}}}").second_filing.pick({})
    assert found is not None
    assert found.part == Decimal(part)


def test_every_section_reads_its_keys() -> None:
    found = terms(
        """
first_filing: {dormant: {silent_for: 60 days, then: yields}}
customer_letter: supersedes
tender: {filed_late: review, proof_before: required, proof_outranks: review}
new_customer: {no_purchase_within: 3 years}
vendor_contact: {within: 6 months, then: flag}
incumbency: {look_back: 2 years, minimum_amount: 10000 USD, non_incumbent: reduced, share: 90%}
involved_early: {activity_before_stage: 3, then: reject}
who_may_file_for_another: {prefer: [Distributor], others: required}
open_registrations_count: group
partial_approval: {on_conflict: true}
conditions: [{name: only large firms, when: 'employees < 100', then: review}]
share: 80%
"""
    )
    assert found.first_filing.dormant is not None
    assert found.first_filing.dormant.then is Silent.YIELDS
    assert found.customer_letter.pick({}) is Outranks.SUPERSEDES
    incumbency, customer = found.incumbency.pick({}), found.new_customer.pick({})
    assert incumbency is not None
    assert incumbency.look_back == Period(months=24)
    assert customer is not None
    assert customer.no_purchase_within == Period(months=36)
    assert found.open_registrations_count is CountsFor.GROUP
    assert found.conditions[0].holds({"employees": 20})
    assert not found.conditions[0].holds({"employees": 400})
    assert found.share.pick({}) == Decimal("0.8")


def test_the_desk_of_conflicts_has_its_ladder() -> None:
    policy = read(
        "conflicts: {assign_to: Channel_Desk, escalate: [{after: 3 business days, to: Head_of_Channel}]}\n"
        "second_filing: {then: team}\n"
    )
    assert policy.conflicts.assign_to == "Channel_Desk"
    assert policy.conflicts.escalate[0].to == "Head_of_Channel"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("second_filing: {then: tema}", "team"),
        ("second_filing: {share: 40%}", "then"),
        ("vendor_contact: {then: reject}", "within"),
        ("new_customer: {no_purchase_within: 3 yaers}", "a look-back"),
        ("incumbency: {non_incumbent: team}", "one of"),
        ("customer_letter: supersede", "supersedes"),
        ("conditions: [{when: 'employees < 100'}]", "name"),
        ("conditions: [{name: x, when: 'emplyees < 100'}]", "employees"),
        ("partial_approval: {lines: [{when: 'lin == \"Edge\"', is: reject}]}", "line"),
        ("open_registrations_count: person", "firm, group"),
        ("involved_early: {then: review}", "activity_before_stage"),
        ("involved_early: {activity_before_stage: 40}", "a canonical stage"),
    ],
)
def test_a_fault_says_what_was_expected(text: str, said: str) -> None:
    assert said in faults(text)


def test_only_rows_on_product_lines_see_a_line() -> None:
    assert "line" in faults("conditions: [{name: x, when: 'line == \"Edge\"'}]")
