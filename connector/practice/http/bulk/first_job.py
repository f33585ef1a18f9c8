"""The jobs and batches of Bulk 1.0, and how they are told."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from typing import Any


@dataclass(kw_only=True)
class FirstBatch:
    """One batch: what was sent, what became of it, and the rows a query found."""

    id: str
    made: str
    request: bytes
    results: list[dict[str, Any]] = field(default_factory=list)
    found: bytes | None = None
    count: int = 0
    state: str = "Completed"
    message: str | None = None

    @property
    def failed(self) -> int:
        return sum(row.get("success") is False for row in self.results)


@dataclass(kw_only=True)
class FirstJob:
    """One job: what it does, to what, for whom, and its batches by id."""

    id: str
    object: str
    operation: str
    key: str | None
    by: str
    made: str
    version: str
    content: str
    concurrency: str = "Parallel"
    chunk_size: int | None = None
    state: str = "Open"
    batches: dict[str, FirstBatch] = field(default_factory=dict)


class FirstDesk:
    """The jobs of Bulk 1.0 by id."""

    def __init__(self) -> None:
        self.jobs: dict[str, FirstJob] = {}
        self.lock = threading.Lock()


def shown_job(job: FirstJob) -> dict[str, Any]:
    """Return what is told of a job."""
    batches = job.batches.values()
    return {
        "apexProcessingTime": 0,
        "apiActiveProcessingTime": 0,
        "apiVersion": float(job.version),
        "assignmentRuleId": None,
        "concurrencyMode": job.concurrency,
        "contentType": job.content,
        "createdById": job.by,
        "createdDate": job.made,
        "externalIdFieldName": job.key,
        "fastPathEnabled": False,
        "id": job.id,
        "numberBatchesCompleted": sum(each.state == "Completed" for each in batches),
        "numberBatchesFailed": sum(each.state == "Failed" for each in batches),
        "numberBatchesInProgress": 0,
        "numberBatchesQueued": 0,
        "numberBatchesTotal": len(batches),
        "numberRecordsFailed": sum(each.failed for each in batches),
        "numberRecordsProcessed": sum(each.count for each in batches),
        "numberRetries": 0,
        "object": job.object,
        "operation": job.operation,
        "state": job.state,
        "systemModstamp": job.made,
        "totalProcessingTime": 0,
    }


def shown_batch(job: FirstJob, batch: FirstBatch) -> dict[str, Any]:
    """Return what is told of a batch of the job."""
    return {
        "apexProcessingTime": 0,
        "apiActiveProcessingTime": 0,
        "createdDate": batch.made,
        "id": batch.id,
        "jobId": job.id,
        "numberRecordsFailed": batch.failed,
        "numberRecordsProcessed": batch.count,
        "state": batch.state,
        "stateMessage": batch.message,
        "systemModstamp": batch.made,
        "totalProcessingTime": 0,
    }
