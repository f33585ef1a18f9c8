"""The practice org, served once for these tests, and a gateway to it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from connector.practice.server import Running, ServeOptions, start_in_thread
from connector.salesforce import OrgSettings, SalesforceOrg, connect


class Practice:
    """A running practice org, and what other people and time do in it."""

    def __init__(self, running: Running) -> None:
        self.url: str = running.greeting["instance_url"]
        self.greeting: dict[str, Any] = running.greeting
        self.key = Path(running.greeting["private_key_file"]).read_text()

    def act(self, path: str, /, **body: Any) -> Any:
        answer = requests.post(f"{self.url}/practice/{path}", json=body, timeout=30)
        assert answer.ok, answer.text
        return answer.json()

    def told(self, path: str) -> Any:
        return requests.get(f"{self.url}/practice/{path}", timeout=30).json()

    def fault(self, **body: Any) -> None:
        self.act("faults", **body)

    def clear_faults(self) -> None:
        requests.delete(f"{self.url}/practice/faults", timeout=30)

    def settings(self, **changes: Any) -> OrgSettings:
        given = {
            "login_url": self.url,
            "client_id": self.greeting["client_id"],
            "client_secret": self.greeting["client_secret"],
            "backoff": 0.01,
            "bulk_poll": 0.01,
        }
        return OrgSettings(**{**given, **changes})


@pytest.fixture(scope="session")
def served() -> Iterator[Practice]:
    running = start_in_thread(ServeOptions(leads=300))
    yield Practice(running)
    running.stop()


@pytest.fixture
def practice(served: Practice) -> Iterator[Practice]:
    yield served
    served.clear_faults()


@pytest.fixture
def make_org(practice: Practice) -> Iterator[Callable[..., SalesforceOrg]]:
    made: list[SalesforceOrg] = []

    def make(**changes: Any) -> SalesforceOrg:
        made.append(connect(practice.settings(**changes)))
        return made[-1]

    yield make
    for org in made:
        org.close()


@pytest.fixture
def desk(make_org: Callable[..., SalesforceOrg], practice: Practice) -> SalesforceOrg:
    """A person who may create leads, which the connector's own login may not."""
    token = practice.act("login", username="admin@practice.example")["access_token"]
    return make_org(client_secret=None, access_token=token, instance_url=practice.url)


@pytest.fixture
def org(make_org: Callable[..., SalesforceOrg]) -> SalesforceOrg:
    return make_org()
