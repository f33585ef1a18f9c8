"""A story of every domain, played through a practice org over HTTP: it ends there as it ends in memory.

The full set takes minutes: `make stories`.
"""

from pathlib import Path

import pytest

from connector.scenario.file import load_story
from connector.scenario.org import through_an_org

HERE = Path(__file__).parent
SAMPLE = (
    "community/trade_fair.yaml",
    "community/help_on_a_deal.yaml",
    "registration/first_filing_wins.yaml",
    "windows/lapse_and_cooldown.yaml",
    "warehouse/illegal_entry.yaml",
)


@pytest.mark.parametrize("name", SAMPLE)
def test_a_story_ends_in_the_org_as_it_says(name: str) -> None:
    story, faults = load_story((HERE / name).read_text(encoding="utf-8"), name)
    assert story is not None, faults
    found = through_an_org(story)
    assert not found, "\n".join(each.line(name) for each in found)
