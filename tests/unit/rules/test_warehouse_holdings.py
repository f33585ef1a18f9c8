"""R4.2, R4.8, R4.10: what lies in one warehouse, in which zone, and whose it was when it turns out to be wrong."""

from typing import Any

import pytest

from connector.canonical.docket import ClaimEntry, ClaimState
from connector.canonical.fact import FactKind
from connector.canonical.kind import Kind
from connector.canonical.records import Lead, Person
from connector.canonical.time import at, instant_text
from connector.canonical.verdict import Effect, Exhibit, Outcome
from connector.policy.warehouse import Cause, EntryTerms
from connector.rules.warehouse.acts import claimed
from connector.rules.warehouse.holding import ENTERED, TRANSFERRED_IN, same_warehouse
from connector.rules.warehouse.illegal import Collision
from connector.rules.warehouse.sale import Sale, refused_sale
from connector.rules.warehouse.undoing import ruled
from connector.rules.warehouse.zones import zone_of
from tests.support.builders import after, firm, ident, lead, pool, seller, who
from tests.support.channel import shipped
from tests.unit.rules.cases import acted, world

POLICY = shipped("lead_warehouse")
assert POLICY.warehouse is not None
TERMS = POLICY.warehouse
NORTH, SOUTH = (
    firm(11, name="北方代理", territory=("China",)),
    firm(12, name="南方渠道", territory=("China",)),
)
LI, CHEN = seller(11, NORTH, role="渠道销售"), seller(12, SOUTH, role="渠道销售")
WANG, ZHAO = seller(13, NORTH, role="渠道商"), seller(14, NORTH, role="渠道商")
SUN = seller(15, NORTH, role="渠道销售")
GREAT = who("北京长城钻探有限公司", country="China", city="北京")


def held(by: Person, number: int = 1, days: float = 0, **given: Any) -> ClaimEntry:
    assert by.firm is not None
    base = {"role": by.role, "track": "new", "came": ENTERED}
    return ClaimEntry(
        lead=ident("00Q", number),
        holder=by.id,
        firm=by.firm,
        opened=at(after(days=days)),
        **(base | given),
    )


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (LI, LI, True),  # a role counted by person: one person's holdings
        (LI, SUN, False),
        (WANG, ZHAO, True),  # a role counted by firm
        (WANG, LI, False),  # one firm, two roles
        (LI, CHEN, False),
    ],
)
def test_a_warehouse_is_a_persons_or_where_the_role_is_counted_so_a_firms(
    one: Person, other: Person, *, same: bool
) -> None:
    assert same_warehouse(held(one, 1), held(other, 2), TERMS, world()) is same


def test_the_region_filled_in_says_the_zone_before_the_city_does() -> None:
    assert zone_of(lead(1, LI, GREAT), TERMS) == "华北"
    assert zone_of(lead(1, LI, GREAT, region="上海"), TERMS) == "华东"


def collision(number: int, earlier: Person, later: Person) -> Collision:
    """Leads 2n-1 and 2n are one customer, entered on two days."""
    first, second = 2 * number - 1, 2 * number
    leads = lead(first, earlier, GREAT), lead(second, later, GREAT)
    fact = acted(FactKind.ENTERED, Kind.LEAD, leads[1].id, when=at(after(days=9)))
    seen = world(NORTH, SOUTH, LI, CHEN, pool(1, "Entry_Desk"), *leads, fact=fact)
    return Collision(
        fact=fact, world=seen, policy=POLICY, earlier=held(earlier, first), later=held(later, second, 3), evidence="x",
    )  # fmt: skip


def test_both_holders_of_every_collision_that_one_fact_shows_are_told() -> None:
    decision = ruled([collision(1, LI, CHEN), collision(2, CHEN, LI)])
    assert decision is not None
    told = {(each.record, each.slot) for each in decision.desired if each.slot in ("verdict", "message")}
    lost, kept = (ident("00Q", 2), ident("00Q", 4)), (ident("00Q", 1), ident("00Q", 3))
    assert told == {*((each, slot) for each in lost for slot in ("verdict", "message")),
                    *((each, "message") for each in kept)}  # fmt: skip
    void = {each.lead for each in decision.entries if isinstance(each, ClaimEntry)}
    assert void == set(lost)


def test_what_was_refused_and_sold_is_the_holders_though_the_holding_has_ended_since() -> None:
    sold: Lead = lead(2, CHEN, GREAT, converted=True, converted_opportunity=ident("006", 1))
    there = held(LI, 1, state=ClaimState.CONVERTED, closed_at=after(days=5))
    lost = held(CHEN, 2, days=3, state=ClaimState.REVOKED, closed_at=after(days=3), lost_to=there.lead)
    fact = acted(FactKind.CONVERTED, Kind.LEAD, sold.id, when=at(after(days=6)))
    seen = world(NORTH, SOUTH, LI, CHEN, sold, docket=(there, lost), fact=fact)
    refused, moved = refused_sale(Sale(fact=fact, world=seen, policy=POLICY, lead=sold, claim=lost))
    assert refused.exhibits[0] == Exhibit(record=there.lead, field="held_since", value=instant_text(after()))
    assert (moved.params["winner"], moved.params["loser"]) == (NORTH.name, SOUTH.name)


def test_an_entry_heard_of_late_shows_a_transfer_in_after_it_to_be_wrong_and_its_own_verdict_says_why() -> (
    None
):
    easy = POLICY.model_copy(update={"warehouse": TERMS.model_copy(update={"entry": EntryTerms()})})
    mine, theirs = lead(1, LI, GREAT), lead(2, CHEN, GREAT)
    first, second = held(LI, 1), held(CHEN, 2, days=1, came=TRANSFERRED_IN)
    fact = acted(FactKind.CLAIMED, Kind.LEAD, mine.id, value=LI.id, actor=LI.id, late=True)
    there = (NORTH, SOUTH, LI, CHEN, pool(1, "Entry_Desk"), mine, theirs)
    decision = claimed(fact, world(*there, docket=(first, second), fact=fact), easy)
    assert decision.verdict is not None
    assert decision.verdict.outcome is Outcome.APPROVE
    assert decision.verdict.cause == Cause.ILLEGAL_TRANSFER_IN
    assert decision.verdict.supersedes == second.key
    told = [each for each in decision.verdict.findings if each.rule == "illegal_transfer_in"]
    assert told
    assert {(each.effect, each.desk) for each in told} == {(Effect.NOTE, True)}
    states = {each.holder: each.state for each in decision.entries if isinstance(each, ClaimEntry)}
    assert states == {LI.id: ClaimState.ACTIVE, CHEN.id: ClaimState.REVOKED}
