"""`airbyte-source-salesforce` against a running practice org, its hard-coded login host redirected."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests

from tests.acceptance.clients.conftest import FOLDER, Served, environment, installed

pytestmark = pytest.mark.clients

# Its CSV reader takes these texts for nulls, also where they are a person's name; over REST it does not.
GUESSED_NULLS = {"", "#N/A", "#NA", "-nan", "<NA>", "N/A", "NA", "NULL", "NaN", "None", "n/a", "nan", "null"}


def config_folder(words: tuple[str, ...]) -> Path:
    """The folder of the configuration that a command names."""
    return Path(words[words.index("--config") + 1]).parent


def run(org: Served, *words: str) -> list[dict[str, Any]]:
    """The messages of one command."""
    done = subprocess.run(
        [str(installed("airbyte/bin/source-salesforce")), *words],
        capture_output=True,
        text=True,
        timeout=110,
        check=False,
        cwd=config_folder(words),  # it leaves its downloads where it runs
        env=environment(PYTHONPATH=str(FOLDER / "airbyte_patch"), PRACTICE_URL=org.url),
    )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    return [json.loads(line) for line in done.stdout.split("\n") if line.startswith("{")]


@pytest.fixture(scope="module")
def config(org: Served, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Its configuration, with a refresh token from the web flow."""
    app = {"client_id": org.greeting["client_id"], "redirect_uri": "http://localhost/back"}
    back = requests.get(
        f"{org.url}/services/oauth2/authorize",
        params={"response_type": "code", **app},
        allow_redirects=False,
        timeout=10,
    )
    secret = org.greeting["client_secret"]
    form = {
        "grant_type": "authorization_code",
        "client_secret": secret,
        "code": parse_qs(urlsplit(back.headers["Location"]).query)["code"][0],
    }
    tokens = requests.post(f"{org.url}/services/oauth2/token", data={**app, **form}, timeout=10).json()
    file = tmp_path_factory.mktemp("airbyte") / "config.json"
    settings = {
        "auth_type": "Client",
        "client_id": app["client_id"],
        "client_secret": secret,
        "refresh_token": tokens["refresh_token"],
        "start_date": "2001-01-01T00:00:00Z",
        "stream_slice_step": "P3650D",
    }
    file.write_text(json.dumps(settings))
    return file


def found_stream(org: Served, config: Path) -> dict[str, Any]:
    catalogs = [
        each["catalog"] for each in run(org, "discover", "--config", str(config)) if "catalog" in each
    ]
    return next(each for each in catalogs[0]["streams"] if each["name"] == "Lead")


def test_the_connection_is_checked(org: Served, config: Path) -> None:
    told = [each for each in run(org, "check", "--config", str(config)) if "connectionStatus" in each]
    assert [each["connectionStatus"]["status"] for each in told] == ["SUCCEEDED"]


def test_every_field_is_discovered(org: Served, config: Path) -> None:
    described = {each["name"] for each in org.call("GET", "sobjects/Lead/describe")["fields"]}
    assert set(found_stream(org, config)["json_schema"]["properties"]) == described


@pytest.mark.parametrize("bulk", [False, True], ids=["rest", "bulk"])
@pytest.mark.parametrize("mode", ["full_refresh", "incremental"])
def test_the_same_rows_are_read(org: Served, config: Path, tmp_path: Path, mode: str, bulk: bool) -> None:  # noqa: FBT001
    catalog, settings = tmp_path / "catalog.json", tmp_path / "config.json"
    settings.write_text(json.dumps({**json.loads(config.read_text()), "force_use_bulk_api": bulk}))
    chosen = {"sync_mode": mode, "destination_sync_mode": "append", "stream": found_stream(org, config)}
    catalog.write_text(json.dumps({"streams": [chosen]}))
    told = run(org, "read", "--config", str(settings), "--catalog", str(catalog))
    found = {each["record"]["data"]["Id"]: each["record"]["data"] for each in told if "record" in each}
    fields = ["Id", "LastName", "Company", "City", "OwnerId", "IsDeleted", "IsConverted", "AnnualRevenue"]
    expected = org.rows(f"SELECT {', '.join(fields)} FROM Lead", "queryAll")
    if bulk:
        expected = [{k: None if v in GUESSED_NULLS else v for k, v in row.items()} for row in expected]
    read = {key: {name: row.get(name) for name in fields} for key, row in found.items()}
    assert read == {row["Id"]: row for row in expected}
    assert len(found) == sum("record" in each for each in told)
