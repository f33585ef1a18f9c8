"""Refusals in the words that others recorded of the real service, against the running server."""

from __future__ import annotations

from typing import Any

import pytest

from connector.practice.http.json_text import fault_of
from tests.contract.practice.client import Client

NO_BODY = "The HTTP entity body is required, but this request has no entity body."
ID_GIVEN = "The Id field should not be specified in the sobject data."
BROKEN = {
    '{name "Name error ", accountNumber: "68546"}': (
        "Unexpected character ('n' (code 110)): was expecting double-quote to start field name"
        " at [line:1, column:3]"
    ),
    '{"Site": "a",\n    "Site" "marta.com.ar"\n}': (
        "Unexpected character ('\"' (code 34)): was expecting a colon to separate field name and value"
        " at [line:2, column:13]"
    ),
    '{"Name Marta Perez"\n}': (
        "Unexpected character ('}' (code 125)): was expecting a colon to separate field name and value"
        " at [line:2, column:2]"
    ),
    '{"a": 1 "b": 2}': (
        "Unexpected character ('\"' (code 34)): was expecting comma to separate OBJECT entries"
        " at [line:1, column:10]"
    ),
    '{"a": yes}': "Unrecognized token 'yes': was expecting 'null', 'true', 'false' or NaN at [line:1, column:10]",
    '["a" "b"]': (
        "Unexpected character ('\"' (code 34)): was expecting comma to separate ARRAY entries"
        " at [line:1, column:7]"
    ),
    '{"a": ,}': (
        "Unexpected character (',' (code 44)): expected a valid value (number, String, array, object, 'true',"
        " 'false' or 'null') at [line:1, column:8]"
    ),
    '{"a": "b': "Unexpected end-of-input in a String value at [line:1, column:9]",
    '{"a": 1': "Unexpected end-of-input at [line:1, column:8]",
}


def refusal(answer: Any) -> tuple[int, str, str]:
    """Status, code and message of a refused call."""
    (error,) = answer.json()
    return answer.status_code, error["errorCode"], error["message"]


@pytest.mark.parametrize("method", ["POST", "PATCH"])
def test_a_write_without_a_body_is_told_that_it_needs_one(client: Client, method: str) -> None:
    path = "sobjects/Lead" if method == "POST" else f"sobjects/Lead/{client.lead()}"
    answer = client.call(method, path, headers={"Content-Type": "application/json"})
    assert refusal(answer) == (400, "JSON_PARSER_ERROR", NO_BODY)


@pytest.mark.parametrize(("body", "words"), BROKEN.items())
def test_broken_json_is_told_by_its_first_fault_and_where_it_is(
    client: Client, body: str, words: str
) -> None:
    answer = client.call(
        "POST", "sobjects/Account", data=body.encode(), headers={"Content-Type": "application/json"}
    )
    assert refusal(answer) == (400, "JSON_PARSER_ERROR", words)


@pytest.mark.parametrize("text", ["{}", ' [1, -2.5e3, "a\\"b", {"c": [null, true]}] ', '"x"', "0"])
def test_sound_json_has_no_fault(text: str) -> None:
    assert fault_of(text) == ""


def test_a_value_that_cannot_be_read_is_pointed_at(client: Client) -> None:
    body = '{"LastName": "A", "Company": "B",\n "NumberOfEmployees": "ten"}'
    answer = client.call("POST", "sobjects/Lead", data=body, headers={"Content-Type": "application/json"})
    assert refusal(answer)[2] == (
        "Cannot deserialize instance of int from VALUE_STRING value ten or request may be missing a required"
        " field at [line:2, column:23]"
    )


def test_a_list_is_no_record(client: Client) -> None:
    assert refusal(client.post("sobjects/Lead", [{"LastName": "A"}])) == (
        400,
        "JSON_PARSER_ERROR",
        "Can not deserialize SObject out of START_ARRAY token at [line:1, column:1]",
    )


def test_the_address_alone_says_which_row_is_written(client: Client) -> None:
    lead = client.lead()
    for answer in (
        client.post("sobjects/Lead", {"Id": lead, "LastName": "A", "Company": "B"}),
        client.patch(f"sobjects/Lead/{lead}", {"id": "This is a new ID"}),
        client.patch("sobjects/Channel_Conflict__c/External_Key__c/refused-1", {"Id": lead}),
    ):
        assert refusal(answer) == (400, "INVALID_FIELD", ID_GIVEN)
    keyed = client.patch(
        "sobjects/Channel_Conflict__c/External_Key__c/refused-1", {"External_Key__c": "refused-1"}
    )
    assert refusal(keyed)[:2] == (400, "INVALID_FIELD")


def test_a_post_to_the_id_field_creates(client: Client) -> None:
    answer = client.post("sobjects/Lead/Id", {"LastName": "A", "Company": "B"})
    assert (answer.status_code, answer.json()["success"]) == (201, True)
    other = client.post(f"sobjects/Lead/{answer.json()['id']}", {"LastName": "A"})
    assert refusal(other) == (
        405,
        "METHOD_NOT_ALLOWED",
        "HTTP Method 'POST' not allowed. Allowed are HEAD,GET,PATCH,DELETE",
    )


def test_an_id_in_a_collection_insert_fails_its_row(client: Client) -> None:
    record = {"attributes": {"type": "Lead"}, "Id": client.lead(), "LastName": "A", "Company": "B"}
    (row,) = client.post("composite/sobjects", {"records": [record]}).json()
    assert row["errors"] == [
        {
            "statusCode": "INVALID_FIELD_FOR_INSERT_UPDATE",
            "message": "cannot specify Id in an insert call",
            "fields": ["Id"],
        }
    ]


def test_a_collection_upsert_by_id_creates_where_the_id_is_null(client: Client) -> None:
    record = {"attributes": {"type": "Lead"}, "Id": None, "LastName": "A", "Company": "B"}
    (row,) = client.patch("composite/sobjects/Lead/Id", {"allOrNone": False, "records": [record]}).json()
    assert (row["success"], row["created"], row["errors"]) == (True, True, [])


def test_collections_need_ids_that_are_well_formed(client: Client) -> None:
    none = client.delete("composite/sobjects")
    bad = client.get("composite/sobjects/Lead", params={"ids": "00Q000000000001ZZZ", "fields": "Id"})
    assert refusal(none) == (400, "REQUIRED_FIELD_MISSING", "At least 1 Id is required.")
    assert refusal(bad) == (400, "MALFORMED_ID", "malformed id 00Q000000000001ZZZ")


def test_a_write_to_a_deleted_row_carries_empty_fields(client: Client) -> None:
    lead = client.lead()
    client.delete(f"sobjects/Lead/{lead}")
    gone = [{"message": "entity is deleted", "errorCode": "ENTITY_IS_DELETED", "fields": []}]
    for answer in (
        client.patch(f"sobjects/Lead/{lead}", {"City": "Ulm"}),
        client.delete(f"sobjects/Lead/{lead}"),
    ):
        assert (answer.status_code, answer.json()) == (404, gone)


def test_eighteen_characters_that_begin_like_no_id_are_taken_for_a_field(client: Client) -> None:
    answer = client.patch("sobjects/Lead/123456789123456789", {"City": "Ulm"})
    assert refusal(answer) == (
        404,
        "NOT_FOUND",
        "Provided external ID field does not exist or is not accessible: 123456789123456789",
    )


def test_a_duplicate_value_names_the_other_row_by_fifteen_characters_and_no_field(client: Client) -> None:
    first = client.create("Channel_Conflict__c", External_Key__c="twice")
    (error,) = client.post("sobjects/Channel_Conflict__c", {"External_Key__c": "twice"}).json()
    assert error == {
        "message": f"duplicate value found: External_Key__c duplicates value on record with id: {first[:15]}",
        "errorCode": "DUPLICATE_VALUE",
        "fields": [],
    }


@pytest.mark.parametrize(
    ("soql", "message"),
    [
        ("SELECT Id FROM Lead ALL ROWS", "ALL ROWS not allowed in this context"),
        ("SELECT Id FROM Lead WITH FOO", "unexpected token: FOO"),
        ("SELECT Id FROM Lead USING SCOPE nobody", "unexpected token: nobody"),
        ("SELECT Id Name FROM Lead", "only aggregate expressions use field aliasing"),
        (
            "SELECT Id FROM Account WHERE Id IN (SELECT AccountId FROM Contact WHERE Id IN (SELECT Id FROM User))",
            "Nesting of semi join sub-selects is not supported",
        ),
        (
            "SELECT Id FROM Account WHERE Name = 'x' OR Id IN (SELECT AccountId FROM Contact)",
            "Semi join sub-selects are not allowed with the 'OR' operator",
        ),
    ],
)
def test_a_query_the_service_does_not_take_is_refused(client: Client, soql: str, message: str) -> None:
    status, code, words = refusal(client.get("query", params={"q": soql}))
    assert (status, code, words.splitlines()[-1]) == (400, "MALFORMED_QUERY", message)


def test_a_scope_is_one_of_those_that_the_describe_lists(client: Client) -> None:
    lead = client.lead()
    asked = f"SELECT Id FROM Lead USING SCOPE {{}} WHERE Id = '{lead}'"
    assert [len(client.query(asked.format(scope))) for scope in ("user_owned", "queue_owned")] == [1, 0]
    refused = client.get("query", params={"q": "SELECT Id FROM Contact USING SCOPE queue_owned"})
    assert refusal(refused)[:2] == (400, "INVALID_QUERY_SCOPE")


@pytest.mark.parametrize("kind", ["application/x-www-form-urlencoded", "multipart/related"])
def test_a_body_that_says_it_is_no_json_is_an_unsupported_media_type(client: Client, kind: str) -> None:
    answer = client.call("POST", "sobjects/Lead", data="LastName=A", headers={"Content-Type": kind})
    words = f"MediaType of '{kind}' is not supported by this resource"
    assert refusal(answer) == (415, "UNSUPPORTED_MEDIA_TYPE", words)


def test_a_refused_session_names_the_scheme(client: Client) -> None:
    answer = Client(client.running, token="nobody").get("limits")
    assert (answer.status_code, answer.headers["WWW-Authenticate"]) == (401, "Token")


def test_the_list_of_objects_has_a_tag_that_spares_the_next_reading(client: Client) -> None:
    first = client.get("sobjects")
    tag = first.headers["ETag"]
    again = client.get("sobjects", headers={"If-None-Match": tag})
    inner = {
        "method": "GET",
        "url": "/services/data/v66.0/sobjects",
        "referenceId": "all",
        "httpHeaders": {"If-Modified-Since": first.headers["Last-Modified"]},
    }
    (part,) = client.post("composite", {"compositeRequest": [inner]}).json()["compositeResponse"]
    assert (again.status_code, again.content) == (304, b"")
    assert part == {
        "body": None,
        "httpHeaders": {"ETag": tag, "Last-Modified": first.headers["Last-Modified"]},
        "httpStatusCode": 304,
        "referenceId": "all",
    }


def test_the_list_of_objects_tells_of_each_what_was_recorded(client: Client) -> None:
    told = {each["name"]: each for each in client.get("sobjects").json()["sobjects"]}
    urls = {name: set(told[name]["urls"]) - {"rowTemplate", "describe", "sobject"} for name in told}
    layouts = {"compactLayouts", "quickActions", "layouts"}
    assert urls["Account"] == {*layouts, "approvalLayouts", "listviews"}
    assert urls["User"] == {*layouts, "namedLayouts", "passwordUtilities"}
    assert urls["OpportunityContactRole"] == layouts
    assert urls["Organization"] == set()
    role = told["OpportunityContactRole"]
    assert (role["layoutable"], role["mruEnabled"], role["labelPlural"]) == (
        True,
        False,
        "Opportunity Contact Role",
    )


def test_an_address_lists_its_parts_by_name(client: Client) -> None:
    lead = client.lead(City="Ulm")
    (row,) = client.query(f"SELECT Address FROM Lead WHERE Id = '{lead}'")
    parts = ["city", "country", "geocodeAccuracy", "latitude", "longitude", "postalCode", "state", "street"]
    assert list(row["Address"]) == parts


@pytest.mark.parametrize("length", [16_400, 70_000])
def test_an_address_longer_than_16384_bytes_is_refused_as_html(client: Client, length: int) -> None:
    """Documented for the REST API; the body was recorded by others (simple-salesforce#271, jsforce#1134)."""
    answer = client.get("query", params={"q": "SELECT Id FROM Lead WHERE City = 'x'".ljust(length, "x")})
    assert answer.status_code == 414
    assert answer.headers["Content-Type"].startswith("text/html")
    assert answer.text == "<h1>Bad Message 414</h1><pre>reason: URI Too Long</pre>"


def test_an_address_and_headers_longer_than_16384_bytes_together_are_refused(client: Client) -> None:
    """Documented: 431 Request Header Fields Too Large."""
    fitting = client.get("limits", headers={"X-Padding": "x" * 8_000})
    assert fitting.status_code == 200
    assert client.get("limits", headers={"X-Padding": "x" * 16_300}).status_code == 431


def test_a_query_longer_than_100000_characters_is_refused_where_it_needs_no_address(client: Client) -> None:
    """Recorded by others (django-salesforce#164)."""
    soql = "SELECT Id FROM Lead".ljust(100_001)
    answer = client.post("jobs/query", {"operation": "query", "query": soql})
    assert answer.status_code == 400
    assert answer.json()[0] == {
        "message": "SOQL statements can not be longer than 100000 characters",
        "errorCode": "MALFORMED_QUERY",
    }


def test_no_answer_is_to_be_stored(client: Client) -> None:
    """Recorded by others on every answer of the API."""
    told = "no-cache,must-revalidate,max-age=0,no-store,private"
    assert client.get("limits").headers["Cache-Control"] == told
    assert client.get("sobjects/Nope").headers["Cache-Control"] == told


def test_the_whole_list_of_record_counts_names_no_object_without_rows(client: Client) -> None:
    """Recorded by others (CumulusCI); an object asked for by name is told with its 0."""
    whole = client.get("limits/recordCount").json()["sObjects"]
    assert all(each["count"] for each in whole)
    asked = client.get("limits/recordCount", params={"sObjects": "Order"}).json()["sObjects"]
    assert asked == [{"count": 0, "name": "Order"}]


def test_a_retired_version_is_gone_and_one_not_yet_there_is_not_found(client: Client) -> None:
    """Documented: versions up to 30 were retired and answer 410."""
    statuses = [
        client.get(f"/services/data/v{version}/sobjects").status_code for version in ("20.0", "30.0", "99.0")
    ]
    assert statuses == [410, 410, 404]


def test_fields_of_any_name_are_newer_than_version_50(client: Client) -> None:
    """Documented: FIELDS() came with version 51."""
    soql = {"q": "SELECT FIELDS(STANDARD) FROM Lead LIMIT 1"}
    refused = client.get("/services/data/v50.0/query", params=soql)
    assert (refused.status_code, refused.json()[0]["errorCode"]) == (400, "MALFORMED_QUERY")
    assert client.get("/services/data/v51.0/query", params=soql).status_code == 200
