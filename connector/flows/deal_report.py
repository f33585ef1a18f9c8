"""The ledger of closed deals as a report: partner against direct, each deal once (R0.9)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from connector.canonical.accounts import DealEntry, DealState, Party
from connector.flows.teller import Teller


@dataclass(frozen=True, kw_only=True, slots=True)
class DealLine:
    """One deal that counts, or waits for a person to say whether it does."""

    record: str
    name: str
    party: str
    firm: str
    sourced: bool
    state: str
    amount: Decimal | None
    currency: str
    won_at: datetime | None


@dataclass(frozen=True, kw_only=True, slots=True)
class DealSum:
    """What one party (one firm, or direct sales) won in one currency."""

    party: str
    firm: str
    currency: str
    deals: int
    sourced: int
    amount: Decimal


@dataclass(frozen=True, kw_only=True, slots=True)
class DealReport:
    """Sums per party, firm and currency; the deals behind them; and the contested ones, which do not count."""

    since: datetime | None
    sums: tuple[DealSum, ...]
    deals: tuple[DealLine, ...]
    contested: tuple[DealLine, ...]


def deals(teller: Teller, since: datetime | None = None) -> DealReport:
    """The deals won at or after `since` (all without one), oldest first. Nothing is asked of the org."""
    found = [
        entry
        for entry in teller.view.docket.all(DealEntry)
        if entry.won_at is not None and (since is None or entry.won_at >= since)
    ]
    found.sort(key=lambda entry: (entry.won_at or entry.closed_at, entry.record))
    won = [entry for entry in found if entry.state is DealState.WON]
    return DealReport(
        since=since,
        sums=tuple(_sums(teller, won)),
        deals=tuple(_line(teller, entry) for entry in won),
        contested=tuple(_line(teller, entry) for entry in found if entry.state is DealState.CONTESTED),
    )


def _line(teller: Teller, entry: DealEntry) -> DealLine:
    return DealLine(
        record=entry.record,
        name=teller.name(entry.record),
        party=entry.party.value,
        firm=teller.name(entry.firm),
        sourced=entry.sourced,
        state=entry.state.value,
        amount=entry.amount.amount if entry.amount else None,
        currency=entry.amount.currency if entry.amount else "",
        won_at=entry.won_at,
    )


def _sums(teller: Teller, won: Iterable[DealEntry]) -> Iterable[DealSum]:
    """Partners first by name, then direct sales; amounts of different currencies are never added up."""
    groups: dict[tuple[bool, str, str], list[DealEntry]] = {}
    for entry in won:
        direct = entry.party is Party.DIRECT
        firm = "" if direct else teller.name(entry.firm)
        currency = entry.amount.currency if entry.amount else ""
        groups.setdefault((direct, firm, currency), []).append(entry)
    for (direct, firm, currency), entries in sorted(groups.items()):
        yield DealSum(
            party=(Party.DIRECT if direct else Party.PARTNER).value,
            firm=firm,
            currency=currency,
            deals=len(entries),
            sourced=sum(entry.sourced for entry in entries),
            amount=sum((entry.amount.amount for entry in entries if entry.amount), Decimal(0)),
        )
