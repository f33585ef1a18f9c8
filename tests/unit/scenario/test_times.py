"""A story's times: what is no time a story is told of is a fault, and nothing overflows."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

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
