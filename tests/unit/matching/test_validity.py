"""R4.6: "正确,有效且真实": what can be a landline and an address, and what is the filing firm's own."""

import pytest

from connector.matching import Identity
from connector.matching.validity import is_address, is_landline, own_marks


@pytest.mark.parametrize(
    "number",
    [
        "010-65123456",
        "(010) 65123456",
        "86-10-65123457",
        "+86 21 6234 5678",
        "010-65123456-801",
        "010-65123456转801",
    ],
)
def test_a_landline_however_it_is_written(number: str) -> None:
    assert is_landline(number, "China")


@pytest.mark.parametrize(
    "number", ["13910001234", "+86 139 1000 1234", "010-123", "none", "00000000", "12345678901234"]
)
def test_a_mobile_or_impossible_number_is_no_landline(number: str) -> None:
    assert not is_landline(number, "China")


def test_without_a_country_a_local_number_cannot_be_refused() -> None:
    assert is_landline("65123456", "")
    assert not is_landline("+49 12", "")


@pytest.mark.parametrize(
    ("street", "real"),
    [
        ("朝阳区建国路88号", True),
        ("朝阳区", False),
        ("Hauptstraße 5", True),
        ("Hauptstraße", False),
        ("", False),
    ],
)
def test_an_address_names_street_and_number(street: str, *, real: bool) -> None:
    assert is_address(Identity(name="x", street=street)) is real


def test_the_firms_own_numbers_and_house_are_known_again() -> None:
    own = Identity(
        name="北方代理", country="China", phone="010-88880000", fax="010-88880001", street="中关村大街1号"
    )
    customer = Identity(
        name="x", country="China", phone="+86 10 8888 0001", fax="010-65123457", street="海淀区中关村大街1号"
    )
    assert own_marks(customer, own) == ("phone", "street")
    assert own_marks(Identity(name="x"), Identity(name="y")) == ()
