"""Recorded behaviour of the REST API, one fact a test, against the running server."""

from __future__ import annotations

import http.client
import re
from typing import Any
from urllib.parse import urlsplit

import pytest

from connector.practice.server import ServeOptions, start_in_thread
from tests.contract.practice.client import Client

RULE = {"object": "Lead", "name": "Same_Mail", "fields": ["Email"], "message": "Use one of these records?"}


def error_of(answer: Any) -> dict[str, Any]:
    """The one error of a refused call."""
    (error,) = answer.json()
    found: dict[str, Any] = error
    return found


def test_header_names_come_in_their_usual_case(client: Client) -> None:
    """Clients exist that look `Content-Type` up in a plain mapping."""
    split = urlsplit(client.url)
    connection = http.client.HTTPConnection(str(split.hostname), split.port, timeout=10)
    authorization = str(client.session.headers["Authorization"])
    connection.request("GET", "/services/data/v66.0/limits", headers={"Authorization": authorization})
    names = [name for name, _ in connection.getresponse().getheaders()]
    connection.close()
    assert {"Date", "Content-Type", "Content-Length", "Sforce-Limit-Info"} <= set(names)


def test_errors_are_an_array_and_fields_are_there_only_for_some_codes(client: Client) -> None:
    invalid = client.patch(f"sobjects/Lead/{client.lead()}", {"Nope__c": 1})
    missing = client.post("sobjects/Lead", {"LastName": "A"})
    picklist = client.post(
        "sobjects/Channel_Conflict__c", {"External_Key__c": "facts-1", "Status__c": "Nope"}
    )
    session = Client(client.running, token="nobody").get("limits")
    unknown = client.get("nowhere")
    assert set(error_of(invalid)) == {"message", "errorCode"}
    assert error_of(missing)["fields"] == ["Company"]
    assert error_of(picklist)["errorCode"] == "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST"
    assert error_of(picklist)["fields"] == ["Status__c"]
    assert set(error_of(session)) == {"message", "errorCode"}
    assert (unknown.status_code, error_of(unknown)["errorCode"]) == (404, "NOT_FOUND")


def test_the_meter_is_on_200_201_204_400_and_404_and_never_on_the_token_address(client: Client) -> None:
    lead = client.lead()
    answers = [
        client.get("limits"),
        client.post("sobjects/Lead", {"LastName": "A", "Company": "B"}),
        client.patch(f"sobjects/Lead/{lead}", {"City": "Ulm"}),
        client.post("sobjects/Lead", {"LastName": "A"}),
        client.get("nowhere"),
    ]
    assert [each.status_code for each in answers] == [200, 201, 204, 400, 404]
    for each in answers:
        assert re.fullmatch(r"api-usage=\d+/\d+", each.headers["Sforce-Limit-Info"])
    token = client.post("/services/oauth2/token", None, data={"grant_type": "nothing"})
    assert "Sforce-Limit-Info" not in token.headers


def test_the_count_can_go_backwards(client: Client) -> None:
    client.fault(limit_used=5000)
    high = client.get("limits").headers["Sforce-Limit-Info"]
    client.fault(limit_used=10)
    low = client.get("limits").headers["Sforce-Limit-Info"]
    assert (high.split("=")[1].split("/")[0], low.split("=")[1].split("/")[0]) == ("5001", "11")


def test_204_has_no_body_and_no_content_type_and_201_a_relative_location(client: Client) -> None:
    made = client.post("sobjects/Lead", {"LastName": "A", "Company": "B"})
    changed = client.patch(made.headers["Location"], {"City": "Ulm"})
    assert made.headers["Location"] == f"/services/data/v66.0/sobjects/Lead/{made.json()['id']}"
    assert (changed.status_code, changed.content) == (204, b"")
    assert not {"Content-Type", "Content-Length"} & set(changed.headers)


def test_invalid_field_is_worded_for_a_query_and_for_a_write(client: Client) -> None:
    asked = client.get("query", params={"q": "SELECT Id FROM Lead WHERE Nope__c = 'x'"})
    written = client.post("sobjects/Lead", {"Nope__c": "x"})
    assert (
        "ERROR at Row:1:Column:27\nNo such column 'Nope__c' on entity 'Lead'." in error_of(asked)["message"]
    )
    assert error_of(asked)["message"].splitlines()[2].strip() == "^"
    assert error_of(written)["message"] == "No such column 'Nope__c' on sobject of type Lead"


def test_a_malformed_query_is_told_plainly(client: Client) -> None:
    answer = client.get("query", params={"q": "SELEKT Id FROM Lead"})
    assert error_of(answer) == {"message": "unexpected token: SELEKT", "errorCode": "MALFORMED_QUERY"}


def test_a_deleted_record_a_wrong_checksum_and_an_unknown_key_field_have_their_codes(client: Client) -> None:
    gone = client.lead()
    client.delete(f"sobjects/Lead/{gone}")
    wrong = gone[:-1] + ("B" if gone[-1] != "B" else "C")
    deleted, malformed = client.get(f"sobjects/Lead/{gone}"), client.get(f"sobjects/Lead/{wrong}")
    keyless = client.get("sobjects/Lead/Nope__c/x")
    assert (deleted.status_code, error_of(deleted)["errorCode"]) == (404, "ENTITY_IS_DELETED")
    assert (malformed.status_code, error_of(malformed)["errorCode"]) == (400, "MALFORMED_ID")
    assert (keyless.status_code, error_of(keyless)["errorCode"]) == (404, "NOT_FOUND")


def test_fifteen_character_ids_are_taken_and_eighteen_given(client: Client) -> None:
    lead = client.lead()
    assert client.get(f"sobjects/Lead/{lead[:15]}").json()["Id"] == lead
    assert [row["Id"] for row in client.query(f"SELECT Id FROM Lead WHERE Id = '{lead[:15]}'")] == [lead]


def test_the_server_picks_the_page_size() -> None:
    """Recorded: 1,133 rows came in one page, another query split at 1,000."""
    running = start_in_thread(ServeOptions(empty=True))
    try:
        acting = Client(running)
        rows = [
            {"attributes": {"type": "Lead"}, "LastName": f"Nr {number}", "Company": "Breite AG"}
            for number in range(189)
        ]
        for _ in range(6):
            acting.post("composite/sobjects", {"records": rows})
        narrow = acting.get("query", params={"q": "SELECT Id FROM Lead"}).json()
        wide = acting.get("query", params={"q": "SELECT FIELDS(STANDARD) FROM Lead"}).json()
        assert (narrow["done"], len(narrow["records"])) == (True, 1134)
        assert (wide["done"], len(wide["records"])) == (False, 1000)
        assert re.fullmatch(r"/services/data/v66\.0/query/(01g|0r8)\w{15}-1000", wide["nextRecordsUrl"]), (
            wide["nextRecordsUrl"]
        )
    finally:
        running.stop()


def test_count_gives_a_size_and_no_records_and_count_id_an_aggregate(client: Client) -> None:
    plain = client.get("query", params={"q": "SELECT count() FROM Lead WHERE LastName = 'Niemand'"}).json()
    counted = client.get(
        "query", params={"q": "SELECT count(Id) FROM Lead WHERE LastName = 'Niemand'"}
    ).json()
    assert plain == {"totalSize": 0, "done": True, "records": []}
    assert counted["records"] == [{"attributes": {"type": "AggregateResult"}, "expr0": 0}]


def test_both_spellings_of_addresses_and_both_schemes_work(client: Client) -> None:
    token = str(client.session.headers["Authorization"]).partition(" ")[2]
    for path in ("query", "query/"):
        for scheme in ("Bearer", "OAuth"):
            answer = client.get(
                path, params={"q": "SELECT Id FROM User"}, headers={"Authorization": f"{scheme} {token}"}
            )
            assert answer.status_code == 200
    assert client.get("sobjects/Lead").json().keys() == client.get("sobjects/Lead/").json().keys()


@pytest.mark.parametrize("same", ["MÜNCHEN", "münchen", "München"])
def test_comparisons_ignore_case_in_every_script(client: Client, same: str) -> None:
    """Documented: SOQL text comparisons are case-insensitive."""
    lead = client.lead(City="München", Company=f"Groß {same}")
    for condition in (
        f"City = '{same}'",
        f"City IN ('Köln', '{same}')",
        f"City LIKE '{same[:3]}%'",
        f"(NOT City != '{same}')",
    ):
        found = client.query(f"SELECT Id FROM Lead WHERE Id = '{lead}' AND {condition}")
        assert [row["Id"] for row in found] == [lead], condition
    assert client.query(f"SELECT Id FROM Lead WHERE Id = '{lead}' AND City = 'Munchen'") == []
    job = client.query_job(f"SELECT Id FROM Lead WHERE Id = '{lead}' AND City = '{same}'")
    assert job["numberRecordsProcessed"] == 1


def test_composite_is_200_outside_and_tells_each_status_inside(client: Client) -> None:
    base = "/services/data/v66.0"
    lead = client.lead()
    later = {"If-Modified-Since": "Fri, 01 Jan 2100 00:00:00 GMT"}
    asked: list[dict[str, Any]] = [
        {"referenceId": "bad", "method": "POST", "url": f"{base}/sobjects/Lead", "body": {"LastName": "A"}},
        {"referenceId": "same", "method": "GET", "url": f"{base}/sobjects/Lead/{lead}", "httpHeaders": later},
        {"referenceId": "gone", "method": "GET", "url": f"{base}/sobjects/Lead/00Q000000000000EAA"},
    ]
    answer = client.post("composite", {"compositeRequest": asked})
    bad, same, gone = answer.json()["compositeResponse"]
    assert answer.status_code == 200
    assert [each["httpStatusCode"] for each in (bad, same, gone)] == [400, 304, 404]
    assert (bad["httpHeaders"], gone["httpHeaders"]) == ({}, {})
    assert same["body"] is None
    nameless = client.post("composite", {"compositeRequest": [{"method": "GET", "url": f"{base}/limits"}]})
    assert (nameless.status_code, error_of(nameless)["errorCode"]) == (400, "JSON_PARSER_ERROR")


def test_a_graph_answers_in_its_recorded_shape(client: Client) -> None:
    asked: dict[str, Any] = {
        "referenceId": "a",
        "method": "POST",
        "url": "/services/data/v66.0/sobjects/Account",
    }
    asked |= {"body": {"Name": "Graf AG"}}
    answer = client.post("composite/graph", {"graphs": [{"graphId": "1", "compositeRequest": [asked]}]})
    (graph,) = answer.json()["graphs"]
    assert set(graph) == {"graphId", "graphResponse", "isSuccessful"}
    assert set(graph["graphResponse"]) == {"compositeResponse"}
    assert set(graph["graphResponse"]["compositeResponse"][0]) == {
        "body",
        "httpHeaders",
        "httpStatusCode",
        "referenceId",
    }


def test_collections_answer_200_even_when_all_was_rolled_back(client: Client) -> None:
    rows = [
        {"attributes": {"type": "Lead"}, "LastName": "A", "Company": "B"},
        {"attributes": {"type": "Lead"}, "LastName": "A"},
    ]
    answer = client.post("composite/sobjects", {"records": rows, "allOrNone": True})
    first, second = answer.json()
    assert answer.status_code == 200
    assert first == {
        "success": False,
        "errors": [
            {
                "statusCode": "ALL_OR_NONE_OPERATION_ROLLED_BACK",
                "message": "Record rolled back because not all records were valid"
                " and the request was using AllOrNone header",
                "fields": [],
            }
        ],
    }
    assert set(second["errors"][0]) == {"statusCode", "message", "fields"}
    assert client.post("composite/sobjects", {"records": []}).status_code == 400


def test_an_upsert_tells_created_only_from_version_46_on(client: Client) -> None:
    path = "sobjects/Channel_Conflict__c/External_Key__c/facts-2"
    first, again = client.patch(path, {"Kind__c": "a"}), client.patch(path, {"Kind__c": "b"})
    assert (first.status_code, first.json()["created"]) == (201, True)
    assert (again.status_code, again.json()["created"]) == (200, False)


def test_an_upsert_that_meets_several_records_is_300_with_their_addresses() -> None:
    running = start_in_thread(ServeOptions(empty=True))
    try:
        acting = Client(running)
        acting.act(
            "declare",
            objects={"Lead": {"fields": {"Key__c": {"type": "Text", "length": 20, "external_id": True}}}},
        )
        ids = sorted(acting.lead(Key__c="twice") for _ in range(2))
        answer = acting.patch("sobjects/Lead/Key__c/twice", {"City": "Ulm"})
        assert answer.status_code == 300
        assert sorted(answer.json()) == [f"/services/data/v66.0/sobjects/Lead/{each}" for each in ids]
        row = {"attributes": {"type": "Lead"}, "Key__c": "twice", "City": "Ulm"}
        (refused,) = acting.patch("composite/sobjects/Lead/Key__c", {"records": [row]}).json()
        assert refused["errors"][0]["statusCode"] == "DUPLICATE_EXTERNAL_ID"
    finally:
        running.stop()


@pytest.mark.parametrize("blocks", [False, True])
def test_duplicates_are_refused_under_the_misspelt_key(blocks: bool) -> None:  # noqa: FBT001
    """`Sforce-Duplicate-Rule-Header: allowSave=true` passes alert rules only."""
    running = start_in_thread(ServeOptions(empty=True))
    try:
        acting = Client(running)
        acting.act("duplicate_rule", **RULE, blocks=blocks)
        first = acting.lead(Email="ö@example.org")
        twin = {"LastName": "Zwei", "Company": "Zwei AG", "Email": "Ö@example.org"}
        refused = acting.post("sobjects/Lead", twin)
        error = error_of(refused)
        assert refused.status_code == 400
        assert (error["errorCode"], error["message"]) == ("DUPLICATES_DETECTED", RULE["message"])
        found = error["duplicateResut"]
        assert found["allowSave"] is not blocks
        assert found["duplicateRule"] == RULE["name"]
        record = found["matchResults"][0]["matchRecords"][0]["record"]
        assert record["Id"] == first
        header = {"Sforce-Duplicate-Rule-Header": "allowSave=true"}
        assert acting.post("sobjects/Lead", twin, headers=header).status_code == (400 if blocks else 201)
    finally:
        running.stop()


def test_the_daily_limit_is_403_in_the_services_words(client: Client) -> None:
    client.fault(limit_used=100_000)
    refused = client.get("query", params={"q": "SELECT Id FROM User"})
    assert refused.status_code == 403
    assert error_of(refused) == {
        "message": "TotalRequests Limit exceeded.",
        "errorCode": "REQUEST_LIMIT_EXCEEDED",
    }
    client.fault(limit_used=0)
    assert client.get("limits").status_code == 200


def test_too_many_calls_at_once_have_the_same_code(client: Client) -> None:
    message = "ConcurrentRequests (Concurrent API Requests) Limit exceeded."
    client.fault(path="/limits", status=403, errorCode="REQUEST_LIMIT_EXCEEDED", message=message)
    refused = client.get("limits")
    assert (refused.status_code, error_of(refused)) == (
        403,
        {"message": message, "errorCode": "REQUEST_LIMIT_EXCEEDED"},
    )


@pytest.mark.parametrize("status", [406, 420])
def test_some_answers_come_without_a_body(client: Client, status: int) -> None:
    client.fault(path="/limits", status=status)
    answer = client.get("limits")
    assert (answer.status_code, answer.content) == (status, b"")


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("2026-01-02T03:04:05.000+0000", 201),
        ("2026-01-02T03:04:05Z", 201),
        ("2026-01-02T03:04:05.000+01:00", 201),
        ("2026-01-02T03:04:05+0000", 400),
    ],
)
def test_datetimes_are_accepted_in_recorded_forms_only(client: Client, text: str, status: int) -> None:
    answer = client.post("sobjects/Event", {"DurationInMinutes": 5, "ActivityDateTime": text})
    assert answer.status_code == status
    if status == 400:
        assert error_of(answer)["errorCode"] == "JSON_PARSER_ERROR"


def test_entity_tags_are_for_accounts_alone(client: Client) -> None:
    account = client.create("Account", Name="Etikett SE")
    assert client.get(f"sobjects/Account/{account}").headers["ETag"]
    assert "ETag" not in client.get(f"sobjects/Lead/{client.lead()}").headers


def test_the_questions_of_the_command_line_are_answered_in_its_order(client: Client) -> None:
    info = client.get("/services/oauth2/userinfo")
    user = client.get(f"sobjects/User/{info.json()['user_id']}")
    scratch = client.get("query", params={"q": "SELECT CreatedDate FROM ScratchOrgInfo"})
    versions = client.get("/services/data")
    organization = client.query("SELECT Name, InstanceName, IsSandbox, TrialExpirationDate FROM Organization")
    tooling = client.get("tooling/query", params={"q": "SELECT Id FROM SandboxProcess"})
    assert [each.status_code for each in (info, user, versions)] == [200, 200, 200]
    assert error_of(scratch)["errorCode"] == "INVALID_TYPE"
    assert len(organization) == 1
    assert tooling.status_code == 200


def test_the_keys_of_the_limits_are_those_recorded(client: Client) -> None:
    found = client.get("limits").json()
    assert all({"Max", "Remaining"} <= set(each) for each in found.values())
    assert {"DailyApiRequests", "DailyBulkV2QueryJobs", "DailyBulkApiBatches", "DataStorageMB"} <= set(found)
    assert len(found) == 51
    assert set(found["PermissionSets"]) == {"Max", "Remaining", "CreateCustom"}


def test_hidden_fields_are_absent_from_describe_and_refused_in_a_query(seeded: Client) -> None:
    """Recorded: a field the login may not see is simply not there."""
    users = seeded.get("/practice/users").json()
    partner = next(each for each in users if each["userType"] == "PowerPartner" and each["isActive"])
    token = seeded.post("/practice/login", {"username": partner["username"]}).json()["access_token"]
    acting = Client(seeded.running, token=token)

    def fields(client: Client, name: str) -> set[str]:
        return {each["name"] for each in client.get(f"sobjects/{name}/describe").json()["fields"]}

    hidden = [
        (name, field)
        for name in ("Lead", "Opportunity", "Account", "Deal_Registration__c")
        for field in sorted(fields(seeded, name) - fields(acting, name))
    ]
    assert hidden
    for name, field in hidden:
        asked = acting.get("query", params={"q": f"SELECT {field} FROM {name}"})
        assert error_of(asked)["errorCode"] == "INVALID_FIELD"
        assert f"No such column '{field}' on entity '{name}'" in error_of(asked)["message"]


def test_a_describe_is_new_again_once_the_schema_drifted() -> None:
    """Seen by others: the schema changes under a running connector, which must describe again."""
    running = start_in_thread(ServeOptions(empty=True))
    try:
        acting = Client(running)
        before = acting.get("sobjects/Lead/describe")
        since = {"If-Modified-Since": before.headers["Last-Modified"]}
        assert acting.get("sobjects/Lead/describe", headers=since).status_code == 304
        acting.act("declare", objects={"Lead": {"fields": {"Score__c": {"type": "Number"}}}})
        after = acting.get("sobjects/Lead/describe", headers=since)
        assert after.status_code == 200
        assert len(after.json()["fields"]) == len(before.json()["fields"]) + 1
        acting.act("drop_field", object="Lead", field="Score__c")
        again = acting.get(
            "sobjects/Lead/describe", headers={"If-Modified-Since": after.headers["Last-Modified"]}
        )
        assert again.json()["fields"] == before.json()["fields"]
        refused = acting.post("/practice/acts/drop_field", {"object": "Lead", "field": "City"})
        assert "City is no custom field of Lead" in error_of(refused)["message"]
    finally:
        running.stop()


def test_an_upsert_finds_its_key_whatever_the_case_in_every_script(client: Client) -> None:
    path = "sobjects/Channel_Conflict__c/External_Key__c"
    first = client.patch(f"{path}/übergröße", {"Kind__c": "a"}).json()
    again = client.patch(f"{path}/ÜBERGRÖSSE", {"Kind__c": "b"})
    assert (again.status_code, again.json()["id"]) == (200, first["id"])
