"""What a story need not say: a record is whole and sensible unless the story says otherwise."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from decimal import Decimal
from typing import Any

from connector.canonical.ids import RecordId
from connector.canonical.kind import Kind
from connector.canonical.money import Money
from connector.canonical.records import DecisionMaker, Evidence
from connector.scenario.story import Act, Item
from connector.scenario.times import Clock

TOWNS = ("Aachen", "Bremen", "Coburg", "Dresden", "Erfurt", "Fulda", "Gera", "Hameln", "Ilmenau", "Jena")
TRADES = ("Brauerei", "Druckerei", "Spedition", "Molkerei", "Werft", "Ziegelei", "Weberei", "Sägewerk")
CUSTOMERS = len(TOWNS) * len(TRADES)

PREFIXES: Mapping[Kind, str] = {
    Kind.PARTNER: "001",
    Kind.PERSON: "005",
    Kind.POOL: "00G",
    Kind.CUSTOMER: "001",
    Kind.LEAD: "00Q",
    Kind.OPPORTUNITY: "006",
    Kind.REGISTRATION: "a01",
    Kind.ACTIVITY: "00T",
    Kind.CONFLICT: "a04",
}
"""Key prefixes that rules or people know; any other kind gets one of its own."""


MAKERS: Mapping[Kind, str] = {Kind.REGISTRATION: "filed_by", Kind.TRANSFER_IN: "applicant"}
"""The word for whoever made the record, which the org stamps itself."""


def made(act: Act, name: str) -> Item:
    """The record that somebody makes, by an act."""
    maker = MAKERS.get(act.kind)
    values = {maker: act.who, **act.values} if maker and act.who else act.values
    return Item(kind=act.kind, name=name, ident=act.ident, values=values, place=act.place)


def someone(number: int, path: str) -> dict[str, Any]:
    """One of eighty customers that nobody would take for each other, at a dotted name."""
    town, trade = TOWNS[number % len(TOWNS)], TRADES[number // len(TOWNS) % len(TRADES)]
    return {f"{path}.name": f"{trade} {town} GmbH", f"{path}.city": town, f"{path}.country": "Germany"}


class Whole:
    """Fills in what the story's own records leave open, each kind by what the others are."""

    def __init__(self, given: Mapping[str, Item], clock: Clock) -> None:
        self._given, self._clock = given, clock
        self._made: dict[RecordId, int] = {}
        self._by_kind: Mapping[Kind, Callable[[Item, int], dict[str, Any]]] = {
            Kind.PARTNER: self._partner,
            Kind.POOL: lambda item, _: {"name": item.name, "label": item.name},
            Kind.PERSON: lambda item, _: {"name": item.name},
            Kind.CUSTOMER: lambda item, n: _called(item, "identity", n + 60),
            Kind.LEAD: self._lead,
            Kind.OPPORTUNITY: self._deal,
            Kind.REGISTRATION: self._registration,
            Kind.ORDER: lambda _item, _n: {"ordered_on": self._day(0)},
            Kind.ACTIVITY: lambda _item, _n: {"subject": "Call", "done": True, "on": self._day(0)},
        }

    def values(self, item: Item) -> dict[str, Any]:
        """Every value of a given record: the story's own over the sensible ones."""
        same = [each for each in self._given.values() if each.kind is item.kind]
        number = same.index(item) if item in same else len(same) + self._later(item)
        fill = self._by_kind.get(item.kind)
        return {**(fill(item, number) if fill else {}), **item.values}

    def _later(self, item: Item) -> int:
        """How many were made before it: each has a customer of its own."""
        return self._made.setdefault(item.ident, len(self._made))

    def _partner(self, item: Item, _number: int) -> dict[str, Any]:
        return {
            "name": item.name,
            "country": "Germany",
            "territory": ("Germany",),
            "tier": "Gold",
            "certified_until": self._day(365),
        }

    def _lead(self, item: Item, number: int) -> dict[str, Any]:
        return _called(item, "identity", number) | {"status": "New", "owner": self._first(Kind.POOL)}

    def _deal(self, item: Item, _number: int) -> dict[str, Any]:
        won, closed = item.values.get("won"), item.values.get("closed")
        over = {"stage": Decimal(10), "closed": True} if won else {"stage": None} if closed else {}
        return {
            "name": item.name,
            "customer": self._first(Kind.CUSTOMER),
            "stage": Decimal(2),
            "amount": Money(amount=Decimal(64_000), currency="EUR"),
            "close_by": self._day(120),
            **over,
        }

    def _registration(self, item: Item, number: int) -> dict[str, Any]:
        by = item.values.get("filed_by") or self._partner_user()
        proof = Evidence(
            id=RecordId(""),
            kind="meeting",
            customer_confirmed=True,
            happened_on=self._day(-20),
            created_at=self._clock.starts,
        )
        return _called(item, "customer", number) | {
            "number": item.name,
            "filed_by": by,
            "partner": self._firm_of(by) or self._firm_of(self._partner_user()),
            "customer.industry": "Utilities",
            "customer.employees": 420,
            "decision_makers": (DecisionMaker(name="Ines Aumüller", title="Head of Grid"),),
            "products": ("Edge Gateway",),
            "amount": Money(amount=Decimal(64_000), currency="EUR"),
            "close_by": self._day(120),
            "buying_stage": Decimal(2),
            "origin": "referral",
            "first_contact": self._day(-30),
            "next_steps": "Proof of concept",
            "competitors": "none named",
            "evidence": (proof,),
        }

    def _day(self, days: int) -> Any:
        return (self._clock.starts + timedelta(days=days)).astimezone(self._clock.zone).date()

    def _first(self, kind: Kind) -> RecordId | None:
        return next((item.ident for item in self._given.values() if item.kind is kind), None)

    def _firm_of(self, person: RecordId | None) -> Any:
        found = (item for item in self._given.values() if item.ident == person)
        return next((item.values.get("firm") for item in found), None)

    def _partner_user(self) -> RecordId | None:
        people = (item for item in self._given.values() if item.kind is Kind.PERSON)
        return next((item.ident for item in people if item.values.get("firm")), None)


def _called(item: Item, path: str, number: int) -> dict[str, Any]:
    """A customer nobody takes for another; one that the story names is whole too, in one town for all."""
    if not item.values.keys() & {path, f"{path}.name"}:
        return someone(number, path)
    return {f"{path}.city": "Augsburg", f"{path}.country": "Germany"}
