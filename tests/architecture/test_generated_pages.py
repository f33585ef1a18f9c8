"""Pages made from the code say what the code says."""

import pytest

from connector.cli.exit import Exit
from connector.policy.file import policy_schema
from tests.architecture.pages import DOCS, READ_AS, commands, exit_codes, keys, options, pages


@pytest.mark.parametrize("name", ["cli.md", "configuration.md", "policy.md", "messages.md"])
def test_a_page_made_from_the_code_is_up_to_date(name: str) -> None:
    made = pages()[name]
    assert (DOCS / name).read_text("utf-8") == made, "run: .venv/bin/python -m tests.architecture.pages"


def test_every_verb_and_every_option_stands_in_the_page_of_the_command_line() -> None:
    text = (DOCS / "cli.md").read_text("utf-8")
    for name, command in commands().items():
        section = text.partition(f"## `connector {name}`\n")[2].partition("\n## ")[0]
        assert section, name
        assert command.help in section
        assert [opt for each in options(command) for opt in each.opts if f"`{opt}`" not in section] == []
        assert [each.name for each in options(command) if not each.help] == []


def test_every_exit_code_is_explained() -> None:
    text = (DOCS / "cli.md").read_text("utf-8")
    assert [code for code in Exit if f"| {code.value} | {code.name.lower()} |" not in text] == []
    assert all(said.strip() for said in exit_codes().values())


def test_every_setting_is_named_with_its_variable() -> None:
    text = (DOCS / "configuration.md").read_text("utf-8")
    for name in ("CONNECTOR_DATABASE", "CONNECTOR_ORG__CLIENT_SECRET", "CONNECTOR_SYNC__SEAL_AFTER"):
        assert f"`{name}`" in text


def test_the_keys_watched_for_having_no_effect_are_keys_of_the_policy() -> None:
    known = {path for path, _ in keys(policy_schema(), "")}
    assert set(READ_AS) <= known
