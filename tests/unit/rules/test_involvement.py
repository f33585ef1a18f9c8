"""R0.3: whether somebody of the firm was there before the deal reached a stage, edge by edge."""

from decimal import Decimal

import pytest

from connector.canonical.phrase import Phrase
from connector.canonical.records import Activity, Opportunity, Person
from connector.canonical.verdict import Effect
from connector.policy.choosing import Then
from connector.policy.outcomes import InvolvedEarly
from connector.rules.involvement import involved_early
from tests.support.builders import activity, after, customer, deal, filing, ident, seller, someone
from tests.unit.rules.cases import ANNA, CARLA, filing_case, one, world

DIRK = seller(9)
CITY = customer(1, someone(1))
DEAL = ident("006", 1)


def stood(stage: str | None, since: float) -> Opportunity:
    """The deal as somebody saved it so many days after the start; made twenty days before it."""
    number = None if stage is None else Decimal(stage)
    moment = after(days=since)
    made = deal(1, DIRK, CITY, stage=number, created_at=after(days=-20))
    return made.model_copy(update={"changed_at": moment, "stamp": moment})


def called(days: float, by: Person = ANNA) -> Activity:
    return activity(1, DEAL, by, after(days=days))


def found(*records: Opportunity | Activity, then: Then = Then.REVIEW) -> list[tuple[Effect, str]]:
    """What the rule finds of Anna's filing, at the start of the story."""
    mine = filing(1, ANNA, someone(1), opportunity=DEAL)
    terms = {"involved_early": one(InvolvedEarly(activity_before_stage=Decimal(3), then=then))}
    case = filing_case(filing=mine, seen=world(DIRK, CITY, mine, *records), terms=terms)
    seen = list(involved_early(case))
    for each in seen:
        assert (each.exhibits[0].record, each.exhibits[0].field, each.params) == (
            DEAL,
            "stage",
            {"stage": "3"},
        )
    return [(each.effect, each.message) for each in seen]


ASKED = [(Effect.ASK, Phrase.NOT_INVOLVED_EARLY)]


@pytest.mark.parametrize(("stage", "asked"), [(None, []), ("2.5", []), ("3", ASKED), ("4", ASKED)])
def test_only_a_deal_that_has_reached_the_stage_is_asked_who_was_there(
    stage: str | None, asked: list[tuple[Effect, str]]
) -> None:
    assert found(stood(stage, -20)) == asked


@pytest.mark.parametrize(
    ("call", "asked"),
    [
        (called(-9), []),  # at stage 2
        (called(-9, CARLA), ASKED),  # somebody else's
        (called(-5), ASKED),  # in the second in which it was already at 3
        (called(-21), []),  # before there was a deal
        (called(-4), ASKED),
    ],
)
def test_an_activity_counts_from_before_the_step_over_the_stage(
    call: Activity, asked: list[tuple[Effect, str]]
) -> None:
    assert found(call, stood("2", -20), stood("3", -5)) == asked


def test_what_the_mirror_does_not_know_from_then_proves_nothing() -> None:
    """The deal is first seen at stage 4; at the activity it may have been anywhere."""
    assert found(called(-10), stood("4", -2)) == ASKED
    assert found(called(-20), stood("4", -2)) == ASKED  # in the second in which it was made
    assert found(called(-10), stood(None, -20), stood("4", -2)) == ASKED


def test_where_nothing_follows_nothing_is_said() -> None:
    assert found(stood("4", -20), then=Then.IGNORE) == []


def test_a_firm_that_came_late_may_be_refused() -> None:
    assert found(stood("4", -20), then=Then.REJECT) == [(Effect.REFUSE, Phrase.NOT_INVOLVED_EARLY)]
