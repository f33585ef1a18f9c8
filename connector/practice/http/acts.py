"""`/practice/`: acts of other people and of time, which no client of the real service could ask for.

Nothing here asks for a login, and nothing is counted as an API call. Refusals come in the REST shape.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from connector.practice.clock import stamp_of
from connector.practice.http import fault_routes
from connector.practice.http.call import Answer, Call
from connector.practice.http.oauth.token import instance_url
from connector.practice.http.route import Endpoint, Route
from connector.practice.org import ApiError, Op, SaveResult, User


class Stories:
    """The seeded stories: name to the ids of those who play in it, by role."""

    def __init__(self, told: Mapping[str, Mapping[str, Any]] | None = None) -> None:
        self.told: Mapping[str, Mapping[str, Any]] = told or {}


def _required(asked: Mapping[str, Any], name: str) -> Any:
    value = asked.get(name)
    if value is None or value == "":
        raise ApiError(400, "MISSING_ARGUMENT", f"The body needs {name}", (name,))
    return value


def _actor(call: Call, asked: Mapping[str, Any]) -> User:
    """Who acts: `actor` as a username or user id; the administrator when it is left out."""
    name = asked.get("actor")
    if name is None:
        return call.service.org.admin
    return _user(call, str(name))


def _user(call: Call, name: str) -> User:
    org = call.service.org
    user = org.user_by_username(name) if "@" in name else org.user(name)
    if user is None:
        raise ApiError(404, "NOT_FOUND", f"No user {name}; GET /practice/users lists them")
    return user


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
            str(_required(asked, "leadId")),
            actor=_actor(call, asked),
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
    losers = [str(each) for each in _required(asked, "loserIds")]
    return Answer(
        body=call.service.org.merge(
            str(_required(asked, "object")),
            str(_required(asked, "masterId")),
            losers,
            actor=_actor(call, asked),
            values=asked.get("values"),
        )
    )


def _undelete(call: Call) -> Answer:
    asked = call.json_object()
    result = call.service.org.undelete(
        str(_required(asked, "object")), str(_required(asked, "id")), actor=_actor(call, asked)
    )
    return Answer(status=200 if result.success else 400, body=_shown(result))


def _empty_bin(call: Call) -> Answer:
    return Answer(body={"emptied": call.service.org.empty_bin()})


def _hold(call: Call) -> Answer:
    asked = call.json_object()
    ops: list[tuple[Op, str, str | None, Mapping[str, Any]]] = []
    for each in _required(asked, "ops"):
        op = _required(each, "op")
        if op not in {"insert", "update", "delete", "undelete"}:
            raise ApiError(400, "INVALID_INPUT", f"op must be insert, update, delete or undelete, not {op}")
        ops.append((cast("Op", op), str(_required(each, "object")), each.get("id"), each.get("values") or {}))
    name = str(_required(asked, "name"))
    results = call.service.org.hold(name, ops, actor=_actor(call, asked))
    return Answer(body={"name": name, "results": [_shown(each) for each in results]})


def _commit(call: Call) -> Answer:
    name = str(_required(call.json_object(), "name"))
    call.service.org.commit(name)
    return Answer(body={"name": name, "committed": True})


def _rollback(call: Call) -> Answer:
    name = str(_required(call.json_object(), "name"))
    call.service.org.rollback(name)
    return Answer(body={"name": name, "committed": False})


def _advance(call: Call) -> Answer:
    seconds = _required(call.json_object(), "seconds")
    if isinstance(seconds, bool) or not isinstance(seconds, int | float) or seconds < 0:
        raise ApiError(
            400, "INVALID_INPUT", f"seconds must be a number of seconds, 0 or more, not {seconds!r}"
        )
    return Answer(body={"now": stamp_of(call.service.org.advance(seconds))})


def _define_approval(call: Call) -> Answer:
    asked = call.json_object()
    definition = call.service.org.object(str(_required(asked, "object")))
    process = call.service.org.define_approval(
        definition.name, asked.get("name") or f"{definition.label} Approval"
    )
    return Answer(body={"id": process})


def _login(call: Call) -> Answer:
    asked = call.json_object()
    user = _user(call, str(_required(asked, "username")))
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


def _open(path: str, **endpoints: Endpoint) -> Route:
    return Route(f"/practice/{path}", endpoints, login=False, counted=False)


routes = [
    _open("acts/convert", POST=_convert),
    _open("acts/merge", POST=_merge),
    _open("acts/undelete", POST=_undelete),
    _open("acts/empty_bin", POST=_empty_bin),
    _open("acts/hold", POST=_hold),
    _open("acts/commit", POST=_commit),
    _open("acts/rollback", POST=_rollback),
    _open("acts/advance", POST=_advance),
    _open("acts/define_approval", POST=_define_approval),
    _open("login", POST=_login),
    _open("clock", GET=_clock),
    _open("stories", GET=_stories),
    _open("users", GET=_users),
    *fault_routes.routes,
]
