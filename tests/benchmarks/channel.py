"""A mirrored practice org on which partners suddenly claim and file a lot: what settling has to cope with.

The acts are played into the mirror as capture would bring them (rows of a poll, through the same code), so that
the store, the facts and the match index are real; only the wire is left out.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from pathlib import Path

from pydantic import SecretStr

from connector.bootstrap import Connector, build
from connector.canonical.ids import RecordId, is_queue, record_id
from connector.canonical.kind import Kind
from connector.canonical.records import Person
from connector.canonical.time import instant_text
from connector.daemon.loop import Loop
from connector.flows.changes import ChangeReader
from connector.flows.records import RecordReader
from connector.ports.org import Batch
from connector.ports.store import Transaction
from connector.settings import OrgSection, Settings
from tests.benchmarks.practice import practice_orgs

Values = dict[str, str | None]


@dataclass(frozen=True, kw_only=True)
class Played:
    """The org's connector, and the acts that were played into it."""

    connector: Connector
    start: datetime
    end: datetime
    rows: int
    facts: int


@contextmanager
def mirrored(leads: int, folder: Path) -> Iterator[Connector]:
    """A practice org of this size, mirrored and adopted, in a SQLite file."""
    with practice_orgs(leads) as [place]:
        org = OrgSection(instance_url=place.url, access_token=SecretStr(place.token), api_share=1.0)
        built = build(Settings(database=f"sqlite:///{folder}/connector.db", org=org))
        Loop(built).start()
        yield built
        built.store.close()


def play(connector: Connector, claims: int, filings: int) -> Played:
    """Partner users claim leads from their pools, one a second, and file for customers of the same base."""
    start = connector.org.now() + timedelta(minutes=1)
    reader = ChangeReader(connector.mapping, lambda: RecordId(connector.org.identity().user_id))
    rows = facts = 0
    with connector.store.transaction() as tx:
        sellers = _sellers(tx, connector)
        pages = [*_claims(tx, sellers, start, claims), *_filings(tx, connector, sellers, start, filings)]
        for page in pages:
            changes = tx.mirror.apply(page)
            facts += reader.record(tx, changes, start, start)
            rows += len(changes)
    end = start + timedelta(seconds=max(claims, filings))
    return Played(connector=connector, start=start, end=end, rows=rows, facts=facts)


def _sellers(tx: Transaction, connector: Connector) -> list[RecordId]:
    people = RecordReader(tx, connector.mapping).all(Kind.PERSON)
    return [person.id for person in people if isinstance(person, Person) and person.firm]


def _claims(tx: Transaction, sellers: Sequence[RecordId], start: datetime, count: int) -> Iterator[Batch]:
    pooled = (
        version.values
        for version in tx.mirror.scan("Lead")
        if is_queue(version.values["OwnerId"] or "") and version.values["IsConverted"] != "true"
    )
    taken: list[Values] = []
    for number, values in enumerate(islice(pooled, count)):
        seller, when = sellers[number % len(sellers)], instant_text(start + timedelta(seconds=number))
        taken.append(
            {
                **values,
                "OwnerId": seller,
                "Owner_Before__c": values["OwnerId"],
                "Owner_Since__c": when,
                "LastModifiedById": seller,
                "LastModifiedDate": when,
                "SystemModstamp": when,
            }
        )
    yield from _pages("Lead", taken)


def _filings(
    tx: Transaction, connector: Connector, sellers: Sequence[RecordId], start: datetime, count: int
) -> Iterator[Batch]:
    """Copies of the seeded filings, each for another lead's company."""
    name = connector.mapping.object_of(Kind.REGISTRATION)
    models = [version.values for version in tx.mirror.scan(name)]
    companies = [version.values for version in islice(tx.mirror.scan("Lead"), count)]
    filed: list[Values] = []
    children: dict[str, list[Values]] = {
        child: [] for child, _ in connector.mapping.children_of(Kind.REGISTRATION)
    }
    for number, company in enumerate(companies):
        model, seller = models[number % len(models)], sellers[number % len(sellers)]
        made = instant_text(start + timedelta(seconds=number))
        ident = record_id(f"{(model['Id'] or '')[:3]}zz{number:010}")
        filed.append({**model, **_filing(model, company, seller, made), "Id": ident})
        for child, link in connector.mapping.children_of(Kind.REGISTRATION):
            for place, row in enumerate(tx.mirror.where(child, link, model["Id"] or "")):
                own = record_id(f"{row.id[:3]}zz{number:08}{place:02}")
                stamps = {"CreatedDate": made, "LastModifiedDate": made, "SystemModstamp": made}
                children[child].append({**row.values, **stamps, "Id": own, link: ident})
    for child, rows in children.items():
        yield from _pages(child, rows)
    yield from _pages(name, filed)


def _filing(
    model: Mapping[str, str | None], company: Mapping[str, str | None], seller: str, made: str
) -> Values:
    given: Values = {
        "Name": model["Name"],
        "CreatedById": seller,
        "Customer_Name__c": company["Company"],
        "Customer_City__c": company["City"],
        "Customer_Street__c": company["Street"],
        "Customer_Postal_Code__c": company["PostalCode"],
        "Customer_Phone__c": company["Phone"],
        "Customer_Website__c": company["Website"],
        "Status__c": "Submitted",
        "Opportunity__c": None,
        "Review_Decision__c": None,
        "Ruling__c": None,
    }
    moments = ("CreatedDate", "LastModifiedDate", "SystemModstamp", "Submitted_At__c", "Status_Since__c")
    return given | dict.fromkeys(moments, made)


def _pages(name: str, rows: Sequence[Values]) -> Iterator[Batch]:
    for first in range(0, len(rows), 2000):
        page = rows[first : first + 2000]
        fields = tuple(page[0])
        yield Batch(
            object=name, fields=fields, columns=tuple([row[field] for row in page] for field in fields)
        )
