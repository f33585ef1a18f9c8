"""The list of jobs, a thousand at a time."""

from __future__ import annotations

from typing import Any

from connector.practice.http.bulk.job import Job
from connector.practice.http.bulk.locator import locator_of, row_of
from connector.practice.http.call import Call

_PAGE = 1000


def job_list(call: Call, jobs: list[Job], path: str) -> dict[str, Any]:
    """`{"done","records","nextRecordsUrl"}` from the call's `queryLocator`, newest last."""
    concurrency, kind = call.query.get("concurrencyMode"), call.query.get("jobType")
    if (concurrency or "parallel").lower() != "parallel":
        jobs = []
    if kind:
        jobs = [job for job in jobs if job.kind.lower() == kind.lower()]
    start = row_of(call.query["queryLocator"]) if call.query.get("queryLocator") else 0
    page = jobs[start : start + _PAGE]
    end = start + len(page)
    done = end >= len(jobs)
    return {
        "done": done,
        "nextRecordsUrl": None if done else f"{call.base}/{path}?queryLocator={locator_of(end)}",
        "records": [job.listed() for job in page],
    }
