"""A Bulk 2.0 job: what was asked, how far it is, and the shapes in which the API shows it.

query:   UploadComplete (client) -> InProgress (server) -> JobComplete | Failed (server)
ingest:  Open (client) -> UploadComplete (client) -> InProgress -> JobComplete | Failed (server)
either:  Aborted (client), from any state before JobComplete
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from connector.practice.http.bulk.dialect import Dialect


class State(StrEnum):
    """Where a job stands."""

    OPEN = "Open"  # the client created an ingest job and may upload
    UPLOAD_COMPLETE = "UploadComplete"  # the client closed it (or asked a query); it waits for the server
    IN_PROGRESS = "InProgress"  # the server is at it
    JOB_COMPLETE = "JobComplete"  # the server is done, though rows may have failed
    FAILED = "Failed"  # the server gave up on the job as a whole
    ABORTED = "Aborted"  # the client took it back

    @property
    def final(self) -> bool:
        return self in {State.JOB_COMPLETE, State.FAILED, State.ABORTED}


@dataclass(frozen=True, kw_only=True)
class Job:
    """One job, changed by copy. Times are practice-clock texts as the REST API writes them."""

    id: str
    kind: str  # V2Query or V2Ingest
    operation: str
    object: str
    created_by: str
    created_at: str
    modified_at: str
    version: str
    dialect: Dialect = field(default_factory=Dialect)
    state: State = State.UPLOAD_COMPLETE
    query: str | None = None
    external_id_field: str | None = None
    assignment_rule: str | None = None
    processed: int = 0
    failed: int = 0
    milliseconds: int = 0
    error: str | None = None
    hard_delete: bool = False

    @property
    def content_url(self) -> str:
        """Where an open ingest job takes its rows; without a leading slash, as the real service writes it."""
        return f"services/data/v{self.version}/jobs/ingest/{self.id}/batches"

    def brief(self) -> dict[str, Any]:
        """What a PATCH answers: no `contentUrl`, `lineEnding`, `columnDelimiter` or `jobType`."""
        shown: dict[str, Any] = {"id": self.id, "operation": self.operation, "object": self.object}
        if self.assignment_rule:
            shown["assignmentRuleId"] = self.assignment_rule
        shown |= {
            "createdById": self.created_by,
            "createdDate": self.created_at,
            "systemModstamp": self.modified_at,
            "state": self.state.value,
        }
        if self.external_id_field:
            shown["externalIdFieldName"] = self.external_id_field
        return {
            **shown,
            "concurrencyMode": "Parallel",
            "contentType": "CSV",
            "apiVersion": float(self.version),
        }

    def created(self) -> dict[str, Any]:
        """What the POST that made the job answers."""
        shown = self.brief()
        if self.kind == "V2Ingest":
            shown["contentUrl"] = self.content_url
        return {
            **shown,
            "lineEnding": self.dialect.ending_name,
            "columnDelimiter": self.dialect.delimiter_name,
        }

    def listed(self) -> dict[str, Any]:
        """One entry of the list of jobs."""
        shown = {**self.brief(), "jobType": self.kind}
        if self.kind == "V2Ingest" and self.state is State.OPEN:
            shown["contentUrl"] = self.content_url
        return {
            **shown,
            "lineEnding": self.dialect.ending_name,
            "columnDelimiter": self.dialect.delimiter_name,
        }

    def info(self) -> dict[str, Any]:
        """What GET answers."""
        shown = self.listed()
        shown["numberRecordsProcessed"] = self.processed
        if self.kind == "V2Ingest":
            shown["numberRecordsFailed"] = self.failed
        shown |= {"retries": 0, "totalProcessingTime": self.milliseconds}
        if self.kind == "V2Ingest":
            shown |= {"apiActiveProcessingTime": self.milliseconds, "apexProcessingTime": 0}
        shown["isPkChunkingSupported"] = self.kind == "V2Query"
        if self.error is not None:
            shown["errorMessage"] = self.error
        return shown
