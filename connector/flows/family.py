"""Which records tell of one deal or one customer: its lead, its registrations, its orders, what was merged into it."""

from collections.abc import Iterator
from contextlib import suppress

from connector.canonical.docket import (
    ClaimEntry,
    ConflictEntry,
    CreditEntry,
    Docket,
    RegistrationEntry,
)
from connector.canonical.fact import Fact
from connector.canonical.ids import RecordId
from connector.canonical.kind import Kind
from connector.canonical.order_docket import OrderEntry, PaymentEntry, SlipEntry
from connector.flows.elsewhere import SUCCEEDED
from connector.flows.fields import fields_of
from connector.mapping import CompiledMapping
from connector.ports.store import Transaction

_MOST = 200
"""So many records at most: a customer with more deals is looked at deal by deal."""


class Family:
    """The records of one deal or customer, and every fact that names one of them. Rivals are no family."""

    def __init__(self, view: Transaction, record: RecordId, mapping: CompiledMapping | None) -> None:
        self._view, self._mapping = view, mapping
        self.records: dict[str, None] = {}
        self.facts: dict[str, Fact] = {}
        if not _is_a_firm(view.docket, record):
            self._grow(record)
        self.conflicts = frozenset(
            entry.key
            for each in self.records
            for entry in view.docket.find(ConflictEntry, f"record:{each}", open_only=False)
        )

    def told(self) -> Iterator[Fact]:
        """What happened to the family, and what people did on the conflicts that it is part of."""
        for fact in self.facts.values():
            of_conflict = fact.subject is Kind.CONFLICT and fact.detail.get("key") in self.conflicts
            if fact.record in self.records or of_conflict:
                yield fact

    def _grow(self, record: RecordId) -> None:
        fresh: list[str] = [record]
        while fresh and len(self.records) < _MOST:
            self.records |= dict.fromkeys(fresh)
            named = self._view.facts.naming(fresh)
            self.facts |= {fact.identity: fact for fact in named}
            found = [near for each in fresh for near in self._near(RecordId(each))]
            found += [near for fact in named for near in _kin(fact, self.records)]
            fresh = [each for each in dict.fromkeys(found) if each not in self.records]

    def _near(self, record: RecordId) -> Iterator[str]:
        docket = self._view.docket
        filing = docket.get(RegistrationEntry, record)
        if filing is not None and filing.opportunity:
            yield filing.opportunity
        for each in docket.find(RegistrationEntry, f"opportunity:{record}", open_only=False):
            yield each.registration
        credit = docket.get(CreditEntry, record)
        if credit is not None and credit.through:
            yield credit.through
        order = docket.get(OrderEntry, record)
        if order is not None and order.opportunity:
            yield order.opportunity
        for sold in docket.find(OrderEntry, f"customer:{record}", open_only=False):
            yield sold.order
        for paper in (docket.get(PaymentEntry, record), docket.get(SlipEntry, record)):
            if paper is not None and paper.order:
                yield paper.order
        for paid in docket.find(PaymentEntry, f"order:{record}", open_only=False):
            yield paid.payment
        for slip in docket.find(SlipEntry, f"order:{record}", open_only=False):
            yield slip.slip
        yield from self._deals(record)

    def _deals(self, customer: RecordId) -> Iterator[str]:
        """The customer's deals, as the mirror has them."""
        found = fields_of(self._mapping, Kind.OPPORTUNITY, "customer") if self._mapping else ()
        for name, field in found:
            with suppress(LookupError):  # the profile does not look deals up by their customer
                yield from [row.id for row in self._view.mirror.where(name, field, customer)]


def _kin(fact: Fact, records: dict[str, None]) -> Iterator[str]:
    """A record that went on in one of these, and the one in which one of these goes on."""
    if fact.kind in SUCCEEDED and (fact.record in records or fact.value in records):
        yield from filter(None, (fact.record, fact.value))


def _is_a_firm(docket: Docket, record: RecordId) -> bool:
    """A partner's own story is told by its acts."""
    index = f"firm:{record}"
    return any(
        next(iter(docket.find(entry, index, open_only=False)), None) is not None
        for entry in (ClaimEntry, RegistrationEntry)
    )
