"""R1.4: a window that ends is extended unasked: how often, by how much, and for whom not."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from connector.canonical.docket import RegistrationEntry, RegistrationState
from connector.canonical.fact import FactKind
from connector.canonical.kind import Kind
from connector.canonical.time import at
from connector.policy.choosing import Choice, ConditionFailed, Option
from connector.policy.duration import Duration
from connector.policy.model import Policy
from connector.policy.windows import Extension
from connector.rules.lengthening import comes_by_itself, is_active, length, new_end
from tests.support.builders import START, activity, after, filing, ident
from tests.support.channel import filings_policy, shipped
from tests.support.world import World
from tests.unit.rules.cases import ANNA, CARLA, NORD, acted, one, world

MONTH, WEEK = Duration(length=timedelta(days=30)), Duration(length=timedelta(days=7))
BEGAN = after(days=-90)


class When:
    """A condition that holds of the second extension, or that nobody can answer."""

    source = "extension == 2"

    def __init__(self, *, fails: bool = False) -> None:
        self.fails = fails

    def holds(self, circumstances: Any) -> bool:
        if self.fails:
            raise ConditionFailed("amount")
        return bool(circumstances["extension"] == 2)


def row(value: Any, when: When | None = None) -> Option[Any]:
    return Option[Any](when=when, value=value)


def policy(**given: Any) -> Policy:
    base = {"times": 2, "by": one(MONTH)}
    terms = shipped("deal_registration").registrations
    assert terms is not None
    return filings_policy(
        protection=terms.protection.model_copy(update={"extend": Extension(**(base | given))})
    )


def ending(**given: Any) -> RegistrationEntry:
    """A window that ends at the start of the story."""
    base = {
        "registration": ident("a01", 1), "firm": NORD.id, "filed": at(BEGAN), "state": RegistrationState.APPROVED,
        "protected_from": BEGAN, "protected_until": START,
    }  # fmt: skip
    return RegistrationEntry(**(base | given))


def seen(*records: Any, **given: Any) -> World:
    fact = acted(FactKind.TICK, Kind.REGISTRATION, ident("a01", 1))
    return world(filing(1, ANNA, evidence=(), **given), *records, fact=fact)


@pytest.mark.parametrize(("had", "again"), [(0, True), (1, True), (2, False)])
def test_a_window_is_extended_so_often_as_the_policy_says(had: int, *, again: bool) -> None:
    assert comes_by_itself(ending(extensions=had), policy(), seen()) is again


def test_what_is_not_to_be_extended_has_no_window_or_no_length_is_not() -> None:
    assert not comes_by_itself(ending(), policy(), seen(do_not_extend=True))
    assert not comes_by_itself(ending(protected_until=None), policy(), seen())
    assert not comes_by_itself(ending(), policy(by=Choice[Duration]()), seen())
    assert not comes_by_itself(ending(), policy().model_copy(update={"registrations": None}), seen())
    assert not comes_by_itself(ending(protected_until=after(days=-30)), policy(), seen())
    assert comes_by_itself(ending(protected_until=after(days=-30, seconds=1)), policy(), seen())


@pytest.mark.parametrize(
    ("rows", "extended"),
    [
        ((row(value=True),), True),
        ((row(value=False),), False),
        ((row(when=When(), value=True), row(value=False)), False),
        ((row(when=When(fails=True), value=True), row(value=True)), False),
    ],
)
def test_whether_it_comes_by_itself_is_the_policys_to_say_and_what_cannot_be_judged_extends_nothing(
    rows: tuple[Option[Any], ...], *, extended: bool
) -> None:
    """Law 8."""
    asked = policy(by_itself=Choice[bool](options=rows))
    assert comes_by_itself(ending(), asked, seen()) is extended


def test_it_may_come_by_itself_at_the_second_end_alone() -> None:
    rows = (row(when=When(), value=True), row(value=False))
    asked = policy(by_itself=Choice[bool](options=rows))
    assert [comes_by_itself(ending(extensions=had), asked, seen()) for had in (0, 1)] == [False, True]


@pytest.mark.parametrize(
    ("signs", "active"),
    [
        ((), False),
        ((activity(1, ident("a01", 1), ANNA, after(days=-7)),), True),
        ((activity(1, ident("a01", 1), ANNA, after(days=-7, seconds=-1)),), False),
        ((activity(1, ident("a01", 1), CARLA, after(days=-1)),), False),
        ((activity(1, ident("a01", 1), ANNA, after(seconds=1)),), False),
    ],
)
def test_an_extension_may_need_the_partners_activity_since_so_long(
    signs: tuple[Any, ...], *, active: bool
) -> None:
    asked = policy(activity_within=WEEK)
    assert is_active(ending(), asked, seen(*signs)) is active
    assert comes_by_itself(ending(), asked, seen(*signs)) is active


@pytest.mark.parametrize("within", [None, Duration()])
def test_where_no_activity_is_asked_for_everybody_is_active(within: Duration | None) -> None:
    assert is_active(ending(), policy(activity_within=within), seen())
    assert is_active(ending(), policy().model_copy(update={"registrations": None}), seen())


@pytest.mark.parametrize(
    ("rows", "extensions", "end"),
    [
        ((row(MONTH),), 0, after(days=30)),
        ((row(WEEK, When()), row(MONTH)), 0, after(days=30)),
        ((row(WEEK, When()), row(MONTH)), 1, after(days=7)),
        ((row(WEEK, When(fails=True)), row(MONTH)), 0, after(days=30)),
        ((row(WEEK, When(fails=True)),), 0, START),
        ((row(WEEK, When()),), 0, START),
    ],
)
def test_the_new_end_is_by_the_row_that_holds_and_where_nobody_can_say_by_the_one_for_all(
    rows: tuple[Option[Any], ...], extensions: int, end: datetime
) -> None:
    asked = policy(by=Choice[Duration](options=rows))
    assert new_end(ending(extensions=extensions), asked, seen()) == end


def test_a_length_of_which_nobody_can_say_is_no_length() -> None:
    asked = policy(by=Choice[Duration](options=(row(WEEK, When(fails=True)), row(MONTH))))
    with pytest.raises(ConditionFailed):
        length(ending(), asked, seen())
    assert not comes_by_itself(ending(), asked, seen())
    assert length(ending(), policy(), seen()) == MONTH
    assert length(ending(), policy().model_copy(update={"registrations": None}), seen()) is None


@pytest.mark.parametrize("without", [{"protected_from": None}, {"protected_until": None}], ids=str)
def test_what_has_no_window_cannot_be_made_longer(without: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="has no window to extend"):
        new_end(ending(**without), policy(), seen())
