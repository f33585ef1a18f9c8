"""Every way to log in and both databases, through the public commands, against a practice org over HTTP."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from sqlalchemy import make_url

from connector.bootstrap import compiled
from connector.canonical.ids import OrgId
from connector.demo.people import People
from connector.demo.proof import compared
from connector.practice.server import Running, ServeOptions, start_in_thread
from connector.profiles import read_profiles
from connector.salesforce import OrgSettings, connect
from connector.store import open_store, organizations
from tests.contract.store.stores import postgres_url

__all__ = ["postgres_url"]
pytestmark = pytest.mark.timeout(180)


@pytest.fixture
def database(postgres_url: str) -> str:
    """A PostgreSQL database of this test's own."""
    with psycopg.connect(postgres_url, autocommit=True) as connection:
        connection.execute("CREATE DATABASE acceptance")
    return str(make_url(postgres_url).set(database="acceptance").render_as_string(hide_password=False))


@pytest.fixture(scope="module")
def org() -> Iterator[Running]:
    running = start_in_thread(ServeOptions(leads=250, least_privilege=True))
    yield running
    running.stop()


@pytest.fixture
def untouched() -> Iterator[Running]:
    """An org that nobody has judged yet."""
    running = start_in_thread(ServeOptions(leads=250, least_privilege=True))
    yield running
    running.stop()


def connector(*words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    wide = {"COLUMNS": "200", "NO_COLOR": "1"}
    return subprocess.run(
        [sys.executable, "-m", "connector", *words], capture_output=True, text=True, timeout=120, check=False,
        env={**os.environ, **wide, **environment},
    )  # fmt: skip


def login_of(org: Running, how: str) -> dict[str, str]:
    hello: dict[str, Any] = org.greeting
    common = {"CONNECTOR_ORG__LOGIN_URL": hello["instance_url"]}
    if how == "token":
        return {
            "CONNECTOR_ORG__INSTANCE_URL": hello["instance_url"],
            "CONNECTOR_ORG__ACCESS_TOKEN": org.access_token,
        }
    if how == "client credentials":
        return common | {
            "CONNECTOR_ORG__CLIENT_ID": hello["client_id"], "CONNECTOR_ORG__CLIENT_SECRET": hello["client_secret"],
        }  # fmt: skip
    return common | {
        "CONNECTOR_ORG__CLIENT_ID": hello["client_id"], "CONNECTOR_ORG__USERNAME": hello["username"],
        "CONNECTOR_ORG__PRIVATE_KEY_FILE": hello["private_key_file"],
    }  # fmt: skip


@pytest.mark.parametrize("how", ["token", "client credentials", "JWT bearer"])
def test_check_finds_no_fault_in_the_shipped_profiles_with_the_shipped_permission_set(
    org: Running, how: str
) -> None:
    done = connector("check", "--json", **login_of(org, how))
    said = json.loads(done.stdout)
    assert (done.returncode, said["faults"], said["asked_the_org"]) == (0, [], True)


def test_a_wrong_secret_is_one_clear_error_and_its_own_exit_code(org: Running) -> None:
    login = login_of(org, "client credentials") | {"CONNECTOR_ORG__CLIENT_SECRET": "wrong-secret-of-mine"}
    done = connector("check", **login)
    assert done.returncode == 4
    assert "Traceback" not in done.stderr
    assert "wrong-secret-of-mine" not in done.stderr + done.stdout
    assert len(done.stderr.strip().splitlines()) <= 3


def test_shadow_says_what_it_would_write_and_writes_nothing(untouched: Running, tmp_path: Path) -> None:
    org = untouched
    login = login_of(org, "JWT bearer") | {"CONNECTOR_DATABASE": f"sqlite:///{tmp_path}/shadow.db"}
    people = People(org.instance_url, org.access_token)
    soql = "SELECT Id, Ruling__c FROM Deal_Registration__c WHERE Status__c = 'Submitted' ORDER BY Id"
    before = people.rows(soql)
    done = json.loads(connector("sync", "--once", "--shadow", "--json", **login).stdout)
    assert done["verdicts"]["approve"] > 0
    assert done["written"] == 0
    assert {item["field"] for item in done["would_write"]} >= {"Status__c", "Ruling_Message__c"}
    assert people.rows(soql) == before
    assert before


def test_the_same_job_runs_on_postgresql_and_its_mirror_equals_the_org(org: Running, database: str) -> None:
    login = login_of(org, "client credentials") | {"CONNECTOR_DATABASE": database}
    first = json.loads(connector("sync", "--once", "--json", **login).stdout)
    again = json.loads(connector("sync", "--once", "--json", **login).stdout)
    people = People(org.instance_url, org.access_token)
    store = open_store(database, organizations(database)[0])
    client = connect(OrgSettings(instance_url=org.instance_url, access_token=org.access_token))
    mapping = compiled(client, read_profiles(("partner_leads", "deal_registration")))
    with store.reading() as view:
        counted = {row.object: row.live for row in view.mirror.count()}
    assert first["mirrored"]["Lead"] == counted["Lead"]
    # The partners' word of each approval is a fact, known once the minute in which it was written is over.
    assert again["facts"] in {0, first["verdicts"]["approve"]}
    assert again["verdicts"]["approve"] == 0
    assert again["written"] == 0
    assert counted["Lead"] == people.count("Lead")
    assert compared(people, store, mapping.objects) == []
    store.close()


def test_another_org_on_the_same_database_is_refused(org: Running, tmp_path: Path) -> None:
    """The organisation id is pinned at first login: a refreshed sandbox has a new one."""
    database = f"sqlite:///{tmp_path}/pinned.db"
    open_store(database, OrgId("00D000000000001EAA")).close()
    done = connector("sync", "--once", **login_of(org, "token"), CONNECTOR_DATABASE=database)
    assert done.returncode == 4
    assert "sandbox" in done.stderr
