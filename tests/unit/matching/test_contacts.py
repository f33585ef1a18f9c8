"""Numbers and internet names (R4.6, R4.7, R4.9)."""

import pytest

from connector.matching import Identity, contact_suspicion
from connector.matching.contacts import company_domain, phone_digits, phone_tail, same_line


@pytest.mark.parametrize(
    ("one", "two"),
    [
        ("+86 10 6512 3456", "010-65123456"),
        ("010-65123456-802", "(010) 6512 3456"),
        ("010-65123456转802", "０１０－６５１２３４５６"),
        ("+49 (0)89 12345678", "089/12345678"),
        ("+1 312 386 5286", "3865286"),
        ("+45 33 12 34 56", "33123456"),
    ],
)
def test_one_line_written_two_ways_is_one_line(one: str, two: str) -> None:
    assert same_line(phone_digits(one), phone_digits(two))


def test_numbers_that_end_differently_are_two_lines() -> None:
    assert not same_line(phone_digits("010-65123456"), phone_digits("010-65123457"))


@pytest.mark.parametrize("text", ["", "n/a", "12345", "0000000", "11111111", "1234567890", "-"])
def test_a_placeholder_is_no_number(text: str) -> None:
    assert phone_digits(text) == ""


def test_phone_and_fax_share_one_key_space_of_eight_digits() -> None:
    assert phone_tail(phone_digits("+86 10 6512 3456")) == "65123456"


def test_free_mail_and_shared_houses_are_no_company_domain() -> None:
    assert company_domain("zhang@qq.com", "https://www.facebook.com/acme") == frozenset()


def test_subdomains_fold_into_the_registrable_domain() -> None:
    assert company_domain("a@mail.acme.co.uk", "https://shop.acme.co.uk/x?y=1") == {"acme.co.uk"}


def test_landline_fax_and_caller_in_one_are_suspicious() -> None:
    """R4.9: the caller's number filed as landline and fax."""
    filed = Identity(phone="010-65123456", fax="(010)65123456")
    assert contact_suspicion(filed, "+86 10 65123456") == (
        "landline_is_fax",
        "landline_is_caller",
        "fax_is_caller",
    )


def test_true_numbers_raise_no_suspicion() -> None:
    filed = Identity(phone="010-65123456", fax="010-65123457", mobile="13800138000")
    assert contact_suspicion(filed, "13900139000") == ()


def test_a_filled_field_without_a_number_is_named() -> None:
    """R4.6: landline and fax are checked for validity."""
    assert contact_suspicion(Identity(phone="none", fax="0000000"), "") == (
        "landline_not_a_number",
        "fax_not_a_number",
    )
