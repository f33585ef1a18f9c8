"""Whether an order carries the number of the registration under which it was won (R1.14)."""

from collections.abc import Iterator, Mapping

from connector.canonical.docket import RegistrationEntry
from connector.canonical.ids import RecordId
from connector.canonical.orders import Order
from connector.canonical.phrase import Phrase
from connector.canonical.verdict import Effect, Exhibit, Finding
from connector.policy.choosing import Requirement
from connector.rules.case import finding
from connector.rules.orders.case import OrderCase
from connector.rules.rule import rule

RULE = "order_registration"
_EFFECT: Mapping[Requirement, Effect] = {
    Requirement.REQUIRED: Effect.LACK,  # it waits for the right number, as for anything else it lacks
    Requirement.REVIEW: Effect.ASK,
    Requirement.NOTE: Effect.NOTE,
}


@rule(RULE, "R1.14")
def numbered(case: OrderCase) -> Iterator[Finding]:
    """The number names a registration of the ordering firm, for this deal, that protected it when it was filed."""
    effect = _EFFECT.get(case.terms.registration_number)
    if effect is None:
        return
    printed = case.order.registration_number.strip()
    exhibit = Exhibit(record=case.order.id, field="registration_number", value=printed)
    if not printed:
        yield finding(RULE, effect, Phrase.ORDER_REGISTRATION_ABSENT, exhibit)
        return
    found = tuple(_of_that_number(case, printed))
    if not found:
        yield finding(RULE, effect, Phrase.ORDER_REGISTRATION_UNKNOWN, exhibit, number=printed)
        return
    same = tuple(entry for entry in found if _this_deal(case, entry))
    if not same:
        yield finding(RULE, effect, Phrase.ORDER_REGISTRATION_OF_ANOTHER_DEAL, exhibit, number=printed)
    elif not any(_protected(case, entry) for entry in same):
        yield finding(RULE, effect, Phrase.ORDER_REGISTRATION_NOT_IN_FORCE, exhibit, number=printed)
    else:
        shown = Exhibit(record=same[0].registration, field="registration_number", value=printed)
        yield finding(RULE, Effect.PASS, Phrase.ORDER_REGISTRATION_NAMED, shown, number=printed)


@rule("ordered_for", "R1.14")
def ordered_for(case: OrderCase) -> Iterator[Finding]:
    """Only some firms may order for another one; whose registration it is stays whose it was."""
    order, terms = case.order, case.terms.for_another
    effect = _EFFECT.get(terms.others)
    by = case.world.partner(order.partner)
    if buyer_of(order) == order.partner or effect is None or (by is not None and by.tier in terms.prefer):
        return
    tier = by.tier if by else ""
    exhibit = Exhibit(record=order.partner or order.id, field="tier", value=tier)
    yield finding("ordered_for", effect, Phrase.ORDER_FOR_ANOTHER, exhibit)


def buyer_of(order: Order) -> RecordId | None:
    """The firm whose order it is: the reseller's where a distributor places it."""
    return order.ordered_for or order.partner


def _of_that_number(case: OrderCase, printed: str) -> Iterator[RegistrationEntry]:
    """The firm's own registrations with this number; of another firm's the orderer learns nothing (law 17)."""
    for entry in case.world.docket.find(RegistrationEntry, f"firm:{buyer_of(case.order)}", open_only=False):
        filing = case.world.registration(entry.registration)
        if filing is not None and filing.number.strip().casefold() == printed.casefold():
            yield entry


def _this_deal(case: OrderCase, entry: RegistrationEntry) -> bool:
    """Where both name a deal, it has to be the same one."""
    deals = {entry.opportunity, case.order.opportunity} - {None}
    return len(deals) < 2


def _protected(case: OrderCase, entry: RegistrationEntry) -> bool:
    """Approved by the moment at which the order was filed, and its window was not over then."""
    moment = case.order.filed_at or case.fact.instant
    if entry.ruled_at is None or entry.ruled_at > moment or not entry.state.was_approved:
        return False
    return entry.protected_until is None or moment < entry.protected_until
