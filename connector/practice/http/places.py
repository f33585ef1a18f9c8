"""The object that a path names, as far as the login may know it."""

from __future__ import annotations

from connector.practice.http.call import Call
from connector.practice.org import ApiError
from connector.practice.schema import ObjectDef


def not_found() -> ApiError:
    """Return the answer to any resource that is not there."""
    return ApiError(404, "NOT_FOUND", "The requested resource does not exist")


def named_object(call: Call) -> ObjectDef:
    """Return the object in the path's `{object}`; 404 NOT_FOUND when the login knows none of that name."""
    schema = call.service.org.schema
    name = call.places["object"]
    if not schema.has(name):
        raise not_found()
    found = schema.object(name)
    if not call.user.access.object(found).read:
        raise not_found()
    return found
