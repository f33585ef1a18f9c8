"""Rows over their relationships: `sobjects/X/{id}/{relationship}`, as the REST guide documents it."""

from __future__ import annotations

import pytest

from tests.contract.practice.client import VERSION, Client


@pytest.fixture
def family(client: Client) -> tuple[str, str]:
    """An account and a contact of it."""
    account = client.create("Account", Name="Elternhaus AG")
    return account, client.create("Contact", LastName="Kind", AccountId=account)


def test_a_parent_is_read_through_its_child(client: Client, family: tuple[str, str]) -> None:
    account, contact = family
    answer = client.get(f"sobjects/Contact/{contact}/Account", params={"fields": "Name"})
    assert answer.status_code == 200
    assert answer.json() == {
        "attributes": {"type": "Account", "url": f"/services/data/v{VERSION}/sobjects/Account/{account}"},
        "Name": "Elternhaus AG",
    }
    assert client.get(f"sobjects/Contact/{contact}/account").json()["Id"] == account


def test_children_come_as_records_of_a_query(client: Client, family: tuple[str, str]) -> None:
    account, contact = family
    page = client.get(f"sobjects/Account/{account}/Contacts", params={"fields": "LastName"}).json()
    assert list(page) == ["totalSize", "done", "records"]
    assert [row["LastName"] for row in page["records"]] == ["Kind"]
    whole = client.get(f"sobjects/Account/{account}/Contacts").json()["records"]
    assert [row["Id"] for row in whole] == [contact]


def test_a_parent_is_changed_and_deleted_through_its_child(client: Client, family: tuple[str, str]) -> None:
    account, contact = family
    assert client.patch(f"sobjects/Contact/{contact}/Account", {"Name": "Neu AG"}).status_code == 204
    assert client.read("Account", account)["Name"] == "Neu AG"
    lonely = client.create("Opportunity", Name="Los", StageName="Prospecting", CloseDate="2027-01-01")
    assert client.get(f"sobjects/Opportunity/{lonely}/Account").status_code == 404
    assert client.delete(f"sobjects/Contact/{contact}/Account").status_code == 204
    assert client.get(f"sobjects/Account/{account}").status_code == 404


@pytest.mark.parametrize("name", ["Nothing", "Nothing__r", "Owner/Profile"])
def test_a_relationship_that_is_none_is_not_found(client: Client, family: tuple[str, str], name: str) -> None:
    answer = client.get(f"sobjects/Contact/{family[1]}/{name}")
    assert answer.status_code == 404
    assert answer.json() == [{"message": "The requested resource does not exist", "errorCode": "NOT_FOUND"}]


def test_steps_and_work_items_are_one_history_of_an_approval(client: Client) -> None:
    """Documented: a view of both, reached from the process instance and never queried itself."""
    client.act("define_approval", object="Opportunity", name="Deal Approval")
    deal = client.create("Opportunity", Name="Vorgang", StageName="Qualification", CloseDate="2027-03-01")
    me = client.get("/services/oauth2/userinfo").json()["user_id"]
    submitted = {
        "actionType": "Submit",
        "contextId": deal,
        "nextApproverIds": [me],
        "comments": "please",
    }
    (sent,) = client.post("process/approvals", {"requests": [submitted]}).json()
    soql = (
        "SELECT Id, Status, (SELECT Id, StepStatus, IsPending, ActorId, Actor.Name, Comments, TargetObjectId "
        f"FROM StepsAndWorkitems ORDER BY IsPending) FROM ProcessInstance WHERE TargetObjectId = '{deal}'"
    )
    (instance,) = client.query(soql)
    started, waiting = instance["StepsAndWorkitems"]["records"]
    assert (started["StepStatus"], started["IsPending"], started["Comments"]) == ("Started", False, "please")
    assert (waiting["StepStatus"], waiting["IsPending"], waiting["Comments"]) == ("Pending", True, None)
    assert (waiting["Id"], waiting["ActorId"]) == (sent["newWorkitemIds"][0], me)
    assert {started["TargetObjectId"], waiting["TargetObjectId"]} == {deal}
    assert waiting["attributes"]["type"] == "ProcessInstanceHistory"
    approved = {"actionType": "Approve", "contextId": sent["newWorkitemIds"][0], "comments": "yes"}
    client.post("process/approvals", {"requests": [approved]})
    (instance,) = client.query(soql)
    told = [(each["StepStatus"], each["IsPending"]) for each in instance["StepsAndWorkitems"]["records"]]
    assert sorted(told) == [("Approved", False), ("Started", False)]
    refused = client.get("query", params={"q": "SELECT Id FROM ProcessInstanceHistory"})
    assert refused.json()[0] == {
        "message": "entity type ProcessInstanceHistory does not support query",
        "errorCode": "INVALID_TYPE_FOR_OPERATION",
    }
    described = client.get("sobjects/ProcessInstanceHistory/describe").json()
    assert (described["queryable"], described["keyPrefix"]) == (False, None)
    assert client.delete(f"sobjects/Opportunity/{deal}").status_code == 204
    assert client.act("empty_bin")["emptied"] >= 1
