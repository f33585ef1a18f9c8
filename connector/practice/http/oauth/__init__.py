"""Logging in: the OAuth endpoints, the SOAP login and the answers about who is logged in."""

from __future__ import annotations

from connector.practice.http.oauth import authorize, identity, soap, token, tokens
from connector.practice.http.oauth.client_app import ClientApp

routes = [*token.routes, *tokens.routes, *authorize.routes, *identity.routes, *soap.routes]

__all__ = ["ClientApp", "routes"]
