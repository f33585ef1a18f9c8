from __future__ import annotations

import pytest
import responses
from responses import matchers

from connector.ports.org import KeysetRequest, StreamStopped
from connector.salesforce import SalesforceOrg
from connector.salesforce.describe import Describes
from tests.unit.salesforce.conftest import LEAD_KINDS, ROOT, describe, error


def test_a_describe_is_asked_for_once(wire: responses.RequestsMock, org: SalesforceOrg) -> None:
    assert org.describe("Lead") is org.describe("Lead")
    assert wire.assert_call_count(f"{ROOT}/sobjects/Lead/describe", 1)


def test_an_old_describe_is_renewed_only_if_it_changed(
    wire: responses.RequestsMock, org: SalesforceOrg
) -> None:
    clock = [0.0]
    describes = Describes(org._transport, "/services/data/v63.0", ttl=600.0, monotonic=lambda: clock[0])
    path, stamp = f"{ROOT}/sobjects/Account/describe", "Sat, 21 Nov 2026 10:00:00 GMT"
    wire.get(path, json=describe({"Id": "id"}, "Account"), headers={"Last-Modified": stamp})
    first = describes.describe("Account")
    clock[0] = 601.0
    unchanged = wire.get(path, status=304, match=[matchers.header_matcher({"If-Modified-Since": stamp})])
    assert describes.describe("Account") is first
    assert describes.describe("Account") is first
    assert unchanged.call_count == 1


def test_a_schema_that_drifts_is_seen_at_the_next_call(
    wire: responses.RequestsMock, org: SalesforceOrg
) -> None:
    """A field removed under a running stream: the refusal drops the describe that allowed it."""
    request = KeysetRequest(object="Lead", fields=("Company",))
    wire.get(f"{ROOT}/queryAll", status=400, json=error("INVALID_FIELD", "No such column 'Company'"))
    with pytest.raises(StreamStopped, match="No such column"):
        org.since([request])
    kinds = {field: kind for field, kind in LEAD_KINDS.items() if field != "Company"}
    wire.replace(responses.GET, f"{ROOT}/sobjects/Lead/describe", json=describe(kinds))
    with pytest.raises(StreamStopped, match="hidden from this login") as fault:
        org.since([request])
    assert fault.value.object == "Lead"


def test_every_object_the_login_sees_is_listed(wire: responses.RequestsMock, org: SalesforceOrg) -> None:
    wire.get(f"{ROOT}/sobjects", json={"sobjects": [{"name": "Lead"}, {"name": "Account"}]})
    assert [one["name"] for one in org.describe_global()] == ["Lead", "Account"]


def test_a_name_that_is_none_never_reaches_the_org(org: SalesforceOrg) -> None:
    with pytest.raises(ValueError, match="not the name"):
        org.describe("Lead/../User")
