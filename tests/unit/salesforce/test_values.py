from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector.salesforce.values import decode, json_of, number_text, stamp_text, text_of, texts_of


@pytest.mark.parametrize(
    ("written", "canonical"),
    [
        ("1000.0", "1000"),
        ("1000", "1000"),
        ("0.50", "0.5"),
        ("1.0E7", "10000000"),
        ("1e-7", "0.0000001"),
        ("-0.0", "0"),
        ("-12.340", "-12.34"),
        ("0", "0"),
        ("12345678901234567.89", "12345678901234567.89"),
    ],
)
def test_a_number_is_written_plainly(written: str, canonical: str) -> None:
    assert number_text(written) == canonical


@given(st.decimals(allow_nan=False, allow_infinity=False, places=6, min_value=-(10**12), max_value=10**12))
def test_a_number_keeps_its_value(number: Decimal) -> None:
    text = number_text(str(number))
    assert Decimal(text) == number
    assert "E" not in text
    assert not (("." in text) and text.endswith("0"))


@pytest.mark.parametrize("text", ["NaN", "Infinity", "twelve", ""])
def test_what_is_no_number_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="number"):
        number_text(text)


def test_a_fraction_in_json_loses_no_digit() -> None:
    decoded = decode(b'{"Amount": 0.1000000000000000055511151231257827}')
    assert text_of(decoded["Amount"], "currency") == "0.1000000000000000055511151231257827"


@pytest.mark.parametrize(
    ("written", "canonical"),
    [
        ("2026-01-02T03:04:05.000+0000", "2026-01-02T03:04:05.000Z"),
        ("2026-01-02T03:04:05.678Z", "2026-01-02T03:04:05.678Z"),
        ("2026-01-02T03:04:05+02:00", "2026-01-02T01:04:05.000Z"),
    ],
)
def test_an_instant_has_one_form(written: str, canonical: str) -> None:
    assert stamp_text(written) == canonical


@pytest.mark.parametrize(
    "name", ["NA", "null", "None", "nan", " padded ", "a\u0000b", "😀", "1.0", "2026-01-02T03:04:05.000+0000"]
)
def test_text_passes_byte_for_byte(name: str) -> None:
    assert texts_of([name, None], "string") == [name, None]


def test_a_boolean_is_a_word_and_null_is_none() -> None:
    assert texts_of([True, False, None], "boolean") == ["true", "false", None]


def test_a_short_id_is_read_as_a_long_one() -> None:
    assert texts_of(["001D000000IRFma", "001D000000IRFmaIAH"], "reference") == ["001D000000IRFmaIAH"] * 2


def test_a_compound_value_has_no_text() -> None:
    with pytest.raises(ValueError, match="select its parts"):
        text_of({"city": "Aarhus"}, "address")


@pytest.mark.parametrize(
    ("text", "kind", "value"),
    [
        ("true", "boolean", True),
        ("0.10", "currency", Decimal("0.1")),
        ("7", "int", 7),
        (None, "string", None),
        ("7", "string", "7"),
        ("2026-01-02", "date", "2026-01-02"),
    ],
)
def test_text_is_written_by_the_fields_type(text: str | None, kind: str, value: object) -> None:
    written = json_of(text, kind)
    assert written == value
    assert type(written) is type(value)


@pytest.mark.parametrize(
    ("text", "kind"),
    [("yes", "boolean"), ("1.5", "int"), ("soon", "date"), ("x", "reference"), ("2026-01-02", "datetime")],
)
def test_text_that_does_not_fit_the_type_is_refused(text: str, kind: str) -> None:
    with pytest.raises(ValueError):
        json_of(text, kind)
