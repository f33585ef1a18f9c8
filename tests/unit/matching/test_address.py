"""Streets and post codes."""

import pytest

from connector.matching.address import NO_ADDRESS, read


@pytest.mark.parametrize(
    ("one", "two"),
    [
        ("Leopoldstraße 12", "Leopoldstr. 12"),
        ("2001 W. Pierce", "2001 West Pierce Avenue"),
        ("2141 South Tan Court 1st Floor", "2141 S Tan Ct"),
        ("630 E. 131St St.", "630 East 131st Street"),
        ("北京市海淀区中关村大街12号", "海淀区中关村大街12号3楼"),
    ],
)
def test_one_street_written_two_ways_is_one_street(one: str, two: str) -> None:
    a, b = read(one, "", ""), read(two, "", "")
    assert (a.street, a.number) == (b.street, b.number)
    assert a.street
    assert a.number


def test_a_zip_with_its_four_digits_is_the_same_zip() -> None:
    assert read("", "60647-1234", "").postcode == read("", "60647", "").postcode


def test_an_empty_address_is_known_as_such() -> None:
    assert read("", "", "") is NO_ADDRESS
