"""R1.9: what follows too few points of evidence is the policy's word; R1.7: what may be left empty is seen."""

import pytest

from connector.canonical.phrase import Phrase
from connector.canonical.verdict import Effect, Outcome
from connector.policy.model import EvidenceRule, Then
from tests.scenarios.filings import ANNA, CITY, State, channel
from tests.support.builders import after, filing

UNPROVED = filing(1, ANNA, CITY).model_copy(update={"evidence": ()})


@pytest.mark.parametrize(
    ("then", "outcome", "state"),
    [
        (Then.HOLD, Outcome.DEFER, State.INCOMPLETE),
        (Then.REVIEW, Outcome.DEFER, State.IN_REVIEW),
        (Then.REJECT, Outcome.REJECT, State.REJECTED),
        (Then.FLAG, Outcome.APPROVE, State.APPROVED),
        (Then.IGNORE, Outcome.APPROVE, State.APPROVED),
    ],
)
def test_too_few_points_do_what_the_policy_says(then: Then, outcome: Outcome, state: State) -> None:
    story = channel(evidence=EvidenceRule(needs=3, points={"meeting": 3}, then=then))
    story.file(UNPROVED, after(days=1))
    told = story.tell(after(days=1, hours=1))
    assert (told.outcome(UNPROVED), told.registration(UNPROVED).state) == (outcome, state)
    assert (told.registration(UNPROVED).complete is None) == (then is Then.HOLD)


def test_an_item_that_may_be_left_empty_is_noted_for_the_desk_alone() -> None:
    story = channel()
    silent = filing(2, ANNA, CITY).model_copy(update={"competitors": ""})
    story.file(silent, after(days=1))
    told = story.tell(after(days=1, hours=1))
    (noted,) = [each for each in told.findings(silent, Effect.NOTE) if each.message == Phrase.LEFT_EMPTY]
    assert noted.desk
    assert noted.params["item"] == "competitors"
    assert told.outcome(silent) is Outcome.APPROVE
