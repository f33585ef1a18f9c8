"""What a policy's `then` does to the verdict."""

from collections.abc import Mapping

from connector.canonical.verdict import Effect
from connector.policy.model import Requirement, Then

_THEN: Mapping[Then, Effect | None] = {
    Then.REJECT: Effect.REFUSE,
    Then.REVIEW: Effect.ASK,
    Then.HOLD: Effect.ASK,
    Then.FLAG: Effect.NOTE,
    Then.FLAG_AND_FREEZE_CREDIT: Effect.NOTE,
    Then.IGNORE: None,
}
_REQUIRED: Mapping[Requirement, Effect | None] = {
    Requirement.REQUIRED: Effect.REFUSE,
    Requirement.REVIEW: Effect.ASK,
    Requirement.NOTE: Effect.NOTE,
    Requirement.IGNORED: None,
}


def after(then: Then) -> Effect | None:
    """The effect of a finding; None: nothing is found."""
    return _THEN[then]


def short_of(requirement: Requirement) -> Effect | None:
    """The effect of not meeting a requirement; None where it is ignored."""
    return _REQUIRED[requirement]
