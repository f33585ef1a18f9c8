"""Practice time as the REST API writes it."""

from __future__ import annotations

from datetime import datetime

from connector.practice.clock import stamp_of
from connector.practice.http.call import Call


def rest_now(call: Call) -> str:
    """`2026-01-02T03:04:05.000+0000`."""
    return rest_stamp(call.service.org.now())


def rest_stamp(moment: datetime) -> str:
    """An instant in that form."""
    return stamp_of(moment).replace("Z", "+0000")
