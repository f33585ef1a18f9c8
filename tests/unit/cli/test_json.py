"""With `--json` every answer, and every error, is one JSON object on standard output."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from typer.testing import Result

from connector.cli.exit import Exit
from tests.unit.cli.conftest import Run


def answer(done: Result) -> dict[str, Any]:
    assert done.stdout.count("\n") == 1, done.stdout
    found = json.loads(done.stdout)
    assert isinstance(found, dict)
    return found


@pytest.mark.parametrize(
    ("verb", "keys"),
    [
        ("status", {"streams", "outbox", "ledger", "ledger_head", "sealed_until", "go_live"}),
        ("outbox list", {"items"}),
        ("ledger verify", {"whole", "entries", "head"}),
        ("check --offline", {"faults", "notes", "asked_the_org"}),
        ("config example", {"toml", "written"}),
    ],
)
def test_a_verb_answers_with_one_object(connector: Run, mirrored: str, verb: str, keys: set[str]) -> None:
    done = connector(*verb.split(), "--json", CONNECTOR_DATABASE=mirrored)
    assert done.exit_code == Exit.DONE
    assert keys <= answer(done).keys()


@pytest.mark.parametrize(
    ("verb", "code"),
    [
        ("explain 001", "usage"),
        ("explain 00Q000000000009", "not_found"),
        ("outbox retry 99", "not_found"),
        ("outbox discard 99", "not_found"),
        ("check --profile nope", "faults"),
        ("sync", "refused"),
        ("run", "refused"),
        ("practice serve --profile nope", "faults"),
    ],
)
def test_an_error_is_one_object_with_a_code_and_a_message(
    connector: Run, mirrored: str, verb: str, code: str
) -> None:
    done = connector(*verb.split(), "--json", CONNECTOR_DATABASE=mirrored)
    error = answer(done)["error"]
    assert (done.exit_code, error["code"]) == (Exit[code.upper()], code)
    assert error["message"]
    assert "error:" not in done.stderr


def test_a_dead_letter_is_listed_with_its_reason_then_sent_again_then_given_up(
    connector: Run, mirrored: str
) -> None:
    listed = answer(connector("outbox", "list", "--json", "--state", "dead", CONNECTOR_DATABASE=mirrored))[
        "items"
    ]
    assert [(item["code"], item["reason"]) for item in listed] == [
        ("ENTITY_IS_LOCKED", "EXPECTED: the record is on legal hold")
    ]
    number = str(listed[0]["id"])
    assert answer(connector("outbox", "retry", number, "--json", CONNECTOR_DATABASE=mirrored)) == {"retry": 1}
    assert answer(connector("outbox", "discard", number, "--json", CONNECTOR_DATABASE=mirrored)) == {
        "discard": 1
    }
    left = answer(connector("outbox", "list", "--json", CONNECTOR_DATABASE=mirrored))["items"]
    assert number not in {str(item["id"]) for item in left}


def test_check_and_sync_answer_with_one_object_against_an_org(
    connector: Run, org: dict[str, str], tmp_path: Path
) -> None:
    here = {**org, "CONNECTOR_DATABASE": f"sqlite:///{tmp_path}/org.db"}
    checked = answer(connector("check", "--json", **here))
    assert (checked["faults"], checked["asked_the_org"]) == ([], True)
    shadow = answer(connector("sync", "--once", "--shadow", "--json", **here))
    assert shadow["written"] == 0
    assert shadow["would_write"]
    assert shadow["mirrored"]["Lead"] >= 200
    first = shadow["would_write"][0]["record"]
    explained = answer(connector("explain", first, "--json", **here))
    assert explained["steps"]
    sold = answer(connector("report", "deals", "--json", **here))
    assert sum(each["deals"] for each in sold["sums"]) == len(sold["deals"]) > 0
    assert len({each["record"] for each in sold["deals"]}) == len(sold["deals"])
    assert {each["party"] for each in sold["sums"]} <= {"partner", "direct"}
    ahead = answer(connector("report", "pipeline", "--json", **here))
    assert ahead["currency"] == "EUR"
    assert (
        sum(each["claims"] for each in ahead["firms"]) == sum(each["claims"] for each in ahead["tiers"]) > 0
    )
    assert (
        connector("report", "pipeline", **here).exit_code
        == connector("report", "deals", **here).exit_code
        == 0
    )


def test_the_daemon_says_what_it_did_when_it_is_told_to_stop(org: dict[str, str], tmp_path: Path) -> None:
    environment = {**os.environ, **org, "CONNECTOR_DATABASE": f"sqlite:///{tmp_path}/run.db"}
    command = [sys.executable, "-m", "connector", "run", "--shadow", "--json"]
    with subprocess.Popen(
        command, env=environment, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as daemon:
        assert daemon.stderr is not None
        told = iter(daemon.stderr.readline, "")
        assert any('"adopted"' in line for line in told)
        time.sleep(0.5)
        daemon.send_signal(signal.SIGTERM)
        out, _ = daemon.communicate(timeout=30)
    done = json.loads(out)
    assert daemon.returncode == Exit.DONE
    assert done["written"] == 0
    assert done["turns"] >= 1
