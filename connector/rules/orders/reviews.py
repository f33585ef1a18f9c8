"""The ordered two-step review, with separation of duties (R4.11)."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from connector.canonical.ids import RecordId
from connector.canonical.orders import OrderReview
from connector.canonical.phrase import Phrase
from connector.canonical.time import instant_text
from connector.canonical.verdict import Effect, Exhibit, Finding
from connector.policy.orders import Party
from connector.rules.case import finding
from connector.rules.duties import clashes, entitled
from connector.rules.orders.case import OrderCase
from connector.rules.rule import rule

FIRST, SECOND, RETURNED = "order_first_review", "order_second_review", "order_returned"
_BY = {Party.FIRST: "first_reviewed_by", Party.SECOND: "second_reviewed_by", Party.SELLER: "seller"}


@rule("order_scan", "R4.11")
def scan(case: OrderCase) -> Iterator[Finding]:
    """R4.11: the order is scanned and uploaded; after a return, anew."""
    if scanned(case):
        shown = Exhibit(record=case.order.id, field="scan_at", value=_text(case.order.scan_at))
        yield finding("order_scan", Effect.PASS, Phrase.ORDER_SCANNED, shown, at=_text(case.order.scan_at))
    elif case.entry.returned_at is None:
        shown = Exhibit(record=case.order.id, field="scan", value="")
        yield finding("order_scan", Effect.LACK, Phrase.ORDER_SCAN_ABSENT, shown)


def scanned(case: OrderCase) -> bool:
    """Whether there is a scan, and one that was made after the order was last sent back."""
    since = case.entry.returned_at
    return bool(case.order.scan) and (
        since is None or (case.order.scan_at is not None and case.order.scan_at > since)
    )


@rule(RETURNED, "R4.11")
def returned(case: OrderCase) -> Iterator[Finding]:
    """R4.11: an order that was sent back is corrected and uploaded anew before anybody reviews it again."""
    since = case.entry.returned_at
    if since is not None and not scanned(case):
        shown = Exhibit(record=case.order.id, field="returned_at", value=_text(since))
        reason = case.order.return_reason
        yield finding(RETURNED, Effect.LACK, Phrase.ORDER_RETURNED, shown, since=_text(since), why=reason)


@rule("order_reviewers", "R4.11")
def reviewers(case: OrderCase) -> Iterator[Finding]:
    """R4.11: separation of duties: no two of the reviewers and the seller are one person, and each has the role."""
    parties = {party: getattr(case.order, _BY[party]) for party in case.terms.reviews.apart}
    for one, other in clashes(parties):
        seller = Party.SELLER in (one, other)
        reviewer = one if other is Party.SELLER or one is Party.SECOND else other
        phrase = Phrase.ORDER_REVIEWER_SELLS if seller else Phrase.ORDER_REVIEWER_SAME
        yield _unfit(case, reviewer, phrase)
    steps = ((Party.FIRST, case.terms.reviews.first_by), (Party.SECOND, case.terms.reviews.second_by))
    for party, roles in steps:
        ident: RecordId | None = getattr(case.order, _BY[party])
        person = case.world.person(ident)
        if ident is not None and not entitled(person, roles):
            phrase = Phrase.ORDER_REVIEWER_NOT_ENTITLED if person else Phrase.ORDER_REVIEWER_UNKNOWN
            yield _unfit(case, party, phrase)


def _unfit(case: OrderCase, party: Party, phrase: Phrase) -> Finding:
    field = _BY[party]
    shown = Exhibit(record=case.order.id, field=field, value=getattr(case.order, field) or "")
    return finding("order_reviewers", Effect.LACK, phrase, shown)


def _fit(earlier: Sequence[Finding], party: Party) -> bool:
    """Nothing was found against this reviewer."""
    return not any(
        shown.field == _BY[party]
        for found in earlier
        if found.rule == "order_reviewers"
        for shown in found.exhibits
    )


@rule(FIRST, "R4.11")
def first(case: OrderCase) -> Iterator[Finding]:
    """R4.11: the first review; "no scan, no first review"."""
    order, moment = case.order, case.order.first_reviewed_at
    shown = Exhibit(record=order.id, field="first_review", value=_word(order.first_review))
    if not _given(case, order.first_review, moment):
        yield finding(FIRST, Effect.LACK, Phrase.ORDER_FIRST_REVIEW_OPEN, shown)
    elif not order.scan or order.scan_at is None or moment is None or order.scan_at > moment:
        yield finding(FIRST, Effect.LACK, Phrase.ORDER_REVIEW_WITHOUT_SCAN, shown)
    elif _fit(case.earlier, Party.FIRST):
        yield finding(FIRST, Effect.PASS, Phrase.ORDER_FIRST_REVIEWED, shown, at=_text(moment))


@rule(SECOND, "R4.11")
def second(case: OrderCase) -> Iterator[Finding]:
    """R4.11: the second review, by the order desk, of what passed the first."""
    order, moment = case.order, case.order.second_reviewed_at
    shown = Exhibit(record=order.id, field="second_review", value=_word(order.second_review))
    passed = any(found.rule == FIRST and found.effect is Effect.PASS for found in case.earlier)
    if not _given(case, order.second_review, moment):
        yield finding(SECOND, Effect.LACK, Phrase.ORDER_SECOND_REVIEW_OPEN, shown)
    elif (
        not passed
        or moment is None
        or (order.first_reviewed_at is not None and order.first_reviewed_at > moment)
    ):
        yield finding(SECOND, Effect.LACK, Phrase.ORDER_SECOND_BEFORE_FIRST, shown)
    elif _fit(case.earlier, Party.SECOND):
        yield finding(SECOND, Effect.PASS, Phrase.ORDER_SECOND_REVIEWED, shown, at=_text(moment))


def _given(case: OrderCase, word: OrderReview | None, moment: datetime | None) -> bool:
    """Passed, and not before the order was last sent back."""
    since = case.entry.returned_at
    return word is OrderReview.PASS and (since is None or (moment is not None and moment > since))


def _word(word: OrderReview | None) -> str:
    return word.value if word else ""


def _text(moment: datetime | None) -> str:
    return instant_text(moment) if moment else ""
