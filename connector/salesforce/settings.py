"""What a connection to one org needs to know. Nothing here reads the environment."""

from __future__ import annotations

from dataclasses import dataclass, field
from urllib.parse import urlsplit

from connector.ports.org import DaemonStopped

LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


@dataclass(frozen=True, kw_only=True, slots=True)
class OrgSettings:
    """One org, one login, and how politely we ask.

    One way to log in must be complete: `access_token` (with `instance_url`), `private_key` (JWT bearer, with
    `client_id` and `username`), or `client_secret` (client credentials, with `client_id`). The first wins.
    """

    instance_url: str | None = None
    """Base URL of the org. Needed with `access_token`; otherwise the login's answer names it."""

    login_url: str = "https://login.salesforce.com"
    """Source of tokens: My Domain for client credentials; for sandboxes, `https://test.salesforce.com`."""

    audience: str | None = None
    """JWT `aud`; None takes `login_url`. Behind My Domain, Salesforce wants the login or test host here."""

    client_id: str | None = None
    username: str | None = None
    client_secret: str | None = field(default=None, repr=False)
    private_key: str | None = field(default=None, repr=False)
    """PEM text of the RSA key whose certificate the app in the org holds."""

    access_token: str | None = field(default=None, repr=False)
    """A token got elsewhere. It cannot be renewed: once the org refuses it, the daemon stops."""

    organization_id: str | None = None
    """The org we were first introduced to; another one is refused (a refreshed sandbox has a new id)."""

    api_version: str | None = None
    """For example `63.0`; None asks the org for its newest at login and keeps to it."""

    budget_share: float = 0.5
    """The part of the org's daily API calls we may use: the org has other clients too."""

    client_name: str = "ChannelConnector"
    """Sent as `Sforce-Call-Options: client=…`, so that admins and change events can tell our calls."""

    connect_timeout: float = 10.0
    """Seconds to a TCP and TLS connection."""

    read_timeout: float = 120.0
    """Seconds without a byte. The org itself gives up a query after 120."""

    attempts: int = 5
    """Tries of one call before the fault is handed to the caller."""

    backoff: float = 0.5
    """Seconds before the second try; doubles, with jitter."""

    backoff_limit: float = 30.0
    """The longest such pause."""

    connections: int = 8
    """Connections kept open; stays far below the org's 25 concurrent long calls."""

    bulk_poll: float = 0.2
    """Seconds before a bulk job is first asked after; grows by half each time."""

    bulk_poll_limit: float = 15.0
    """The longest pause between two such questions: each costs an API call."""

    bulk_deadline: float = 6 * 3600.0
    """Seconds after which a bulk job that neither ends nor fails is given up."""

    bulk_page_rows: int = 50_000
    """Rows asked for per result page; without a limit one download can hang."""

    bulk_parallel: int = 4
    """Result pages fetched ahead of the reader; also the bound on pages held (on disk past 1 MB each)."""

    batch_rows: int = 10_000
    """Most rows in one batch of a snapshot."""

    describe_ttl: float = 600.0
    """Seconds a describe is believed before the org is asked whether it changed."""

    allow_duplicate_alerts: bool = False
    """Send `Sforce-Duplicate-Rule-Header: allowSave=true`, which passes duplicate rules that only alert."""

    ca_bundle: str | None = None
    """PEM file of a private certificate authority."""

    proxy: str | None = None
    """HTTP proxy for every call."""

    plain_http: bool = False
    """Allow `http://` to a host other than this machine. Tokens would travel readable."""

    def __post_init__(self) -> None:
        for name in ("instance_url", "login_url"):
            _checked_url(name, getattr(self, name), plain_http=self.plain_http)
        if not 0 < self.budget_share <= 1:
            raise DaemonStopped(f"api_share is {self.budget_share}; it must be above 0 and at most 1")
        if self.access_token:
            if not self.instance_url:
                raise DaemonStopped(
                    "access_token needs instance_url beside it: the token does not say where it belongs"
                )
        elif self.private_key:
            if not (self.client_id and self.username):
                raise DaemonStopped("private_key_file (JWT bearer) needs client_id and username beside it")
        elif self.client_secret:
            if not self.client_id:
                raise DaemonStopped("client_secret (client credentials) needs client_id beside it")
        else:
            raise DaemonStopped("no way to log in: set access_token, private_key_file or client_secret")

    def secrets(self) -> tuple[str, ...]:
        """Texts that must never reach a log or a message."""
        return tuple(s for s in (self.access_token, self.client_secret, self.private_key) if s)


def _checked_url(name: str, url: str | None, *, plain_http: bool) -> None:
    if url is None:
        return
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise DaemonStopped(f"{name} is {url!r}; expected https://host")
    if parts.scheme == "http" and parts.hostname not in LOOPBACK and not plain_http:
        raise DaemonStopped(
            f"{name} {url!r} would send tokens readable: use https, or set plain_http to allow it"
        )
