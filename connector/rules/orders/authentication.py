"""Whether the identity of the buying company was verified: by whom, when and how (R4.17)."""

from collections.abc import Iterator

from connector.canonical.phrase import Phrase
from connector.canonical.time import instant_text
from connector.canonical.verdict import Effect, Exhibit, Finding
from connector.rules.case import finding
from connector.rules.orders.case import OrderCase
from connector.rules.rule import rule

RULE = "order_authentication"


@rule(RULE, "R4.17")
def authenticated(case: OrderCase) -> Iterator[Finding]:
    """R4.17: no effect before the buying company is known to be who it says; the seller cannot vouch for it."""
    who, terms = case.customer, case.terms.authentication
    if who is None or not who.authenticated or who.authenticated_at is None:
        record = who.id if who else case.order.id
        shown = Exhibit(record=record, field="authenticated", value="")
        yield finding(RULE, Effect.LACK, Phrase.ORDER_NOT_AUTHENTICATED, shown)
        return
    at, by = who.authenticated_at, who.authenticated_by
    exhibits = (
        Exhibit(record=who.id, field="authenticated", value=who.authenticated),
        Exhibit(record=who.id, field="authenticated_at", value=instant_text(at)),
        Exhibit(record=who.id, field="authenticated_by", value=by or ""),
    )
    if at > case.fact.instant:
        yield finding(RULE, Effect.LACK, Phrase.ORDER_NOT_AUTHENTICATED, *exhibits)
    elif terms.accepts and who.authenticated not in terms.accepts:
        yield finding(RULE, Effect.LACK, Phrase.ORDER_AUTHENTICATED_OTHERWISE, *exhibits)
    elif terms.holds_for is not None and case.fact.instant >= at + terms.holds_for:
        until = instant_text(at + terms.holds_for)
        yield finding(RULE, Effect.LACK, Phrase.ORDER_AUTHENTICATION_LAPSED, *exhibits, until=until)
    elif by is None or by == case.order.seller:
        yield finding(RULE, Effect.LACK, Phrase.ORDER_AUTHENTICATED_BY_SELLER, *exhibits)
    else:
        yield finding(RULE, Effect.PASS, Phrase.ORDER_AUTHENTICATED, *exhibits, at=instant_text(at))
