"""How far an order is, by what was found (R4.11, R4.15)."""

from collections.abc import Sequence

from connector.canonical.orders import OrderException, OrderState
from connector.canonical.verdict import Effect, Finding, Outcome, weigh
from connector.policy.orders import Need
from connector.rules.orders.case import OrderCase
from connector.rules.orders.reviews import FIRST, SECOND, scanned


def standing(case: OrderCase, findings: tuple[Finding, ...], exception: OrderException | None) -> OrderState:
    """A ladder: the first rung that holds. An exception goes before everything, a return before the reviews."""
    if exception is not None:
        return OrderState.EXCEPTED
    if weigh(findings) is Outcome.APPROVE:
        return OrderState.EFFECTIVE
    sent_back = case.entry.returned_at is not None
    if sent_back and not scanned(case):
        return OrderState.AMENDED if case.entry.amended_at else OrderState.RETURNED
    if not case.order.scan and Need.SCAN in case.terms.needs:
        return OrderState.FILED
    if Need.FIRST_REVIEW in case.terms.needs and not _passed(findings, FIRST):
        return OrderState.REUPLOADED if sent_back else OrderState.SCANNED
    if Need.SECOND_REVIEW in case.terms.needs and not _passed(findings, SECOND):
        return OrderState.FIRST_REVIEWED
    return OrderState.ACCEPTED


def _passed(findings: Sequence[Finding], rule: str) -> bool:
    return any(found.rule == rule and found.effect is Effect.PASS for found in findings)
