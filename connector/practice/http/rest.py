"""Every route of the plain REST API, in the order in which they are asked."""

from __future__ import annotations

from connector.practice.http import (
    definitions,
    describes,
    limits,
    list_views,
    looks,
    process_rules,
    queries,
    recents,
    records,
    replication,
    searches,
    tooling,
    upserts,
    versions,
)
from connector.practice.http.route import Route

routes: list[Route] = [
    *versions.routes,
    *limits.routes,
    *definitions.routes,
    *queries.routes,
    *searches.routes,
    *replication.routes,
    *describes.routes,
    *looks.routes,
    *list_views.routes,
    *recents.routes,
    *tooling.routes,
    *process_rules.routes,
    *records.routes,
    *upserts.routes,
]
