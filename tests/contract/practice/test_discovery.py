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
