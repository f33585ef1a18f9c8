"""Fields the platform fills in by itself, before rules look at the row.

`derive` mutates the row. `given` names the fields the writer set, which win where the platform only proposes.
"""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Set as AbstractSet
from datetime import date
from typing import Any

from connector.practice.clock import instant_of
from connector.practice.formula import FormulaError, evaluate
from connector.practice.org.conversion import storable
from connector.practice.org.transaction import Row, Transaction
from connector.practice.schema import ObjectDef

Peek = Callable[[str | None], Row | None]


def derive(
    tx: Transaction, definition: ObjectDef, row: Row, prior: Row | None, given: AbstractSet[str]
) -> None:
    """System fields of the row as the platform would compute them."""
    deriver = _DERIVERS.get(definition.name)
    if deriver is not None:
        deriver(tx, row, prior, given)


def refresh_formulas(tx: Transaction, definition: ObjectDef, row: Row, prior: Row | None) -> None:
    """Custom formula fields of the row. They are stored, and move no stamp."""
    for field, compiled in tx.core.rulebook.of(definition).formulas:
        context = tx.context(definition, blank_as_zero=field.formula_null_as_zero)
        try:
            value = evaluate(compiled, record=row, prior=prior, is_new=prior is None, context=context)
        except FormulaError:  # the page shows #Error!, the API null
            value = None
        row[field.name] = storable(field, value)


def person_name(row: Row) -> str | None:
    return " ".join(part for part in (row.get("FirstName"), row.get("LastName")) if part) or None


def partner_account(tx: Transaction, owner_id: str | None) -> str | None:
    """The partner firm of an owner: null for queues and internal users (documented)."""
    owner = tx.peek(owner_id) if owner_id and owner_id.startswith("005") else None
    return owner.get("AccountId") if owner else None


def _lead(tx: Transaction, row: Row, prior: Row | None, given: AbstractSet[str]) -> None:  # noqa: ARG001 - one shape
    row["Name"] = person_name(row)
    row["PartnerAccountId"] = partner_account(tx, row.get("OwnerId"))


def _contact(tx: Transaction, row: Row, prior: Row | None, given: AbstractSet[str]) -> None:  # noqa: ARG001
    row["Name"] = person_name(row)


def _user(tx: Transaction, row: Row, prior: Row | None, given: AbstractSet[str]) -> None:  # noqa: ARG001
    row["Name"] = person_name(row)
    contact = tx.peek(row.get("ContactId"))
    if contact is not None:
        row |= {"AccountId": contact["AccountId"], "UserType": "PowerPartner", "IsPartner": True}
        row["IsPortalEnabled"] = True
    elif not row.get("UserType"):
        row["UserType"] = "Standard"


def _opportunity(tx: Transaction, row: Row, prior: Row | None, given: AbstractSet[str]) -> None:
    stage = (
        tx.schema.object("Opportunity")
        .fields["StageName"]
        .values.get((row.get("StageName") or "").casefold())
    )
    moved = prior is None or prior["StageName"] != row["StageName"]
    if stage is not None and moved:
        row |= {"IsClosed": stage.closed, "IsWon": stage.won}
        if "Probability" not in given:
            row["Probability"] = float(stage.probability or 0)
        if "ForecastCategoryName" not in given:
            row["ForecastCategoryName"] = stage.forecast
    if moved and prior is not None:
        row["LastStageChangeDate"] = tx.stamp
    labels = tx.schema.object("Opportunity").fields["ForecastCategory"].picklist_values
    row["ForecastCategory"] = next(
        (value.value for value in labels if value.label == row.get("ForecastCategoryName")), "Pipeline"
    )
    amount, probability = row.get("Amount"), row.get("Probability")
    row["ExpectedRevenue"] = None if amount is None else round(amount * (probability or 0) / 100, 2)
    close = row.get("CloseDate")
    if close:
        day = date.fromisoformat(close)
        quarter = (day.month + 2) // 3
        row |= {"FiscalYear": day.year, "FiscalQuarter": quarter, "Fiscal": f"{day.year} {quarter}"}
    row["PartnerAccountId"] = partner_account(tx, row.get("OwnerId"))


def _task(tx: Transaction, row: Row, prior: Row | None, given: AbstractSet[str]) -> None:  # noqa: ARG001
    status = tx.schema.object("Task").fields["Status"].values.get((row.get("Status") or "").casefold())
    row["IsClosed"] = bool(status and status.closed)
    row["IsHighPriority"] = row.get("Priority") == "High"
    if row["IsClosed"] and not row.get("CompletedDateTime"):
        row["CompletedDateTime"] = tx.stamp
    row["TaskSubtype"] = row.get("TaskSubtype") or "Task"
    row["AccountId"] = _account_of(tx, row)


def _event(tx: Transaction, row: Row, prior: Row | None, given: AbstractSet[str]) -> None:  # noqa: ARG001
    start = row.get("StartDateTime") or row.get("ActivityDateTime")
    if start:
        row |= {"StartDateTime": start, "ActivityDateTime": start, "ActivityDate": start[:10]}
    end = row.get("EndDateTime")
    if start and end:
        row["DurationInMinutes"] = int((instant_of(end) - instant_of(start)).total_seconds() // 60)
    row["EndDate"] = (end or start or row.get("ActivityDate") or "")[:10] or None
    row["EventSubtype"] = row.get("EventSubtype") or "Event"
    row["AccountId"] = _account_of(tx, row)


def _account_of(tx: Transaction, row: Row) -> str | None:
    what = row.get("WhatId")
    if what and what.startswith("001"):
        return str(what)
    related = tx.peek(what) or {}
    who = row.get("WhoId") or ""
    contact = (tx.peek(who) if who.startswith("003") else None) or {}  # a lead has no account
    found: str | None = related.get("AccountId") or contact.get("AccountId")
    return found


def _line(tx: Transaction, row: Row, prior: Row | None, given: AbstractSet[str]) -> None:
    entry = tx.peek(row.get("PricebookEntryId")) or {}
    product = tx.peek(row.get("Product2Id") or entry.get("Product2Id")) or {}
    opportunity = tx.peek(row.get("OpportunityId")) or {}
    row["Product2Id"] = row.get("Product2Id") or entry.get("Product2Id")
    row["ProductCode"] = product.get("ProductCode")
    row["ListPrice"] = entry.get("UnitPrice")
    row["CurrencyIsoCode"] = opportunity.get("CurrencyIsoCode")
    row["Name"] = " ".join(part for part in (opportunity.get("Name"), product.get("Name")) if part) or None
    quantity = row.get("Quantity") or 0
    if "TotalPrice" in given and "UnitPrice" not in given and quantity and row.get("TotalPrice") is not None:
        row["UnitPrice"] = round(row["TotalPrice"] / quantity, 2)
    if row.get("UnitPrice") is None and prior is None:
        row["UnitPrice"] = row["ListPrice"]
    row["TotalPrice"] = None if row.get("UnitPrice") is None else round(row["UnitPrice"] * quantity, 2)


def _price(tx: Transaction, row: Row, prior: Row | None, given: AbstractSet[str]) -> None:  # noqa: ARG001
    product = tx.peek(row.get("Product2Id")) or {}
    row |= {"Name": product.get("Name"), "ProductCode": product.get("ProductCode")}


def _order(tx: Transaction, row: Row, prior: Row | None, given: AbstractSet[str]) -> None:
    row["StatusCode"] = "Activated" if row.get("Status") == "Activated" else "Draft"
    if (
        row["StatusCode"] == "Activated"
        and "ActivatedDate" not in given
        and (prior is None or not row["ActivatedDate"])
    ):
        row["ActivatedDate"] = tx.stamp


def _group(tx: Transaction, row: Row, prior: Row | None, given: AbstractSet[str]) -> None:  # noqa: ARG001
    row["DeveloperName"] = row.get("DeveloperName") or (row.get("Name") or "").replace(" ", "_")


def _contact_role(tx: Transaction, row: Row, prior: Row | None, given: AbstractSet[str]) -> None:  # noqa: ARG001
    row["CurrencyIsoCode"] = (tx.peek(row.get("OpportunityId")) or {}).get("CurrencyIsoCode")


_DERIVERS: dict[str, Callable[[Transaction, Row, Row | None, AbstractSet[str]], Any]] = {
    "Lead": _lead,
    "Contact": _contact,
    "User": _user,
    "Opportunity": _opportunity,
    "Task": _task,
    "Event": _event,
    "OpportunityLineItem": _line,
    "PricebookEntry": _price,
    "Order": _order,
    "Group": _group,
    "OpportunityContactRole": _contact_role,
}
