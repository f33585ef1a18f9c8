from __future__ import annotations

from datetime import UTC, datetime

import pytest

from connector.ports.org import BudgetSpent
from connector.salesforce.meter import Meter, OrgClock


class Ticks:
    def __init__(self) -> None:
        self.at = 0.0

    def __call__(self) -> float:
        return self.at


def test_the_orgs_clock_runs_on_between_answers() -> None:
    ticks = Ticks()
    clock = OrgClock(ticks)
    assert clock.now() is None
    clock.note("Sat, 21 Nov 2026 12:00:00 GMT")
    ticks.at = 7.5
    assert clock.now() == datetime(2026, 11, 21, 12, 0, 7, 500_000, tzinfo=UTC)


def test_a_header_cut_to_the_second_does_not_turn_the_clock_back() -> None:
    ticks = Ticks()
    clock = OrgClock(ticks)
    clock.note("Sat, 21 Nov 2026 12:00:00 GMT")
    ticks.at = 0.9
    clock.note("Sat, 21 Nov 2026 12:00:00 GMT")
    assert clock.now() == datetime(2026, 11, 21, 12, 0, 0, 900_000, tzinfo=UTC)


@pytest.mark.parametrize("header", ["Sat, 21 Nov 2026 11:00:00 GMT", "Sat, 21 Nov 2026 13:00:00 GMT"])
def test_a_clock_that_was_set_is_followed(header: str) -> None:
    clock = OrgClock(Ticks())
    clock.note("Sat, 21 Nov 2026 12:00:00 GMT")
    clock.note(header)
    now = clock.now()
    assert now is not None
    assert now.strftime("%H:%M") in header


def test_an_unreadable_date_is_ignored() -> None:
    clock = OrgClock(Ticks())
    clock.note("yesterday")
    assert clock.now() is None


def test_the_orgs_own_count_is_read_even_beside_an_apps_count() -> None:
    meter = Meter(0.5)
    meter.note("per-app-api-usage=17/250(appName=x), api-usage=18/15000")
    budget = meter.budget()
    assert (budget.used, budget.limit) == (18, 15000)


def test_our_share_is_ours_and_no_more() -> None:
    """The budget bounds what we take of an org that others use too (law 21)."""
    meter = Meter(0.1)
    meter.note("api-usage=5/30")
    for _ in range(3):
        meter.spend("query")
    assert meter.budget().spent()
    with pytest.raises(BudgetSpent, match="paused: budget"):
        meter.spend("query")
    assert meter.budget().own_calls == 3
    assert meter.budget().calls == {"query": 3}


def test_calls_older_than_a_day_are_forgotten() -> None:
    ticks = Ticks()
    meter = Meter(0.1, ticks)
    meter.note("api-usage=5/10")
    meter.spend("query")
    ticks.at = 25 * 3600.0
    assert meter.budget().own_calls == 0
    meter.spend("query")
    assert meter.budget().own_calls == 1


def test_a_login_costs_no_api_call() -> None:
    meter = Meter(0.5)
    meter.free("login")
    assert meter.budget().own_calls == 0
    assert meter.budget().calls == {"login": 1}
