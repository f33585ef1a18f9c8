"""R2.11: when a go is asked for, whose word it is, and whom its absence holds back."""

from decimal import Decimal
from typing import Any

import pytest

from connector.canonical.fact import FactKind
from connector.canonical.kind import Kind
from connector.canonical.phrase import Phrase
from connector.canonical.records import Opportunity, Person, SignOff
from connector.canonical.verdict import Effect, Exhibit, Finding
from connector.policy.choosing import Then
from connector.policy.stages import Decided, GoNoGo
from connector.rules.stages.case import deal_case
from connector.rules.stages.going_on import go_no_go
from tests.support.builders import after, deal, ident, seller
from tests.support.channel import shipped
from tests.unit.rules.cases import ANNA, acted, one, world

REP = seller(9)


def word(number: int, said: str, by: Person = REP, what: str = "go_no_go") -> SignOff:
    """A word on the deal, said so many hours after the start."""
    moment = after(hours=number)
    return SignOff(
        id=ident("a04", number), created_at=moment, changed_at=moment, stamp=moment, what=what, word=said,
        deal=ident("006", 1), created_by=by.id,
    )  # fmt: skip


def asked(
    stage: str,
    before: str | None,
    *words: SignOff,
    then: Then = Then.HOLD,
    second: bool = False,
    **given: Any,
) -> list[Finding]:
    """What is asked of a deal at a stage that it has come to from another; a go is wanted before stage 3."""
    policy = shipped("staged_sales")
    assert policy.stages is not None
    wanted = Decided(before=Decimal(3), when=one(value=True), then=then)
    terms = GoNoGo(second=wanted) if second else GoNoGo(first=wanted)
    policy = policy.model_copy(update={"stages": policy.stages.model_copy(update={"go_no_go": terms})})
    moved: Opportunity = deal(1, REP, stage=Decimal(stage), **given)
    fact = acted(FactKind.STAGE_MOVED, Kind.OPPORTUNITY, moved.id)
    seen = world(REP, moved, *words, fact=fact)
    seen.now = after(days=1)
    case = deal_case(fact, seen, policy, moved, None, None if before is None else Decimal(before))
    return list(go_no_go(case))


@pytest.mark.parametrize(
    ("stage", "before", "then", "effect"),
    [
        ("2", "1", Then.HOLD, Effect.NOTE),  # right before the stage: said in time
        ("3", "2", Then.HOLD, Effect.REFUSE),
        ("4", "2", Then.HOLD, Effect.REFUSE),
        ("4", "3", Then.HOLD, Effect.NOTE),  # it was past the stage already
        ("3", "0", Then.HOLD, Effect.NOTE),  # just opened: nowhere to go back to
        ("3", None, Then.HOLD, Effect.NOTE),  # nobody can say where it came from
        ("3", "2", Then.REVIEW, Effect.ASK),
        ("4", "3", Then.REVIEW, Effect.ASK),
        ("2", "1", Then.REVIEW, Effect.NOTE),
        ("3", "2", Then.FLAG, Effect.NOTE),
    ],
)
def test_a_go_that_nobody_gave_holds_back_a_deal_that_comes_to_its_stage(
    stage: str, before: str | None, then: Then, effect: Effect
) -> None:
    (found,) = asked(stage, before, then=then)
    assert (found.effect, found.message, found.params) == (effect, Phrase.GO_WANTED, {"stage": "3"})
    assert found.exhibits == (Exhibit(record=ident("006", 1), field="go_no_go"),)


def test_nobody_is_asked_long_before_the_stage_nor_of_a_deal_that_is_closed() -> None:
    assert asked("1", "0") == []
    assert asked("4", "3", closed=True) == []


@pytest.mark.parametrize(
    ("words", "effect", "phrase", "shown"),
    [
        ((word(1, "yes"),), Effect.PASS, Phrase.GO_DECIDED, 1),
        ((word(1, "no"),), Effect.NOTE, Phrase.NO_GO_DECIDED, 1),
        ((word(1, "yes"), word(2, "no")), Effect.NOTE, Phrase.NO_GO_DECIDED, 2),  # the newest word stands
        ((word(1, "no"), word(2, "yes")), Effect.PASS, Phrase.GO_DECIDED, 2),
        (
            (word(1, "yes"), word(2, "no", ANNA)),
            Effect.PASS,
            Phrase.GO_DECIDED,
            1,
        ),  # a partner's word is none
    ],
)
def test_the_newest_word_of_our_own_people_decides(
    words: tuple[SignOff, ...], effect: Effect, phrase: Phrase, shown: int
) -> None:
    (found,) = asked("3", "2", *words)
    assert (found.effect, found.message) == (effect, phrase)
    assert [(each.record, each.field) for each in found.exhibits] == [(ident("a04", shown), "go_no_go")]


def test_the_second_decision_is_another_word() -> None:
    (found,) = asked("3", "2", word(1, "yes"), second=True)
    assert (found.effect, found.message) == (Effect.REFUSE, Phrase.SECOND_GO_WANTED)
    (given,) = asked("3", "2", word(1, "yes", what="second_go_no_go"), second=True)
    assert given.effect is Effect.PASS
