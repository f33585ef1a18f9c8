"""Practice time as the REST API writes it."""

from __future__ import annotations

from connector.practice.clock import stamp_of
from connector.practice.http.call import Call


def rest_now(call: Call) -> str:
    """`2026-01-02T03:04:05.000+0000`."""
    return stamp_of(call.service.org.now()).replace("Z", "+0000")
