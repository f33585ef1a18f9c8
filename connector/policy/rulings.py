"""Who rules on a filing that comes to a person: one person, or two after one another (R1.12, R1.14, R4.11)."""

from enum import StrEnum

from connector.canonical.model import Model


class TwoSteps(Model):
    """An ordered review by two people. Without roles anybody of our own people may give it."""

    first_by: tuple[str, ...] = ()
    second_by: tuple[str, ...] = ()


class Judge(StrEnum):
    """Who must not be the same person on one filing."""

    FIRST = "first_ruler"
    SECOND = "second_ruler"
    DEAL_OWNER = "deal_owner"


class Rulings(TwoSteps):
    """Who may approve a registration. `second_when`, a `Condition`: only then a second person has to."""

    model_config = Model.model_config | {"arbitrary_types_allowed": True}
    second: bool = False
    second_when: object | None = None
    apart: tuple[Judge, ...] = (Judge.FIRST, Judge.SECOND)
