"""`composite`: up to 25 subrequests in order, each free to use the answers before it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from connector.practice.http.call import Answer, Call
from connector.practice.http.composite.subrequest import Reply, Subrequest, halted, reply_to, subrequests_of
from connector.practice.http.route import Route
from connector.practice.http.versions import list_composite

_LIMIT = 25
# Documented: of the 25, at most five may be queries or sObject Collections.
_HEAVY_LIMIT = 5


def _composite(call: Call) -> Answer:
    asked = call.json_object()
    wanted = asked.get("compositeRequest")
    if isinstance(wanted, list) and len(wanted) > _LIMIT:
        return _too_many(f"{_LIMIT} operations")
    subrequests = subrequests_of(wanted, call.version)
    heavy = sum("/query" in each.url or "/composite/sobjects" in each.url for each in subrequests)
    if heavy > _HEAVY_LIMIT:
        return _too_many(f"{_HEAVY_LIMIT} query or sObject Collections operations")
    replies = together(call, subrequests) if asked.get("allOrNone") is True else one_by_one(call, subrequests)
    return Answer(body={"compositeResponse": [reply.shown() for reply in replies]})


def _too_many(what: str) -> Answer:
    """Answer a call with too many subrequests: one reply, for no reference id, as recorded by others."""
    message = f"The request can\u2019t contain more than {what}."
    body = [{"errorCode": "LIMIT_EXCEEDED", "message": message}]
    reply = {"body": body, "httpHeaders": {}, "httpStatusCode": 400, "referenceId": None}
    return Answer(body={"compositeResponse": [reply]})


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


routes = [Route("/services/data/v{version}/composite", {"GET": list_composite, "POST": _composite})]
