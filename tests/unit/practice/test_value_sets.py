"""Standard value sets of a package directory: the stages of the staged sales process (R2.1)."""

from pathlib import Path

import pytest

from connector.practice.schema import load_schema
from connector.practice.schema.value_sets import value_sets

PROJECT = Path(__file__).parents[3] / "deploy" / "salesforce"


def test_the_stages_of_the_process_close_and_win_as_they_say() -> None:
    schema = load_schema(PROJECT, value_sets=value_sets(PROJECT / "staged-sales"))
    stages = {each.value: each for each in schema.object("Opportunity").fields["StageName"].picklist_values}
    assert (stages["10 收入入账"].won, stages["丢单"].closed, stages["丢单"].won) == (True, True, False)
    assert (stages["8 商务谈判"].forecast, stages["8 商务谈判"].probability) == ("Commit", 85)
    assert "Prospecting" in stages


def test_without_its_package_directory_an_org_has_the_standard_stages() -> None:
    schema = load_schema(PROJECT)
    assert "10 收入入账" not in {
        each.value for each in schema.object("Opportunity").fields["StageName"].picklist_values
    }


def test_a_value_set_that_is_not_built_is_named(tmp_path: Path) -> None:
    path = tmp_path / "CaseStatus.standardValueSet-meta.xml"
    path.write_text("<StandardValueSet/>")
    with pytest.raises(ValueError, match="the value set CaseStatus is not built; known are OpportunityStage"):
        load_schema(PROJECT, value_sets=[path])
