"""A story's times: what is no time a story is told of is a fault, and nothing overflows."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from connector.policy.model import OfficeHours
from connector.scenario.times import Clock

CLOCK = Clock(datetime(2026, 3, 2, 8, tzinfo=UTC), ZoneInfo("Europe/Berlin"))


@pytest.mark.parametrize(
    "text", ["0001-01-01 00:00", "9999-12-31 23:59", "+999999 weeks", "-999999 weeks", "2026-02-30"]
)
def test_a_time_out_of_the_calendar_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"between|day"):
        CLOCK.moment(text)
    with pytest.raises(ValueError, match=r"between|day"):
        CLOCK.day(text[:10] if text[0] not in "+-" else text)


@pytest.mark.parametrize(
    ("text", "instant"),
    [
        ("2026-03-02 10:00", datetime(2026, 3, 2, 9, tzinfo=UTC)),
        ("2026-03-02T10:00", datetime(2026, 3, 2, 9, tzinfo=UTC)),
        ("2026-03-02T09:00Z", datetime(2026, 3, 2, 9, tzinfo=UTC)),
        ("2026-03-02T17:00:30+08:00", datetime(2026, 3, 2, 9, 0, 30, tzinfo=UTC)),
        ("2026-03-02 10:00 +01:00", datetime(2026, 3, 2, 9, tzinfo=UTC)),
    ],
)
def test_a_time_may_bear_a_zone_of_its_own(text: str, instant: datetime) -> None:
    assert CLOCK.moment(text) == instant
    assert CLOCK.within(text)[1] - instant == timedelta(seconds=1 if ":30" in text else 60)


@pytest.mark.parametrize(
    ("text", "instant"),
    [
        ("+3 business days", datetime(2026, 4, 8, 7, tzinfo=UTC)),  # past the week-end and a holiday
        ("+1 business day 2 hours", datetime(2026, 4, 3, 9, tzinfo=UTC)),
        ("-1 business day", datetime(2026, 4, 1, 7, tzinfo=UTC)),
    ],
)
def test_business_days_are_those_of_the_programme(text: str, instant: datetime) -> None:
    office = OfficeHours(zone="Europe/Berlin", closed=frozenset({date(2026, 4, 6)}))
    clock = Clock(datetime(2026, 4, 2, 7, tzinfo=UTC), ZoneInfo("Europe/Berlin"), office)
    assert clock.moment(text) == instant


@pytest.mark.parametrize(
    "text", ["+3 business days and more", "+ business days", "2026-03-02T10", "2026-03-02 10:00 CET"]
)
def test_a_time_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="write"):
        CLOCK.moment(text)
