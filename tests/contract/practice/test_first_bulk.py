"""Bulk API 1.0 as its older clients speak it: XML about jobs and batches, CSV for rows."""

from __future__ import annotations

from typing import Any
from xml.etree import ElementTree as ET

import pytest
import requests

from tests.contract.practice.client import Client

NAMESPACE = "{http://www.force.com/2009/06/asyncapi/dataload}"
FIELDS = (
    "<jobInfo xmlns='http://www.force.com/2009/06/asyncapi/dataload'><operation>{}</operation>"
    "<object>{}</object>{}<concurrencyMode>Parallel</concurrencyMode><contentType>CSV</contentType></jobInfo>"
)


class Older:
    """A client that speaks XML to one org."""

    def __init__(self, client: Client) -> None:
        self.url = f"{client.url}/services/async/60.0/job"
        self.headers = {"X-SFDC-Session": client.running.access_token}

    def call(
        self, method: str, path: str, body: str = "", kind: str = "application/xml"
    ) -> requests.Response:
        headers = {**self.headers, "Content-Type": f"{kind}; charset=UTF-8"}
        return requests.request(method, self.url + path, data=body.encode(), headers=headers, timeout=30)

    def tell(self, method: str, path: str, body: str = "", kind: str = "application/xml") -> dict[str, Any]:
        """The elements of an answer."""
        answer = self.call(method, path, body, kind)
        assert answer.ok, answer.text
        assert answer.headers["Content-Type"] == "application/xml"
        return {each.tag.removeprefix(NAMESPACE): each.text for each in ET.fromstring(answer.content)}  # noqa: S314

    def run(self, operation: str, name: str, rows: str, key: str = "") -> tuple[str, str]:
        """Create a job, post one batch, close; the addresses of job and batch."""
        more = f"<externalIdFieldName>{key}</externalIdFieldName>" if key else ""
        job = self.tell("POST", "", FIELDS.format(operation, name, more))
        batch = self.tell("POST", f"/{job['id']}/batch", rows, "text/csv")
        assert (batch["jobId"], batch["state"]) == (job["id"], "Queued")
        closed = self.tell("POST", f"/{job['id']}", FIELDS.format(operation, name, "<state>Closed</state>"))
        assert closed["state"] == "Closed"
        return f"/{job['id']}", f"/{job['id']}/batch/{batch['id']}"


@pytest.fixture
def older(client: Client) -> Older:
    return Older(client)


def test_a_job_is_told_in_the_order_of_the_recordings(older: Older) -> None:
    job = older.tell(
        "POST", "", FIELDS.format("upsert", "Contact", "<externalIdFieldName>Id</externalIdFieldName>")
    )
    assert list(job)[:10] == [
        "id",
        "operation",
        "object",
        "createdById",
        "createdDate",
        "systemModstamp",
        "state",
        "externalIdFieldName",
        "concurrencyMode",
        "contentType",
    ]
    assert job["createdDate"].endswith(".000Z")
    assert (job["state"], job["numberBatchesTotal"], job["apiVersion"]) == ("Open", "0", "60.0")


def test_rows_are_created_and_each_has_its_outcome(older: Older, client: Client) -> None:
    job, batch = older.run("insert", "Lead", '"LastName","Company","City"\n"Erst","A, B","Ulm"\n"","C",""\n')
    answer = older.call("GET", f"{batch}/result")
    assert answer.headers["Content-Type"] == "text/csv"
    head, good, bad = answer.text.splitlines()
    assert head == '"Id","Success","Created","Error"'
    made = good.split(",")[0].strip('"')
    assert good == f'"{made}","true","true",""'
    assert bad == (
        '"","false","false","REQUIRED_FIELD_MISSING:Required fields are missing: [LastName]:LastName --"'
    )
    assert client.read("Lead", made)["City"] == "Ulm"
    info = older.tell("GET", batch)
    assert (info["state"], info["numberRecordsProcessed"], info["numberRecordsFailed"]) == (
        "Completed",
        "2",
        "1",
    )
    assert older.tell("GET", job)["numberBatchesCompleted"] == "1"
    assert older.call("GET", f"{batch}/request").text.startswith('"LastName"')


def test_an_upsert_by_id_creates_where_the_cell_is_empty(older: Older) -> None:
    _, batch = older.run("upsert", "Contact", '"LastName","Id"\n"Bluth",""\n', key="Id")
    assert older.call("GET", f"{batch}/result").text.splitlines()[1].endswith(',"true","true",""')


def test_a_query_batch_has_one_result_in_csv(older: Older, client: Client) -> None:
    lead = client.lead(LastName="Gesucht")
    _, batch = older.run("query", "Lead", f"SELECT Id, LastName, City FROM Lead WHERE Id = '{lead}'")
    listed = ET.fromstring(older.call("GET", f"{batch}/result").content)  # noqa: S314
    assert listed.tag == f"{NAMESPACE}result-list"
    found = older.call("GET", f"{batch}/result/{listed[0].text}")
    assert found.text == f'"Id","LastName","City"\n"{lead}","Gesucht",""\n'
    _, none = older.run("query", "Lead", "SELECT Id FROM Lead WHERE LastName = 'Niemand'")
    listed = ET.fromstring(older.call("GET", f"{none}/result").content)  # noqa: S314
    assert older.call("GET", f"{none}/result/{listed[0].text}").text == "Records not found for this query"


def test_an_unknown_column_fails_its_batch(older: Older) -> None:
    job, batch = older.run("insert", "Lead", "LastName,Nope\nA,B\n")
    told = older.tell("GET", batch)
    assert (told["state"], told["stateMessage"]) == ("Failed", "InvalidBatch : Field name not found : Nope")
    (listed,) = ET.fromstring(older.call("GET", f"{job}/batch").content)  # noqa: S314
    assert listed.find(f"{NAMESPACE}state") is not None


def test_a_failed_batch_has_no_results_to_read(older: Older) -> None:
    """Recorded by others (simple-salesforce#366)."""
    _, batch = older.run("insert", "Lead", "LastName,Nope\nA,B\n")
    answer = older.call("GET", f"{batch}/result", kind="application/json")
    assert answer.status_code == 400
    assert "Records not processed" in answer.text


def test_a_batch_without_rows_has_no_records(older: Older) -> None:
    _, batch = older.run("insert", "Lead", "LastName,Company\n")
    told = older.tell("GET", batch)
    assert (told["state"], told["stateMessage"]) == ("Failed", "InvalidBatch : Records not found")


def test_batches_are_told_in_the_tongue_of_their_job_whatever_the_request_says(older: Older) -> None:
    """Read in a client: it asks for CSV jobs in JSON and reads their batches as XML."""
    job, batch = older.run("insert", "Lead", "LastName,Company\nA,B\n")
    assert older.call("GET", job, kind="application/json").json()["state"] == "Closed"
    for path in (batch, f"{job}/batch"):
        assert older.call("GET", path, kind="application/json").headers["Content-Type"] == "application/xml"


def test_refusals_are_xml_too(older: Older) -> None:
    refused = older.call("POST", "", FIELDS.format("explode", "Lead", ""))
    assert refused.status_code == 400
    code, message = ET.fromstring(refused.content)  # noqa: S314
    assert (code.tag, code.text) == (f"{NAMESPACE}exceptionCode", "InvalidJob")
    assert message.text == "Unknown operation: explode"
    entity = older.call("POST", "", '<!DOCTYPE x [<!ENTITY a "b">]><jobInfo/>')
    assert entity.status_code == 400


def test_a_waiting_batch_has_processed_nothing(older: Older) -> None:
    job = older.tell("POST", "", FIELDS.format("insert", "Lead", ""))
    batch = older.tell("POST", f"/{job['id']}/batch", "LastName,Company\nA,B\n", "text/csv")
    assert (batch["state"], batch["numberRecordsProcessed"]) == ("Queued", "0")
    assert older.tell("GET", f"/{job['id']}/batch/{batch['id']}")["numberRecordsProcessed"] == "1"


@pytest.mark.parametrize(
    ("soql", "states"),
    [
        (
            "SELECT Id FROM Product2 WHERE Name LIKE 'Teil %' OR Name = 'WHERE'",
            ["NotProcessed", *["Completed"] * 3],
        ),
        ("SELECT Id FROM Product2 WHERE Name LIKE 'Teil %' ORDER BY Id", ["Completed"]),
        ("SELECT Id FROM Product2 WHERE Name LIKE 'Teil %' LIMIT 5", ["Completed"]),
    ],
)
def test_pk_chunking_leaves_its_batch_unprocessed_and_adds_one_for_each_range_of_ids(
    older: Older, client: Client, soql: str, states: list[str]
) -> None:
    """Documented for Bulk 1.0; a query that orders or limits runs whole."""
    wanted = {row["Id"] for row in client.query(soql)}
    wanted |= {client.create("Product2", Name=f"Teil {number}") for number in range(5 - len(wanted))}
    everything = len(client.query("SELECT Id FROM Product2", everything=True))
    older.headers["Sforce-Enable-PKChunking"] = f"TRUE; chunkSize={-(-everything // 3)}"
    job, _ = older.run("query", "Product2", soql)
    del older.headers["Sforce-Enable-PKChunking"]
    batches = ET.fromstring(older.call("GET", f"{job}/batch").content)  # noqa: S314
    told = [{each.tag.removeprefix(NAMESPACE): each.text or "" for each in batch} for batch in batches]
    assert [each["state"] for each in told] == states
    found: list[str] = []
    for each in told:
        if each["state"] == "Completed":
            listed = ET.fromstring(older.call("GET", f"{job}/batch/{each['id']}/result").content)  # noqa: S314
            rows = older.call("GET", f"{job}/batch/{each['id']}/result/{listed[0].text}").text.splitlines()
            found += [row.strip('"') for row in rows[1:]]
    assert len(found) == len(set(found)) == 5
    assert set(found) == wanted
