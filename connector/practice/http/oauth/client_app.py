"""The client app that the practice org knows: its key, secret, certificate and the passwords of its users."""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field

from cryptography import x509

from connector.practice.http.call import Call
from connector.practice.http.oauth.refusal import OAuthError

INTEGRATION_USER = "connector@practice.example"


@dataclass(frozen=True, kw_only=True)
class ClientApp:
    """An external client app, installed and approved for every user.

    `certificate` (PEM) verifies JWT assertions; None refuses them. `run_as` is the login of the
    client-credentials flow. Every user has the same `password`, so that tests need no list of them;
    `security_token` may follow it, as clients outside the trusted network must send it.
    """

    client_id: str = "3MVG9practice.ChannelConnector"
    client_secret: str = "E6B1practice0F5C"  # noqa: S105 - a practice org has nothing to protect
    certificate: bytes | None = None
    run_as: str = INTEGRATION_USER
    password: str = "practice"  # noqa: S105 - the same
    security_token: str = "T0kenOfPractice"  # noqa: S105 - the same
    scopes: str = "refresh_token api web"
    extra_passwords: Mapping[str, str] = field(default_factory=dict)

    def accepts_password(self, username: str, given: str) -> bool:
        """Whether `given` is the user's password, with or without the security token behind it."""
        password = self.extra_passwords.get(username, self.password)
        known = (password, password + self.security_token)
        return any(hmac.compare_digest(given.encode(), each.encode()) for each in known)

    def public_key(self) -> object:
        """The key that verifies assertions; `OAuthError` when no certificate is registered."""
        if self.certificate is None:
            raise OAuthError("invalid_client", "no certificate is registered for this app")
        return x509.load_pem_x509_certificate(self.certificate).public_key()


def client_app(call: Call) -> ClientApp:
    """The client app of the running org."""
    return call.service.keep(ClientApp, ClientApp)
