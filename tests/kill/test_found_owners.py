"""What the kills have found of owners who change within seconds: the lead's owner has its open claim, and only he."""

import pytest

from connector.ports.store import AttemptState
from tests.kill.story import agreed, colleagues, live, take
from tests.support.org import Fate, MemoryOrg
from tests.support.process import Cast, Process, lead

A_QUARTER = 1000
BOTH_WAYS = pytest.mark.parametrize("turned", [False, True], ids=["by id", "against id"])
"""Facts of one second are ordered by their text where nothing else orders them: each story is told both ways round."""


@BOTH_WAYS
def test_the_last_of_four_owners_of_a_second_is_the_one_who_is_refused(
    org: MemoryOrg, people: Cast, process: Process, *, turned: bool
) -> None:
    """Law 2: of four owners two were seen, so that old and new value leave a gap; the mirror knew who came first."""
    holder = people.users[0]
    unseen, also_unseen, *seen = colleagues(org, people.firms[1], 4)
    early, late = reversed(seen) if turned else seen
    record = live(process, holder)
    take(process, record, holder, people.queue)
    org.wait(5)
    take(process, record, unseen)
    take(process, record, early)
    process.turn()
    take(process, record, also_unseen)
    take(process, record, late)
    agreed(process, record, holder)


@BOTH_WAYS
@pytest.mark.parametrize("seen", [False, True], ids=["unseen", "seen"])
def test_a_lead_claimed_given_back_and_claimed_by_another_in_one_second_is_the_others(
    org: MemoryOrg, people: Cast, process: Process, *, seen: bool, turned: bool
) -> None:
    """R3.6, law 2: the release ends the first claim, and not the second that came after it."""
    first, second = reversed(people.users) if turned else people.users
    record = live(process, people.queue)
    take(process, record, first)
    process.turn()
    take(process, record, first, people.queue)
    if seen:
        process.turn()
    take(process, record, second)
    agreed(process, record, second)


@BOTH_WAYS
def test_a_lead_handed_on_and_back_within_a_second_is_held_by_the_first(
    org: MemoryOrg, people: Cast, process: Process, *, turned: bool
) -> None:
    """R3.6: three acts of one second, of which the third reads like the first."""
    pair = (people.users[0], *colleagues(org, people.firms[0], 1))
    first, second = reversed(pair) if turned else pair
    record = live(process, people.queue)
    take(process, record, first)
    process.turn()
    take(process, record, first, second)
    process.turn()
    take(process, record, second, first)
    agreed(process, record, first)


def test_a_lead_taken_from_its_holder_in_the_second_of_the_snapshot_goes_back(
    org: MemoryOrg, people: Cast, process: Process
) -> None:
    """R3.6: who held it at go-live came before whoever took it afterwards, though the second is the same."""
    holder, other = people.users
    record = lead(org, 1, people.queue)
    org.wait(60)
    take(process, record, holder)
    process.begin()
    take(process, record, other)
    agreed(process, record, holder)


@pytest.mark.parametrize("seconds", [0, 1, 3, 7])
def test_a_lead_taken_again_seconds_after_our_put_back_is_put_back_again(
    org: MemoryOrg, people: Cast, process: Process, seconds: int
) -> None:
    """R3.7, law 11: the second wish has the first one's value, but answers an act that came after our write."""
    holder = people.users[0]
    record = live(process, people.queue)
    take(process, record, holder)
    process.settle_down()
    take(process, record, holder, people.queue)
    process.settle_down()
    take(process, record, holder)  # refused: too soon
    while not any(wrote.field == "OwnerId" for wrote in org.wrote):
        org.wait(30)
        process.turn(watermark=True)
    org.wait(seconds)
    take(process, record, holder)
    process.turn(watermark=True)
    agreed(process, record, people.queue)
    assert [wrote.value for wrote in org.wrote if wrote.field == "OwnerId"] == [people.queue, people.queue]


def test_a_refusal_does_not_go_on_from_a_put_back_that_the_holder_made_himself(
    org: MemoryOrg, people: Cast, process: Process
) -> None:
    """Law 12: two moves become one only while the lead is still where the first of them would have fetched it."""
    holder, other = people.users
    record = live(process, holder)
    take(process, record, other)  # refused, and not put back yet
    process.turn()
    org.wait(60)
    take(process, record, other, holder)
    org.wait(60)
    take(process, record, holder, people.queue)
    org.wait(2)
    take(process, record, holder)  # refused: too soon
    org.wait(A_QUARTER)
    agreed(process, record, people.queue)


def test_a_lead_brought_back_from_the_bin_before_we_looked_is_put_back_all_the_same(
    org: MemoryOrg, people: Cast, process: Process
) -> None:
    """Law 14: that the record was gone when we wrote is no end, for nothing will tell that it is there again."""
    holder, other = people.users
    record = live(process, holder)
    take(process, record, other)
    while org.shown("Lead", record)["IsDeleted"] != "true":
        org.wait(30)
        org.between[:] = [lambda: org.delete("Lead", record)]
        process.turn(watermark=True)
    org.undelete("Lead", record)
    agreed(process, record, holder)


def test_a_lead_that_was_in_the_bin_when_we_asked_what_became_of_our_write_is_put_back_too(
    org: MemoryOrg, people: Cast, process: Process
) -> None:
    """Law 11: an unanswered write to a record that is not there now is not over while the mirror has it."""
    holder, other = people.users
    record = live(process, holder)
    take(process, record, other)
    while not any(item.state is AttemptState.UNKNOWN for item in process.outbox()):
        org.fates[:] = [Fate.LOST]
        org.wait(30)
        process.turn(watermark=True)

    def gone(what: str) -> None:
        if what == "retrieve Lead" and org.shown("Lead", record)["IsDeleted"] != "true":
            org.delete("Lead", record)

    org.on_call = gone
    process.turn()
    assert org.shown("Lead", record)["IsDeleted"] == "true"
    org.on_call = process.fuse.burn
    org.undelete("Lead", record)
    agreed(process, record, holder)


@pytest.mark.parametrize("edited", [False, True], ids=["left alone", "edited in its second"])
@pytest.mark.parametrize("later", [0, A_QUARTER], ids=["at once", "a quarter later"])
@pytest.mark.parametrize("answered", [False, True], ids=["unanswered", "answered"])
def test_our_own_put_back_is_no_act_of_the_holders(
    org: MemoryOrg, people: Cast, process: Process, *, answered: bool, later: int, edited: bool
) -> None:
    """Law 12: neither a late note of our write makes it one, nor a save of another field in its second."""
    holder = people.users[0]
    record = live(process, people.queue)
    process.put(process.wish("Lead", record, "OwnerId", holder, contested=True, expected=people.queue))
    decided = process.wish("Lead", record, "OwnerId", people.queue, contested=True, expected=holder)
    org.wait(3)
    org.fates += [] if answered else [Fate.LOST_BUT_DONE]
    process.turn()
    if edited:
        org.save("Lead", record, holder, Phone="+49 821 5550199")
    org.wait(1 + later)
    process.turn()
    process.put(decided)
    process.turn()
    assert org.shown("Lead", record)["OwnerId"] == people.queue


def test_an_act_of_the_holder_right_after_our_put_back_is_his(
    org: MemoryOrg, people: Cast, process: Process
) -> None:
    """Law 12: it goes from and to the same owners as our own write did, three seconds before."""
    holder = people.users[0]
    record = live(process, people.queue)
    process.put(process.wish("Lead", record, "OwnerId", holder, contested=True, expected=people.queue))
    decided = process.wish("Lead", record, "OwnerId", people.queue, contested=True, expected=holder)
    org.wait(3)
    process.turn()
    org.wait(3)
    take(process, record, holder, people.queue)
    take(process, record, holder)
    org.wait(1)
    process.turn()
    process.put(decided)
    process.turn()
    item = next(item for item in process.outbox() if item.value == people.queue)
    assert item.state is AttemptState.SUPERSEDED
