"""The older Bulk API 1.0, as its clients still use it: jobs, batches and their results, in CSV or JSON.

A batch runs while it is posted, so it is complete when a client first asks; with PK chunking it is not
processed itself, and batches of its ranges follow it. Refusals are an object with
`exceptionCode` and `exceptionMessage`, and results show instants as milliseconds (both recorded by others).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from connector.practice.clock import instant_of
from connector.practice.http.bulk.chunking import can_be_cut, chunk_size, ranges_of
from connector.practice.http.bulk.dialect import Dialect
from connector.practice.http.bulk.first_forms import (
    XML,
    asked_of,
    batch_xml,
    batches_xml,
    csv_rows,
    job_xml,
    json_rows,
    refusal,
    results_csv,
    results_xml,
    speaks_json,
)
from connector.practice.http.bulk.first_job import (
    FirstBatch,
    FirstDesk,
    FirstJob,
    shown_batch,
    shown_job,
)
from connector.practice.http.bulk.job_id import JobIds
from connector.practice.http.bulk.texts import line_blocks
from connector.practice.http.bulk.times import rest_now
from connector.practice.http.call import CSV, JSON, Answer, Call
from connector.practice.http.route import Endpoint, Route
from connector.practice.http.saving import record_values
from connector.practice.org import ApiError, Op, SaveOptions, SaveResult
from connector.practice.soql import CompiledQuery, compile_query

_READS = frozenset({"query", "queryAll"})
_WRITES: Mapping[str, Op] = {
    "insert": "insert",
    "update": "update",
    "delete": "delete",
    "hardDelete": "delete",
}
_LARGEST = 10_000
_CHUNK = 200


def _guarded(endpoint: Endpoint) -> Endpoint:
    """Log in by `X-SFDC-Session` and word refusals as this API does."""

    def guarded(call: Call) -> Answer:
        login = call.service.org.user_by_token(call.headers.get("x-sfdc-session", ""))
        if login is None:
            return refusal(call, 400, "InvalidSessionId", "Invalid session id")
        try:
            return endpoint(call.replace(login=login))
        except ApiError as error:
            code = _CODES.get(error.error_code, error.error_code)
            return refusal(call, error.http_status, code, error.message)

    return guarded


_CODES = {"NOT_FOUND": "InvalidEntity", "JSON_PARSER_ERROR": "InvalidBatch"}


def _told(call: Call, job: FirstJob, batch: FirstBatch | None = None) -> Answer:
    """An answer about a job in the client's own tongue, or about one of its batches in the job's."""
    if batch is not None:
        told = shown_batch(job, batch)
        return Answer(body=told) if job.content == "JSON" else Answer(body=batch_xml(told), media_type=XML)
    shown = shown_job(job)
    return (
        Answer(body=shown) if speaks_json(call, job.content) else Answer(body=job_xml(shown), media_type=XML)
    )


def _create(call: Call) -> Answer:
    asked = asked_of(call)
    operation, kind = str(asked.get("operation") or ""), asked.get("contentType", "XML")
    if operation not in _READS | {*_WRITES, "upsert"}:
        raise ApiError(400, "InvalidJob", f"Unknown operation: {operation}")
    if kind not in {"CSV", "JSON"}:
        raise ApiError(
            400, "FeatureNotEnabled", f"Jobs of contentType {kind} are not served; use CSV or JSON"
        )
    key = asked.get("externalIdFieldName")
    if operation == "upsert" and not key:
        raise ApiError(
            400, "InvalidJob", "External ID was blank. An External ID must be specified for upsert."
        )
    job = FirstJob(
        id=call.service.keep(JobIds, JobIds).next(),
        object=call.service.org.object(str(asked.get("object") or "")).name,
        operation=operation,
        key=str(key) if key else None,
        by=call.user.id,
        made=rest_now(call),
        version=call.version,
        content=str(kind),
        concurrency=str(asked.get("concurrencyMode") or "Parallel"),
        chunk_size=chunk_size(call.headers.get("sforce-enable-pkchunking", "")),
    )
    desk = call.service.keep(FirstDesk, FirstDesk)
    with desk.lock:
        desk.jobs[job.id] = job
    return replace(_told(call, job), status=201)


def _found(call: Call) -> FirstJob:
    job = call.service.keep(FirstDesk, FirstDesk).jobs.get(call.places["job"])
    if job is None:
        raise ApiError(404, "InvalidJob", f"Invalid job id: {call.places['job']}")
    return job


def _batch(call: Call) -> FirstBatch:
    batch = _found(call).batches.get(call.places["batch"])
    if batch is None:
        raise ApiError(404, "InvalidBatch", f"Invalid batch id: {call.places['batch']}")
    return batch


def _close(call: Call) -> Answer:
    job = _found(call)
    state = asked_of(call).get("state")
    if state not in {"Closed", "Aborted"}:
        raise ApiError(400, "InvalidJobState", f"A job can be Closed or Aborted, not {state}")
    job.state = str(state)
    return _told(call, job)


def _add(call: Call) -> Answer:
    job = _found(call)
    if job.state != "Open":
        raise ApiError(400, "InvalidJobState", "Job is not open; create a new one")
    if job.operation in _READS and job.chunk_size and can_be_cut(call.text):
        batch = _new_batch(call, call.body)
        batch.state = "NotProcessed"
        job.batches[batch.id] = batch
        for soql in ranges_of(call.text, _first_ids(call, job, job.chunk_size)):
            part = call.replace(body=soql.encode())
            _run(part, job, _new_batch(part, part.body))
    else:
        batch = _new_batch(call, call.body)
        _run(call, job, batch)
    # What a client is told while the batch waits: nothing of it is processed yet.
    waiting = FirstBatch(id=batch.id, made=batch.made, request=b"", state="Queued")
    return replace(_told(call, job, waiting), status=201)


def _new_batch(call: Call, request: bytes) -> FirstBatch:
    number = call.service.keep(JobIds, JobIds).next()[3:]
    return FirstBatch(id=f"751{number}", made=rest_now(call), request=request)


def _first_ids(call: Call, job: FirstJob, size: int) -> list[str]:
    """Return the id that each chunk of the object's table begins with."""
    name = call.service.org.object(job.object).name
    # The name is the schema's own, never the caller's.
    rows = call.service.org.reader().execute(f'SELECT "Id" FROM "{name}" ORDER BY "Id"')  # noqa: S608
    return [str(record_id) for number, (record_id,) in enumerate(rows) if number % size == 0]


def _run(call: Call, job: FirstJob, batch: FirstBatch) -> None:
    """Process a batch and keep it with its job; what refuses it becomes its message."""
    try:
        if job.operation not in _READS:
            batch.results = _write(call, job)
            batch.count = len(batch.results)
        elif job.content == "CSV":
            batch.found, batch.count = _read_csv(call, job)
        else:
            batch.results = _read(call, job)
            batch.count = len(batch.results)
    except ApiError as refused:
        code = refused.error_code
        words = refused.message if code == "InvalidBatch" else f"{code}: {refused.message}"
        doing = "Failed to process query: " if job.operation in _READS else ""
        batch.state, batch.message = "Failed", f"InvalidBatch : {doing}{words}"
    job.batches[batch.id] = batch


def _compiled(call: Call, job: FirstJob) -> CompiledQuery:
    org, everything = call.service.org, job.operation == "queryAll"
    query = compile_query(org.schema, call.text, call.user, org.now(), all_rows=everything)
    if query.unfit_for_bulk:
        raise ApiError(400, "InvalidBatch", query.unfit_for_bulk)
    return query


def _read_csv(call: Call, job: FirstJob) -> tuple[bytes, int]:
    """The rows as Bulk CSV; where there are none, the sentence that this API says instead (recorded)."""
    query = _compiled(call, job)
    lines = [line for block in line_blocks(query, call.service.org.reader(), Dialect()) for line in block]
    if not lines:
        return b"Records not found for this query", 0
    header = Dialect().line([column.name for column in query.columns]).encode()
    return header + b"".join(lines), len(lines)


def _read(call: Call, job: FirstJob) -> list[dict[str, Any]]:
    query = _compiled(call, job)
    instants = [each.name for each in query.columns if each.field.type == "datetime" and "." not in each.name]
    rows = []
    for row in query.records(call.service.org.reader(), call.base):
        for name in instants:
            if row.get(name):
                row[name] = int(instant_of(row[name]).timestamp() * 1000)
        rows.append(row)
    return rows


def _write(call: Call, job: FirstJob) -> list[dict[str, Any]]:
    plain = job.content == "CSV"
    definition = call.service.org.object(job.object)
    asked = csv_rows(call, definition, call.body) if plain else json_rows(call.body)
    if len(asked) > _LARGEST:
        raise ApiError(400, "InvalidBatch", f"A batch holds at most {_LARGEST} records, got {len(asked)}")
    org = call.service.org
    options = SaveOptions(
        auto_assign=False,
        hard_delete=job.operation == "hardDelete",
        api_version=call.version,
        csv=plain,
    )
    results: list[SaveResult] = []
    for start in range(0, len(asked), _CHUNK):
        rows = asked[start : start + _CHUNK]
        if not plain:
            rows = [record_values(call, job.object, row) for row in rows]
        if job.operation == "upsert":
            keyed = [(job.object, row) for row in rows]
            results += org.upsert_batch(job.key or "Id", keyed, actor=call.user, options=options)
            continue
        op = _WRITES[job.operation]
        batch = [(job.object, None if op == "insert" else _id_of(row), row) for row in rows]
        results += org.save_batch(op, batch, actor=call.user, options=options)
    return [_outcome(each) for each in results]


def _id_of(row: dict[str, Any]) -> str | None:
    """Take the id out of a row, however it is spelt."""
    name = next((name for name in row if name.lower() == "id"), None)
    return None if name is None else str(row.pop(name))


def _outcome(saved: SaveResult) -> dict[str, Any]:
    errors = [
        {
            "statusCode": error.status_code,
            "message": error.message,
            "fields": list(error.fields),
            "extendedErrorDetails": None,
        }
        for error in saved.errors
    ]
    return {"success": saved.success, "created": saved.created, "id": saved.id, "errors": errors}


def _result_list(call: Call) -> Answer:
    """Answer the rows' results, or for a query the id of its one result."""
    batch = _batch(call)
    if batch.state in {"Failed", "NotProcessed"}:
        raise ApiError(400, "InvalidBatch", "Records not processed")
    job = _found(call)
    if job.operation in _READS:
        ids = [f"752{batch.id[3:]}"]
        if job.content == "JSON":
            return Answer(body=ids)
        return Answer(body=results_xml(ids), media_type=XML)
    if job.content == "CSV":
        return Answer(body=results_csv(batch.results), media_type=CSV)
    return Answer(body=batch.results)


def _result(call: Call) -> Answer:
    """Answer the rows that a query found."""
    batch = _batch(call)
    return Answer(body=batch.results) if batch.found is None else Answer(body=batch.found, media_type=CSV)


def _request(call: Call) -> Answer:
    content = _found(call).content == "CSV"
    return Answer(body=_batch(call).request, media_type=CSV if content else JSON)


def _info(call: Call) -> Answer:
    return _told(call, _found(call))


def _batch_info(call: Call) -> Answer:
    return _told(call, _found(call), _batch(call))


def _batches(call: Call) -> Answer:
    job = _found(call)
    shown = [shown_batch(job, each) for each in job.batches.values()]
    if job.content == "JSON":
        return Answer(body={"batchInfo": shown})
    return Answer(body=batches_xml(shown), media_type=XML)


def _route(path: str, **endpoints: Callable[[Call], Answer]) -> Route:
    guarded = {verb: _guarded(endpoint) for verb, endpoint in endpoints.items()}
    return Route(f"/services/async/{{version}}/{path}", guarded, login=False, counted=False)


routes = [
    _route("job", POST=_create),
    _route("job/{job}", GET=_info, POST=_close),
    _route("job/{job}/batch", GET=_batches, POST=_add),
    _route("job/{job}/batch/{batch}", GET=_batch_info),
    _route("job/{job}/batch/{batch}/request", GET=_request),
    _route("job/{job}/batch/{batch}/result", GET=_result_list),
    _route("job/{job}/batch/{batch}/result/{result}", GET=_result),
]
