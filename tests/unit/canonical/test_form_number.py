"""Numbers of order forms, as people write them, and the allotments that hold them (R4.12)."""

from typing import Any

import pytest

from connector.canonical.form_number import form_number, holds
from connector.canonical.orders import Allotment
from tests.support.builders import LONG_AGO, ident


def forms(**given: Any) -> Allotment:
    return Allotment(id=ident("a20", 1), created_at=LONG_AGO, changed_at=LONG_AGO, stamp=LONG_AGO, **given)


@pytest.mark.parametrize(
    "written", ["BJ-000123", "bj 000123", "ｂｊ０００１２３", "BJ/000.123", " bj_000-123 "]
)
def test_one_number_is_written_in_many_ways(written: str) -> None:
    assert form_number(written) == "BJ000123"


@pytest.mark.parametrize(
    ("number", "held"),
    [
        ("BJ000100", True),
        ("BJ000150", True),
        ("BJ000199", True),
        ("BJ000099", False),
        ("BJ000200", False),
        ("BJ00150", False),  # another length is another series
        ("SH000150", False),
        ("BJ", False),
        ("", False),
    ],
)
def test_a_range_holds_the_numbers_between_its_ends_and_no_other(number: str, held: bool) -> None:  # noqa: FBT001
    assert holds(forms(first="BJ-000100", last="BJ-000199"), number) is held


def test_a_range_without_an_end_is_one_form() -> None:
    assert holds(forms(first="BJ-7"), "BJ7")
    assert not holds(forms(first="BJ-7"), "BJ8")


def test_a_prefix_holds_all_that_starts_so_and_a_list_what_it_names() -> None:
    assert holds(forms(prefix="sh-"), "SH0815")
    assert not holds(forms(prefix="sh-"), "S0815")
    assert holds(forms(numbers=("GZ-7", "GZ-9")), "GZ9")
    assert not holds(forms(numbers=("GZ-7", "GZ-9")), "GZ8")


def test_forms_that_were_taken_back_hold_nothing() -> None:
    assert not holds(forms(prefix="SH", withdrawn=True), "SH1")


def test_an_empty_allotment_holds_nothing() -> None:
    assert not holds(forms(), "SH1")
