"""Faults on demand: what goes wrong between a client and the real service, when a test says so."""

from __future__ import annotations

import time

import pytest
import requests

from tests.contract.practice.client import Client


def test_a_fault_answers_its_status_and_error_once(client: Client) -> None:
    client.fault(
        method="GET",
        path="/query",
        status=503,
        errorCode="SERVER_UNAVAILABLE",
        message="We are down for maintenance.",
    )
    first = client.get("query", params={"q": "SELECT Id FROM Lead LIMIT 1"})
    assert first.status_code == 503
    assert first.json() == [{"message": "We are down for maintenance.", "errorCode": "SERVER_UNAVAILABLE"}]
    assert client.get("query", params={"q": "SELECT Id FROM Lead LIMIT 1"}).status_code == 200


def test_a_fault_meets_only_the_calls_it_names(client: Client) -> None:
    client.fault(method="POST", path="/sobjects/Lead", status=500, errorCode="UNKNOWN_EXCEPTION")
    assert client.get("limits").status_code == 200
    assert client.post("sobjects/Account", {"Name": "Verschont"}).status_code == 201
    assert client.post("sobjects/Lead", {"LastName": "A", "Company": "B"}).status_code == 500


def test_a_fault_may_strike_n_times_after_letting_some_pass(client: Client) -> None:
    client.fault(path="/limits", status=500, errorCode="UNKNOWN_EXCEPTION", skip=1, times=2)
    assert [client.get("limits").status_code for _ in range(4)] == [200, 500, 500, 200]


def test_a_fault_may_strike_at_a_rate(client: Client) -> None:
    client.fault(path="/limits", status=500, errorCode="UNKNOWN_EXCEPTION", rate=0.5)
    seen = [client.get("limits").status_code for _ in range(60)]
    assert 15 <= seen.count(500) <= 45


def test_a_status_without_a_code_has_no_body(client: Client) -> None:
    client.fault(path="/limits", status=420)
    answer = client.get("limits")
    assert (answer.status_code, answer.content) == (420, b"")


def test_a_quota_refusal_has_its_headers(client: Client) -> None:
    client.fault(
        path="/limits",
        status=403,
        errorCode="REQUEST_LIMIT_EXCEEDED",
        message="TotalRequests Limit exceeded.",
        headers={"Retry-After": "30"},
    )
    answer = client.get("limits")
    assert answer.status_code == 403
    assert answer.headers["Retry-After"] == "30"


def test_a_delay_holds_the_answer_back(client: Client) -> None:
    client.fault(path="/limits", delay=0.4)
    started = time.monotonic()
    assert client.get("limits").status_code == 200
    assert time.monotonic() - started >= 0.4


def test_a_call_dropped_before_was_not_executed(client: Client) -> None:
    client.fault(method="POST", path="/sobjects/Lead", drop="before")
    with pytest.raises(requests.ConnectionError):
        client.post("sobjects/Lead", {"LastName": "A", "Company": "Nie angekommen"})
    assert client.query("SELECT Id FROM Lead WHERE Company = 'Nie angekommen'") == []


def test_a_call_dropped_after_was_executed(client: Client) -> None:
    client.fault(method="POST", path="/sobjects/Lead", drop="after")
    with pytest.raises(requests.ConnectionError):
        client.post("sobjects/Lead", {"LastName": "A", "Company": "Doch angekommen"})
    assert len(client.query("SELECT Id FROM Lead WHERE Company = 'Doch angekommen'")) == 1


def test_half_a_body_ends_in_a_broken_read(client: Client) -> None:
    client.fault(path="/limits", half=True)
    with pytest.raises((requests.exceptions.ChunkedEncodingError, requests.ConnectionError)):
        client.get("limits")
    assert client.get("limits").status_code == 200


def test_counts_in_an_answer_may_be_wrong(client: Client) -> None:
    client.lead()
    client.fault(path="/query", set={"totalSize": 999})
    answer = client.get("query", params={"q": "SELECT Id FROM Lead LIMIT 1"}).json()
    assert (answer["totalSize"], len(answer["records"])) == (999, 1)


def test_a_bulk_job_may_complete_with_too_few_rows(client: Client) -> None:
    for _ in range(3):
        client.lead(Company="Verlustreich")
    client.fault(path="/jobs/query", job={"lose_rows": 2})
    job = client.query_job("SELECT Id FROM Lead WHERE Company = 'Verlustreich'")
    assert (job["state"], job["numberRecordsProcessed"]) == ("JobComplete", 1)
    assert client.get(f"jobs/query/{job['id']}/results").headers["Sforce-NumberOfRecords"] == "1"
    assert (
        client.query_job("SELECT Id FROM Lead WHERE Company = 'Verlustreich'")["numberRecordsProcessed"] == 3
    )


def test_a_bulk_job_may_count_wrong(client: Client) -> None:
    client.fault(path="/jobs/query", job={"processed": 7})
    job = client.query_job("SELECT Id FROM Lead LIMIT 1")
    assert job["numberRecordsProcessed"] == 7


@pytest.mark.parametrize("state", ["Failed", "Aborted"])
def test_a_bulk_job_may_end_otherwise(client: Client, state: str) -> None:
    client.fault(path="/jobs/query", job={"state": state, "error": "Internal error"})
    job = client.query_job("SELECT Id FROM Lead LIMIT 1")
    assert job["state"] == state
    assert job["errorMessage"] == "Internal error"


def test_bulk_pages_may_lack_lines_their_header_counts(client: Client) -> None:
    for _ in range(3):
        client.lead(Company="Abgeschnitten")
    job = client.query_job("SELECT Id FROM Lead WHERE Company = 'Abgeschnitten'")
    client.fault(path=f"{job['id']}/results", lose_rows=1)
    answer = client.get(f"jobs/query/{job['id']}/results")
    assert answer.headers["Sforce-NumberOfRecords"] == "3"
    assert len(answer.text.splitlines()) == 3


def test_all_tokens_may_expire_at_once(client: Client) -> None:
    greeting = client.running.greeting
    token = client.post("/practice/login", {"username": greeting["username"]}).json()["access_token"]
    acting = Client(client.running, token=token)
    assert acting.get("limits").status_code == 200
    acting.fault(path="/limits", expire_token=True)
    refused = acting.get("limits")
    assert (refused.status_code, refused.json()[0]["errorCode"]) == (401, "INVALID_SESSION_ID")
    assert acting.get("limits").status_code == 401
    assert client.get("limits").status_code == 200


def test_the_meter_may_jump(client: Client) -> None:
    client.fault(limit_used=5000)
    assert client.get("limits").headers["Sforce-Limit-Info"].startswith("api-usage=5001/")
    client.fault(limit_used=10)
    assert client.get("limits").headers["Sforce-Limit-Info"].startswith("api-usage=11/")


def test_a_rest_locator_may_expire(seeded: Client) -> None:
    headers = {"Sforce-Query-Options": "batchSize=200"}
    page = seeded.get("query", params={"q": "SELECT Id FROM Lead"}, headers=headers).json()
    assert page["done"] is False
    seeded.fault(expire_locators=True)
    refused = seeded.get(page["nextRecordsUrl"])
    assert refused.status_code == 400
    assert refused.json()[0]["errorCode"] == "INVALID_QUERY_LOCATOR"


@pytest.mark.parametrize(
    ("asked", "named"),
    [({"statuss": 500}, "statuss"), ({"times": "often"}, "times"), ({"drop": "sideways"}, "drop")],
)
def test_a_fault_that_cannot_be_is_refused_by_name(
    client: Client, asked: dict[str, object], named: str
) -> None:
    answer = client.post("/practice/faults", asked)
    assert answer.status_code == 400
    assert named in answer.json()[0]["message"]


def test_waiting_faults_are_listed_and_cleared(client: Client) -> None:
    fault_id = client.fault(path="/nowhere", status=500)["id"]
    assert [each["id"] for each in client.get("/practice/faults").json()] == [fault_id]
    assert client.delete(f"/practice/faults/{fault_id}").json() == {"cleared": 1}
    assert client.get("/practice/faults").json() == []


def test_a_fault_may_look_into_the_body(client: Client) -> None:
    client.fault(path="/sobjects/Lead", contains="Giftig", status=400, errorCode="UNKNOWN_EXCEPTION")
    assert client.post("sobjects/Lead", {"LastName": "A", "Company": "Harmlos"}).status_code == 201
    assert client.post("sobjects/Lead", {"LastName": "A", "Company": "Giftig"}).status_code == 400
    assert client.post("sobjects/Lead", {"LastName": "A", "Company": "Giftig"}).status_code == 201


def test_a_fault_may_name_fields_or_say_what_it_likes(client: Client) -> None:
    client.fault(path="/limits", status=400, errorCode="UNABLE_TO_LOCK_ROW", fields=["Id"], message="wait")
    assert client.get("limits").json() == [
        {"message": "wait", "errorCode": "UNABLE_TO_LOCK_ROW", "fields": ["Id"]}
    ]
    client.fault(
        path="/limits", status=502, body="<html>Bad Gateway</html>", headers={"Content-Type": "text/html"}
    )
    page = client.get("limits")
    assert (page.status_code, page.text) == (502, "<html>Bad Gateway</html>")
    assert page.headers["Content-Type"] == "text/html"


def test_headers_of_a_good_answer_may_be_altered(client: Client) -> None:
    client.fault(path="/limits", headers={"Sforce-Limit-Info": "api-usage=99999/100000"})
    answer = client.get("limits")
    assert (answer.status_code, answer.headers["Sforce-Limit-Info"]) == (200, "api-usage=99999/100000")


def test_a_token_may_expire_under_the_call_that_carries_it(client: Client) -> None:
    username = client.running.greeting["username"]
    token = client.post("/practice/login", {"username": username}).json()["access_token"]
    acting = Client(client.running, token=token)
    client.fault(path="/limits", expire_token=True)
    assert [acting.get("limits").status_code for _ in range(2)] == [401, 401]
    assert client.get("limits").status_code == 200


def test_an_upload_cut_in_half_its_answer_arrived_whole(client: Client) -> None:
    job = client.post("jobs/ingest", {"object": "Lead", "operation": "insert"}).json()
    client.fault(method="PUT", path="/batches", drop="after")
    with pytest.raises(requests.ConnectionError):
        client.put("/" + job["contentUrl"], data=b"LastName,Company\nA,Halb\n")
    again = client.put("/" + job["contentUrl"], data=b"LastName,Company\nA,Halb\n")
    assert "Found multiple contents" in again.json()[0]["message"]
    client.patch(f"jobs/ingest/{job['id']}", {"state": "UploadComplete"})
    assert client.finished("ingest", job["id"])["numberRecordsProcessed"] == 1


def test_half_a_result_page_ends_at_the_share_asked_for(client: Client) -> None:
    for _ in range(3):
        client.lead(Company="Halbe Seite")
    job = client.query_job("SELECT Id FROM Lead WHERE Company = 'Halbe Seite'")["id"]
    whole = len(client.get(f"jobs/query/{job}/results").content)
    client.fault(path="/results", half=0.25)
    answer = client.get(f"jobs/query/{job}/results", stream=True)
    assert int(answer.headers["Content-Length"]) == whole
    read: list[bytes] = []
    with pytest.raises((requests.exceptions.ChunkedEncodingError, requests.ConnectionError)):
        read.extend(answer.iter_content(1))
    assert len(b"".join(read)) == whole // 4
