"""The `sf` command line against a running practice org."""

from __future__ import annotations

import csv
import json
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.acceptance.clients.conftest import Served, environment, installed

pytestmark = pytest.mark.clients


@dataclass(frozen=True, kw_only=True)
class Sf:
    """The command line with a home of its own, logged in to one org."""

    command: tuple[str, ...]
    home: Path

    def run(self, *words: str, **more: str) -> dict[str, Any]:
        """The JSON answer of a command, whether it succeeded or not."""
        quiet = {
            "HOME": str(self.home),
            "SF_AUTOUPDATE_DISABLE": "true",
            "SF_SKIP_NEW_VERSION_CHECK": "true",
            "SF_DISABLE_TELEMETRY": "true",
            "SF_USE_GENERIC_UNIX_KEYCHAIN": "true",
        }
        done = subprocess.run(
            [*self.command, *words, "--json"],
            capture_output=True,
            text=True,
            timeout=100,
            check=False,
            cwd=self.home,
            env=environment(**quiet, **more),
        )
        found: dict[str, Any] = json.loads(done.stdout)
        return found

    def result(self, *words: str, **more: str) -> Any:
        """The `result` of a command that must succeed."""
        answer = self.run(*words, **more)
        assert answer["status"] == 0, answer
        return answer["result"]


def command_line(node: Path, home: Path) -> Sf:
    """The command line before any login."""
    return Sf(command=(str(node), str(installed("node_modules/@salesforce/cli/bin/run.js"))), home=home)


@pytest.fixture(scope="module")
def sf(node: Path, org: Served, tmp_path_factory: pytest.TempPathFactory) -> Sf:
    """The command line logged in by access token."""
    made = command_line(node, tmp_path_factory.mktemp("sf"))
    made.result(
        *("org", "login", "access-token", "--no-prompt", "--set-default", "--instance-url", org.url),
        SF_ACCESS_TOKEN=org.greeting["access_token"],
    )
    return made


def test_an_access_token_logs_in(sf: Sf, org: Served) -> None:
    shown = sf.result("org", "display")
    assert shown["username"] == org.greeting["username"]
    assert shown["connectedStatus"] == "Connected"
    assert sf.result("org", "display", "user")["profileName"]


def test_a_signed_assertion_logs_in(node: Path, org: Served, tmp_path: Path) -> None:
    greeting, signing = org.greeting, command_line(node, tmp_path)
    told = signing.result(
        *("org", "login", "jwt", "--set-default", "--username", greeting["username"]),
        *("--jwt-key-file", greeting["private_key_file"], "--client-id", greeting["client_id"]),
        *("--instance-url", org.url),
    )
    assert told["username"] == greeting["username"]
    found = signing.result("data", "query", "-q", "SELECT COUNT() FROM Lead")
    assert found["totalSize"] > 0


def test_a_query_answers_the_same_rows(sf: Sf, org: Served) -> None:
    soql = "SELECT Id, Name, Owner.Name, City FROM Lead WHERE IsConverted = false ORDER BY Id LIMIT 50"
    found = sf.result("data", "query", "-q", soql)["records"]
    assert [row["Id"] for row in found] == [row["Id"] for row in org.rows(soql)]
    assert [row["Owner"]["Name"] for row in found] == [row["Owner"]["Name"] for row in org.rows(soql)]


def test_a_wrong_query_shows_the_orgs_own_words(sf: Sf) -> None:
    refused = sf.run("data", "query", "-q", "SELECT Nope__c FROM Lead")
    assert (refused["status"], refused["name"]) == (1, "INVALID_FIELD")
    assert "No such column 'Nope__c' on entity 'Lead'" in refused["message"]


def test_a_record_is_created_read_changed_and_deleted(sf: Sf) -> None:
    values = "LastName=Zeile Company='Kommando AG'"
    made = sf.result("data", "create", "record", "-s", "Lead", "-v", values)["id"]
    assert sf.result("data", "get", "record", "-s", "Lead", "-i", made)["Company"] == "Kommando AG"
    sf.result("data", "update", "record", "-s", "Lead", "-i", made, "-v", "City=Bern")
    found = sf.result("data", "get", "record", "-s", "Lead", "-w", "Company='Kommando AG'")
    assert (found["Id"], found["City"]) == (made, "Bern")
    sf.result("data", "delete", "record", "-s", "Lead", "-i", made)
    gone = sf.run("data", "get", "record", "-s", "Lead", "-i", made)
    assert gone["name"] == "ENTITY_IS_DELETED"


def test_a_bulk_export_holds_the_same_rows(sf: Sf, org: Served, tmp_path: Path) -> None:
    soql, file = "SELECT Id, LastName, City FROM Lead", tmp_path / "leads.csv"
    told = sf.result(
        "data", "export", "bulk", "-q", soql, "--output-file", str(file), "-r", "csv", "--wait", "2"
    )
    with file.open(encoding="utf-8", newline="") as text:
        found = {row["Id"]: (row["LastName"], row["City"] or None) for row in csv.DictReader(text)}
    assert told["totalSize"] == len(found)
    assert found == {row["Id"]: (row["LastName"], row["City"]) for row in org.rows(soql)}


def test_a_bulk_upsert_creates_then_changes(sf: Sf, tmp_path: Path) -> None:
    file = tmp_path / "conflicts.csv"
    outcomes = []
    for kind in ("partner-partner", "partner-direct"):
        file.write_text(f"External_Key__c,Kind__c\nsf-1,{kind}\nsf-2,{kind}\n", encoding="utf-8")
        told = sf.result(
            *("data", "upsert", "bulk", "-s", "Channel_Conflict__c", "-i", "External_Key__c"),
            *("-f", str(file), "--wait", "2"),
        )
        assert told["jobInfo"]["numberRecordsFailed"] == 0
        outcomes += [row["sf__Created"] for row in told["records"]["successfulResults"]]
    assert outcomes == ["true", "true", "false", "false"]


def test_a_bulk_import_tells_its_failures(sf: Sf, tmp_path: Path) -> None:
    file = tmp_path / "leads.csv"
    file.write_text("LastName,Company\nEins,Import AG\nZwei,\n", encoding="utf-8")
    told = sf.run("data", "import", "bulk", "-s", "Lead", "-f", str(file), "--wait", "2")
    assert told["status"] == 1
    assert told["name"] == "FailedRecordDetailsError"
    assert told["data"]["jobId"].startswith("750")


def test_limits_are_shown(sf: Sf, org: Served) -> None:
    shown = {each["name"]: each for each in sf.result("org", "list", "limits")}
    assert set(shown) == set(org.call("GET", "limits"))
    assert shown["DailyApiRequests"]["remaining"] < shown["DailyApiRequests"]["max"]


def test_record_counts_are_shown(sf: Sf, org: Served) -> None:
    (shown,) = sf.result("org", "list", "sobject", "record-counts", "-s", "Account")
    assert (
        shown["count"] == org.call("GET", "query", params={"q": "SELECT COUNT() FROM Account"})["totalSize"]
    )


def test_an_object_is_described(sf: Sf, org: Served) -> None:
    described = sf.result("sobject", "describe", "-s", "Lead")
    assert described == org.call("GET", "sobjects/Lead/describe")
    assert "Lead" in sf.result("sobject", "list", "-s", "all")


def test_a_tree_is_exported(sf: Sf, tmp_path: Path) -> None:
    soql = "SELECT Id, Name, (SELECT LastName FROM Contacts) FROM Account LIMIT 2"
    told = sf.result("data", "export", "tree", "-q", soql, "-d", str(tmp_path))
    assert {each["attributes"]["type"] for each in told["records"]} == {"Account"}


def test_metadata_is_listed_by_type(sf: Sf) -> None:
    types = sf.result("org", "list", "metadata-types")["metadataObjects"]
    assert "CustomObject" in {each["xmlName"] for each in types}
    parts = sf.result("org", "list", "metadata", "-m", "CustomObject")
    assert {"Lead", "Channel_Conflict__c"} <= {each["fullName"] for each in parts}


def test_the_fields_of_an_object_are_queried_by_either_api(sf: Sf) -> None:
    soql = "SELECT QualifiedApiName FROM FieldDefinition WHERE EntityDefinition.QualifiedApiName = 'Lead'"
    plain = sf.result("data", "query", "-q", soql)["records"]
    tooling = sf.result("data", "query", "--use-tooling-api", "-q", soql)["records"]
    names = [each["QualifiedApiName"] for each in plain]
    assert names == [each["QualifiedApiName"] for each in tooling]
    assert {"Company", "IsConverted"} <= set(names)
