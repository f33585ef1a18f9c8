"""`/practice/`: acts of other people and of time, which no client of the real service could ask for.

Nothing here asks for a login, and nothing is counted as an API call. Refusals come in the REST shape.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from connector.practice.clock import stamp_of
from connector.practice.http import fault_routes, setup_acts
from connector.practice.http.asked import actor_of, named_user, open_route, required
from connector.practice.http.call import Answer, Call
from connector.practice.http.oauth.token import instance_url
from connector.practice.org import ApiError, Op, SaveResult


class Stories:
    """The seeded stories: name to the ids of those who play in it, by role."""

    def __init__(self, told: Mapping[str, Mapping[str, Any]] | None = None) -> None:
        self.told: Mapping[str, Mapping[str, Any]] = told or {}


def _shown(result: SaveResult) -> dict[str, Any]:
    errors = [
        {
            "statusCode": error.status_code,
            "message": error.message,
            "fields": list(error.fields),
            **error.extra,
        }
        for error in result.errors
    ]
    return {"id": result.id, "success": result.success, "errors": errors}


def _convert(call: Call) -> Answer:
    asked = call.json_object()
    return Answer(
        body=call.service.org.convert(
            str(required(asked, "leadId")),
            actor=actor_of(call, asked),
            account_id=asked.get("accountId"),
            contact_id=asked.get("contactId"),
            opportunity_name=asked.get("opportunityName"),
            do_not_create_opportunity=bool(asked.get("doNotCreateOpportunity", False)),
            owner_id=asked.get("ownerId"),
            converted_status=asked.get("convertedStatus"),
        )
    )


def _merge(call: Call) -> Answer:
    asked = call.json_object()
    losers = [str(each) for each in required(asked, "loserIds")]
    return Answer(
        body=call.service.org.merge(
            str(required(asked, "object")),
            str(required(asked, "masterId")),
            losers,
            actor=actor_of(call, asked),
            values=asked.get("values"),
        )
    )


def _undelete(call: Call) -> Answer:
    asked = call.json_object()
    result = call.service.org.undelete(
        str(required(asked, "object")), str(required(asked, "id")), actor=actor_of(call, asked)
    )
    return Answer(status=200 if result.success else 400, body=_shown(result))


def _empty_bin(call: Call) -> Answer:
    return Answer(body={"emptied": call.service.org.empty_bin()})


def _hold(call: Call) -> Answer:
    asked = call.json_object()
    ops: list[tuple[Op, str, str | None, Mapping[str, Any]]] = []
    for each in required(asked, "ops"):
        op = required(each, "op")
        if op not in {"insert", "update", "delete", "undelete"}:
            raise ApiError(400, "INVALID_INPUT", f"op must be insert, update, delete or undelete, not {op}")
        ops.append((cast("Op", op), str(required(each, "object")), each.get("id"), each.get("values") or {}))
    name = str(required(asked, "name"))
    results = call.service.org.hold(name, ops, actor=actor_of(call, asked))
    return Answer(body={"name": name, "results": [_shown(each) for each in results]})


def _commit(call: Call) -> Answer:
    name = str(required(call.json_object(), "name"))
    call.service.org.commit(name)
    return Answer(body={"name": name, "committed": True})


def _rollback(call: Call) -> Answer:
    name = str(required(call.json_object(), "name"))
    call.service.org.rollback(name)
    return Answer(body={"name": name, "committed": False})


def _advance(call: Call) -> Answer:
    seconds = required(call.json_object(), "seconds")
    if isinstance(seconds, bool) or not isinstance(seconds, int | float) or seconds < 0:
        raise ApiError(
            400, "INVALID_INPUT", f"seconds must be a number of seconds, 0 or more, not {seconds!r}"
        )
    return Answer(body={"now": stamp_of(call.service.org.advance(seconds))})


def _define_approval(call: Call) -> Answer:
    asked = call.json_object()
    definition = call.service.org.object(str(required(asked, "object")))
    process = call.service.org.define_approval(
        definition.name, asked.get("name") or f"{definition.label} Approval"
    )
    return Answer(body={"id": process})


def _login(call: Call) -> Answer:
    asked = call.json_object()
    user = named_user(call, str(required(asked, "username")))
    token = call.service.org.issue_token(user, lifetime=asked.get("lifetime"))
    return Answer(body={"access_token": token, "instance_url": instance_url(call), "user_id": user.id})


def _clock(call: Call) -> Answer:
    return Answer(body={"now": stamp_of(call.service.org.now())})


def _stories(call: Call) -> Answer:
    return Answer(body=dict(call.service.keep(Stories, Stories).told))


def _users(call: Call) -> Answer:
    return Answer(
        body=[
            {
                "id": user.id,
                "username": user.username,
                "name": user.name,
                "userType": user.user_type,
                "accountId": user.account_id,
                "contactId": user.contact_id,
                "language": user.language,
                "isActive": user.is_active,
            }
            for user in call.service.org.users()
        ]
    )


routes = [
    open_route("acts/convert", POST=_convert),
    open_route("acts/merge", POST=_merge),
    open_route("acts/undelete", POST=_undelete),
    open_route("acts/empty_bin", POST=_empty_bin),
    open_route("acts/hold", POST=_hold),
    open_route("acts/commit", POST=_commit),
    open_route("acts/rollback", POST=_rollback),
    open_route("acts/advance", POST=_advance),
    open_route("acts/define_approval", POST=_define_approval),
    open_route("login", POST=_login),
    open_route("clock", GET=_clock),
    open_route("stories", GET=_stories),
    open_route("users", GET=_users),
    *setup_acts.routes,
    *fault_routes.routes,
]
