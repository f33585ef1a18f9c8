"""Office time: business days and hours around nights, weekends, holidays and the change of clocks (R1.12)."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector.policy.calendar import after, before, closed_days, day_before, due, is_open
from connector.policy.duration import duration
from connector.policy.model import OfficeHours

GERMAN, WEEKEND = closed_days("DE", 2025)
OFFICE = OfficeHours(zone="Europe/Berlin", closed=GERMAN, weekend=WEEKEND)
DAY, HOUR = timedelta(days=1), timedelta(hours=1)


def berlin_winter(day: int, hour: int, minute: int = 0, month: int = 1) -> datetime:
    return datetime(2026, month, day, hour - 1, minute, tzinfo=UTC)


@pytest.mark.parametrize(
    ("start", "span", "end"),
    [
        (berlin_winter(12, 10), 2 * DAY, berlin_winter(14, 10)),  # Monday to Wednesday
        (berlin_winter(16, 10), 2 * DAY, berlin_winter(20, 10)),  # over a weekend
        (berlin_winter(16, 18), 2 * DAY, berlin_winter(21, 9)),  # Friday evening starts on Monday at nine
        (berlin_winter(17, 12), DAY, berlin_winter(20, 9)),  # Saturday too
        (berlin_winter(12, 7), HOUR, berlin_winter(12, 10)),  # before opening
        (berlin_winter(12, 16), 2 * HOUR, berlin_winter(13, 10)),  # over a night
        (berlin_winter(12, 16), HOUR, berlin_winter(12, 17)),  # until closing
        (berlin_winter(1, 12), timedelta(0), berlin_winter(2, 9)),  # New Year's Day is closed
        (berlin_winter(16, 16, 30), DAY + HOUR, berlin_winter(20, 9, 30)),  # a day, then an hour over a night
    ],
)
def test_office_time_passes_only_while_the_office_is_open(
    start: datetime, span: timedelta, end: datetime
) -> None:
    assert due(start, span, OFFICE) == end


def test_a_holiday_is_no_business_day() -> None:
    """Good Friday and Easter Monday 2026: Thursday plus two business days is the next Wednesday."""
    assert due(datetime(2026, 4, 2, 8, tzinfo=UTC), 2 * DAY, OFFICE) == datetime(2026, 4, 8, 8, tzinfo=UTC)


def test_the_time_of_day_survives_the_change_of_clocks() -> None:
    """Friday 27 March 2026, 10:00 winter time; Monday 30 March, 10:00 summer time."""
    assert due(datetime(2026, 3, 27, 9, tzinfo=UTC), DAY, OFFICE) == datetime(2026, 3, 30, 8, tzinfo=UTC)


def test_a_span_that_is_not_business_runs_on_the_calendar() -> None:
    assert due(berlin_winter(16, 18), 2 * DAY, OFFICE, business=False) == berlin_winter(18, 18)


def test_opening_hours_hold_their_start_and_not_their_end() -> None:
    assert is_open(berlin_winter(12, 9), OFFICE)
    assert not is_open(berlin_winter(12, 17), OFFICE)
    assert not is_open(berlin_winter(17, 12), OFFICE)


def test_a_country_brings_its_own_weekend_and_a_region_its_own_holidays() -> None:
    assert closed_days("SA", 2026)[1] == frozenset({4, 5})
    epiphany = date(2026, 1, 6)
    assert epiphany in closed_days("DE-BY", 2026)[0]
    assert epiphany not in closed_days("DE", 2026)[0]


@pytest.mark.parametrize("place", ["ZZ", "DE-ZZ", "Germany?"])
def test_an_unknown_country_is_refused(place: str) -> None:
    with pytest.raises(ValueError, match="no holidays are known"):
        closed_days(place, 2026)


@given(
    st.datetimes(min_value=datetime(2026, 1, 1), max_value=datetime(2030, 1, 1)),  # noqa: DTZ001
    st.integers(min_value=0, max_value=40),
    st.integers(min_value=1, max_value=600),
)
def test_a_due_moment_lies_in_office_time_and_never_before_its_start(
    start: datetime, days: int, minutes: int
) -> None:
    begun = start.replace(tzinfo=UTC)
    end = due(begun, timedelta(days=days, minutes=minutes), OFFICE)
    local = end.astimezone(tz=None)
    assert end > begun
    assert is_open(end - timedelta(seconds=1), OFFICE) or is_open(end, OFFICE), local


def test_office_hours_default_to_a_plain_week() -> None:
    plain = OfficeHours()
    assert (plain.opens, plain.closes, plain.weekend) == (time(9), time(17), frozenset({5, 6}))


BERLIN = OfficeHours(zone="Europe/Berlin", closed=frozenset({date(2026, 4, 3), date(2026, 4, 6)}))


@pytest.mark.parametrize(
    ("start", "length", "end"),
    [
        ("2026-01-31 10:00", "1 month", "2026-02-28 10:00"),
        ("2026-03-02 09:00", "6 months", "2026-09-02 09:00"),
        ("2028-02-29 09:00", "1 year", "2029-02-28 09:00"),
        ("2026-11-30 09:00", "1 quarter", "2027-02-28 09:00"),
        ("2026-03-01 09:00", "90 days", "2026-05-30 10:00"),
        ("2026-04-02 16:00", "2 business hours", "2026-04-07 10:00"),
        ("2026-04-02 16:00", "1 business day", "2026-04-07 16:00"),
    ],
)
def test_a_length_of_time_is_added_as_it_is_said(start: str, length: str, end: str) -> None:
    """R1.4: months keep the day and the time of day where the programme is; days count hours, not clocks."""
    assert after(_berlin(start), duration(length), BERLIN) == _berlin(end)


@pytest.mark.parametrize(
    ("end", "length", "start"),
    [
        ("2026-03-31 10:00", "1 month", "2026-02-28 10:00"),
        ("2026-04-07 10:00", "2 business hours", "2026-04-02 16:00"),
        ("2026-04-07 16:00", "1 business day", "2026-04-02 16:00"),
        ("2026-04-05 12:00", "1 business day", "2026-04-01 17:00"),
        ("2026-05-30 10:00", "90 days", "2026-03-01 09:00"),
    ],
)
def test_a_reminder_comes_the_same_length_of_time_ahead(end: str, length: str, start: str) -> None:
    """R1.4."""
    assert before(_berlin(end), duration(length), BERLIN) == _berlin(start)


def _berlin(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo("Europe/Berlin"))


def test_a_day_is_looked_back_by_days_months_or_office_days() -> None:
    """Good Friday of 2026 is 3 April, Easter Monday the 6th."""
    assert day_before(date(2026, 4, 8), duration("5 days"), OFFICE) == date(2026, 4, 3)
    assert day_before(date(2026, 3, 31), duration("1 month"), OFFICE) == date(2026, 2, 28)
    assert day_before(date(2026, 4, 8), duration("2 business days"), OFFICE) == date(2026, 4, 2)
    assert day_before(date(2026, 4, 8), duration("4 business hours"), OFFICE) == date(2026, 4, 8)
