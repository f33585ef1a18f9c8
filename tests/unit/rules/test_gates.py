"""R2.13, R2.16: whom a gate holds back, and whom it only reminds."""

from decimal import Decimal

import pytest

from connector.canonical.fact import FactKind
from connector.canonical.kind import Kind
from connector.canonical.verdict import Effect
from connector.policy.choosing import Then
from connector.policy.stages import Gate
from connector.rules.stages.case import deal_case
from connector.rules.stages.gates import weight
from tests.support.builders import deal, seller
from tests.support.channel import shipped
from tests.unit.rules.cases import acted, world

REP = seller(9)


@pytest.mark.parametrize(
    ("before", "gate", "effect"),
    [
        ("1", 2, Effect.REFUSE),  # the first stage is one to go back to
        ("2", 4, Effect.REFUSE),
        ("4", 4, Effect.NOTE),  # it stood there already
        ("5", 4, Effect.NOTE),
        ("0", 2, Effect.NOTE),  # just opened: nowhere to go back to
        (None, 2, Effect.NOTE),  # nobody can say where it came from
    ],
)
def test_a_gate_holds_back_only_a_deal_that_comes_through_it_from_a_stage(
    before: str | None, gate: int, effect: Effect
) -> None:
    moved = deal(1, REP, stage=Decimal(5))
    fact = acted(FactKind.STAGE_MOVED, Kind.OPPORTUNITY, moved.id)
    stood = None if before is None else Decimal(before)
    case = deal_case(fact, world(REP, moved, fact=fact), shipped("staged_sales"), moved, None, stood)
    assert weight(case, Decimal(gate), Gate(then=Then.HOLD)) is effect


def test_a_gate_that_asks_asks_whoever_stands_behind_it() -> None:
    moved = deal(1, REP, stage=Decimal(5))
    fact = acted(FactKind.STAGE_MOVED, Kind.OPPORTUNITY, moved.id)
    case = deal_case(fact, world(REP, moved, fact=fact), shipped("staged_sales"), moved, None, Decimal(5))
    assert weight(case, Decimal(4), Gate(then=Then.REVIEW)) is Effect.ASK
