"""What becomes of a token: revoking it, and asking whether it still works."""

from __future__ import annotations

from connector.practice.http.call import Answer, Call
from connector.practice.http.oauth.client_app import client_app
from connector.practice.http.oauth.grants import check_client
from connector.practice.http.oauth.grants_given import GrantsGiven
from connector.practice.http.oauth.refusal import OAuthError, refusable
from connector.practice.http.oauth.token import form_of, identity_url
from connector.practice.http.route import Route

_LIFETIME = 2 * 3600


@refusable
def _revoke(call: Call) -> Answer:
    token = form_of(call).get("token", "")
    known = call.service.keep(GrantsGiven, GrantsGiven).revoke_refresh(token)
    if not known and call.service.org.user_by_token(token) is not None:
        call.service.org.revoke(token)
        known = True
    if not known:
        raise OAuthError("unsupported_token_type", "this token type is not supported")
    return Answer(body=b"", media_type=None)


def _introspect(call: Call) -> Answer:
    try:
        form = form_of(call)
        app = client_app(call)
        check_client(app, form)
    except OAuthError as refused:
        return OAuthError(refused.error, refused.description, 401).answer()
    token = form.get("token", "")
    user = call.service.org.user_by_token(token)
    kind = "access_token"
    if user is None:
        username = call.service.keep(GrantsGiven, GrantsGiven).username_of_refresh(token)
        user = call.service.org.user_by_username(username) if username else None
        kind = "refresh_token"
    if user is None:
        return Answer(body={"active": False})
    issued = int(call.service.org.now().timestamp())
    return Answer(
        body={
            "active": True,
            "scope": app.scopes,
            "client_id": app.client_id,
            "username": user.username,
            "sub": identity_url(call, user),
            "token_type": kind,
            "exp": issued + _LIFETIME,
            "iat": issued,
            "nbf": issued,
        },
    )


routes = [
    Route("/services/oauth2/revoke", {"POST": _revoke, "GET": _revoke}, login=False, counted=False),
    Route("/services/oauth2/introspect", {"POST": _introspect}, login=False, counted=False),
]
