"""Making what clients hold go stale at once: session tokens and query locators."""

from __future__ import annotations

import threading

from connector.practice.http.service import Service


class Locators:
    """How often locators were expired. Whoever gives a locator out remembers the number of the day."""

    def __init__(self) -> None:
        self._generation = 0
        self._lock = threading.Lock()

    @property
    def generation(self) -> int:
        return self._generation

    def expire(self) -> None:
        """Make every locator given out so far stale."""
        with self._lock:
            self._generation += 1


def expire_locators(service: Service) -> bool:
    """Make every query locator stale, REST's and Bulk's."""
    service.keep(Locators, Locators).expire()
    return True


def expire_tokens(service: Service) -> int:
    """Expire every session token; how many there were."""
    return service.org.expire_all()
