"""R3.6, R4.2, R4.8: a lead in the hands of one after another: whose duty goes on, and who holds it no more."""

from datetime import timedelta
from typing import Any

import pytest

from connector.canonical.credit import CreditEntry
from connector.canonical.docket import ClaimEntry, ClaimState
from connector.canonical.fact import FactKind
from connector.canonical.kind import Kind
from connector.canonical.records import Person
from connector.canonical.time import at
from connector.policy import calendar
from connector.policy.warehouse import Track
from connector.rules.case import ClaimCase
from connector.rules.claims import claimed
from connector.rules.warehouse.holding import ENTERED, TRANSFERRED
from connector.rules.warehouse.illegal import Collision, credit_move
from connector.rules.warehouse.leaving import work_by
from tests.support.builders import START, after, ident, lead, seller
from tests.support.channel import claims_policy, shipped
from tests.unit.rules.cases import ANNA, CARLA, NORD, SUED, acted, world

LEAD = lead(1, ANNA)
POLICY = shipped("lead_warehouse")
MIA = seller(8)


def claim(by: Person, days: float = 0, lead_: Any = LEAD, **given: Any) -> ClaimEntry:
    base = {"firm": by.firm or by.id, "track": "new", "came": ENTERED, "opened": at(after(days=days))}
    return ClaimEntry(**({"lead": lead_.id, "holder": by.id} | base | given))


def case(*others: ClaimEntry, keeps: bool = True, **given: Any) -> ClaimCase:
    """Anna has the lead from Carla, at the start of the story; a new lead is to be worked within five days."""
    assert POLICY.warehouse is not None
    assert POLICY.claims is not None
    tracks = {"new": Track(work_within=timedelta(days=5)), "renewal": Track()}
    update = {"tracks": tracks, "transfer_keeps_work_by": keeps}
    policy = POLICY.model_copy(update={"warehouse": POLICY.warehouse.model_copy(update=update)})
    mine = claim(ANNA, **({"came": TRANSFERRED, "taken_from": CARLA.id} | given))
    fact = acted(FactKind.CLAIMED, Kind.LEAD, LEAD.id)
    return ClaimCase(
        fact=fact, world=world(LEAD, docket=(mine, *others), fact=fact), policy=policy, partner=NORD, person=ANNA,
        circumstances={}, lead=LEAD, entry=mine, terms=POLICY.claims,
    )  # fmt: skip


SOON = {"work_by": after(days=2)}


@pytest.mark.parametrize(
    ("before", "days"),
    [
        (claim(CARLA, -3, **SOON), 2),
        (
            claim(CARLA, -3, state=ClaimState.TRANSFERRED, closed_at=START, **SOON),
            2,
        ),  # ended in this very second
        (claim(CARLA, -3, state=ClaimState.WORKED, **SOON), 5),  # there is no duty left to pass on
        (claim(CARLA, -3), 5),
        (claim(CARLA, -3, work_by=START), 5),  # over already
        (claim(MIA, -3, **SOON), 5),  # not from whom the lead came
    ],
)
def test_a_transfer_does_not_begin_the_duty_anew(before: ClaimEntry, days: float) -> None:
    assert work_by(case(before)) == after(days=days)
    assert work_by(case(before, keeps=False)) == after(days=5)
    assert work_by(case(before, came=ENTERED)) == after(days=5)


def test_of_several_holdings_of_whoever_passed_it_on_the_newest_counts() -> None:
    first = claim(CARLA, -9, state=ClaimState.TRANSFERRED, work_by=after(days=1))
    assert work_by(case(first, claim(CARLA, -3, **SOON))) == after(days=2)


def test_a_track_without_a_duty_of_its_own_has_the_programmes() -> None:
    made = case(track="renewal", came=ENTERED)
    assert made.terms.work_within is not None
    assert work_by(made) == calendar.after(START, made.terms.work_within, made.policy.office_hours)


@pytest.mark.parametrize(("days", "ends"), [(-1, True), (1, False)])
def test_a_lead_that_comes_back_to_its_holder_is_held_no_more_by_whoever_had_it_between(
    days: float, *, ends: bool
) -> None:
    """The first claim never ended: it stands as it was."""
    own, between = claim(ANNA, -3, came="", track=""), claim(CARLA, days, came="", track="")
    fact = acted(FactKind.CLAIMED, Kind.LEAD, LEAD.id, value=ANNA.id, actor=CARLA.id)
    decision = claimed(fact, world(LEAD, docket=(own, between), fact=fact), claims_policy())
    gone = between.model_copy(update={"state": ClaimState.TRANSFERRED, "closed_at": START})
    assert decision.entries == ((gone,) if ends else ())
    assert (decision.verdict, decision.desired) == (None, ())


def test_who_has_no_account_is_named_by_the_record_where_a_credit_moves() -> None:
    sold = lead(2, CARLA, converted=True, converted_opportunity=ident("006", 1))
    first, later = claim(MIA, -9), claim(CARLA, -3, sold)
    credit = CreditEntry(record=ident("006", 1), firm=SUED.id, since=START, through=sold.id)
    fact = acted(FactKind.ENTERED, Kind.LEAD, sold.id)
    seen = world(LEAD, sold, MIA, docket=(credit, first, later), fact=fact)
    made = Collision(fact=fact, world=seen, policy=POLICY, earlier=first, later=later, evidence="x")
    (found,) = credit_move(made)
    assert (found.params["winner"], found.params["loser"]) == (MIA.id, SUED.name)
    assert [(each.field, each.record) for each in found.exhibits] == [
        ("held_since", LEAD.id),
        ("entered_at", sold.id),
        ("credit", ident("006", 1)),
    ]
