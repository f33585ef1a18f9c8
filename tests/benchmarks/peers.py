# ruff: noqa: T201 - a benchmark prints its table
"""A snapshot of leads into SQLite and PostgreSQL by `airbyte-source-salesforce`, unchanged, beside the connector's.

AIRBYTE_PYTHON=/path/to/venv/bin/python python -m tests.benchmarks.peers [--small 5000] [--large 20000]

The peer is no dependency: install it into a throw-away environment (`python3.11 -m venv /tmp/airbyte` and
`/tmp/airbyte/bin/pip install airbyte-source-salesforce`) and name its Python; without one this is skipped.
Only its hard-coded login host is sent to the practice org. It reads every field of a lead, as it always does, and
its records go into a table by key, 10,000 at a time. Rates are marginal between the two sizes.
"""

import argparse
import json
import os
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from itertools import islice
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import msgspec
import psycopg
import requests

from tests.benchmarks.figures import Figure, share, show
from tests.benchmarks.loads import Load
from tests.benchmarks.practice import Place, practice_orgs
from tests.benchmarks.snapshot import KINDS, TITLES, load, rate
from tests.contract.store.postgres import NoPostgres

SIZES, FULL_SIZES = (5_000, 20_000), (20_000, 100_000)
VARIABLE = "AIRBYTE_PYTHON"
_BACK = "http://localhost:1717/OauthRedirect"
_LAUNCH = """
import sys
from requests.adapters import HTTPAdapter
here, host, send = sys.argv.pop(1), "https://login.salesforce.com", HTTPAdapter.send
def redirected(self, request, *args, **options):
    if request.url.startswith(host):
        request.url = here + request.url[len(host):]
    return send(self, request, *args, **options)
HTTPAdapter.send = redirected
from source_salesforce.run import run
run()
"""


def refresh_token(place: Place) -> str:
    """By the web flow, as a person would get one."""
    asked = {"response_type": "code", "client_id": place.client_id, "redirect_uri": _BACK}
    address = f"{place.url}/services/oauth2/authorize"
    back = requests.get(address, params=asked, allow_redirects=False, timeout=30)
    code = parse_qs(urlsplit(back.headers["Location"]).query)["code"][0]
    form = {"grant_type": "authorization_code", "code": code, "redirect_uri": _BACK}
    secrets = {"client_id": place.client_id, "client_secret": place.client_secret}
    answer = requests.post(f"{place.url}/services/oauth2/token", data=form | secrets, timeout=30)
    token: str = answer.json()["refresh_token"]
    return token


Page = list[tuple[str, str]]


@contextmanager
def keyed_table(database: str) -> Iterator[Callable[[Page], object]]:
    """Takes pages of (id, body) into a new table, by key, a transaction each."""
    if database.startswith("sqlite"):
        with closing(sqlite3.connect(database.removeprefix("sqlite:///"), isolation_level=None)) as lite:
            lite.execute("PRAGMA journal_mode=WAL")
            lite.execute("PRAGMA synchronous=NORMAL")
            lite.execute("CREATE TABLE lead (id TEXT PRIMARY KEY, body TEXT)")

            def keep(page: Page) -> None:
                lite.execute("BEGIN")
                lite.executemany("INSERT OR REPLACE INTO lead VALUES (?, ?)", page)
                lite.execute("COMMIT")

            yield keep
        return
    with psycopg.connect(database, autocommit=True) as server:
        server.execute(b"CREATE TABLE lead (id TEXT PRIMARY KEY, body TEXT)")

        def send(page: Page) -> None:
            with server.transaction(), server.cursor() as cursor:
                cursor.executemany(
                    b"INSERT INTO lead VALUES (%s, %s) ON CONFLICT (id) DO UPDATE SET body = excluded.body",
                    page,
                )

        yield send


def airbyte(python: str, place: Place, folder: Path, database: str) -> Load:
    """Its whole run: start, check of the schema, job, records, table."""
    config = {
        "client_id": place.client_id,
        "client_secret": place.client_secret,
        "refresh_token": refresh_token(place),
        "start_date": "2020-01-01T00:00:00Z",
    }
    stream = {"name": "Lead", "json_schema": {}, "supported_sync_modes": ["full_refresh"]}
    chosen = {"stream": stream, "sync_mode": "full_refresh", "destination_sync_mode": "overwrite"}
    (folder / "config.json").write_text(json.dumps(config), encoding="utf-8")
    (folder / "catalog.json").write_text(json.dumps({"streams": [chosen]}), encoding="utf-8")
    files = ["--config", str(folder / "config.json"), "--catalog", str(folder / "catalog.json")]
    rows, started = 0, time.perf_counter()
    with (
        keyed_table(database) as keep,
        subprocess.Popen(
            [python, "-c", _LAUNCH, place.url, "read", *files],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        ) as running,
    ):
        found = _records(running)
        while page := list(islice(found, 10_000)):
            keep(page)
            rows += len(page)
    if rows < place.leads:
        raise RuntimeError(f"the peer read {rows} of {place.leads} leads: exit code {running.returncode}")
    return Load(rows=rows, seconds=time.perf_counter() - started, megabytes=0.0)


def _records(running: subprocess.Popen[bytes]) -> Iterator[tuple[str, str]]:
    for line in running.stdout or ():
        if line.startswith(b'{"type":"RECORD"'):
            data = msgspec.json.decode(line)["record"]["data"]
            yield data["Id"], msgspec.json.encode(data).decode()


def measure(sizes: tuple[int, int], python: str) -> list[Figure]:
    with practice_orgs(*sizes) as places:
        return [figure for kind in KINDS for figure in _into(kind, places, python)]


def _into(kind: str, places: list[Place], python: str) -> Iterator[Figure]:
    """Both into one kind of store, one after the other, each into an empty database."""
    with tempfile.TemporaryDirectory() as name, ExitStack() as held:
        try:
            fresh = held.enter_context(KINDS[kind]())
        except NoPostgres as reason:
            yield Figure(measure=f"{TITLES[kind]}: skipped", figure=0, unit="", note=str(reason))
            return
        theirs = [airbyte(python, place, Path(name), fresh()) for place in places]
        ours = [load("mirror", place, fresh()) for place in places]
    mine, peer = rate(ours[0], ours[1]), rate(theirs[0], theirs[1])
    yield share(
        f"snapshot → {TITLES[kind]}", mine, "rows/s", "airbyte-source-salesforce", peer, at_least=10.0
    )
    yield Figure(
        measure=f"airbyte-source-salesforce: {theirs[1].rows:,} leads → {TITLES[kind]}, its start included",
        figure=theirs[1].seconds,
        unit="s",
    )


def run(*, full: bool) -> list[Figure]:
    """The figures for `make bench`; a line that says why where there is no peer."""
    python = os.environ.get(VARIABLE)
    if not python:
        return [
            Figure(
                measure="airbyte-source-salesforce: skipped",
                figure=0,
                unit="",
                note=f"{VARIABLE} names no Python that has it installed",
            )
        ]
    return measure(FULL_SIZES if full else SIZES, python)


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    options.add_argument("--small", type=int, default=SIZES[0])
    options.add_argument("--large", type=int, default=SIZES[1])
    chosen = options.parse_args()
    python = os.environ.get(VARIABLE)
    if not python:
        print(f"skipped: set {VARIABLE} to the Python of an environment with airbyte-source-salesforce")
        return 0
    show(measure((chosen.small, chosen.large), python), "Peers")
    return 0


if __name__ == "__main__":
    sys.exit(main())
