"""`composite/sobjects`: up to 200 rows in one call, each with an outcome of its own (sObject Collections)."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from typing import Any

from connector.practice.http.call import Answer, Call
from connector.practice.http.route import Route
from connector.practice.http.saving import record_values, save_options
from connector.practice.org import ApiError, SaveResult
from connector.practice.org.ids import is_well_formed
from connector.practice.schema import UnknownObjectError
from connector.practice.soql import compile_query

_LIMIT = 200
_READ_LIMIT = 2000
_CHUNKS = 10

Rows = list[dict[str, Any]]


def _records(call: Call) -> tuple[Rows, bool]:
    asked = call.json_object()
    records = asked.get("records")
    if not isinstance(records, list) or not records or not all(isinstance(each, dict) for each in records):
        raise ApiError(400, "JSON_PARSER_ERROR", "The request needs records, a list of at least one object")
    _check_count(len(records))
    return records, asked.get("allOrNone") is True


def _check_count(count: int) -> None:
    if count > _LIMIT:
        message = f"record limit reached. cannot submit more than {_LIMIT} records into this call"
        raise ApiError(400, "EXCEEDED_ID_LIMIT", message)


def _type_of(record: Mapping[str, Any]) -> str:
    name = (record.get("attributes") or {}).get("type")
    if not name:
        raise ApiError(400, "MISSING_ARGUMENT", "Each record needs attributes with its type")
    return str(name)


def _check_chunks(names: Sequence[str]) -> None:
    if sum(1 for _ in itertools.groupby(names)) > _CHUNKS:
        raise ApiError(
            400,
            "INVALID_INPUT",
            f"Cannot have more than {_CHUNKS} chunks in a single operation. "
            "Please rearrange the data to reduce chunking.",
        )


def _shown(result: SaveResult, *, upsert: bool = False) -> dict[str, Any]:
    errors = [
        {
            "statusCode": error.status_code,
            "message": error.message,
            "fields": list(error.fields),
            **error.extra,
        }
        for error in result.errors
    ]
    shown: dict[str, Any] = {"id": result.id} if result.success else {}
    shown |= {"success": result.success, "errors": errors}
    if upsert and result.success:
        shown["created"] = result.created
    return shown


def _create(call: Call) -> Answer:
    records, all_or_none = _records(call)
    names = [_type_of(each) for each in records]
    _check_chunks(names)
    rows = [
        (name, None, record_values(call, name, record)) for name, record in zip(names, records, strict=True)
    ]
    results = call.service.org.save_batch(
        "insert", rows, actor=call.user, all_or_none=all_or_none, options=save_options(call)
    )
    return Answer(body=[_shown(each) for each in results])


def _update(call: Call) -> Answer:
    records, all_or_none = _records(call)
    names = [_type_of(each) for each in records]
    _check_chunks(names)
    rows: list[tuple[str, str | None, Mapping[str, Any]]] = []
    for name, record in zip(names, records, strict=True):
        values = dict(record_values(call, name, record))
        keys = [key for key in values if key.lower() == "id"]
        record_id = [values.pop(key) for key in keys]
        rows.append((name, str(record_id[0]) if record_id and record_id[0] else None, values))
    results = call.service.org.save_batch(
        "update", rows, actor=call.user, all_or_none=all_or_none, options=save_options(call)
    )
    return Answer(body=[_shown(each) for each in results])


def _upsert(call: Call) -> Answer:
    records, all_or_none = _records(call)
    name, field = call.places["object"], call.places["field"]
    for record in records:
        given = _type_of(record)
        if given.lower() != name.lower():
            raise ApiError(400, "INVALID_INPUT", f"A record is of type {given}, but the address says {name}")
    rows = [(name, record_values(call, name, record)) for record in records]
    results = call.service.org.upsert_batch(
        field, rows, actor=call.user, all_or_none=all_or_none, options=save_options(call)
    )
    return Answer(body=[_shown(each, upsert=True) for each in results])


def _delete(call: Call) -> Answer:
    ids = _ids(call.query.get("ids", ""))
    if not ids:
        raise ApiError(400, "REQUIRED_FIELD_MISSING", "At least 1 Id is required.")
    _check_count(len(ids))
    names = [_object_of(call, each) for each in ids]
    results = call.service.org.save_batch(
        "delete",
        [(name, record_id, {}) for name, record_id in zip(names, ids, strict=True)],
        actor=call.user,
        all_or_none=call.query.get("allOrNone", "false").lower() == "true",
        options=save_options(call),
    )
    return Answer(body=[_shown(each) for each in results])


def _object_of(call: Call, record_id: str) -> str:
    found = call.service.org.schema.of_id(record_id)
    if found is None:
        raise ApiError(400, "MALFORMED_ID", f"malformed id {record_id}")
    return found.name


def _ids(text: str) -> list[str]:
    return [each.strip() for each in text.split(",") if each.strip()]


def _read_by_query(call: Call) -> Answer:
    fields = [each.strip() for each in call.query.get("fields", "").split(",") if each.strip()]
    return _read(call, _ids(call.query.get("ids", "")), fields)


def _read_by_body(call: Call) -> Answer:
    asked = call.json_object()
    return _read(
        call,
        [str(each) for each in asked.get("ids") or []],
        [str(each) for each in asked.get("fields") or []],
    )


def _read(call: Call, ids: Sequence[str], fields: Sequence[str]) -> Answer:
    if not ids or not fields:
        raise ApiError(400, "INVALID_INPUT", "The request needs ids and fields")
    if len(ids) > _READ_LIMIT:
        raise ApiError(
            400, "EXCEEDED_ID_LIMIT", f"cannot retrieve more than {_READ_LIMIT} records in this call"
        )
    for each in ids:
        if not is_well_formed(each):
            raise ApiError(400, "MALFORMED_ID", f"malformed id {each}")
    name = call.places["object"]
    try:
        call.service.org.schema.object(name)
    except UnknownObjectError as fault:
        raise ApiError(404, "NOT_FOUND", "The requested resource does not exist") from fault
    return Answer(body=records_by_id(call, name, ids, fields))


def records_by_id(
    call: Call, name: str, ids: Sequence[str], fields: Sequence[str]
) -> list[dict[str, Any] | None]:
    """The records in the order of `ids`, null where there is none the login may see."""
    found: dict[str, dict[str, Any]] = {}
    for start in range(0, len(ids), _LIMIT):
        page = ",".join(
            "'" + each.replace("\\", "").replace("'", "") + "'" for each in ids[start : start + _LIMIT]
        )
        soql = f"SELECT {', '.join(dict.fromkeys(['Id', *fields]))} FROM {name} WHERE Id IN ({page})"  # noqa: S608
        query = compile_query(call.service.org.schema, soql, call.user, call.service.org.now())
        found |= {str(row["Id"])[:15]: row for row in query.records(call.service.org.reader(), call.base)}
    return [found.get(each[:15]) for each in ids]


_BASE = "/services/data/v{version}/composite/sobjects"
routes = [
    Route(_BASE, {"POST": _create, "PATCH": _update, "DELETE": _delete}),
    Route(f"{_BASE}/{{object}}", {"GET": _read_by_query, "POST": _read_by_body}),
    Route(f"{_BASE}/{{object}}/{{field}}", {"PATCH": _upsert}),
]
