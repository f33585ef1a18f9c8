"""The server as a process: its first line, its end, TLS, real clients and speed."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
from requests.adapters import HTTPAdapter
from simple_salesforce.api import Salesforce

from connector.practice.server import Running, ServeError, ServeOptions, start_in_thread
from tests.contract.practice.client import Client

SERVE = (
    "import sys; from connector.practice.server import ServeOptions, serve; "
    "sys.exit(serve(ServeOptions(empty=True)))"
)


@pytest.fixture
def process(tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    """A server process whose temporary folders go to `tmp_path`."""
    with subprocess.Popen(
        [sys.executable, "-c", SERVE],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "TMPDIR": str(tmp_path)},
    ) as made:
        yield made
        made.kill()


def greeting_of(process: subprocess.Popen[str]) -> dict[str, Any]:
    assert process.stdout is not None
    found: dict[str, Any] = json.loads(process.stdout.readline())
    return found


def test_the_first_line_is_one_json_object_that_logs_in(process: subprocess.Popen[str]) -> None:
    greeting = greeting_of(process)
    assert {
        "instance_url",
        "access_token",
        "client_id",
        "client_secret",
        "username",
        "api_version",
    } <= set(greeting)
    answer = requests.get(
        f"{greeting['instance_url']}/services/data/v{greeting['api_version']}/limits",
        headers={"Authorization": f"Bearer {greeting['access_token']}"},
        timeout=10,
    )
    assert answer.status_code == 200


def test_sigterm_ends_it_with_success_and_leaves_nothing_behind(
    process: subprocess.Popen[str], tmp_path: Path
) -> None:
    greeting_of(process)
    assert list(tmp_path.iterdir())
    process.send_signal(signal.SIGTERM)
    assert process.wait(timeout=10) == 0
    assert list(tmp_path.iterdir()) == []
    assert process.stderr is not None
    assert process.stderr.read() == ""


def test_a_port_in_use_is_one_clear_error(empty_org: Running) -> None:
    port = int(empty_org.instance_url.rsplit(":", 1)[1])
    with pytest.raises(ServeError, match=f"cannot listen on 127.0.0.1:{port}"):
        start_in_thread(ServeOptions(port=port, empty=True))


def test_a_stopped_server_leaves_no_folder() -> None:
    before = set(Path(tempfile.gettempdir()).glob("practice-*"))
    running = start_in_thread(ServeOptions(empty=True))
    running.stop()
    assert set(Path(tempfile.gettempdir()).glob("practice-*")) - before == set()


def test_further_objects_are_declared_in_a_file(tmp_path: Path) -> None:
    declared = tmp_path / "extra.yaml"
    declared.write_text(
        "objects:\n  Site_Visit__c:\n    label: Site Visit\n    fields:\n"
        "      Floor__c: {type: Text, length: 20}\n",
        encoding="utf-8",
    )
    running = start_in_thread(ServeOptions(empty=True, schema=(declared,)))
    try:
        acting = Client(running)
        visit = acting.create("Site_Visit__c", Floor__c="EG")
        assert acting.read("Site_Visit__c", visit)["Floor__c"] == "EG"
    finally:
        running.stop()


class ToPractice(HTTPAdapter):
    """Sends calls for Salesforce's own hosts to a practice org, and changes nothing else."""

    def __init__(self, running: Running) -> None:
        super().__init__()
        self._url = running.instance_url
        self._ca_file = running.greeting["ca_file"]

    def send(self, request: requests.PreparedRequest, *args: Any, **options: Any) -> requests.Response:
        assert request.url is not None
        request.url = self._url + "/" + request.url.split("/", 3)[3]
        # A bundle named by the environment would win over the session's own.
        return super().send(request, *args, **{**options, "verify": self._ca_file})


@pytest.fixture(scope="module")
def tls_org() -> Iterator[Running]:
    running = start_in_thread(ServeOptions(empty=True, tls=True))
    yield running
    running.stop()


def salesforce_session(running: Running) -> requests.Session:
    session = requests.Session()
    session.mount("https://", ToPractice(running))
    return session


def test_tls_is_trusted_by_its_own_certificate(tls_org: Running) -> None:
    assert tls_org.instance_url.startswith("https://")
    answer = requests.get(
        f"{tls_org.instance_url}/services/data", verify=tls_org.greeting["ca_file"], timeout=10
    )
    assert answer.status_code == 200
    with pytest.raises(requests.exceptions.SSLError):
        requests.get(f"{tls_org.instance_url}/services/data", timeout=10)


@pytest.mark.parametrize("way", ["client_credentials", "jwt", "password", "soap"])
def test_simple_salesforce_logs_in_unchanged(tls_org: Running, way: str) -> None:
    greeting = tls_org.greeting
    key = {"consumer_key": greeting["client_id"]}
    secret = {"consumer_secret": greeting["client_secret"]}
    user = {"username": greeting["username"]}
    ways = {
        "client_credentials": {**key, **secret, "domain": "practice.my"},
        "jwt": {**user, **key, "privatekey_file": greeting["private_key_file"]},
        "password": {**user, **key, **secret, "password": greeting["password"]},
        "soap": {**user, "password": greeting["password"], "security_token": greeting["security_token"]},
    }
    found: Any = Salesforce(session=salesforce_session(tls_org), **ways[way])
    assert found.query("SELECT COUNT() FROM User")["totalSize"] > 0


def test_simple_salesforce_reads_writes_and_moves_bulk(tls_org: Running) -> None:
    greeting = tls_org.greeting
    # Its own hints mistake what attribute access gives, so they are left aside.
    salesforce: Any = Salesforce(
        session=salesforce_session(tls_org),
        consumer_key=greeting["client_id"],
        consumer_secret=greeting["client_secret"],
        domain="practice.my",
        version=greeting["api_version"],
    )
    made = salesforce.Lead.create({"LastName": "Einfach", "Company": "Simple AG"})
    assert salesforce.Lead.get(made["id"])["Company"] == "Simple AG"
    assert salesforce.Lead.update(made["id"], {"City": "Graz"}) == 204

    records = [{"LastName": f"Bulk{each}", "Company": "Simple Bulk"} for each in range(2500)]
    loaded = salesforce.bulk2.Lead.insert(records=records, wait=0.05)
    assert [each["numberRecordsFailed"] for each in loaded] == [0]
    found = salesforce.query_all("SELECT LastName FROM Lead WHERE Company = 'Simple Bulk'")
    assert (found["totalSize"], len(found["records"])) == (2500, 2500)
    text = "".join(
        salesforce.bulk2.Lead.query(
            "SELECT LastName FROM Lead WHERE Company = 'Simple Bulk'", max_records=1000, wait=0.05
        )
    )
    assert text.count("Bulk") == 2500
    assert salesforce.Lead.delete(made["id"]) == 204


def test_latency_real_delays_and_reads_late() -> None:
    running = start_in_thread(ServeOptions(empty=True, latency="real"))
    try:
        acting = Client(running)
        started = time.monotonic()
        acting.get("limits")
        assert time.monotonic() - started >= 0.08
        lead = acting.lead(Company="Verspätet")
        assert acting.query(f"SELECT Id FROM Lead WHERE Id = '{lead}'") == []
        time.sleep(3.2)
        assert len(acting.query(f"SELECT Id FROM Lead WHERE Id = '{lead}'")) == 1
    finally:
        running.stop()


def test_least_privilege_leaves_the_login_only_what_we_ship() -> None:
    running = start_in_thread(ServeOptions(empty=True, least_privilege=True))
    try:
        acting = Client(running)
        refused = acting.post("sobjects/Account", {"Name": "Nicht erlaubt"})
        assert refused.json()[0]["errorCode"] == "INSUFFICIENT_ACCESS_OR_READONLY"
        conflict = acting.create("Channel_Conflict__c", External_Key__c="least-1")
        assert acting.read("Channel_Conflict__c", conflict)["External_Key__c"] == "least-1"
    finally:
        running.stop()
