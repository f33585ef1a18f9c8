"""Who is calling: the session token in `Authorization`, under either of the schemes the service takes."""

from __future__ import annotations

from connector.practice.http.call import Call
from connector.practice.org import ApiError, User


def login_of(call: Call) -> User:
    """Return the login behind the token; 401 INVALID_SESSION_ID when missing, expired or revoked.

    A scheme that the service does not know at all is 401 INVALID_AUTH_HEADER.
    """
    if call.login is not None:
        return call.login
    scheme, _, token = call.headers.get("authorization", "").partition(" ")
    if scheme and scheme.lower() not in {"bearer", "oauth"}:
        raise ApiError(401, "INVALID_AUTH_HEADER", "INVALID_HEADER_TYPE")
    user = call.service.org.user_by_token(token.strip()) if scheme.lower() in {"bearer", "oauth"} else None
    if user is None:
        raise ApiError(401, "INVALID_SESSION_ID", "Session expired or invalid")
    return user
