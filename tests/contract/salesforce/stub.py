"""A server of a few lines for what no polite server does: cutting an answer, falling silent, hanging up."""

from __future__ import annotations

import gzip
import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Reply = Callable[["Handler"], None]


class Handler(BaseHTTPRequestHandler):
    """Answers by the server's script: the first reply whose prefix the path begins with, once each."""

    protocol_version = "HTTP/1.1"
    server: Server

    def _answer(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        body = self.rfile.read(length)
        self.server.seen.append((self.command, self.path, dict(self.headers), body))
        self.server.take(self.path)(self)

    do_GET = do_POST = do_PATCH = do_DELETE = _answer  # noqa: N815  (the names http.server calls)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        pass


class Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.seen: list[tuple[str, str, dict[str, str], bytes]] = []
        self.script: list[tuple[str, Reply]] = []
        self.released = threading.Event()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    def paths(self) -> list[str]:
        return [path for _, path, _, _ in self.seen]

    def take(self, path: str) -> Reply:
        for number, (prefix, _) in enumerate(self.script):
            if path.startswith(prefix):
                return self.script.pop(number)[1]
        return sending(404, [{"errorCode": "NOT_FOUND", "message": "not in the script"}])

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that gave up is part of the story."""


def sending(status: int, body: object, *, zipped: bool = False, **headers: str) -> Reply:
    def reply(handler: Handler) -> None:
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        if zipped:
            content = gzip.compress(content)
            headers["Content-Encoding"] = "gzip"
        handler.send_response(status)
        for name, value in headers.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.send_header("Content-Length", str(len(content)))
        handler.end_headers()
        handler.wfile.write(content)

    return reply


def cutting(body: bytes, **headers: str) -> Reply:
    """Promises `body` and hangs up in its middle."""

    def reply(handler: Handler) -> None:
        handler.send_response(200)
        for name, value in headers.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body[: len(body) // 2])
        handler.close_connection = True

    return reply


def silent(handler: Handler) -> None:
    """Says nothing until the test is over."""
    handler.server.released.wait(30)
    handler.close_connection = True


def hanging_up(handler: Handler) -> None:
    """Closes the connection without a byte, as an idle keep-alive connection is closed."""
    handler.close_connection = True


@contextmanager
def running() -> Iterator[Server]:
    server = Server()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.released.set()
        server.shutdown()
        server.server_close()
        thread.join()
