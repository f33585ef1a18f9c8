"""`composite`: up to 25 subrequests in order, each free to use the answers before it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from connector.practice.http.call import Answer, Call
from connector.practice.http.composite.subrequest import Reply, Subrequest, halted, reply_to, subrequests_of
from connector.practice.http.route import Route
from connector.practice.org import ApiError

_LIMIT = 25
# Documented: of the 25, at most five may be queries or sObject Collections.
_HEAVY_LIMIT = 5


def _composite(call: Call) -> Answer:
    asked = call.json_object()
    subrequests = subrequests_of(asked.get("compositeRequest"), limit=_LIMIT)
    heavy = sum("/query" in each.url or "/composite/sobjects" in each.url for each in subrequests)
    if heavy > _HEAVY_LIMIT:
        raise ApiError(
            400,
            "INVALID_INPUT",
            f"Limit exceeded: at most {_HEAVY_LIMIT} query or collection subrequests, got {heavy}",
        )
    replies = together(call, subrequests) if asked.get("allOrNone") is True else one_by_one(call, subrequests)
    return Answer(body={"compositeResponse": [reply.shown() for reply in replies]})


def one_by_one(call: Call, subrequests: Sequence[Subrequest]) -> list[Reply]:
    """Run all; what fails stays failed alone, with those that refer to it."""
    answers: dict[str, Any] = {}
    replies: list[Reply] = []
    for asked in subrequests:
        reply = reply_to(call, asked, answers)
        replies.append(reply)
        if not reply.failed:
            answers[asked.reference_id] = reply.body
    return replies


def together(call: Call, subrequests: Sequence[Subrequest]) -> list[Reply]:
    """Run all in one transaction: the first failure undoes everything and halts the rest."""
    answers: dict[str, Any] = {}
    replies: list[Reply] = []
    failed: Reply | None = None
    with call.service.org.transaction() as transaction:
        for asked in subrequests:
            reply = reply_to(call, asked, answers)
            if reply.failed or _rows_failed(asked, reply):
                failed = reply
                transaction.undo()
                break
            replies.append(reply)
            answers[asked.reference_id] = reply.body
    if failed is None:
        return replies
    return [
        failed if each.reference_id == failed.reference_id else halted(each.reference_id)
        for each in subrequests
    ]


def _rows_failed(asked: Subrequest, reply: Reply) -> bool:
    """Whether a collection inside the call has a failed row: under allOrNone that is a failure too."""
    return (
        "/composite/sobjects" in asked.url
        and asked.method != "GET"
        and isinstance(reply.body, list)
        and any(isinstance(row, dict) and row.get("success") is False for row in reply.body)
    )


routes = [Route("/services/data/v{version}/composite", {"POST": _composite})]
