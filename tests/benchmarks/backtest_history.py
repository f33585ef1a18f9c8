"""A year of a channel, loaded into a mirrored practice org in bulk: facts as they were judged, and the ledger's lines.

Partner users of many firms take the pools' leads again and again, work them, give them back; now and then two of them
take one lead in one second or within a minute. They file registrations, some for a customer of a lead, and open deals
that move and close. The ledger says of each act that it went well; another policy will see it otherwise.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from heapq import heappop, heappush, merge
from itertools import islice

from connector.bootstrap import Connector
from connector.canonical.docket import ClaimEntry, ClaimState, RegistrationEntry, RegistrationState
from connector.canonical.fact import Fact, FactKind
from connector.canonical.ids import RecordId, is_queue, record_id
from connector.canonical.kind import Kind
from connector.canonical.records import Person
from connector.canonical.time import at, instant_text
from connector.canonical.verdict import Outcome, Verdict
from connector.flows.matcher import index_row
from connector.flows.records import RecordReader
from connector.flows.settle import SEALED
from connector.ports.org import Batch
from connector.ports.store import Decided, SourceVersion

YEAR = timedelta(days=364)
_PAGE = 2_000
_FACTS_A_FIRM = 2_500
_USERS_A_FIRM = 3
_CLAIMS, _FILINGS, _DEALS = 0.32, 0.018, 0.03
"""So many claims, filings and deals for each fact; of a hundred facts 84 are of leads, 4 of filings, 12 of deals."""

_SYLLABLES = (
    "bor",
    "dal",
    "fen",
    "gar",
    "hol",
    "jun",
    "kes",
    "lam",
    "mir",
    "nor",
    "pal",
    "rin",
    "sol",
    "tev",
    "vak",
    "zul",
)
_TRADES = (
    "Maschinenbau",
    "Logistik",
    "Elektrotechnik",
    "Kunststoffe",
    "Labortechnik",
    "Bau",
    "Textil",
    "Energie",
)

Values = dict[str, str | None]


@dataclass(frozen=True, kw_only=True, slots=True)
class Seller:
    """One user of one firm."""

    user: RecordId
    firm: RecordId


@dataclass(frozen=True, kw_only=True, slots=True)
class History:
    """What was loaded: facts, the parties, and the moment up to which all of it is sealed."""

    facts: int
    firms: int
    leads: int
    filings: int
    deals: int
    until: datetime


def loaded(connector: Connector, facts: int, start: datetime) -> History:
    """Load about so many facts of the year after `start`, each with its line in the ledger."""
    sellers = _channel(connector, max(4, facts // _FACTS_A_FIRM))
    leads = _pooled(connector)
    filings = _filings(connector, int(facts * _FILINGS), sellers, start)
    deals = _deals(connector, int(facts * _DEALS), sellers, start)
    claims = _in_order(_claims(leads, int(facts * _CLAIMS), sellers, start))
    told = merge(claims, _filed(filings), _moved(deals), key=lambda act: act[0].instant)
    acts, count, until = islice(told, facts), 0, start
    while page := list(islice(acts, _PAGE)):
        until = page[-1][0].instant
        with connector.store.transaction() as tx:
            tx.ledger.extend(page, until)
            tx.facts.settle([fact for fact, _, _ in page])
        count += len(page)
    until += timedelta(days=1)
    with connector.store.transaction() as tx:
        tx.notes.put(SEALED, instant_text(until))
    return History(
        facts=count, firms=len({each.firm for each in sellers}), leads=len(leads), filings=len(filings),
        deals=len(deals), until=until,
    )  # fmt: skip


# ── parties


def _channel(connector: Connector, firms: int) -> list[Seller]:
    """So many partner firms with their users: copies of those that the practice org has."""
    found: list[Seller] = []
    with connector.store.transaction() as tx:
        people = RecordReader(tx, connector.mapping).all(Kind.PERSON)
        models = [each for each in people if isinstance(each, Person) and each.firm]
        rows: dict[str, list[Values]] = {"Account": [], "User": []}
        for number in range(firms):
            model = models[number % len(models)]
            account = tx.mirror.get("Account", [model.firm or ""])[model.firm or ""].values
            user = tx.mirror.get("User", [model.id])[model.id].values
            firm = record_id(f"001zz{number:010}")
            rows["Account"].append({**account, "Id": firm, "Name": f"Partner {number}"})
            for place in range(_USERS_A_FIRM):
                seller = record_id(f"005zz{number:08}{place:02}")
                name = f"Seller {number}-{place}"
                rows["User"].append({**user, "Id": seller, "AccountId": firm, "Name": name})
                found.append(Seller(user=seller, firm=firm))
        for name, some in rows.items():
            for batch in _batches(name, some):
                tx.mirror.load(batch)
    return found


def _pooled(connector: Connector) -> list[tuple[RecordId, RecordId]]:
    """The leads that lie in a pool, with it."""
    with connector.store.reading() as view:
        return [
            (RecordId(version.id), RecordId(version.values["OwnerId"] or ""))
            for version in view.mirror.scan("Lead")
            if is_queue(version.values["OwnerId"] or "") and version.values["IsConverted"] != "true"
        ]


# ── leads


def _claims(
    leads: Sequence[tuple[RecordId, RecordId]], count: int, sellers: Sequence[Seller], start: datetime
) -> Iterator[Iterator[Decided]]:
    """Rounds over all pooled leads: taken, mostly worked, mostly given back."""
    apart, rounds = YEAR / max(count, 1), -(-count // len(leads))
    stay = min(YEAR / max(rounds, 1), timedelta(days=25))
    for number in range(count):
        lead, pool = leads[number % len(leads)]
        opened = (start + apart * number).replace(microsecond=0)
        yield _claim(lead, pool, number, opened, stay, sellers)


def _claim(  # noqa: PLR0917
    lead: RecordId, pool: RecordId, number: int, opened: datetime, stay: timedelta, sellers: Sequence[Seller]
) -> Iterator[Decided]:
    """One lead from the pool and back."""
    mine = sellers[number * 7 % len(sellers)]
    yield _taken(lead, pool, mine, opened, ClaimState.ACTIVE)
    rival = sellers[(number * 11 + 5) % len(sellers)]
    if number % 40 == 0 and rival.firm != mine.firm:  # in the same second, or within the minute
        later = opened + timedelta(seconds=number % 80)
        yield _taken(lead, mine.user if number % 80 else pool, rival, later, ClaimState.REVOKED)
    if number % 5:
        yield (_fact(FactKind.WORKED, Kind.LEAD, lead, opened + stay / 8, "Working", "", mine.user), None, ())
    if number % 9:
        back = (opened + stay / 2).replace(microsecond=0)
        entry = _entry(lead, pool, mine, opened, ClaimState.RELEASED, back)
        yield (_fact(FactKind.RELEASED, Kind.LEAD, lead, back, pool, mine.user, mine.user), None, (entry,))


def _taken(lead: RecordId, prior: RecordId, who: Seller, when: datetime, state: ClaimState) -> Decided:
    verdict = _verdict(Kind.LEAD, lead, Outcome.APPROVE if state.open else Outcome.REJECT)
    closed = None if state.open else when
    entry = _entry(lead, prior, who, when, state, closed)
    return (_fact(FactKind.CLAIMED, Kind.LEAD, lead, when, who.user, prior, who.user), verdict, (entry,))


def _entry(  # noqa: PLR0917
    lead: RecordId, prior: RecordId, who: Seller, when: datetime, state: ClaimState, closed: datetime | None
) -> ClaimEntry:
    return ClaimEntry(
        lead=lead, holder=who.user, firm=who.firm, pool=prior if is_queue(prior) else None, taken_from=prior,
        opened=at(when), state=state, closed_at=closed,
    )  # fmt: skip


# ── filings


def _filings(
    connector: Connector, count: int, sellers: Sequence[Seller], start: datetime
) -> list[tuple[RecordId, Seller, datetime]]:
    """Copies of the org's own filings for other customers, each with its evidence, in the match index."""
    name = connector.mapping.object_of(Kind.REGISTRATION)
    links = connector.mapping.children_of(Kind.REGISTRATION)
    found: list[tuple[RecordId, Seller, datetime]] = []
    with connector.store.transaction() as tx:
        models = [version.values for version in tx.mirror.scan(name)]
        beside = {
            each["Id"]: [(c, k, [*tx.mirror.where(c, k, each["Id"] or "")]) for c, k in links]
            for each in models
        }
        companies = [version.values for version in islice(tx.mirror.scan("Lead"), count // 10 + 1)]
    for first in range(0, count, _PAGE):
        rows: list[Values] = []
        children: dict[str, list[Values]] = {child: [] for child, _ in links}
        for number in range(first, min(first + _PAGE, count)):
            model, seller = models[number % len(models)], sellers[number * 13 % len(sellers)]
            when = (start + YEAR * 0.9 / count * number).replace(microsecond=0)
            ident = record_id(f"{(model['Id'] or '')[:3]}zz{number:010}")
            made = instant_text(when)
            customer = _of_lead(companies[number // 10]) if number % 10 == 0 else _customer(number)
            rows.append({**model, **customer, **_filed_on(model, seller.user, made), "Id": ident})
            for child, link, kept in beside[model["Id"]]:
                children[child] += _children(kept, link, ident, number, made)
            found.append((ident, seller, when))
        _keep(connector, name, rows, children, [ident for ident, _, _ in found[first:]])
    return found


def _children(
    kept: Sequence[SourceVersion], link: str, parent: RecordId, number: int, made: str
) -> Iterator[Values]:
    stamps = dict.fromkeys(("CreatedDate", "LastModifiedDate", "SystemModstamp"), made)
    for place, row in enumerate(kept):
        yield {**row.values, **stamps, "Id": record_id(f"{row.id[:3]}zz{number:08}{place:02}"), link: parent}


def _keep(
    connector: Connector,
    name: str,
    rows: Sequence[Values],
    children: Mapping[str, Sequence[Values]],
    idents: Sequence[RecordId],
) -> None:
    with connector.store.transaction() as tx:
        for object_name, some in ((name, rows), *children.items()):
            for batch in _batches(object_name, some):
                tx.mirror.load(batch)
        reader = RecordReader(tx, connector.mapping)
        versions = tx.mirror.get(name, idents).values()
        read = (reader.read(Kind.REGISTRATION, each, each.stamp) for each in versions)
        known = (index_row(Kind.REGISTRATION, record) for record in read if record is not None)
        tx.matches.load([row for row in known if row is not None])


def _filed_on(model: Mapping[str, str | None], seller: str, made: str) -> Values:
    moments = ("CreatedDate", "LastModifiedDate", "SystemModstamp", "Submitted_At__c", "Status_Since__c")
    cleared = ("Opportunity__c", "Review_Decision__c", "Ruling__c")
    return {
        "Name": model["Name"],
        "CreatedById": seller,
        "Status__c": "Submitted",
        **dict.fromkeys(cleared),
        **dict.fromkeys(moments, made),
    }


def _of_lead(company: Mapping[str, str | None]) -> Values:
    return {
        "Customer_Name__c": company["Company"],
        "Customer_City__c": company["City"],
        "Customer_Street__c": company["Street"],
        "Customer_Postal_Code__c": company["PostalCode"],
        "Customer_Phone__c": company["Phone"],
        "Customer_Website__c": company["Website"],
    }


def _customer(number: int) -> Values:
    """Another company for each number."""
    word, rest = "", number + 4096
    while rest:
        rest, place = divmod(rest, len(_SYLLABLES))
        word += _SYLLABLES[place]
    return {
        "Customer_Name__c": f"{word.capitalize()} {_TRADES[number % len(_TRADES)]} GmbH",
        "Customer_City__c": f"{word[:5].capitalize()}stadt",
        "Customer_Street__c": f"{word[3:8].capitalize()}weg {number % 180 + 1}",
        "Customer_Postal_Code__c": f"{10_000 + number * 37 % 89_999}",
        "Customer_Phone__c": f"+49 {300 + number % 600} {1_000_000 + number}",
        "Customer_Website__c": f"https://www.{word}.example",
    }


def _filed(filings: Sequence[tuple[RecordId, Seller, datetime]]) -> Iterator[Decided]:
    """Filed, and two hours later told."""
    yield from _in_order(_filing(*each) for each in filings)


def _filing(ident: RecordId, who: Seller, when: datetime) -> Iterator[Decided]:
    entry = RegistrationEntry(
        registration=ident, firm=who.firm, registrant=who.user, filed=at(when), complete=at(when),
        state=RegistrationState.APPROVED, ruled_at=when, policy="acme-registration/1",
    )  # fmt: skip
    said = _verdict(Kind.REGISTRATION, ident, Outcome.APPROVE)
    fact = _fact(FactKind.FILED, Kind.REGISTRATION, ident, when, "submitted", "", who.user)
    yield (fact.model_copy(update={"detail": {"version": instant_text(when)}}), said, (entry,))
    told = when + timedelta(hours=2)
    opened = entry.model_copy(update={"protected_from": told, "protected_until": told + timedelta(days=90)})
    yield (_fact(FactKind.NOTIFIED, Kind.REGISTRATION, ident, told, "approved", "", None), None, (opened,))


# ── deals


def _deals(
    connector: Connector, count: int, sellers: Sequence[Seller], start: datetime
) -> list[tuple[RecordId, Seller, datetime]]:
    """Copies of the org's own deals, each with another owner."""
    found: list[tuple[RecordId, Seller, datetime]] = []
    with connector.store.transaction() as tx:
        models = [version.values for version in tx.mirror.scan("Opportunity")]
        rows: list[Values] = []
        for number in range(count):
            model, seller = models[number % len(models)], sellers[number * 17 % len(sellers)]
            when = (start + YEAR * 0.8 / count * number).replace(microsecond=0)
            ident = record_id(f"006zz{number:010}")
            made = instant_text(when)
            stamps = dict.fromkeys(
                ("CreatedDate", "LastModifiedDate", "SystemModstamp", "Owner_Since__c"), made
            )
            owned = {"OwnerId": seller.user, "PartnerAccountId": seller.firm, "Owner_Before__c": None}
            rows.append({**model, **stamps, **owned, "Id": ident, "Name": f"Deal {number}"})
            found.append((ident, seller, when))
        for batch in _batches("Opportunity", rows):
            tx.mirror.load(batch)
    return found


def _moved(deals: Sequence[tuple[RecordId, Seller, datetime]]) -> Iterator[Decided]:
    yield from _in_order(_deal(number, *each) for number, each in enumerate(deals))


def _deal(number: int, ident: RecordId, who: Seller, when: datetime) -> Iterator[Decided]:
    """Opened, moved on, closed a month later."""
    steps = (
        (FactKind.OPENED, 0, "1", ""),
        (FactKind.STAGE_MOVED, 9, "4", "1"),
        (FactKind.STAGE_MOVED, 20, "8", "4"),
    )
    end = "lost" if number % 3 else "won"
    for kind, days, value, prior in (*steps, (FactKind.CLOSED, 30, end, "")):
        moment = when + timedelta(days=days)
        yield (_fact(kind, Kind.OPPORTUNITY, ident, moment, value, prior, who.user), None, ())


# ── what all of them are made of


def _in_order(lives: Iterable[Iterable[Decided]]) -> Iterator[Decided]:
    """The acts of lives that begin one after the other, in the order of time."""
    waiting: list[tuple[tuple[datetime, int, str], int, int, Decided]] = []
    for number, life in enumerate(lives):
        acts = list(life)
        while waiting and waiting[0][0][0] < acts[0][0].instant:
            yield heappop(waiting)[-1]
        for place, act in enumerate(acts):
            heappush(waiting, (act[0].order, number, place, act))
    while waiting:
        yield heappop(waiting)[-1]


def _fact(  # noqa: PLR0917
    kind: FactKind, subject: Kind, record: RecordId, when: datetime, value: str, prior: str, actor: RecordId | None
) -> Fact:  # fmt: skip
    return Fact(
        kind=kind, subject=subject, record=record, when=at(when), value=value, prior=prior, actor=actor
    )


def _verdict(subject: Kind, record: RecordId, outcome: Outcome) -> Verdict:
    policy = "acme-partner-leads/1" if subject is Kind.LEAD else "acme-registration/1"
    return Verdict(subject=subject, record=record, outcome=outcome, findings=(), policy=policy)


def _batches(name: str, rows: Sequence[Values]) -> Iterator[Batch]:
    for first in range(0, len(rows), _PAGE):
        page = rows[first : first + _PAGE]
        fields = tuple(page[0])
        yield Batch(
            object=name, fields=fields, columns=tuple([row[field] for row in page] for field in fields)
        )
