"""R4.14: whatever stands in a partner's way has an answer to "what would change it", in every language."""

import ast
from collections.abc import Iterator
from functools import cache
from itertools import product
from pathlib import Path

import pytest

from connector import rules
from connector.canonical.kind import Kind
from connector.canonical.phrase import Phrase
from connector.canonical.verdict import Effect, Finding
from connector.messages import LANGUAGES, Remedy, remedies
from connector.messages.remedy import OPEN, REMEDIES
from connector.messages.template import MISSING
from connector.policy.deciding import keys_of
from connector.scenario.memory import Memory
from tests.scenarios.test_each_requirement_is_proved import stories
from tests.unit.messages.shipped import speaker

ROOM = Path(rules.__file__).parent
EFFECTS = ("Effect.REFUSE", "Effect.ASK", "Effect.LACK")


def named() -> set[Phrase]:
    """Phrases that a rule gives to a finding which its own text says refuses, asks or lacks."""
    return {phrase for path in ROOM.rglob("*.py") for phrase in _of(ast.parse(path.read_text("utf-8")))}


def _of(tree: ast.Module) -> Iterator[Phrase]:
    for call in (node for node in ast.walk(tree) if isinstance(node, ast.Call)):
        given = [ast.unparse(each) for each in (*call.args, *(word.value for word in call.keywords))]
        plain = [text for text in given if "(" not in text]
        if any(effect in text for text in plain for effect in EFFECTS):
            for text in plain:
                yield from (phrase for phrase in Phrase if f"Phrase.{phrase.name}" in text.split())


@cache
def found() -> tuple[Finding, ...]:
    """Every finding of every story that stands in somebody's way."""
    played = []
    for story in stories():
        memory = Memory(story)
        memory.play()
        played += [decision.verdict for decision in memory.decisions if decision.verdict]
    return tuple(each for verdict in played for each in verdict.findings if each.effect in OPEN)


def test_every_phrase_that_a_rule_refuses_asks_or_lacks_with_has_a_remedy() -> None:
    wanted = named()
    assert len(wanted) > 60
    assert sorted(wanted - REMEDIES.keys()) == []


def test_every_finding_of_every_story_that_stands_in_the_way_has_a_remedy() -> None:
    said = {Phrase(each.message) for each in found()}
    assert len(said) > 100
    assert sorted(said - REMEDIES.keys()) == []


BY_NO_SETTING = {
    Phrase.APPEAL_WAITS, Phrase.CLAIM_ALREADY_HELD, Phrase.DEAL_COUNTED_ONCE, Phrase.DIRECT_OPENED,
    Phrase.EXTENSION_BARRED, Phrase.EXTENSION_REFUSED, Phrase.LEAD_DROPPED, Phrase.NO_FIRM,
    Phrase.ORDER_EXCEPTION_IN_FORCE, Phrase.ORDER_EXCEPTION_LOST, Phrase.ORDER_EXCEPTION_OTHER,
    Phrase.ORDER_EXCEPTION_UNQUALIFIED, Phrase.ORDER_PAYMENT_MOVED, Phrase.PERSON_REJECTED, Phrase.STAGE_UNKNOWN,
}  # fmt: skip
"""What a person said, or a record says: no policy could make it otherwise."""


def test_every_finding_that_stands_in_the_way_names_its_setting_unless_no_setting_made_it() -> None:
    """R4.14: the key of the policy whose change would have changed the ruling."""
    without = {Phrase(each.message) for each in found() if not keys_of(each, Kind.REGISTRATION)}
    assert without == BY_NO_SETTING


def test_every_remedy_answers_something() -> None:
    assert set(Remedy) == set(REMEDIES.values())


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_remedy_is_said_whole_from_what_the_finding_knows(language: str) -> None:
    """A place that the finding does not fill would read as a dash."""
    voice = speaker()
    for each in found():
        for key in remedies(each):
            told = voice.sentence(key, each.params, language)
            assert MISSING not in told.replace(f" {MISSING} ", ""), (each.message, told)


def test_what_passes_or_only_notes_needs_no_remedy() -> None:
    for effect, phrase in product((Effect.PASS, Effect.NOTE), REMEDIES):
        assert remedies(Finding(rule="quota", effect=effect, message=phrase)) == ()


def test_a_person_is_named_wherever_one_is_asked() -> None:
    asked = Finding(rule="eligibility", effect=Effect.ASK, message=Phrase.TIER_NOT_PREFERRED)
    assert remedies(asked) == (Remedy.TIER, Remedy.PERSON)
    refused = Finding(rule="quota", effect=Effect.REFUSE, message=Phrase.CLAIM_OVER_QUOTA)
    assert remedies(refused) == (Remedy.FREE_CLAIM,)
