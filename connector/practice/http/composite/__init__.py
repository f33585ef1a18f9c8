"""Several operations in one call: composite, batch, graph, sObject collections and trees."""

from __future__ import annotations

from connector.practice.http.composite import batch, graph, request, sobject_rows, tree

routes = [*request.routes, *batch.routes, *graph.routes, *sobject_rows.routes, *tree.routes]
