"""What an org's form asks of a new record, and no programme is about."""

from collections.abc import Mapping
from typing import Any

from connector.canonical.kind import Kind
from connector.canonical.records import FilingStatus

DEAL = "Opportunity"
CONVERTED = "Qualified"
"""The status that a conversion gives a lead: an org has at least one such."""


def opened(kind: Kind, values: Mapping[str, Any]) -> dict[str, Any]:
    """A registration begins as a draft, unless it is submitted at once: an org's own default elsewhere."""
    if kind is not Kind.REGISTRATION:
        return dict(values)
    told = {word: value for word, value in values.items() if word != "filed_by"}  # the org's own stamp
    return {"status": FilingStatus.DRAFT, **told}


def needed(kind: Kind, name_of_object: str, name: str, values: Mapping[str, Any]) -> dict[str, Any]:
    """What the org asks of such a record, and no programme is about."""
    if name_of_object == "Lead":
        return {"LastName": name}
    if name_of_object == DEAL and kind is Kind.REGISTRATION:
        return {
            "Name": name,
            "StageName": "Prospecting",
            "CloseDate": str(values.get("close_by") or "2099-12-31"),
        }
    if kind is Kind.ACTIVITY and values.get("done"):
        return {"Status": "Completed"}
    return {}


def entered(body: dict[str, Any]) -> dict[str, Any]:
    """The fields as the org wants them; documented: a task is about a person by `WhoId`."""
    if str(body.get("WhatId") or "").startswith("00Q"):
        body["WhoId"] = body.pop("WhatId")
    return body
