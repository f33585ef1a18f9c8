"""What people do to orders, payments, slips and forms, as facts with the org's own times (R4.11 to R4.17)."""

from datetime import datetime
from typing import Any

from connector.canonical.fact import Fact, FactKind
from connector.canonical.kind import Kind
from connector.canonical.orders import Order, OrderException, OrderReview, Original, Payment
from connector.canonical.records import Customer
from connector.canonical.time import TimeSource
from connector.facts.change import Seen
from connector.facts.derive import derive
from tests.support.builders import LONG_AGO, OURS, START, after, ident

CLERK, DESK = ident("005", 1), ident("005", 2)


def order(at: datetime = START, **given: Any) -> Order:
    return Order(id=ident("801", 1), created_at=LONG_AGO, changed_at=at, stamp=at, **given)


def facts(kind: Kind, before: Any, now: Any) -> dict[FactKind, Fact]:
    seen = Seen(before=before, after=now, seen_before=LONG_AGO, ours=OURS, firm_of=lambda _: None)
    return {fact.kind: fact for fact in derive(kind, seen)}


def test_an_order_that_is_not_filed_bears_no_fact() -> None:
    assert facts(Kind.ORDER, None, order(form_number="1", scan="x")) == {}


def test_filing_is_by_whom_and_when_the_org_stamped_it() -> None:
    now = order(filed=True, filed_at=START, filed_by=CLERK, form_number="BJ-1")
    found = facts(Kind.ORDER, order(LONG_AGO), now)
    assert set(found) == {FactKind.FILED}
    fact = found[FactKind.FILED]
    assert (fact.instant, fact.actor, fact.value, fact.when.source) == (
        START,
        CLERK,
        "BJ-1",
        TimeSource.STAMPED,
    )


def test_steps_taken_between_two_looks_are_facts_of_their_own_times() -> None:
    before = order(filed=True, filed_at=START)
    later = order(
        after(hours=5), filed=True, filed_at=START, scan="x", scan_at=after(hours=1),
        first_review=OrderReview.PASS, first_reviewed_at=after(hours=2), first_reviewed_by=CLERK,
        second_review=OrderReview.RETURN, second_reviewed_at=after(hours=3), second_reviewed_by=DESK,
        reported=OrderException.OTHER, reported_at=after(hours=4),
    )  # fmt: skip
    found = facts(Kind.ORDER, before, later)
    assert {kind: fact.instant for kind, fact in found.items()} == {
        FactKind.SCANNED: after(hours=1),
        FactKind.FIRST_REVIEWED: after(hours=2),
        FactKind.RETURNED: after(hours=3),
        FactKind.EXCEPTED: after(hours=4),
    }
    assert found[FactKind.RETURNED].actor == DESK


def test_a_review_given_anew_is_a_new_fact_and_one_that_stands_is_none() -> None:
    passed = {"first_review": OrderReview.PASS, "first_reviewed_at": after(hours=1)}
    before = order(after(hours=2), filed=True, **passed)
    assert facts(Kind.ORDER, before, order(after(hours=3), filed=True, **passed)) == {}
    again = order(after(hours=4), filed=True, first_review=OrderReview.PASS, first_reviewed_at=after(hours=4))
    assert set(facts(Kind.ORDER, before, again)) == {FactKind.FIRST_REVIEWED}


def test_what_the_order_says_for_itself_amends_it_and_our_own_words_do_not() -> None:
    before = order(filed=True)
    assert set(facts(Kind.ORDER, before, order(after(hours=1), filed=True, form_number="2"))) == {
        FactKind.AMENDED
    }
    assert facts(Kind.ORDER, before, order(after(hours=1), filed=True, message="…", missing="…")) == {}


def test_originals_lost_and_counted_are_facts() -> None:
    before = order(filed=True, originals=2)
    lost = order(after(hours=1), filed=True, originals=2, original=Original.LOST, original_at=after(hours=1))
    assert facts(Kind.ORDER, before, lost)[FactKind.ORIGINAL_SEEN].value == "lost"
    fewer = order(after(hours=1), filed=True, originals=1)
    assert facts(Kind.ORDER, before, fewer)[FactKind.ORIGINAL_SEEN].value == "1"


def test_a_payment_is_a_fact_when_recorded_and_when_the_bank_takes_it_back() -> None:
    made = Payment(id=ident("a21", 1), created_at=START, changed_at=START, stamp=START, arrived_at=LONG_AGO)
    fact = facts(Kind.PAYMENT, None, made)[FactKind.PAID]
    assert fact.instant == START  # the act is its recording; the arrival is what it says
    back = made.model_copy(update={"taken_back": True, "changed_at": after(days=1), "stamp": after(days=1)})
    assert facts(Kind.PAYMENT, made, back)[FactKind.PAID].value == "taken_back"
    ours = made.model_copy(update={"matched_order": ident("801", 1), "stamp": after(days=1)})
    assert facts(Kind.PAYMENT, made, ours) == {}


def test_a_customer_is_authenticated_by_whom_and_when_the_org_stamped_it() -> None:
    base = Customer(id=ident("001", 1), created_at=LONG_AGO, changed_at=LONG_AGO, stamp=LONG_AGO)
    update = {"authenticated": "licence", "authenticated_at": START, "authenticated_by": DESK}
    now = base.model_copy(update={**update, "changed_at": START, "stamp": START})
    fact = facts(Kind.CUSTOMER, base, now)[FactKind.AUTHENTICATED]
    assert (fact.instant, fact.actor, fact.value) == (START, DESK, "licence")
    assert facts(Kind.CUSTOMER, None, base) == {}
