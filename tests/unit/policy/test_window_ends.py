"""`ends_with`: a day before or after which a window ends, whichever of that and its length is earlier or later."""

from datetime import timedelta

import pytest

from connector.policy import load_policy
from connector.policy.windows import EndsWith, LastDay, Whichever

HEAD = "policy: acme\nversion: 1\nin_force: 2026-01-01\n"


def read(ends: str) -> EndsWith:
    policy, faults = load_policy(f"{HEAD}protection: {{lasts: 90 days, ends_with: {ends}}}\n", "policy.yaml")
    assert policy is not None, faults
    assert policy.registrations is not None
    found = policy.registrations.protection.ends_with
    assert found is not None
    return found


def test_a_window_may_end_before_a_day_and_with_the_later_of_two_ends() -> None:
    found = read("{day: close_by, minus: 5 business days, whichever: later}")
    assert (found.day, found.plus, found.whichever) == (LastDay.CLOSE_BY, None, Whichever.LATER)
    assert found.minus is not None
    assert (found.minus.length, found.minus.business) == (timedelta(days=5), True)
    assert read("{day: end_of_month}").whichever is Whichever.EARLIER


def test_a_window_may_follow_a_moved_close() -> None:
    assert read("{day: close_by, follows: true}").follows
    assert not read("{day: close_by}").follows


@pytest.mark.parametrize("window", ["", "lasts: 90 days, "])
def test_a_window_that_follows_has_a_last_end(window: str) -> None:
    later = ", whichever: later" if window else ""
    text = f"{HEAD}protection: {{{window}ends_with: {{day: close_by, follows: true{later}}}}}\n"
    policy, (fault,) = load_policy(text, "p.yaml")
    assert policy is None
    assert (fault.line, fault.where) == (4, "protection.ends_with.follows")
    assert "without a last end" in str(fault)


@pytest.mark.parametrize(
    ("ends", "column", "said"),
    [
        ("{day: close_by, plus: 2 days, minus: 3 days}", 78, "`minus` beside `plus`"),
        ("[{when: 'true', day: close_by, plus: 2 days, minus: 3 days}]", 93, "`minus` beside `plus`"),
        ("{day: end_of_month, follows: true}", 70, "`day: close_by`"),
        ("{day: close_by, whichever: latest}", 68, "later"),
        ("{day: close_by, minus: soon}", 64, "a span such as"),
    ],
)
def test_an_end_that_cannot_be_meant_is_said_with_its_place(ends: str, column: int, said: str) -> None:
    policy, (fault,) = load_policy(f"{HEAD}protection: {{lasts: 90 days, ends_with: {ends}}}\n", "p.yaml")
    assert policy is None
    assert (fault.line, fault.column) == (4, column), str(fault)
    assert said in str(fault)
