"""Runs a query job: reads the rows at one moment and freezes them in a file."""

from __future__ import annotations

import itertools
import sqlite3
import time
from collections.abc import Iterator, Sequence

from connector.practice.http.bulk.desk import Desk
from connector.practice.http.bulk.job import Job, State
from connector.practice.http.bulk.pace import begin
from connector.practice.http.bulk.result_file import ResultFile
from connector.practice.http.bulk.texts import text_rows
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
    for count in file.write(_kept(query, connection, fault.lose_rows)):
        desk.change(job.id, unless_final=True, processed=count)
    desk.keep_file(job.id, RESULTS, file)
    desk.change(
        job.id,
        unless_final=True,
        state=State.JOB_COMPLETE,
        processed=file.count if fault.processed is None else fault.processed,
        milliseconds=int((time.monotonic() - started) * 1000),
    )


def _kept(query: CompiledQuery, connection: sqlite3.Connection, lose: int) -> Iterator[Sequence[str]]:
    rows = text_rows(query, connection)
    if not lose:
        return rows
    return itertools.islice(rows, max(0, query.total(connection) - lose))
