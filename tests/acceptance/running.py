"""A daemon at work on a practice org of one profile, both in processes of their own, the way ops would run them."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

from connector.demo.people import People

COMMAND = (sys.executable, "-m", "connector")
T = TypeVar("T")


@contextmanager
def daemon_at_work(
    profile: str, folder: Path, prepare: Callable[[People], T]
) -> Iterator[tuple[T, Mapping[str, str]]]:
    """What `prepare` made of the org before the first snapshot, and the environment for other verbs.

    The daemon has adopted when the block begins, and has to end well when it is told to.
    """
    config, log = folder / "connector.toml", folder / "daemon.log"
    serve = [*COMMAND, "practice", "serve", "--profile", profile, "--leads", "20", "--least-privilege"]
    with subprocess.Popen(serve, stdout=subprocess.PIPE, text=True) as org:
        assert org.stdout is not None
        hello = json.loads(org.stdout.readline())
        config.write_text(
            f'database = "sqlite:///{folder}/{profile}.db"\nprofiles = ["{profile}"]\n'
            f'[org]\nlogin_url = "{hello["instance_url"]}"\nclient_id = "{hello["client_id"]}"\n'
            "[sync]\npoll_every = 0.3\ncontext_every = 0.3\n"
        )
        secrets = {"CONNECTOR_ORG__CLIENT_SECRET": hello["client_secret"], "CONNECTOR_CONFIG": str(config)}
        environment = {**os.environ, **secrets}
        made = prepare(People(hello["instance_url"], hello["access_token"]))
        with (
            log.open("w") as errors,
            subprocess.Popen([*COMMAND, "run"], stderr=errors, env=environment) as daemon,
        ):
            _await(log, '"adopted"')
            yield made, environment
            daemon.send_signal(signal.SIGTERM)
            assert daemon.wait(timeout=30) == 0, log.read_text()
        org.terminate()


def _await(log: Path, word: str) -> None:
    until = time.monotonic() + 60
    while word not in log.read_text():
        assert time.monotonic() < until, log.read_text()
        time.sleep(0.1)
