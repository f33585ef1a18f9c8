"""Who may rule, what silence says, of which product line a customer is new, and who orders for whom."""

import pytest

from connector.policy import load_policy
from connector.policy.model import Policy, RegistrationPolicy
from connector.policy.outcomes import Per
from connector.policy.rulings import Judge
from connector.policy.windows import Deemed

HEAD = "policy: acme\nversion: 1\nin_force: 2026-01-01\n"


def loaded(body: str) -> Policy:
    policy, faults = load_policy(HEAD + body, "policy.yaml")
    assert policy is not None, [str(fault) for fault in faults]
    return policy


def terms_of(body: str) -> RegistrationPolicy:
    terms = loaded(body).registrations
    assert terms is not None
    return terms


def test_two_people_are_asked_for_only_where_the_policy_names_a_second() -> None:
    one = terms_of("rulings: {first_by: Channel Manager}\n").rulings
    assert one is not None
    assert (one.second, one.first_by, one.apart) == (False, ("Channel Manager",), (Judge.FIRST, Judge.SECOND))
    two = terms_of("rulings: {second_by: [Director], apart: [first_ruler, deal_owner]}\n").rulings
    assert two is not None
    assert (two.second, two.second_when, two.apart) == (True, None, (Judge.FIRST, Judge.DEAL_OWNER))
    above = terms_of("rulings: {second_when: 'eur(amount) > 100000'}\n").rulings
    assert above is not None
    assert above.second
    assert above.second_when is not None


def test_silence_is_a_choice_by_circumstances() -> None:
    rows = terms_of(
        "by_silence:\n  - {when: 'tier == \"Gold\"', after: 4 business hours, then: approved}\n"
        "  - {after: 3 business days, then: rejected}\n"
    ).by_silence
    assert [row.value.then for row in rows.options] == [Deemed.APPROVED, Deemed.REJECTED]
    assert rows.options[0].value.after.business


def test_a_look_back_counts_per_customer_unless_said_otherwise() -> None:
    terms = terms_of("new_customer: {no_purchase_within: 2 years}\nincumbency: {per: product_line}\n")
    assert terms.new_customer.options[0].value.per is Per.CUSTOMER
    assert terms.incumbency.options[0].value.per is Per.PRODUCT_LINE


def test_the_tiers_that_may_order_for_another_firm_are_named() -> None:
    orders = loaded("orders: {for_another: {prefer: Distributor, others: required}}\n").orders
    assert orders is not None
    assert orders.for_another.prefer == ("Distributor",)


@pytest.mark.parametrize(
    ("body", "line", "column", "near"),
    [
        ("rulings: {first: Channel Manager}\n", 4, 11, "first_by"),
        ("rulings: {apart: [first_ruler, secnd_ruler]}\n", 4, 32, "second_ruler"),
        ("rulings: {second_when: 'eur(amont) > 5'}\n", 4, 29, "amount"),
        ("by_silence: {after: 2 business days, then: aproved}\n", 4, 44, "approved"),
        ("by_silence: {then: approved}\n", 4, 13, ""),
        ("by_silence: {after: soon, then: approved}\n", 4, 21, ""),
        ("new_customer: {per: product}\n", 4, 21, "product_line"),
        ("orders: {for_another: {others: required}}\n", 4, 23, ""),
    ],
)
def test_a_fault_names_line_column_and_the_nearest_word(body: str, line: int, column: int, near: str) -> None:
    policy, faults = load_policy(HEAD + body, "policy.yaml")
    assert policy is None
    assert (faults[0].line, faults[0].column, faults[0].nearest) == (line, column, near)
