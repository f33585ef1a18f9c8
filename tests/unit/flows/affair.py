"""Two firms after one customer, what the daemon would have kept of that, and the page on which it is told."""

import io

from rich.console import Console

from connector.canonical.kind import Kind
from connector.canonical.records import Lead, Partner, Person, Registration
from connector.canonical.time import instant_text
from connector.cli.explain_page import Page
from connector.flows.explanation import Explanation
from connector.ports.org import Batch
from connector.ports.store import Transaction
from connector.store import SqlStore
from tests.support.builders import START, after, filing, firm, pool, seller, who
from tests.support.channel import Channel, claims_policy, filings_policy
from tests.unit.messages.shipped import speaker

URL = "https://acme.my.salesforce.example"
HARBOUR = who("Hafenlicht Logistik GmbH", phone="+49 40 555 0123")
ACME, BOREAS = firm(1, name="Acme Systemhaus GmbH"), firm(2, name="Boreas [bold]IT[/bold] AG")
ANNA, BERND = seller(1, ACME, name="Anna Aal"), seller(2, BOREAS, name="Bernd Butt")
DESK = seller(9, name="Dora Desk")
QUEUE = pool()


def kept(store: SqlStore, channel: Channel) -> None:
    """What the daemon would have kept of the story: mirror rows with names, the ledger, and the docket."""
    told = channel.tell(until=after(days=4))
    with store.transaction() as tx:
        for name, rows in named(channel).items():
            mirrored(tx, name, "Name", rows)
        for decision in told.decisions:
            if decision.verdict or decision.entries:
                when = decision.fact.instant
                tx.ledger.append(decision.fact, decision.verdict, decision.entries, when)
                tx.docket.put(decision.entries)
        tx.docket.put(channel.adopted)


def keep(store: SqlStore, story: Channel) -> None:
    """Also the facts that decided nothing, as the daemon keeps them."""
    kept(store, story)
    with store.transaction() as tx:
        tx.facts.add(story.facts)


def mirrored(tx: Transaction, name: str, field: str, rows: list[tuple[str, str]]) -> None:
    idents: list[str | None] = [ident for ident, _ in rows]
    values: list[str | None] = [value for _, value in rows]
    stamps: list[str | None] = [instant_text(START)] * len(rows)
    fields = ("Id", "SystemModstamp", field)
    tx.mirror.apply(Batch(object=name, fields=fields, columns=(idents, stamps, values)))


def named(channel: Channel) -> dict[str, list[tuple[str, str]]]:
    """Object → (id, name) of every record of the story."""
    found: dict[str, list[tuple[str, str]]] = {
        "Account": [],
        "User": [],
        "Lead": [],
        "Deal_Registration__c": [],
    }
    far = after(days=900)
    for kind in Kind:
        for record in channel.records.all(kind, far):
            if isinstance(record, Partner):
                found["Account"].append((record.id, record.name))
            elif isinstance(record, Person):
                found["User"].append((record.id, record.name))
            elif isinstance(record, Lead):
                found["Lead"].append((record.id, record.identity.name))
            elif isinstance(record, Registration):
                found["Deal_Registration__c"].append((record.id, record.number))
    return {name: rows for name, rows in found.items() if rows}


def channel() -> Channel:
    story = Channel(claims_policy(), filings_policy())
    story.add(ACME, BOREAS, ANNA, BERND, DESK, QUEUE)
    return story


LATE = filing(1, ANNA, HARBOUR)
FIRST = filing(2, BERND, HARBOUR)


def late_completion() -> Channel:
    """Anna files first but incompletely; Bernd files whole; Anna completes two days later and loses (R1.3)."""
    story = channel()
    story.file(LATE, START, next_steps="", origin="")
    story.file(FIRST, after(hours=5))
    story.amend(LATE, after(days=2, seconds=-1), origin="referral")
    story.amend(LATE, after(days=2), next_steps="Workshop")
    return story


def page(found: Explanation, language: str = "en", width: int = 80) -> str:
    console = Console(file=io.StringIO(), width=width, highlight=False)
    Page(console, speaker(), language).show(found)
    file = console.file
    assert isinstance(file, io.StringIO)
    return file.getvalue()
