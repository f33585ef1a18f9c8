"""How we get a token: JWT bearer, client credentials, or one given to us.

The token request and its errors are simple-salesforce's; the URLs are ours, because its own flows know only
`https://*.salesforce.com`.
"""

from __future__ import annotations

import base64
import warnings
from collections.abc import Callable
from urllib.parse import urlsplit

import jwt
import requests
import structlog
from simple_salesforce.exceptions import SalesforceAuthenticationFailed
from simple_salesforce.login import token_login

from connector.ports.org import DaemonStopped, OrgFault, RetryLater
from connector.salesforce.call import Token
from connector.salesforce.meter import Meter, OrgClock
from connector.salesforce.redaction import redacted
from connector.salesforce.session import TimedSession
from connector.salesforce.settings import OrgSettings

_TOKEN_PATH = "/services/oauth2/token"  # noqa: S105  (a path, not a token)
_LIFE = 180  # seconds of a JWT assertion; Salesforce takes at most 300
_SKEW = 60.0  # seconds by which clocks may differ before one of them is wrong
_log = structlog.get_logger(__name__)


class Login:
    """Returns a fresh token when called; raises DaemonStopped if refused, RetryLater if nobody answers."""

    def __init__(
        self, settings: OrgSettings, session: TimedSession, meter: Meter, wall: Callable[[], float]
    ) -> None:
        self._settings = settings
        self._session = session
        self._meter = meter
        self._wall = wall

    @property
    def renewable(self) -> bool:
        return not self._settings.access_token

    def __call__(self) -> Token:
        settings = self._settings
        if settings.access_token and settings.instance_url:
            return Token(text=settings.access_token, instance_url=settings.instance_url.rstrip("/"))
        try:
            if settings.private_key:
                return self._by_jwt(settings.private_key)
            pair = f"{settings.client_id}:{settings.client_secret}".encode()
            basic = {"Authorization": f"Basic {base64.b64encode(pair).decode()}"}
            return self._token({"grant_type": "client_credentials"}, basic)
        except requests.RequestException as failure:
            text = redacted(f"login at {settings.login_url}: no answer: {failure}", settings.secrets())
            raise RetryLater(text, delay=0.0) from failure
        except SalesforceAuthenticationFailed as refusal:
            raise self._refused(refusal) from refusal

    def _token(self, form: dict[str, str], headers: dict[str, str] | None = None) -> Token:
        settings = self._settings
        self._meter.free("login")
        with warnings.catch_warnings():
            # It warns, at length, of an app that is not approved yet; the refusal below says so in our words.
            warnings.simplefilter("ignore")
            text, host = token_login(
                settings.login_url.rstrip("/") + _TOKEN_PATH,
                form,
                "login",
                settings.client_id or "",
                headers,
                None,
                self._session,
            )
        if not isinstance(text, str) or not text:
            raise DaemonStopped(f"login at {settings.login_url}: the answer holds no access token")
        scheme = urlsplit(settings.login_url).scheme
        return Token(text=text, instance_url=(settings.instance_url or f"{scheme}://{host}").rstrip("/"))

    def _by_jwt(self, key: str) -> Token:
        """Dated by our clock, as every client does; by the org's when ours is wrong and the org says no."""
        now = self._wall()
        try:
            return self._token(_jwt_form(self._assertion(key, now)))
        except SalesforceAuthenticationFailed as refusal:
            theirs = self._their_time() if refusal.code == "invalid_grant" else None
            if theirs is None or abs(theirs - now) < _SKEW:
                raise
            _log.warning("our clock is wrong, dating the login by the org's", seconds=round(now - theirs))
            return self._token(_jwt_form(self._assertion(key, theirs)))

    def _their_time(self) -> float | None:
        """The login host's clock, in seconds since 1970."""
        clock = OrgClock()
        seen = self._session.get(
            self._settings.login_url.rstrip("/") + "/services/data", allow_redirects=False
        )
        clock.note(seen.headers.get("Date"))
        now = clock.now()
        return now.timestamp() if now else None

    def _assertion(self, key: str, now: float) -> str:
        settings = self._settings
        claims = {
            "iss": settings.client_id,
            "sub": settings.username,
            "aud": settings.audience or settings.login_url.rstrip("/"),
            "exp": int(now) + _LIFE,
        }
        try:
            return jwt.encode(claims, key, algorithm="RS256")
        except (ValueError, TypeError, jwt.PyJWTError) as failure:
            raise DaemonStopped("private_key_file holds no RSA private key in PEM form") from failure

    def _refused(self, refusal: SalesforceAuthenticationFailed) -> OrgFault:
        code = str(refusal.code)
        said = redacted(str(refusal.auth_message), self._settings.secrets())[:300]
        text = f"login at {self._settings.login_url} refused: {code}: {said}"
        if code.isdigit() or code in {"server_error", "temporarily_unavailable", "unknown_error"}:
            return RetryLater(f"login at {self._settings.login_url}: HTTP {code}", code=code, delay=0.0)
        hint = _HINTS.get(said) or _HINTS.get(code)
        return DaemonStopped(f"{text}. {hint}" if hint else text, code=code)


def _jwt_form(assertion: str) -> dict[str, str]:
    return {"grant_type": "urn:ietf:params:oauth:grant-type:jwt-bearer", "assertion": assertion}


_HINTS = {
    "user hasn't approved this consumer": "Let an admin pre-authorise the app for the integration user.",
    "invalid_client_id": "client_id names no app of this org; external client apps must be installed there.",
    "invalid_client": "client_secret does not belong to client_id.",
    "invalid_grant": "Check username, login_url, the app's certificate, and that the user is active.",
    "invalid_app_access": "The user may not use this app: assign its permission set.",
}
