"""The one clock. Everywhere else time is an argument."""

import time
from datetime import UTC, datetime


def now() -> datetime:
    """This machine's time, aware, UTC. Judgement never reads it: the org's clock decides."""
    return datetime.now(UTC)  # noqa: TID251 - the one place


def elapsed() -> float:
    """Seconds that only grow, for measuring."""
    return time.monotonic()
