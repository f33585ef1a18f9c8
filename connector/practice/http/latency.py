"""`--latency real`: answers take as long as the real service's, and queries read a moment that is past.

Measured by others: a REST call takes a tenth to a third of a second, and reads were 1 to 3 seconds late.
"""

from __future__ import annotations

import asyncio
import random
import sqlite3
import threading
import time
from collections import deque
from pathlib import Path

from starlette.types import ASGIApp, Receive, Scope, Send

_FASTEST, _SLOWEST = 0.08, 0.3
_LOGIN = 0.4
_EVERY = 1.0
_LATEST, _OLDEST = 1.0, 3.0


class LatencyMiddleware:
    """Delays every call under `/services/`, as the network and the service would."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._chance = random.Random(7)  # noqa: S311 - nothing here needs secrecy

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["path"].startswith("/services/"):
            low = _LOGIN if "/oauth2/" in scope["path"] else _FASTEST
            await asyncio.sleep(self._chance.uniform(low, low + _SLOWEST - _FASTEST))
        await self._app(scope, receive, send)


class PastReads:
    """Read-only connections that each hold the moment they were opened at; queries use one 1 to 3 s old."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._held: deque[tuple[float, sqlite3.Connection]] = deque()
        self._lock = threading.Lock()
        self._stopped = threading.Event()
        self._hold()
        self._thread = threading.Thread(target=self._keep_holding, name="past-reads", daemon=True)
        self._thread.start()

    def reader(self) -> sqlite3.Connection:
        """A connection that sees the org as it was 1 to 3 seconds ago, or as it was first."""
        now = time.monotonic()
        with self._lock:
            fitting = [connection for opened, connection in self._held if now - opened >= _LATEST]
            return fitting[-1] if fitting else self._held[0][1]

    def close(self) -> None:
        """Stop and let go of every moment."""
        self._stopped.set()
        self._thread.join()
        with self._lock:
            for _, connection in self._held:
                connection.close()
            self._held.clear()

    def _keep_holding(self) -> None:
        while not self._stopped.wait(_EVERY):
            self._hold()

    def _hold(self) -> None:
        connection = sqlite3.connect(
            f"file:{self._path}?mode=ro", uri=True, isolation_level=None, check_same_thread=False
        )
        connection.execute("BEGIN")
        connection.execute("SELECT COUNT(*) FROM sqlite_master").fetchone()
        now = time.monotonic()
        with self._lock:
            self._held.append((now, connection))
            # The newest of the old ones must stay; those behind it may still serve a slow read for a while.
            while len(self._held) > 2 and now - self._held[1][0] > 4 * _OLDEST:
                self._held.popleft()[1].close()
