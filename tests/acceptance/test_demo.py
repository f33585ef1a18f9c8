"""`connector demo --json`: one object, and its figures agree with each other."""

import json
import subprocess
import sys
from typing import Any

import pytest
from typer.testing import CliRunner

from connector.cli import app
from connector.cli import demo as verb

pytestmark = pytest.mark.timeout(240)


@pytest.fixture(scope="session")
def figures() -> dict[str, Any]:
    done = subprocess.run(
        [sys.executable, "-m", "connector", "demo", "--json"],
        capture_output=True,
        text=True,
        timeout=200,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("\n") == 1
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def test_the_demo_prints_exactly_the_promised_figures(figures: dict[str, Any]) -> None:
    assert list(figures) == [
        "mirrored", "org", "facts", "verdicts", "conflicts", "claims", "written", "echoes_confirmed", "dead_letters",
        "verdict_latency_s", "api_calls", "instance_url",
    ]  # fmt: skip
    assert list(figures["verdicts"]) == ["approve", "reject", "defer"]
    assert list(figures["claims"]) == ["active", "revoked", "recycled"]
    assert list(figures["verdict_latency_s"]) == ["p50", "p99"]


def test_the_mirror_holds_as_many_rows_as_the_org(figures: dict[str, Any]) -> None:
    assert figures["mirrored"] == figures["org"]
    assert figures["mirrored"]["Lead"] >= 600


def test_every_write_came_back_as_an_echo(figures: dict[str, Any]) -> None:
    assert figures["written"] == figures["echoes_confirmed"] > 50


def test_the_planted_poison_record_is_the_one_dead_letter(figures: dict[str, Any]) -> None:
    assert figures["dead_letters"] == 1


def test_the_stories_leave_their_conflicts_and_claims(figures: dict[str, Any]) -> None:
    assert set(figures["conflicts"]) == {"fake_contact", "name_variant", "partner_partner", "poach"}
    assert figures["claims"]["revoked"] == 4
    assert figures["claims"]["recycled"] > 0


def test_a_verdict_is_on_the_record_within_seconds_of_the_save(figures: dict[str, Any]) -> None:
    """R3.2: within seconds; the bound here is a person's patience, not a benchmark."""
    assert 0 < figures["verdict_latency_s"]["p50"] <= figures["verdict_latency_s"]["p99"] < 20


def test_a_demo_whose_proof_fails_prints_one_object_that_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(verb, "unproven", lambda *_: ["1 of 2 written values never came back as an echo"])
    done = CliRunner().invoke(app, ["demo", "--json", "--leads", "200"])
    assert done.exit_code == 1
    assert json.loads(done.stdout) == {
        "error": {
            "code": "failed",
            "message": "the demo proved nothing: 1 of 2 written values never came back as an echo",
        }
    }
