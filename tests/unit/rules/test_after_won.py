"""R0.5: a window that goes on for a customer's other deals once the registered one is won."""

from datetime import datetime
from typing import Any

import pytest

from connector.canonical.docket import LineWindow, RegistrationEntry, RegistrationState
from connector.canonical.time import at
from connector.policy import load_policy
from connector.policy.duration import Duration
from connector.policy.windows import AfterWon, Protection
from connector.rules.protection import going_on
from tests.support.builders import START, after, ident
from tests.support.channel import filings_policy
from tests.unit.rules.cases import NORD

END = after(days=10)


def won(terms: AfterWon, moment: datetime = START, **given: Any) -> RegistrationEntry:
    base = {
        "registration": ident("a01", 1),
        "firm": NORD.id,
        "filed": at(START),
        "state": RegistrationState.WON,
        "protected_from": after(days=-20),
        "protected_until": END,
    }
    policy = filings_policy(protection=Protection(after_won=terms))
    return going_on(RegistrationEntry(**(base | given)), policy, moment)


STAYS = AfterWon(stays=True)
MONTH = AfterWon(stays=True, lasts=Duration(length=after(days=30) - START))


@pytest.mark.parametrize(
    ("terms", "given", "until"),
    [
        (AfterWon(), {}, None),
        (STAYS, {}, END),
        (MONTH, {}, after(days=30)),
        (STAYS, {"moment": END}, None),
        (STAYS, {"moment": after(days=9)}, END),
        (MONTH, {"moment": END}, after(days=40)),
        (STAYS, {"protected_from": None}, None),
        (STAYS, {"unprotected": True}, None),
    ],
)
def test_it_goes_on_to_its_end_or_so_long_from_the_win(
    terms: AfterWon, given: dict[str, Any], until: datetime | None
) -> None:
    found = won(terms, **given)
    assert found.goes_on is (until is not None)
    assert found.state is RegistrationState.WON
    assert not found.open
    if until is not None:
        assert found.protected_until == until
        assert found.protects_at(after(seconds=-1, since=until))
        assert not found.protects_at(until)
    else:
        assert not found.protects_at(START)


def test_a_window_without_an_end_goes_on_without_one() -> None:
    assert won(STAYS, protected_until=None).protects_at(after(days=9_000))


def test_so_long_from_the_win_holds_for_every_line() -> None:
    line = LineWindow(line="Edge", lasts=after(days=1) - START, until=END)
    assert won(STAYS, line_windows=(line,)).line_windows == (line,)
    assert [each.until for each in won(MONTH, line_windows=(line,)).line_windows] == [after(days=30)]


def test_a_word_that_says_neither_is_a_fault_with_its_place() -> None:
    head = "policy: p\nversion: 1\nin_force: 2026-01-01\n"
    for word in ("ends", "stays", "90 days", "1 quarter"):
        policy, faults = load_policy(f"{head}protection: {{after_won: {word}}}\n", "policy.yaml")
        assert policy is not None, faults
    policy, faults = load_policy(f"{head}protection: {{after_won: stay}}\n", "policy.yaml")
    assert policy is None
    assert "policy.yaml:4:25: protection.after_won: found 'stay', expected `ends`, `stays`" in str(faults[0])
