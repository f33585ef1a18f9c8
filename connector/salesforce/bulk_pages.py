"""Result pages of a Bulk 2.0 query, fetched ahead of their reader.

In parallel where the org offers their addresses (API 58 and later), else one while the one before is read.
Each comes whole into a file, in memory while small: a broken download repeats one page, never a job.
"""

from __future__ import annotations

import tempfile
from collections import deque
from collections.abc import Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import IO, Any, TypeVar
from urllib.parse import parse_qs, urlsplit

from connector.ports.org import OrgFault, RetryLater
from connector.salesforce.call import Ask
from connector.salesforce.settings import OrgSettings
from connector.salesforce.transport import Transport

_IN_MEMORY = 1 << 20
_PARALLEL_SINCE = 58.0

T = TypeVar("T")


@dataclass(frozen=True, kw_only=True, slots=True)
class ResultPage:
    file: IO[bytes]
    locator: str
    following: str | None  # what the org names as the next locator
    claimed: int | None  # rows, as the org counts them


class ResultPages:
    """The pages of finished jobs; `jobs` is the path of the query jobs resource."""

    def __init__(self, transport: Transport, jobs: str, version: float, settings: OrgSettings) -> None:
        self._transport = transport
        self._jobs = jobs
        self._version = version
        self._settings = settings

    def behind(self, job: str, locator: str | None) -> Iterator[ResultPage]:
        """The pages from `locator` on, in order: "" the first, None the end. The reader closes the files."""
        if locator is None:
            return
        pool = ThreadPoolExecutor(self._settings.bulk_parallel, thread_name_prefix="bulk")
        try:
            addresses = self._addresses(job) if self._version >= _PARALLEL_SINCE and not locator else None
            if addresses is not None:
                yield from self._in_parallel(pool, addresses)
            else:
                yield from self._in_turn(pool, job, locator)
        finally:
            # A reader that leaves early does not wait for downloads nobody wants.
            pool.shutdown(wait=False, cancel_futures=True)

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

    def _in_parallel(self, pool: ThreadPoolExecutor, addresses: Iterator[str]) -> Iterator[ResultPage]:
        waiting: deque[Future[ResultPage]] = deque()
        try:
            for address, upcoming in with_next(addresses):
                following = _locator(upcoming) if upcoming else None
                waiting.append(pool.submit(self._fetched, address, following))
                if len(waiting) >= self._settings.bulk_parallel:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        finally:
            for future in waiting:
                future.add_done_callback(_discard)

    def _in_turn(self, pool: ThreadPoolExecutor, job: str, locator: str) -> Iterator[ResultPage]:
        """Each page names the next, so one is fetched while the one before it is read."""
        upcoming: Future[ResultPage] | None = pool.submit(self._fetched, self._address(job, locator))
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

    def _fetched(self, address: str, following: str | None = None) -> ResultPage:
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
        return ResultPage(
            file=file,
            locator=_locator(address),
            following=None if following in {None, "", "null"} else following,
            claimed=int(claimed) if claimed else None,
        )


def with_next(items: Iterator[T]) -> Iterator[tuple[T, T | None]]:
    """Each item with the one after it, None behind the last."""
    here = next(items, None)
    while here is not None:
        upcoming = next(items, None)
        yield here, upcoming
        here = upcoming


def _discard(unread: Future[ResultPage]) -> None:
    """Close the file of a page that nobody will read."""
    if not unread.cancelled() and unread.exception() is None:
        unread.result().file.close()


def _locator(address: str) -> str:
    return parse_qs(urlsplit(address).query).get("locator", [""])[0]
