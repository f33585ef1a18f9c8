"""The count of API calls that `Sforce-Limit-Info` reports."""

from __future__ import annotations

import threading


class Meter:
    """Calls of the last 24 hours. It only rises here; `set_used` lets a fault make it jump or go back."""

    def __init__(self) -> None:
        self._used = 0
        self._lock = threading.Lock()

    @property
    def used(self) -> int:
        return self._used

    def count(self) -> int:
        """Add one call and return the new count."""
        with self._lock:
            self._used += 1
            return self._used

    def set_used(self, used: int) -> None:
        """Set the count, as the real one may go backwards when its window slides."""
        with self._lock:
            self._used = used
