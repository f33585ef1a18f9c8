"""How the leads and filings of a firm are scored by what came of them, as a policy says it (R0.7, R1.11)."""

from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal

from connector.canonical.model import Model


class Spray(Model):
    """Many filings, few meetings, few deals (R1.11). All three have to hold within the span."""

    within: timedelta = timedelta(days=90)
    filings_at_least: int = 20
    meetings_below: Decimal = Decimal("0.3")
    conversion_below: Decimal = Decimal("0.1")
    then: str = "review"  # review | cap
    cap: int = 0  # open registrations that such a firm may have, for `cap`


class PartnerQuality(Model):
    """The score: the average of `points` over what ended within the window; `unknown` until enough has."""

    window: timedelta = timedelta(days=180)
    at_least: int = 5
    unknown: int = 50
    points: Mapping[str, int] = {}
    spray: Spray | None = None
