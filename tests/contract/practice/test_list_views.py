"""List views: which there are, what they ask and what they find."""

from __future__ import annotations

from typing import Any

import pytest

from tests.contract.practice.client import Client


def views(client: Client, name: str) -> dict[str, dict[str, Any]]:
    told = client.get(f"sobjects/{name}/listviews").json()
    assert (told["done"], told["nextRecordsUrl"], told["sobjectType"]) == (True, None, name)
    assert told["size"] == len(told["listviews"])
    return {each["developerName"]: each for each in told["listviews"]}


def test_the_views_of_an_object_are_listed_with_their_addresses(client: Client) -> None:
    """Keys and names as recorded of a developer org."""
    found = views(client, "Account")
    assert set(found) == {"AllAccounts", "MyAccounts", "NewLastWeek", "NewThisWeek", "RecentlyViewedAccounts"}
    mine = found["MyAccounts"]
    root = f"/services/data/v{client.version}/sobjects/Account/listviews/{mine['id']}"
    assert mine == {
        "describeUrl": f"{root}/describe",
        "developerName": "MyAccounts",
        "id": mine["id"],
        "label": "My Accounts",
        "resultsUrl": f"{root}/results",
        "soqlCompatible": True,
        "url": root,
    }
    assert len(mine["id"]) == 18
    assert client.get(root).json() == mine
    assert client.get(f"sobjects/Account/listviews/{mine['id'][:15]}").json() == mine
    assert client.get("sobjects/Account/describe").json()["urls"]["listviews"] == root.rpartition("/")[0]
    assert set(views(client, "Channel_Conflict__c")) == {"All"}


def test_a_view_describes_its_query(client: Client) -> None:
    """The query, the columns and the condition are those recorded for this view."""
    week = client.get(views(client, "Account")["NewThisWeek"]["describeUrl"]).json()
    assert week["query"] == (
        "SELECT Name, Site, BillingState, Phone, toLabel(Type), Owner.Alias, Id, CreatedDate, "
        "LastModifiedDate, SystemModstamp, Owner.Id, OwnerId FROM Account WHERE CreatedDate = THIS_WEEK "
        "ORDER BY Name ASC NULLS FIRST, Id ASC NULLS FIRST"
    )
    assert week["whereCondition"] == {"field": "CreatedDate", "operator": "equals", "values": ["THIS_WEEK"]}
    assert (len(week["id"]), week["scope"], week["sobjectType"]) == (15, "everything", "Account")
    assert week["orderBy"][0] == {
        "fieldNameOrPath": "Name",
        "nullsPosition": "first",
        "sortDirection": "ascending",
    }
    columns = {each["fieldNameOrPath"]: each for each in week["columns"]}
    assert columns["Name"] == {
        "ascendingLabel": "Z-A",
        "descendingLabel": "A-Z",
        "fieldNameOrPath": "Name",
        "hidden": False,
        "label": "Account Name",
        "selectListItem": "Name",
        "sortDirection": "ascending",
        "sortIndex": 0,
        "sortable": True,
        "type": "string",
    }
    assert columns["Phone"]["ascendingLabel"] == "9-0"
    assert (columns["Type"]["selectListItem"], columns["Type"]["descendingLabel"]) == (
        "toLabel(Type)",
        "High to Low",
    )
    assert columns["OwnerId"] == {
        "ascendingLabel": None,
        "descendingLabel": None,
        "fieldNameOrPath": "OwnerId",
        "hidden": True,
        "label": "Owner ID",
        "selectListItem": "OwnerId",
        "sortDirection": None,
        "sortIndex": None,
        "sortable": False,
        "type": "reference",
    }
    mine = client.get(views(client, "Account")["MyAccounts"]["describeUrl"]).json()
    assert " FROM Account USING SCOPE mine ORDER BY " in mine["query"]
    assert (mine["scope"], mine["whereCondition"]) == ("mine", {"conditions": [], "conjunction": "and"})


def test_a_described_query_runs_as_it_is(client: Client) -> None:
    for name in ("Account", "Contact", "Lead", "Opportunity", "Channel_Conflict__c", "Task"):
        for view in views(client, name).values():
            told = client.get(view["describeUrl"]).json()
            if told["scope"] != "mru":
                assert client.get("query", params={"q": told["query"]}).status_code == 200, told["query"]


def test_results_are_texts_by_column_a_page_at_a_time(client: Client) -> None:
    for name in ("Aalto", "Aarhus", "Aare"):
        client.lead(LastName=name, FirstName="Aa", Company=f"{name} AG")
    url = views(client, "Lead")["AllOpenLeads"]["resultsUrl"]
    page = client.get(url, params={"limit": 2}).json()
    assert (page["size"], page["done"], page["developerName"]) == (2, False, "AllOpenLeads")
    assert (len(page["id"]), page["label"]) == (15, "All Open Leads")
    whole = client.get(url, params={"limit": 2000}).json()
    assert (whole["done"], whole["size"]) == (True, len(whole["records"]))
    after = client.get(url, params={"limit": 2, "offset": 2}).json()
    assert page["records"] + after["records"] == whole["records"][:4]
    rows = [{cell["fieldNameOrPath"]: cell["value"] for cell in row["columns"]} for row in whole["records"]]
    own = [row for row in rows if str(row["Company"]).startswith("Aa")]
    assert [row["Name"] for row in own] == ["Aa Aalto", "Aa Aare", "Aa Aarhus"]
    assert [each["fieldNameOrPath"] for each in page["columns"]] == [*rows[0]]
    assert (own[0]["Status"], own[0]["Email"]) == ("New", None)
    assert own[0]["CreatedDate"].split()[4] == "GMT"


@pytest.mark.parametrize("asked", [{"limit": "0"}, {"limit": "2001"}, {"limit": "x"}, {"offset": "-1"}])
def test_a_page_of_results_has_a_documented_size(client: Client, asked: dict[str, str]) -> None:
    assert client.get(views(client, "Lead")["TodaysLeads"]["resultsUrl"], params=asked).status_code == 400


def test_a_view_whose_results_were_asked_for_is_recent(client: Client) -> None:
    found = views(client, "Opportunity")
    for name in ("AllOpportunities", "Won"):
        client.get(found[name]["resultsUrl"])
    recent = client.get("sobjects/Opportunity/listviews/recent").json()
    assert recent["listviews"][:2] == [found["Won"], found["AllOpportunities"]]


def test_what_was_looked_at_stands_in_the_view_of_recent_rows(client: Client) -> None:
    contact = client.create("Contact", LastName="Zuletztgesehen")
    url = views(client, "Contact")["RecentlyViewedContacts"]["resultsUrl"]
    client.query(f"SELECT Id FROM Contact WHERE Id = '{contact}' FOR VIEW")
    names = [row["columns"][0]["value"] for row in client.get(url).json()["records"]]
    assert "Zuletztgesehen" in names


@pytest.mark.parametrize(
    "path",
    ["User/listviews", "Nope/listviews", "Lead/listviews/00BgK0000000009UAA", "Lead/listviews/x/results"],
)
def test_what_is_not_there_is_not_found(client: Client, path: str) -> None:
    answer = client.get(f"sobjects/{path}")
    assert (answer.status_code, answer.json()[0]["errorCode"]) == (404, "NOT_FOUND")


def test_list_views_are_rows_too(client: Client) -> None:
    soql = "SELECT Id, Name, DeveloperName, SobjectType FROM ListView WHERE SobjectType = 'Lead' AND Name != null"
    rows = client.query(soql)
    assert {row["DeveloperName"]: row["Id"] for row in rows} == {
        name: each["id"] for name, each in views(client, "Lead").items()
    }
    one = client.get(rows[0]["attributes"]["url"]).json()
    assert (one["Name"], one["IsSoqlCompatible"]) == (rows[0]["Name"], True)


def test_a_list_view_can_be_explained_by_its_id(client: Client) -> None:
    """Documented: `explain` takes the id of a list view in place of a query."""
    for view in views(client, "Lead").values():
        told = client.get("query", params={"explain": view["id"]}).json()
        assert told["sourceQuery"].startswith("SELECT Name, Company, ")
        assert told["plans"][-1]["sobjectType"] == "Lead"
