"""Versions, resources, limits, describes, and how the service answers whatever is not there."""

from __future__ import annotations

import gzip
import json

import pytest
import requests

from tests.contract.practice.client import Client

SESSION_GONE = [{"message": "Session expired or invalid", "errorCode": "INVALID_SESSION_ID"}]
NOT_FOUND = [{"message": "The requested resource does not exist", "errorCode": "NOT_FOUND"}]


def used(answer: requests.Response) -> int:
    """The calls counted so far, as `Sforce-Limit-Info` tells them."""
    head, _, rest = answer.headers["Sforce-Limit-Info"].partition("=")
    assert head == "api-usage"
    return int(rest.split("/")[0])


def test_versions_need_no_login_and_run_from_50_to_66(client: Client) -> None:
    """Issue 3 §1: any version from v50.0 to v66.0."""
    answer = requests.get(f"{client.url}/services/data", timeout=10)
    versions = answer.json()
    assert versions[0] == {"label": "Winter '21", "url": "/services/data/v50.0", "version": "50.0"}
    assert versions[-1] == {"label": "Spring '26", "url": "/services/data/v66.0", "version": "66.0"}
    assert len(versions) == 17
    assert requests.get(f"{client.url}/services/data/", timeout=10).json() == versions


@pytest.mark.parametrize("version", ["50.0", "58.0", "66.0"])
def test_a_version_lists_its_resources(client: Client, version: str) -> None:
    answer = client.get(f"/services/data/v{version}/")
    resources = answer.json()
    for name in ("sobjects", "query", "queryAll", "composite", "limits", "jobs", "tooling", "process"):
        assert resources[name] == f"/services/data/v{version}/{name}"


@pytest.mark.parametrize("version", ["49.0", "67.0"])
def test_a_version_the_org_does_not_serve_is_not_found(client: Client, version: str) -> None:
    answer = client.get(f"/services/data/v{version}/limits")
    assert (answer.status_code, answer.json()) == (404, NOT_FOUND)


def test_both_authorization_schemes_work_and_nothing_else(client: Client) -> None:
    token = client.running.access_token
    for scheme, status in (("Bearer", 200), ("OAuth", 200), ("Basic", 401)):
        answer = requests.get(
            f"{client.url}/services/data/v60.0/limits",
            headers={"Authorization": f"{scheme} {token}"},
            timeout=10,
        )
        assert answer.status_code == status
    assert answer.json() == [{"message": "INVALID_HEADER_TYPE", "errorCode": "INVALID_AUTH_HEADER"}]


def test_a_missing_or_unknown_token_is_a_session_that_expired(client: Client) -> None:
    for headers in ({}, {"Authorization": "Bearer 00D000000000001!nope"}):
        answer = requests.get(f"{client.url}/services/data/v60.0/sobjects", headers=headers, timeout=10)
        assert (answer.status_code, answer.json()) == (401, SESSION_GONE)
        assert "Sforce-Limit-Info" not in answer.headers


def test_a_doubled_slash_before_the_path_is_forgiven(client: Client) -> None:
    """The `sf` command line joins an address ending in a slash to a path beginning with one."""
    assert client.get(f"//services/data/v{client.version}/limits").status_code == 200


def test_an_unknown_resource_is_not_found(client: Client) -> None:
    for path in ("nope", "sobjects/Nope__c", "sobjects/Nope__c/describe", "sobjects/Lead/describe/nope/x"):
        answer = client.get(path)
        assert answer.status_code == 404, path
        assert answer.json()[0]["errorCode"] == "NOT_FOUND"


def test_a_verb_the_resource_does_not_know_is_not_allowed(client: Client) -> None:
    answer = client.call("PUT", "sobjects/Lead")
    assert answer.status_code == 405
    assert answer.json()[0]["errorCode"] == "METHOD_NOT_ALLOWED"
    assert "HTTP Method 'PUT' not allowed. Allowed are " in answer.json()[0]["message"]


def test_every_answer_of_the_api_counts_one_call(client: Client) -> None:
    """Recorded: the header comes on 200, 201, 204, 400 and 404."""
    start = used(client.get("limits"))
    lead = client.post("sobjects/Lead", {"LastName": "Zähler", "Company": "Zähl AG"})
    changed = client.patch(f"sobjects/Lead/{lead.json()['id']}", {"City": "Bern"})
    refused = client.post("sobjects/Lead", {})
    missing = client.get("sobjects/Nope")
    assert [each.status_code for each in (lead, changed, refused, missing)] == [201, 204, 400, 404]
    assert [used(each) for each in (lead, changed, refused, missing)] == [
        start + 1,
        start + 2,
        start + 3,
        start + 4,
    ]


def test_limits_show_what_is_left_of_the_daily_calls(client: Client) -> None:
    answer = client.get("limits/")
    daily = answer.json()["DailyApiRequests"]
    assert daily["Max"] == 100_000
    assert abs(daily["Max"] - daily["Remaining"] - used(answer)) <= 1
    assert set(answer.json()["DataStorageMB"]) == {"Max", "Remaining"}


def test_record_counts_cover_the_objects_asked_for(client: Client) -> None:
    before = {each["name"]: each["count"] for each in client.get("limits/recordCount").json()["sObjects"]}
    client.lead()
    after = client.get("limits/recordCount", params={"sObjects": "Lead,Account,Nope"}).json()["sObjects"]
    assert {each["name"]: each["count"] for each in after} == {
        "Lead": before.get("Lead", 0) + 1,
        "Account": before.get("Account", 0),
    }


def test_a_large_answer_is_zipped_for_who_takes_it(client: Client) -> None:
    plain = client.get("sobjects", headers={"Accept-Encoding": "identity"})
    zipped = client.get("sobjects", headers={"Accept-Encoding": "gzip"})
    assert "Content-Encoding" not in plain.headers
    assert zipped.headers["Content-Encoding"] == "gzip"
    assert zipped.json() == plain.json()


def test_a_zipped_request_body_is_understood(client: Client) -> None:
    body = gzip.compress(json.dumps({"LastName": "Presser", "Company": "Presse KG"}).encode())
    headers = {"Content-Encoding": "gzip", "Content-Type": "application/json"}
    assert client.call("POST", "sobjects/Lead", data=body, headers=headers).status_code == 201
    broken = client.call("POST", "sobjects/Lead", data=b"not gzip", headers=headers)
    assert (broken.status_code, broken.json()[0]["errorCode"]) == (400, "JSON_PARSER_ERROR")


def test_pretty_print_indents(client: Client) -> None:
    assert "\n" not in client.get("limits").text
    assert "\n  " in client.get("limits", headers={"X-PrettyPrint": "1"}).text


def test_a_body_that_is_not_json_is_a_parser_error(client: Client) -> None:
    for body in (b"", b"{", b"[]", b'{"LastName": }'):
        answer = client.call("POST", "sobjects/Lead", data=body, headers={"Content-Type": "application/json"})
        assert (answer.status_code, answer.json()[0]["errorCode"]) == (400, "JSON_PARSER_ERROR")


def test_the_global_describe_names_every_object_once(client: Client) -> None:
    body = client.get("sobjects/").json()
    names = [each["name"] for each in body["sobjects"]]
    assert (body["encoding"], body["maxBatchSize"]) == ("UTF-8", 200)
    assert len(names) == len(set(names))
    assert {"Account", "Lead", "Opportunity", "User", "Group", "Deal_Registration__c"} <= set(names)


def test_an_object_answers_in_brief_and_whole(client: Client) -> None:
    brief = client.get("sobjects/lead").json()
    whole = client.get("sobjects/Lead/describe/").json()
    assert brief["objectDescribe"]["name"] == whole["name"] == "Lead"
    assert list(brief) == ["objectDescribe", "recentItems"]
    assert {"Id", "OwnerId", "SystemModstamp", "Claim_Verdict__c"} <= {
        each["name"] for each in whole["fields"]
    }


def test_a_describe_that_did_not_change_is_304(client: Client) -> None:
    for path in ("sobjects", "sobjects/Lead/describe"):
        first = client.get(path)
        again = client.get(path, headers={"If-Modified-Since": first.headers["Last-Modified"]})
        older = client.get(path, headers={"If-Modified-Since": "Sat, 01 Mar 2014 00:00:00 GMT"})
        assert (again.status_code, again.content, older.status_code) == (304, b"", 200)


def test_a_partner_knows_nothing_of_what_is_hidden_from_it(seeded: Client) -> None:
    """Partners have no access at all to conflicts, and may read but not edit the ruling fields."""
    users = seeded.get("/practice/users").json()
    partner = next(each for each in users if each["userType"] == "PowerPartner")
    login = seeded.post("/practice/login", {"username": partner["username"]}).json()
    client = Client(seeded.running, login["access_token"])
    assert client.get("sobjects/Channel_Conflict__c/describe").status_code == 404
    assert "Channel_Conflict__c" not in {each["name"] for each in client.get("sobjects").json()["sobjects"]}
    refused = client.get("query", params={"q": "SELECT Id FROM Channel_Conflict__c"})
    assert refused.json()[0]["errorCode"] == "INVALID_TYPE"
    fields = client.get("sobjects/Deal_Registration__c/describe").json()["fields"]
    ruling = next(each for each in fields if each["name"] == "Ruling__c")
    assert (ruling["createable"], ruling["updateable"]) == (False, False)
    client.session.close()


def test_the_questions_of_the_command_line_login_are_answered(client: Client) -> None:
    """Recorded order: user, ScratchOrgInfo, versions, Organization, then SandboxProcess by tooling query."""
    scratch = client.get("query", params={"q": "SELECT Id FROM ScratchOrgInfo"})
    assert (scratch.status_code, scratch.json()[0]["errorCode"]) == (400, "INVALID_TYPE")
    assert len(client.query("SELECT Id, Name, IsSandbox, OrganizationType FROM Organization")) == 1
    sandboxes = client.get("tooling/query", params={"q": "SELECT Id, SandboxName FROM SandboxProcess"})
    assert (sandboxes.json()["totalSize"], sandboxes.json()["records"]) == (0, [])
