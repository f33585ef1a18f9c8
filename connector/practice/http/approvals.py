"""`process/approvals`: submitting records, and approving or rejecting them, many in one call."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from connector.practice.http.call import Answer, Call
from connector.practice.http.route import Route
from connector.practice.org import ApiError, User

_LIMIT = 200


def _list(call: Call) -> Answer:
    found = call.service.org.reader().execute(
        "SELECT Id, Name, TableEnumOrId FROM ProcessDefinition WHERE State = 'Active' ORDER BY Id"
    )
    approvals: dict[str, list[dict[str, Any]]] = {}
    for process_id, name, target in found:
        processes = approvals.setdefault(target, [])
        processes.append(
            {
                "description": None,
                "id": process_id,
                "name": name,
                "object": target,
                "sortOrder": len(processes) + 1,
            }
        )
    return Answer(body={"approvals": approvals})


def _process(call: Call) -> Answer:
    requests = call.json_object().get("requests")
    if not isinstance(requests, list) or not requests:
        raise ApiError(400, "JSON_PARSER_ERROR", "Missing required field: requests")
    if len(requests) > _LIMIT:
        raise ApiError(
            400, "EXCEEDED_ID_LIMIT", f"at most {_LIMIT} requests are allowed, got {len(requests)}"
        )
    results = [_one(call, each) for each in requests]
    # Documented: those that succeed are committed; a single refused request answers as an error.
    if len(results) == 1 and isinstance(results[0], ApiError):
        raise results[0]
    return Answer(body=[_failed(each) if isinstance(each, ApiError) else each for each in results])


def _one(call: Call, asked: Any) -> dict[str, Any] | ApiError:
    try:
        return _run(call, asked if isinstance(asked, dict) else {})
    except ApiError as refused:
        return refused


def _run(call: Call, asked: Mapping[str, Any]) -> dict[str, Any]:
    action, target = asked.get("actionType"), str(asked.get("contextId") or "")
    if not target:
        raise ApiError(400, "MISSING_ARGUMENT", "contextId is required")
    comments = asked.get("comments")
    if action == "Submit":
        done = call.service.org.submit(
            target,
            actor=_submitter(call, asked),
            comments=comments,
            approvers=[str(each) for each in asked.get("nextApproverIds") or []],
        )
    elif action in {"Approve", "Reject", "Removed"}:
        done = call.service.org.approve(target, action, actor=call.user, comments=comments)
    else:
        raise ApiError(
            400, "INVALID_INPUT", f"actionType must be Submit, Approve, Reject or Removed, not {action}"
        )
    return done


def _submitter(call: Call, asked: Mapping[str, Any]) -> User:
    user_id = asked.get("contextActorId")
    if not user_id:
        return call.user
    user = call.service.org.user(str(user_id))
    if user is None:
        raise ApiError(400, "INVALID_CROSS_REFERENCE_KEY", "invalid cross reference id")
    return user


def _failed(refused: ApiError) -> dict[str, Any]:
    return {
        "actorIds": None,
        "entityId": None,
        "errors": [
            {
                "statusCode": refused.error_code,
                "message": refused.message,
                "fields": list(refused.fields or ()),
            }
        ],
        "instanceId": None,
        "instanceStatus": None,
        "newWorkitemIds": None,
        "success": False,
    }


routes = [Route("/services/data/v{version}/process/approvals", {"GET": _list, "POST": _process})]
