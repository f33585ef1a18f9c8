"""A story in memory is played as the org with our package would play it."""

import textwrap

from connector.canonical.fact import FactKind
from connector.canonical.records import Lead, Registration
from connector.scenario.file import load_story
from connector.scenario.memory import OURS, WRITTEN_AFTER, Memory


def played(text: str) -> Memory:
    story, faults = load_story(textwrap.dedent(text), "story.yaml")
    assert story is not None, "\n".join(map(str, faults))
    memory = Memory(story)
    memory.differences = memory.play()  # type: ignore[attr-defined]
    return memory


LEADS = """
scenario: A lead
profile: partner_leads
starts: 2026-03-02 09:00
policy: {quota: [{is: 1}]}
given:
  partner: {Nord: {}}
  person: {Anna: {firm: Nord}, Dirk: {}}
  pool: {Partner_Pool: {}, Fair: {}}
  lead: {One: {owner: Fair}, Two: {owner: Fair}}
when:
  - {at: +1 hour, who: Anna, does: claim, what: One}
  - {at: +2 hours, who: Anna, does: claim, what: Two}
"""


def test_our_own_write_stands_on_the_record_a_few_seconds_later_and_is_stamped() -> None:
    memory = played(LEADS)
    two = memory.records.newest(*_of(memory, "Two"))
    assert isinstance(two, Lead)
    assert two.owner == memory.story.names["Fair"]
    assert two.owner_before == memory.story.names["Anna"]
    claimed = max(step.at for step in memory.story.steps)
    assert two.owner_since == two.changed_at == claimed + WRITTEN_AFTER
    assert two.changed_by == OURS
    assert two.claim_message.startswith("This lead goes back to where it came from.")


def test_a_contested_word_is_written_only_while_the_expected_value_stands() -> None:
    taken = "  - {at: +2 hours 3 seconds, who: Dirk, does: assign, what: Two, to: Dirk}\n"
    memory = played(LEADS + taken)
    two = memory.records.newest(*_of(memory, "Two"))
    assert isinstance(two, Lead)
    assert two.owner == memory.story.names["Dirk"]
    assert two.claim_verdict == "returned"


def test_what_follows_from_our_own_write_is_judged_in_turn() -> None:
    memory = played(
        """
        scenario: A filing
        profile: deal_registration
        starts: 2026-03-02 09:00
        given:
          partner: {Nord: {}}
          person: {Anna: {firm: Nord}}
          registration: {First: {}}
        when:
          - {at: +1 hour, who: Anna, does: file, what: First}
        """
    )
    first = memory.records.newest(*_of(memory, "First"))
    assert isinstance(first, Registration)
    filed = memory.story.steps[0].at
    assert first.filed_at == filed
    assert FactKind.NOTIFIED in {decision.fact.kind for decision in memory.decisions}
    assert first.protected_from == filed + WRITTEN_AFTER


def test_a_record_held_before_the_story_is_adopted_quietly() -> None:
    memory = played(
        LEADS.replace("One: {owner: Fair}", "One: {owner: Anna}").replace(
            "  - {at: +1 hour, who: Anna, does: claim, what: One}\n", ""
        )
    )
    assert [decision.fact.record for decision in memory.decisions if decision.verdict] == [
        memory.story.names["Two"]
    ]
    two = memory.records.newest(*_of(memory, "Two"))
    assert isinstance(two, Lead)
    assert two.claim_verdict == "returned"


def test_a_status_that_counts_as_work_is_work() -> None:
    memory = played(LEADS + "  - {at: +1 day, who: Anna, does: save, what: One, with: {status: Working}}\n")
    one = memory.records.newest(*_of(memory, "One"))
    assert isinstance(one, Lead)
    assert one.worked
    assert one.claim_verdict == "worked"


def test_a_difference_says_the_place_the_record_and_both_values() -> None:
    memory = played(LEADS + "then: {Two: {owner: Anna, claim_verdict: held}}\n")
    lines = [each.line("story.yaml") for each in memory.differences]  # type: ignore[attr-defined]
    assert lines == [
        "story.yaml:14:14: Two.owner: expected Anna, found Fair",
        "story.yaml:14:27: Two.claim_verdict: expected held, found returned",
    ]


def test_a_text_that_is_empty_is_nothing() -> None:
    memory = played(LEADS + "then: {Two: {source: Web}}\n")
    lines = [each.line("story.yaml") for each in memory.differences]  # type: ignore[attr-defined]
    assert lines == ["story.yaml:14:14: Two.source: expected Web, found nothing"]


def _of(memory: Memory, name: str):  # type: ignore[no-untyped-def] # noqa: ANN202
    ident = memory.story.names[name]
    return memory.story.kinds[ident], ident


def test_a_table_for_a_part_says_what_its_dotted_words_say_and_leaves_the_others_whole() -> None:
    whole, dotted = "identity: {city: Ulm}", "identity.city: Ulm"
    both = [played(LEADS.replace("One: {", f"One: {{{said}, ")) for said in (whole, dotted)]
    one, other = (memory.records.newest(*_of(memory, "One")) for memory in both)
    assert isinstance(one, Lead)
    assert (one.identity.city, one.identity.country) == ("Ulm", "Germany")
    assert one == other
