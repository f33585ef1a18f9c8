"""The running practice org as the routes see it: the engine, the settings and what lives between calls."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar, cast

from connector.practice.http.route import Route
from connector.practice.org import Org

T = TypeVar("T")


@dataclass(frozen=True, kw_only=True)
class AppSettings:
    """How the HTTP face is set up.

    `api_version` is the newest version served; `daily_limit` the API calls and `daily_query_jobs` the bulk
    query jobs allowed per day; `instance_url` is known once the port is bound, so the server may set it on
    the `Service` later.
    """

    api_version: str = "66.0"
    oldest_version: str = "50.0"
    daily_limit: int = 100_000
    daily_query_jobs: int = 10_000
    latency: bool = False


@dataclass(kw_only=True)
class Service:
    """State shared by all calls. `keep` holds one object per kind, for modules with a memory of their own.

    `late_reader`, where set, is what queries read from: the org as it was a moment ago (`--latency real`).
    """

    org: Org
    settings: AppSettings
    routes: Sequence[Route] = ()
    instance_url: str = ""
    late_reader: Callable[[], sqlite3.Connection] | None = None
    _kept: dict[type, Any] = field(default_factory=dict)
    _lock: threading.RLock = field(default_factory=threading.RLock)

    def keep(self, kind: type[T], make: Callable[[], T]) -> T:
        """Return this service's one object of `kind`, made at first use."""
        with self._lock:
            if kind not in self._kept:
                self._kept[kind] = make()
            return cast("T", self._kept[kind])
