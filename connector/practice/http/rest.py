"""Every route of the plain REST API, in the order in which they are asked."""

from __future__ import annotations

from connector.practice.http.route import Route

routes: list[Route] = []
