"""The server's HTTP protocol: header names in their usual case, and a way to cut a connection."""

from __future__ import annotations

import functools
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

from connector.practice.http.faults import ABORT
from connector.practice.http.head import HTML, LONGEST_HEAD, page_of

_NAMES = {
    b"etag": b"ETag",
    b"sforce-numberofrecords": b"Sforce-NumberOfRecords",
    b"www-authenticate": b"WWW-Authenticate",
}


@functools.lru_cache(maxsize=256)
def _proper(name: bytes) -> bytes:
    """A header name as the real service writes it: `Content-Type`, not `content-type`."""
    return _NAMES.get(name) or b"-".join(part.capitalize() for part in name.split(b"-"))


def properly_cased(head: bytes) -> bytes:
    """The head of an HTTP/1.1 answer with its header names in their usual case.

    Some clients look headers up in a plain mapping, where case matters; the real service's case is what
    they were written for.
    """
    status, *lines = head.split(b"\r\n")
    cased = []
    for line in lines:
        name, colon, value = line.partition(b":")
        cased.append(_proper(name) + colon + value)
    return b"\r\n".join([status, *cased])


class _CasedTransport:
    """A transport that rewrites the head of one answer and passes everything else through."""

    def __init__(self, transport: Any) -> None:
        self._transport = transport
        self._head_sent = False

    def write(self, data: bytes) -> None:
        if not self._head_sent and not data.startswith(b"HTTP/1.1 100"):
            self._head_sent = True
            data = properly_cased(data)
        self._transport.write(data)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)


class AbortableProtocol(HttpToolsProtocol):
    """Puts a way to abort the connection into each request's scope."""

    def on_message_begin(self) -> None:
        """Start a request as usual and add the extension."""
        super().on_message_begin()
        self.scope["extensions"] = {ABORT: {"abort": self.transport.abort}}

    def send_400_response(self, msg: str) -> None:
        """Refuse what the parser cannot read; it gives up on an address of 64 kB, which is a 414 here."""
        if len(self.url) <= LONGEST_HEAD:
            super().send_400_response(msg)
            return
        content = page_of(414)
        self.transport.write(
            f"HTTP/1.1 414 URI Too Long\r\nContent-Type: {HTML}\r\nContent-Length: {len(content)}\r\n"
            f"Connection: close\r\n\r\n{content}".encode()
        )
        self.transport.close()

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: Any) -> None:
        cycle.transport = _CasedTransport(cycle.transport)  # type: ignore[assignment]
        super()._start_asgi_task(cycle, app)
