"""`Sforce-Locator`: an opaque text that is the unpadded base64 of a row offset (`MTA` is 10)."""

from __future__ import annotations

import base64
import binascii

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
