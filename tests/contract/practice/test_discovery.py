"""What clients ask to find their way in an org before they move any data."""

from __future__ import annotations

from tests.contract.practice.client import Client


def test_a_query_is_explained_and_not_run(client: Client) -> None:
    """The keys are documented, the order of the plans too: the cheapest first."""
    lead = client.lead()
    soql = f"SELECT Id FROM Lead WHERE Id = '{lead}' AND City = null"
    explained = client.get("query", params={"explain": soql}).json()
    assert explained["sourceQuery"] == soql
    index, scan = explained["plans"]
    assert list(index) == [
        "cardinality",
        "fields",
        "leadingOperationType",
        "notes",
        "relativeCost",
        "sobjectCardinality",
        "sobjectType",
    ]
    assert (index["leadingOperationType"], index["fields"]) == ("Index", ["Id"])
    assert (scan["leadingOperationType"], scan["fields"]) == ("TableScan", [])
    assert index["cardinality"] == 1
    assert index["sobjectCardinality"] >= 1
    assert index["relativeCost"] <= scan["relativeCost"]
    assert index["notes"][0]["tableEnumOrId"] == "Lead"


def test_a_filter_that_no_index_serves_has_one_plan(client: Client) -> None:
    for where in ("City = 'Ulm'", "Id = null OR City = 'Ulm'", "Id != null", "NOT Id = null"):
        plans = client.get("query/", params={"explain": f"SELECT Id FROM Lead WHERE {where}"}).json()["plans"]
        assert [each["leadingOperationType"] for each in plans] == ["TableScan"], where


def test_a_query_that_cannot_run_cannot_be_explained(client: Client) -> None:
    answer = client.get("tooling/query", params={"explain": "SELECT Nope FROM Lead"})
    assert (answer.status_code, answer.json()[0]["errorCode"]) == (400, "INVALID_FIELD")
    assert client.get("query", params={"explain": "SELEKT"}).json()[0]["errorCode"] == "MALFORMED_QUERY"


def test_rows_queried_for_view_are_recent_the_latest_first(client: Client) -> None:
    first, second = client.lead(LastName="Zuvor"), client.lead(LastName="Zuletzt")
    assert second not in {row["Id"] for row in client.get("recent").json()}
    for ident in (first, second):
        client.query(f"SELECT Id FROM Lead WHERE Id = '{ident}' FOR VIEW")
    recent = client.get("recent", params={"limit": 2}).json()
    assert [(row["Id"], row["Name"]) for row in recent] == [(second, "Zuletzt"), (first, "Zuvor")]
    assert recent[0]["attributes"]["type"] == "Lead"
    assert client.get("sobjects/Lead").json()["recentItems"][:2] == recent
    assert client.get("sobjects/Account").json()["recentItems"] == []
    client.delete(f"sobjects/Lead/{second}")
    assert second not in {row["Id"] for row in client.get("recent").json()}


def test_tabs_and_theme_name_the_objects_of_the_org(client: Client) -> None:
    """Keys as documented and as jsforce's own tests expect of a real org."""
    tabs = {each["sobjectName"]: each for each in client.get("tabs").json()}
    assert tabs["Lead"]["name"] == "standard-Lead"
    assert tabs["Lead"]["label"] == "Leads"
    assert tabs["Lead"]["url"].endswith("/00Q/o")
    assert tabs["Channel_Conflict__c"]["custom"] is True
    (lead,) = (each for each in client.get("theme").json()["themeItems"] if each["name"] == "Lead")
    assert set(lead["colors"][0]) == {"color", "context", "theme"}
    assert set(lead["icons"][0]) == {"contentType", "height", "theme", "url", "width"}


def test_a_layout_holds_the_fields_of_the_describe(client: Client) -> None:
    told = client.get("sobjects/Lead/describe/layouts").json()
    assert list(told) == ["layouts", "recordTypeMappings", "recordTypeSelectorRequired"]
    (layout,) = told["layouts"]
    items = [
        item
        for section in layout["detailLayoutSections"]
        for row in section["layoutRows"]
        for item in row["layoutItems"]
    ]
    described = {each["name"]: each for each in client.get("sobjects/Lead/describe").json()["fields"]}
    company = next(item for item in items if item["label"] == "Company")
    assert company["required"] is True
    assert company["layoutComponents"][0]["details"] == described["Company"]
    (mapping,) = told["recordTypeMappings"]
    assert mapping["layoutId"] == layout["id"]
    assert client.get(mapping["urls"]["layout"]).json() == layout
    compact = client.get("sobjects/Lead/describe/compactLayouts").json()
    assert compact["defaultCompactLayoutId"] == compact["compactLayouts"][0]["id"]
    assert client.get("sobjects/Lead/describe/approvalLayouts").json() == {"approvalLayouts": []}
    for name in ("sobjects/Nope/describe/layouts", "sobjects/Lead/describe/layouts/012000000000001AAA"):
        assert client.get(name).status_code == 404


def test_the_tooling_api_tells_what_the_org_has_none_of(client: Client) -> None:
    root = client.get("tooling/").json()
    names = [each["name"] for each in client.get(root["sobjects"]).json()["sobjects"]]
    assert "ApexClass" in names
    empty = client.get(root["query"], params={"q": "SELECT Id, Name FROM ApexClass"}).json()
    assert (empty["totalSize"], empty["entityTypeName"], empty["records"]) == (0, "ApexClass", [])
    org = client.get(root["query"], params={"q": "SELECT Id FROM Organization"}).json()
    assert org["totalSize"] == 1
    refused = client.get(root["query"], params={"q": "SELECT Id FROM Nope"})
    assert refused.json()[0]["errorCode"] == "INVALID_TYPE"


def test_there_are_no_workflow_rules_and_no_quick_actions(client: Client) -> None:
    assert client.get("process/rules").json() == {"rules": {}}
    ran = client.post("process/rules", {"contextIds": [client.lead()]})
    assert ran.json() == [{"errors": None, "success": True}]
    assert client.get("quickActions").json() == []
    assert client.get("sobjects/Lead/quickActions").json() == []
    assert client.get("sobjects/Nope/quickActions").status_code == 404


def test_every_resource_that_a_version_lists_is_there(client: Client) -> None:
    for name, address in client.get("").json().items():
        if name not in {"identity", "metadata"}:
            assert client.get(address).status_code in {200, 400}, name


def test_resources_that_only_hold_others_list_them(client: Client) -> None:
    base = f"/services/data/v{client.version}"
    for name, below in {
        "composite": ["batch", "graph", "sobjects", "tree"],
        "jobs": ["ingest", "query"],
        "process": ["approvals", "rules"],
    }.items():
        assert client.get(name).json() == {each: f"{base}/{name}/{each}" for each in below}


def test_an_address_of_apex_code_that_nobody_wrote_is_not_found_in_its_own_words(client: Client) -> None:
    """Recorded by others wherever a package is missing."""
    answer = client.get("/services/apexrest/anything")
    assert answer.status_code == 404
    assert answer.json() == [{"message": "Could not find a match for URL", "errorCode": "NOT_FOUND"}]


def test_the_values_of_a_lead_status_and_of_a_stage_are_rows_that_say_what_they_mean(client: Client) -> None:
    """Documented objects; clients look here for the status of a conversion and for won stages."""
    (converted,) = client.query("SELECT MasterLabel, ApiName FROM LeadStatus WHERE IsConverted = true")
    assert converted["ApiName"] == "Qualified"
    described = client.get("sobjects/Opportunity/describe").json()["fields"]
    stages = next(field["picklistValues"] for field in described if field["name"] == "StageName")
    rows = client.query(
        "SELECT ApiName, IsClosed, IsWon, DefaultProbability FROM OpportunityStage ORDER BY SortOrder"
    )
    assert [row["ApiName"] for row in rows] == [each["value"] for each in stages]
    assert all(row["IsClosed"] for row in rows if row["IsWon"])
    won = [row["DefaultProbability"] for row in rows if row["IsWon"]]
    assert won
    assert set(won) == {100.0}


def test_the_organization_tells_its_sharing_defaults(client: Client) -> None:
    (org,) = client.query("SELECT DefaultLeadAccess, UiSkin, SignupCountryIsoCode FROM Organization")
    assert (org["DefaultLeadAccess"], org["UiSkin"], org["SignupCountryIsoCode"]) == (
        "ReadEditTransfer",
        "Theme3",
        "DK",
    )
