"""Bulk 2.0 query: a job from its creation to its end, and the rows in its result pages."""

from __future__ import annotations

import re
import time
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import structlog

from connector.ports.ahead import read_ahead
from connector.ports.org import Batch, OrgFault, RetryLater, StreamStopped
from connector.salesforce import columns
from connector.salesforce.bulk_pages import ResultPages, with_next
from connector.salesforce.call import Ask, encoded
from connector.salesforce.settings import OrgSettings
from connector.salesforce.transport import Transport

INCOMPLETE = "BULK_INCOMPLETE"
"""Code of the fault for a job that said it was complete and gave another number of rows."""

_GONE = frozenset({"INVALID_QUERY_LOCATOR", "NOT_FOUND"})
"""What the org says of results, or of a locator, that it keeps no longer (documented: 7 days, 2 days)."""

_PASSING = re.compile(r"(?i)time.?out|timed out|internal|retr(y|ied)|unable_to_lock|unavailable")
_log = structlog.get_logger(__name__)


class Position(NamedTuple):
    """Where a reader stands in a job's results: behind `rows` rows, before the page at `locator`.

    Locator "" is the first page, None the end. `query` is a digest of the SOQL, so that a changed query never
    resumes an old job.
    """

    job: str
    rows: int
    locator: str | None
    query: str

    def text(self) -> str:
        return f"{self.job}|{self.rows}|{'null' if self.locator is None else self.locator}|{self.query}"

    @classmethod
    def parse(cls, text: str) -> Position:
        job, rows, locator, query = text.split("|")
        return cls(job, int(rows), None if locator == "null" else locator, query)


class BulkQuery:
    """Runs SOQL as a Bulk 2.0 job. Documented: 10,000 jobs a day, results kept 7 days."""

    def __init__(
        self,
        transport: Transport,
        root: str,
        version: str,
        settings: OrgSettings,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._transport = transport
        self._jobs = f"{root}/jobs/query"
        self._version = float(version)
        self._pages = ResultPages(transport, self._jobs, self._version, settings)
        self._settings = settings
        self._sleep = sleep

    def batches(
        self,
        sobject: str,
        soql: str,
        fields: Sequence[str],
        kinds: Sequence[str],
        *,
        include_deleted: bool,
        resume: str | None,
    ) -> Iterator[Batch]:
        """Stream the rows; the job is deleted once they are all taken, and kept for `resume` when not.

        Results that the org no longer keeps are asked for once more, by a new job: rows come twice then.
        """
        start, state = self._begun(soql, include_deleted=include_deleted, resume=resume)
        try:
            yield from self._taken(start, state, sobject, fields, kinds)
        except OrgFault as gone:
            if gone.code not in _GONE:
                raise
            _log.warning("bulk results are gone, starting anew", job=start.job, code=gone.code)
            self._delete(start.job)
            start, state = self._begun(soql, include_deleted=include_deleted, resume=None)
            yield from self._taken(start, state, sobject, fields, kinds)

    def _taken(
        self,
        start: Position,
        state: Mapping[str, Any],
        sobject: str,
        fields: Sequence[str],
        kinds: Sequence[str],
    ) -> Iterator[Batch]:
        """The rows behind a position, each page whole or not at all."""
        state = self._finished(start.job, state, sobject)
        seen = start.rows
        for page in self._pages.behind(start.job, start.locator):
            with page.file as file:
                here = Position(start.job, seen, page.locator, start.query)
                found = 0
                parts = read_ahead(columns.pages(file, fields, kinds, self._settings.batch_rows))
                for part, more in with_next(parts):
                    found += len(part[0])
                    if more is None and page.claimed not in {None, found}:
                        break  # a broken page must not become a place to go on from
                    after = Position(start.job, seen + found, page.following, start.query)
                    yield Batch(
                        object=sobject,
                        fields=tuple(fields),
                        columns=tuple(part),
                        resume=(here if more else after).text(),
                    )
            if page.claimed is not None and page.claimed != found:
                raise _incomplete(sobject, start.job, page.claimed, found)
            seen += found
        promised = int(state.get("numberRecordsProcessed") or 0)
        self._delete(start.job)
        if seen != promised:
            raise _incomplete(sobject, start.job, promised, seen)

    def _begun(
        self, soql: str, *, include_deleted: bool, resume: str | None
    ) -> tuple[Position, Mapping[str, Any]]:
        """A new job, or the one `resume` stands in if the org still has it."""
        operation = "queryAll" if include_deleted else "query"
        digest = f"{zlib.crc32(f'{operation} {soql}'.encode()):08x}"
        if resume is not None:
            position = Position.parse(resume)
            if position.query == digest:
                state = self._still_there(position.job)
                if state:
                    return position, state
        body = {
            "operation": operation,
            "query": soql,
            "contentType": "CSV",
            "columnDelimiter": "COMMA",
            "lineEnding": "LF",
        }
        answer = self._transport.call(Ask(method="POST", path=self._jobs, kind="bulk", body=encoded(body)))
        state = answer.json()
        return Position(state["id"], 0, "", digest), state

    def _still_there(self, job: str) -> Mapping[str, Any] | None:
        """The job's state, None when the org has dropped it or ran it under another API version (409)."""
        try:
            state = self._state(job)
        except RetryLater:
            raise
        except OrgFault as gone:
            _log.warning("bulk job is gone, starting anew", job=job, code=gone.code)
            return None
        return state if float(state.get("apiVersion", self._version)) == self._version else None

    def _state(self, job: str) -> Mapping[str, Any]:
        answer = self._transport.call(Ask(method="GET", path=f"{self._jobs}/{job}", kind="bulk"))
        state: Mapping[str, Any] = answer.json()
        return state

    def _finished(self, job: str, state: Mapping[str, Any], sobject: str) -> Mapping[str, Any]:
        """Wait for the job's end; raises for each end but the good one, and when none comes."""
        pause, waited = self._settings.bulk_poll, 0.0
        while state["state"] != "JobComplete":
            said = state.get("errorMessage") or "no reason given"
            if state["state"] == "Failed":
                self._delete(job)
                failed = RetryLater if _PASSING.search(said) else StreamStopped
                raise failed(f"bulk query of {sobject} (job {job}) failed: {said}", code="BULK_FAILED")
            if state["state"] == "Aborted":
                raise RetryLater(
                    f"bulk query of {sobject} (job {job}) was aborted by someone in the org: {said}",
                    code="BULK_ABORTED",
                    delay=60.0,
                )
            if waited > self._settings.bulk_deadline:
                raise RetryLater(
                    f"bulk query of {sobject} (job {job}) is {state['state']} after {waited:.0f} s",
                    code="BULK_STUCK",
                )
            self._sleep(pause)
            waited += pause
            pause = min(pause * 1.5, self._settings.bulk_poll_limit)
            state = self._state(job)
        return state

    def _delete(self, job: str) -> None:
        """Tidy up; jobs vanish by themselves after 7 days, so a refusal is no fault."""
        try:
            self._transport.call(Ask(method="DELETE", path=f"{self._jobs}/{job}", kind="bulk"))
        except OrgFault as refusal:
            _log.info("bulk job was not deleted", job=job, code=refusal.code)


def _incomplete(sobject: str, job: str, promised: int, found: int) -> RetryLater:
    return RetryLater(
        f"bulk query of {sobject} (job {job}) promised {promised} rows and gave {found}: nothing may be"
        " concluded from it; take the snapshot again",
        code=INCOMPLETE,
        delay=60.0,
    )
