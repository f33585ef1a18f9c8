"""What the org shows of an order: how far it is, what it waits for, the way out of an exception, its effect."""

from connector.canonical.ids import RecordId, is_user
from connector.canonical.intent import Desired
from connector.canonical.kind import Kind
from connector.canonical.order_docket import OrderEntry
from connector.canonical.orders import WAYS_OUT, OrderState
from connector.canonical.phrase import Phrase
from connector.canonical.time import instant_text
from connector.canonical.verdict import Effect, Finding, Outcome
from connector.rules.notices import say, sentences, want
from connector.rules.orders.case import OrderCase
from connector.rules.orders.exceptions import SAID, WAY_OUT


def shown(
    case: OrderCase, entry: OrderEntry, findings: tuple[Finding, ...], outcome: Outcome
) -> tuple[Desired, ...]:
    """The order as its filer reads it."""
    reader, order = case.order.filed_by, entry.order
    missing = sentences(findings, Effect.LACK, Effect.ASK)
    said: list[tuple[str, dict[str, str]]] = []
    if entry.state is OrderState.EFFECTIVE:
        said += [_effective(entry), *sentences(findings, Effect.NOTE)]
    else:
        if entry.exception and SAID[entry.exception] not in {found.message for found in findings}:
            said.append((SAID[entry.exception], {}))
        said += [*sentences(findings, Effect.REFUSE), (Phrase.ORDER_WAITS, {}), *missing]
    out = say(reader, *_way_out(entry)) if entry.exception else None
    return (
        want(Kind.ORDER, order, "state", entry.state.value),
        want(Kind.ORDER, order, "ruling", outcome.value),
        want(Kind.ORDER, order, "message", say(reader, *said)),
        want(Kind.ORDER, order, "missing", say(reader, *missing) if missing else None),
        want(Kind.ORDER, order, "exception", entry.exception.value if entry.exception else None),
        want(Kind.ORDER, order, "way_out", out),
        want(Kind.ORDER, order, "slip_due", instant_text(entry.slip_due) if entry.slip_due else None),
        *(shown_in_force(entry) if entry.state is OrderState.EFFECTIVE else ()),
        *_deal(case, entry),
    )


def shown_in_force(entry: OrderEntry) -> tuple[Desired, ...]:
    """From when the order has effect, and who is credited."""
    effective = instant_text(entry.effective_at) if entry.effective_at else None
    return (
        want(Kind.ORDER, entry.order, "effective_at", effective),
        want(Kind.ORDER, entry.order, "credited_firm", _account(entry)),
        want(Kind.ORDER, entry.order, "credited_to", entry.credited_to),
    )


def _deal(case: OrderCase, entry: OrderEntry) -> tuple[Desired, ...]:
    """The deal shows whom its order's payment credited (R4.13)."""
    deal = case.order.opportunity
    if deal is None or entry.credited_firm is None or entry.state is not OrderState.EFFECTIVE:
        return ()
    return (want(Kind.OPPORTUNITY, deal, "sourcing_partner", _account(entry)),)


def _account(entry: OrderEntry) -> RecordId | None:
    """The credited firm; none where one of our own people held the customer, who has no account."""
    party = entry.credited_firm
    return None if party is None or is_user(party) else party


def _effective(entry: OrderEntry) -> tuple[str, dict[str, str]]:
    return (Phrase.ORDER_EFFECTIVE, {"at": instant_text(entry.effective_at) if entry.effective_at else ""})


def _way_out(entry: OrderEntry) -> tuple[tuple[str, dict[str, str]], ...]:
    """R4.15: the way out as a sentence, and what the order can be next."""
    if entry.exception is None:
        return ()
    states = ", ".join(f"order_{state.value}" for state in WAYS_OUT[entry.exception])
    return ((WAY_OUT[entry.exception], {}), (Phrase.ORDER_NEXT, {"item": states}))
