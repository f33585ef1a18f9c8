"""Every story under tests/scenarios, played in memory: it ends as it says."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from connector import places as folders
from connector.canonical.docket import DeadlineEntry
from connector.canonical.fact import FactKind
from connector.canonical.phrase import Phrase
from connector.messages import parse
from connector.messages.template import places
from connector.rules.decision import Decision
from connector.rules.rule import RULES
from connector.scenario.file import load_story
from connector.scenario.memory import Memory

CLAUSE = re.compile(r"\[[^\[\]]*\]")
ENGLISH = parse((folders.catalogues() / "en.po").read_text("utf-8"), "en")
WHOLE_RECORDS = frozenset({"carried_credit", "revenue"})
"""Rules whose evidence is a record itself, and no field of it."""
HERE = Path(__file__).parent
STORIES = sorted(str(path.relative_to(HERE)) for path in HERE.rglob("*.yaml"))


@pytest.mark.parametrize("name", STORIES)
def test_a_story_ends_as_it_says(name: str) -> None:
    story, faults = load_story((HERE / name).read_text(encoding="utf-8"), name)
    assert story is not None, "\n".join(str(fault) for fault in faults)
    assert story.proves, "a story names the requirements that it proves"
    assert any(step for step in story.steps), "a story says what ought to stand"
    memory = Memory(story)
    found = memory.play()
    assert not found, "\n".join(each.line(name) for each in found)
    for decision in memory.decisions:
        assert not tuple(unsound(decision)), f"{name}: {decision.fact}"


def unsound(decision: Decision) -> Iterator[str]:
    """What no verdict of any story may be: nameless, failed, half said, or moved by a deadline that stays open."""
    findings = decision.verdict.findings if decision.verdict else ()
    for each in findings:
        if each.rule not in RULES:
            yield f"no rule is called {each.rule}"
        if each.message == Phrase.RULE_FAILED:
            yield f"{each.rule} failed: {each.params}"
        needed = places(CLAUSE.sub("", ENGLISH[each.message]))
        yield from (f"{each.message} lacks {place}" for place in needed if not each.params.get(place))
        yield from (
            f"{each.message} says None of {key}" for key, value in each.params.items() if value == "None"
        )
        bare = (shown for shown in each.exhibits if not shown.field and each.rule not in WHOLE_RECORDS)
        yield from (f"{each.rule} shows no field of {shown.record}" for shown in bare)
    for entry in decision.entries:
        yield from (
            f"a line of {entry.table} has no {key}" for key in vars(entry).keys() - type(entry).model_fields
        )
    if decision.fact.kind is FactKind.TICK:
        ended = [each.name for each in decision.entries if isinstance(each, DeadlineEntry) and each.done]
        if decision.fact.value not in ended:
            yield f"the deadline {decision.fact.value} stays open"
