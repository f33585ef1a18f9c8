"""The server's HTTP protocol, able to cut a connection when a fault asks for it."""

from __future__ import annotations

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from connector.practice.http.faults import ABORT


class AbortableProtocol(HttpToolsProtocol):
    """Puts a way to abort the connection into each request's scope."""

    def on_message_begin(self) -> None:
        """Start a request as usual and add the extension."""
        super().on_message_begin()
        self.scope["extensions"] = {ABORT: {"abort": self.transport.abort}}
