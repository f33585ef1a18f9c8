"""Date literals: which days each one covers, and how instants are read."""

from __future__ import annotations

import itertools
from datetime import date, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector.practice.soql.dates import instant, parse_date, parse_datetime, span_of

# A Wednesday.
TODAY = date(2026, 3, 18)


@pytest.mark.parametrize(
    ("word", "first", "last"),
    [
        ("TODAY", "2026-03-18", "2026-03-18"),
        ("yesterday", "2026-03-17", "2026-03-17"),
        ("TOMORROW", "2026-03-19", "2026-03-19"),
        ("THIS_WEEK", "2026-03-15", "2026-03-21"),
        ("LAST_WEEK", "2026-03-08", "2026-03-14"),
        ("NEXT_WEEK", "2026-03-22", "2026-03-28"),
        ("THIS_MONTH", "2026-03-01", "2026-03-31"),
        ("LAST_MONTH", "2026-02-01", "2026-02-28"),
        ("NEXT_MONTH", "2026-04-01", "2026-04-30"),
        ("LAST_90_DAYS", "2025-12-18", "2026-03-18"),
        ("NEXT_90_DAYS", "2026-03-19", "2026-06-16"),
        ("LAST_N_DAYS:2", "2026-03-16", "2026-03-18"),
        ("NEXT_N_DAYS:2", "2026-03-19", "2026-03-20"),
        ("N_DAYS_AGO:3", "2026-03-15", "2026-03-15"),
        ("LAST_N_WEEKS:2", "2026-03-01", "2026-03-14"),
        ("NEXT_N_WEEKS:1", "2026-03-22", "2026-03-28"),
        ("N_WEEKS_AGO:1", "2026-03-08", "2026-03-14"),
        ("LAST_N_MONTHS:3", "2025-12-01", "2026-02-28"),
        ("NEXT_N_MONTHS:2", "2026-04-01", "2026-05-31"),
        ("N_MONTHS_AGO:15", "2024-12-01", "2024-12-31"),
        ("THIS_QUARTER", "2026-01-01", "2026-03-31"),
        ("LAST_QUARTER", "2025-10-01", "2025-12-31"),
        ("NEXT_QUARTER", "2026-04-01", "2026-06-30"),
        ("LAST_N_QUARTERS:2", "2025-07-01", "2025-12-31"),
        ("NEXT_N_QUARTERS:1", "2026-04-01", "2026-06-30"),
        ("N_QUARTERS_AGO:1", "2025-10-01", "2025-12-31"),
        ("THIS_YEAR", "2026-01-01", "2026-12-31"),
        ("LAST_YEAR", "2025-01-01", "2025-12-31"),
        ("NEXT_YEAR", "2027-01-01", "2027-12-31"),
        ("LAST_N_YEARS:2", "2024-01-01", "2025-12-31"),
        ("NEXT_N_YEARS:2", "2027-01-01", "2028-12-31"),
        ("N_YEARS_AGO:1", "2025-01-01", "2025-12-31"),
        ("THIS_FISCAL_QUARTER", "2026-01-01", "2026-03-31"),
        ("LAST_N_FISCAL_YEARS:1", "2025-01-01", "2025-12-31"),
        ("N_FISCAL_QUARTERS_AGO:1", "2025-10-01", "2025-12-31"),
    ],
)
def test_a_literal_covers_these_days(word: str, first: str, last: str) -> None:
    """Documented date literals; weeks start on Sunday, the fiscal year is the calendar year."""
    span = span_of(word, TODAY)
    assert span is not None
    assert (span[0].isoformat(), (span[1] - timedelta(days=1)).isoformat()) == (first, last)


@pytest.mark.parametrize("word", ["SOMEDAY", "THIS_DAY", "LAST_N_DAYS", "N_DAYS_AGO:x", "LAST_N_DECADES:1"])
def test_any_other_word_is_no_date_literal(word: str) -> None:
    assert span_of(word, TODAY) is None


@given(st.dates(date(1990, 1, 1), date(2090, 12, 31)), st.sampled_from(["WEEK", "MONTH", "QUARTER", "YEAR"]))
def test_last_this_and_next_adjoin_and_hold_the_day(day: date, unit: str) -> None:
    last, this, following = (span_of(f"{word}_{unit}", day) for word in ("LAST", "THIS", "NEXT"))
    assert last is not None
    assert this is not None
    assert following is not None
    assert last[1] == this[0] <= day < this[1] == following[0]


@given(st.dates(date(1990, 1, 1), date(2090, 12, 31)), st.integers(1, 40))
def test_the_last_n_months_are_the_n_single_months(day: date, count: int) -> None:
    whole = span_of(f"LAST_N_MONTHS:{count}", day)
    parts = [span_of(f"N_MONTHS_AGO:{step}", day) for step in range(count, 0, -1)]
    assert all(left and right and left[1] == right[0] for left, right in itertools.pairwise(parts))
    assert parts[0] is not None
    assert parts[-1] is not None
    assert whole == (parts[0][0], parts[-1][1])


def test_a_day_starts_when_it_does_where_the_login_lives() -> None:
    copenhagen = ZoneInfo("Europe/Copenhagen")
    assert instant(date(2026, 3, 18), copenhagen) == "2026-03-17T23:00:00.000Z"
    assert instant(date(2026, 7, 1), copenhagen) == "2026-06-30T22:00:00.000Z"


def test_far_counts_stop_at_the_ends_of_the_calendar() -> None:
    span = span_of("LAST_N_YEARS:9999", TODAY)
    assert span is not None
    assert instant(span[0], ZoneInfo("Asia/Tokyo")) < "0002"


@pytest.mark.parametrize(
    ("written", "stored"),
    [
        ("2026-01-02T03:04:05Z", "2026-01-02T03:04:05.000Z"),
        ("2026-01-02T03:04:05.678+01:00", "2026-01-02T02:04:05.678Z"),
        ("2026-01-02T03:04:05-0530", "2026-01-02T08:34:05.000Z"),
        ("2026-02-30T03:04:05Z", None),
        ("2026-01-02T25:04:05Z", None),
    ],
)
def test_an_instant_is_stored_in_utc(written: str, stored: str | None) -> None:
    assert parse_datetime(written) == stored


def test_a_day_must_be_on_the_calendar() -> None:
    assert parse_date("2028-02-29") == "2028-02-29"
    assert parse_date("2026-02-29") is None
    assert parse_date("2026-13-01") is None
