"""The composite family: several operations in one call, alone, chained or all together."""

from __future__ import annotations

from typing import Any

import pytest

from tests.contract.practice.client import VERSION, Client

BASE = f"/services/data/v{VERSION}"


def sub(reference_id: str, method: str, path: str, body: Any = None, **extra: Any) -> dict[str, Any]:
    made = {"referenceId": reference_id, "method": method, "url": f"{BASE}/{path}", **extra}
    return made if body is None else {**made, "body": body}


def composite(client: Client, *requests: dict[str, Any], **options: Any) -> list[dict[str, Any]]:
    answer = client.post("composite", {"compositeRequest": list(requests), **options})
    assert answer.status_code == 200, answer.text
    replies: list[dict[str, Any]] = answer.json()["compositeResponse"]
    return replies


def test_a_subrequest_uses_the_answer_before_it(client: Client) -> None:
    account, contact, query = composite(
        client,
        sub("acct", "POST", "sobjects/Account", {"Name": "Referenz GmbH"}),
        sub("cont", "POST", "sobjects/Contact", {"LastName": "Weber", "AccountId": "@{acct.id}"}),
        sub("read", "GET", "query?q=SELECT+AccountId+FROM+Contact+WHERE+Id='@{cont.id}'"),
    )
    assert [account["httpStatusCode"], contact["httpStatusCode"], query["httpStatusCode"]] == [201, 201, 200]
    assert query["body"]["records"][0]["AccountId"] == account["body"]["id"]
    assert account["httpHeaders"]["Location"].endswith(account["body"]["id"])
    assert query["httpHeaders"] == {}


def test_one_composite_is_one_api_call(client: Client) -> None:
    before = client.get("limits").headers["Sforce-Limit-Info"]
    composite(client, *(sub(f"l{each}", "GET", "limits") for each in range(4)))
    after = client.get("limits").headers["Sforce-Limit-Info"]
    used = [int(each.split("=")[1].split("/")[0]) for each in (before, after)]
    assert used[1] - used[0] == 2


def test_a_failure_halts_only_those_that_refer_to_it(client: Client) -> None:
    bad, halted, good = composite(
        client,
        sub("bad", "POST", "sobjects/Account", {}),
        sub("child", "POST", "sobjects/Contact", {"LastName": "Weber", "AccountId": "@{bad.id}"}),
        sub("good", "POST", "sobjects/Account", {"Name": "Unbeteiligt AG"}),
    )
    assert bad["body"][0]["errorCode"] == "REQUIRED_FIELD_MISSING"
    assert halted["httpStatusCode"] == 400
    assert halted["body"] == [
        {
            "errorCode": "PROCESSING_HALTED",
            "message": "Invalid reference specified. No value for bad.id found in bad.",
        }
    ]
    assert good["httpStatusCode"] == 201


def test_all_or_none_undoes_what_was_done(client: Client) -> None:
    first, bad, last = composite(
        client,
        sub("first", "POST", "sobjects/Account", {"Name": "Rolled Back Ltd"}),
        sub("bad", "POST", "sobjects/Account", {}),
        sub("last", "POST", "sobjects/Account", {"Name": "Never Made Ltd"}),
        allOrNone=True,
    )
    message = "The transaction was rolled back since another operation in the same transaction failed."
    for halted in (first, last):
        assert halted["httpStatusCode"] == 400
        assert halted["body"] == [{"errorCode": "PROCESSING_HALTED", "message": message}]
    assert bad["body"][0]["errorCode"] == "REQUIRED_FIELD_MISSING"
    assert client.query("SELECT Id FROM Account WHERE Name IN ('Rolled Back Ltd', 'Never Made Ltd')") == []


def test_all_or_none_reads_what_it_wrote_itself(client: Client) -> None:
    made, read = composite(
        client,
        sub("made", "POST", "sobjects/Account", {"Name": "Sees Itself SpA"}),
        sub("read", "GET", "sobjects/Account/@{made.id}"),
        allOrNone=True,
    )
    assert made["httpStatusCode"] == 201
    assert read["body"]["Name"] == "Sees Itself SpA"


def test_a_subrequest_not_modified_has_a_null_body(client: Client) -> None:
    lead = client.lead()
    (reply,) = composite(
        client,
        sub(
            "same",
            "GET",
            f"sobjects/Lead/{lead}",
            httpHeaders={"If-Modified-Since": "Fri, 01 Jan 2100 00:00:00 GMT"},
        ),
    )
    assert (reply["httpStatusCode"], reply["body"]) == (304, None)


def test_a_missing_reference_id_fails_the_whole_request(client: Client) -> None:
    answer = client.post("composite", {"compositeRequest": [{"method": "GET", "url": f"{BASE}/limits"}]})
    assert answer.status_code == 400
    assert answer.json()[0]["errorCode"] == "JSON_PARSER_ERROR"


@pytest.mark.parametrize(
    ("path", "asked", "told"),
    [
        ("limits", 26, "25 operations"),
        ("query?q=SELECT+Id+FROM+Lead", 6, "5 query or sObject Collections operations"),
    ],
)
def test_too_many_subrequests_have_one_reply_for_no_reference(
    client: Client, path: str, asked: int, told: str
) -> None:
    """Recorded by others for 25 (guardian/support-service-lambdas#766); for queries worded after it."""
    (reply,) = composite(client, *(sub(f"l{each}", "GET", path) for each in range(asked)))
    message = f"The request can\u2019t contain more than {told}."
    assert reply == {
        "body": [{"errorCode": "LIMIT_EXCEEDED", "message": message}],
        "httpHeaders": {},
        "httpStatusCode": 400,
        "referenceId": None,
    }


def test_composite_retrieves_and_writes_collections(client: Client) -> None:
    made, read = composite(
        client,
        sub(
            "made",
            "POST",
            "composite/sobjects",
            {"records": [{"attributes": {"type": "Account"}, "Name": "In Der Sammlung"}]},
        ),
        sub("read", "GET", "sobjects/Account/@{made[0].id}"),
    )
    assert read["body"]["Id"] == made["body"][0]["id"]


def test_batch_runs_each_alone(client: Client) -> None:
    answer = client.post(
        "composite/batch",
        {
            "batchRequests": [
                {"method": "GET", "url": f"v{VERSION}/sobjects/Account/001000000000000AAA"},
                {"method": "POST", "url": f"v{VERSION}/sobjects/Account", "richInput": {"Name": "Batch SL"}},
            ]
        },
    ).json()
    assert answer["hasErrors"] is True
    assert [each["statusCode"] for each in answer["results"]] == [404, 201]
    assert answer["results"][1]["result"]["success"] is True


def test_batch_halts_when_asked(client: Client) -> None:
    answer = client.post(
        "composite/batch",
        {
            "haltOnError": True,
            "batchRequests": [
                {"method": "GET", "url": f"v{VERSION}/nowhere"},
                {"method": "GET", "url": f"v{VERSION}/limits"},
            ],
        },
    ).json()
    assert answer["results"][1] == {
        "statusCode": 412,
        "result": [
            {"errorCode": "BATCH_PROCESSING_HALTED", "message": "Batch processing halted per request"}
        ],
    }


def test_each_graph_holds_together_or_not_at_all(client: Client) -> None:
    answer = client.post(
        "composite/graph",
        {
            "graphs": [
                {
                    "graphId": "good",
                    "compositeRequest": [sub("a", "POST", "sobjects/Account", {"Name": "Graph Eins"})],
                },
                {
                    "graphId": "bad",
                    "compositeRequest": [
                        sub("a", "POST", "sobjects/Account", {"Name": "Graph Zwei"}),
                        sub("b", "POST", "sobjects/Contact", {"AccountId": "@{a.id}"}),
                    ],
                },
            ]
        },
    )
    assert answer.status_code == 200
    good, bad = answer.json()["graphs"]
    assert (good["graphId"], good["isSuccessful"]) == ("good", True)
    assert good["graphResponse"]["compositeResponse"][0]["httpStatusCode"] == 201
    assert (bad["graphId"], bad["isSuccessful"]) == ("bad", False)
    codes = [reply["body"][0]["errorCode"] for reply in bad["graphResponse"]["compositeResponse"]]
    assert codes == ["PROCESSING_HALTED", "REQUIRED_FIELD_MISSING"]
    names = [row["Name"] for row in client.query("SELECT Name FROM Account WHERE Name LIKE 'Graph %'")]
    assert names == ["Graph Eins"]


def test_a_tree_creates_parents_and_children(client: Client) -> None:
    answer = client.post(
        "composite/tree/Account",
        {
            "records": [
                {
                    "attributes": {"type": "Account", "referenceId": "root"},
                    "Name": "Baum KG",
                    "Contacts": {
                        "records": [
                            {"attributes": {"type": "Contact", "referenceId": "leaf"}, "LastName": "Blatt"}
                        ]
                    },
                }
            ]
        },
    )
    assert answer.status_code == 201, answer.text
    made = {each["referenceId"]: each["id"] for each in answer.json()["results"]}
    assert client.read("Contact", made["leaf"])["AccountId"] == made["root"]


def test_a_tree_with_one_bad_leaf_creates_nothing(client: Client) -> None:
    answer = client.post(
        "composite/tree/Account",
        {
            "records": [
                {
                    "attributes": {"type": "Account", "referenceId": "root"},
                    "Name": "Fauler Baum KG",
                    "Contacts": {"records": [{"attributes": {"type": "Contact", "referenceId": "leaf"}}]},
                }
            ]
        },
    )
    assert answer.status_code == 400
    body = answer.json()
    assert body["hasErrors"] is True
    assert body["results"][0]["referenceId"] == "leaf"
    assert body["results"][0]["errors"][0]["statusCode"] == "REQUIRED_FIELD_MISSING"
    assert client.query("SELECT Id FROM Account WHERE Name = 'Fauler Baum KG'") == []


@pytest.mark.parametrize("action", ["Approve", "Reject"])
def test_a_record_is_submitted_locked_and_decided(client: Client, action: str) -> None:
    client.act("define_approval", object="Opportunity", name="Deal Approval")
    listed = client.get("process/approvals").json()["approvals"]["Opportunity"]
    assert listed[0]["name"] == "Deal Approval"
    account = client.create("Account", Name="Freigabe AG")
    deal = client.create(
        "Opportunity", Name="Freigabe", StageName="Prospecting", CloseDate="2030-01-01", AccountId=account
    )
    me = client.get("/services/oauth2/userinfo").json()["user_id"]
    (submitted,) = client.post(
        "process/approvals",
        {
            "requests": [
                {"actionType": "Submit", "contextId": deal, "nextApproverIds": [me], "comments": "please"}
            ]
        },
    ).json()
    assert submitted["success"] is True
    assert submitted["instanceStatus"] == "Pending"
    assert submitted["entityId"] == deal
    assert submitted["actorIds"] == [me]
    assert submitted["errors"] is None
    again = client.post("process/approvals", {"requests": [{"actionType": "Submit", "contextId": deal}]})
    assert (again.status_code, again.json()[0]["errorCode"]) == (400, "ALREADY_IN_PROCESS")
    (decided,) = client.post(
        "process/approvals",
        {"requests": [{"actionType": action, "contextId": submitted["newWorkitemIds"][0]}]},
    ).json()
    assert decided["instanceStatus"] == {"Approve": "Approved", "Reject": "Rejected"}[action]
    assert decided["newWorkitemIds"] == []
    # Documented, order and all; jsforce's own tests expect the null of a real org.
    assert decided["actorIds"] is None
    documented = "actorIds entityId errors instanceId instanceStatus newWorkitemIds success"
    assert list(decided) == list(submitted) == documented.split()


@pytest.mark.parametrize(("version", "status"), [("51.0", 400), ("52.0", 201)])
def test_a_reference_to_a_null_field_fails_before_version_52(
    client: Client, version: str, status: int
) -> None:
    """Documented; the version is that of the composite call, not of its subrequests."""
    lead = client.lead(LastName="Namenlos")
    asked = [
        sub("given", "GET", f"sobjects/Lead/{lead}?fields=FirstName,LastName"),
        sub(
            "copy",
            "POST",
            "sobjects/Lead",
            {"FirstName": "@{given.FirstName}", "LastName": "@{given.LastName}", "Company": "C"},
        ),
    ]
    answer = client.post(f"/services/data/v{version}/composite", {"compositeRequest": asked})
    given, copy = answer.json()["compositeResponse"]
    assert (given["httpStatusCode"], copy["httpStatusCode"]) == (200, status)
    if status == 400:
        assert copy["body"][0]["errorCode"] == "PROCESSING_HALTED"
        assert "No value for given.FirstName found in given." in copy["body"][0]["message"]


@pytest.mark.parametrize(("version", "statuses"), [("51.0", [201, 400]), ("52.0", None)])
def test_odd_characters_in_a_reference_id_fail_the_whole_call_from_version_52_on(
    client: Client, version: str, statuses: list[int] | None
) -> None:
    """Documented: before, only the subrequests that use such an id fail."""
    asked = [
        sub("new[1]", "POST", "sobjects/Account", {"Name": "Klammer"}),
        sub("c", "POST", "sobjects/Contact", {"LastName": "K", "AccountId": "@{new[1].id}"}),
    ]
    answer = client.post(f"/services/data/v{version}/composite", {"compositeRequest": asked})
    if statuses is None:
        assert answer.status_code == 400
    else:
        replies = answer.json()["compositeResponse"]
        assert [each["httpStatusCode"] for each in replies] == statuses
        assert replies[0]["referenceId"] == "new[1]"


def test_a_tree_that_names_a_record_twice_creates_none(client: Client) -> None:
    """Recorded."""
    record = {"attributes": {"type": "Account", "referenceId": "twice"}, "Name": "Zweimal Genannt KG"}
    answer = client.post("composite/tree/Account", {"records": [record, record]})
    error = {
        "statusCode": "INVALID_INPUT",
        "message": "Duplicate ReferenceId provided in the request.",
        "fields": [],
    }
    assert (answer.status_code, answer.json()) == (
        400,
        {"hasErrors": True, "results": [{"referenceId": "twice", "errors": [error]}]},
    )
    assert client.query("SELECT Id FROM Account WHERE Name = 'Zweimal Genannt KG'") == []
