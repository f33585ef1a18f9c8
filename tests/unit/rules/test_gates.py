"""R2.13, R2.16: whom a gate holds back, and whom it only reminds."""

from decimal import Decimal

import pytest

from connector.canonical.fact import FactKind
from connector.canonical.kind import Kind
from connector.canonical.phrase import Phrase
from connector.canonical.records import Person, SignOff
from connector.canonical.verdict import Effect
from connector.policy.choosing import Then
from connector.policy.stages import SIGNED, Approver, Gate
from connector.rules.stages.case import deal_case
from connector.rules.stages.gates import manager_approval, weight
from tests.support.builders import LONG_AGO, deal, ident, seller
from tests.support.channel import shipped
from tests.unit.rules.cases import acted, world

HEAD, OTHER = seller(7), seller(8)
REP = seller(9, manager=HEAD.id)
LACKS = (Effect.ASK, Phrase.STAGE_MISSING)


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


@pytest.mark.parametrize(
    ("word", "by", "said"),
    [
        ("yes", HEAD, [(Effect.PASS, Phrase.STAGE_APPROVED)]),
        ("no", HEAD, [LACKS, (Effect.NOTE, Phrase.STAGE_PLAN_REFUSED)]),
        ("yes", OTHER, [LACKS, (Effect.NOTE, Phrase.STAGE_NOT_A_MANAGER)]),
        (
            "no",
            OTHER,
            [LACKS, (Effect.NOTE, Phrase.STAGE_NOT_A_MANAGER)],
        ),  # a no that does not count refuses nothing
        ("yes", REP, [LACKS, (Effect.NOTE, Phrase.STAGE_NOT_A_MANAGER)]),
        ("yes", None, [LACKS]),
    ],
)
def test_a_plan_is_approved_or_refused_by_a_manager_of_its_owner_alone(
    word: str, by: Person | None, said: list[tuple[Effect, str]]
) -> None:
    policy = shipped("staged_sales")
    need = next(iter(SIGNED))
    gate = Gate(needs=(need,), then=Then.REVIEW)
    assert policy.stages is not None
    terms = {"stages": {Decimal(2): gate}, "approvals": Approver.LINE_MANAGER}
    policy = policy.model_copy(update={"stages": policy.stages.model_copy(update=terms)})
    moved = deal(1, REP, stage=Decimal(2))
    row = SignOff(
        id=ident("a04", 1), created_at=LONG_AGO, changed_at=LONG_AGO, stamp=LONG_AGO, what=SIGNED[need], word=word,
        deal=moved.id, created_by=by.id if by else None,
    )  # fmt: skip
    fact = acted(FactKind.SIGNED, Kind.OPPORTUNITY, moved.id)
    seen = world(REP, HEAD, OTHER, moved, *([row] if by else []), fact=fact)
    case = deal_case(fact, seen, policy, moved, None, Decimal(1))
    assert [(each.effect, each.message) for each in manager_approval(case)] == said
