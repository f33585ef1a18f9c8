"""Lead conversion: account, contact and opportunity are made or found, the lead closes behind them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from connector.practice.org.history import note_event
from connector.practice.org.results import refusal
from connector.practice.org.save import audit, insert_row, present, update_row
from connector.practice.org.storage import quoted
from connector.practice.org.transaction import Row, Transaction

_PARTS = ("Street", "City", "State", "PostalCode", "Country", "Latitude", "Longitude", "GeocodeAccuracy")
ACCOUNT = {
    "Company": "Name",
    "Phone": "Phone",
    "Fax": "Fax",
    "Website": "Website",
    "Industry": "Industry",
    "NumberOfEmployees": "NumberOfEmployees",
    "AnnualRevenue": "AnnualRevenue",
    "Rating": "Rating",
    "LeadSource": "AccountSource",
    "CompanyDunsNumber": "DunsNumber",
    "CurrencyIsoCode": "CurrencyIsoCode",
} | {part: f"Billing{part}" for part in _PARTS}
CONTACT = {
    "Salutation": "Salutation",
    "FirstName": "FirstName",
    "LastName": "LastName",
    "Title": "Title",
    "Phone": "Phone",
    "MobilePhone": "MobilePhone",
    "Fax": "Fax",
    "Email": "Email",
    "LeadSource": "LeadSource",
    "CurrencyIsoCode": "CurrencyIsoCode",
} | {part: f"Mailing{part}" for part in _PARTS}
OPPORTUNITY = {"LeadSource": "LeadSource", "CurrencyIsoCode": "CurrencyIsoCode"}


@dataclass(frozen=True, kw_only=True)
class Conversion:
    """What the person who converts chose."""

    lead_id: str
    account_id: str | None = None
    contact_id: str | None = None
    opportunity_name: str | None = None
    do_not_create_opportunity: bool = False
    owner_id: str | None = None
    converted_status: str | None = None


def convert_lead(tx: Transaction, asked: Conversion) -> dict[str, Any]:
    """Create Account, Contact and Opportunity in that order, then close the lead; answers the four ids."""
    leads = tx.schema.object("Lead")
    tx.claim(asked.lead_id)
    lead = present(tx, leads, asked.lead_id)
    if lead["IsConverted"]:
        raise refusal("CANNOT_UPDATE_CONVERTED_LEAD", "cannot reference converted lead")
    owner = asked.owner_id or lead["OwnerId"]
    if not owner.startswith("005"):
        raise refusal(
            "INVALID_CROSS_REFERENCE_KEY", "the owner of a converted lead must be a user", "OwnerId"
        )
    status = asked.converted_status or _converted_status(tx)
    account_id = asked.account_id or insert_row(
        tx,
        tx.schema.object("Account"),
        _carried(tx, lead, "Account", ACCOUNT) | {"OwnerId": owner},
        system=True,
    )
    if asked.account_id:
        tx.claim(asked.account_id)
        present(tx, tx.schema.object("Account"), asked.account_id)
    contact_id = asked.contact_id or insert_row(
        tx,
        tx.schema.object("Contact"),
        _carried(tx, lead, "Contact", CONTACT) | {"AccountId": account_id, "OwnerId": owner},
        system=True,
    )
    opportunity_id = (
        None if asked.do_not_create_opportunity else _opportunity(tx, lead, asked, owner, account_id)
    )
    if opportunity_id:
        role = {"OpportunityId": opportunity_id, "ContactId": contact_id, "IsPrimary": True}
        insert_row(tx, tx.schema.object("OpportunityContactRole"), role, system=True)
    _move_activities(tx, lead["Id"], contact_id, opportunity_id or account_id)
    closing = {
        "Status": status,
        "OwnerId": owner,
        "IsConverted": True,
        "ConvertedDate": tx.stamp[:10],
        "ConvertedAccountId": account_id,
        "ConvertedContactId": contact_id,
        "ConvertedOpportunityId": opportunity_id,
        "IsUnreadByOwner": False,
    }
    update_row(tx, leads, lead["Id"], closing, system=True)
    note_event(tx, leads, lead["Id"], "leadConverted")
    return {
        "leadId": lead["Id"],
        "accountId": account_id,
        "contactId": contact_id,
        "opportunityId": opportunity_id,
    }


def _converted_status(tx: Transaction) -> str:
    values = tx.schema.object("Lead").fields["Status"].picklist_values
    return next((value.value for value in values if value.converted), values[0].value)


def _carried(tx: Transaction, lead: Row, target: str, standard: dict[str, str]) -> Row:
    """Standard mapping, then the project's own lead convert settings."""
    definition = tx.schema.object(target)
    mapping = standard | dict(tx.schema.convert_mapping.get(target, {}))
    return {
        into: lead[source]
        for source, into in mapping.items()
        if lead.get(source) is not None and into in definition.fields
    }


def _opportunity(tx: Transaction, lead: Row, asked: Conversion, owner: str, account_id: str) -> str:
    day = date.fromisoformat(tx.stamp[:10])
    month = ((day.month + 2) // 3) * 3
    end = date(day.year + month // 12, month % 12 + 1, 1) - timedelta(days=1)
    stages = tx.schema.object("Opportunity").fields["StageName"].picklist_values
    made = _carried(tx, lead, "Opportunity", OPPORTUNITY) | {
        "Name": asked.opportunity_name or f"{lead['Company']}-",
        "AccountId": account_id,
        "StageName": stages[0].value,
        "CloseDate": end.isoformat(),  # documented: the last day of the current quarter
        "OwnerId": owner,
    }
    return insert_row(tx, tx.schema.object("Opportunity"), made, system=True)


def _move_activities(tx: Transaction, lead_id: str, contact_id: str, what_id: str) -> None:
    for name in ("Task", "Event"):
        definition = tx.schema.object(name)
        for activity in tx.ids(
            f"SELECT Id FROM {quoted(name)} WHERE WhoId = ? AND IsDeleted = 0",  # noqa: S608
            (lead_id,),
        ):
            tx.change(definition, activity, {"WhoId": contact_id, "WhatId": what_id} | audit(tx, definition))
