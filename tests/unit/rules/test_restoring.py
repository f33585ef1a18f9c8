"""R1.2, R1.3, R1.4: what a registration fetched out of the recycle bin is, beside whatever came meanwhile."""

from datetime import datetime, timedelta

import pytest

from connector.canonical.docket import ConflictEntry, ConflictState, DeadlineEntry, RegistrationState
from connector.canonical.records import FilingStatus, Registration
from connector.canonical.verdict import Outcome
from connector.policy.windows import Appeal
from tests.support.builders import START, after, filing, firm, seller, who
from tests.support.channel import Channel, Told, filings_policy

State = RegistrationState
NORD, SUED = firm(1), firm(2)
ANNA, BEN, CARLA, MIA = seller(1, NORD), seller(2, NORD), seller(3, SUED), seller(8)
CITY = who("Stadtwerke Auenried GmbH", city="Augsburg")
FIRST, OWN, THEIRS = filing(1, ANNA, CITY), filing(2, BEN, CITY), filing(3, CARLA, CITY)
GONE, BACK = after(days=1), after(days=3)


def channel(**changes: object) -> Channel:
    story = Channel(filings_policy(**changes))
    story.add(NORD, SUED, ANNA, BEN, CARLA, MIA)
    return story


def away(story: Channel) -> Channel:
    story.file(FIRST, START)
    story.delete(FIRST, GONE)
    return story


def restored(story: Channel, *others: Registration) -> Told:
    for each in (FIRST, *others):
        story.undelete(each, BACK, MIA)
    return story.tell(after(days=4))


def test_the_firms_own_second_filing_that_was_approved_meanwhile_is_no_conflict_but_a_question() -> None:
    story = away(channel())
    story.file(OWN, after(days=2))
    told = restored(story)
    assert told.registration(OWN).state is State.APPROVED
    assert told.registration(FIRST).state is State.IN_REVIEW
    assert told.reasons(FIRST) == {"conflict.came_meanwhile"}
    assert not told.conflicts(FIRST)


def test_the_firms_own_second_filing_that_nobody_approved_stands_in_nobodys_way() -> None:
    story = away(channel())
    story.file(OWN, after(days=2), next_steps="")
    told = restored(story)
    assert told.registration(OWN).state is State.INCOMPLETE
    assert (told.registration(FIRST).state, told.says(FIRST)) == (State.APPROVED, ("filing.back",))


def test_the_firms_own_filing_of_another_deal_meanwhile_stands_beside_it() -> None:
    story = away(channel())
    story.file(OWN, after(days=2), products=("Core Router",))
    told = restored(story)
    assert told.registration(OWN).state is State.APPROVED
    assert told.registration(FIRST).state is State.APPROVED


def test_another_firms_approval_meanwhile_is_a_conflict_and_stays() -> None:
    story = away(channel())
    story.file(THEIRS, after(days=2))
    told = restored(story)
    entry = told.registration(FIRST)
    assert (entry.state, entry.protected_from, entry.protected_until) == (State.IN_REVIEW, None, None)
    assert entry.complete is not None
    assert entry.complete.latest == START
    assert told.registration(THEIRS).state is State.APPROVED
    (conflict,) = told.conflicts(FIRST, THEIRS)
    assert conflict.opened_at == BACK


def test_two_that_come_back_in_one_second_did_not_come_meanwhile() -> None:
    story = channel()
    other = filing(4, CARLA)
    for each in (FIRST, other):
        story.file(each, START)
        story.delete(each, GONE)
    told = restored(story, other)
    assert {told.registration(each).state for each in (FIRST, other)} == {State.APPROVED}


def test_an_appeal_that_waited_waits_on_for_a_person_with_a_clock_that_begins_anew() -> None:
    story = channel(appeal=Appeal(times=1, within=timedelta(days=5)))
    story.file(FIRST, START, customer=FIRST.customer.model_copy(update={"country": "Japan"}))
    story.rule(FIRST, "reject", MIA, after(hours=1))
    story.show(FIRST, FilingStatus.REJECTED, after(hours=1, minutes=1))
    story.amend(FIRST, after(hours=2), appeal="It is ours", appealed_at=after(hours=2), appealed_by=ANNA.id)
    story.delete(FIRST, GONE)
    told = restored(story)
    entry = told.registration(FIRST)
    assert (entry.state, entry.appealed, entry.appeals) == (State.IN_REVIEW, True, 1)
    assert entry.waiting_since == BACK
    assert told.of(FIRST)[-1].verdict is None
    clocks = [each.due for each in told.docket.find(DeadlineEntry, f"record:{FIRST.id}")]
    assert clocks
    assert min(clocks) > BACK


def contested(story: Channel) -> Channel:
    """Two firms file in one second, so that a person has to rule; then the first is deleted."""
    story.file(FIRST, START)
    story.file(THEIRS, START)
    story.delete(FIRST, GONE)
    return story


def between(told: Told) -> ConflictEntry:
    found = told.docket.find(ConflictEntry, f"record:{FIRST.id}", open_only=False)
    (only,) = [each for each in found if each.kind == "partner_partner"]
    return only


def test_a_conflict_that_ended_with_the_record_is_opened_again_with_it() -> None:
    story = contested(channel())
    gone = story.tell(after(days=2))
    assert (between(gone).state, between(gone).resolution) == (ConflictState.RESOLVED, "by rule: voided")
    told = restored(contested(channel()))
    assert (between(told).open, between(told).resolution, between(told).reopened) == (True, "", 1)
    assert told.registration(FIRST).state is State.IN_REVIEW
    assert told.shown(FIRST, "in_conflict") == "true"


def test_a_conflict_whose_other_side_has_ended_meanwhile_stays_settled() -> None:
    story = contested(channel())
    story.withdraw(THEIRS, after(days=2))
    told = restored(story)
    assert (between(told).state, between(told).reopened) == (ConflictState.RESOLVED, 0)
    assert told.registration(FIRST).state is State.APPROVED


def test_what_a_person_had_settled_stays_settled() -> None:
    story = channel()
    story.file(FIRST, START)
    story.file(THEIRS, START)
    story.rule(FIRST, "approve", MIA, after(hours=1))
    story.delete(FIRST, GONE)
    told = restored(story)
    assert (between(told).resolution, between(told).reopened) == ("approve", 0)
    assert told.registration(FIRST).state is State.APPROVED


@pytest.mark.parametrize("state", ["withdrawn", "rejected"])
def test_what_had_ended_before_the_deletion_stays_ended(state: str) -> None:
    story = channel()
    story.file(FIRST, START)
    if state == "withdrawn":
        story.withdraw(FIRST, after(hours=1))
    else:
        story.rule(FIRST, "reject", MIA, after(hours=1))
    story.delete(FIRST, GONE)
    told = restored(story)
    assert told.registration(FIRST).state.value == state
    assert told.registration(FIRST).voided_at is None


def test_a_window_that_ended_in_the_bin_lapses_as_soon_as_the_record_is_back() -> None:
    story = channel()
    story.file(FIRST, START)
    story.show(FIRST, FilingStatus.APPROVED, after(minutes=1))
    story.delete(FIRST, GONE)
    moment = later(story)
    story.undelete(FIRST, moment, MIA)
    told = story.tell(moment)
    assert told.registration(FIRST).state is State.LAPSED


def later(story: Channel) -> datetime:
    entry = story.tell(GONE - timedelta(seconds=1)).registration(FIRST)
    assert entry.protected_until is not None
    return entry.protected_until + timedelta(days=1)


def test_a_filing_that_waited_to_be_judged_is_judged_by_what_is_known_now() -> None:
    story = channel()
    story.file(FIRST, START, next_steps="")
    story.delete(FIRST, GONE)
    story.file(THEIRS, after(days=2))
    story.undelete(FIRST, BACK, MIA, next_steps="Workshop")
    told = story.tell(after(days=4))
    assert told.outcome(FIRST) is Outcome.REJECT
    assert told.reasons(FIRST) == {"conflict.rival_first"}
