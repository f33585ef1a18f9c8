"""The `orders` section of a policy file: what it means, and every fault with its place (R4.11 to R4.17)."""

from datetime import timedelta
from decimal import Decimal

import pytest

from connector.policy import load_policy
from connector.policy.choosing import Requirement
from connector.policy.orders import Need, OrderPolicy, Party

HEAD = "policy: p\nversion: 1\nin_force: 2026-01-01\noffice_hours: {zone: Asia/Shanghai}\n"


def orders(section: str) -> OrderPolicy:
    policy, faults = load_policy(HEAD + "orders:\n" + section, "policy.yaml")
    assert policy is not None, faults
    assert policy.orders is not None
    return policy.orders


def faults(section: str) -> list[str]:
    policy, found = load_policy(HEAD + "orders:\n" + section, "policy.yaml")
    assert policy is None
    return [f"{fault.line}:{fault.column} {fault}" for fault in found]


def test_a_policy_without_orders_rules_none() -> None:
    policy, _ = load_policy(HEAD, "policy.yaml")
    assert policy is not None
    assert policy.orders is None


def test_every_setting_reaches_the_policy() -> None:
    read = orders(
        "  reviews: {first_by: [a], second_by: [b], apart: [first_reviewer, second_reviewer]}\n"
        "  forms: {copies: 3, may_not_sign: [c]}\n"
        "  authentication: {accepts: [licence], holds_for: 30 days}\n"
        "  payment: {tolerance: 1%, short_after: 4 days}\n"
        "  slips: {within: 5 days, remind: [2 days, 1 day], again_every: 3 days}\n"
        "  takes_effect: {needs: [scan, payment_complete]}\n"
    )
    assert (read.reviews.first_by, read.reviews.second_by) == (("a",), ("b",))
    assert read.reviews.apart == (Party.FIRST, Party.SECOND)
    assert (read.forms.copies, read.forms.may_not_sign) == (3, ("c",))
    assert (read.authentication.accepts, read.authentication.holds_for) == (("licence",), timedelta(days=30))
    assert (read.payment.tolerance, read.payment.short_after) == (Decimal("0.01"), timedelta(days=4))
    assert (read.slips.within, read.slips.again_every) == (timedelta(days=5), timedelta(days=3))
    assert read.slips.remind == (timedelta(days=2), timedelta(days=1))
    assert read.needs == (Need.SCAN, Need.PAYMENT)


def test_by_default_an_order_needs_everything() -> None:
    assert orders("  forms: {copies: 2}\n").needs == tuple(Need)


@pytest.mark.parametrize(
    ("section", "place", "said"),
    [
        ("  takes_effect: {needs: [scann, payment_complete]}\n", "6:26", "scan"),
        ("  takes_effect: {needs: [scan]}\n", "6:17", "payment_complete"),
        ("  takes_effect: {needs: [second_review, payment_complete]}\n", "6:17", "first_review"),
        ("  reviews: {apart: [seler]}\n", "6:21", "seller"),
        ("  forms: {copies: two}\n", "6:19", "whole number"),
        ("  slips: {withn: 5 days}\n", "6:11", "within"),
        ("  payment: {tolerance: 120%}\n", "6:24", "100%"),
    ],
)
def test_a_fault_names_its_place_and_the_nearest_word(section: str, place: str, said: str) -> None:
    (fault,) = faults(section)
    assert fault.startswith(place), fault
    assert said in fault


def test_a_registration_number_is_asked_for_only_where_the_policy_says_so() -> None:
    assert orders("  forms: {copies: 2}\n").registration_number is Requirement.IGNORED
    assert orders("  registration_number: review\n").registration_number is Requirement.REVIEW
    assert "required" in faults("  registration_number: requird\n")[0]
