"""R4.11: no scan, no first review; no second review of what did not pass the first; after a return all of it anew."""

from datetime import datetime
from typing import Any

import pytest

from connector.canonical.fact import FactKind
from connector.canonical.form_number import form_number
from connector.canonical.orders import OrderReview
from connector.canonical.phrase import Phrase
from connector.canonical.time import instant_text
from connector.canonical.verdict import Effect, Exhibit, Finding
from connector.rules.orders.life import admitted
from connector.rules.orders.reviews import FIRST, first, returned, scan, second
from tests.support.builders import START, after, ident, seller
from tests.unit.rules.cases import order_case, world

LATER = after(days=1)
CLERK, DESK = seller(1), seller(2)
ORDER = ident("801", 1)
SCANNED: dict[str, Any] = {"scan": "9f86", "scan_at": after(hours=1)}
FIRST_PASS = {
    "first_review": OrderReview.PASS,
    "first_reviewed_at": after(hours=2),
    "first_reviewed_by": CLERK.id,
}
SECOND_PASS = {
    "second_review": OrderReview.PASS,
    "second_reviewed_at": after(hours=3),
    "second_reviewed_by": DESK.id,
}
ALL = SCANNED | FIRST_PASS | SECOND_PASS
PASSED = Finding(rule=FIRST, effect=Effect.PASS, message=Phrase.ORDER_FIRST_REVIEWED)


def unfit(field: str) -> Finding:
    return Finding(
        rule="order_reviewers", effect=Effect.LACK, message=Phrase.ORDER_REVIEWER_SAME,
        exhibits=(Exhibit(record=ORDER, field=field, value=CLERK.id),),
    )  # fmt: skip


def said(
    rule: Any, given: dict[str, Any], *found: Finding, back: float | None = None
) -> list[tuple[str, str]]:
    """What a rule says of an order that was last sent back so many hours after the start."""
    entry = {} if back is None else {"returned_at": after(hours=back)}
    answers = list(rule(order_case(found=found, entry=entry, **given)))
    assert {each.record for answer in answers for each in answer.exhibits} <= {ORDER}
    assert all(answer.exhibits for answer in answers)
    return [(answer.effect.value, answer.message) for answer in answers]


@pytest.mark.parametrize(
    ("given", "found", "back", "answer"),
    [
        (ALL, (), None, [("pass", Phrase.ORDER_FIRST_REVIEWED)]),
        (SCANNED, (), None, [("lack", Phrase.ORDER_FIRST_REVIEW_OPEN)]),
        (ALL | {"first_review": OrderReview.RETURN}, (), None, [("lack", Phrase.ORDER_FIRST_REVIEW_OPEN)]),
        (ALL | {"scan": ""}, (), None, [("lack", Phrase.ORDER_REVIEW_WITHOUT_SCAN)]),
        (ALL | {"scan_at": None}, (), None, [("lack", Phrase.ORDER_REVIEW_WITHOUT_SCAN)]),
        (ALL | {"scan_at": after(hours=2.5)}, (), None, [("lack", Phrase.ORDER_REVIEW_WITHOUT_SCAN)]),
        (ALL | {"scan_at": after(hours=2)}, (), None, [("pass", Phrase.ORDER_FIRST_REVIEWED)]),
        (ALL, (unfit("first_reviewed_by"),), None, []),  # said already
        (ALL, (unfit("second_reviewed_by"),), None, [("pass", Phrase.ORDER_FIRST_REVIEWED)]),
        (ALL, (), 2, [("lack", Phrase.ORDER_FIRST_REVIEW_OPEN)]),  # reviewed, and sent back with that
        (ALL, (), 1.5, [("pass", Phrase.ORDER_FIRST_REVIEWED)]),
    ],
)
def test_a_first_review_stands_on_a_scan_and_after_the_last_return(
    given: dict[str, Any], found: tuple[Finding, ...], back: float | None, answer: list[tuple[str, str]]
) -> None:
    assert said(first, given, *found, back=back) == answer


@pytest.mark.parametrize(
    ("given", "found", "back", "answer"),
    [
        (ALL, (PASSED,), None, [("pass", Phrase.ORDER_SECOND_REVIEWED)]),
        (SCANNED | FIRST_PASS, (PASSED,), None, [("lack", Phrase.ORDER_SECOND_REVIEW_OPEN)]),
        (ALL, (), None, [("lack", Phrase.ORDER_SECOND_BEFORE_FIRST)]),
        (ALL | {"first_reviewed_at": after(hours=4)}, (PASSED,), None, [("lack", Phrase.ORDER_SECOND_BEFORE_FIRST)]),
        (ALL | {"first_reviewed_at": after(hours=3)}, (PASSED,), None, [("pass", Phrase.ORDER_SECOND_REVIEWED)]),
        (ALL | {"second_reviewed_at": None}, (PASSED,), None, [("lack", Phrase.ORDER_SECOND_BEFORE_FIRST)]),
        (ALL, (PASSED, unfit("second_reviewed_by")), None, []),
        (ALL, (PASSED,), 3, [("lack", Phrase.ORDER_SECOND_REVIEW_OPEN)]),
    ],
)  # fmt: skip
def test_a_second_review_follows_a_first_that_passed(
    given: dict[str, Any], found: tuple[Finding, ...], back: float | None, answer: list[tuple[str, str]]
) -> None:
    assert said(second, given, *found, back=back) == answer


@pytest.mark.parametrize(
    ("given", "back", "scans", "returns"),
    [
        (ALL, None, [("pass", Phrase.ORDER_SCANNED)], []),
        ({}, None, [("lack", Phrase.ORDER_SCAN_ABSENT)], []),
        (ALL, 4, [], [("lack", Phrase.ORDER_RETURNED)]),
        (ALL, 1, [], [("lack", Phrase.ORDER_RETURNED)]),  # that very scan was sent back
        (ALL, 0.5, [("pass", Phrase.ORDER_SCANNED)], []),
        (ALL | {"scan_at": None}, 4, [], [("lack", Phrase.ORDER_RETURNED)]),
    ],
)
def test_what_was_sent_back_wants_a_new_scan(
    given: dict[str, Any], back: float | None, scans: list[tuple[str, str]], returns: list[tuple[str, str]]
) -> None:
    assert said(scan, given, back=back) == scans
    assert said(returned, given | {"return_reason": "stamp"}, back=back) == returns


def test_a_return_is_told_with_its_day_and_its_reason() -> None:
    (found,) = returned(
        order_case(entry={"returned_at": after(hours=4)}, return_reason="No stamp", **SCANNED)
    )
    assert found.params == {"since": instant_text(after(hours=4)), "why": "No stamp"}


@pytest.mark.parametrize(
    ("kind", "was", "after_it"),
    [
        (FactKind.RETURNED, {}, (LATER, None)),
        (FactKind.RETURNED, {"returned_at": START, "amended_at": after(hours=1)}, (LATER, None)),  # once more
        (FactKind.AMENDED, {"returned_at": START}, (START, LATER)),
        (FactKind.AMENDED, {}, (None, None)),
        (FactKind.SCANNED, {"returned_at": START, "amended_at": after(hours=1)}, (START, after(hours=1))),
    ],
)
def test_an_order_is_amended_since_it_was_last_sent_back_or_not_at_all(
    kind: FactKind, was: dict[str, Any], after_it: tuple[datetime | None, datetime | None]
) -> None:
    case = order_case(entry=was, filed=True, form_number="BJ-101")
    entry = case.entry.model_copy(update={"form": form_number("BJ-101")})
    fact = case.fact.model_copy(update={"kind": kind})
    seen = world(case.order, docket=(entry,), fact=fact)
    (known,) = admitted(fact, seen, case.policy)
    assert (known.returned_at, known.amended_at) == after_it
    assert known.numbered == entry.numbered
