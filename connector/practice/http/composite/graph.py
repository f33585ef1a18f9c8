"""`composite/graph`: independent graphs of subrequests, each of which holds together or not at all."""

from __future__ import annotations

from typing import Any

from connector.practice.http.call import Answer, Call
from connector.practice.http.composite.request import together
from connector.practice.http.composite.subrequest import Subrequest, subrequests_of
from connector.practice.http.route import Route
from connector.practice.org import ApiError

_GRAPHS = 75
_NODES = 500


def _graph(call: Call) -> Answer:
    asked = call.json_object().get("graphs")
    if not isinstance(asked, list) or not asked:
        raise ApiError(400, "JSON_PARSER_ERROR", "Missing required field: graphs")
    if len(asked) > _GRAPHS:
        raise ApiError(
            400, "INVALID_INPUT", f"Limit exceeded: at most {_GRAPHS} graphs are allowed, got {len(asked)}"
        )
    graphs: list[tuple[str, list[Subrequest]]] = []
    for each in asked:
        if not isinstance(each, dict) or not each.get("graphId"):
            raise ApiError(400, "JSON_PARSER_ERROR", "Missing required field: graphId")
        graphs.append((str(each["graphId"]), subrequests_of(each.get("compositeRequest"), call.version)))
    nodes = sum(len(subrequests) for _, subrequests in graphs)
    if nodes > _NODES:
        raise ApiError(
            400, "INVALID_INPUT", f"Limit exceeded: at most {_NODES} nodes are allowed, got {nodes}"
        )
    return Answer(body={"graphs": [_run(call, name, subrequests) for name, subrequests in graphs]})


def _run(call: Call, name: str, subrequests: list[Subrequest]) -> dict[str, Any]:
    replies = together(call, subrequests)
    return {
        "graphId": name,
        "graphResponse": {"compositeResponse": [reply.shown() for reply in replies]},
        "isSuccessful": not any(reply.failed for reply in replies),
    }


routes = [Route("/services/data/v{version}/composite/graph", {"POST": _graph})]
