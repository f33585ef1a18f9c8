"""Benefits as the registration shows them to its own partner: what, how much, why, and in which state (R0.8, R1.5)."""

from collections.abc import Iterable, Sequence
from decimal import Decimal

from connector.canonical.accounts import BenefitEntry, BenefitKind, BenefitState
from connector.canonical.docket import RegistrationEntry
from connector.canonical.ids import RecordId
from connector.canonical.intent import Desired
from connector.canonical.kind import Kind
from connector.canonical.phrase import Phrase
from connector.policy.model import Policy
from connector.rules import payable
from connector.rules.booking import Booked, Booking
from connector.rules.case import local_day
from connector.rules.notices import say, want
from connector.rules.payouts import policy_of
from connector.rules.promises import PHRASES, params, percent

State = BenefitState
_SHOWN = (State.RESERVED, State.EARNED, State.PAID, State.FROZEN)
_OVERALL = (
    State.FROZEN, State.WAITING, State.CLAWED_BACK, State.EARNED, State.RESERVED, State.PAID, State.REFUSED,
    State.RELEASED,
)  # fmt: skip
_STATES = {
    State.RESERVED: Phrase.PAYOUT_RESERVED,
    State.WAITING: Phrase.PAYOUT_WAITING,
    State.EARNED: Phrase.PAYOUT_EARNED,
    State.PAID: Phrase.PAYOUT_PAID,
    State.FROZEN: Phrase.PAYOUT_FROZEN,
    State.RELEASED: Phrase.PAYOUT_RELEASED,
    State.REFUSED: Phrase.PAYOUT_REFUSED,
}


def kept(booking: Booking) -> Booked:
    """The benefit fields of every registration whose benefits the decision moved."""
    touched = {entry.registration for _, entry in booking.moved(BenefitEntry)}
    desired: list[Desired] = []
    for registration in sorted(touched):
        found = booking.docket.find(BenefitEntry, f"registration:{registration}", open_only=False)
        desired += shown(booking, registration, tuple(found))
    return Booked(desired=desired)


def shown(booking: Booking, registration: RecordId, found: Sequence[BenefitEntry]) -> list[Desired]:
    """The slots of one registration; a benefit that does not hold shows nothing."""
    by_kind = {entry.kind: entry for entry in found}
    money = [entry for entry in found if entry.kind.money]
    entry = booking.docket.get(RegistrationEntry, registration)
    reader = entry.registrant if entry else None
    state = next((each for each in _OVERALL if any(one.state is each for one in money)), None)
    presales = _holding(by_kind, BenefitKind.PRESALES, State.RESERVED) is not None
    values = {
        "rebate": _rate(_holding(by_kind, BenefitKind.REBATE, *_SHOWN)),
        "discount": _rate(_holding(by_kind, BenefitKind.DISCOUNT, State.RESERVED, State.EARNED)),
        "mdf": _amount(_holding(by_kind, BenefitKind.MDF, *_SHOWN)),
        "incentive": _amount(_holding(by_kind, BenefitKind.INCENTIVE, *_SHOWN)),
        "presales": "true" if presales else "false",
        "payout": _total(money),
        "payout_state": state.value if state else None,
    }
    said = [sentence for one in found for sentence in _sentences(one, policy_of(booking, one.policy))]
    basis = say(reader, *said) if said else None
    return [
        *(want(Kind.REGISTRATION, registration, slot, value) for slot, value in values.items()),
        want(Kind.REGISTRATION, registration, "payout_basis", basis),
    ]


def _sentences(entry: BenefitEntry, policy: Policy) -> Iterable[tuple[str, dict[str, str]]]:
    """R0.8: the figures, the terms they come from, and what became of them. A withheld discount says nothing."""
    if entry.state is State.WITHHELD or (entry.state is State.RELEASED and not entry.kind.money):
        return
    yield PHRASES[entry.kind], params(entry.rate, entry.base, entry.amount)
    if entry.by_line:
        lines = ", ".join(f"{each.line} {percent(each.rate)} %" for each in entry.by_line)
        yield Phrase.PAYOUT_BY_LINE, {"lines": lines}
    if entry.at_most is not None and entry.amount == entry.at_most:
        yield Phrase.PAYOUT_AT_MOST, {"amount": str(entry.at_most)}
    if entry.counts != 1 and entry.rate is not None:
        yield Phrase.PAYOUT_PART, {"part": percent(round(entry.counts, 3))}
    if entry.kind.money:
        if entry.state in _STATES:
            yield _STATES[entry.state], {}
        if entry.state is State.EARNED and payable.waits(policy, entry):
            on = local_day(entry.payable_from, policy).isoformat() if entry.payable_from else "-"
            yield Phrase.PAYOUT_PAYABLE_FROM, {"on": on}
        if entry.clawed_back is not None:
            yield Phrase.PAYOUT_CLAWED_BACK, {"amount": str(entry.clawed_back)}
        terms = {"tier": entry.tier or "-", "policy": entry.policy, "on": entry.day}
        yield Phrase.PAYOUT_TERMS, terms


def _holding(
    by_kind: dict[BenefitKind, BenefitEntry], kind: BenefitKind, *states: BenefitState
) -> BenefitEntry | None:
    entry = by_kind.get(kind)
    return entry if entry is not None and entry.state in states else None


def _rate(entry: BenefitEntry | None) -> str | None:
    return percent(entry.rate) if entry is not None and entry.rate is not None else None


def _amount(entry: BenefitEntry | None) -> str | None:
    return _plain(entry.amount.amount) if entry is not None and entry.amount is not None else None


def _total(money: Iterable[BenefitEntry]) -> str | None:
    """What is promised or owed in the deal's own currency; other currencies are named in the basis only."""
    held = [entry.amount for entry in money if entry.state in _SHOWN and entry.amount is not None]
    if not held:
        return None
    return _plain(sum((each.amount for each in held if each.currency == held[0].currency), Decimal(0)))


def _plain(amount: Decimal) -> str:
    return f"{amount.normalize():f}"
