"""How long the head of a request may be: 16,384 bytes, for the address alone and with its headers.

Both statuses are documented. Answers are those of the web server in front of the service, which sends HTML;
that of 414 was recorded by others, that of 431 is worded after it.
"""

from __future__ import annotations

from collections.abc import Iterable

from connector.practice.http.call import Answer

LONGEST_HEAD = 16_384
HTML = "text/html;charset=iso-8859-1"
_REASONS = {414: "URI Too Long", 431: "Request Header Fields Too Large"}


def page_of(status: int) -> str:
    """Return the HTML with which the web server refuses a head: 414 or 431."""
    return f"<h1>Bad Message {status}</h1><pre>reason: {_REASONS[status]}</pre>"


def too_long(address: int, headers: Iterable[tuple[bytes, bytes]]) -> Answer | None:
    """Return the refusal of a head that is too long, or None; `address` counts the bytes of the URI."""
    if address > LONGEST_HEAD:
        return _refused(414)
    # Each header line adds a colon, a space and its line end.
    if address + sum(len(name) + len(value) + 4 for name, value in headers) > LONGEST_HEAD:
        return _refused(431)
    return None


def _refused(status: int) -> Answer:
    return Answer(status=status, body=page_of(status).encode(), media_type=HTML)
