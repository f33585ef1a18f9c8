"""What a programme asks of claims as time goes by: their pace, a lead's readiness to become a deal, and help (R3)."""

from datetime import timedelta
from enum import StrEnum

from connector.canonical.model import Model
from connector.policy.choosing import Choice, Then
from connector.policy.duration import Duration


class PaceOf(StrEnum):
    """Whose claims are counted together."""

    FIRM = "firm"
    PERSON = "person"


class Pace(Model):
    """At most so many leads claimed (R3.7) or deals filed (R1.11) in any span of this length, whatever became of it."""

    claims: Choice[int]
    within: Duration
    per: PaceOf = PaceOf.FIRM


class ReadyToConvert(Model):
    """R3.10: when a lead has "progressed far enough" to become an opportunity."""

    needs: tuple[str, ...] = ()
    worked: bool = False  # the holder has worked it
    held_for: timedelta | None = None  # the holder has had it so long
    then: Then = Then.FLAG


class Unclaimed(Model):
    """R3.5: a lead that lies so long in a queue unclaimed is flagged, or goes to another queue."""

    after: Duration
    queues: tuple[str, ...] = ()  # developer names; empty: any
    to: str = ""  # developer name; empty: it stays, and is flagged


class Help(Model):
    """R3.3: a partner's request for help on a deal, and how soon it has to be answered."""

    answer_within: Duration
