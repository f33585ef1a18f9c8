"""R1.2, R1.3: two partners register one deal: the first complete filing wins, else a person rules."""

from datetime import timedelta

from connector.canonical.docket import ConflictState
from connector.canonical.phrase import Phrase
from connector.canonical.records import FilingStatus
from connector.canonical.time import between
from connector.canonical.verdict import Outcome
from connector.policy.model import FirstFiling, Protection
from tests.scenarios.filings import (
    ANNA,
    CARLA,
    CITY,
    MANAGER,
    NORD,
    POOL,
    SOMEONE_ELSE,
    State,
    approved,
    channel,
)
from tests.support.builders import after, deal, filing, lead, proof, who

NEAR = FirstFiling(same_time_within=timedelta(0))
"""A policy under which one second between two filings decides."""

FIRST, SECOND = filing(1, ANNA, CITY), filing(2, CARLA, CITY)


def test_the_first_complete_filing_wins() -> None:
    """R1.3, R1.2: the later one is refused with the time that decided it, and both sides are on record."""
    story = channel()
    story.file(FIRST, after(days=1))
    story.file(SECOND, after(days=3))
    told = story.tell(after(days=4))
    assert (told.outcome(FIRST), told.outcome(SECOND)) == (Outcome.APPROVE, Outcome.REJECT)
    assert told.reasons(SECOND) == {Phrase.RIVAL_FIRST}
    (conflict,) = told.conflicts(FIRST, SECOND)
    assert conflict.kind == "partner_partner"
    assert "score" in conflict.evidence
    assert told.shown(FIRST, "in_conflict") == told.shown(SECOND, "in_conflict") == "true"


def test_a_late_completion_loses_to_the_first_complete_one() -> None:
    """R1.3: an incomplete filing holds no place, and completing it later files it then."""
    story = channel()
    story.file(FIRST.model_copy(update={"evidence": ()}), after(days=1))
    story.file(SECOND, after(days=2))
    story.prove(FIRST, after(days=5), evidence=(proof(1),))
    told = story.tell(after(days=6))
    assert told.outcome(SECOND) is Outcome.APPROVE
    assert told.outcome(FIRST) is Outcome.REJECT
    assert told.reasons(FIRST) == {Phrase.RIVAL_FIRST}


def test_filings_of_one_day_are_for_a_person_by_the_shipped_policy() -> None:
    """R1.2: nearer than 24 hours: never decided by machine. `[0, 24 h)`."""
    for hours, outcome in ((23.99, Outcome.DEFER), (24, Outcome.REJECT)):
        story = channel()
        story.file(FIRST, after(days=1))
        story.file(SECOND, after(days=1, hours=hours))
        told = story.tell(after(days=4))
        assert told.outcome(SECOND) is outcome
    assert told.conflicts(FIRST, SECOND)


def test_filings_of_one_second_both_wait_for_a_person_whoever_has_the_smaller_id() -> None:
    """Law 1, law 2: one second is one instant; the record id never decides."""
    story = channel(first_filing=NEAR)
    story.file(FIRST, after(days=1))
    story.file(SECOND, after(days=1))
    told = story.tell(after(days=4))
    for each in (FIRST, SECOND):
        assert told.outcome(each) is Outcome.DEFER
        assert told.reasons(each) == {Phrase.RIVAL_SAME_TIME}
        assert told.registration(each).state is State.IN_REVIEW
    assert len(told.conflicts(FIRST, SECOND)) == 1


def test_one_second_decides_where_the_policy_says_so() -> None:
    """R1.3, varied; whichever record has the smaller id."""
    for one, other in ((FIRST, SECOND), (SECOND, FIRST)):
        story = channel(first_filing=NEAR)
        story.file(one, after(days=1))
        story.file(other, after(days=1, seconds=1))
        told = story.tell(after(days=4))
        assert (told.outcome(one), told.outcome(other)) == (Outcome.APPROVE, Outcome.REJECT)


def test_a_filing_whose_time_is_an_interval_is_simultaneous_with_one_inside() -> None:
    """Law 1: uncertainty asks a person."""
    story = channel(first_filing=NEAR)
    story.file(FIRST, after(days=1))
    story.file(SECOND, after(days=1, hours=2))
    first, second = story.facts
    story.facts = [first, second.model_copy(update={"when": between(after(), after(days=1, hours=2))})]
    assert story.tell(after(days=4)).reasons(SECOND) == {Phrase.RIVAL_SAME_TIME}


def test_a_pending_first_filing_makes_the_second_wait() -> None:
    """R1.2: nobody overtakes a filing that a person still looks at."""
    story = channel()
    story.file(FIRST, after(days=1), customer=FIRST.customer.model_copy(update={"country": ""}))
    story.save(NORD, after(hours=1), MANAGER, tier="Silver")
    story.file(SECOND, after(days=3))
    told = story.tell(after(days=4))
    assert told.registration(FIRST).state is State.IN_REVIEW
    assert told.reasons(SECOND) == {Phrase.RIVAL_PENDING}


def test_an_ineligible_filing_holds_no_place() -> None:
    """Eligibility comes first: a refused filing is no rival."""
    story = channel()
    story.save(NORD, after(hours=1), MANAGER, certified_until=None)
    story.file(FIRST, after(days=1))
    story.file(SECOND, after(days=1, hours=1))
    told = story.tell(after(days=4))
    assert (told.outcome(FIRST), told.outcome(SECOND)) == (Outcome.REJECT, Outcome.APPROVE)


def test_a_withdrawn_filing_frees_its_place() -> None:
    story = channel()
    story.file(FIRST, after(days=1))
    story.withdraw(FIRST, after(days=2))
    story.file(SECOND, after(days=3))
    told = story.tell(after(days=4))
    assert told.registration(FIRST).state is State.WITHDRAWN
    assert told.outcome(SECOND) is Outcome.APPROVE


def test_another_customer_is_no_rival() -> None:
    story = channel()
    story.file(FIRST, after(days=1))
    other = filing(2, CARLA, SOMEONE_ELSE)
    story.file(other, after(days=1))
    told = story.tell(after(days=4))
    assert told.outcome(other) is Outcome.APPROVE
    assert told.conflicts(FIRST) == []


def test_another_deal_of_the_same_customer_is_no_rival_where_deals_are_protected() -> None:
    """R0.5: covering the deal by default, the customer by policy."""
    other = filing(2, CARLA, CITY, products=("Support Plus",))
    for covers, outcome in (("deal", Outcome.APPROVE), ("customer", Outcome.REJECT)):
        story = channel(protection=Protection(covers=covers, starts="approved", lasts=timedelta(days=90)))
        story.file(FIRST, after(days=1))
        story.file(other, after(days=3))
        assert story.tell(after(days=4)).outcome(other) is outcome


def test_two_filings_for_one_opportunity_are_rivals_under_whatever_names() -> None:
    """R1.2: "beide register die gleiche Opportunity"."""
    story = channel()
    theirs = deal(1, MANAGER)
    story.add(theirs)
    story.file(FIRST.model_copy(update={"opportunity": theirs.id}), after(days=1))
    other = filing(2, CARLA, SOMEONE_ELSE, opportunity=theirs.id, products=("Support Plus",))
    story.file(other, after(days=3))
    told = story.tell(after(days=4))
    assert told.reasons(other) == {Phrase.RIVAL_FIRST}
    (conflict,) = told.conflicts(FIRST, other)
    assert conflict.evidence == "same, both name one opportunity"


def test_a_firm_files_one_deal_once() -> None:
    """R1.2: its own duplicate is refused, without a conflict."""
    story = channel()
    story.file(FIRST, after(days=1))
    again = filing(2, ANNA, CITY)
    story.file(again, after(days=3))
    told = story.tell(after(days=4))
    assert told.reasons(again) == {Phrase.OWN_DUPLICATE}
    assert told.outcome(again) is Outcome.REJECT
    assert told.conflicts(again) == []


def test_own_duplicates_of_one_second_go_to_a_person() -> None:
    """Law 1: neither of two filings of one second is the duplicate."""
    story = channel()
    again = filing(2, ANNA, CITY)
    story.file(FIRST, after(days=1))
    story.file(again, after(days=1))
    told = story.tell(after(days=4))
    assert {told.outcome(FIRST), told.outcome(again)} == {Outcome.DEFER}


UNSURE = who("Stadtwerke Auenried AG", city="München")


def test_when_it_is_unsure_whether_the_customer_is_the_same_a_person_is_asked() -> None:
    """R1.2, law 8: neither approved nor refused on a doubt."""
    story = channel()
    story.file(FIRST, after(days=1))
    other = filing(2, CARLA, UNSURE)
    story.file(other, after(days=3))
    told = story.tell(after(days=4))
    assert told.outcome(other) is Outcome.DEFER
    assert told.reasons(other) == {Phrase.RIVAL_UNSURE}
    (conflict,) = told.conflicts(FIRST, other)
    assert conflict.kind == "name_variant"


def test_a_firm_is_not_refused_as_its_own_duplicate_on_a_doubt() -> None:
    """Law 8."""
    story = channel()
    story.file(FIRST, after(days=1))
    other = filing(2, ANNA, UNSURE)
    story.file(other, after(days=3))
    assert story.tell(after(days=4)).outcome(other) is Outcome.DEFER


def test_a_lead_of_the_customer_in_other_hands_asks_a_person() -> None:
    """R1.2, R3.10: whoever holds the lead works with the customer already."""
    story = channel()
    held = lead(1, POOL, CITY)
    story.add(held)
    story.claim(held, CARLA, after(hours=1))
    story.file(FIRST, after(days=1))
    told = story.tell(after(days=2))
    assert told.reasons(FIRST) == {Phrase.RIVAL_CLAIM}
    assert told.outcome(FIRST) is Outcome.DEFER


def test_a_person_rules_between_two_and_the_conflict_is_settled() -> None:
    """R1.2."""
    story = channel()
    story.file(FIRST, after(days=1))
    story.file(SECOND, after(days=1, hours=1))
    story.rule(SECOND, "reject", MANAGER, after(days=2))
    told = story.tell(after(days=3))
    assert told.registration(SECOND).state is State.REJECTED
    assert told.conflicts(FIRST, SECOND) == []
    kinds = {e.state for d in told.of(SECOND) for e in d.entries if e.table == "conflict"}  # type: ignore[attr-defined]
    assert ConflictState.RESOLVED in kinds


def test_a_late_filing_that_was_first_does_not_flip_the_one_already_approved() -> None:
    """Law 7: it is told that it was earlier, both are marked, and a person decides."""
    story = channel()
    story.file(FIRST, after(days=1))
    late = story.facts.pop().model_copy(update={"late": True})
    approved(story, SECOND, days=3)
    docket = story.tell(after(days=4), story.facts).docket
    judged, *_ = story.fold(docket, after(days=5), [late])
    assert judged.verdict is not None
    assert judged.verdict.outcome is Outcome.DEFER
    assert Phrase.RIVAL_LATER_APPROVED in {f.message for f in judged.verdict.findings}
    assert {w.record for w in judged.desired if w.slot == "in_conflict"} == {FIRST.id, SECOND.id}
    assert [w.value for w in judged.desired if w.slot == "status"] == [FilingStatus.IN_REVIEW]


def test_a_key_too_common_to_search_asks_a_person_instead_of_saying_nobody() -> None:
    """Law 9: where somebody may be missing among the rivals, the answer is at best unsure."""
    story = channel()
    story.records.doubtful = True
    story.file(FIRST, after(days=1))
    told = story.tell(after(days=2))
    assert told.outcome(FIRST) is Outcome.DEFER
    assert told.reasons(FIRST) == {Phrase.RIVAL_UNSURE}
