"""`connector check`: what it asks the org, when it does, and what it says of files that are no text."""

import json
import shutil
from pathlib import Path
from typing import Any

import keyring
import pytest

from connector import places
from connector.cli.exit import Exit
from connector.practice.server import ServeOptions, start_in_thread
from tests.unit.cli.conftest import Run


@pytest.fixture
def profile(tmp_path: Path) -> Path:
    """A profile of one's own: the shipped one for partner leads, to be changed."""
    folder = tmp_path / "mine"
    shutil.copytree(places.profile("partner_leads"), folder)
    return folder


def changed(profile: Path, old: str, new: str) -> None:
    path = profile / "policy.yaml"
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new), "utf-8")


def test_the_shipped_profiles_fit_the_practice_org(connector: Run, org: dict[str, str]) -> None:
    done = connector("check", "--json", **org)
    assert json.loads(done.stdout)["faults"] == []
    assert json.loads(done.stdout)["asked_the_org"]
    assert done.exit_code == Exit.DONE


def test_a_queue_and_a_tier_that_the_org_does_not_know_are_faults_with_the_nearest_name(
    connector: Run, org: dict[str, str], profile: Path
) -> None:
    changed(profile, "return_to: Partner_Pool", "return_to: Partner_Poll")
    changed(profile, 'tier == "Gold"', 'tier == "Golden"')
    done = connector("check", "--json", "--profile", str(profile), **org)
    faults = json.loads(done.stdout)["faults"]
    assert done.exit_code == Exit.FAULTS
    assert {(fault["where"], fault["nearest"]) for fault in faults} == {
        ("return_to", "Partner_Pool"),
        ("quota[2].when", "Gold"),
    }
    assert all(fault["line"] and fault["column"] and fault["expected"] for fault in faults)


def test_a_language_that_no_catalogue_speaks_is_a_fault_without_asking_the_org(
    connector: Run, profile: Path
) -> None:
    changed(profile, "language: en", "language: xx")
    done = connector("check", "--offline", "--profile", str(profile))
    assert done.exit_code == Exit.FAULTS
    assert "language: found 'xx', expected one of en, da, de, es, zh_CN" in done.stdout


@pytest.mark.parametrize("name", ["mapping.yaml", "policy.yaml"])
def test_a_profile_file_that_is_not_utf_8_is_one_fault_with_its_byte(
    connector: Run, profile: Path, name: str
) -> None:
    (profile / name).write_bytes("x: 1\ny: Zürich\n".encode("latin-1"))
    done = connector("check", "--offline", "--json", "--profile", str(profile))
    faults = json.loads(done.stdout)["faults"]
    assert done.exit_code == Exit.FAULTS
    assert [(fault["line"], fault["column"], fault["found"], fault["fix"]) for fault in faults] == [
        (2, 5, "byte 10 of the file, which is not UTF-8", "save the file as UTF-8")
    ]
    assert faults[0]["file"].endswith(name)


def test_a_secret_file_that_is_not_utf_8_is_named_and_its_bytes_are_not_repeated(
    connector: Run, tmp_path: Path
) -> None:
    (tmp_path / "secret").write_bytes(b"hunter2\xff")
    done = connector("check", CONNECTOR_ORG__CLIENT_ID="app", CONNECTOR_ORG__CLIENT_SECRET_FILE="secret")
    assert done.exit_code == Exit.FAULTS
    assert "secret:1:8: found byte 8 of the file, which is not UTF-8" in done.stderr
    assert "hunter2" not in done.output


def test_a_secret_in_the_keyring_is_enough_to_ask_the_org(
    connector: Run, practice: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = {("channel-connector", practice["client_id"]): practice["client_secret"]}
    monkeypatch.setattr(keyring, "get_password", lambda service, name: kept.get((service, name)))
    environment = {
        "CONNECTOR_ORG__LOGIN_URL": practice["instance_url"],
        "CONNECTOR_ORG__CLIENT_ID": practice["client_id"],
    }
    done = connector("check", "--json", **environment)
    assert json.loads(done.stdout)["asked_the_org"], done.output


def test_a_client_id_without_any_secret_is_noted(connector: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keyring, "get_password", lambda *_: None)
    done = connector("check", CONNECTOR_ORG__CLIENT_ID="app")
    assert done.exit_code == Exit.DONE
    assert "settings: note: org.client_id: found a client id, but no way to log in" in done.stdout
    assert "0 faults in the profiles (the org was not asked)" in done.stdout


def test_without_any_login_the_profiles_alone_are_checked(connector: Run) -> None:
    done = connector("check")
    assert (done.exit_code, done.stdout) == (
        Exit.DONE,
        "0 faults in the profiles (the org was not asked).\n",
    )


def test_a_token_without_an_address_is_refused(connector: Run) -> None:
    done = connector("check", CONNECTOR_ORG__ACCESS_TOKEN="00D!x")
    assert done.exit_code == Exit.REFUSED
    assert "access_token needs instance_url" in done.stderr


@pytest.mark.parametrize("shape", ["registration_on_lead", "registration_on_opportunity"])
def test_a_shape_of_registrations_fits_the_org_that_has_its_package(connector: Run, shape: str) -> None:
    running = start_in_thread(ServeOptions(empty=True, profile=shape, least_privilege=True))
    try:
        org = {
            "CONNECTOR_ORG__INSTANCE_URL": running.instance_url,
            "CONNECTOR_ORG__ACCESS_TOKEN": running.access_token,
        }
        done = connector("check", "--json", "--profile", shape, "--profile", "partner_leads", **org)
    finally:
        running.stop()
    assert json.loads(done.stdout)["faults"] == []
    assert json.loads(done.stdout)["asked_the_org"]
    assert done.exit_code == Exit.DONE
