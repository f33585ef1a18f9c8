"""Where a campaign is fought: a practice org in a process of its own, and a database of its own."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from connector import places
from connector import settings as settings_room
from connector.bootstrap import compiled, org_settings
from connector.canonical.ids import OrgId
from connector.mapping import CompiledMapping
from connector.profiles import read_profiles
from connector.salesforce import connect
from connector.settings import Settings
from connector.store import SqlStore, open_store, organizations
from tests.contract.store.postgres import running_postgres

ADMIN = "admin@practice.example"
POLL_EVERY = 0.2
PROFILES = ("partner_leads", "deal_registration")


@dataclass(frozen=True, kw_only=True)
class Ground:
    """A running practice org, and what the daemon is told about it."""

    hello: Mapping[str, Any]
    environment: Mapping[str, str]
    settings: Settings
    log: Path
    ours: str
    """The connector's own user id."""

    @property
    def url(self) -> str:
        return str(self.hello["instance_url"])

    def mapping(self) -> CompiledMapping:
        """The profiles fitted to the org, as the daemon fits them."""
        return compiled(connect(org_settings(self.settings)), read_profiles(self.settings.profiles))

    @contextmanager
    def store(self) -> Iterator[SqlStore]:
        """The daemon's database, for reading."""
        store = open_store(self.settings.database, OrgId(organizations(self.settings.database)[0]))
        try:
            yield store
        finally:
            store.close()


@contextmanager
def ground(folder: Path, *, seed: int, database: str, leads: int) -> Iterator[Ground]:
    """A fresh org and a fresh database; both are gone afterwards. `database`: sqlite or postgresql."""
    with ExitStack() as stack:
        url = (
            stack.enter_context(running_postgres())
            if database == "postgresql"
            else f"sqlite:///{folder / f'kill-{seed}.db'}"
        )
        hello = stack.enter_context(_practice_org(seed, leads))
        config = folder / f"kill-{seed}.toml"
        lines = (
            f'database = "{url}"',
            f"profiles = {json.dumps(_patient(folder))}",
            f'[org]\nlogin_url = "{hello["instance_url"]}"\nclient_id = "{hello["client_id"]}"',
            f"[sync]\npoll_every = {POLL_EVERY}\ncontext_every = 1.0",
        )
        config.write_text("\n".join(lines))
        secrets = {"CONNECTOR_ORG__CLIENT_SECRET": hello["client_secret"], "CONNECTOR_CONFIG": str(config)}
        os.environ |= secrets
        settings = settings_room.load(config)
        ours = connect(org_settings(settings)).identity().user_id
        environment = {**os.environ, "COLUMNS": "100", "NO_COLOR": "1"}
        yield Ground(
            hello=hello,
            environment=environment,
            settings=settings,
            log=folder / f"kill-{seed}.log",
            ours=ours,
        )


def _patient(folder: Path) -> list[str]:
    """The shipped profiles with a breaker that only alerts: these people do in minutes what others do in weeks."""
    copies = []
    for name in PROFILES:
        copy = folder / "profiles" / name
        shutil.copytree(places.profile(name), copy, dirs_exist_ok=True)
        policy = copy / "policy.yaml"
        policy.write_text(
            policy.read_text(encoding="utf-8").replace("pause_and_alert", "alert"), encoding="utf-8"
        )
        copies.append(str(copy))
    return copies


@contextmanager
def _practice_org(seed: int, leads: int) -> Iterator[dict[str, Any]]:
    words = ("practice", "serve", "--least-privilege", "--leads", str(leads), "--seed", str(seed))
    with subprocess.Popen(
        (sys.executable, "-m", "connector", *words), stdout=subprocess.PIPE, text=True
    ) as org:
        assert org.stdout is not None
        try:
            yield json.loads(org.stdout.readline())
        finally:
            org.terminate()
