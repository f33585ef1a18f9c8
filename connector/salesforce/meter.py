"""The org's clock and its API budget, both read off the headers of its answers."""

from __future__ import annotations

import re
import threading
import time
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from types import MappingProxyType

from connector.ports.org import Budget, BudgetSpent

Monotonic = Callable[[], float]

_USAGE = re.compile(r"(?<![\w-])api-usage=(\d+)/(\d+)")
_HOUR = 3600.0


class OrgClock:
    """The org's time: its last `Date` header plus what our monotonic clock says has passed since.

    A header is cut to whole seconds and comes late, so the true time is never below it; an estimate up to two
    seconds ahead of a new header is therefore kept, a larger gap (the org's clock moved) follows the header.
    """

    def __init__(self, monotonic: Monotonic = time.monotonic) -> None:
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._base: datetime | None = None
        self._at = 0.0

    def note(self, header: str | None) -> None:
        """Take an answer's `Date` header, if it has a readable one."""
        if not header:
            return
        try:
            said = parsedate_to_datetime(header)
        except ValueError:
            return
        said = said.replace(tzinfo=UTC) if said.tzinfo is None else said.astimezone(UTC)
        with self._lock:
            guess = self._estimate()
            if guess is not None and timedelta(0) <= guess - said < timedelta(seconds=2):
                return
            self._base, self._at = said, self._monotonic()

    def now(self) -> datetime | None:
        """The org's time, aware, in UTC; None before its first answer."""
        with self._lock:
            return self._estimate()

    def _estimate(self) -> datetime | None:
        if self._base is None:
            return None
        return self._base + timedelta(seconds=self._monotonic() - self._at)


class Meter:
    """Counts our calls and remembers the org's own count (`Sforce-Limit-Info: api-usage=18/15000`).

    The org's count covers all its clients, may go backwards, and is absent from login answers (documented).
    Ours covers the last 24 hours of this process, by the hour.
    """

    def __init__(self, share: float, monotonic: Monotonic = time.monotonic) -> None:
        self._share = share
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._used = 0
        self._limit = 0
        self._hours: Counter[int] = Counter()
        self._kinds: Counter[str] = Counter()

    def spend(self, kind: str) -> None:
        """Count one call about to be sent; raises BudgetSpent, counting nothing, when our share is gone."""
        with self._lock:
            own = self._own()
            if self._limit and own >= self._limit * self._share:
                raise BudgetSpent(
                    f"paused: budget. {own} calls in 24 hours are our share ({self._share:.0%}) of the org's"
                    f" {self._limit}; raise api_share or wait"
                )
            self._hours[self._hour()] += 1
            self._kinds[kind] += 1

    def free(self, kind: str) -> None:
        """Count a call that the org does not count: one that belongs to a login."""
        with self._lock:
            self._kinds[kind] += 1

    def note(self, header: str | None) -> None:
        found = _USAGE.search(header or "")
        if found:
            with self._lock:
                self._used, self._limit = int(found.group(1)), int(found.group(2))

    def budget(self) -> Budget:
        with self._lock:
            return Budget(
                used=self._used,
                limit=self._limit,
                own_calls=self._own(),
                share=self._share,
                calls=MappingProxyType(dict(self._kinds)),
            )

    def _hour(self) -> int:
        return int(self._monotonic() // _HOUR)

    def _own(self) -> int:
        oldest = self._hour() - 23
        for hour in [hour for hour in self._hours if hour < oldest]:
            del self._hours[hour]
        return sum(self._hours.values())
