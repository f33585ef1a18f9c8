"""`/practice/faults`: asking for faults, and the ones that happen at once."""

from __future__ import annotations

from connector.practice.http.call import Answer, Call
from connector.practice.http.expiry import expire_locators, expire_tokens
from connector.practice.http.fault import Faults, fault_of
from connector.practice.http.meter import Meter
from connector.practice.http.route import Route
from connector.practice.org import ApiError


def _add(call: Call) -> Answer:
    asked = call.json_object()
    done = {}
    if asked.pop("expire_tokens", False):
        done["expired_tokens"] = expire_tokens(call.service)
    if asked.pop("expire_locators", False):
        done["expired_locators"] = expire_locators(call.service)
    if "limit_used" in asked:
        used = asked.pop("limit_used")
        if isinstance(used, bool) or not isinstance(used, int):
            raise ApiError(400, "INVALID_INPUT", f"limit_used must be a count of calls, not {used!r}")
        call.service.keep(Meter, Meter).set_used(used)
        done["limit_used"] = used
    if not asked and done:
        return Answer(body=done)
    fault_id = call.service.keep(Faults, Faults).add(fault_of(asked))
    return Answer(status=201, body={"id": fault_id, **done})


def _list(call: Call) -> Answer:
    return Answer(body=call.service.keep(Faults, Faults).listed())


def _clear(call: Call) -> Answer:
    return Answer(body={"cleared": call.service.keep(Faults, Faults).clear(call.places.get("fault"))})


routes = [
    Route("/practice/faults", {"GET": _list, "POST": _add, "DELETE": _clear}, login=False, counted=False),
    Route("/practice/faults/{fault}", {"DELETE": _clear}, login=False, counted=False),
]
