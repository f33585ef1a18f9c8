"""An org made of recorded shapes: each test registers the answers it needs."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pytest
import responses

from connector.salesforce import OrgSettings, SalesforceOrg, connect

URL = "https://acme.my.salesforce.com"
ROOT = f"{URL}/services/data/v63.0"
ORG_ID = "00D000000000001EAA"
TOKEN = "00D000000000001!AQ.secret-of-the-session"

LEAD_KINDS = {
    "Id": "id",
    "LastName": "string",
    "Company": "string",
    "IsConverted": "boolean",
    "AnnualRevenue": "currency",
    "NumberOfEmployees": "int",
    "Score__c": "double",
    "LastActivityDate": "date",
    "ConvertedDate": "date",
    "SystemModstamp": "datetime",
    "OwnerId": "reference",
    "Address": "address",
    "Ref__c": "string",
}


def describe(kinds: Mapping[str, str], name: str = "Lead") -> dict[str, Any]:
    return {"name": name, "fields": [{"name": field, "type": kind} for field, kind in kinds.items()]}


def error(code: str, message: str = "said the org", *fields: str) -> list[dict[str, Any]]:
    return [{"errorCode": code, "message": message, "fields": list(fields)}]


@pytest.fixture
def wire() -> Iterator[responses.RequestsMock]:
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        mock.get(
            f"{URL}/services/oauth2/userinfo",
            json={
                "organization_id": "00D000000000001",
                "user_id": "005000000000001",
                "preferred_username": "integration@acme.example",
            },
        )
        mock.get(
            f"{URL}/services/data",
            json=[{"version": "9.0"}, {"version": "63.0"}, {"version": "62.0"}],
            headers={"Date": "Sat, 21 Nov 2026 12:00:00 GMT"},
        )
        mock.get(f"{ROOT}/sobjects/Lead/describe", json=describe(LEAD_KINDS))
        yield mock


@pytest.fixture
def naps() -> list[float]:
    """The seconds slept, in order; no test waits."""
    return []


@pytest.fixture
def make_org(wire: responses.RequestsMock, naps: list[float]) -> Callable[..., SalesforceOrg]:
    def make(**changes: Any) -> SalesforceOrg:
        given = {"instance_url": URL, "access_token": TOKEN, **changes}
        return connect(OrgSettings(**given), sleep=naps.append)

    return make


@pytest.fixture
def org(make_org: Callable[..., SalesforceOrg]) -> SalesforceOrg:
    return make_org()
