"""Bulk 2.0 query jobs: states, pages, locators, and CSV exactly as the real service writes it."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest

from tests.contract.practice.client import Client


@pytest.fixture
def leads(client: Client) -> list[str]:
    """Ten leads that only this test's queries find."""
    records = [
        {"attributes": {"type": "Lead"}, "LastName": f"Nr{each}", "Company": "Massenabruf"}
        for each in range(10)
    ]
    rows = client.post("composite/sobjects", {"records": records}).json()
    ids = [row["id"] for row in rows]
    assert len(ids) == 10
    return ids


def soql(ids: list[str], fields: str = "Id, LastName") -> str:
    named = ", ".join(f"'{each}'" for each in ids)
    return f"SELECT {fields} FROM Lead WHERE Id IN ({named}) ORDER BY Id"


def test_a_new_job_says_what_it_will_do(client: Client) -> None:
    job = client.post("jobs/query", {"operation": "query", "query": "SELECT Id FROM Lead"}).json()
    assert job.pop("id").startswith("750")
    assert len(job.pop("createdDate")) == len("2026-01-02T03:04:05.000+0000")
    assert job.pop("systemModstamp")
    assert job.pop("createdById").startswith("005")
    assert job == {
        "operation": "query",
        "object": "Lead",
        "state": "UploadComplete",
        "concurrencyMode": "Parallel",
        "contentType": "CSV",
        "apiVersion": 66.0,
        "lineEnding": "LF",
        "columnDelimiter": "COMMA",
    }


def test_a_finished_job_counts_its_rows(client: Client, leads: list[str]) -> None:
    info = client.query_job(soql(leads))
    assert info["state"] == "JobComplete"
    assert info["numberRecordsProcessed"] == 10
    assert info["jobType"] == "V2Query"
    assert info["retries"] == 0
    assert "numberRecordsFailed" not in info


def test_a_job_passes_through_in_progress(client: Client) -> None:
    client.fault(path="/jobs/query", job={"stall": 0.5})
    job = client.post("jobs/query", {"operation": "query", "query": "SELECT Id FROM Lead"}).json()
    seen = [job["state"]]
    while seen[-1] not in {"JobComplete", "Failed"}:
        state = client.get(f"jobs/query/{job['id']}").json()["state"]
        if state != seen[-1]:
            seen.append(state)
    assert seen == ["UploadComplete", "InProgress", "JobComplete"]


def test_results_are_quoted_csv_with_empty_nulls(client: Client) -> None:
    lead = client.lead(
        LastName='O"Neil, "Q"',
        Company="NA",
        Description="erste Zeile\nzweite",
        AnnualRevenue=139000000,
        NumberOfEmployees=12,
    )
    job = client.query_job(
        "SELECT Id, LastName, Company, Description, AnnualRevenue, NumberOfEmployees, IsConverted, Fax, "
        f"CreatedDate FROM Lead WHERE Id = '{lead}'"
    )
    answer = client.get(f"jobs/query/{job['id']}/results")
    created = client.read("Lead", lead)["CreatedDate"].replace("+0000", "Z")
    assert answer.headers["Content-Type"] == "text/csv"
    assert answer.text == (
        '"Id","LastName","Company","Description","AnnualRevenue","NumberOfEmployees","IsConverted","Fax",'
        '"CreatedDate"\n'
        f'"{lead}","O""Neil, ""Q""","NA","erste Zeile\nzweite","1.39E8","12","false","","{created}"\n'
    )


def test_pages_follow_the_locator_and_repeat_the_header(client: Client, leads: list[str]) -> None:
    job = client.query_job(soql(leads))
    found: list[str] = []
    locator, sizes = "", []
    while locator != "null":
        params = {"maxRecords": "4", **({"locator": locator} if locator else {})}
        page = client.get(f"jobs/query/{job['id']}/results", params=params)
        header, *rows = csv.reader(io.StringIO(page.text))
        assert header == ["Id", "LastName"]
        assert int(page.headers["Sforce-NumberOfRecords"]) == len(rows)
        sizes.append(len(rows))
        found += [row[0] for row in rows]
        locator = page.headers["Sforce-Locator"]
    assert sizes == [4, 4, 2]
    assert found == sorted(leads)


def test_a_locator_is_the_unpadded_base64_of_the_offset(client: Client) -> None:
    records = [{"attributes": {"type": "Lead"}, "LastName": "L", "Company": "Locator"}] * 12
    client.post("composite/sobjects", {"records": records})
    job = client.query_job("SELECT Id FROM Lead WHERE Company = 'Locator'")
    answer = client.get(f"jobs/query/{job['id']}/results", params={"maxRecords": "10"})
    assert answer.headers["Sforce-Locator"] == "MTA"


def test_result_pages_name_at_most_five_addresses(client: Client, leads: list[str]) -> None:
    job = client.query_job(soql(leads))
    first = client.get(f"jobs/query/{job['id']}/resultPages", params={"maxRecords": "1"}).json()
    assert len(first["resultPages"]) == 5
    assert first["done"] is False
    second = client.get(first["nextRecordsUrl"]).json()
    assert second["done"] is True
    assert second["nextRecordsUrl"] is None
    found = []
    for page in [*first["resultPages"], *second["resultPages"]]:
        rows = list(csv.reader(io.StringIO(client.get(page["resultUrl"]).text)))[1:]
        found += [row[0] for row in rows]
    assert found == sorted(leads)


def test_result_pages_are_unknown_before_version_58(client: Client) -> None:
    old = Client(client.running, version="57.0")
    job = old.query_job("SELECT Id FROM Lead")
    assert old.get(f"jobs/query/{job['id']}/resultPages").status_code == 404


def test_results_are_frozen_when_the_job_runs(client: Client, leads: list[str]) -> None:
    job = client.query_job(soql(leads))
    client.patch(f"sobjects/Lead/{leads[0]}", {"LastName": "Später"})
    assert "Später" not in client.get(f"jobs/query/{job['id']}/results").content.decode()


def test_another_api_version_than_the_jobs_gets_409(client: Client, leads: list[str]) -> None:
    job = client.query_job(soql(leads))
    other = Client(client.running, version="60.0")
    assert other.get(f"jobs/query/{job['id']}/results").status_code == 409


def test_line_ending_and_delimiter_are_the_jobs(client: Client, leads: list[str]) -> None:
    job = client.query_job(soql(leads[:1]), lineEnding="CRLF", columnDelimiter="PIPE")
    assert (job["lineEnding"], job["columnDelimiter"]) == ("CRLF", "PIPE")
    text = client.get(f"jobs/query/{job['id']}/results").content.decode()
    assert text == f'"Id"|"LastName"\r\n"{leads[0]}"|"Nr0"\r\n'


def test_query_all_jobs_find_deleted_rows(client: Client, leads: list[str]) -> None:
    client.delete(f"sobjects/Lead/{leads[0]}")
    assert client.query_job(soql(leads))["numberRecordsProcessed"] == 9
    assert client.query_job(soql(leads), operation="queryAll")["numberRecordsProcessed"] == 10


def test_parent_fields_become_dotted_columns(client: Client, leads: list[str]) -> None:
    job = client.query_job(soql(leads[:1], "Owner.Name, Id"))
    header = client.get(f"jobs/query/{job['id']}/results").text.splitlines()[0]
    assert header == '"Owner.Name","Id"'


@pytest.mark.parametrize(
    ("query", "code", "message"),
    [
        ("SELECT Address FROM Lead", "API_ERROR", "Selecting compound data not supported in Bulk Query"),
        (
            "SELECT Id, (SELECT Id FROM Contacts) FROM Account",
            "API_ERROR",
            "Aggregate Relationships not supported in Bulk V2 Query with CSV content type",
        ),
        ("SELECT COUNT() FROM Lead", "API_ERROR", ""),
        ("SELECT Company, COUNT(Id) FROM Lead GROUP BY Company", "API_ERROR", ""),
        ("SELECT Id FROM Lead LIMIT 5 OFFSET 5", "API_ERROR", ""),
        ("SELECT TYPEOF Owner WHEN User THEN Name END FROM Lead", "API_ERROR", ""),
        ("SELEKT Id FROM Lead", "MALFORMED_QUERY", "unexpected token: SELEKT"),
        ("SELECT Nothing FROM Lead", "INVALID_FIELD", "No such column 'Nothing' on entity 'Lead'"),
    ],
)
def test_what_bulk_cannot_query_is_refused_at_once(
    client: Client, query: str, code: str, message: str
) -> None:
    answer = client.post("jobs/query", {"operation": "query", "query": query})
    assert answer.status_code == 400
    (error,) = answer.json()
    assert error["errorCode"] == code
    assert message in error["message"]


def test_an_aborted_job_has_no_results(client: Client) -> None:
    client.fault(path="/jobs/query", job={"stall": 20})
    job = client.post("jobs/query", {"operation": "query", "query": "SELECT Id FROM Lead"}).json()
    aborted = client.patch(f"jobs/query/{job['id']}", {"state": "Aborted"})
    assert aborted.json()["state"] == "Aborted"
    assert "lineEnding" not in aborted.json()
    assert "jobType" not in aborted.json()
    assert client.get(f"jobs/query/{job['id']}/results").status_code == 204
    assert client.get(f"jobs/query/{job['id']}").json()["state"] == "Aborted"


def test_results_asked_too_early_are_no_content(client: Client) -> None:
    client.fault(path="/jobs/query", job={"stall": 1})
    job = client.post("jobs/query", {"operation": "query", "query": "SELECT Id FROM Lead"}).json()
    early = client.get(f"jobs/query/{job['id']}/results")
    assert (early.status_code, early.content) == (204, b"")
    assert client.finished("query", job["id"])["state"] == "JobComplete"


def test_a_deleted_job_is_gone(client: Client) -> None:
    job = client.query_job("SELECT Id FROM Lead LIMIT 1")
    assert client.delete(f"jobs/query/{job['id']}").status_code == 204
    gone = client.get(f"jobs/query/{job['id']}")
    assert gone.status_code == 404
    assert gone.json()[0]["errorCode"] == "NOT_FOUND"


def test_the_list_of_jobs_names_each(client: Client) -> None:
    job = client.query_job("SELECT Id FROM Lead LIMIT 1")
    listed = client.get("jobs/query").json()
    assert listed["done"] is True
    assert listed["nextRecordsUrl"] is None
    entry: dict[str, Any] = next(each for each in listed["records"] if each["id"] == job["id"])
    assert entry["jobType"] == "V2Query"


def test_an_expired_locator_is_refused(client: Client, leads: list[str]) -> None:
    job = client.query_job(soql(leads))
    first = client.get(f"jobs/query/{job['id']}/results", params={"maxRecords": "4"})
    client.fault(expire_locators=True)
    params = {"maxRecords": "4", "locator": first.headers["Sforce-Locator"]}
    refused = client.get(f"jobs/query/{job['id']}/results", params=params)
    assert refused.status_code == 400
    assert refused.json()[0]["errorCode"] == "INVALID_QUERY_LOCATOR"
    again = client.get(f"jobs/query/{job['id']}/results", params={"maxRecords": "4"})
    params["locator"] = again.headers["Sforce-Locator"]
    assert client.get(f"jobs/query/{job['id']}/results", params=params).status_code == 200
