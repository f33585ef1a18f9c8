"""R1.9: the same document under two customers proves neither."""

from datetime import timedelta

from connector.canonical.docket import ConflictState
from connector.canonical.kind import Kind
from connector.canonical.phrase import Phrase
from connector.canonical.records import Registration
from connector.canonical.verdict import Effect, Outcome
from connector.policy.model import Choice, Option
from tests.scenarios.filings import ANNA, CARLA, CITY, MANAGER, SOMEONE_ELSE, State, approved, channel, ruled
from tests.support.builders import after, filing, proof, who
from tests.support.channel import Told

FILE = "sha256:5b1c"


def with_document(number: int, by: object = ANNA, to: object = CITY, **given: object) -> Registration:
    """A filing that rests on a discovery deliverable with a BANT answer: three points with it, one without."""
    deliverable = proof(number, "discovery_deliverable", file=FILE)
    answers = proof(number + 100, "bant")
    return filing(number, by, to, **({"evidence": (deliverable, answers)} | given))  # type: ignore[arg-type]


FIRST, SECOND = with_document(1), with_document(2, to=SOMEONE_ELSE)
BY_ANOTHER_FIRM = with_document(2, CARLA, SOMEONE_ELSE)
TO_A_PERSON = Choice[bool](options=(Option[bool](value=True),))


def lacking(told: Told, record: Registration) -> set[str]:
    return told.reasons(record, Effect.LACK)


def test_a_document_proves_once_and_for_a_second_customer_nothing() -> None:
    """R1.9: "erstellt spezifisch für den Prospect"; the partner reads why, in the round that says all (R1.13)."""
    for second in (SECOND, BY_ANOTHER_FIRM):
        story = channel()
        approved(story, FIRST)
        told = ruled(story, second)
        assert told.registration(FIRST).state is State.APPROVED
        assert told.registration(second).state is State.INCOMPLETE
        assert told.registration(second).complete is None
        assert lacking(told, second) == {Phrase.EVIDENCE_REUSED, Phrase.EVIDENCE_SHORT}
        assert {Phrase.EVIDENCE_REUSED, Phrase.EVIDENCE_SHORT} <= set(told.says(second))
        (short,) = [f for f in told.findings(second) if f.message == Phrase.EVIDENCE_SHORT]
        assert (short.params["points"], short.params["needed"]) == ("1", "3")


def test_of_two_open_filings_with_one_document_neither_is_proved_once_it_is_looked_at_again() -> None:
    """R1.9: the one that waited for a person loses its place when it is next amended."""
    story = channel(review=TO_A_PERSON)
    story.file(FIRST, after(days=1))
    story.file(SECOND, after(days=3))
    told = story.tell(after(days=4))
    assert (told.registration(FIRST).state, told.registration(SECOND).state) == (
        State.IN_REVIEW,
        State.INCOMPLETE,
    )
    story.amend(FIRST, after(days=5), next_steps="Workshop")
    told = story.tell(after(days=6))
    assert lacking(told, FIRST) == {Phrase.EVIDENCE_REUSED, Phrase.EVIDENCE_SHORT}
    assert (told.registration(FIRST).state, told.registration(FIRST).complete) == (State.INCOMPLETE, None)


def test_filings_of_one_second_with_one_document_are_both_unproved() -> None:
    """Law 2: nobody's turn decides."""
    story = channel()
    story.file(FIRST, after(days=1))
    story.file(SECOND, after(days=1))
    told = story.tell(after(days=2))
    assert {told.registration(each).state for each in (FIRST, SECOND)} == {State.INCOMPLETE}


def test_a_standing_approval_is_not_undone_but_the_desk_hears_of_it_once() -> None:
    """Law 7: nothing flips silently; law 17: the partners read nothing of it."""
    story = channel()
    approved(story, FIRST)
    before = story.tell(after(hours=12)).says(FIRST)
    story.file(SECOND, after(days=1))
    story.amend(SECOND, after(days=2), next_steps="Workshop")
    told = story.tell(after(days=3))
    assert told.registration(FIRST).state is State.APPROVED
    assert told.says(FIRST) == before
    (conflict,) = told.conflicts(FIRST, SECOND)
    assert (conflict.kind, conflict.state) == ("reused_evidence", ConflictState.ASSIGNED)
    assert FILE in conflict.evidence
    made = [c for d in told.decisions for c in d.creations if c.subject is Kind.CONFLICT]
    assert [creation.key for creation in made] == [conflict.key]


def test_with_proof_enough_besides_the_document_is_only_remarked_on() -> None:
    """R1.9: worth nothing is not worth less than nothing."""
    story = channel()
    approved(story, FIRST)
    second = filing(2, ANNA, SOMEONE_ELSE, evidence=(*SECOND.evidence, proof(9, "meeting")))
    told = ruled(story, second)
    assert told.outcome(second) is Outcome.APPROVE
    assert Phrase.EVIDENCE_REUSED in told.says(second)


def test_a_second_deal_of_one_customer_may_rest_on_the_same_document() -> None:
    """R1.9: two customers, not two deals; and a name that may be the same customer is not another one."""
    for name in (CITY, who("Stadtwerke Auenried", city="Augsburg")):
        story = channel()
        approved(story, FIRST)
        second = with_document(2, to=name, products=("Analytics",))
        told = ruled(story, second)
        assert Phrase.EVIDENCE_REUSED not in told.reasons(second, *Effect)


def test_a_draft_or_a_filing_taken_back_uses_no_document() -> None:
    """R1.9: nothing is claimed by it; another document, or none, is no reuse either."""
    story = channel()
    story.add(FIRST)
    assert ruled(story, SECOND).outcome(SECOND) is Outcome.APPROVE
    story = channel()
    approved(story, FIRST)
    story.withdraw(FIRST, after(days=1))
    assert ruled(story, SECOND, days=2).outcome(SECOND) is Outcome.APPROVE
    story = channel()
    approved(story, FIRST)
    other = proof(2, "discovery_deliverable", file="sha256:77aa")
    mine = with_document(2, to=SOMEONE_ELSE, evidence=(other, proof(102, "bant")))
    assert ruled(story, mine).outcome(mine) is Outcome.APPROVE


def test_a_document_is_looked_for_among_what_was_known_at_the_filing() -> None:
    """Law 5: a later filing for another customer does not reach back."""
    story = channel()
    story.file(FIRST, after(days=1))
    story.rule(FIRST, "approve", MANAGER, after(days=2))
    story.file(SECOND, after(days=3))
    assert story.tell(after(days=3) - timedelta(seconds=1)).outcome(FIRST) is Outcome.APPROVE
    assert story.tell(after(days=4)).verdicts(FIRST)[0].outcome is Outcome.APPROVE
