"""The rows a deal is made of, and the streams of all of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import timedelta

from connector.practice.clock import instant_of, stamp_of
from connector.practice.seed.companies import email
from connector.practice.seed.customers import STAGES, Book, Catalogue, Deal, deal
from connector.practice.seed.people import full_name
from connector.practice.seed.times import audit
from connector.practice.seed.world import CHUNK, Row, World


def stream_deals(world: World, shelf: Book, prices: Catalogue) -> None:
    """Write every deal of the shelf, a bounded number of them at a time."""
    writers = _writers(world, prices)
    for start in range(0, shelf.count, CHUNK):
        drawn = [deal(world, shelf, number) for number in range(start, min(start + CHUNK, shelf.count))]
        for name, rows_of in writers:
            world.stream(name, (row for made in drawn for row in rows_of(made)))


def add_deal(world: World, made: Deal, prices: Catalogue, *, with_account: bool = True) -> None:
    """Keep the rows of one deal; without the account when that belongs to another deal already."""
    for name, rows_of in _writers(world, prices):
        if with_account or name not in {"Account", "Contact"}:
            for row in rows_of(made):
                world.add(name, row)


def _writers(world: World, prices: Catalogue) -> tuple[tuple[str, Callable[[Deal], Iterable[Row]]], ...]:
    return (
        ("Account", lambda made: [account_row(made)]),
        ("Contact", lambda made: [contact_row(made)]),
        ("Opportunity", lambda made: [opportunity_row(world, made, prices)]),
        ("OpportunityLineItem", lambda made: line_rows(made, prices)),
        ("OpportunityContactRole", lambda made: [role_row(made)]),
        ("OpportunityPartner", lambda made: partner_rows(world, made)),
        ("OpportunityFieldHistory", stage_history),
        ("Task", lambda made: [task_row(world, made)]),
        ("Event", lambda made: meeting_rows(world, made)),
    )


def account_row(made: Deal) -> Row:
    return {
        "Id": made.account,
        **made.company.billing(),
        "Type": "Customer - Channel" if made.owner.firm else "Customer - Direct",
        "IsPartner": False,
        "OwnerId": made.owner.id,
        **audit(made.created, made.owner.id),
    }


def contact_row(made: Deal) -> Row:
    return {
        "Id": made.contact,
        "AccountId": made.account,
        "FirstName": made.first,
        "LastName": made.last,
        "Name": full_name(made.first, made.last),
        "Title": made.company.place.titles[0],
        "Email": email(made.first, made.last, made.company),
        "Phone": made.company.phone,
        "OwnerId": made.owner.id,
        "CurrencyIsoCode": made.company.place.currency,
        **audit(made.created, made.owner.id),
    }


def opportunity_row(world: World, made: Deal, prices: Catalogue) -> Row:
    """The opportunity with everything that follows from its stage."""
    stage, probability, forecast = STAGES[made.stage]
    firm = world.firms.get(made.owner.firm)
    closed = made.stage >= 8
    close = made.stage_since[:10] if closed else world.times.day(-20 - made.number % 90)
    return {
        "Id": made.opportunity,
        "AccountId": made.account,
        "Name": made.title,
        "StageName": stage,
        "Amount": made.amount,
        "Probability": probability,
        "ExpectedRevenue": made.amount * probability / 100,
        "CloseDate": close,
        "Type": "New Customer",
        "LeadSource": "Partner Referral" if firm else "Web",
        "NextStep": None if closed else "Follow up",
        "IsClosed": closed,
        "IsWon": made.stage == 8,
        "ForecastCategory": forecast,
        "ForecastCategoryName": forecast,
        "CurrencyIsoCode": made.company.place.currency,
        "HasOpportunityLineItem": True,
        "Pricebook2Id": prices.book,
        "OwnerId": made.owner.id,
        "Sourcing_Partner__c": firm.id if firm else None,
        "Stage_Since__c": made.stage_since if made.stage else made.created,
        "Owner_Since__c": made.created,
        "Owner_Before__c": None,
        "LastStageChangeDate": made.stage_since if made.stage else made.created,
        "FiscalYear": int(close[:4]),
        "FiscalQuarter": (int(close[5:7]) + 2) // 3,
        "Fiscal": f"{close[:4]} {(int(close[5:7]) + 2) // 3}",
        "LastActivityDate": world.times.ago(days=made.active_days, hours=1)[:10],
        **audit(made.created, made.owner.id, made.stage_since if made.stage else made.created),
    }


def line_rows(made: Deal, prices: Catalogue) -> Iterator[Row]:
    currency = made.company.place.currency
    for order, (name, quantity) in enumerate(made.lines, start=1):
        unit = Catalogue.price(name, currency)
        yield {
            "OpportunityId": made.opportunity,
            "PricebookEntryId": prices.entries[name, currency],
            "Product2Id": prices.products[name],
            "ProductCode": prices.codes[name],
            "Name": f"{made.title} {name}",
            "SortOrder": order,
            "CurrencyIsoCode": currency,
            "Quantity": quantity,
            "UnitPrice": unit,
            "ListPrice": unit,
            "TotalPrice": unit * quantity,
            **audit(made.created, made.owner.id),
        }


def role_row(made: Deal) -> Row:
    return {
        "OpportunityId": made.opportunity,
        "ContactId": made.contact,
        "Role": "Decision Maker",
        "IsPrimary": True,
        "CurrencyIsoCode": made.company.place.currency,
        **audit(made.created, made.owner.id),
    }


def partner_rows(world: World, made: Deal) -> Iterator[Row]:
    """The firm beside a partner-owned opportunity."""
    if made.owner.firm:
        yield {
            "OpportunityId": made.opportunity,
            "AccountToId": world.firms[made.owner.firm].id,
            "Role": "VAR/Reseller",
            "IsPrimary": True,
            **audit(made.created, made.owner.id),
        }


def stage_history(made: Deal) -> Iterator[Row]:
    if made.stage:
        yield {
            "OpportunityId": made.opportunity,
            "Field": "StageName",
            "DataType": "Picklist",
            "OldValue": STAGES[0][0],
            "NewValue": STAGES[made.stage][0],
            "CreatedById": made.owner.id,
            "CreatedDate": made.stage_since,
        }


def task_row(world: World, made: Deal) -> Row:
    """A finished task, on the day the opportunity's last activity is shown for."""
    done = world.times.ago(days=made.active_days, hours=1)
    return {
        "WhatId": made.opportunity,
        "WhoId": made.contact,
        "AccountId": made.account,
        "Subject": "Call",
        "ActivityDate": done[:10],
        "Status": "Completed",
        "IsClosed": True,
        "Priority": "Normal",
        "OwnerId": made.owner.id,
        "CompletedDateTime": done,
        "TaskSubtype": "Call",
        "CurrencyIsoCode": made.company.place.currency,
        **audit(done, made.owner.id),
    }


def meeting_rows(world: World, made: Deal) -> Iterator[Row]:
    """A meeting ahead for every fourth open opportunity."""
    if made.stage < 8 and made.number % 4 == 0:
        start = world.times.ago(days=-2 - made.number % 20)
        end = stamp_of(instant_of(start) + timedelta(hours=1))
        yield {
            "WhatId": made.opportunity,
            "WhoId": made.contact,
            "AccountId": made.account,
            "Subject": "Meeting",
            "Location": made.company.city,
            "StartDateTime": start,
            "ActivityDateTime": start,
            "ActivityDate": start[:10],
            "EndDateTime": end,
            "EndDate": end[:10],
            "DurationInMinutes": 60,
            "ShowAs": "Busy",
            "OwnerId": made.owner.id,
            "CurrencyIsoCode": made.company.place.currency,
            **audit(world.times.ago(days=1), made.owner.id),
        }
