"""Review where the policy says so; and a person's word, which nothing of ours ever overwrites (law 7)."""

import pytest

from connector.canonical.phrase import Phrase
from connector.canonical.records import FilingStatus
from connector.canonical.verdict import Outcome
from connector.policy.model import Choice, Option
from tests.scenarios.filings import ANNA, CARLA, CITY, MANAGER, State, approved, channel
from tests.support.builders import after, deal, filing, proof

EVERYTHING = Choice[bool](options=(Option[bool](value=True),))
DRAFT = filing(1, ANNA, CITY)


def test_the_policy_may_send_a_clean_filing_to_a_person() -> None:
    """R1.2: review by a person where the policy says so."""
    story = channel(review=EVERYTHING)
    story.file(DRAFT, after(days=1))
    told = story.tell(after(days=2))
    assert told.registration(DRAFT).state is State.IN_REVIEW
    assert told.says(DRAFT) == (Phrase.FILING_IN_REVIEW, Phrase.POLICY_ASKS_REVIEW)


def test_an_approval_by_a_person_opens_the_window_like_ours() -> None:
    """R0.5: the window runs from the notification, whoever approved."""
    story = channel(review=EVERYTHING)
    story.file(DRAFT, after(days=1))
    story.rule(DRAFT, "approve", MANAGER, after(days=2))
    story.show(DRAFT, FilingStatus.APPROVED, after(days=2, seconds=5))
    told = story.tell(after(days=3))
    entry = told.registration(DRAFT)
    assert (entry.state, entry.ruled_by) == (State.APPROVED, MANAGER.id)
    assert entry.protected_from == after(days=2, seconds=5)
    assert told.verdict(DRAFT).cause == "person"


def test_an_approval_set_on_the_status_itself_counts_and_its_save_is_the_notification() -> None:
    story = channel(review=EVERYTHING)
    story.file(DRAFT, after(days=1))
    story.save(DRAFT, after(days=2), MANAGER, status=FilingStatus.APPROVED, status_since=after(days=2))
    told = story.tell(after(days=3))
    assert told.registration(DRAFT).state is State.APPROVED


@pytest.mark.parametrize("decision", ["reject", "Rejected", "decline"])
def test_a_persons_refusal_is_never_overwritten(decision: str) -> None:
    """Law 7: proofs added afterwards are no new filing."""
    story = channel(review=EVERYTHING)
    story.file(DRAFT, after(days=1))
    story.rule(DRAFT, decision, MANAGER, after(days=2))
    story.prove(DRAFT, after(days=3), evidence=(proof(1), proof(2, "bant")))
    told = story.tell(after(days=4))
    assert told.registration(DRAFT).state is State.REJECTED
    assert told.verdict(DRAFT).cause == "person"


def test_a_persons_approval_is_never_overwritten() -> None:
    """Law 7: not by a rival, not by an amendment that breaks the filing."""
    story = channel(review=EVERYTHING)
    story.file(DRAFT, after(days=1))
    story.rule(DRAFT, "approve", MANAGER, after(days=2))
    story.amend(DRAFT, after(days=3), products=(), amount=None)
    story.file(filing(2, CARLA, CITY), after(days=4))
    assert story.tell(after(days=5)).registration(DRAFT).state is State.APPROVED


def test_a_person_may_overrule_the_rules() -> None:
    """Law 7: superseded, by an entry that names what it replaces and its cause."""
    story = channel()
    story.file(DRAFT.model_copy(update={"amount": None, "first_contact": None}), after(days=1))
    story.rule(DRAFT, "approve", MANAGER, after(days=2))
    told = story.tell(after(days=3))
    verdict = told.verdict(DRAFT)
    assert (verdict.outcome, verdict.supersedes, verdict.cause) == (Outcome.APPROVE, "incomplete", "person")
    place = told.registration(DRAFT).complete
    assert place is not None
    assert place.latest == after(days=2)


def test_a_person_may_take_an_approval_back_and_the_window_closes() -> None:
    story = channel()
    theirs = deal(1, ANNA)
    story.add(theirs)
    approved(story, DRAFT.model_copy(update={"opportunity": theirs.id}))
    story.rule(DRAFT, "reject", MANAGER, after(days=2))
    told = story.tell(after(days=200))
    assert told.registration(DRAFT).state is State.REJECTED
    assert told.shown(theirs, "protected_until") is None
    assert told.says(DRAFT)[:2] == (Phrase.FILING_REJECTED, Phrase.PERSON_REJECTED)


@pytest.mark.parametrize("word", ["escalate", "more information", " "])
def test_a_word_that_is_neither_yes_nor_no_rules_nothing(word: str) -> None:
    """Law 8: silence means no permission, and doubt is no refusal either."""
    story = channel(review=EVERYTHING)
    story.file(DRAFT, after(days=1))
    story.rule(DRAFT, word, MANAGER, after(days=2))
    told = story.tell(after(days=3))
    assert told.registration(DRAFT).state is State.IN_REVIEW
    assert len(told.verdicts(DRAFT)) == 1


def test_a_partner_cannot_approve_its_own_filing() -> None:
    """Law 13: a partner's save of a field that we own is an edit, not a ruling."""
    story = channel(review=EVERYTHING)
    story.file(DRAFT, after(days=1))
    story.save(DRAFT, after(days=2), ANNA, status=FilingStatus.APPROVED, status_since=after(days=2))
    assert story.tell(after(days=3)).registration(DRAFT).state is State.IN_REVIEW


def test_a_filing_taken_back_or_closed_is_beyond_any_ruling() -> None:
    story = channel()
    story.file(DRAFT, after(days=1))
    story.withdraw(DRAFT, after(days=2))
    story.rule(DRAFT, "approve", MANAGER, after(days=3))
    assert story.tell(after(days=4)).registration(DRAFT).state is State.WITHDRAWN


def test_a_registration_keeps_the_terms_under_which_it_was_filed() -> None:
    """Law 18: a stricter version of the policy in force later does not judge an earlier filing."""
    story = channel()
    (old, _) = story.policies.versions
    assert old.registrations is not None
    strict = old.registrations.model_copy(update={"latest_stage": 1})
    new = old.model_copy(update={"version": 2, "in_force": after(days=2).date(), "registrations": strict})
    story.policies = story.policies.model_copy(update={"versions": (*story.policies.versions, new)})
    story.file(DRAFT.model_copy(update={"next_steps": ""}), after(days=1))
    story.amend(DRAFT, after(days=3), next_steps="Workshop")
    other = filing(2, ANNA)
    story.file(other, after(days=3))
    told = story.tell(after(days=4))
    assert told.verdict(DRAFT).policy == "acme-registration/1"
    assert told.outcome(DRAFT) is Outcome.APPROVE
    assert told.verdict(other).policy == "acme-registration/2"
    assert told.outcome(other) is Outcome.REJECT
