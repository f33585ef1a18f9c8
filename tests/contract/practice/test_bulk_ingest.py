"""Bulk 2.0 ingest jobs: creating, uploading, closing, and what becomes of each row."""

from __future__ import annotations

import csv
import io

import pytest

from tests.contract.practice.client import Client


def rows(client: Client, job_id: str, name: str) -> list[dict[str, str]]:
    answer = client.get(f"jobs/ingest/{job_id}/{name}")
    assert answer.status_code == 200, answer.text
    return list(csv.DictReader(io.StringIO(answer.content.decode())))


def test_a_new_job_says_where_to_upload(client: Client) -> None:
    job = client.post("jobs/ingest", {"object": "Lead", "operation": "insert", "contentType": "CSV"}).json()
    job_id = job.pop("id")
    assert job_id.startswith("750")
    for name in ("createdDate", "systemModstamp", "createdById"):
        assert job.pop(name)
    assert job == {
        "operation": "insert",
        "object": "Lead",
        "state": "Open",
        "concurrencyMode": "Parallel",
        "contentType": "CSV",
        "apiVersion": 66.0,
        "contentUrl": f"services/data/v66.0/jobs/ingest/{job_id}/batches",
        "lineEnding": "LF",
        "columnDelimiter": "COMMA",
    }


def test_inserted_rows_come_back_with_their_ids(client: Client) -> None:
    job = client.ingest_job("Lead", "insert", "LastName,Company\nEins,Import GmbH\nZwei,Import GmbH\n")
    assert job["state"] == "JobComplete"
    assert (job["numberRecordsProcessed"], job["numberRecordsFailed"]) == (2, 0)
    assert job["jobType"] == "V2Ingest"
    good = rows(client, job["id"], "successfulResults")
    assert list(good[0]) == ["sf__Id", "sf__Created", "LastName", "Company"]
    assert [row["sf__Created"] for row in good] == ["true", "true"]
    assert client.read("Lead", good[0]["sf__Id"])["LastName"] == "Eins"


def test_a_failed_row_tells_code_message_and_fields(client: Client) -> None:
    job = client.ingest_job("Lead", "insert", "LastName,Company\nGut,Import AG\nSchlecht,\n")
    assert job["state"] == "JobComplete"
    assert (job["numberRecordsProcessed"], job["numberRecordsFailed"]) == (2, 1)
    answer = client.get(f"jobs/ingest/{job['id']}/failedResults").content.decode()
    assert answer == (
        '"sf__Id","sf__Error","LastName","Company"\n'
        '"","REQUIRED_FIELD_MISSING:Required fields are missing: [Company]:Company --","Schlecht",""\n'
    )


def test_an_empty_cell_leaves_and_na_clears(client: Client) -> None:
    lead = client.lead(Title="Chefin", City="Basel")
    job = client.ingest_job("Lead", "update", f"Id,Title,City,Street\n{lead},,#N/A,Rheingasse 1\n")
    assert job["numberRecordsFailed"] == 0
    found = client.read("Lead", lead)
    assert (found["Title"], found["City"], found["Street"]) == ("Chefin", None, "Rheingasse 1")


def test_values_are_read_by_the_type_of_their_field(client: Client) -> None:
    deal = client.create("Opportunity", Name="Typen", StageName="Prospecting", CloseDate="2030-01-01")
    csv_text = (
        "Id,Amount,CloseDate,IsPrivate,Protected_Until__c\n"
        f"{deal},1234.5,2031-12-24,true,2031-01-02T03:04:05.000Z\n"
    )
    job = client.ingest_job("Opportunity", "update", csv_text)
    assert job["numberRecordsFailed"] == 0, client.get(f"jobs/ingest/{job['id']}/failedResults").text
    found = client.read("Opportunity", deal)
    assert found["Amount"] == 1234.5
    assert found["CloseDate"] == "2031-12-24"
    assert found["IsPrivate"] is True
    assert found["Protected_Until__c"] == "2031-01-02T03:04:05.000+0000"


def test_a_cell_of_the_wrong_type_fails_its_row(client: Client) -> None:
    job = client.ingest_job("Lead", "insert", "LastName,Company,NumberOfEmployees\nA,B,viele\nC,D,3\n")
    assert (job["numberRecordsProcessed"], job["numberRecordsFailed"]) == (2, 1)
    (bad,) = rows(client, job["id"], "failedResults")
    assert "NumberOfEmployees --" in bad["sf__Error"]


def test_an_unknown_column_fails_the_whole_job(client: Client) -> None:
    upload = "LastName,Company,Nothing__c\nEins,Ganz Fehl,x\n"
    job = client.ingest_job("Lead", "insert", upload)
    assert job["state"] == "Failed"
    assert job["errorMessage"] == "InvalidBatch : Field name not found : Nothing__c"
    assert client.query("SELECT Id FROM Lead WHERE Company = 'Ganz Fehl'") == []
    assert client.get(f"jobs/ingest/{job['id']}/unprocessedrecords").text == upload
    assert client.get(f"jobs/ingest/{job['id']}/unprocessedRecords").text == upload


def test_the_wrong_line_ending_fails_the_job(client: Client) -> None:
    job = client.ingest_job("Lead", "insert", "LastName,Company\r\nEins,Zeilenende\r\n")
    assert job["state"] == "Failed"
    assert job["errorMessage"] == (
        "ClientInputError : LineEnding is invalid on user data. Current LineEnding setting is LF"
    )


def test_delimiter_and_line_ending_are_honoured(client: Client) -> None:
    job = client.ingest_job(
        "Lead",
        "insert",
        'LastName;Company\r\n"Semi;Kolon";Trenner\r\n',
        columnDelimiter="SEMICOLON",
        lineEnding="CRLF",
    )
    assert job["numberRecordsFailed"] == 0
    text = client.get(f"jobs/ingest/{job['id']}/successfulResults").content.decode()
    assert text.startswith('"sf__Id";"sf__Created";"LastName";"Company"\r\n')
    assert '"Semi;Kolon";"Trenner"' in text


def test_upsert_creates_and_updates_by_external_id(client: Client) -> None:
    options = {"externalIdFieldName": "External_Key__c"}
    first = client.ingest_job(
        "Channel_Conflict__c", "upsert", "External_Key__c,Kind__c\nbulk-1,a\n", **options
    )
    again = client.ingest_job(
        "Channel_Conflict__c", "upsert", "External_Key__c,Kind__c\nbulk-1,b\nbulk-2,c\n", **options
    )
    assert first["externalIdFieldName"] == "External_Key__c"
    assert [row["sf__Created"] for row in rows(client, first["id"], "successfulResults")] == ["true"]
    assert [row["sf__Created"] for row in rows(client, again["id"], "successfulResults")] == ["false", "true"]


def test_delete_and_hard_delete(client: Client) -> None:
    soft, hard = client.lead(), client.lead()
    client.ingest_job("Lead", "delete", f"Id\n{soft}\n")
    client.ingest_job("Lead", "hardDelete", f"Id\n{hard}\n")
    found = client.query(f"SELECT Id FROM Lead WHERE Id IN ('{soft}', '{hard}')", everything=True)
    assert [row["Id"] for row in found] == [soft]


def test_a_parent_is_found_by_its_external_id(client: Client) -> None:
    username = client.running.greeting["username"]
    job = client.ingest_job(
        "Lead", "insert", f"LastName,Company,Owner.Username\nA,Elternteil,{username}\nB,Elternteil,nobody\n"
    )
    if job["state"] == "Failed":
        pytest.fail(job["errorMessage"])
    (bad,) = rows(client, job["id"], "failedResults")
    assert "Foreign key external ID: nobody not found for field Username in entity" in bad["sf__Error"]


def test_a_closed_job_takes_no_second_close(client: Client) -> None:
    job = client.ingest_job("Lead", "insert", "LastName,Company\nA,B\n")
    answer = client.patch(f"jobs/ingest/{job['id']}", {"state": "UploadComplete"})
    assert answer.status_code == 400
    assert answer.json()[0] == {
        "message": "Closing already Completed Job not allowed",
        "errorCode": "INVALIDJOBSTATE",
    }


def test_a_job_takes_one_upload(client: Client) -> None:
    job = client.post("jobs/ingest", {"object": "Lead", "operation": "insert"}).json()
    url = "/" + job["contentUrl"]
    assert client.put(url, data=b"LastName,Company\nA,B\n").status_code == 201
    second = client.put(url, data=b"LastName,Company\nA,B\n")
    assert second.status_code == 400
    assert "Found multiple contents for job" in second.json()[0]["message"]


def test_the_answer_to_a_patch_leaves_four_keys_out(client: Client) -> None:
    job = client.post("jobs/ingest", {"object": "Lead", "operation": "insert"}).json()
    client.put("/" + job["contentUrl"], data=b"LastName,Company\nA,B\n")
    closed = client.patch(f"jobs/ingest/{job['id']}", {"state": "UploadComplete"}).json()
    assert closed["state"] == "UploadComplete"
    assert not {"contentUrl", "lineEnding", "columnDelimiter", "jobType"} & set(closed)


def test_an_aborted_job_leaves_its_rows_unprocessed(client: Client) -> None:
    client.fault(path="/jobs/ingest", job={"stall": 20})
    job = client.post("jobs/ingest", {"object": "Lead", "operation": "insert"}).json()
    upload = b"LastName,Company\nA,Abbruch\n"
    client.put("/" + job["contentUrl"], data=upload)
    client.patch(f"jobs/ingest/{job['id']}", {"state": "UploadComplete"})
    assert client.patch(f"jobs/ingest/{job['id']}", {"state": "Aborted"}).json()["state"] == "Aborted"
    assert client.query("SELECT Id FROM Lead WHERE Company = 'Abbruch'") == []
    assert client.get(f"jobs/ingest/{job['id']}/unprocessedrecords").content == upload
    assert client.get(f"jobs/ingest/{job['id']}/successfulResults").content == b""


def test_a_multipart_request_creates_uploads_and_closes(client: Client) -> None:
    files = {
        "job": (None, '{"object": "Lead", "operation": "insert"}', "application/json"),
        "content": ("content", "LastName,Company\nA,Mehrteilig\n", "text/csv"),
    }
    answer = client.post("jobs/ingest", files=files)
    assert answer.status_code == 200, answer.text
    assert answer.json()["state"] == "UploadComplete"
    assert client.finished("ingest", answer.json()["id"])["numberRecordsProcessed"] == 1


def test_an_unknown_object_is_refused(client: Client) -> None:
    answer = client.post("jobs/ingest", {"object": "Nothing__c", "operation": "insert"})
    assert answer.status_code == 400
    assert answer.json()[0]["errorCode"] == "INVALIDJOB"


def test_a_deleted_job_is_gone(client: Client) -> None:
    job = client.ingest_job("Lead", "insert", "LastName,Company\nA,B\n")
    assert client.delete(f"jobs/ingest/{job['id']}").status_code == 204
    assert client.get(f"jobs/ingest/{job['id']}").status_code == 404


def test_the_list_shows_where_an_open_job_uploads(client: Client) -> None:
    job = client.post("jobs/ingest", {"object": "Lead", "operation": "insert"}).json()
    listed = {each["id"]: each for each in client.get("jobs/ingest").json()["records"]}
    assert listed[job["id"]]["contentUrl"] == job["contentUrl"]
    assert listed[job["id"]]["jobType"] == "V2Ingest"


@pytest.mark.parametrize(
    "rows",
    [
        '\ufeff"LastName","Company"\n"A","B"\n',
        'LastName,Company\nA 27" screen,B\n',
        '"LastName","Company"\n"A"x,"B"\n',
        '"LastName","Company"\n"A,"B"\n',
    ],
)
def test_a_quote_outside_a_value_in_quotes_fails_the_job(client: Client, rows: str) -> None:
    """Recorded: a byte-order mark before a quoted header is answered with this too."""
    info = client.ingest_job("Lead", "insert", rows)
    assert (info["state"], info["errorMessage"]) == (
        "Failed",
        "InvalidBatch : Failed to parse CSV. Found unescaped quote. A value with quote should be within a quote",
    )


def test_quotes_commas_and_lines_inside_a_value_in_quotes_are_kept(client: Client) -> None:
    rows = '"LastName","Company","Description"\n"Ge""org"", B",",","one\ntwo"\nPlain,"",x\nPlain,Y,\n'
    info = client.ingest_job("Lead", "insert", rows)
    assert (info["state"], info["numberRecordsProcessed"], info["numberRecordsFailed"]) == (
        "JobComplete",
        3,
        1,
    )
    (found,) = client.query("SELECT Company FROM Lead WHERE LastName = 'Ge\"org\", B'")
    assert found["Company"] == ","
