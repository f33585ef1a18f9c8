"""A story may say that it cannot end so on a shape; it is played there all the same, and has to differ."""

from connector.scenario.exempt import exempted, held
from connector.scenario.file import load_story
from connector.scenario.memory import Memory
from connector.scenario.story import Story

TEXT = """\
scenario: A story
proves: [R1.14]
profile: deal_registration
not_on: {registration_on_lead: a lead is no deal}
starts: 2026-03-02 09:00
given:
  partner: {Nord: {}}
  person: {Anna: {firm: Nord}}
  registration: {First: {filed_by: Anna}}
when: [{who: Anna, does: file, what: First}]
then: {First: {status: approved}}
"""


def read(text: str, shape: str = "") -> Story:
    story, faults = load_story(text, "story.yaml", shape)
    assert story is not None, faults
    return story


def test_a_story_has_to_end_as_it_says_on_every_other_shape() -> None:
    story = read(TEXT.replace("approved", "rejected"))
    assert exempted(story) is None
    assert [each.word for each in held(story, Memory(story).play())] == ["status"]


def test_a_story_that_differs_where_it_says_so_is_as_expected() -> None:
    story = read(TEXT.replace("approved", "rejected"), "registration_on_lead")
    exempt = exempted(story)
    assert exempt is not None
    assert exempt.reason == "a lead is no deal"
    assert held(story, Memory(story).play()) == ()


def test_a_reason_that_no_longer_holds_is_a_difference_at_its_place() -> None:
    story = read(TEXT, "registration_on_lead")
    (found,) = held(story, Memory(story).play())
    assert (found.word, found.place.line) == ("not_on", 4)
    assert "a lead is no deal" in found.wanted


def test_two_registrations_of_one_deal_have_no_rows_where_the_deal_is_the_registration() -> None:
    both = TEXT.replace(
        "First: {filed_by: Anna}", "First: {filed_by: Anna, opportunity: Deal}, Second: {opportunity: Deal}"
    )
    both = both.replace(
        "  registration:", "  customer: {City: {}}\n  opportunity: {Deal: {}}\n  registration:"
    )
    (found,) = Memory(read(both, "registration_on_opportunity")).play()
    assert (found.subject, found.word, found.found) == ("Second", "opportunity", "Deal")
    assert not Memory(read(both)).play()
