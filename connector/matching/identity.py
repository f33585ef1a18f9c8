"""What goes into a comparison and what comes out of it."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal


@dataclass(frozen=True, kw_only=True, slots=True)
class Identity:
    """What a customer record says of itself. Everything is optional text, exactly as the org holds it."""

    name: str = ""
    country: str = ""
    city: str = ""
    street: str = ""
    postcode: str = ""
    phone: str = ""
    fax: str = ""
    mobile: str = ""
    email: str = ""
    website: str = ""
    duns: str = ""


class Outcome(StrEnum):
    """Three answers; the one in the middle goes to a person."""

    SAME = "same"
    UNSURE = "unsure"
    DIFFERENT = "different"


@dataclass(frozen=True, kw_only=True, slots=True)
class Contribution:
    """One field's share of a score.

    `weight` is in log-odds: the weights of a comparison add up to the log-odds of its score.
    """

    field: str
    weight: float
    note: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Comparison:
    """The answer about two records; `score` reads as a probability between 0 and 1."""

    outcome: Outcome
    score: float
    contributions: tuple[Contribution, ...]

    def explain(self) -> str:
        """One line a person reads, then one line per contribution (R4.14, R1.2)."""
        lines = [f"{self.outcome.value}, score {self.score:.2f}"]
        lines += [f"  {each.field} {each.weight:+.1f}  {each.note}" for each in self.contributions]
        return "\n".join(lines)


@dataclass(frozen=True, kw_only=True, slots=True)
class MatchPolicy:
    """The programme's own answers to what no data can settle (`same_customer:` in the policy file).

    `branch`: is a branch the same customer as its firm? `subsidiary`: is a national company of a group
    the same customer as the group? Two records with different D-U-N-S numbers follow it too.
    `key_cap`: a key found on more records than this is not searched; sharing it alone leaves a doubt.
    """

    at_least: float = 0.92
    ask_a_person_from: float = 0.75
    branch: Literal["same", "different"] = "same"
    subsidiary: Literal["same", "different"] = "different"
    key_cap: int = 1500

    def __post_init__(self) -> None:
        if not 0.0 < self.ask_a_person_from < self.at_least < 1.0:
            raise ValueError(
                "same_customer: needs 0 < ask_a_person_from < at_least < 1, got "
                f"ask_a_person_from {self.ask_a_person_from} and at_least {self.at_least}"
            )
