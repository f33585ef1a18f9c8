"""Conditions over lists and business quarters: what they answer, and every fault with its place (R1.14)."""

from datetime import date

import pytest

from connector.policy import load_policy
from connector.policy.condition import listed
from connector.rules.days import named, quarter_began, year_began

HEAD = "policy: p\nversion: 1\nin_force: 2026-01-01\noffice_hours: {zone: Europe/Berlin}\n"


def faults(section: str) -> list[str]:
    policy, found = load_policy(HEAD + section, "policy.yaml")
    assert policy is None
    return [str(fault) for fault in found]


@pytest.mark.parametrize(
    ("day", "first", "year", "quarter", "left"),
    [
        (date(2026, 1, 1), 1, 2026, 1, 89),
        (date(2026, 12, 31), 1, 2026, 4, 0),
        (date(2026, 1, 31), 2, 2026, 4, 0),
        (date(2026, 2, 1), 2, 2027, 1, 88),
        (date(2028, 2, 29), 12, 2028, 1, 0),
        (date(2026, 12, 1), 10, 2027, 1, 30),
    ],
)
def test_a_business_year_may_start_in_any_month(
    day: date, first: int, year: int, quarter: int, left: int
) -> None:
    seen = named(day, first)
    assert (seen["year"], seen["quarter"], seen["days_left_in_quarter"]) == (year, quarter, left)


def test_a_quarter_and_a_year_begin_on_the_first_of_a_month() -> None:
    assert quarter_began(date(2026, 1, 15), 2) == date(2025, 11, 1)
    assert year_began(date(2026, 1, 15), 2) == date(2025, 2, 1)
    assert year_began(date(2026, 2, 1), 2) == date(2026, 2, 1)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("ACME gmbh", True),
        ("Acme AG", True),
        ("acmé", True),
        ("Acme Bakery GmbH", False),
        ("", False),
        ("国石油", False),
    ],
)
def test_a_name_is_on_a_list_whatever_its_case_accents_or_legal_form(text: str, *, found: bool) -> None:
    assert listed(text, ["Acme GmbH", ""]) is found


@pytest.mark.parametrize(
    ("section", "said"),
    [
        ("lists: {named: [A]}\nreview: [{when: 'customer in lists.namd', is: true}]\n", "lists.named"),
        ("review: [{when: 'customer in lists.named', is: true}]\n", "a list of the policy's `lists`"),
        ("lists: {named: [A]}\nreview: [{when: 'listd(customer, lists.named)', is: true}]\n", "listed"),
        ("lists: {named accounts: [A]}\n", "letters, digits and _ only"),
        ("lists: [A]\n", "5:"),
        ("fiscal_year_starts: 13\n", "1 to 12"),
        ("fiscal_year_starts: [2]\n", "5:"),
        ("review: [{when: 'open_amount > 5', is: true}]\n", "eur(open_amount)"),
        ("protection: {extend: {by: [{when: 'asked_by == \"nobody\"', is: 3 days}]}}\n", "asked_by"),
        ("protection: {extend: {by: [3 dayss]}}\n", "a span such as"),
    ],
)
def test_each_fault_names_its_place_and_the_way_out(section: str, said: str) -> None:
    found = faults(section)
    assert len(found) == 1, found
    assert said in found[0]


@pytest.mark.parametrize("span", ["9999 years", "101 years", "9999 weeks"])
def test_nobody_looks_back_beyond_a_hundred_years(span: str) -> None:
    """A look-back before the first year would fail at every filing."""
    assert "a hundred years at most" in faults(f"new_customer: {{no_purchase_within: {span}}}\n")[0]
