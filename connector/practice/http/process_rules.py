"""`process/rules` and `quickActions`: this org has neither, and says so as an org does that has none."""

from __future__ import annotations

from connector.practice.http.call import Answer, Call
from connector.practice.http.places import named_object
from connector.practice.http.route import Route
from connector.practice.org import ApiError


def _rules(_: Call) -> Answer:
    return Answer(body={"rules": {}})


def _run_rules(call: Call) -> Answer:
    """Run the workflow rules on the records named: there are none to run, so each run succeeds."""
    contexts = call.json_object().get("contextIds")
    if not isinstance(contexts, list) or not contexts:
        raise ApiError(400, "JSON_PARSER_ERROR", "Missing required field: contextIds")
    return Answer(body=[{"errors": None, "success": True} for _ in contexts])


def _no_actions(_: Call) -> Answer:
    return Answer(body=[])


def _no_actions_of_object(call: Call) -> Answer:
    named_object(call)
    return Answer(body=[])


routes = [
    Route("/services/data/v{version}/process/rules", {"GET": _rules, "POST": _run_rules}),
    Route("/services/data/v{version}/quickActions", {"GET": _no_actions}),
    Route("/services/data/v{version}/sobjects/{object}/quickActions", {"GET": _no_actions_of_object}),
]
