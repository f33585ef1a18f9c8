"""A command line without an installation's own settings, and a database that an org was mirrored into."""

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from connector.canonical.ids import OrgId, record_id
from connector.cli import app
from connector.ports.store import AttemptState, Wish
from connector.store import open_store

Run = Callable[..., Result]

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
ORG = OrgId(record_id("00D000000000001"))
LEAD = record_id("00Q000000000001")


@pytest.fixture(autouse=True)
def nowhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty working directory, and nothing in the environment."""
    monkeypatch.chdir(tmp_path)
    for name in ("CONNECTOR_CONFIG", "CONNECTOR_DATABASE", "CONNECTOR_ORG__ACCESS_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path


@pytest.fixture
def connector() -> Run:
    """Runs a verb; a traceback fails the test, whatever the test looks at."""

    def run(*words: str, **environment: str) -> Result:
        done = CliRunner().invoke(app, list(words), env=environment)
        assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
        return done

    return run


@pytest.fixture
def config(tmp_path: Path) -> Callable[[str], str]:
    """Writes a settings file and names it."""

    def write(text: str) -> str:
        path = tmp_path / "settings.toml"
        path.write_text(text, encoding="utf-8")
        return str(path)

    return write


@pytest.fixture
def mirrored(tmp_path: Path) -> str:
    """The address of a database with one dead letter (number 1) and one value on its way (number 2)."""
    url = f"sqlite:///{tmp_path}/mirrored.db"
    store = open_store(url, ORG)
    with store.transaction() as tx:
        tx.outbox.put([wish("Claim_Message__c"), wish("Claim_Verdict__c")], NOW)
        taken = tx.outbox.take(NOW, 10)
        reason = "EXPECTED: the record is on legal hold"
        tx.outbox.settle([taken[0].id], AttemptState.DEAD, now=NOW, code="ENTITY_IS_LOCKED", reason=reason)
        tx.outbox.settle([taken[1].id], AttemptState.RETRYABLE, now=NOW, next_try=NOW)
    store.close()
    return url


def wish(field: str) -> Wish:
    return Wish(
        object="Lead", record=LEAD, key=None, field=field, value="Held", contested=False, expected=None,
        provisional=False, cause="a fact", caused_at=NOW, ledger_seq=None,
    )  # fmt: skip


@pytest.fixture(scope="package")
def practice() -> Iterator[dict[str, Any]]:
    """What a small practice org says when it starts: its address and its logins."""
    command = [sys.executable, "-m", "connector", "practice", "serve", "--leads", "200"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        hello: dict[str, Any] = json.loads(server.stdout.readline())
        yield hello
        server.terminate()


@pytest.fixture(scope="package")
def org(practice: dict[str, Any]) -> dict[str, str]:
    """The environment that leads to the small practice org."""
    return {
        "CONNECTOR_ORG__INSTANCE_URL": practice["instance_url"],
        "CONNECTOR_ORG__ACCESS_TOKEN": practice["access_token"],
    }
