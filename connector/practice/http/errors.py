"""Errors as the REST API words them: a JSON array of message, errorCode and, for some codes, fields."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from connector.practice.http.call import Answer, Call
from connector.practice.org import ApiError, SaveResult

_VERBS = ("HEAD", "GET", "POST", "PUT", "PATCH", "DELETE")
_WITHOUT_FIELDS = frozenset({"INVALID_FIELD", "NOT_FOUND", "DUPLICATES_DETECTED"})


def not_allowed(call: Call, verbs: Collection[str]) -> ApiError:
    """Return the refusal of a verb that a resource does not know, which lists those it does."""
    told = ",".join(verb for verb in _VERBS if verb in verbs)
    message = f"HTTP Method '{call.method}' not allowed. Allowed are {told}"
    return ApiError(405, "METHOD_NOT_ALLOWED", message)


def error_body(error: ApiError) -> list[dict[str, Any]]:
    """Return `[{"message", "errorCode", "fields"?}]`."""
    entry: dict[str, Any] = {"message": error.message, "errorCode": error.error_code}
    if error.fields is not None:
        entry["fields"] = list(error.fields)
    return [entry]


def save_refusal(result: SaveResult) -> Answer:
    """Return the answer of a single-record save that failed: every error, with `fields` where it has them."""
    entries = []
    for error in result.errors:
        entry: dict[str, Any] = {"message": error.message, "errorCode": error.status_code, **error.extra}
        if error.status_code not in _WITHOUT_FIELDS:
            entry["fields"] = list(error.fields)
        entries.append(entry)
    gone = any(error.status_code in {"ENTITY_IS_DELETED", "NOT_FOUND"} for error in result.errors)
    return Answer(status=404 if gone else 400, body=entries)


def error_answer(error: ApiError) -> Answer:
    """Return the whole answer of a refused call."""
    headers = {"WWW-Authenticate": "Token"} if error.http_status == 401 else {}
    return Answer(status=error.http_status, body=error_body(error), headers=headers)
