"""jsforce against a running practice org: `jsforce.mjs` plays, these tests judge."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.acceptance.clients.conftest import FOLDER, Served, environment, installed, served

pytestmark = pytest.mark.clients


@pytest.fixture(scope="module")
def own_org() -> Any:
    """An org that only this module's one run writes to."""
    with served("--leads", "300") as made:
        yield made


@pytest.fixture(scope="module")
def before(own_org: Served) -> set[tuple[str | None, ...]]:
    """The leads as they are before jsforce writes."""
    rows = own_org.rows("SELECT Id, LastName, City FROM Lead")
    return {(row["Id"], row["LastName"], row["City"]) for row in rows}


@pytest.fixture(scope="module")
def told(own_org: Served, before: set[Any], node: Path) -> Mapping[str, Any]:
    """What each step gave."""
    installed("node_modules/jsforce/index.js")
    done = subprocess.run(
        [str(node), str(FOLDER / "jsforce.mjs"), str(installed("node_modules"))],
        input=json.dumps(own_org.greeting),
        capture_output=True,
        text=True,
        timeout=110,
        check=False,
        env=environment(),
    )
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


@pytest.mark.parametrize("way", ["identity", "client_credentials", "password", "soap"])
def test_it_logs_in(told: Mapping[str, Any], own_org: Served, way: str) -> None:
    assert told[way] == own_org.greeting["username"]


def test_a_wrong_token_is_an_invalid_session(told: Mapping[str, Any]) -> None:
    assert told["expired"] == {"error": "INVALID_SESSION_ID", "message": "Session expired or invalid"}


def test_a_paged_query_reads_every_row(told: Mapping[str, Any], before: set[Any]) -> None:
    assert {tuple(row) for row in told["query_all"]} == before
    assert len(told["query_all"]) == len(before)


def test_children_come_with_their_parents(told: Mapping[str, Any]) -> None:
    assert told["children"] > 0


def test_a_wrong_query_shows_the_orgs_own_words(told: Mapping[str, Any]) -> None:
    assert told["bad_query"]["error"] == "INVALID_FIELD"
    assert "No such column 'Nope__c' on entity 'Lead'" in told["bad_query"]["message"]


def test_a_record_lives_and_dies(told: Mapping[str, Any]) -> None:
    made = told["create"]
    assert made == {"id": made["id"], "success": True, "errors": []}
    assert told["update"]["success"] is True
    assert (told["retrieve"]["Company"], told["retrieve"]["City"]) == ("Jforce AG", "Bern")
    assert (told["updated"], told["deleted"]) == (True, True)
    assert told["destroy"]["success"] is True
    assert told["gone"]["error"] == "ENTITY_IS_DELETED"


def test_a_collection_fails_row_by_row(told: Mapping[str, Any]) -> None:
    good, bad = told["create_many"]
    assert (good["success"], bad["success"]) == (True, False)
    assert bad["errors"][0]["statusCode"] == "REQUIRED_FIELD_MISSING"


def test_an_upsert_tells_created_from_updated(told: Mapping[str, Any]) -> None:
    assert told["upsert"]["created"] is True
    assert [row["created"] for row in told["upsert_many"]] == [False, True]


def test_describes_are_the_orgs(told: Mapping[str, Any], own_org: Served) -> None:
    described = own_org.call("GET", "sobjects/Lead/describe")["fields"]
    assert told["describe"] == [field["name"] for field in described]
    listed = own_org.call("GET", "sobjects")["sobjects"]
    assert told["describe_global"] == [each["name"] for each in listed]
    assert told["limits"]["Max"] == own_org.call("GET", "limits")["DailyApiRequests"]["Max"]


def test_a_bulk_query_reads_every_row(told: Mapping[str, Any], before: set[Any]) -> None:
    read = {(key, name, city or None) for key, name, city in told["bulk_query"]}
    seen = {row[0] for row in before}
    assert {row for row in read if row[0] in seen} == before
    assert {name for key, name, _ in read if key not in seen} == {"Zwei"}


def test_bulk_loads_tell_what_became_of_each_row(told: Mapping[str, Any]) -> None:
    inserted, upserted = told["bulk_insert"], told["bulk_upsert"]
    assert [row["LastName"] for row in inserted["successfulResults"]] == ["Vier"]
    assert inserted["failedResults"][0]["sf__Error"].startswith("REQUIRED_FIELD_MISSING:")
    assert [row["sf__Created"] for row in upserted["successfulResults"]] == ["false", "true"]


def test_it_finds_its_way(told: Mapping[str, Any]) -> None:
    found = told["discovery"]
    assert found["searched"] == ["Vier"]
    assert found["plans"] == ["Lead"]
    assert found["recent"] == ["Lead", "Lead"]
    assert "Lead" in found["tabs"]
    assert "Lead" in found["themes"]
    assert (found["layouts"], found["compact"], found["rules"], found["classes"]) == (1, 1, {}, 0)


def test_a_composite_runs(told: Mapping[str, Any]) -> None:
    assert told["composite"] == [200]


def test_list_views_are_listed_described_explained_and_run(told: Mapping[str, Any]) -> None:
    assert told["list_views"] == {
        "shown": 25,
        "asked": "Lead WHERE IsConverted = false ORDER BY Name ASC NULLS FIRST, Id ASC NULLS FIRST",
        "planned": True,
    }


def test_the_schema_is_asked_for_as_rows(told: Mapping[str, Any]) -> None:
    assert told["definitions"] == ["Text(255)"]


def test_soap_calls_are_answered(told: Mapping[str, Any], own_org: Served) -> None:
    answered = told["soap_calls"]
    assert answered["user"] == own_org.greeting["username"]
    assert answered["converted"] == [True, True, None]
    assert "CustomObject" in answered["types"]
    assert {"Lead", "Channel_Conflict__c"} <= set(answered["objects"])
