"""What the kills have found, each as a story of a few lines over an org in memory."""

from datetime import timedelta

from connector.canonical.docket import ClaimState
from connector.ports.store import AttemptState
from tests.kill.story import claims, holders, live, take
from tests.scenarios.filings import ANNA, CITY, MANAGER, State, channel
from tests.support.builders import after, filing
from tests.support.org import Fate, MemoryOrg
from tests.support.process import Cast, Process


def test_a_second_claim_inside_the_second_of_the_first_is_seen(
    org: MemoryOrg, people: Cast, process: Process
) -> None:
    """R3.6, law 2: both sides of the change bear one stamp; the later owner must not be taken for the earlier."""
    record = live(process, people.queue)
    take(process, record, people.users[0])
    process.turn()
    take(process, record, people.users[1])
    process.settle_down()
    assert {claim.holder for claim in claims(process, record)} == set(people.users)
    assert holders(process, record) == [org.shown("Lead", record)["OwnerId"]]


def test_a_lead_given_back_inside_the_second_of_its_claim_is_held_by_nobody(
    org: MemoryOrg, people: Cast, process: Process
) -> None:
    """R3.7, law 2: releases of a second come before its claims, but for the release that ends one of them."""
    record = live(process, people.queue)
    take(process, record, people.users[0])
    process.turn()
    take(process, record, people.users[0], people.queue)
    process.settle_down()
    assert [claim.state for claim in claims(process, record)] == [ClaimState.RELEASED]
    assert holders(process, record) == []


def test_a_lead_given_back_and_taken_again_inside_the_second_of_its_claim_is_held_again(
    org: MemoryOrg, people: Cast, process: Process
) -> None:
    """R3.7, law 2: the third act of the second is a fact too, though it reads like the first."""
    record = live(process, people.queue)
    take(process, record, people.users[0])
    process.turn()
    take(process, record, people.users[0], people.queue)
    process.turn()
    take(process, record, people.users[0])
    process.settle_down()
    assert holders(process, record) == [people.users[0]]
    assert org.shown("Lead", record)["OwnerId"] == people.users[0]


def test_an_undeleted_lead_is_held_again_by_its_owner(org: MemoryOrg, people: Cast, process: Process) -> None:
    """R3.6, law 10: the stamps on the record are those from before the delete, and so is the claim."""
    record = live(process, people.queue)
    take(process, record, people.users[0])
    process.settle_down()
    (claim,) = claims(process, record)
    org.delete("Lead", record)
    process.settle_down()
    assert holders(process, record) == []
    org.wait(600)
    org.undelete("Lead", record)
    process.settle_down()
    assert holders(process, record) == [people.users[0]]
    assert [(each.key, each.opened) for each in claims(process, record)] == [(claim.key, claim.opened)]


def test_a_lead_handed_on_in_the_second_of_its_conversion_is_held_by_nobody(
    org: MemoryOrg, people: Cast, process: Process
) -> None:
    """R3.10, law 2: the conversion settles first, and a converted lead is no holding."""
    record = live(process, people.users[0])
    take(process, record, people.users[0], people.users[1])
    org.save("Lead", record, people.users[1], IsConverted="true", Status="Qualified")
    process.settle_down()
    assert holders(process, record) == []
    assert {claim.state for claim in claims(process, record)} == {ClaimState.CONVERTED}


def test_a_lead_taken_again_after_a_lost_answer_is_not_taken_back_a_second_time(
    org: MemoryOrg, people: Cast, process: Process
) -> None:
    """Law 11: the owner is as expected once more, but by an act that came after the one we ruled on."""
    holder = people.users[0]
    record = live(process, holder)
    process.put(process.wish("Lead", record, "OwnerId", people.queue, contested=True, expected=holder))
    org.fates.append(Fate.LOST_BUT_DONE)
    process.turn()
    assert org.shown("Lead", record)["OwnerId"] == people.queue
    org.wait(5)
    take(process, record, holder)
    process.settle_down()
    decided, *later = [item for item in process.outbox() if item.field == "OwnerId"]
    assert decided.state is AttemptState.SUPERSEDED
    assert [item.cause.split("|")[1] for item in later] == ["claimed"]


def test_a_lead_given_back_and_taken_again_waits_for_its_own_verdict(
    org: MemoryOrg, people: Cast, process: Process
) -> None:
    """Law 12: what was decided on the first claim is not done to the second."""
    holder = people.users[0]
    record = live(process, holder)
    wish = process.wish("Lead", record, "OwnerId", people.queue, contested=True, expected=holder)
    org.wait(5)
    take(process, record, holder, people.queue)
    org.wait(5)
    take(process, record, holder)
    process.put(wish)
    process.turn()
    decided = next(item for item in process.outbox() if item.field == "OwnerId")
    assert decided.state is AttemptState.SUPERSEDED
    assert not [wrote for wrote in org.wrote if (wrote.record, wrote.field) == (record, "OwnerId")]


def test_a_lead_taken_again_right_after_we_had_put_it_back_is_another_claim(
    org: MemoryOrg, people: Cast, process: Process
) -> None:
    """Law 12: our own put-back seconds before does not make the holder's new act one of ours."""
    holder, other = people.users[:2]
    record = live(process, other)
    decided = process.wish("Lead", record, "OwnerId", people.queue, contested=True, expected=holder)
    process.put(process.wish("Lead", record, "OwnerId", holder, contested=True, expected=other))
    process.turn()
    assert org.shown("Lead", record)["OwnerId"] == holder
    org.wait(3)
    take(process, record, holder, people.queue)
    org.wait(3)
    take(process, record, holder)
    process.turn()
    process.put(decided)
    process.turn()
    item = next(item for item in process.outbox() if item.value == people.queue)
    assert item.state is AttemptState.SUPERSEDED
    assert org.shown("Lead", record)["OwnerId"] == holder


def test_a_lead_that_was_away_between_two_looks_is_a_new_claim_of_its_holder(
    org: MemoryOrg, people: Cast, process: Process
) -> None:
    """Law 6: given back and taken again while nobody looked, it is judged as if somebody had."""
    holder = people.users[0]
    record = live(process, people.queue)
    take(process, record, holder)
    process.settle_down()
    org.wait(60)
    take(process, record, holder, people.queue)
    org.wait(60)
    take(process, record, holder)
    process.settle_down()
    assert {claim.state for claim in claims(process, record)} == {ClaimState.RELEASED, ClaimState.REVOKED}
    assert org.shown("Lead", record)["OwnerId"] == people.queue


def test_a_lead_taken_from_the_pool_is_not_refused_for_a_holder_who_had_left_it(
    org: MemoryOrg, people: Cast, process: Process
) -> None:
    """R3.6: that it came from the pool proves that the holder we knew had given it back."""
    first, second = people.users
    record = live(process, first)
    take(process, record, first, people.queue)
    org.wait(60)
    take(process, record, second)
    process.settle_down()
    assert holders(process, record) == [second]
    assert org.shown("Lead", record)["OwnerId"] == second


def test_a_lead_deleted_while_we_write_leaves_no_dead_letter(
    org: MemoryOrg, people: Cast, process: Process
) -> None:
    """Law 14: a delete is an act of a person; there is nothing for anybody to mend."""
    record = live(process, people.queue)
    process.put(process.wish("Lead", record, "Claim_Message__c", "one"))
    org.between.append(lambda: org.delete("Lead", record))
    process.settle_down()
    assert {item.state for item in process.outbox()} == {AttemptState.SUPERSEDED}


def test_two_moves_of_an_owner_of_which_none_was_made_become_one(
    org: MemoryOrg, people: Cast, process: Process
) -> None:
    """R3.8, law 12: back to the first holder, whose time is then over too: the lead goes to the pool at once."""
    first, second = people.users
    record = live(process, first)
    org.wait(60)
    take(process, record, second)
    org.wait(timedelta(days=11).total_seconds())
    process.settle_down()
    assert holders(process, record) == []
    assert org.shown("Lead", record)["OwnerId"] == people.queue


def test_a_filing_submitted_again_after_a_refusal_is_judged_anew() -> None:
    """R1.2: the mirror saw it before the person's refusal and after the new submission, and not between."""
    draft = filing(1, ANNA, CITY)
    story = channel()
    story.file(draft, after())
    story.rule(draft, "reject", MANAGER, after(days=1))
    story.amend(draft, after(days=2), filed_at=after(days=2), status_since=after(days=2))
    assert story.tell(after(days=1, hours=1)).registration(draft).state is State.REJECTED
    entry = story.tell(after(days=3)).registration(draft)
    assert entry.state is State.APPROVED
    assert entry.filed.latest == after(days=2)
