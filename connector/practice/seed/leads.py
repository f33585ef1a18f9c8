"""Leads: waiting in the pools, held by partner users, worked by direct sellers, converted long ago."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import repeat
from typing import Any

from connector.practice.clock import instant_of, stamp_of
from connector.practice.seed.companies import LEAD_SERIAL, Company, company, email
from connector.practice.seed.customers import Book, Deal, deal
from connector.practice.seed.people import full_name
from connector.practice.seed.places import Place, any_place, places
from connector.practice.seed.times import audit
from connector.practice.seed.traps import TRAPPED_LEADS
from connector.practice.seed.world import CHUNK, Firm, Person, Row, World

SOURCES = ("Web", "Phone Inquiry", "Partner Referral", "Purchased List", "Other")
SUBJECTS = ("Call", "Email", "Send Quote", "Erstgespräch", "Opkald", "Llamada", "电话沟通")
_FAIR_SHARE = 0.2  # leads imported from one trade fair in one second
TYPICAL = 600  # leads for which the firms' holdings are given
WORKED = ("Working", "Working", "Nurturing")


@dataclass(frozen=True, kw_only=True)
class Holding:
    """Who holds a lead and since how many hours."""

    owner: Person
    hours: float
    status: str


@dataclass(kw_only=True)
class Plan:
    """Which of the `count` leads are held, and which were converted into which customer."""

    count: int
    first: int  # number of the first lead's id
    shelf: Book
    held: dict[int, tuple[Firm, Holding]] = field(default_factory=dict)
    converted: dict[int, int] = field(default_factory=dict)


def plan(world: World, count: int, *, told: Mapping[str, int], shelf: Book) -> Plan:
    """Spread the firms' holdings and the conversions over the leads. `told` are held in stories already."""
    rng = world.dice("plan")
    wanted: list[tuple[Firm, Holding]] = []
    for firm in world.firms.values():
        size = min(firm.held, round(firm.held * count / TYPICAL)) if count < TYPICAL else firm.held
        for _ in range(max(size - told.get(firm.key, 0), 0)):
            status = rng.choice(("New", *WORKED))
            hours = rng.uniform(1, 150) if status == "New" else rng.uniform(30, 2000)
            holding = Holding(owner=rng.choice(firm.active), hours=hours, status=status)
            wanted.append((firm, holding))
    wanted = wanted[: count // 2]
    converted = min(count // 20, shelf.count)
    spots = rng.sample(range(count), len(wanted) + converted)
    return Plan(
        count=count,
        first=world.ids.reserve("Lead", count),
        shelf=shelf,
        held=dict(zip(spots, wanted, strict=False)),
        converted={spot: number for number, spot in enumerate(spots[len(wanted) :])},
    )


@dataclass(frozen=True, kw_only=True)
class Sketch:
    """One lead before it is a row; history and activities are drawn from the same sketch."""

    id: str
    company: Company
    place: Place
    queue: str
    owner: str
    created: str
    claimed: str | None
    status: str
    status_since: str
    deal: Deal | None  # what it was converted into
    worked_days: int | None  # days since the last activity
    holder: Person | None = None


def sketch(world: World, made: Plan, number: int) -> Sketch:
    """The lead of that number; the same answer however often it is asked."""
    rng = world.dice(f"lead/{number}")
    held = made.held.get(number)
    if held is not None:
        place = rng.choice([places()[c] for c in held[0].territory if c in places()] or [held[0].place])
    else:
        place = any_place(rng)
    firm = company(rng, place, LEAD_SERIAL + number)
    queue = world.queues[place.pool]
    fair = rng.random() < _FAIR_SHARE
    created = world.times.ago(days=12) if fair else world.times.ago(minutes=rng.randint(9_000, 550_000))
    common: dict[str, Any] = {
        "id": world.ids.at("Lead", made.first + number),
        "company": firm,
        "place": place,
    }
    common |= {"queue": queue, "created": created}
    if held is not None:
        since = world.times.ago(hours=held[1].hours, seconds=rng.randint(0, 3599))
        created = min(created, world.times.ago(hours=held[1].hours + rng.randint(5, 400)))
        moved = (
            since
            if held[1].status == "New"
            else world.times.ago(hours=held[1].hours * rng.uniform(0.05, 0.9))
        )
        worked = None if held[1].status == "New" else max(int(held[1].hours * 0.04 / 24), 0)
        return Sketch(
            **{**common, "created": created},
            owner=held[1].owner.id,
            holder=held[1].owner,
            claimed=since,
            status=held[1].status,
            status_since=created if held[1].status == "New" else moved,
            deal=None,
            worked_days=worked,
        )
    if number in made.converted:
        return _converted(world, deal(world, made.shelf, made.converted[number]), common)
    if rng.random() < 0.14:
        status = rng.choice((*WORKED, "Unqualified"))
        since = world.times.ago(hours=rng.randint(20, 145))
        return Sketch(
            **common,
            owner=rng.choice(world.sellers).id,
            claimed=since,
            status=status,
            status_since=since,
            deal=None,
            worked_days=rng.randint(1, 6),
        )
    return Sketch(
        **common,
        owner=queue,
        claimed=None,
        status="New",
        status_since=created,
        deal=None,
        worked_days=None,
    )


def _converted(world: World, into: Deal, common: dict[str, Any]) -> Sketch:
    """A lead that became a customer and an opportunity on the day those were created."""
    born = instant_of(into.created)
    return Sketch(
        **{
            **common,
            "company": into.company,
            "place": into.company.place,
            "queue": world.queues[into.company.place.pool],
            "created": stamp_of(born - timedelta(days=20 + into.number % 30)),
        },
        owner=into.owner.id,
        claimed=None,
        status="Qualified",
        status_since=into.created,
        deal=into,
        worked_days=into.active_days,
    )


def stream_leads(world: World, made: Plan) -> None:
    """Write the leads with their history and activities, a bounded number of them at a time."""
    for start in range(0, made.count, CHUNK):
        numbers = range(start, min(start + CHUNK, made.count))
        drawn = [sketch(world, made, number) for number in numbers]
        world.stream("Lead", map(lead_row, repeat(world), drawn, numbers))
        world.stream("LeadHistory", (row for each in drawn for row in lead_history(world, each)))
        world.stream("Task", (row for each in drawn for row in lead_task(world, each)))


def lead_row(world: World, drawn: Sketch, number: int) -> Row:
    """One lead."""
    rng = world.dice(f"lead-row/{number}")
    place, firm = drawn.place, drawn.company
    first, last = rng.choice(place.first), rng.choice(place.last)
    last_touch = max(drawn.created, drawn.claimed or "", drawn.status_since)
    row: Row = {
        "Id": drawn.id,
        "FirstName": first,
        "LastName": last,
        "Name": full_name(first, last),
        "Title": rng.choice(place.titles),
        "Company": firm.name,
        **firm.address,
        "Phone": firm.phone,
        "Fax": firm.fax if rng.random() < 0.6 else None,
        "MobilePhone": place.phone(firm.city, firm.serial, 2) if rng.random() < 0.3 else None,
        "Email": email(first, last, firm),
        "Website": firm.website if rng.random() < 0.8 else None,
        "Industry": firm.industry,
        "NumberOfEmployees": firm.employees,
        "LeadSource": rng.choice(SOURCES),
        "Status": drawn.status,
        "CurrencyIsoCode": place.currency,
        "OwnerId": drawn.owner,
        "Owner_Since__c": drawn.claimed or drawn.created,
        "Owner_Before__c": drawn.queue if drawn.claimed else None,
        "Status_Since__c": drawn.status_since,
        "IsUnreadByOwner": drawn.owner == drawn.queue,
        "IsConverted": drawn.deal is not None,
        "LastActivityDate": None if drawn.worked_days is None else world.times.day(drawn.worked_days),
        **audit(drawn.created, world.admin, last_touch, drawn.owner if drawn.claimed else world.admin),
    }
    if drawn.deal is not None:
        row |= {
            "ConvertedDate": drawn.status_since[:10],
            "ConvertedAccountId": drawn.deal.account,
            "ConvertedContactId": drawn.deal.contact,
            "ConvertedOpportunityId": drawn.deal.opportunity,
        }
        return row
    return {**row, **TRAPPED_LEADS.get(number, {})}


def lead_history(world: World, drawn: Sketch) -> Iterator[Row]:
    """The changes of owner and status of a lead that a partner user took; other leads have none."""
    holder = drawn.holder
    if holder is None or drawn.claimed is None:
        return
    queue = next(name for name, queue in world.queues.items() if queue == drawn.queue)
    yield from owner_change(
        drawn.id, (drawn.queue, queue.replace("_", " ")), (holder.id, holder.name), drawn.claimed
    )
    if drawn.status != "New":
        yield {
            "LeadId": drawn.id,
            "Field": "Status",
            "DataType": "Picklist",
            "OldValue": "New",
            "NewValue": drawn.status,
            "CreatedById": holder.id,
            "CreatedDate": drawn.status_since,
        }


def owner_change(lead: str, before: tuple[str, str], after: tuple[str, str], when: str) -> Iterator[Row]:
    """The two rows the service writes for one change of owner: names, then ids."""
    for kind, old, new in (("Text", before[1], after[1]), ("EntityId", before[0], after[0])):
        yield {
            "LeadId": lead,
            "Field": "Owner",
            "DataType": kind,
            "OldValue": old,
            "NewValue": new,
            "CreatedById": after[0] if after[0].startswith("005") else before[0],
            "CreatedDate": when,
        }


def lead_task(world: World, drawn: Sketch) -> Iterator[Row]:
    """One finished task for a worked lead, on the day its last activity is shown for."""
    if drawn.worked_days is None or drawn.deal is not None:
        return
    rng = world.dice(f"task/{drawn.id}")
    done = world.times.ago(days=drawn.worked_days, hours=1)
    yield {
        "WhoId": drawn.id,
        "Subject": rng.choice(SUBJECTS),
        "ActivityDate": world.times.day(drawn.worked_days),
        "Status": "Completed",
        "IsClosed": True,
        "Priority": "Normal",
        "OwnerId": drawn.owner,
        "CompletedDateTime": done,
        "TaskSubtype": "Task",
        "CurrencyIsoCode": drawn.place.currency,
        **audit(done, drawn.owner),
    }
