"""A single lead of a story, with the history and the activity that belong to it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from connector.practice.seed.companies import Company, email
from connector.practice.seed.leads import owner_change
from connector.practice.seed.people import full_name
from connector.practice.seed.times import audit
from connector.practice.seed.world import Person, World


def story_lead(
    world: World,
    made: Company,
    *,
    owner: Person | None,
    hours: float = 0,
    status: str = "New",
    more: Mapping[str, Any] | None = None,
) -> str:
    """Held by `owner` since `hours`, or waiting in the pool; answers the lead's id."""
    place = made.place
    queue = world.queues[place.pool]
    rng = world.dice(f"story-lead/{made.serial}")
    first, last = rng.choice(place.first), rng.choice(place.last)
    created = world.times.ago(days=9, hours=hours)
    claimed = world.times.ago(hours=hours) if owner else None
    worked = world.times.ago(hours=hours * 0.5) if status != "New" else None
    row = {
        "FirstName": first,
        "LastName": last,
        "Name": full_name(first, last),
        "Title": rng.choice(place.titles),
        "Company": made.name,
        **made.address,
        "Phone": made.phone,
        "Fax": made.fax,
        "Email": email(first, last, made),
        "Website": made.website,
        "Industry": made.industry,
        "NumberOfEmployees": made.employees,
        "LeadSource": "Web",
        "Status": status,
        "CurrencyIsoCode": place.currency,
        "OwnerId": owner.id if owner else queue,
        "Owner_Since__c": claimed or created,
        "Owner_Before__c": queue if owner else None,
        "Status_Since__c": worked or created,
        "IsUnreadByOwner": owner is None,
        "IsConverted": False,
        "LastActivityDate": worked[:10] if worked else None,
        **audit(created, world.admin, worked or claimed or created, owner.id if owner else world.admin),
        **(more or {}),
    }
    lead = world.add("Lead", row)
    if owner and claimed:
        label = next(name for name, each in world.queues.items() if each == queue).replace("_", " ")
        for change in owner_change(lead, (queue, label), (owner.id, owner.name), claimed):
            world.add("LeadHistory", change)
    if owner and worked:
        _worked(world, lead, owner, worked)
    return lead


def _worked(world: World, lead: str, owner: Person, when: str) -> None:
    change = {"Field": "Status", "DataType": "Picklist", "OldValue": "New", "NewValue": "Working"}
    world.add("LeadHistory", {"LeadId": lead, **change, "CreatedById": owner.id, "CreatedDate": when})
    world.add(
        "Task",
        {
            "WhoId": lead,
            "Subject": "Call",
            "ActivityDate": when[:10],
            "Status": "Completed",
            "IsClosed": True,
            "Priority": "Normal",
            "OwnerId": owner.id,
            "CompletedDateTime": when,
            "TaskSubtype": "Call",
            "CurrencyIsoCode": owner.place.currency,
            **audit(when, owner.id),
        },
    )
