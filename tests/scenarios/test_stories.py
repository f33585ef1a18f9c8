"""Every story under tests/scenarios, played in memory: it ends as it says."""

from pathlib import Path

import pytest

from connector.scenario.file import load_story
from connector.scenario.memory import Memory

HERE = Path(__file__).parent
STORIES = sorted(str(path.relative_to(HERE)) for path in HERE.rglob("*.yaml"))


@pytest.mark.parametrize("name", STORIES)
def test_a_story_ends_as_it_says(name: str) -> None:
    story, faults = load_story((HERE / name).read_text(encoding="utf-8"), name)
    assert story is not None, "\n".join(str(fault) for fault in faults)
    assert story.proves, "a story names the requirements that it proves"
    assert any(step for step in story.steps), "a story says what ought to stand"
    found = Memory(story).play()
    assert not found, "\n".join(each.line(name) for each in found)
