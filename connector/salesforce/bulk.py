"""Bulk 2.0 query: a job, its result pages, and the batches in them.

Pages are fetched ahead, in parallel where the org offers their addresses (API 58 and later), each whole into
a file that stays in memory while small: a broken download repeats one page, never a job.
"""

from __future__ import annotations

import re
import tempfile
import time
import zlib
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import IO, Any, NamedTuple, TypeVar
from urllib.parse import parse_qs, urlsplit

import structlog

from connector.ports.org import Batch, OrgFault, RetryLater, StreamStopped
from connector.salesforce import columns
from connector.salesforce.settings import OrgSettings
from connector.salesforce.transport import Ask, Transport, encoded

INCOMPLETE = "BULK_INCOMPLETE"
"""Code of the fault for a job that said it was complete and gave another number of rows."""

_IN_MEMORY = 16 << 20
_PARALLEL_SINCE = 58.0
_PASSING = re.compile(r"(?i)time.?out|timed out|internal|retr(y|ied)|unable_to_lock|unavailable")
_log = structlog.get_logger(__name__)

T = TypeVar("T")


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


@dataclass(frozen=True, kw_only=True, slots=True)
class _Page:
    file: IO[bytes]
    locator: str
    following: str | None  # what the org names as the next locator
    claimed: int | None  # rows, as the org counts them


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
        """Stream the rows; the job is deleted once they are all taken, and kept for `resume` when not."""
        start, state = self._begun(soql, include_deleted=include_deleted, resume=resume)
        state = self._finished(start.job, state, sobject)
        seen = start.rows
        pool = ThreadPoolExecutor(self._settings.bulk_parallel, thread_name_prefix="bulk")
        try:
            for page in self._pages(pool, start):
                with page.file as file:
                    here = Position(start.job, seen, page.locator, start.query)
                    found = 0
                    parts = columns.pages(file, fields, kinds, self._settings.batch_rows)
                    for part, more in _with_next(parts):
                        found += len(part[0])
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
        finally:
            # A reader that leaves early does not wait for downloads nobody wants.
            pool.shutdown(wait=False, cancel_futures=True)
        promised = int(state.get("numberRecordsProcessed") or 0)
        if seen != promised:
            raise _incomplete(sobject, start.job, promised, seen)
        self._delete(start.job)

    def _begun(
        self, soql: str, *, include_deleted: bool, resume: str | None
    ) -> tuple[Position, Mapping[str, Any]]:
        """A new job, or the one `resume` stands in if the org still has it."""
        digest = f"{zlib.crc32(soql.encode()):08x}"
        if resume is not None:
            position = Position.parse(resume)
            if position.query == digest:
                state = self._still_there(position.job)
                if state:
                    return position, state
        body = {
            "operation": "queryAll" if include_deleted else "query",
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

    def _pages(self, pool: ThreadPoolExecutor, start: Position) -> Iterator[_Page]:
        if start.locator is None:
            return iter(())
        if self._version >= _PARALLEL_SINCE and not start.locator:
            addresses = self._addresses(start.job)
            if addresses is not None:
                return self._in_parallel(pool, addresses)
        return self._in_turn(pool, start.job, start.locator)

    def _addresses(self, job: str) -> Iterator[str] | None:
        """The result pages' addresses, five at a time; None when the org does not offer them."""
        try:
            first = self._transport.call(
                Ask(method="GET", path=f"{self._jobs}/{job}/resultPages", kind="bulk")
            ).json()
        except RetryLater:
            raise
        except OrgFault:
            return None
        return self._listed(first)

    def _listed(self, answer: Mapping[str, Any]) -> Iterator[str]:
        while True:
            for page in answer["resultPages"]:
                yield page["resultUrl"]
            # Named nextRecordUrl in the reference, nextRecordsUrl wherever else the org pages.
            following = answer.get("nextRecordUrl") or answer.get("nextRecordsUrl")
            if answer.get("done", True) or not following:
                return
            answer = self._transport.call(Ask(method="GET", path=following, kind="bulk")).json()

    def _in_parallel(self, pool: ThreadPoolExecutor, addresses: Iterator[str]) -> Iterator[_Page]:
        waiting: deque[Future[_Page]] = deque()
        try:
            for address, upcoming in _with_next(addresses):
                following = _locator(upcoming) if upcoming else None
                waiting.append(pool.submit(self._fetched, address, following))
                if len(waiting) >= self._settings.bulk_parallel:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        finally:
            for future in waiting:
                future.add_done_callback(_discard)

    def _in_turn(self, pool: ThreadPoolExecutor, job: str, locator: str) -> Iterator[_Page]:
        """Each page names the next, so one is fetched while the one before it is read."""
        upcoming: Future[_Page] | None = pool.submit(self._fetched, self._address(job, locator))
        try:
            while upcoming:
                page = upcoming.result()
                upcoming = (
                    pool.submit(self._fetched, self._address(job, page.following)) if page.following else None
                )
                yield page
        finally:
            if upcoming:
                upcoming.add_done_callback(_discard)

    def _address(self, job: str, locator: str) -> str:
        rows = f"maxRecords={self._settings.bulk_page_rows}"
        return f"{self._jobs}/{job}/results?{f'locator={locator}&' if locator else ''}{rows}"

    def _fetched(self, address: str, following: str | None = None) -> _Page:
        """A whole page; `following` is the next page's locator where it is known beforehand."""
        file = tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115  (its reader closes it)
        ask = Ask(method="GET", path=address, kind="bulk", headers={"Accept": "text/csv"})
        try:
            answer = self._transport.call(ask, sink=file)
        except BaseException:
            file.close()
            raise
        file.seek(0)
        claimed = answer.headers.get("Sforce-NumberOfRecords")
        following = following or answer.headers.get("Sforce-Locator")
        return _Page(
            file=file,
            locator=_locator(address),
            following=None if following in {None, "", "null"} else following,
            claimed=int(claimed) if claimed else None,
        )

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


def _with_next(items: Iterator[T]) -> Iterator[tuple[T, T | None]]:
    """Each item with the one after it, None behind the last."""
    here = next(items, None)
    while here is not None:
        upcoming = next(items, None)
        yield here, upcoming
        here = upcoming


def _discard(unread: Future[_Page]) -> None:
    """Close the file of a page that nobody will read."""
    if not unread.cancelled() and unread.exception() is None:
        unread.result().file.close()


def _locator(address: str) -> str:
    return parse_qs(urlsplit(address).query).get("locator", [""])[0]
