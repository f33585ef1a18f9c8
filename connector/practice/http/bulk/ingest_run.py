"""Runs an ingest job: reads the upload, saves it 200 rows at a time, writes who succeeded and who failed."""

from __future__ import annotations

import csv
import itertools
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import IO, Any

from connector.practice.http.bulk.desk import Desk, StoppedError
from connector.practice.http.bulk.dialect import LOOSE_QUOTE, Dialect
from connector.practice.http.bulk.ingest_columns import Column, UnknownColumnError, columns_of
from connector.practice.http.bulk.job import Job, State
from connector.practice.http.bulk.pace import begin
from connector.practice.http.service import Service
from connector.practice.org import Op, SaveError, SaveOptions, SaveResult, User

UPLOAD, SUCCESSFUL, FAILED = "upload", "successful", "failed"
# Bulk 2.0 processes an upload in transactions of this many rows.
_CHUNK = 200
_OPS: Mapping[str, Op] = {"insert": "insert", "update": "update", "delete": "delete", "hardDelete": "delete"}


@dataclass(frozen=True, kw_only=True)
class _Upload:
    """The parsed head of an upload."""

    header: list[str]
    columns: list[Column]
    rows: Iterator[list[str]]


def run_ingest(service: Service, desk: Desk, user: User, job: Job) -> None:
    """Bring the job from UploadComplete to JobComplete; rows may fail alone, a bad header fails the job."""
    fault, started = begin(service, desk, job.id)
    if fault.state:
        desk.change(job.id, unless_final=True, state=State(fault.state), error=fault.error)
        return
    done = 0
    failed = 0
    try:
        upload = _opened(service, desk, job, user)
        with _out(desk, job, SUCCESSFUL) as good, _out(desk, job, FAILED) as bad:
            good.write(job.dialect.line(["sf__Id", "sf__Created", *upload.header]))
            bad.write(job.dialect.line(["sf__Id", "sf__Error", *upload.header]))
            while chunk := list(itertools.islice(upload.rows, _CHUNK)):
                desk.change(job.id, unless_final=True, processed=done, failed=failed)
                for row, result in zip(chunk, _saved(service, job, user, upload.columns, chunk), strict=True):
                    shown = [*row, *[""] * (len(upload.header) - len(row))][: len(upload.header)]
                    if result.success:
                        created = "true" if result.created else "false"
                        good.write(job.dialect.line([result.id or "", created, *shown]))
                    else:
                        failed += 1
                        bad.write(job.dialect.line([result.id or "", error_text(result.errors), *shown]))
                done += len(chunk)
    except (UnknownColumnError, _BadUploadError) as refused:
        desk.change(
            job.id, unless_final=True, state=State.FAILED, error=str(refused), processed=done, failed=failed
        )
        return
    except StoppedError:
        # The chunk under way was finished; what is left counts from there.
        desk.change(job.id, processed=done, failed=failed)
        raise
    desk.change(
        job.id,
        unless_final=True,
        state=State.JOB_COMPLETE,
        processed=done if fault.processed is None else fault.processed,
        failed=failed,
        milliseconds=int((time.monotonic() - started) * 1000),
    )


class _BadUploadError(Exception):
    """The upload cannot be read at all; the message ends up in the job."""


def error_text(errors: Sequence[SaveError]) -> str:
    """`sf__Error` as the real service writes it: `CODE:message:fields --`."""
    return ";".join(
        f"{error.status_code}:{error.message}:{', '.join(error.fields)}{' ' if error.fields else ''}--"
        for error in errors
    )


def _opened(service: Service, desk: Desk, job: Job, user: User) -> _Upload:
    path = desk.path(job.id, UPLOAD)
    text = path.read_bytes().decode("utf-8", "replace") if path.exists() else ""
    if not text.strip():
        raise _BadUploadError("InvalidBatch : The 'content' of the job is empty")
    _check_ending(text, job.dialect)
    if job.dialect.has_loose_quote(text):
        raise _BadUploadError(f"InvalidBatch : {LOOSE_QUOTE}")
    rows = job.dialect.rows(text)
    try:
        header = next(rows)
    except csv.Error as fault:
        raise _BadUploadError(f"InvalidBatch : Failed to parse the CSV header: {fault}") from fault
    columns = columns_of(service.org.schema, service.org.schema.object(job.object), header, user)
    return _Upload(header=header, columns=columns, rows=_parsed(rows))


def _parsed(rows: Iterator[list[str]]) -> Iterator[list[str]]:
    try:
        yield from (row for row in rows if row)
    except csv.Error as fault:
        raise _BadUploadError(f"InvalidBatch : Failed to parse the CSV: {fault}") from fault


def _check_ending(text: str, dialect: Dialect) -> None:
    end = text.find("\n")
    found = "CRLF" if end > 0 and text[end - 1] == "\r" else "LF"
    if end >= 0 and found != dialect.ending_name:
        raise _BadUploadError(
            "ClientInputError : LineEnding is invalid on user data. "
            f"Current LineEnding setting is {dialect.ending_name}"
        )


def _saved(
    service: Service, job: Job, user: User, columns: Sequence[Column], chunk: Sequence[Sequence[str]]
) -> list[SaveResult]:
    """Save one chunk in one transaction; each row fails alone."""
    # An empty cell leaves the field as it is, so it is not passed on at all.
    rows = [
        dict(column.entry(text) for column, text in zip(columns, row, strict=False) if text) for row in chunk
    ]
    options = SaveOptions(
        auto_assign=job.assignment_rule is not None, hard_delete=job.operation == "hardDelete", csv=True
    )
    if job.operation == "upsert":
        keyed: list[tuple[str, Mapping[str, Any]]] = [(job.object, values) for values in rows]
        return service.org.upsert_batch(job.external_id_field or "Id", keyed, actor=user, options=options)
    op = _OPS[job.operation]
    batch: list[tuple[str, str | None, Mapping[str, Any]]] = [
        (job.object, None if op == "insert" else values.pop("Id", None), values) for values in rows
    ]
    return service.org.save_batch(op, batch, actor=user, options=options)


def _out(desk: Desk, job: Job, name: str) -> IO[str]:
    return desk.path(job.id, name).open("w", encoding="utf-8", newline="")


def unprocessed(desk: Desk, job: Job) -> bytes:
    """The rows nobody came to, as they were uploaded; none once the job is complete."""
    path = desk.path(job.id, UPLOAD)
    if job.state is State.JOB_COMPLETE or not path.exists():
        return b""
    content = path.read_bytes()
    if job.processed == 0:
        return content
    rows = (row for row in job.dialect.rows(content.decode("utf-8", "replace")) if row)
    header = next(rows)
    rest = itertools.islice(rows, job.processed, None)
    return "".join(map(job.dialect.line, [header, *rest])).encode()
