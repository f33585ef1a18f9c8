# ruff: noqa: T201 - a benchmark prints its table
"""A snapshot of leads into SQLite by `airbyte-source-salesforce`, unchanged, beside the connector's.

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
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import msgspec
import requests

from tests.benchmarks.figures import Figure, share, show
from tests.benchmarks.loads import Load
from tests.benchmarks.practice import Place, practice_orgs
from tests.benchmarks.snapshot import load, rate, sqlite_files

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


def airbyte(python: str, place: Place, folder: Path) -> Load:
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
    (folder / "peer.db").unlink(missing_ok=True)
    raw = sqlite3.connect(folder / "peer.db", isolation_level=None)
    raw.execute("PRAGMA journal_mode=WAL")
    raw.execute("PRAGMA synchronous=NORMAL")
    raw.execute("CREATE TABLE lead (id TEXT PRIMARY KEY, body TEXT)")
    files = ["--config", str(folder / "config.json"), "--catalog", str(folder / "catalog.json")]
    rows, started = 0, time.perf_counter()
    with subprocess.Popen(
        [python, "-c", _LAUNCH, place.url, "read", *files], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    ) as running:
        found = _records(running)
        while page := list(islice(found, 10_000)):
            raw.execute("BEGIN")
            raw.executemany("INSERT OR REPLACE INTO lead VALUES (?, ?)", page)
            raw.execute("COMMIT")
            rows += len(page)
    raw.close()
    if rows < place.leads:
        raise RuntimeError(f"the peer read {rows} of {place.leads} leads: exit code {running.returncode}")
    return Load(rows=rows, seconds=time.perf_counter() - started, megabytes=0.0)


def _records(running: subprocess.Popen[bytes]) -> Iterator[tuple[str, str]]:
    for line in running.stdout or ():
        if line.startswith(b'{"type":"RECORD"'):
            data = msgspec.json.decode(line)["record"]["data"]
            yield data["Id"], msgspec.json.encode(data).decode()


def measure(sizes: tuple[int, int], python: str) -> list[Figure]:
    with tempfile.TemporaryDirectory() as name, practice_orgs(*sizes) as places, sqlite_files() as fresh:
        theirs = [airbyte(python, place, Path(name)) for place in places]
        ours = [load("mirror", place, fresh()) for place in places]
    mine, peer = rate(ours[0], ours[1]), rate(theirs[0], theirs[1])
    return [
        share("snapshot → SQLite", mine, "rows/s", "airbyte-source-salesforce", peer, at_least=10.0),
        Figure(
            measure=f"airbyte-source-salesforce: {theirs[1].rows:,} leads, its start included",
            figure=theirs[1].seconds,
            unit="s",
        ),
    ]


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
