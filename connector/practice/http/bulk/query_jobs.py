"""`jobs/query`: asking for a query job, watching it, aborting it, and reading its results page by page."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from connector.practice.http.bulk.desk import Desk
from connector.practice.http.bulk.dialect import dialect_of
from connector.practice.http.bulk.job import Job, State
from connector.practice.http.bulk.job_id import JobIds
from connector.practice.http.bulk.listing import job_list
from connector.practice.http.bulk.locator import END, GivenLocators, row_of
from connector.practice.http.bulk.query_run import RESULTS, run_query
from connector.practice.http.bulk.result_file import ResultFile
from connector.practice.http.bulk.times import rest_now, rest_stamp
from connector.practice.http.call import CSV, NO_CONTENT, Answer, Call
from connector.practice.http.expiry import Locators
from connector.practice.http.route import Route
from connector.practice.org import ApiError
from connector.practice.soql import compile_query

_KIND = "V2Query"
# The server picks the page size when the client does not: as many rows as fit in a hundred megabytes.
_PAGE_BYTES = 100 * 1000 * 1000
_PARALLEL_PAGES = 5
_PARALLEL_ROWS = 50_000
_PARALLEL_SINCE = 58.0
_KEPT = timedelta(days=7)
# Where the real service's words are known, they stand for the compiler's.
_REFUSALS = {
    "Binary fields not supported": "Blob field not supported in Bulk V2 Query with CSV content type",
    "Subqueries are not supported": (
        "Aggregate Relationships not supported in Bulk V2 Query with CSV content type"
    ),
}
_OVER = "Aborting already Completed Job not allowed"
_ABORTABLE = {
    State.JOB_COMPLETE: _OVER,
    State.FAILED: _OVER,
    State.ABORTED: "Aborting already Aborted Job not allowed",
}


def desk_of(call: Call) -> Desk:
    """The org's jobs, those older than seven days gone (documented)."""
    desk = call.service.keep(Desk, Desk)
    desk.forget_before(rest_stamp(call.service.org.now() - _KEPT))
    return desk


def jobs_today(call: Call) -> int:
    """How many query jobs were made in the last 24 hours."""
    return desk_of(call).made_since(_KIND, rest_stamp(call.service.org.now() - timedelta(days=1)))


def _create(call: Call) -> Answer:
    asked = call.json_object()
    operation = asked.get("operation")
    if operation not in {"query", "queryAll"}:
        raise ApiError(
            400, "INVALIDJOB", f"Unknown operation: {operation}" if operation else "operation is required"
        )
    text = asked.get("query")
    if not isinstance(text, str) or not text.strip():
        raise ApiError(400, "INVALIDJOB", "query is required")
    if asked.get("contentType", "CSV") != "CSV":
        raise ApiError(400, "INVALIDJOB", "Only CSV is supported as contentType")
    org = call.service.org
    query = compile_query(org.schema, text, call.user, org.now(), all_rows=operation == "queryAll")
    if query.unfit_for_bulk:
        raise ApiError(400, "API_ERROR", _REFUSALS.get(query.unfit_for_bulk, query.unfit_for_bulk))
    if not query.object.queryable:
        raise ApiError(400, "INVALIDENTITY", f"{query.object.name} is not supported by the Bulk API")
    now = rest_now(call)
    desk = desk_of(call)
    made, most = jobs_today(call), call.service.settings.daily_query_jobs
    if made >= most:
        message = f"Max bulk v2 query jobs ({most}) per 24 hrs has been reached ({made})"
        raise ApiError(400, "LIMIT_EXCEEDED", message)
    job = desk.add(
        Job(
            id=call.service.keep(JobIds, JobIds).next(),
            kind=_KIND,
            operation=operation,
            object=query.object.name,
            created_by=call.user.id,
            created_at=now,
            modified_at=now,
            version=call.version,
            dialect=dialect_of(asked),
            query=text,
        )
    )
    desk.start(lambda started: run_query(call.service, desk, query, started), job)
    return Answer(body=job.created())


def _list(call: Call) -> Answer:
    return Answer(body=job_list(call, desk_of(call).jobs(_KIND), "jobs/query"))


def _info(call: Call) -> Answer:
    return Answer(body=desk_of(call).job(call.places["job"], _KIND).info())


def _patch(call: Call) -> Answer:
    desk = desk_of(call)
    job = desk.job(call.places["job"], _KIND)
    if call.json_object().get("state") != State.ABORTED:
        raise ApiError(400, "INVALIDJOBSTATE", "The state of a query job can only be set to Aborted")
    return Answer(body=desk.move(job.id, _ABORTABLE, State.ABORTED, modified_at=rest_now(call)).brief())


def _delete(call: Call) -> Answer:
    desk = desk_of(call)
    job = desk.job(call.places["job"], _KIND)
    if not job.state.final:
        raise ApiError(
            400, "INVALIDJOBSTATE", "Deleting a job that is not Completed, Aborted or Failed is not allowed"
        )
    desk.delete(job.id)
    return NO_CONTENT


def _finished(call: Call) -> tuple[Job, ResultFile] | None:
    """The job and its results; None while there are none (documented: 204)."""
    desk = desk_of(call)
    job = desk.job(call.places["job"], _KIND)
    if job.version != call.version:
        raise ApiError(
            409,
            "API_VERSION_MISMATCH",
            f"The job was created with API version {job.version}; {call.version} cannot read its results",
        )
    file = desk.file(job.id, RESULTS)
    return (job, file) if file is not None and job.state is State.JOB_COMPLETE else None


def _results(call: Call) -> Answer:
    found = _finished(call)
    if found is None:
        return NO_CONTENT
    job, file = found
    start = _start(call, job, file)
    asked = _max_records(call)
    count = min(asked or file.count, file.rows_within(start, _PAGE_BYTES), max(0, file.count - start))
    end = start + count
    headers = {
        "Sforce-NumberOfRecords": str(count),
        "Sforce-Locator": END if end >= file.count else _given(call, job, end),
    }
    return Answer(body=file.page(start, count), headers=headers, media_type=CSV)


def _result_pages(call: Call) -> Answer:
    if float(call.version) < _PARALLEL_SINCE:
        raise ApiError(404, "NOT_FOUND", "The requested resource does not exist")
    found = _finished(call)
    if found is None:
        return NO_CONTENT
    job, file = found
    start = _start(call, job, file)
    size = _max_records(call) or _PARALLEL_ROWS
    path = f"{call.base}/jobs/query/{job.id}"
    starts = list(range(start, file.count, size))[:_PARALLEL_PAGES] or [start]
    end = starts[-1] + size
    done = end >= file.count
    pages = [
        {"resultUrl": f"{path}/results?locator={_given(call, job, row)}&maxRecords={size}"} for row in starts
    ]
    following = None if done else f"{path}/resultPages?locator={_given(call, job, end)}&maxRecords={size}"
    body: dict[str, Any] = {"resultPages": pages, "nextRecordsUrl": following, "done": done}
    return Answer(body=body)


def _given(call: Call, job: Job, row: int) -> str:
    generation = call.service.keep(Locators, Locators).generation
    return call.service.keep(GivenLocators, GivenLocators).give(job.id, row, generation)


def _start(call: Call, job: Job, file: ResultFile) -> int:
    """The row that the call's locator points at; the first when it has none."""
    locator = call.query.get("locator")
    if not locator:
        return 0
    row = row_of(locator)
    generation = call.service.keep(Locators, Locators).generation
    if row > file.count or not call.service.keep(GivenLocators, GivenLocators).good(job.id, row, generation):
        raise ApiError(400, "INVALID_QUERY_LOCATOR", "invalid query locator")
    return row


def _max_records(call: Call) -> int | None:
    text = call.query.get("maxRecords")
    if not text:
        return None
    if not text.isdigit() or int(text) < 1:
        raise ApiError(400, "INVALID_INPUT", f"maxRecords must be a number above zero, not {text}")
    return int(text)


_ONE = "/services/data/v{version}/jobs/query/{job}"
routes = [
    Route("/services/data/v{version}/jobs/query", {"POST": _create, "GET": _list}),
    Route(_ONE, {"GET": _info, "PATCH": _patch, "DELETE": _delete}),
    Route(f"{_ONE}/results", {"GET": _results}),
    Route(f"{_ONE}/resultPages", {"GET": _result_pages}),
]
