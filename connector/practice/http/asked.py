"""What every `/practice/` route reads from its body, and how such a route is made."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from connector.practice.http.call import Call
from connector.practice.http.route import Endpoint, Route
from connector.practice.org import ApiError, User


def required(asked: Mapping[str, Any], name: str) -> Any:
    """Return what the body holds under `name`; 400 MISSING_ARGUMENT naming it when it is not there."""
    value = asked.get(name)
    if value is None or value in ("", []):
        raise ApiError(400, "MISSING_ARGUMENT", f"The body needs {name}", (name,))
    return value


def actor_of(call: Call, asked: Mapping[str, Any]) -> User:
    """Who acts: `actor` as a username or user id; the administrator when it is left out."""
    name = asked.get("actor")
    if name is None:
        return call.service.org.admin
    return named_user(call, str(name))


def named_user(call: Call, name: str) -> User:
    """Return the user of that username or id; 404 when there is none."""
    org = call.service.org
    user = org.user_by_username(name) if "@" in name else org.user(name)
    if user is None:
        raise ApiError(404, "NOT_FOUND", f"No user {name}; GET /practice/users lists them")
    return user


def open_route(path: str, **endpoints: Endpoint) -> Route:
    """Make a route under `/practice/`: no login asked, no API call counted."""
    return Route(f"/practice/{path}", endpoints, login=False, counted=False)
