"""A scenario file: what may stand in it, and what is said where something else does."""

import json
from pathlib import Path

import pytest

from connector.canonical.fault import Fault
from connector.canonical.kind import Kind
from connector.scenario.file import load_story
from connector.scenario.given import TOWNS, Whole
from connector.scenario.memory import Memory
from connector.scenario.schema import scenario_schema
from connector.scenario.story import Act
from tests.architecture.code import ROOT

HEAD = """\
scenario: A story
proves: [R3.6]
profile: partner_leads
starts: 2026-03-02 09:00
"""
CAST = """\
given:
  partner: {Nord: {}}
  person: {Anna: {firm: Nord}}
  pool: {Partner_Pool: {}}
  lead: {Fair1: {}}
"""


def faults(text: str) -> tuple[Fault, ...]:
    story, found = load_story(text, "story.yaml")
    assert (story is None) == bool(found)
    return found


@pytest.mark.parametrize(
    ("body", "line", "column", "nearest"),
    [
        (CAST + "untill: +1 day", 10, 1, "until"),
        (CAST.replace("partner:", "partnr:"), 6, 3, "partner"),
        (CAST.replace("Nord: {}", "Nord: {teir: Gold}"), 6, 20, "tier"),
        (CAST.replace("firm: Nord", "firm: Nrod"), 7, 25, "Nord"),
        (CAST + "when: [{who: Anna, does: clame, what: Fair1}]", 10, 26, "claim"),
        (CAST + "when: [{who: Anna, does: claim, what: Fair2}]", 10, 39, "Fair1"),
        (CAST + "when: [{who: Anna, does: claim, what: Fair1, wth: {}}]", 10, 46, "with"),
        (CAST + "then: {Fair1: {ownr: Anna}}", 10, 16, "owner"),
        (CAST + "then: {Fair1: {outcome: aprove}}", 10, 25, "approve"),
        (CAST + "then: {Fair1: {because: [claim.over_qouta]}}", 10, 26, "claim.over_quota"),
        (CAST + "then: {docket: [{table: clam}]}", 10, 25, "claim"),
        (CAST + "policy: {worked_lead: {withn: 2 days}}", 10, 24, "within"),
    ],
)
def test_a_misspelt_word_is_said_at_its_place_with_the_nearest_real_one(
    body: str, line: int, column: int, nearest: str
) -> None:
    (fault,) = [each for each in faults(HEAD + body) if each.nearest == nearest]
    assert (fault.file, fault.line, fault.column) == ("story.yaml", line, column)
    assert fault.expected


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("2026-03-02 09:00", "2 March", "a time such as 2026-03-02 09:00"),
        ("Nord: {}", "Nord: {certified_until: tomorrow}", "a day such as"),
        ("R3.6", "R9.6", "requirement ids"),
        ("Fair1: {}", "Fair1: {worked: maybe}", "true or false"),
        ("profile: partner_leads", "profile: partner_lead", "shipped are"),
        ("Fair1: {}", "Nord: {}", ""),
        (
            "Anna: {firm: Nord}",
            "Anna: {firm: Nord, may: registration.outcome}",
            "registration.extension_review",
        ),
    ],
)
def test_a_value_that_does_not_fit_is_said_with_what_would(old: str, new: str, expected: str) -> None:
    found = faults((HEAD + CAST).replace(old, new, 1))
    assert [fault for fault in found if fault.line and expected in fault.expected]


def test_every_fault_of_a_file_is_said_in_one_run() -> None:
    text = HEAD + CAST + "untill: +1 day\nwhen: [{does: fly}]\nthen: {Fair9: {}}\n"
    assert len(faults(text)) == 3


@pytest.mark.parametrize(
    ("given", "act", "said"),
    [
        ("origin: referal", "", ("given.registration.First.origin", "one of campaign, cold, referral")),
        ("buying_stage: 3", "", ("given.registration.First.buying_stage", "one of 2, 4, 5, 7, 8")),
        ("track: null", "with: {track: tender}", ("when[1].with.track", "one of new, renewal")),
    ],
)
def test_a_word_that_no_picklist_of_the_org_has_is_a_fault_of_the_story(
    given: str, act: str, said: tuple[str, str]
) -> None:
    """In memory it would stand there; an org would be given nothing, and the story end otherwise."""
    cast = "given:\n  partner: {Nord: {}}\n  person: {Anna: {firm: Nord}}\n"
    body = f"  registration: {{First: {{filed_by: Anna, {given}}}}}\n"
    when = f"when: [{{at: +1 day, who: Anna, does: file, what: First{', ' if act else ''}{act}}}]\n"
    head = HEAD.replace("partner_leads", "deal_registration")
    (fault,) = faults(head + cast + body + when)
    assert fault.where == said[0]
    assert fault.expected.endswith(said[1])


def test_an_act_before_the_one_above_it_is_a_fault() -> None:
    acts = (
        "{at: +2 hours, who: Anna, does: claim, what: Fair1}",
        "{at: +1 hour, who: Anna, does: work, what: Fair1}",
    )
    when = f"when: [{', '.join(acts)}]"
    (fault,) = faults(HEAD + CAST + when)
    assert "not before" in fault.expected


def test_a_blank_word_stays_blank_and_the_rest_of_the_record_is_whole() -> None:
    text = (HEAD + CAST).replace("partner_leads", "deal_registration")
    story, found = load_story(text + "  registration: {First: {first_contact: null}}\n", "story.yaml")
    assert story is not None, found
    item = next(item for item in story.given if item.kind is Kind.REGISTRATION)
    whole = Whole({each.name: each for each in story.given}, story.clock).values(item)
    assert whole["first_contact"] is None
    assert whole["customer.city"] == TOWNS[0]
    assert whole["filed_by"] == story.names["Anna"]
    assert whole["partner"] == story.names["Nord"]


def test_acts_without_a_time_happen_in_the_second_of_the_act_above() -> None:
    when = "when: [{at: +1 hour, who: Anna, does: claim, what: Fair1}, {who: Anna, does: work, what: Fair1}]"
    story, _ = load_story(HEAD + CAST + when, "story.yaml")
    assert story is not None
    one, other = [step for step in story.steps if isinstance(step, Act)]
    assert one.at == other.at > story.clock.starts


def test_further_versions_of_a_policy_hold_from_their_day() -> None:
    changes = "policies: [{version: 2, in_force: 2026-04-01, quota_per_person: 3}]\n"
    story, found = load_story(HEAD + changes + CAST, "story.yaml")
    assert story is not None, found
    assert [policy.version for policy in story.policies.versions] == [1, 2]
    assert story.policies.versions[1].claims is not None
    assert story.policies.versions[1].claims.quota_per_person.options[0].value == 3


def test_the_schema_for_editors_is_committed() -> None:
    committed = json.loads((ROOT / "mappings" / "scenario.schema.json").read_text(encoding="utf-8"))
    assert committed == scenario_schema(), "run: .venv/bin/python -m tests.architecture.pages"


def test_the_example_of_the_page_ends_as_it_says() -> None:
    page = Path(ROOT / "docs" / "scenarios.md").read_text(encoding="utf-8")
    story, found = load_story(page.partition("```yaml\n")[2].partition("```")[0], "docs/scenarios.md")
    assert story is not None, found
    assert Memory(story).play() == ()


def test_a_shape_on_which_a_story_cannot_hold_is_a_profile_that_there_is() -> None:
    (fault,) = faults(HEAD + CAST + "not_on: {registration_on_led: one row is one registration}")
    assert (fault.line, fault.column) == (10, 10)
    assert "registration_on_lead" in fault.expected
