"""R4.2, R4.3: whose leads, notes and contact volume a role sees."""

import pytest

from connector.canonical.fact import Fact, FactKind
from connector.canonical.kind import Kind
from connector.canonical.time import at
from connector.rules.docket import MemoryDocket
from connector.rules.warehouse.roles import sees
from connector.scenario.records import Records
from connector.scenario.world import World
from tests.support.builders import START, firm, seller
from tests.support.channel import shipped

AGENCY, OTHER = firm(1), firm(2)
BOSS = seller(1, AGENCY, name="王总", role="渠道商")
DIRECTOR = seller(8, role="渠道总监")
HEAD = seller(7, role="销售主管")
MANAGER = seller(9, role="渠道经理", zone="华北")
LEADER = seller(2, AGENCY, role="渠道销售", manager=HEAD.id, zone="华北")
SELLER = seller(3, AGENCY, role="渠道销售", manager=LEADER.id, zone="华东")
RIVAL = seller(4, OTHER, role="渠道销售", zone="华北")
PEOPLE = (BOSS, DIRECTOR, HEAD, MANAGER, LEADER, SELLER, RIVAL)


@pytest.mark.parametrize(
    ("viewer", "seen"),
    [
        (BOSS, {BOSS, LEADER, SELLER}),  # a firm's role: the users of its firm
        (SELLER, {SELLER}),
        (HEAD, {HEAD, LEADER, SELLER}),  # whoever reports to the supervisor, at any remove
        (MANAGER, {MANAGER, LEADER, RIVAL}),  # everybody in the zone
        (DIRECTOR, set(PEOPLE)),
    ],
)
def test_a_role_sees_what_its_row_says_and_no_more(viewer: object, seen: set[object]) -> None:
    records = Records()
    for record in (AGENCY, OTHER, *PEOPLE):
        records.put(record)
    fact = Fact(kind=FactKind.TICK, subject=Kind.LEAD, record=BOSS.id, when=at(START))
    world = World(fact, MemoryDocket(), records)
    terms = shipped("lead_warehouse").warehouse
    assert terms is not None
    assert {each for each in PEOPLE if sees(viewer, each, terms, world.person)} == seen  # type: ignore[arg-type]


def test_managers_in_a_circle_end_the_search() -> None:
    one, two = seller(1, AGENCY, manager=seller(2).id), seller(2, AGENCY, manager=seller(1).id)
    records = Records()
    records.put(one)
    records.put(two)
    world = World(
        Fact(kind=FactKind.TICK, subject=Kind.LEAD, record=one.id, when=at(START)), MemoryDocket(), records
    )
    terms = shipped("lead_warehouse").warehouse
    assert terms is not None
    assert not sees(HEAD, one, terms, world.person)
