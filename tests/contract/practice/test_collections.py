"""sObject Collections: up to 200 rows in one call, each with its own outcome."""

from __future__ import annotations

from typing import Any

import pytest

from tests.contract.practice.client import Client


def lead(**values: Any) -> dict[str, Any]:
    return {"attributes": {"type": "Lead"}, "LastName": "Sammler", "Company": "Sammlung GmbH", **values}


def save(client: Client, method: str, records: list[dict[str, Any]], **options: Any) -> list[dict[str, Any]]:
    answer = client.call(method, "composite/sobjects", json={"records": records, **options})
    assert answer.status_code == 200, answer.text
    rows: list[dict[str, Any]] = answer.json()
    return rows


def test_rows_are_answered_in_request_order_and_fail_alone(client: Client) -> None:
    good, bad, other = save(
        client, "POST", [lead(), {"attributes": {"type": "Lead"}, "LastName": "X"}, lead()]
    )
    assert good == {"id": good["id"], "success": True, "errors": []}
    assert other["success"] is True
    assert "id" not in bad
    assert bad["success"] is False
    assert bad["errors"] == [
        {
            "statusCode": "REQUIRED_FIELD_MISSING",
            "message": "Required fields are missing: [Company]",
            "fields": ["Company"],
        }
    ]


def test_all_or_none_rolls_every_row_back_under_a_200(client: Client) -> None:
    rows = save(
        client,
        "POST",
        [lead(Company="Zurückgerollt"), {"attributes": {"type": "Lead"}, "LastName": "X"}],
        allOrNone=True,
    )
    assert [row["errors"][0]["statusCode"] for row in rows] == [
        "ALL_OR_NONE_OPERATION_ROLLED_BACK",
        "REQUIRED_FIELD_MISSING",
    ]
    assert all("id" not in row for row in rows)
    assert client.query("SELECT Id FROM Lead WHERE Company = 'Zurückgerollt'") == []


def test_update_changes_only_the_named_fields(client: Client) -> None:
    first, second = client.lead(Title="Chef"), client.lead()
    rows = save(
        client,
        "PATCH",
        [
            {"attributes": {"type": "Lead"}, "id": first, "City": "Wien"},
            {"attributes": {"type": "Lead"}, "Id": second, "City": None},
        ],
    )
    assert [row["id"] for row in rows] == [first, second]
    assert client.read("Lead", first)["City"] == "Wien"
    assert client.read("Lead", first)["Title"] == "Chef"


def test_an_update_without_an_id_fails_its_row(client: Client) -> None:
    (row,) = save(client, "PATCH", [{"attributes": {"type": "Lead"}, "City": "Wien"}])
    assert row["errors"][0]["statusCode"] == "MISSING_ARGUMENT"


def test_upsert_tells_created_from_updated(client: Client) -> None:
    def upsert(*keys: str) -> list[dict[str, Any]]:
        records = [
            {
                "attributes": {"type": "Channel_Conflict__c"},
                "External_Key__c": key,
                "Kind__c": "partner-partner",
            }
            for key in keys
        ]
        answer = client.patch("composite/sobjects/Channel_Conflict__c/External_Key__c", {"records": records})
        assert answer.status_code == 200, answer.text
        rows: list[dict[str, Any]] = answer.json()
        return rows

    assert [row["created"] for row in upsert("coll-1")] == [True]
    assert [row["created"] for row in upsert("coll-1", "coll-2")] == [False, True]


def test_delete_takes_ids_in_the_address(client: Client) -> None:
    ids = [client.lead(), client.lead()]
    answer = client.delete("composite/sobjects", params={"ids": ",".join(ids), "allOrNone": "false"})
    assert answer.json() == [{"id": each, "success": True, "errors": []} for each in ids]
    again = client.delete("composite/sobjects", params={"ids": ids[0]}).json()
    assert again[0]["errors"][0]["statusCode"] == "ENTITY_IS_DELETED"


@pytest.mark.parametrize("by_body", [True, False])
def test_retrieve_answers_in_order_with_null_for_what_is_not_there(client: Client, by_body: bool) -> None:  # noqa: FBT001
    ids = [client.lead(LastName="Eins"), "00Q000000000000EAA", client.lead(LastName="Zwei")]
    if by_body:
        answer = client.post("composite/sobjects/Lead", {"ids": ids, "fields": ["LastName"]})
    else:
        answer = client.get("composite/sobjects/Lead", params={"ids": ",".join(ids), "fields": "LastName"})
    first, missing, last = answer.json()
    assert (first["LastName"], missing, last["LastName"]) == ("Eins", None, "Zwei")
    assert first["attributes"]["type"] == "Lead"


def test_an_empty_list_is_refused(client: Client) -> None:
    assert client.post("composite/sobjects", {"records": []}).status_code == 400


def test_more_than_200_rows_are_refused(client: Client) -> None:
    answer = client.post("composite/sobjects", {"records": [lead()] * 201})
    assert answer.status_code == 400
    assert answer.json()[0]["errorCode"] == "EXCEEDED_ID_LIMIT"
    assert "cannot submit more than 200 records" in answer.json()[0]["message"]


def test_more_than_ten_type_chunks_are_refused(client: Client) -> None:
    records = [lead() if each % 2 else {"attributes": {"type": "Account"}, "Name": "A"} for each in range(12)]
    answer = client.post("composite/sobjects", {"records": records})
    assert answer.status_code == 400
    assert "10 chunks" in answer.json()[0]["message"]


def test_compare_and_set_refuses_only_the_row_whose_owner_moved(client: Client) -> None:
    """Law 12: the shipped validation rule makes a collection of owner changes conditional, row by row."""
    me = client.get("/services/oauth2/userinfo").json()["user_id"]
    queue = client.query("SELECT Id FROM Group WHERE DeveloperName = 'Partner_Pool'")[0]["Id"]
    leads = [client.lead(OwnerId=me), client.lead(OwnerId=me)]
    expected = [me, queue]
    rows = save(
        client,
        "PATCH",
        [
            {"attributes": {"type": "Lead"}, "Id": each, "OwnerId": queue, "Expected_Owner__c": owner}
            for each, owner in zip(leads, expected, strict=True)
        ],
    )
    assert [row["success"] for row in rows] == [True, False]
    error = rows[1]["errors"][0]
    assert error["statusCode"] == "FIELD_CUSTOM_VALIDATION_EXCEPTION"
    assert error["message"].startswith("EXPECTED_OWNER_MISMATCH")
