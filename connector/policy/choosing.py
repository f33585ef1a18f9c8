"""What every section of a policy is made of: conditions, choices among rows, and how hard a finding binds."""

from collections.abc import Collection, Mapping
from enum import StrEnum
from typing import Generic, Protocol, TypeVar

from connector.canonical.model import Model

T = TypeVar("T")


class Condition(Protocol):
    """A compiled `when`. Raises `ConditionFailed` when it cannot be answered: the rule defers (law 8)."""

    @property
    def source(self) -> str: ...

    def holds(self, circumstances: Mapping[str, object]) -> bool: ...


class ConditionFailed(Exception):
    """A `when` met a value that it cannot judge: say which name was missing or of another type."""


def asks(when: object, names: Collection[str]) -> bool:
    """Whether a condition asks for one of these names."""
    return any(name in names for name in getattr(when, "needs", ()))


class Option(Model, Generic[T]):
    """One row of a choice: `when`, a `Condition`, is None for the default."""

    model_config = Model.model_config | {"arbitrary_types_allowed": True}
    when: object | None = None
    value: T


class Choice(Model, Generic[T]):
    """Rows tried from the top; the first whose `when` holds gives the value."""

    options: tuple[Option[T], ...] = ()

    def pick(self, circumstances: Mapping[str, object]) -> T | None:
        for option in self.options:
            if option.when is None or option.when.holds(circumstances):  # type: ignore[attr-defined]
                return option.value
        return None


class Requirement(StrEnum):
    """How hard a condition binds: where a source requires, it gates; where it guides, it warns or asks."""

    REQUIRED = "required"
    REVIEW = "review"
    NOTE = "note"
    IGNORED = "ignored"


class Then(StrEnum):
    """What follows a finding."""

    REJECT = "reject"
    REVIEW = "review"
    FLAG = "flag"
    FLAG_AND_FREEZE_CREDIT = "flag_and_freeze_credit"
    HOLD = "hold"
    IGNORE = "ignore"
