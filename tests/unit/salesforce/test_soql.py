from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from urllib.parse import quote_plus

import pytest

from connector.ports.org import Cursor
from connector.salesforce import soql


@pytest.mark.parametrize(
    ("value", "literal"),
    [
        (None, "null"),
        (True, "true"),
        ("O'Hara", r"'O\'Hara'"),
        ("a\\' OR Name != '", r"'a\\\' OR Name != \''"),
        ("line\nend", r"'line\nend'"),
        (7, "7"),
        (Decimal("1E+3"), "1000"),
        (date(2026, 1, 2), "2026-01-02"),
        (datetime(2026, 1, 2, 3, 4, 5, tzinfo=timezone(timedelta(hours=2))), "2026-01-02T01:04:05.000Z"),
    ],
)
def test_a_value_becomes_a_literal_that_cannot_be_syntax(value: soql.Value, literal: str) -> None:
    assert soql.quote(value) == literal


def test_a_naive_instant_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        soql.quote(datetime(2026, 1, 2))  # noqa: DTZ001


@pytest.mark.parametrize("text", ["Name FROM Lead--", "Na me", "", "1Name", "Owner..Name"])
def test_what_is_no_name_never_becomes_a_field(text: str) -> None:
    with pytest.raises(ValueError, match="not the name"):
        soql.select([text], "Lead")


def test_a_keyset_position_splits_an_equal_second_by_id() -> None:
    condition = soql.behind(Cursor("2026-01-02T03:04:05.000Z", "00Q000000000001AAA"))
    assert condition == (
        "SystemModstamp > 2026-01-02T03:04:05.000Z OR "
        "(SystemModstamp = 2026-01-02T03:04:05.000Z AND Id > '00Q000000000001AAA')"
    )


def test_a_cursor_is_checked_before_it_is_spliced_in() -> None:
    with pytest.raises(ValueError, match="not an instant"):
        soql.behind(Cursor("2026-01-02T03:04:05Z OR Id != ''", "x"))


def test_a_statement_is_put_together_in_order() -> None:
    where = soql.all_of(soql.equals("Status", "New"), None, soql.is_in("OwnerId", ["a", "b"]))
    statement = soql.select(["Id", "Owner.Name"], "Lead", where=where, order_by=["Id"], limit=5)
    assert statement == (
        "SELECT Id, Owner.Name FROM Lead"
        " WHERE (Status = 'New') AND (OwnerId IN ('a','b')) ORDER BY Id LIMIT 5"
    )


def test_membership_in_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="IN \\(\\)"):
        soql.is_in("Id", [])


def test_a_long_membership_goes_in_parts_that_hold_every_value_once() -> None:
    values = [f"苏州 {number}" for number in range(50)]
    parts = list(soql.in_parts("Name", values, 200))
    assert len(parts) > 5
    assert max(len(quote_plus(part)) for part in parts) <= 200 + len("Name+IN+%28%29")
    assert [value for part in parts for value in re.findall("'(.*?)'", part)] == values
    assert list(soql.in_parts("Name", [], 200)) == []


def test_instants_are_utc() -> None:
    assert soql.instant(datetime(2026, 1, 2, tzinfo=UTC)) == "2026-01-02T00:00:00.000Z"
