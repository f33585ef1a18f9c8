"""What each grant type asks before it lets somebody in; each returns the username that may act."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Callable, Mapping
from datetime import datetime
from urllib.parse import urlsplit

import jwt

from connector.practice.clock import PracticeClock
from connector.practice.http.call import Call
from connector.practice.http.oauth.client_app import ClientApp, client_app
from connector.practice.http.oauth.grants_given import GrantsGiven
from connector.practice.http.oauth.refusal import OAuthError

Form = Mapping[str, str]
# An assertion is signed by the client's clock, which knows nothing of an org whose clock was moved on.
_WALL = PracticeClock()
_LOGIN_HOSTS = frozenset({"https://login.salesforce.com", "https://test.salesforce.com"})


def client_credentials(call: Call, form: Form) -> str:
    """The app itself logs in, as the user set in its policy."""
    app = client_app(call)
    check_client(app, form)
    return app.run_as


def password(call: Call, form: Form) -> str:
    """A username and its password, with or without the security token."""
    app = client_app(call)
    check_client(app, form)
    username = form.get("username", "")
    user = call.service.org.user_by_username(username)
    if user is None or not user.is_active or not app.accepts_password(username, form.get("password", "")):
        raise OAuthError("invalid_grant", "authentication failure")
    return username


def jwt_bearer(call: Call, form: Form) -> str:
    """An assertion signed with the app's private key (RS256): the app, the user, the host and its end."""
    app = client_app(call)
    assertion = form.get("assertion", "")
    try:
        claims = jwt.decode(
            assertion,
            options={
                "verify_signature": False,
                "verify_exp": False,
                "verify_aud": False,
                "verify_iat": False,
            },
        )
        algorithm = jwt.get_unverified_header(assertion).get("alg")
    except jwt.PyJWTError as fault:
        raise OAuthError("invalid_grant", "invalid assertion") from fault
    if claims.get("iss") != app.client_id:
        raise OAuthError("invalid_client_id", "client identifier invalid")
    if algorithm != "RS256":
        raise OAuthError("invalid_grant", "algorithm not supported")
    try:
        jwt.PyJWS().decode(assertion, app.public_key(), algorithms=["RS256"])  # type: ignore[arg-type]
    except jwt.PyJWTError as fault:
        raise OAuthError("invalid_client", "invalid client credentials") from fault
    _check_audience(call, claims.get("aud"))
    _check_expiry(claims.get("exp"), _WALL.now())
    username = str(claims.get("sub") or claims.get("prn") or "")
    user = call.service.org.user_by_username(username)
    if user is None or not user.is_active:
        raise OAuthError("invalid_grant", "user hasn't approved this consumer")
    return username


def refresh_token(call: Call, form: Form) -> str:
    """A refresh token from an earlier login by the web flow."""
    check_client(client_app(call), form, secret_needed=False)
    username = call.service.keep(GrantsGiven, GrantsGiven).username_of_refresh(form.get("refresh_token", ""))
    if username is None:
        raise OAuthError("invalid_grant", "expired access/refresh token")
    return username


def authorization_code(call: Call, form: Form) -> str:
    """A code from `/services/oauth2/authorize`, used once, with its PKCE verifier when it was asked for."""
    check_client(client_app(call), form, secret_needed=False)
    code = call.service.keep(GrantsGiven, GrantsGiven).take_code(form.get("code", ""))
    if code is None:
        raise OAuthError("invalid_grant", "expired authorization code")
    if code.redirect_uri != form.get("redirect_uri", code.redirect_uri):
        raise OAuthError("redirect_uri_mismatch", "redirect_uri must match configuration")
    if code.challenge:
        digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        if base64.urlsafe_b64encode(digest).rstrip(b"=").decode() != code.challenge:
            raise OAuthError("invalid_grant", "invalid code verifier")
    return code.username


GRANTS: Mapping[str, Callable[[Call, Form], str]] = {
    "client_credentials": client_credentials,
    "password": password,
    "urn:ietf:params:oauth:grant-type:jwt-bearer": jwt_bearer,
    "refresh_token": refresh_token,
    "authorization_code": authorization_code,
}


def check_client(app: ClientApp, form: Form, *, secret_needed: bool = True) -> None:
    """Refuse a wrong client id or secret. A public client may leave the secret out where it is not needed."""
    if not hmac.compare_digest(form.get("client_id", "").encode(), app.client_id.encode()):
        raise OAuthError("invalid_client_id", "client identifier invalid")
    given = form.get("client_secret")
    if given is None and not secret_needed:
        return
    if not hmac.compare_digest((given or "").encode(), app.client_secret.encode()):
        raise OAuthError("invalid_client", "invalid client credentials")


def _check_audience(call: Call, audience: object) -> None:
    named = {str(each).rstrip("/") for each in (audience if isinstance(audience, list) else [audience])}
    own = call.service.instance_url.rstrip("/")
    hosts = {urlsplit(each).netloc for each in named}
    host = call.headers.get("host", "")
    if not (
        named & (_LOGIN_HOSTS | {own})
        or any(each == host or each.endswith(".salesforce.com") for each in hosts)
    ):
        raise OAuthError("invalid_grant", "audience is invalid")


def _check_expiry(expiry: object, now: datetime) -> None:
    """Refuse an expired assertion. There is no upper bound: the sf command line writes milliseconds here."""
    try:
        left = float(str(expiry)) - now.timestamp()
    except ValueError as fault:
        raise OAuthError("invalid_grant", "invalid assertion") from fault
    if left <= 0:
        raise OAuthError("invalid_grant", "expired authorization code")
