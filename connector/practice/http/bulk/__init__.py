"""Bulk API 2.0: query jobs, ingest jobs and their files; and what JSON clients use of Bulk API 1.0."""

from __future__ import annotations

from connector.practice.http.bulk import first, ingest_jobs, query_jobs
from connector.practice.http.bulk.desk import Desk

routes = [*query_jobs.routes, *ingest_jobs.routes, *first.routes]

__all__ = ["Desk", "routes"]
