"""Values are brought to their stored form, or refused in the service's words."""

from __future__ import annotations

from typing import Any

import pytest

from connector.practice.org.conversion import convert
from connector.practice.org.results import RowRefusedError
from connector.practice.schema import FieldDef, PicklistValue


def a_field(kind: str, **more: Any) -> FieldDef:
    return FieldDef(name="X__c", label="X", type=kind, **more)


def code_of(field: FieldDef, raw: Any, *, csv: bool = False) -> str:
    with pytest.raises(RowRefusedError) as refused:
        convert(field, raw, csv=csv)
    return refused.value.errors[0].status_code


@pytest.mark.parametrize(
    ("raw", "stored"),
    [
        ("2026-01-02T03:04:05.000+0000", "2026-01-02T03:04:05.000Z"),
        ("2026-01-02T03:04:05Z", "2026-01-02T03:04:05.000Z"),
        ("2026-01-02T03:04:05.999Z", "2026-01-02T03:04:05.000Z"),
        ("2026-01-02T03:04:05+02:00", "2026-01-02T01:04:05.000Z"),
        ("2026-01-02T03:04:05.000-0530", "2026-01-02T08:34:05.000Z"),
        ("2026-01-02", "2026-01-02T00:00:00.000Z"),
    ],
)
def test_a_datetime_is_stored_in_utc_to_the_second(raw: str, stored: str) -> None:
    assert convert(a_field("datetime"), raw) == stored


@pytest.mark.parametrize(
    "raw",
    ["2026-01-02T03:04:05+0000", "2026-13-01T00:00:00Z", "soon", 7, "2026-02-30", "2026-01-02T03:04:05+9900"],
)
def test_a_datetime_in_another_form_is_a_parser_error(raw: Any) -> None:
    assert code_of(a_field("datetime"), raw) == "JSON_PARSER_ERROR"


def test_a_bad_date_is_worded_for_the_way_it_came() -> None:
    assert code_of(a_field("date"), "2026-13-01") == "JSON_PARSER_ERROR"
    assert code_of(a_field("date"), "2026-13-01", csv=True) == "INVALID_TYPE_ON_FIELD_IN_RECORD"
    assert convert(a_field("date"), "2026-02-28") == "2026-02-28"


def test_a_text_beyond_its_length_is_refused_with_the_length() -> None:
    with pytest.raises(RowRefusedError) as refused:
        convert(a_field("string", length=3), "abcd")
    assert refused.value.errors[0].status_code == "STRING_TOO_LONG"
    assert "(max length=3)" in refused.value.errors[0].message


@pytest.mark.parametrize("text", ["NA", "null", "None", "nan", "  x ", "a\tb", "北京"])
def test_literal_words_for_nothing_stay_text(text: str) -> None:
    assert convert(a_field("string", length=80), text) == text


def test_an_empty_text_is_null() -> None:
    assert convert(a_field("string", length=80), "") is None
    assert convert(a_field("boolean"), None) is False


def test_a_number_is_rounded_to_its_scale_and_bounded_by_its_precision() -> None:
    money = a_field("currency", precision=5, scale=2)
    assert convert(money, 10.005) == 10.01
    assert convert(money, "12.5") == 12.5
    assert code_of(money, 1000) == "NUMBER_OUTSIDE_VALID_RANGE"
    assert code_of(money, "much") == "JSON_PARSER_ERROR"
    assert code_of(money, {}) == "JSON_PARSER_ERROR"
    assert code_of(money, float("nan")) == "JSON_PARSER_ERROR"
    assert code_of(a_field("int"), 1.5) == "JSON_PARSER_ERROR"


def test_a_restricted_picklist_takes_its_own_values_alone() -> None:
    values = (
        PicklistValue(value="Open", label="Open"),
        PicklistValue(value="Old", label="Old", active=False),
    )
    strict = a_field("picklist", length=255, restricted_picklist=True, picklist_values=values)
    assert convert(strict, "open") == "Open"
    assert code_of(strict, "Shut") == "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST"
    assert code_of(strict, "Old") == "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST"
    assert convert(a_field("picklist", length=255, picklist_values=values), "Shut") == "Shut"


def test_a_multipicklist_keeps_the_order_of_its_definition() -> None:
    values = tuple(PicklistValue(value=name, label=name) for name in ("North", "South", "West"))
    field = a_field("multipicklist", length=4099, restricted_picklist=True, picklist_values=values)
    assert convert(field, "West;North;West") == "North;West"
    assert code_of(field, "North;East") == "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST"


def test_a_fifteen_character_reference_is_stored_with_eighteen() -> None:
    assert convert(a_field("reference", length=18), "001gK0000000001") == "001gK0000000001QAA"
    assert code_of(a_field("reference"), "001gK0000000001AAA") == "MALFORMED_ID"


def test_an_email_without_a_domain_is_refused() -> None:
    assert code_of(a_field("email", length=80), "nobody") == "INVALID_EMAIL_ADDRESS"


def test_a_boolean_takes_its_words() -> None:
    assert convert(a_field("boolean"), "true") is True
    assert convert(a_field("boolean"), "FALSE") is False
    assert code_of(a_field("boolean"), "maybe") == "JSON_PARSER_ERROR"
