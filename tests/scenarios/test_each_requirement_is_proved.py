"""Each requirement is proved by a story, and each rule that serves it is what makes the story end as it does.

A rule is silenced and the story played again: all of its findings are gone, whatever else was found where it first
spoke is found again, and the story no longer ends as it says.
"""

from functools import cache
from pathlib import Path

import pytest

from connector.rules import fold  # noqa: F401 - registers every rule
from connector.rules.rule import RULES
from connector.scenario.differences import Difference
from connector.scenario.file import load_story
from connector.scenario.memory import Memory
from connector.scenario.story import Story
from tests.architecture.requirements import IDS, rows

HERE = Path(__file__).parent

NOT_YET: frozenset[str] = frozenset()
"""Requirements that no story proves yet, one a line: take yours out when it is proved."""

Found = tuple[str, str, str, str]
"""One finding: on which record, by which rule, to what effect, with which message."""


@cache
def stories() -> tuple[Story, ...]:
    loaded = [
        load_story(path.read_text(encoding="utf-8"), str(path)) for path in sorted(HERE.rglob("*.yaml"))
    ]
    return tuple(story for story, _ in loaded if story is not None)


def proving(ident: str) -> list[Story]:
    return [story for story in stories() if ident in story.proves]


def played(story: Story) -> tuple[list[frozenset[Found]], tuple[Difference, ...]]:
    """What was found, verdict after verdict, and where the story ended otherwise than it says."""
    memory = Memory(story)
    differences = memory.play()
    verdicts = [decision.verdict for decision in memory.decisions if decision.verdict]
    found = [
        frozenset((str(v.record), each.rule, str(each.effect), str(each.message)) for each in v.findings)
        for v in verdicts
    ]
    return found, differences


def shortcomings(ident: str, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What is missing for this requirement to be proved."""
    told = proving(ident)
    if not told:
        return [f"no story proves {ident}"]
    missing = (
        [f"{ident} has no row in docs/requirements.md"] if ident not in {row.ident for row in rows()} else []
    )
    return missing + [
        f"no story that proves {ident} rests on the rule {rule.name}"
        for rule in RULES.values()
        if ident in rule.serves and not any(_rests_on(story, rule.name, monkeypatch) for story in told)
    ]


_OF_OUTCOMES = ("lead_quality",)
"""Rules that speak of how a filing ended: where a rule ends it, and is silenced, there is nothing to speak of."""


def _rests_on(story: Story, name: str, monkeypatch: pytest.MonkeyPatch) -> bool:
    """Whether the rule finds something in the story, and the story needs it."""
    before, _ = played(story)
    if not any(rule == name for found in before for _, rule, _, _ in found):
        return False
    with monkeypatch.context() as patch:
        patch.setitem(RULES, name, RULES[name].silenced())
        after, differences = played(story)
    assert not any(rule == name for found in after for _, rule, _, _ in found), (
        f"{name} speaks though silenced"
    )
    first = next(n for n, found in enumerate(before) if any(rule == name for _, rule, _, _ in found))
    assert after[:first] == before[:first], f"{name} changes what was found before it spoke"
    others = {each for each in before[first] if each[1] not in {name, *_OF_OUTCOMES}}
    if first < len(after) and others:
        assert others <= after[first], f"without {name} other findings are gone too"
    return bool(differences)


def test_every_finding_of_every_story_is_by_a_rule_that_is_registered() -> None:
    for story in stories():
        found, _ = played(story)
        strangers = {rule for each in found for _, rule, _, _ in each} - RULES.keys()
        assert not strangers, f"{story.file}: {strangers}"


def test_every_rule_serves_a_requirement() -> None:
    assert all(set(rule.serves) <= set(IDS) and rule.serves for rule in RULES.values())


@pytest.mark.parametrize("ident", IDS)
def test_a_requirement_is_proved_by_its_stories(ident: str, monkeypatch: pytest.MonkeyPatch) -> None:
    missing = shortcomings(ident, monkeypatch)
    if ident in NOT_YET:
        pytest.skip("; ".join(missing) or f"{ident} is proved: take it out of NOT_YET")
    assert not missing


def test_what_is_proved_is_no_longer_said_to_be_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    proved = [ident for ident in sorted(NOT_YET) if not shortcomings(ident, monkeypatch)]
    assert not proved, "take these out of NOT_YET"
