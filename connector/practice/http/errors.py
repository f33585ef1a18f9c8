"""Errors as the REST API words them: a JSON array of message, errorCode and, for some codes, fields."""

from __future__ import annotations

from typing import Any

from connector.practice.http.call import Answer
from connector.practice.org import ApiError


def error_body(error: ApiError) -> list[dict[str, Any]]:
    """Return `[{"message", "errorCode", "fields"?}]`."""
    entry: dict[str, Any] = {"message": error.message, "errorCode": error.error_code}
    if error.fields is not None:
        entry["fields"] = list(error.fields)
    return [entry]


def error_answer(error: ApiError) -> Answer:
    """Return the whole answer of a refused call."""
    return Answer(status=error.http_status, body=error_body(error))
