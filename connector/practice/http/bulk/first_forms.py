"""How Bulk API 1.0 is spoken: XML or JSON about jobs and batches, CSV or JSON for their rows."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from xml.etree import ElementTree as ET
from xml.sax.saxutils import escape

import msgspec

from connector.practice.http.bulk.dialect import LOOSE_QUOTE, Dialect
from connector.practice.http.bulk.ingest_columns import UnknownColumnError, columns_of
from connector.practice.http.call import Answer, Call
from connector.practice.org import ApiError
from connector.practice.schema import ObjectDef

XML = "application/xml"
_NAMESPACE = "http://www.force.com/2009/06/asyncapi/dataload"
# The order of the elements, as recorded; what JSON adds beyond them XML leaves out.
_JOB = [
    "id",
    "operation",
    "object",
    "createdById",
    "createdDate",
    "systemModstamp",
    "state",
    "externalIdFieldName",
    "concurrencyMode",
    "contentType",
    "numberBatchesQueued",
    "numberBatchesInProgress",
    "numberBatchesCompleted",
    "numberBatchesFailed",
    "numberBatchesTotal",
    "numberRecordsProcessed",
    "numberRetries",
    "apiVersion",
    "numberRecordsFailed",
    "totalProcessingTime",
    "apiActiveProcessingTime",
    "apexProcessingTime",
]
_BATCH = [
    "id",
    "jobId",
    "state",
    "stateMessage",
    "createdDate",
    "systemModstamp",
    "numberRecordsProcessed",
    "numberRecordsFailed",
    "totalProcessingTime",
    "apiActiveProcessingTime",
    "apexProcessingTime",
]


def speaks_json(call: Call, content: str = "") -> bool:
    """Whether the client speaks JSON about jobs; XML is this API's own tongue, but not of jobs in JSON."""
    told = call.headers.get("content-type", "") + call.headers.get("accept", "")
    return "application/json" in told or (content == "JSON" and "xml" not in told)


def asked_of(call: Call) -> dict[str, Any]:
    """The job information in the body; `ApiError` 400 when it cannot be read."""
    text = call.text.lstrip("\ufeff \t\r\n")
    if not text.startswith("<"):
        return call.json_object()
    if "<!" in text:
        raise ApiError(400, "InvalidBatch", "DOCTYPE is disallowed")
    try:
        root = ET.fromstring(text)  # noqa: S314 - declarations were refused above
    except ET.ParseError as fault:
        raise ApiError(400, "InvalidJob", f"Unable to parse Job: {fault}") from fault
    return {each.tag.rpartition("}")[2]: (each.text or "").strip() for each in root}


def job_xml(shown: Mapping[str, Any]) -> bytes:
    return _document("jobInfo", _elements(shown, _JOB))


def batch_xml(shown: Mapping[str, Any]) -> bytes:
    return _document("batchInfo", _elements(shown, _BATCH))


def batches_xml(shown: Iterable[Mapping[str, Any]]) -> bytes:
    inner = "".join(f"<batchInfo>\n{_elements(each, _BATCH)}</batchInfo>" for each in shown)
    return _document("batchInfoList", inner)


def results_xml(ids: Iterable[str]) -> bytes:
    return _document("result-list", "".join(f"<result>{each}</result>" for each in ids))


def refusal(call: Call, status: int, code: str, message: str) -> Answer:
    """An error in the client's own tongue: an object, not the REST array."""
    if speaks_json(call):
        return Answer(status=status, body={"exceptionCode": code, "exceptionMessage": message})
    told = f"<exceptionCode>{code}</exceptionCode><exceptionMessage>{escape(message)}</exceptionMessage>"
    return Answer(status=status, body=_document("error", told), media_type=XML)


def _document(root: str, inner: str) -> bytes:
    text = f'<?xml version="1.0" encoding="UTF-8"?><{root}\n   xmlns="{_NAMESPACE}">\n{inner}</{root}>'
    return text.encode()


def _elements(shown: Mapping[str, Any], names: Sequence[str]) -> str:
    told = [(name, shown.get(name)) for name in names]
    return "".join(f" <{name}>{_text(value)}</{name}>\n" for name, value in told if value is not None)


def _text(value: Any) -> str:
    # JSON tells instants with an offset, XML with a Z.
    return escape(str(value).replace(".000+0000", ".000Z"))


def csv_rows(call: Call, definition: ObjectDef, content: bytes) -> list[dict[str, Any]]:
    """The rows of a CSV batch as field values; an empty cell leaves its field alone, `#N/A` clears it."""
    text = content.decode("utf-8", "replace")
    if Dialect().has_loose_quote(text):
        raise ApiError(400, "InvalidBatch", LOOSE_QUOTE)
    try:
        lines = [row for row in Dialect().rows(text) if row]
        header, *rows = lines or [[]]
        columns = columns_of(call.service.org.schema, definition, header, call.user)
    except UnknownColumnError as fault:
        raise ApiError(400, "InvalidBatch", str(fault).partition(" : ")[2]) from fault
    except csv.Error as fault:
        raise ApiError(400, "InvalidBatch", f"Failed to parse CSV: {fault}") from fault
    if not rows:
        raise ApiError(400, "InvalidBatch", "Records not found")
    return [
        dict(column.entry(text) for column, text in zip(columns, row, strict=False) if text) for row in rows
    ]


def results_csv(results: Iterable[Mapping[str, Any]]) -> bytes:
    """What became of the rows of a CSV batch: `"Id","Success","Created","Error"`."""
    out = io.StringIO(newline="")
    table = csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\n")
    table.writerow(["Id", "Success", "Created", "Error"])
    for row in results:
        words = ";".join(
            f"{error['statusCode']}:{error['message']}:{', '.join(error['fields'])}"
            f"{' ' if error['fields'] else ''}--"
            for error in row["errors"]
        )
        flags = ["true" if row[name] else "false" for name in ("success", "created")]
        table.writerow([row["id"] or "", *flags, words])
    return out.getvalue().encode()


def json_rows(content: bytes) -> list[dict[str, Any]]:
    """The rows of a JSON batch."""
    try:
        asked = msgspec.json.decode(content)
    except msgspec.DecodeError as fault:
        raise ApiError(400, "InvalidBatch", f"Failed to parse JSON: {fault}") from fault
    if not isinstance(asked, list) or not all(isinstance(row, dict) for row in asked):
        raise ApiError(400, "InvalidBatch", "Records must be a list of objects")
    return asked
