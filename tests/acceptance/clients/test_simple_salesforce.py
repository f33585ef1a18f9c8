"""simple-salesforce against a running practice org; its hard-coded https hosts are redirected, nothing else."""

from __future__ import annotations

import csv
import io
from datetime import datetime, timedelta
from typing import Any

import pytest
import requests
from requests.adapters import HTTPAdapter
from simple_salesforce import exceptions
from simple_salesforce.api import Salesforce

from tests.acceptance.clients.conftest import Served


class ToPractice(HTTPAdapter):
    """Sends calls for Salesforce's own hosts to the practice org."""

    def __init__(self, org: Served) -> None:
        super().__init__()
        self._org = org

    def send(self, request: requests.PreparedRequest, *args: Any, **options: Any) -> requests.Response:
        assert request.url is not None
        request.url = self._org.url + "/" + request.url.split("/", 3)[3]
        # A bundle named by the environment would win over the session's own.
        return super().send(request, *args, **{**options, "verify": self._org.greeting["ca_file"]})


def logged_in(org: Served, **credentials: Any) -> Any:
    """A client; its own type hints mistake what attribute access gives, so they are left aside."""
    session = requests.Session()
    session.mount("https://", ToPractice(org))
    return Salesforce(session=session, version=org.greeting["api_version"], **credentials)


@pytest.fixture(scope="module")
def salesforce(tls_org: Served) -> Any:
    """Logged in by client credentials."""
    greeting = tls_org.greeting
    return logged_in(
        tls_org,
        consumer_key=greeting["client_id"],
        consumer_secret=greeting["client_secret"],
        domain="practice.my",
    )


@pytest.mark.parametrize("way", ["session", "client_credentials", "jwt", "password", "soap"])
def test_it_logs_in(tls_org: Served, way: str) -> None:
    greeting = tls_org.greeting
    key, user = {"consumer_key": greeting["client_id"]}, {"username": greeting["username"]}
    secret = {"consumer_secret": greeting["client_secret"]}
    ways = {
        "session": {"instance_url": greeting["instance_url"], "session_id": greeting["access_token"]},
        "client_credentials": {**key, **secret, "domain": "practice.my"},
        "jwt": {**user, **key, "privatekey_file": greeting["private_key_file"]},
        "password": {**user, **key, **secret, "password": greeting["password"]},
        "soap": {**user, "password": greeting["password"], "security_token": greeting["security_token"]},
    }
    found = logged_in(tls_org, **ways[way])
    assert found.query("SELECT COUNT() FROM User")["totalSize"] > 0
    assert found.api_usage["api-usage"].used > 0


def test_a_wrong_password_is_told_in_the_services_words(tls_org: Served) -> None:
    greeting = tls_org.greeting
    with pytest.raises(exceptions.SalesforceAuthenticationFailed, match="INVALID_LOGIN"):
        logged_in(tls_org, username=greeting["username"], password="wrong", security_token="")


def test_queries_read_every_row(salesforce: Any, tls_org: Served) -> None:
    soql = "SELECT Id, Name, Owner.Name FROM Lead"
    expected = {row["Id"]: row["Name"] for row in tls_org.rows(soql)}
    small = {"headers": {"Sforce-Query-Options": "batchSize=200"}}
    assert {row["Id"]: row["Name"] for row in salesforce.query_all(soql, **small)["records"]} == expected
    assert {row["Id"]: row["Name"] for row in salesforce.query_all_iter(soql, **small)} == expected
    assert salesforce.query(soql, include_deleted=True)["totalSize"] >= len(expected)


def test_a_wrong_query_is_a_malformed_request(salesforce: Any) -> None:
    with pytest.raises(exceptions.SalesforceMalformedRequest) as refused:
        salesforce.query("SELEKT Id FROM Lead")
    told: Any = refused.value.content
    assert told == [{"message": "unexpected token: SELEKT", "errorCode": "MALFORMED_QUERY"}]


def test_a_record_lives_and_dies(salesforce: Any) -> None:
    made = salesforce.Lead.create({"LastName": "Einfach", "Company": "Simple AG"})
    assert made == {"id": made["id"], "success": True, "errors": []}
    assert salesforce.Lead.update(made["id"], {"City": "Graz"}) == 204
    found = salesforce.Lead.get(made["id"])
    assert (found["Company"], found["City"]) == ("Simple AG", "Graz")
    stamp = datetime.fromisoformat(found["SystemModstamp"])
    span = stamp - timedelta(minutes=10), stamp + timedelta(minutes=2)
    assert made["id"] in salesforce.Lead.updated(*span)["ids"]
    assert salesforce.Lead.delete(made["id"]) == 204
    deleted = {row["id"] for row in salesforce.Lead.deleted(*span)["deletedRecords"]}
    assert made["id"] in deleted
    with pytest.raises(exceptions.SalesforceResourceNotFound):
        salesforce.Lead.get(made["id"])


def test_an_upsert_goes_by_external_id(salesforce: Any) -> None:
    conflict = salesforce.Channel_Conflict__c
    assert conflict.upsert("External_Key__c/simple-1", {"Kind__c": "a"}) == 201
    assert conflict.upsert("External_Key__c/simple-1", {"Kind__c": "b"}) == 200
    assert conflict.get_by_custom_id("External_Key__c", "simple-1")["Kind__c"] == "b"


def test_describes_are_read(salesforce: Any, tls_org: Served) -> None:
    assert salesforce.Lead.describe() == tls_org.call("GET", "sobjects/Lead/describe")
    assert {each["name"] for each in salesforce.describe()["sobjects"]} >= {"Lead", "Opportunity"}
    assert salesforce.Lead.metadata()["objectDescribe"]["name"] == "Lead"
    assert salesforce.limits()["DailyApiRequests"]["Max"] == 100_000


def test_bulk2_queries_read_every_row(salesforce: Any, tls_org: Served) -> None:
    soql = "SELECT Id, LastName, City FROM Lead"
    pages = list(salesforce.bulk2.Lead.query(soql, max_records=100, wait=0.05))
    rows = [row for page in pages for row in csv.DictReader(io.StringIO(page))]
    expected = {row["Id"]: (row["LastName"], row["City"] or "") for row in tls_org.rows(soql)}
    assert len(pages) > 1
    assert len(rows) == len(expected)
    assert {row["Id"]: (row["LastName"], row["City"]) for row in rows} == expected


def test_bulk2_inserts_upserts_and_deletes(salesforce: Any) -> None:
    records = [{"LastName": f"Bulk{each}", "Company": "Simple Bulk"} for each in range(2500)]
    (loaded,) = salesforce.bulk2.Lead.insert(records=records, wait=0.05)
    assert (loaded["numberRecordsTotal"], loaded["numberRecordsFailed"]) == (2500, 0)
    ids = [
        row["Id"] for row in salesforce.query_all_iter("SELECT Id FROM Lead WHERE Company = 'Simple Bulk'")
    ]
    assert len(ids) == 2500
    keyed = [{"External_Key__c": f"simple-bulk-{each}", "Kind__c": "x"} for each in range(3)]
    conflict = salesforce.bulk2.Channel_Conflict__c
    (made,) = conflict.upsert(records=keyed, external_id_field="External_Key__c", wait=0.05)
    assert made["numberRecordsFailed"] == 0
    results = conflict.get_all_ingest_records(made["job_id"])
    assert [row["sf__Created"] for row in results["successfulRecords"]] == ["true"] * 3
    (gone,) = salesforce.bulk2.Lead.delete(records=[{"Id": each} for each in ids], wait=0.05)
    assert gone["numberRecordsFailed"] == 0
    assert salesforce.query("SELECT COUNT() FROM Lead WHERE Company = 'Simple Bulk'")["totalSize"] == 0


def test_the_older_bulk_api_inserts_upserts_queries_and_deletes(salesforce: Any) -> None:
    records = [{"LastName": f"Alt{each}", "Company": "Alte Masse"} for each in range(450)]
    made = salesforce.bulk.Lead.insert([*records, {"LastName": "Ohne Firma"}], batch_size=200)
    assert [row["success"] for row in made] == [True] * 450 + [False]
    assert made[-1]["errors"][0]["statusCode"] == "REQUIRED_FIELD_MISSING"
    found = salesforce.bulk.Lead.query(
        "SELECT Id, LastName, CreatedDate FROM Lead WHERE Company = 'Alte Masse'"
    )
    assert {row["LastName"] for row in found} == {each["LastName"] for each in records}
    assert all(isinstance(row["CreatedDate"], int) for row in found)
    conflict = salesforce.bulk.Channel_Conflict__c
    keyed = [{"External_Key__c": "old-1", "Kind__c": "a"}]
    upserted = [conflict.upsert(keyed, "External_Key__c")[0]["created"] for _ in range(2)]
    assert upserted == [True, False]
    gone = salesforce.bulk.Lead.delete([{"Id": row["Id"]} for row in found])
    assert all(row["success"] for row in gone)
    with pytest.raises(
        exceptions.SalesforceGeneralError, match="InvalidBatch : Failed to process query: INVALID_FIELD"
    ):
        salesforce.bulk.Lead.query("SELECT Nope__c FROM Lead")


def test_it_searches_and_reads_layouts(salesforce: Any) -> None:
    made = salesforce.Account.create({"Name": "Suchwort Quarzsand GmbH"})["id"]
    found = salesforce.search("FIND {quarzsand} RETURNING Account(Id, Name)")["searchRecords"]
    assert [row["Id"] for row in found] == [made]
    assert salesforce.quick_search("Quarzsand")["searchRecords"][0]["Id"] == made
    layouts = salesforce.Account.describe_layout("012000000000000AAA")
    assert layouts["detailLayoutSections"]
    assert salesforce.toolingexecute("query?q=SELECT+Id+FROM+ApexClass")["records"] == []


def test_composites_go_through_restful(salesforce: Any, tls_org: Served) -> None:
    version = tls_org.greeting["api_version"]
    asked = [
        {
            "method": "POST",
            "url": f"/services/data/v{version}/sobjects/Account",
            "referenceId": "firm",
            "body": {"Name": "Komposit AG"},
        },
        {
            "method": "GET",
            "url": f"/services/data/v{version}/sobjects/Account/@{{firm.id}}?fields=Name",
            "referenceId": "read",
        },
    ]
    answer = salesforce.restful("composite", method="POST", json={"compositeRequest": asked})
    made, read = answer["compositeResponse"]
    assert (made["httpStatusCode"], read["body"]["Name"]) == (201, "Komposit AG")
    collection = {"records": [{"attributes": {"type": "Account"}, "Name": "Sammlung AG"}]}
    (row,) = salesforce.restful("composite/sobjects", method="POST", json=collection)
    assert row["success"] is True
    assert salesforce.restful("limits/recordCount", params={"sObjects": "Lead"})["sObjects"][0]["count"] > 0
