"""Runs a query job: reads the rows at one moment and freezes them in a file."""

from __future__ import annotations

import time
from collections.abc import Iterator

from connector.practice.http.bulk.desk import Desk
from connector.practice.http.bulk.job import Job, State
from connector.practice.http.bulk.pace import begin
from connector.practice.http.bulk.result_file import ResultFile
from connector.practice.http.bulk.texts import line_blocks
from connector.practice.http.service import Service
from connector.practice.soql.compiled import CompiledQuery

RESULTS = "results"


def run_query(service: Service, desk: Desk, query: CompiledQuery, job: Job) -> None:
    """Bring the job to JobComplete; a fault may end it otherwise, or lose rows in silence."""
    fault, started = begin(service, desk, job.id)
    if fault.state:
        desk.change(job.id, unless_final=True, state=State(fault.state), error=fault.error)
        return
    connection = service.org.reader()
    file = ResultFile(desk.path(job.id, RESULTS), [column.name for column in query.columns], job.dialect)
    wanted = max(0, query.total(connection) - fault.lose_rows) if fault.lose_rows else None
    for count in file.write(_first(line_blocks(query, connection, job.dialect), wanted)):
        desk.change(job.id, unless_final=True, processed=count)
    desk.keep_file(job.id, RESULTS, file)
    desk.change(
        job.id,
        unless_final=True,
        state=State.JOB_COMPLETE,
        processed=file.count if fault.processed is None else fault.processed,
        milliseconds=int((time.monotonic() - started) * 1000),
    )


def _first(blocks: Iterator[list[bytes]], wanted: int | None) -> Iterator[list[bytes]]:
    """The first `wanted` lines; all of them when None."""
    left = wanted
    for lines in blocks:
        if left is None:
            yield lines
            continue
        yield lines[:left]
        left -= len(lines)
        if left <= 0:
            return
