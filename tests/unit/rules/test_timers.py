"""R2.12, R2.17: by when a deal is looked at again, and what the customer promised for which day."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from connector.canonical.fact import FactKind
from connector.canonical.kind import Kind
from connector.canonical.phrase import Phrase
from connector.canonical.records import Activity, SignOff
from connector.canonical.staged import Plan, Proof, StageEntry
from connector.canonical.time import at
from connector.canonical.verdict import Exhibit
from connector.policy.stages import Every, Reviews
from connector.rules.stages.case import DealCase, deal_case
from connector.rules.stages.timers import due_days, late_payment, order_exception, review_due
from tests.support.builders import START, activity, after, deal, ident, seller
from tests.support.channel import shipped
from tests.unit.rules.cases import acted, world

REP = seller(9)
ALL = Reviews(plan=Every(days=30), revisit=Every(days=20), experts_ahead=Every(days=10))
TODAY = date(2026, 3, 2)
CALL = activity(1, ident("006", 1), REP, after(days=-6))


def word(what: str, days: float, said: str = "yes") -> SignOff:
    moment = after(days=days)
    return SignOff(
        id=ident("a04", int(-days)), created_at=moment, changed_at=moment, stamp=moment, what=what, word=said,
        deal=ident("006", 1), created_by=REP.id,
    )  # fmt: skip


def case(
    *there: SignOff | Activity, reviews: Reviews = ALL, adopted: float | None = None, **given: Any
) -> DealCase:
    """A deal made forty days ago."""
    policy = shipped("staged_sales")
    assert policy.stages is not None
    terms = {"reviews": reviews, "late_payment_after": timedelta(days=3)}
    policy = policy.model_copy(update={"stages": policy.stages.model_copy(update=terms)})
    base: dict[str, Any] = {"created_at": after(days=-40), "stage": Decimal(4)}
    mine = deal(1, REP, **(base | given))
    fact = acted(FactKind.TICK, Kind.OPPORTUNITY, mine.id, when=at(START))
    entry = None if adopted is None else StageEntry(deal=mine.id, adopted_at=after(days=adopted))
    return deal_case(fact, world(REP, mine, *there, fact=fact), policy, mine, entry, None)


def on(days: int) -> date:
    return TODAY + timedelta(days=days)


@pytest.mark.parametrize(
    ("there", "given", "due"),
    [
        ((), {}, on(-10)),
        ((), {"adopted": -25}, on(5)),  # taken over at go-live: nobody was late before
        ((word("plan_review", -7),), {}, on(23)),
        ((word("opportunity_plan", -9), word("account_plan", -8)), {}, on(22)),
        ((word("plan_review", -7, "no"),), {}, on(-10)),
        ((word("revisit", -7),), {}, on(-10)),
    ],
)
def test_a_plan_is_reviewed_so_long_after_the_last_time(
    there: tuple[Any, ...], given: dict[str, Any], due: date
) -> None:
    assert due_days(case(*there, **given))["deal_review"] == due


@pytest.mark.parametrize(
    ("there", "due"),
    [
        ((), on(-20)),
        ((word("revisit", -7),), on(13)),
        ((word("revisit", -7, "no"),), on(-20)),
        ((CALL,), on(14)),  # by the day on which it was logged …
        ((CALL.model_copy(update={"on": on(-9)}),), on(11)),  # … or its own
        ((CALL.model_copy(update={"on": on(4)}),), on(-20)),  # yet to come
    ],
)  # fmt: skip
def test_a_customer_is_seen_again_so_long_after_somebody_dealt_with_it(
    there: tuple[Any, ...], due: date
) -> None:
    assert due_days(case(*there))["deal_revisit"] == due


@pytest.mark.parametrize(
    ("given", "names"),
    [
        ({}, {"deal_review", "deal_revisit"}),
        ({"reviews": Reviews()}, set()),
        ({"plan": Plan(experts_needed=on(15))}, {"deal_review", "deal_revisit", "deal_experts"}),
        ({"plan": Plan(experts_needed=on(15), experts_asked=on(-1))}, {"deal_review", "deal_revisit"}),
        ({"proof": Proof(order_promised=on(1))}, {"deal_review", "deal_revisit", "deal_order"}),
        ({"proof": Proof(order_promised=on(1), order_received=on(0))}, {"deal_review", "deal_revisit"}),
        ({"closed": True, "proof": Proof(order_promised=on(1), payment_promised=on(2))}, {"deal_payment"}),
        ({"closed": True, "proof": Proof(payment_promised=on(2), payment_received=on(1))}, set()),
    ],
)
def test_what_is_done_or_not_asked_for_falls_due_on_no_day(given: dict[str, Any], names: set[str]) -> None:
    assert set(due_days(case(**given))) == names


def test_experts_are_asked_for_ahead_and_a_payment_has_its_grace() -> None:
    dues = due_days(case(plan=Plan(experts_needed=on(15)), proof=Proof(payment_promised=on(2))))
    assert (dues["deal_experts"], dues["deal_payment"]) == (on(5), on(5))


@pytest.mark.parametrize(
    ("needed", "overdue"), [(on(10), False), (on(9), True)]
)  # on the last day itself nobody is late
def test_what_is_overdue_is_said_from_the_day_after(needed: date, *, overdue: bool) -> None:
    only = Reviews(experts_ahead=Every(days=10))
    found = list(review_due(case(reviews=only, plan=Plan(experts_needed=needed))))
    assert [each.message for each in found] == ([Phrase.EXPERTS_OVERDUE] if overdue else [])
    for each in found:
        assert each.exhibits == (
            Exhibit(record=ident("006", 1), field="deal_experts", value=on(-1).isoformat()),
        )


@pytest.mark.parametrize(
    ("promised", "received", "phrase", "days"),
    [
        (on(-3), None, None, 0),
        (on(-4), None, Phrase.PAYMENT_LATE, 4),
        (on(-9), on(-5), Phrase.PAYMENT_CAME_LATE, 4),
        (on(-9), on(-6), None, 0),
        (on(-4), on(5), Phrase.PAYMENT_CAME_LATE, 4),  # no day that lies ahead counts
        (None, None, None, 0),
    ],
)
def test_a_payment_is_late_from_the_day_that_the_customer_promised(
    promised: date | None, received: date | None, phrase: Phrase | None, days: int
) -> None:
    found = list(late_payment(case(proof=Proof(payment_promised=promised, payment_received=received))))
    assert [(each.message, each.params["days"]) for each in found] == (
        [(phrase, str(days))] if phrase else []
    )


@pytest.mark.parametrize(
    ("proof", "phrases"),
    [
        (Proof(order_promised=on(0)), []),
        (Proof(order_promised=on(-1)), [Phrase.ORDER_LATE]),
        (Proof(order_promised=on(-1), trouble="shipping"), [Phrase.ORDER_TROUBLE, Phrase.ORDER_LATE]),
        (Proof(order_promised=on(-1), order_received=on(0)), []),
    ],
)
def test_an_order_that_does_not_come_as_promised_is_an_exception(proof: Proof, phrases: list[Phrase]) -> None:
    assert [each.message for each in order_exception(case(proof=proof))] == phrases
