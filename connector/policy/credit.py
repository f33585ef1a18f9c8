"""Who is credited with bringing a deal, as a policy says it (R0.1, R2.15)."""

from datetime import timedelta

from connector.canonical.model import Model


class SourcingCredit(Model):
    """Which acts on a lead earn its credit, and how long a deleted record's credit waits to be carried.

    A conversion of a claimed lead and an approved registration always earn the credit of their deal.
    """

    lead_by: tuple[str, ...] = ("entered", "handed_over")
    carried_within: timedelta | None = timedelta(days=180)
    unsure: str = "review"  # review | ignore
