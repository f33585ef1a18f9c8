"""The mutants are put where they belong, every one of them may be drawn, and no listed exception outlives its code."""

import pytest

from connector.rules import quota
from connector.rules.rule import RULES
from tests.mutants.equivalents import listed
from tests.mutants.figures import Figure, Tried, figure, interval, sample
from tests.mutants.source import Mutant, modules, mutants
from tests.mutants.trial import Fate, imported, put_in_place
from tests.scenarios.claims import ANNA, channel, pooled
from tests.scenarios.claims import quota as number_of_leads
from tests.support.builders import after


def test_a_mutant_is_put_in_place_inside_a_decorated_rule_and_a_story_notices(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    story = channel(quota=number_of_leads(1))
    first, second = pooled(story, 1), pooled(story, 2)
    story.claim(first, ANNA, after(minutes=1))
    story.claim(second, ANNA, after(minutes=2))
    before = story.tell(after(hours=1)).outcome(second)
    function = RULES["quota"].function
    monkeypatch.setattr(function, "__code__", function.__code__)
    monkeypatch.setattr(quota._counted, "__code__", quota._counted.__code__)
    (mutant,) = _changed("quota.py", "if mine and free <= 0:", "if mine and free < 0:")
    put_in_place(mutant, imported())
    assert story.tell(after(hours=1)).outcome(second) is not before
    assert {each.function for each in mutants("quota.py")} >= {"within_quota", "_counted", "held_by"}


def test_nothing_outside_functions_and_nothing_of_the_register_is_mutated() -> None:
    assert "rule.py" not in modules()
    assert all("RULE = " not in mutant.change()[0] for mutant in mutants("quota.py")[:20])


def test_a_sample_has_every_module_in_proportion_and_another_seed_is_another_sample() -> None:
    made = [mutants("quota.py"), mutants("pace.py")]
    drawn = sample(made, 50, seed=1)
    share = len(made[0]) / sum(map(len, made))
    assert abs(sum(1 for each in drawn if each.module == "quota.py") - 50 * share) <= 1
    assert len({(each.module, each.number) for each in drawn}) == 50
    assert drawn == sample(made, 50, seed=1)
    assert drawn != sample(made, 50, seed=2)


def test_an_equivalent_mutant_is_neither_killed_nor_survived() -> None:
    one = mutants("quota.py")[0]
    fates = (
        Tried(mutant=one, fate=Fate.KILLED),
        Tried(mutant=one, fate=Fate.SURVIVED),
        Tried(mutant=one, fate=Fate.NOT_REACHED),
        Tried(mutant=one, fate=Fate.SURVIVED, reason="the same program"),
    )
    assert figure("all", 9, fates) == Figure(name="all", made=9, killed=1, survived=2, equivalent=1)


def test_the_interval_is_wilsons() -> None:
    low, high = interval(270, 300)
    assert (round(low, 4), round(high, 4)) == (0.8608, 0.9291)


def test_every_listed_equivalent_still_is_a_mutant() -> None:
    entries = listed()
    of = {name: mutants(name) for name in {entry.module for entry in entries}}
    gone = [entry for entry in entries if not any(entry.names(mutant) for mutant in of[entry.module])]
    assert not gone
    assert all(len(entry.reason) > 20 for entry in entries)


def _changed(module: str, gone: str, come: str) -> list[Mutant]:
    return [mutant for mutant in mutants(module) if mutant.change() == (gone, come)]
