"""Assembles the ASGI application of a practice org from the routes of every module."""

from __future__ import annotations

import gzip
import re
import zlib
from collections.abc import Iterator
from email.utils import format_datetime
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import msgspec
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import FileResponse, Response, StreamingResponse
from starlette.routing import Route as StarletteRoute

from connector.practice.http import acts, approvals, bulk, composite, oauth, rest
from connector.practice.http.call import JSON, NO_STORE, Answer, Call
from connector.practice.http.dispatch import dispatch
from connector.practice.http.errors import error_answer
from connector.practice.http.faults import FaultMiddleware
from connector.practice.http.head import too_long
from connector.practice.http.route import Route
from connector.practice.http.service import AppSettings, Service
from connector.practice.http.xml_text import XML, wants_xml, xml_of
from connector.practice.org import ApiError, Org

_VERBS = ["GET", "HEAD", "POST", "PATCH", "PUT", "DELETE", "OPTIONS"]
_GZIP_FROM = 1024
# Documented: an ending chooses the form of an answer, before any Accept header does.
_ENDING = re.compile(r"(/services/data/v[\d.]+/.+)\.(json|xml)")


def all_routes() -> list[Route]:
    """Return the routes of every module of this room; the first that fits a path answers it."""
    return [
        *acts.routes,
        *oauth.routes,
        *bulk.routes,
        *composite.routes,
        *approvals.routes,
        *rest.routes,
    ]


def build_app(org: Org, settings: AppSettings | None = None) -> Starlette:
    """Return the ASGI application; `app.state.service` is the `Service` behind it."""
    service = Service(org=org, settings=settings or AppSettings(), routes=tuple(all_routes()))

    async def answer(request: Request) -> Response:
        body = await request.body()
        return await run_in_threadpool(_respond, service, request, body)

    app = Starlette(routes=[StarletteRoute("/{path:path}", answer, methods=_VERBS)])
    app.state.service = service
    app.add_middleware(FaultMiddleware, service=service)
    return app


def _respond(service: Service, request: Request, body: bytes) -> Response:
    headers = {name.lower(): value for name, value in request.headers.items()}
    raw_path, raw_query = request.scope["raw_path"], request.scope["query_string"]
    refused = too_long(len(raw_path) + bool(raw_query) + len(raw_query), request.headers.raw)
    if refused is not None:
        return _response(refused, headers, service)
    try:
        # The `sf` command line joins an address ending in a slash to a path beginning with one.
        path = "/" + unquote(raw_path.decode("ascii", "replace")).lstrip("/")
        ending = _ENDING.fullmatch(path) if request.method == "GET" else None
        if ending is not None:
            path = ending[1]
            headers["accept"] = f"application/{ending[2]}"
        call = Call(
            service=service,
            method=request.method,
            path=path,
            query=_query_of(request),
            headers=headers,
            body=_unzipped(body, headers.get("content-encoding", "")),
        )
        found = dispatch(call)
    except ApiError as error:
        found = error_answer(error)
    return _response(found, headers, service)


def _query_of(request: Request) -> dict[str, str]:
    """Return the parameters by name; `sobject`, which a search may repeat, as a list with commas."""
    found = dict(request.query_params)
    if "sobject" in found:
        found["sobject"] = ",".join(request.query_params.getlist("sobject"))
    return found


def _unzipped(body: bytes, encoding: str) -> bytes:
    if not body or encoding.lower() not in {"gzip", "deflate"}:
        return body
    try:
        return gzip.decompress(body) if encoding.lower() == "gzip" else zlib.decompress(body)
    except (OSError, EOFError, zlib.error) as fault:
        raise ApiError(400, "JSON_PARSER_ERROR", f"The request body is not valid {encoding}") from fault


def _response(answer: Answer, asked: dict[str, str], service: Service) -> Response:
    headers = {"Date": format_datetime(service.org.now(), usegmt=True), **NO_STORE, **answer.headers}
    if answer.media_type and answer.body is not None:
        headers["Content-Type"] = answer.media_type
    body = answer.body
    told = isinstance(body, (dict, list)) and answer.media_type == JSON
    if told and wants_xml(asked.get("accept", "")):
        body, headers["Content-Type"] = xml_of(body), XML
    if isinstance(body, Path):
        return FileResponse(body, status_code=answer.status, headers=headers)
    if isinstance(body, Iterator):
        return StreamingResponse(body, status_code=answer.status, headers=headers)
    if body is None:
        return Response(status_code=answer.status, headers=headers)
    content = (
        body if isinstance(body, bytes) else _rendered(body, pretty=asked.get("x-prettyprint", "") == "1")
    )
    if len(content) >= _GZIP_FROM and "gzip" in asked.get("accept-encoding", ""):
        content = gzip.compress(content, compresslevel=1)
        headers["Content-Encoding"] = "gzip"
        headers["Vary"] = "Accept-Encoding"
    return Response(content, status_code=answer.status, headers=headers)


def _rendered(body: Any, *, pretty: bool) -> bytes:
    encoded = msgspec.json.encode(body)
    return msgspec.json.format(encoded, indent=2) if pretty else encoded
