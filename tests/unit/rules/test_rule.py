"""Rules by their names: each is one function, found in the register at the moment it is applied."""

import pytest

from connector.canonical.phrase import Phrase
from connector.canonical.verdict import Effect, Outcome
from connector.rules.case import finding
from connector.rules.rule import RULES, rule
from tests.scenarios.claims import ANNA, channel, pooled, quota
from tests.support.builders import after


def test_a_silenced_rule_finds_nothing_and_every_other_finding_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    story = channel(quota=quota(1))
    leads = [pooled(story, n) for n in (1, 2)]
    for n, lead in enumerate(leads):
        story.claim(lead, ANNA, after(minutes=n))
    before = story.tell(after(hours=1))
    assert before.outcome(leads[1]) is Outcome.REJECT
    monkeypatch.setitem(RULES, "quota", RULES["quota"].silenced())
    told = story.tell(after(hours=1))
    assert told.outcome(leads[1]) is Outcome.APPROVE
    kept = tuple(found for found in before.findings(leads[1]) if found.rule != "quota")
    assert told.findings(leads[1]) == kept


def test_two_rules_may_not_have_one_name() -> None:
    with pytest.raises(ValueError, match="two rules are called 'quota'"):
        rule("quota", "R3.7")(lambda: ())


def test_a_rule_that_fails_is_reported_under_its_name_and_keeps_what_it_found(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("connector.rules.rule.RULES", {**RULES})

    @rule("fragile", "R3.7")
    def breaks(case: object):  # type: ignore[no-untyped-def] # noqa: ANN202
        yield finding("fragile", Effect.PASS, Phrase.FIT)
        raise LookupError("no such tier")

    story = channel()
    lead = pooled(story, 1)
    story.claim(lead, ANNA, after(minutes=1))
    monkeypatch.setattr("connector.rules.claims.RULES", (breaks,))
    found = [each for each in story.tell(after(hours=1)).findings(lead) if each.rule == "fragile"]
    assert [(each.rule, str(each.message)) for each in found] == [
        ("fragile", Phrase.FIT),
        ("fragile", Phrase.RULE_FAILED),
    ]
