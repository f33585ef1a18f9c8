"""The middleware that lets faults strike: it may delay, refuse, drop, halve or alter any answer."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import msgspec
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from connector.practice.http.fault import Fault, Faults
from connector.practice.http.service import Service

ABORT = "practice.abort"


class FaultMiddleware:
    """Wraps the application; calls under `/practice/` never meet a fault."""

    def __init__(self, app: ASGIApp, *, service: Service) -> None:
        self._app = app
        self._service = service

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        faults = self._service.keep(Faults, Faults)
        if scope["type"] != "http" or not faults or scope["path"].startswith("/practice/"):
            await self._app(scope, receive, send)
            return
        body = b""
        if faults.wants_body():
            body = await _body(receive)
            receive = _replayed(body)
        target = scope["path"] + ("?" + scope["query_string"].decode() if scope["query_string"] else "")
        fault = faults.meet(scope["method"], target, body)
        if fault is None:
            await self._app(scope, receive, send)
        else:
            await self._strike(fault, scope, receive, send)

    async def _strike(self, fault: Fault, scope: Scope, receive: Receive, send: Send) -> None:
        if fault.delay:
            await asyncio.sleep(fault.delay)
        if fault.expire_token:
            self._expire_token(scope)
        if fault.drop == "before":
            await _abort(scope)
        elif fault.status is not None:
            await _refuse(fault, send)
        elif fault.changes_answer:
            await _alter(self._app, fault, scope, receive, send)
        else:
            await self._app(scope, receive, send)

    def _expire_token(self, scope: Scope) -> None:
        for name, value in scope["headers"]:
            if name.lower() == b"authorization":
                self._service.org.expire(value.decode().partition(" ")[2].strip())


async def _refuse(fault: Fault, send: Send) -> None:
    given = {name.lower(): value for name, value in fault.headers.items()}
    headers = {"content-type": "application/json;charset=UTF-8", **given}
    if fault.body is not None:
        content = fault.body.encode()
    elif fault.error_code is None:
        # Some 406 and 420 answers of the real service have no body at all.
        content = b""
    else:
        error: dict[str, Any] = {"message": fault.message, "errorCode": fault.error_code}
        if fault.fields is not None:
            error["fields"] = list(fault.fields)
        content = msgspec.json.encode([error])
    await _send_all(send, fault.status or 500, headers, content)


async def _alter(app: ASGIApp, fault: Fault, scope: Scope, receive: Receive, send: Send) -> None:
    # A zipped body could not be altered, so the org is told that the client takes none.
    plain = [(name, value) for name, value in scope["headers"] if name.lower() != b"accept-encoding"]
    start: Message = {}
    chunks: list[bytes] = []

    async def held(message: Message) -> None:
        if message["type"] == "http.response.start":
            start.update(message)
        else:
            chunks.append(message.get("body", b""))

    await app({**scope, "headers": plain}, receive, held)
    if fault.drop == "after":
        await _abort(scope)
        return
    headers = {name.decode().lower(): value.decode() for name, value in start["headers"]}
    headers |= {name.lower(): value for name, value in fault.headers.items()}
    content = _changed(b"".join(chunks), fault)
    if fault.half is None:
        await _send_all(send, start["status"], headers, content)
        return
    headers["content-length"] = str(len(content))
    await send({"type": "http.response.start", "status": start["status"], "headers": _raw(headers)})
    await send(
        {"type": "http.response.body", "body": content[: int(len(content) * fault.half)], "more_body": True}
    )
    # Returning with the answer unfinished makes the server close the connection.


def _changed(content: bytes, fault: Fault) -> bytes:
    if fault.set:
        try:
            value = msgspec.json.decode(content)
        except msgspec.DecodeError:
            return content
        if isinstance(value, dict):
            content = msgspec.json.encode({**value, **fault.set})
    if fault.lose_rows:
        lines = content.splitlines(keepends=True)
        content = b"".join(lines[: max(1, len(lines) - fault.lose_rows)])
    return content


async def _abort(scope: Scope) -> None:
    """Cut the connection without a byte of answer."""
    connection: dict[str, Callable[[], None]] = scope.get("extensions", {}).get(ABORT, {})
    if not connection:
        raise ConnectionResetError("dropped, as a fault asked")
    connection["abort"]()
    # The server must see the loss before this call returns, or it answers 500 on a dead connection.
    await asyncio.sleep(0.05)


async def _send_all(send: Send, status: int, headers: dict[str, str], content: bytes) -> None:
    headers.pop("transfer-encoding", None)
    if status not in {204, 304}:
        headers["content-length"] = str(len(content))
    await send({"type": "http.response.start", "status": status, "headers": _raw(headers)})
    await send({"type": "http.response.body", "body": content})


def _raw(headers: dict[str, str]) -> list[tuple[bytes, bytes]]:
    return [(name.lower().encode(), value.encode()) for name, value in headers.items()]


async def _body(receive: Receive) -> bytes:
    parts: list[bytes] = []
    more = True
    while more:
        message = await receive()
        parts.append(message.get("body", b""))
        more = message.get("more_body", False)
    return b"".join(parts)


def _replayed(body: bytes) -> Receive:
    sent = False

    async def receive() -> Message:
        nonlocal sent
        if sent:
            return {"type": "http.disconnect"}
        sent = True
        return {"type": "http.request", "body": body, "more_body": False}

    return receive
