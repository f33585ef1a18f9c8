"""`connector reconcile`, as a person or a timer runs it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from connector.canonical.ids import OrgId
from connector.cli import app
from connector.cli.exit import Exit
from connector.practice.server import ServeOptions, start_in_thread
from connector.settings import Settings
from connector.store import open_store, organizations
from connector.telemetry import clock
from tests.contract.mirror.ground import Org

Run = Callable[..., Result]


@pytest.fixture(scope="module")
def served() -> Iterator[Org]:
    """An org with the shipped permission set, as installations have it."""
    running = start_in_thread(ServeOptions(leads=120, least_privilege=True))
    yield Org(running)
    running.stop()


@pytest.fixture
def connector(org: Org, tmp_path: Path) -> Run:
    environment = {
        "CONNECTOR_ORG__INSTANCE_URL": org.url,
        "CONNECTOR_ORG__ACCESS_TOKEN": org.running.access_token,
        "CONNECTOR_DATABASE": f"sqlite:///{tmp_path}/verb.db",
        "COLUMNS": "200",
    }

    def run(*words: str) -> Result:
        done = CliRunner().invoke(app, list(words), env=environment)
        assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
        return done

    return run


def said(done: Result) -> dict[str, Any]:
    assert done.stdout.count("\n") == 1
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def test_the_verb_finds_tells_and_repairs(org: Org, connector: Run) -> None:
    """Law 20, through the public command."""
    assert connector("sync", "--once", "--shadow").exit_code == Exit.DONE
    clean = said(connector("reconcile", "--json"))
    assert (clean["found"], clean["repaired"], clean["withheld"]) == (0, 0, 0)
    assert clean["rows"] > 500
    firm = org.people.rows("SELECT Id FROM Account WHERE Id NOT IN (SELECT AccountId FROM Contact) LIMIT 1")
    gone = org.create("Account", Name="Nur kurz da") if not firm else firm[0]["Id"]
    connector("sync", "--once", "--shadow")
    org.delete("Account", gone)
    org.act("empty_bin")
    dry = connector("reconcile", "account", "--dry-run", "--json")
    assert dry.exit_code == Exit.FAILED
    (result,) = said(dry)["results"]
    assert (result["object"], [drift["surplus"] for drift in result["drifts"]]) == ("Account", [[gone]])
    told = connector("reconcile", "Account")
    assert told.exit_code == Exit.DONE
    assert f"1 gone from the org: {gone}" in told.stdout
    assert said(connector("reconcile", "Account", "--counts", "--json"))["found"] == 0


def test_an_object_that_is_not_mirrored_is_named_with_those_that_are(connector: Run) -> None:
    done = connector("reconcile", "Leed", "--json")
    assert done.exit_code == Exit.NOT_FOUND
    assert "Leed is not mirrored; mirrored are" in said(done)["error"]["message"]


def test_nothing_is_repaired_beside_a_running_daemon_but_a_dry_run_may_look(
    org: Org, connector: Run, tmp_path: Path
) -> None:
    connector("sync", "--once", "--shadow")
    url = f"sqlite:///{tmp_path}/verb.db"
    store = open_store(url, OrgId(organizations(url)[0]))
    store.take_lease(Settings().worker, clock.now(), 60)
    assert connector("reconcile", "--json").exit_code == Exit.TAKEN
    assert connector("reconcile", "--dry-run", "--json").exit_code == Exit.DONE
    store.close()
