"""The practice org's clock: real time plus an offset that a test or a demo may move forward."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta


def stamp_of(instant: datetime) -> str:
    """The storage text of an instant: UTC, whole seconds (documented: stamps are seen in whole seconds)."""
    return instant.astimezone(UTC).isoformat()[:19] + ".000Z"


def instant_of(stamp: str) -> datetime:
    """The instant a storage text names."""
    return datetime.strptime(stamp[:19] + "+0000", "%Y-%m-%dT%H:%M:%S%z")


class PracticeClock:
    """Now, as the practice org sees it. `frozen_at` stops it, so that a test moves it by `advance` alone."""

    def __init__(self, *, frozen_at: datetime | None = None) -> None:
        self._lock = threading.Lock()
        self._frozen_at = frozen_at
        self._offset = timedelta()

    def now(self) -> datetime:
        """The practice time, UTC-aware."""
        if self._frozen_at is not None:
            return self._frozen_at + self._offset
        return datetime.now(UTC) + self._offset  # noqa: TID251 - the practice room's only look at a clock

    def advance(self, seconds: float) -> datetime:
        """Move the clock forward and answer the new time. Stamps already given stay behind it."""
        if seconds < 0:
            raise ValueError(f"the clock only moves forward: {seconds} seconds asked; give a number >= 0")
        with self._lock:
            self._offset += timedelta(seconds=seconds)
        return self.now()
