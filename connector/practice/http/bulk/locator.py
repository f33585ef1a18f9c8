"""`Sforce-Locator`: an opaque text that is the unpadded base64 of a row offset (`MTA` is 10)."""

from __future__ import annotations

import base64
import binascii
import threading

from connector.practice.org import ApiError

END = "null"


def locator_of(row: int) -> str:
    """The locator of the page that starts at `row`."""
    return base64.b64encode(str(row).encode()).decode().rstrip("=")


def row_of(locator: str) -> int:
    """The row a locator points at; 400 when it is none of ours."""
    try:
        return int(base64.b64decode(locator + "=" * (-len(locator) % 4), validate=True))
    except (ValueError, binascii.Error) as fault:
        raise ApiError(400, "INVALID_QUERY_LOCATOR", "invalid query locator") from fault


class GivenLocators:
    """The rows whose locators were given out since locators were last made to expire, by job."""

    def __init__(self) -> None:
        self._given: dict[tuple[int, str], set[int]] = {}
        self._lock = threading.Lock()

    def give(self, job_id: str, row: int, generation: int) -> str:
        """The locator of `row`, remembered as given in this generation."""
        with self._lock:
            self._given.setdefault((generation, job_id), set()).add(row)
        return locator_of(row)

    def good(self, job_id: str, row: int, generation: int) -> bool:
        """Whether a locator is still good. Before anything expired, any offset is, even a client's own."""
        return generation == 0 or row in self._given.get((generation, job_id), ())
