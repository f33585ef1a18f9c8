"""`jobs/ingest`: creating a job, uploading rows, closing it, and fetching what became of the rows."""

from __future__ import annotations

import email.parser
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec

from connector.practice.http.bulk.desk import Desk
from connector.practice.http.bulk.dialect import dialect_of
from connector.practice.http.bulk.ingest_run import FAILED, SUCCESSFUL, UPLOAD, run_ingest, unprocessed
from connector.practice.http.bulk.job import Job, State
from connector.practice.http.bulk.job_id import JobIds
from connector.practice.http.bulk.listing import job_list
from connector.practice.http.bulk.query_jobs import desk_of
from connector.practice.http.bulk.times import rest_now
from connector.practice.http.call import CSV, NO_CONTENT, Answer, Call
from connector.practice.http.route import Endpoint, Route
from connector.practice.org import ApiError
from connector.practice.schema import UnknownObjectError

_KIND = "V2Ingest"
_OPERATIONS = frozenset({"insert", "update", "upsert", "delete", "hardDelete"})
# Documented: 150 MB after base64, which is 100 MB of CSV.
_LARGEST = 100 * 1000 * 1000
_COMPLETED = {
    State.IN_PROGRESS: "Closing already Completed Job not allowed",
    State.UPLOAD_COMPLETE: "Closing already Completed Job not allowed",
    State.JOB_COMPLETE: "Closing already Completed Job not allowed",
    State.FAILED: "Closing already Completed Job not allowed",
    State.ABORTED: "Closing already Aborted Job not allowed",
}
_ABORTED = {
    State.JOB_COMPLETE: "Aborting already Completed Job not allowed",
    State.FAILED: "Aborting already Completed Job not allowed",
    State.ABORTED: "Aborting already Aborted Job not allowed",
}


def _create(call: Call) -> Answer:
    if call.headers.get("content-type", "").startswith("multipart/"):
        asked, content = _parts(call)
    else:
        asked, content = call.json_object(), None
    desk = desk_of(call)
    job = desk.add(_job_of(call, asked))
    if content is None:
        return Answer(body=job.created())
    _store(desk, job, content)
    job = desk.change(job.id, state=State.UPLOAD_COMPLETE)
    _start(call, desk, job)
    return Answer(body=job.created())


def _job_of(call: Call, asked: dict[str, Any]) -> Job:
    operation, name = str(asked.get("operation") or ""), str(asked.get("object") or "")
    if operation not in _OPERATIONS:
        raise ApiError(
            400, "INVALIDJOB", f"Unknown operation: {operation}" if operation else "operation is required"
        )
    try:
        definition = call.service.org.schema.object(name)
    except UnknownObjectError as fault:
        raise ApiError(400, "INVALIDJOB", f"InvalidJob : Unable to find object: {name}") from fault
    if asked.get("contentType", "CSV") != "CSV":
        raise ApiError(400, "INVALIDJOB", "Only CSV is supported as contentType")
    key = asked.get("externalIdFieldName")
    if operation == "upsert":
        field = definition.field(str(key)) if key else None
        if field is None:
            raise ApiError(
                400,
                "INVALIDJOB",
                f"InvalidJob : Field name provided, {key} does not match an External ID for {name}",
            )
        key = field.name
    now = rest_now(call)
    return Job(
        id=call.service.keep(JobIds, JobIds).next(),
        kind=_KIND,
        operation=operation,
        object=definition.name,
        created_by=call.user.id,
        created_at=now,
        modified_at=now,
        version=call.version,
        dialect=dialect_of(asked),
        state=State.OPEN,
        external_id_field=key if operation == "upsert" else None,
        assignment_rule=asked.get("assignmentRuleId"),
    )


def _parts(call: Call) -> tuple[dict[str, Any], bytes]:
    """The `job` and `content` parts of a multipart request (documented for small uploads)."""
    head = f"Content-Type: {call.headers['content-type']}\r\n\r\n".encode()
    message = email.parser.BytesParser().parsebytes(head + call.body)
    found: dict[str, bytes] = {}
    for part in message.walk():
        name = part.get_param("name", header="content-disposition")
        if name:
            payload = part.get_payload(decode=True)
            found[str(name)] = payload if isinstance(payload, bytes) else b""
    try:
        asked = msgspec.json.decode(found["job"], type=dict[str, Any])
        content = found["content"]
    except (KeyError, msgspec.DecodeError) as fault:
        raise ApiError(400, "INVALIDJOB", "A multipart request needs the parts job and content") from fault
    return asked, content


def _upload(call: Call) -> Answer:
    desk = desk_of(call)
    job = desk.job(call.places["job"], _KIND)
    if job.state is not State.OPEN:
        raise ApiError(400, "INVALIDJOBSTATE", f"Unable to upload data to a job in state {job.state.value}")
    if desk.path(job.id, UPLOAD).exists():
        raise ApiError(
            400,
            "INVALIDJOBSTATE",
            f"Found multiple contents for job: <{job.id}>, please 'Close' / 'Abort' / 'Delete' the current "
            "Job then create a new Job and make sure you only do 'PUT' once on a given Job.",
        )
    _store(desk, job, call.body)
    return Answer(status=201, media_type=None)


def _store(desk: Desk, job: Job, content: bytes) -> None:
    if len(content) > _LARGEST:
        raise ApiError(
            413, "REQUEST_ENTITY_TOO_LARGE", "The request entity is larger than 100 MB; use several jobs"
        )
    desk.path(job.id, UPLOAD).write_bytes(content)


def _patch(call: Call) -> Answer:
    desk = desk_of(call)
    job = desk.job(call.places["job"], _KIND)
    asked = call.json_object().get("state")
    if asked == State.ABORTED:
        return Answer(body=desk.move(job.id, _ABORTED, State.ABORTED, modified_at=rest_now(call)).brief())
    if asked != State.UPLOAD_COMPLETE:
        raise ApiError(
            400, "INVALIDJOBSTATE", f"The state of a job can be set to UploadComplete or Aborted, not {asked}"
        )
    job = desk.move(job.id, _COMPLETED, State.UPLOAD_COMPLETE, modified_at=rest_now(call))
    _start(call, desk, job)
    return Answer(body=job.brief())


def _start(call: Call, desk: Desk, job: Job) -> None:
    service, user = call.service, call.user
    desk.start(lambda started: run_ingest(service, desk, user, started), job)


def _list(call: Call) -> Answer:
    return Answer(body=job_list(call, desk_of(call).jobs(_KIND), "jobs/ingest"))


def _info(call: Call) -> Answer:
    return Answer(body=desk_of(call).job(call.places["job"], _KIND).info())


def _delete(call: Call) -> Answer:
    desk = desk_of(call)
    job = desk.job(call.places["job"], _KIND)
    if job.state in {State.OPEN, State.IN_PROGRESS}:
        raise ApiError(400, "INVALIDJOBSTATE", f"Deleting a job in state {job.state.value} is not allowed")
    desk.delete(job.id)
    return NO_CONTENT


def _results(name: str) -> Endpoint:
    def answer(call: Call) -> Answer:
        desk, job = _over(call)
        path = desk.path(job.id, name)
        return Answer(body=_chunks(path) if path.exists() else b"", media_type=CSV)

    return answer


def _unprocessed(call: Call) -> Answer:
    desk, job = _over(call)
    return Answer(body=unprocessed(desk, job), media_type=CSV)


def _over(call: Call) -> tuple[Desk, Job]:
    """The job, which must be over before anybody may read what became of its rows."""
    desk = desk_of(call)
    job = desk.job(call.places["job"], _KIND)
    if not job.state.final:
        raise ApiError(
            400, "INVALIDJOBSTATE", f"The results of a job in state {job.state.value} cannot be read"
        )
    return desk, job


def _chunks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as source:
        while chunk := source.read(1 << 20):
            yield chunk


_ONE = "/services/data/v{version}/jobs/ingest/{job}"
routes = [
    Route("/services/data/v{version}/jobs/ingest", {"POST": _create, "GET": _list}),
    Route(_ONE, {"GET": _info, "PATCH": _patch, "DELETE": _delete}),
    Route(f"{_ONE}/batches", {"PUT": _upload}),
    Route(f"{_ONE}/successfulResults", {"GET": _results(SUCCESSFUL)}),
    Route(f"{_ONE}/failedResults", {"GET": _results(FAILED)}),
    # Documented in lower case, asked for in camel case by some clients.
    Route(f"{_ONE}/unprocessedrecords", {"GET": _unprocessed}),
    Route(f"{_ONE}/unprocessedRecords", {"GET": _unprocessed}),
]
