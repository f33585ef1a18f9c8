"""The connections to one org."""

from __future__ import annotations

from http.cookiejar import DefaultCookiePolicy
from typing import Any

import requests
from requests.adapters import HTTPAdapter

from connector.salesforce.settings import OrgSettings


class TimedSession(requests.Session):
    """A session in which no call waits for ever; no cookies, and nothing read from the environment."""

    def __init__(self, settings: OrgSettings) -> None:
        super().__init__()
        self._time_out = (settings.connect_timeout, settings.read_timeout)
        # A .netrc entry would replace our Authorization header; proxies and certificates are settings.
        self.trust_env = False
        self.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
        if settings.ca_bundle:
            self.verify = settings.ca_bundle
        if settings.proxy:
            self.proxies = {"http": settings.proxy, "https": settings.proxy}
        adapter = HTTPAdapter(pool_connections=2, pool_maxsize=settings.connections, pool_block=True)
        self.mount("https://", adapter)
        self.mount("http://", adapter)
        self.headers["Sforce-Call-Options"] = f"client={settings.client_name}"
        self.headers["User-Agent"] = settings.client_name

    def send(self, request: requests.PreparedRequest, **kwargs: Any) -> requests.Response:
        if kwargs.get("timeout") is None:
            kwargs["timeout"] = self._time_out
        return super().send(request, **kwargs)
