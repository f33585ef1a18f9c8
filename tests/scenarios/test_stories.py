"""Every story under tests/scenarios, played in memory: it ends as it says, and decides what its ledger says."""

import re
from collections.abc import Iterator

import pytest

from connector import places as folders
from connector.canonical.docket import DeadlineEntry
from connector.canonical.fact import FactKind
from connector.canonical.own import PREFIX
from connector.canonical.phrase import Phrase
from connector.messages import parse
from connector.messages.template import places
from connector.rules.decision import Decision
from connector.rules.rule import RULES
from connector.scenario.story import Check
from tests.scenarios.ledger import Played, said
from tests.scenarios.ledgers import NAMES, difference, story, strays

CLAUSE = re.compile(r"\[[^\[\]]*\]")
ENGLISH = parse((folders.catalogues() / "en.po").read_text("utf-8"), "en")
WHOLE_RECORDS = frozenset({"carried_credit", "revenue"})
"""Rules whose evidence is a record itself, and no field of it."""


@pytest.mark.parametrize("name", NAMES)
def test_a_story_ends_as_it_says_and_decides_what_its_ledger_says(name: str) -> None:
    told = story(name)
    assert told.proves, "a story names the requirements that it proves"
    assert any(isinstance(step, Check) for step in told.steps), "a story says what ought to stand"
    played = Played(told)
    assert not played.differences, "\n".join(each.line(name) for each in played.differences)
    for decision in played.memory.decisions:
        assert not tuple(unsound(decision)), f"{name}: {decision.fact}"
    otherwise = difference(name, played.ledger())
    assert not otherwise, (
        f"{otherwise}\n\nIs this meant? `python -m tests.scenarios.ledgers --write` records it."
    )


def test_no_ledger_outlives_its_story() -> None:
    assert not strays()


def named(field: str) -> bool:
    """Whether a reader is told what the field is; a programme's own has the name that its mapping gives."""
    item = f"item.{field.replace('identity.', 'customer.')}"
    return field.startswith(PREFIX) or not {f"relation.{field}", f"field.{field}", item}.isdisjoint(ENGLISH)


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
        fields = (shown.field for shown in each.exhibits if shown.field)
        yield from (
            f"no catalogue names {field}, which {each.rule} shows" for field in fields if not named(field)
        )
    for entry in decision.entries:
        yield from (
            f"a line of {entry.table} has no {key}" for key in said(entry).keys() - type(entry).model_fields
        )
    if decision.fact.kind is FactKind.TICK:
        ended = [each.name for each in decision.entries if isinstance(each, DeadlineEntry) and each.done]
        if decision.fact.value not in ended:
            yield f"the deadline {decision.fact.value} stays open"
