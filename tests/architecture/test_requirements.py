"""The table of docs/requirements.md says the truth: every id once, and what it names exists."""

import pytest

from connector.policy.file import policy_schema
from connector.rules import fold  # noqa: F401 - registers every rule
from connector.rules.rule import RULES
from connector.scenario.file import load_story
from tests.architecture.code import ROOT
from tests.architecture.pages import keys
from tests.architecture.requirements import IDS, Row, rows


def test_no_requirement_stands_twice_and_none_is_unknown() -> None:
    named = [row.ident for row in rows()]
    assert len(named) == len(set(named))
    assert set(named) <= set(IDS)
    assert named == sorted(named, key=IDS.index), "the rows stand in the order of the ids"


@pytest.mark.parametrize("row", rows(), ids=lambda row: row.ident)
def test_what_a_requirement_names_exists(row: Row) -> None:
    assert set(row.rules) <= RULES.keys()
    for rule in row.rules:
        assert row.ident in RULES[rule].serves, f"the rule {rule} does not name {row.ident}"
    assert set(row.settings) <= {path for path, _ in keys(policy_schema(), "")}
    for name in row.stories:
        story, faults = load_story((ROOT / name).read_text(encoding="utf-8"), name)
        assert story is not None, faults
        assert row.ident in story.proves, f"{name} does not prove {row.ident}"


@pytest.mark.parametrize("row", rows(), ids=lambda row: row.ident)
def test_every_rule_that_serves_a_requirement_stands_in_its_row(row: Row) -> None:
    assert {rule.name for rule in RULES.values() if row.ident in rule.serves} <= set(row.rules)
