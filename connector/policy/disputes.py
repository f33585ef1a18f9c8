"""Who looks after a conflict, and who is called when nobody does."""

from datetime import timedelta

from connector.canonical.model import Model


class DisputeStep(Model):
    """One step of the ladder: how long after the conflict was opened, and to which queue it goes."""

    after: timedelta
    business: bool = True
    to: str


class Disputes(Model):
    """`assign_to` is the developer name of the queue that gets a conflict when it is opened."""

    assign_to: str = ""
    escalate: tuple[DisputeStep, ...] = ()
