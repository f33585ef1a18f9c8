"""One subrequest of a composite call: what it asks, and its place in the composite answer."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from connector.practice.http.call import Answer, Call
from connector.practice.http.composite.references import UnresolvedReferenceError, resolved
from connector.practice.http.dispatch import dispatch_subrequest
from connector.practice.org import ApiError

ROLLED_BACK = "The transaction was rolled back since another operation in the same transaction failed."
STRICT_FROM = 52
_METHODS = frozenset({"GET", "POST", "PATCH", "PUT", "DELETE", "HEAD"})
_REFERENCE_ID = re.compile(r"[A-Za-z0-9]\w*", re.ASCII)
# What the real service tells of a subrequest's headers; the rest belongs to the outer answer.
_TOLD_HEADERS = frozenset({"Location", "ETag", "Last-Modified"})


@dataclass(frozen=True, kw_only=True)
class Subrequest:
    """Method, relative URL, reference id, and, where given, headers and a JSON body."""

    method: str
    url: str
    reference_id: str
    headers: Mapping[str, str] = field(default_factory=dict)
    body: Any = None


@dataclass(frozen=True, kw_only=True)
class Reply:
    """What one subrequest was answered; `status` 400 and over is a failure."""

    reference_id: str
    status: int
    body: Any
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def failed(self) -> bool:
        return self.status >= 400

    def shown(self) -> dict[str, Any]:
        """The reply as `compositeResponse` holds it."""
        return {
            "body": self.body,
            "httpHeaders": dict(self.headers),
            "httpStatusCode": self.status,
            "referenceId": self.reference_id,
        }


def halted(reference_id: str, message: str = ROLLED_BACK) -> Reply:
    """The reply of a subrequest that was undone, or never run, for another's sake."""
    return Reply(
        reference_id=reference_id,
        status=400,
        body=[{"errorCode": "PROCESSING_HALTED", "message": message}],
    )


def subrequests_of(asked: Any, version: str) -> list[Subrequest]:
    """Read `compositeRequest`; 400 for anything that makes the whole call unreadable.

    Before version 52 a reference id may have any characters, though no reference finds it (documented).
    """
    if not isinstance(asked, list) or not asked:
        raise ApiError(400, "JSON_PARSER_ERROR", "Missing required field: compositeRequest")
    found = [_subrequest_of(each, strict=float(version) >= STRICT_FROM) for each in asked]
    seen: set[str] = set()
    for each in found:
        if each.reference_id in seen:
            raise ApiError(400, "INVALID_INPUT", f"Duplicate ReferenceId provided: {each.reference_id}")
        seen.add(each.reference_id)
    return found


def _subrequest_of(asked: Any, *, strict: bool) -> Subrequest:
    if not isinstance(asked, dict):
        raise ApiError(400, "JSON_PARSER_ERROR", "Can not deserialize a subrequest that is not an object")
    for name in ("method", "url", "referenceId"):
        if not asked.get(name):
            raise ApiError(400, "JSON_PARSER_ERROR", f"Missing required field: {name}")
    reference_id, method = str(asked["referenceId"]), str(asked["method"]).upper()
    if strict and not _REFERENCE_ID.fullmatch(reference_id):
        raise ApiError(
            400,
            "INVALID_INPUT",
            f"Provided referenceId ('{reference_id}') must start with a letter or a number, "
            "and it can contain only letters, numbers and underscores ('_').",
        )
    if method not in _METHODS:
        raise ApiError(400, "INVALID_INPUT", f"Unknown HTTP method: {method}")
    headers = {str(name): str(value) for name, value in (asked.get("httpHeaders") or {}).items()}
    return Subrequest(
        method=method,
        url=str(asked["url"]),
        reference_id=reference_id,
        headers=headers,
        body=asked.get("body"),
    )


def reply_to(call: Call, asked: Subrequest, answers: Mapping[str, Any]) -> Reply:
    """Run one subrequest, the references in its URL, headers and body resolved from `answers`.

    Before version 52 of the composite call a reference to a field that is null fails (documented).
    """
    nulls = float(call.version) >= STRICT_FROM
    try:
        url = str(resolved(asked.url, answers, nulls=nulls))
        headers = {name: str(resolved(value, answers, nulls=nulls)) for name, value in asked.headers.items()}
        body = resolved(asked.body, answers, nulls=nulls)
    except UnresolvedReferenceError as fault:
        return halted(asked.reference_id, str(fault))
    return reply_of(asked.reference_id, dispatch_subrequest(call, asked.method, url, headers, body))


def reply_of(reference_id: str, answer: Answer) -> Reply:
    """The reply that an answer becomes inside a composite answer."""
    headers = {name: value for name, value in answer.headers.items() if name in _TOLD_HEADERS}
    return Reply(reference_id=reference_id, status=answer.status, body=answer.body, headers=headers)
