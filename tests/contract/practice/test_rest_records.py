"""One record over HTTP: create, read, change, delete, upsert by an external id, and conditional requests."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime, parsedate_to_datetime

import pytest

from tests.contract.practice.client import Client

KEY = "sobjects/Channel_Conflict__c/External_Key__c"


def modified(client: Client, path: str) -> datetime:
    """When a record last changed, as `Last-Modified` says."""
    return parsedate_to_datetime(client.get(path).headers["Last-Modified"])


def http_date(moment: datetime) -> str:
    return format_datetime(moment.astimezone(UTC), usegmt=True)


def test_a_new_record_is_201_with_a_relative_location(client: Client) -> None:
    answer = client.post("sobjects/Lead/", {"LastName": "Neu", "Company": "Neubau"})
    body = answer.json()
    assert answer.status_code == 201
    assert body == {"id": body["id"], "success": True, "errors": []}
    assert answer.headers["Location"] == f"/services/data/v{client.version}/sobjects/Lead/{body['id']}"


def test_a_change_and_a_delete_are_204_without_body_or_type(client: Client) -> None:
    lead = client.lead()
    for answer in (
        client.patch(f"sobjects/Lead/{lead}", {"City": "Ulm"}),
        client.delete(f"sobjects/Lead/{lead}"),
    ):
        assert (answer.status_code, answer.content) == (204, b"")
        assert "Content-Type" not in answer.headers


def test_a_patch_may_travel_as_a_post(client: Client) -> None:
    lead = client.lead()
    answer = client.post(f"sobjects/Lead/{lead}?_HttpMethod=PATCH", {"City": "Ulm"})
    assert answer.status_code == 204
    assert client.read("Lead", lead)["City"] == "Ulm"


def test_a_read_shows_every_field_or_those_asked_for(client: Client) -> None:
    lead = client.lead(City="Köln", AnnualRevenue=1000)
    whole = client.read("Lead", lead)
    assert {each["name"] for each in client.get("sobjects/Lead/describe").json()["fields"]} == set(whole) - {
        "attributes"
    }
    assert (whole["City"], whole["AnnualRevenue"], whole["Title"]) == ("Köln", 1000.0, None)
    some = client.get(f"sobjects/lead/{lead[:15]}", params={"fields": "Id,city"}).json()
    assert some == {
        "attributes": {"type": "Lead", "url": f"/services/data/v{client.version}/sobjects/Lead/{lead}"},
        "Id": lead,
        "City": "Köln",
    }
    bad = client.get(f"sobjects/Lead/{lead}", params={"fields": "Nope"})
    assert (bad.status_code, bad.json()[0]["errorCode"]) == (400, "INVALID_FIELD")


def test_instants_end_in_a_zone_without_a_colon(client: Client) -> None:
    stamp = client.read("Lead", client.lead())["CreatedDate"]
    assert datetime.strptime(stamp, "%Y-%m-%dT%H:%M:%S.000%z").utcoffset() == timedelta(0)
    assert stamp.endswith("+0000")


def test_a_missing_required_field_is_named(client: Client) -> None:
    answer = client.post("sobjects/Lead", {"LastName": "Ohne Firma"})
    assert answer.status_code == 400
    assert answer.json() == [
        {
            "message": "Required fields are missing: [Company]",
            "errorCode": "REQUIRED_FIELD_MISSING",
            "fields": ["Company"],
        }
    ]


def test_a_write_to_an_unknown_field_says_sobject_of_type(client: Client) -> None:
    """Recorded: the wording differs from a query's, and `fields` is absent."""
    for answer in (
        client.post("sobjects/Lead", {"LastName": "x", "Company": "x", "Nope__c": 1}),
        client.patch(f"sobjects/Lead/{client.lead()}", {"Nope__c": 1}),
    ):
        assert answer.status_code == 400
        assert answer.json() == [
            {"message": "No such column 'Nope__c' on sobject of type Lead", "errorCode": "INVALID_FIELD"}
        ]


def test_a_deleted_record_is_gone_and_says_so(client: Client) -> None:
    lead = client.lead()
    client.delete(f"sobjects/Lead/{lead}")
    for answer in (
        client.get(f"sobjects/Lead/{lead}"),
        client.patch(f"sobjects/Lead/{lead}", {"City": "x"}),
        client.delete(f"sobjects/Lead/{lead}"),
    ):
        assert (answer.status_code, answer.json()[0]["errorCode"]) == (404, "ENTITY_IS_DELETED")


def test_ids_are_judged_by_shape_checksum_and_kind(client: Client) -> None:
    lead = client.lead()
    wrong = lead[:17] + ("A" if lead[17] != "A" else "B")
    malformed = client.get(f"sobjects/Lead/{wrong}")
    assert (malformed.status_code, malformed.json()[0]["errorCode"]) == (400, "MALFORMED_ID")
    shapeless = client.get("sobjects/Lead/NONSENSE")
    assert shapeless.status_code == 404
    assert shapeless.json() == [
        {
            "message": "Provided external ID field does not exist or is not accessible: NONSENSE",
            "errorCode": "NOT_FOUND",
        }
    ]
    assert client.get(f"sobjects/Account/{lead}").status_code == 404
    nobody = "sobjects/Lead/00Q000000000000EAA"
    for answer in (client.get(nobody), client.patch(nobody, {"City": "x"}), client.delete(nobody)):
        assert (answer.status_code, answer.json()[0]["errorCode"]) == (404, "NOT_FOUND")


def test_an_upsert_creates_then_changes(client: Client) -> None:
    """Recorded: `created` from v46; 201 created, 200 updated."""
    first = client.patch(f"{KEY}/a%2Fb%20c", {"Kind__c": "One"})
    again = client.patch(f"{KEY}/a%2Fb%20c", {"Kind__c": "Two"})
    assert (first.status_code, first.json()["created"]) == (201, True)
    assert first.headers["Location"].startswith(f"/services/data/v{client.version}/{KEY}/")
    assert (again.status_code, again.json()) == (
        200,
        {"id": first.json()["id"], "success": True, "errors": [], "created": False},
    )
    read = client.get(f"{KEY}/a%2Fb%20c").json()
    assert (read["Kind__c"], read["External_Key__c"]) == ("Two", "a/b c")
    assert client.delete(f"{KEY}/a%2Fb%20c").status_code == 204
    assert client.get(f"{KEY}/a%2Fb%20c").status_code == 404


def test_an_unknown_external_id_field_is_not_found(client: Client) -> None:
    for answer in (
        client.get("sobjects/Lead/Nope__c/1"),
        client.patch("sobjects/Lead/City/x", {"LastName": "x"}),
    ):
        assert (answer.status_code, answer.json()[0]["errorCode"]) == (404, "NOT_FOUND")
        assert "Provided external ID field does not exist" in answer.json()[0]["message"]


@pytest.mark.parametrize("hours", [-1, 1])
def test_a_conditional_read_answers_304_and_412(client: Client, hours: int) -> None:
    path = f"sobjects/Lead/{client.lead()}"
    when = http_date(modified(client, path) + timedelta(hours=hours))
    since = client.get(path, headers={"If-Modified-Since": when})
    until = client.get(path, headers={"If-Unmodified-Since": when})
    assert (since.status_code, until.status_code) == ((200, 412) if hours < 0 else (304, 200))
    if hours > 0:
        assert since.content == b""


def test_a_conditional_change_is_refused_when_the_record_is_newer(client: Client) -> None:
    """Law 12's fallback: `If-Unmodified-Since` on a single PATCH, 412 when newer, to the second."""
    lead = client.lead(City="Alt")
    path = f"sobjects/Lead/{lead}"
    stamp = modified(client, path)
    refused = client.patch(
        path, {"City": "Neu"}, headers={"If-Unmodified-Since": http_date(stamp - timedelta(seconds=1))}
    )
    assert refused.status_code == 412
    assert client.read("Lead", lead)["City"] == "Alt"
    same_second = client.patch(path, {"City": "Neu"}, headers={"If-Unmodified-Since": http_date(stamp)})
    assert same_second.status_code == 204
    assert client.read("Lead", lead)["City"] == "Neu"


def test_a_precondition_that_cannot_be_read_refuses_a_write(client: Client) -> None:
    path = f"sobjects/Lead/{client.lead()}"
    answer = client.patch(path, {"City": "x"}, headers={"If-Unmodified-Since": "yesterday"})
    assert answer.status_code == 400


def test_a_delete_minds_no_precondition(client: Client) -> None:
    path = f"sobjects/Lead/{client.lead()}"
    answer = client.delete(path, headers={"If-Unmodified-Since": "Thu, 01 Jan 2015 00:00:00 GMT"})
    assert answer.status_code == 204


def test_accounts_carry_an_entity_tag_and_nothing_else_does(client: Client) -> None:
    assert "ETag" not in client.get(f"sobjects/Lead/{client.lead()}").headers
    path = f"sobjects/Account/{client.create('Account', Name='Etikett AG')}"
    tag = client.get(path).headers["ETag"]
    assert client.get(path, headers={"If-None-Match": tag}).status_code == 304
    assert client.patch(path, {"Phone": "1"}, headers={"If-Match": '"other"'}).status_code == 412
    assert client.patch(path, {"Phone": "1"}, headers={"If-Match": tag}).status_code == 204


def test_updated_and_deleted_list_what_happened(client: Client) -> None:
    lead, gone = client.lead(), client.lead()
    client.delete(f"sobjects/Lead/{gone}")
    now = datetime.fromisoformat(client.read("Lead", lead)["SystemModstamp"])
    span = {
        "start": (now - timedelta(minutes=10)).strftime("%Y-%m-%dT%H:%M:%S+00:00"),
        "end": (now + timedelta(minutes=2)).strftime("%Y-%m-%dT%H:%M:%S+00:00"),
    }
    updated = client.get("sobjects/Lead/updated/", params=span).json()
    assert lead in updated["ids"]
    assert updated["latestDateCovered"].endswith(".000+0000")
    deleted = client.get("sobjects/Lead/deleted", params=span).json()
    assert gone in {each["id"] for each in deleted["deletedRecords"]}
    assert set(deleted) == {"deletedRecords", "earliestDateAvailable", "latestDateCovered"}
    missing = client.get("sobjects/Lead/updated")
    assert missing.status_code == 400


def test_a_body_is_read_by_the_charset_that_it_names(client: Client) -> None:
    body = '{"LastName": "Müller", "Company": "C"}'.encode("latin-1")
    kind = {"Content-Type": "application/json; charset=ISO-8859-1"}
    answer = client.call("POST", "sobjects/Lead", data=body, headers=kind)
    assert client.read("Lead", answer.json()["id"])["LastName"] == "Müller"
