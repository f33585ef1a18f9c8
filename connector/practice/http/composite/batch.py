"""`composite/batch`: up to 25 independent subrequests, none of which sees another's answer."""

from __future__ import annotations

from typing import Any

from connector.practice.http.call import Answer, Call
from connector.practice.http.dispatch import dispatch_subrequest
from connector.practice.http.route import Route
from connector.practice.org import ApiError

_LIMIT = 25
_HALTED = [{"errorCode": "BATCH_PROCESSING_HALTED", "message": "Batch processing halted per request"}]


def _batch(call: Call) -> Answer:
    asked = call.json_object()
    subrequests = asked.get("batchRequests")
    if not isinstance(subrequests, list) or not subrequests:
        raise ApiError(400, "JSON_PARSER_ERROR", "Missing required field: batchRequests")
    if len(subrequests) > _LIMIT:
        raise ApiError(
            400, "INVALID_INPUT", f"Limit exceeded: at most {_LIMIT} subrequests, got {len(subrequests)}"
        )
    halt = asked.get("haltOnError") is True
    failed = False
    results: list[dict[str, Any]] = []
    for each in subrequests:
        if failed and halt:
            results.append({"statusCode": 412, "result": _HALTED})
            continue
        result = _run(call, each)
        failed = failed or result["statusCode"] >= 400
        results.append(result)
    return Answer(body={"hasErrors": failed, "results": results})


def _run(call: Call, asked: Any) -> dict[str, Any]:
    if not isinstance(asked, dict) or not asked.get("method") or not asked.get("url"):
        raise ApiError(400, "JSON_PARSER_ERROR", "A batch subrequest needs a method and a url")
    url = str(asked["url"])
    if not url.startswith("/services/"):
        url = "/services/data/" + url.lstrip("/")
    answer = dispatch_subrequest(call, str(asked["method"]), url, {}, asked.get("richInput"))
    return {"statusCode": answer.status, "result": answer.body}


routes = [Route("/services/data/v{version}/composite/batch", {"POST": _batch})]
