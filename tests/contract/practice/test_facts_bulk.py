"""Recorded behaviour of Bulk 2.0, one fact a test, against the running server."""

from __future__ import annotations

import base64
import csv
import io
import time
from typing import Any

import pytest
import requests

from tests.contract.practice.client import Client

LEFT_OUT = {"contentUrl", "lineEnding", "columnDelimiter", "jobType"}


def rows_of(answer: requests.Response) -> list[list[str]]:
    return list(csv.reader(io.StringIO(answer.content.decode(), newline="")))


def many(client: Client, company: str, count: int) -> list[str]:
    rows = [{"attributes": {"type": "Lead"}, "LastName": f"N{n}", "Company": company} for n in range(count)]
    return [each["id"] for each in client.post("composite/sobjects", {"records": rows}).json()]


def test_patch_answers_omit_four_keys_and_the_version_is_a_number(client: Client) -> None:
    made = client.post("jobs/ingest", {"object": "Lead", "operation": "insert"}).json()
    aborted = client.patch(f"jobs/ingest/{made['id']}", {"state": "Aborted"}).json()
    assert made["apiVersion"] == aborted["apiVersion"] == 66.0
    assert made["contentUrl"] == f"services/data/v66.0/jobs/ingest/{made['id']}/batches"
    assert aborted["state"] == "Aborted"
    assert not LEFT_OUT & set(aborted)
    assert {"jobType", "lineEnding"} <= set(client.get(f"jobs/ingest/{made['id']}").json())


def test_pages_repeat_the_header_and_end_in_the_literal_null(client: Client) -> None:
    many(client, "Seiten Bulk", 25)
    job = client.query_job("SELECT Id, Fax FROM Lead WHERE Company = 'Seiten Bulk'")["id"]
    first = client.get(f"jobs/query/{job}/results", params={"maxRecords": "10"})
    locator = first.headers["Sforce-Locator"]
    assert base64.b64decode(locator + "=" * (-len(locator) % 4)) == b"10"
    second = client.get(f"jobs/query/{job}/results", params={"maxRecords": "10", "locator": locator})
    rest = {"maxRecords": "10", "locator": second.headers["Sforce-Locator"]}
    last = client.get(f"jobs/query/{job}/results", params=rest)
    assert last.headers["Sforce-Locator"] == "null"
    assert [each.headers["Sforce-NumberOfRecords"] for each in (first, second, last)] == ["10", "10", "5"]
    for page in (first, second, last):
        assert page.text.startswith('"Id","Fax"\n')
        assert {row[1] for row in rows_of(page)[1:]} == {""}


def test_rest_rows_carry_attributes_and_bulk_rows_do_not(client: Client) -> None:
    (lead,) = many(client, "Attribut AG", 1)
    soql = f"SELECT Id, CreatedDate FROM Lead WHERE Id = '{lead}'"
    rest = client.query(soql)[0]
    header, row = rows_of(client.get(f"jobs/query/{client.query_job(soql)['id']}/results"))
    assert set(rest) == {"attributes", "Id", "CreatedDate"}
    assert header == ["Id", "CreatedDate"]
    assert row[1] == rest["CreatedDate"].replace("+0000", "Z")


@pytest.mark.parametrize("name", ["NA", "null", "None", "nan", "#N/A", "a\u2028b", "  x  ", 'q"q', "z\r\ny"])
def test_literal_words_for_nothing_and_odd_text_come_back_as_they_are(client: Client, name: str) -> None:
    lead = client.lead(LastName=name)
    job = client.query_job(f"SELECT LastName FROM Lead WHERE Id = '{lead}'")["id"]
    stored = client.read("Lead", lead)["LastName"]
    assert rows_of(client.get(f"jobs/query/{job}/results"))[1] == [stored]
    assert stored.strip() == name.strip()


def test_another_version_than_the_jobs_is_a_conflict(client: Client) -> None:
    job = client.query_job("SELECT Id FROM User")["id"]
    assert Client(client.running, version="60.0").get(f"jobs/query/{job}/results").status_code == 409


def test_an_unknown_column_fails_the_job_and_leaves_its_rows_as_uploaded(client: Client) -> None:
    upload = 'LastName,"Nope__c"\n"Eins",x\n'
    job = client.ingest_job("Lead", "insert", upload)
    assert (job["state"], job["errorMessage"]) == (
        "Failed",
        "InvalidBatch : Field name not found : Nope__c",
    )
    assert client.get(f"jobs/ingest/{job['id']}/unprocessedrecords").text == upload


def test_row_failures_still_end_in_job_complete_with_code_message_and_fields(client: Client) -> None:
    job = client.ingest_job("Lead", "insert", "LastName,Company,Email\nA,B,c@d.example\nA,B,keine\n")
    assert (job["state"], job["numberRecordsProcessed"], job["numberRecordsFailed"]) == ("JobComplete", 2, 1)
    header, row = rows_of(client.get(f"jobs/ingest/{job['id']}/failedResults"))
    assert header[:2] == ["sf__Id", "sf__Error"]
    assert row[1] == "INVALID_EMAIL_ADDRESS:Email: invalid email address: keine:Email --"


def test_an_empty_cell_leaves_a_value_and_na_clears_it(client: Client) -> None:
    lead = client.lead(City="Ulm", Title="Chef")
    client.ingest_job("Lead", "update", f"Id,City,Title\n{lead},,#N/A\n")
    found = client.read("Lead", lead)
    assert (found["City"], found["Title"]) == ("Ulm", None)


def test_a_job_not_closed_never_runs(client: Client) -> None:
    """Documented: the UploadComplete PATCH is mandatory."""
    job = client.post("jobs/ingest", {"object": "Lead", "operation": "insert"}).json()
    client.put("/" + job["contentUrl"], data=b"LastName,Company\nOffen,Offen AG\n")
    time.sleep(0.3)
    assert client.get(f"jobs/ingest/{job['id']}").json()["state"] == "Open"
    assert client.query("SELECT Id FROM Lead WHERE Company = 'Offen AG'") == []


@pytest.mark.parametrize(
    "soql",
    [
        "SELECT Company, COUNT(Id) FROM Lead GROUP BY Company",
        "SELECT Id FROM Lead LIMIT 1 OFFSET 1",
        "SELECT TYPEOF Owner WHEN User THEN Name END FROM Lead",
        "SELECT COUNT() FROM Lead",
        "SELECT Address FROM Lead",
    ],
)
def test_what_bulk_rejects_is_fine_over_rest(client: Client, soql: str) -> None:
    refused = client.post("jobs/query", {"operation": "query", "query": soql})
    assert (refused.status_code, refused.json()[0]["errorCode"]) == (400, "API_ERROR")
    assert client.get("query", params={"q": soql}).status_code == 200


def test_the_daily_query_jobs_are_spent_and_run_out(client: Client) -> None:
    """Documented: 10,000 query jobs in 24 hours; recorded: 400 LIMIT_EXCEEDED in these words."""
    before = client.get("limits").json()["DailyBulkV2QueryJobs"]["Remaining"]
    client.query_job("SELECT Id FROM User")
    assert client.get("limits").json()["DailyBulkV2QueryJobs"]["Remaining"] == before - 1
    settings = client.running.service.settings
    object.__setattr__(settings, "daily_query_jobs", 1)
    try:
        refused = client.post("jobs/query", {"operation": "query", "query": "SELECT Id FROM User"})
    finally:
        object.__setattr__(settings, "daily_query_jobs", 10_000)
    error: dict[str, Any] = refused.json()[0]
    assert (refused.status_code, error["errorCode"]) == (400, "LIMIT_EXCEEDED")
    assert error["message"].startswith("Max bulk v2 query jobs (1) per 24 hrs has been reached (")


@pytest.mark.parametrize("state", ["Aborted", "Failed"])
def test_a_job_may_end_in_a_state_that_is_not_complete(client: Client, state: str) -> None:
    client.fault(path="/jobs/query", job={"state": state, "error": "InternalServerError"})
    job = client.query_job("SELECT Id FROM User")
    assert job["state"] == state
    assert client.get(f"jobs/query/{job['id']}/results").status_code == 204


def test_result_pages_are_up_to_five_parallel_addresses(client: Client) -> None:
    ids = many(client, "Parallel AG", 12)
    job = client.query_job("SELECT Id FROM Lead WHERE Company = 'Parallel AG'")["id"]
    told = client.get(f"jobs/query/{job}/resultPages", params={"maxRecords": "3"}).json()
    pages = [rows_of(client.get(each["resultUrl"]))[1:] for each in told["resultPages"]]
    assert [len(page) for page in pages] == [3, 3, 3, 3]
    assert sorted(row[0] for page in pages for row in page) == sorted(ids)
    assert (told["done"], told["nextRecordsUrl"]) == (True, None)


def test_the_older_bulk_api_words_errors_with_an_exception_code(client: Client) -> None:
    """Read in clients: Bulk 1 uses `exceptionCode`, not `errorCode`."""
    url = "/services/async/60.0/job"
    asked = {"object": "Lead", "operation": "insert", "contentType": "JSON"}
    nobody = client.post(url, asked, headers={"X-SFDC-Session": "nobody"})
    assert (nobody.status_code, nobody.json()) == (
        400,
        {"exceptionCode": "InvalidSessionId", "exceptionMessage": "Invalid session id"},
    )
    session = {"X-SFDC-Session": client.running.access_token}
    unknown = client.post(url, {**asked, "operation": "paint"}, headers=session)
    assert unknown.json()["exceptionCode"] == "InvalidJob"
    made = client.post(url, asked, headers=session)
    job = made.json()
    assert (made.status_code, job["state"], job["apiVersion"]) == (201, "Open", 60.0)
    batch = client.post(f"{url}/{job['id']}/batch", [{"LastName": "A"}], headers=session).json()
    assert batch["state"] == "Queued"
    shown = client.get(f"{url}/{job['id']}/batch/{batch['id']}", headers=session).json()
    assert (shown["state"], shown["numberRecordsFailed"]) == ("Completed", 1)
