"""Bulk API 2.0: query jobs, ingest jobs and their files."""

from __future__ import annotations

from connector.practice.http.bulk import ingest_jobs, query_jobs
from connector.practice.http.bulk.desk import Desk

routes = [*query_jobs.routes, *ingest_jobs.routes]

__all__ = ["Desk", "routes"]
