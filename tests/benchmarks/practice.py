"""A practice org in a process of its own, so that it takes no time of the interpreter that is measured."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

from connector.salesforce import OrgSettings, connect
from connector.salesforce.org import SalesforceOrg


@dataclass(frozen=True, kw_only=True, slots=True)
class Place:
    """Where an org answers, and the token that opens it."""

    url: str
    token: str
    leads: int
    client_id: str = ""
    client_secret: str = ""

    def connect(self) -> SalesforceOrg:
        # the budget is the org's; a benchmark must not end in the pause that protects other clients
        return connect(OrgSettings(instance_url=self.url, access_token=self.token, budget_share=1.0))


@contextmanager
def practice_orgs(*leads: int) -> Iterator[list[Place]]:
    """Orgs of these sizes, seeded at the same time; they serve until the block ends."""
    with ExitStack() as closing:
        servers = [closing.enter_context(_server(each)) for each in leads]
        places = []
        for number, server in zip(leads, servers, strict=True):
            greeting = json.loads(_first_line(server))
            places.append(
                Place(
                    url=greeting["instance_url"],
                    token=greeting["access_token"],
                    leads=number,
                    client_id=greeting["client_id"],
                    client_secret=greeting["client_secret"],
                )
            )
        yield places


@contextmanager
def _server(leads: int) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-m", "connector", "practice", "serve", "--leads", str(leads)]
    server = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        yield server
    finally:
        server.terminate()
        server.wait(30)


def _first_line(server: subprocess.Popen[str]) -> str:
    line = server.stdout.readline() if server.stdout else ""
    if not line:
        raise RuntimeError(f"the practice org did not start: exit code {server.wait()}")
    return line
