"""What a rule is given, built by hand: a filing under judgement, its rivals, the docket and the records there are."""

from decimal import Decimal
from typing import Any

from connector.canonical.docket import RegistrationEntry
from connector.canonical.entry import Entry
from connector.canonical.fact import Fact, FactKind
from connector.canonical.ids import RecordId
from connector.canonical.kind import Kind
from connector.canonical.money import Money
from connector.canonical.order_docket import OrderEntry, PaymentEntry
from connector.canonical.orders import Order
from connector.canonical.records import Record
from connector.canonical.time import at
from connector.canonical.verdict import Finding
from connector.policy.model import Choice, Option, Policy
from connector.rules.background import Background
from connector.rules.case import FilingCase
from connector.rules.docket import MemoryDocket
from connector.rules.orders.case import OrderCase
from connector.rules.rivals import Relation, Rival
from tests.support.builders import LONG_AGO, START, after, customer, filing, firm, ident, seller, someone
from tests.support.channel import filings_policy, shipped
from tests.support.world import Records, World

NORD, SUED = firm(1, name="Nord"), firm(2, name="Süd")
ANNA, CARLA = seller(1, NORD, name="Anna"), seller(2, SUED, name="Carla")
BUYER = customer(1, someone(1))


def one(value: Any) -> Choice[Any]:
    """A parameter with one row, for everybody."""
    return Choice[Any](options=(Option[Any](value=value),))


def acted(kind: FactKind, subject: Kind, record: RecordId, **given: Any) -> Fact:
    return Fact(**({"kind": kind, "subject": subject, "record": record, "when": at(START)} | given))


def world(
    *records: Record, docket: tuple[Entry, ...] = (), fact: Fact | None = None, sees: type[World] = World
) -> World:
    """The world at the start of the story, with two firms and a user of each."""
    kept = Records()
    for record in (NORD, SUED, ANNA, CARLA, *records):
        kept.put(record)
    fact = fact or acted(FactKind.FILED, Kind.REGISTRATION, ident("a01", 1))
    return sees(fact, MemoryDocket(docket), kept)


def rival(relation: Relation, number: int = 2, **given: Any) -> Rival:
    base = {
        "evidence": "same: name",
        "since": START,
        "kind": Kind.REGISTRATION,
        "record": ident("a01", number),
    }
    return Rival(**(base | {"relation": relation} | given))


def filing_case(
    *rivals: Rival, seen: World | None = None, terms: dict[str, Any] | None = None, **given: Any
) -> FilingCase:
    """Anna's filing, complete at the start of the story."""
    policy: Policy = given.pop("policy", filings_policy(**(terms or {})))
    assert policy.registrations is not None
    mine, seen = given.pop("filing", filing(1, ANNA)), seen or world()
    entry = RegistrationEntry(registration=mine.id, firm=NORD.id, filed=at(START), complete=at(START))
    base = {
        "fact": acted(FactKind.FILED, Kind.REGISTRATION, mine.id),
        "world": seen,
        "policy": policy,
        "partner": NORD,
        "person": ANNA,
        "circumstances": {},
        "filing": mine,
        "entry": entry,
        "terms": policy.registrations,
        "place": at(START),
        "rivals": rivals,
        "background": Background(mine, NORD.id, seen, policy),
    }
    return FilingCase(**(base | given))


def order_case(
    *payments: PaymentEntry, records: tuple[Record, ...] = (), docket: tuple[Entry, ...] = (),
    found: tuple[Finding, ...] = (), entry: dict[str, Any] | None = None, **given: Any
) -> OrderCase:  # fmt: skip
    """An order of 50,000 CNY for the customer BUYER, a day after the story began; `found` is what was found before."""
    base = {"id": ident("801", 1), "created_at": LONG_AGO, "changed_at": LONG_AGO, "stamp": LONG_AGO}
    price = Money(amount=Decimal(50_000), currency="CNY")
    order = Order(**(base | {"customer": BUYER.id, "amount": price} | given))
    fact = acted(FactKind.PAID, Kind.ORDER, order.id, when=at(after(days=1)))
    policy = shipped("lead_warehouse")
    assert policy.orders is not None
    return OrderCase(
        fact=fact, world=world(BUYER, *records, docket=docket, fact=fact), policy=policy, partner=None, person=None,
        circumstances={}, order=order, entry=OrderEntry(order=order.id, numbered=at(START), **(entry or {})),
        terms=policy.orders, customer=BUYER, payments=payments, slips=(), earlier=found,
    )  # fmt: skip
