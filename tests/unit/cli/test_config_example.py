"""The example file says what the settings are, and does not fall behind them."""

import tomllib
from pathlib import Path

import pytest

from connector.cli.config import SECRETS, rendered
from connector.cli.exit import Exit
from connector.settings import OrgSection, Settings, SyncSection, load
from tests.unit.cli.conftest import Run

NAMES = sorted({*Settings.model_fields, *OrgSection.model_fields, *SyncSection.model_fields})


def test_the_example_parses_back_to_the_defaults(tmp_path: Path) -> None:
    path = tmp_path / "connector.toml"
    path.write_text(rendered(), encoding="utf-8")
    assert load(path).model_dump() == load(None).model_dump()


def test_the_example_with_every_line_switched_on_names_no_unknown_setting() -> None:
    lines = [
        line.removeprefix("# ") + ' ""' if line.endswith(" =") else line for line in rendered().splitlines()
    ]
    found = tomllib.loads("\n".join(lines))
    assert set(found) <= set(Settings.model_fields)
    assert set(found["org"]) == set(OrgSection.model_fields) - SECRETS
    assert set(found["sync"]) == set(SyncSection.model_fields)


@pytest.mark.parametrize("name", [name for name in NAMES if name not in {"org", "sync"}])
def test_every_setting_is_explained_before_it_stands(name: str) -> None:
    lines = rendered().splitlines()
    place = next(
        n for n, line in enumerate(lines) if line.removeprefix("# ").startswith((f"{name} =", f"{name}:"))
    )
    assert lines[place - 1].startswith("# ")
    assert len(lines[place - 1]) > 10


def test_the_example_is_written_once_and_never_over_another_file(connector: Run, tmp_path: Path) -> None:
    first = connector("config", "example", "--write", "connector.toml")
    assert (first.exit_code, (tmp_path / "connector.toml").read_text("utf-8")) == (Exit.DONE, rendered())
    (tmp_path / "connector.toml").write_text("mine", encoding="utf-8")
    second = connector("config", "example", "--write", "connector.toml")
    assert second.exit_code == Exit.FAULTS
    assert second.stderr == "error: connector.toml exists already: choose another name, or remove it first\n"
    assert (tmp_path / "connector.toml").read_text("utf-8") == "mine"


def test_a_folder_that_does_not_exist_is_named(connector: Run) -> None:
    done = connector("config", "example", "--write", "nowhere/connector.toml")
    assert done.exit_code == Exit.FAULTS
    assert "nowhere/connector.toml: No such file or directory" in done.stderr


def test_the_version_is_the_packages(connector: Run) -> None:
    done = connector("--version")
    assert done.exit_code == Exit.DONE
    assert done.stdout.strip().count(".") == 2


def test_without_a_verb_the_help_names_every_verb(connector: Run) -> None:
    done = connector("--help")
    for verb in (
        "demo",
        "run",
        "sync",
        "check",
        "status",
        "explain",
        "outbox",
        "ledger",
        "practice",
        "config",
    ):
        assert verb in done.stdout
