"""`/services/oauth2/token`: the ways to a session token, and the form they are asked with."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from typing import Any
from urllib.parse import parse_qsl, unquote

import msgspec

from connector.practice.http.call import Answer, Call
from connector.practice.http.oauth.client_app import client_app
from connector.practice.http.oauth.grants import GRANTS
from connector.practice.http.oauth.grants_given import GrantsGiven
from connector.practice.http.oauth.refusal import OAuthError, refusable
from connector.practice.http.route import Route
from connector.practice.org import User


def form_of(call: Call) -> dict[str, str]:
    """The form fields of a call, its query string and `Authorization: Basic` folded in."""
    form = dict(call.query)
    if call.headers.get("content-type", "").startswith("application/json") and call.body:
        try:
            given = msgspec.json.decode(call.body, type=dict[str, Any])
        except msgspec.DecodeError as fault:
            raise OAuthError("invalid_request", "body is not valid JSON") from fault
        form |= {name: str(value) for name, value in given.items()}
    else:
        form |= dict(parse_qsl(call.body.decode("utf-8", "replace"), keep_blank_values=True))
    scheme, _, encoded = call.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "basic":
        try:
            name, _, secret = base64.b64decode(encoded, validate=True).decode().partition(":")
        except (binascii.Error, UnicodeDecodeError) as fault:
            raise OAuthError("invalid_client", "invalid client credentials") from fault
        form.setdefault("client_id", unquote(name))
        form.setdefault("client_secret", unquote(secret))
    return form


def instance_url(call: Call) -> str:
    """The instance's URL: the one the server was started under, else the one the client called."""
    if call.service.instance_url:
        return call.service.instance_url
    return f"http://{call.headers.get('host', 'localhost')}"


def identity_url(call: Call, user: User) -> str:
    """The `id` of a token answer: an address that tells who the user is."""
    return f"{instance_url(call)}/id/{call.service.org.organization_id}/{user.id}"


@refusable
def _token(call: Call) -> Answer:
    form = form_of(call)
    grant_type = form.get("grant_type", "")
    grant = GRANTS.get(grant_type)
    if grant is None:
        raise OAuthError("unsupported_grant_type", "grant type not supported")
    user = call.service.org.user_by_username(grant(call, form))
    if user is None or not user.is_active:
        raise OAuthError("inactive_user", "user is inactive")
    return Answer(body=_granted(call, user, grant_type))


def _granted(call: Call, user: User, grant_type: str) -> dict[str, Any]:
    app = client_app(call)
    who = identity_url(call, user)
    issued_at = str(int(call.service.org.now().timestamp() * 1000))
    signed = hmac.new(app.client_secret.encode(), (who + issued_at).encode(), hashlib.sha256).digest()
    granted = {
        "access_token": call.service.org.issue_token(user),
        "signature": base64.b64encode(signed).decode(),
        "scope": app.scopes,
        "instance_url": instance_url(call),
        "id": who,
        "token_type": "Bearer",
        "issued_at": issued_at,
    }
    if grant_type == "authorization_code":
        granted["refresh_token"] = call.service.keep(GrantsGiven, GrantsGiven).give_refresh(user.username)
    return granted


routes = [Route("/services/oauth2/token", {"POST": _token}, login=False, counted=False)]
