"""A day in the channel on a running practice org, with the daemon as the public command runs it."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from connector.demo.day import Scene, day, seal
from connector.demo.people import People

COMMAND = [sys.executable, "-m", "connector"]


@dataclass(frozen=True, kw_only=True)
class Day:
    """What was played, and where it can be looked at."""

    people: People
    scenes: tuple[Scene, ...]
    config: Path
    hello: Mapping[str, Any]
    log: Path
    exit_code: int
    undelivered: tuple[Mapping[str, Any], ...]
    """What `connector outbox list` named when the day had ended; later tests may deliver some of it."""
    environment: Mapping[str, str] = field(repr=False)

    def connector(self, *words: str) -> subprocess.CompletedProcess[str]:
        """A public command over the database of the day."""
        return subprocess.run(
            [*COMMAND, *words],
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
            env=dict(self.environment),
        )

    def answer(self, *words: str) -> Any:
        done = self.connector(*words, "--json")
        assert done.returncode == 0, done.stderr + done.stdout
        return json.loads(done.stdout)


@pytest.fixture(scope="session")
def played(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Day]:
    """The whole day, played once: practice org and daemon are processes of their own."""
    folder = tmp_path_factory.mktemp("day")
    config, log = folder / "connector.toml", folder / "daemon.log"
    with subprocess.Popen(
        [*COMMAND, "practice", "serve", "--least-privilege"], stdout=subprocess.PIPE, text=True
    ) as org:
        assert org.stdout is not None
        hello = json.loads(org.stdout.readline())
        config.write_text(
            f'database = "sqlite:///{folder}/day.db"\n[org]\nlogin_url = "{hello["instance_url"]}"\n'
            f'client_id = "{hello["client_id"]}"\n[sync]\npoll_every = 0.3\ncontext_every = 1.0\n'
        )
        secrets = {"CONNECTOR_ORG__CLIENT_SECRET": hello["client_secret"], "CONNECTOR_CONFIG": str(config)}
        environment = {**os.environ, **secrets, "COLUMNS": "100", "NO_COLOR": "1"}
        with (
            log.open("w") as errors,
            subprocess.Popen([*COMMAND, "run"], stderr=errors, env=environment) as daemon,
        ):
            people = People(hello["instance_url"], hello["access_token"])
            _await_adoption(log, daemon)
            scenes = tuple(day(people))
            seal(people)
            time.sleep(3)
            daemon.send_signal(signal.SIGTERM)
            code = daemon.wait(timeout=30)
        undelivered = _undelivered(environment)
        yield Day(
            undelivered=undelivered,
            people=people,
            scenes=scenes,
            config=config,
            hello=hello,
            log=log,
            exit_code=code,
            environment=environment,
        )
        org.terminate()


def _undelivered(environment: Mapping[str, str]) -> tuple[Mapping[str, Any], ...]:
    words = [*COMMAND, "outbox", "list", "--json"]
    done = subprocess.run(
        words, capture_output=True, text=True, timeout=60, check=True, env=dict(environment)
    )
    return tuple(json.loads(done.stdout)["items"])


def _await_adoption(log: Path, daemon: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + 60
    while '"adopted"' not in log.read_text():
        assert daemon.poll() is None, log.read_text()
        assert time.monotonic() < until, log.read_text()
        time.sleep(0.1)
