"""One record: create, read, change, delete."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import Any

from connector.practice.http.call import NO_CONTENT, Answer, Call
from connector.practice.http.describes import summary
from connector.practice.http.errors import not_allowed, save_refusal
from connector.practice.http.places import named_object, not_found
from connector.practice.http.precondition import (
    CONDITIONS,
    check_match,
    check_unmodified,
    etag,
    http_date,
    none_match,
    not_modified_since,
)
from connector.practice.http.route import Route
from connector.practice.http.saving import row_values, save_options
from connector.practice.org import ApiError
from connector.practice.org.ids import is_well_formed, to18
from connector.practice.schema import ObjectDef
from connector.practice.soql import compile_query


def record_id_of(call: Call, definition: ObjectDef) -> str:
    """Return the 18-character id in the path.

    What does not look like an id, or begins like that of no object, is taken for an external-id field and
    not found (404); an id with a wrong checksum is 400 MALFORMED_ID; an id of another object is 404.
    """
    written = call.places["id"]
    if not is_well_formed(written):
        known = call.service.org.schema.of_id(written) is not None
        if len(written) in {15, 18} and written.isalnum() and known:
            raise ApiError(400, "MALFORMED_ID", f"malformed id {written}")
        raise ApiError(
            404, "NOT_FOUND", f"Provided external ID field does not exist or is not accessible: {written}"
        )
    found = to18(written)
    if not found.startswith(definition.key_prefix):
        raise not_found()
    return found


def read_record(
    call: Call, definition: ObjectDef, record_id: str, fields: Sequence[str] = ()
) -> dict[str, Any]:
    """Return one row as REST shows it: the fields asked for, or every field the login may read.

    404 NOT_FOUND or ENTITY_IS_DELETED; an unknown field is 400 INVALID_FIELD.
    """
    org = call.service.org
    org.read(definition.name, record_id, ["Id"], actor=call.user)
    access = call.user.access
    listed = list(fields) or [
        each.name for each in definition.fields.values() if access.reads(definition, each)
    ]
    soql = f"SELECT {', '.join(dict.fromkeys(listed))} FROM {definition.name} WHERE Id = '{record_id}'"  # noqa: S608
    found = next(compile_query(org.schema, soql, call.user, org.now()).records(org.reader(), call.base), None)
    if found is None:
        raise not_found()
    return found


def _read(call: Call) -> Answer:
    definition = named_object(call)
    return read_answer(call, definition, record_id_of(call, definition))


def read_answer(call: Call, definition: ObjectDef, record_id: str) -> Answer:
    """Answer a GET of one row, with its preconditions."""
    fields = [each.strip() for each in call.query.get("fields", "").split(",") if each.strip()]
    body = read_record(call, definition, record_id, fields)
    modified = call.service.org.last_modified(definition.name, record_id)
    headers: dict[str, str] = {}
    if modified is not None:
        headers["Last-Modified"] = http_date(modified)
        if definition.name == "Account":
            tag = etag(record_id, modified)
            check_match(call, tag)
            headers["ETag"] = tag
            if none_match(call, tag):
                return Answer(status=304, headers=headers, media_type=None)
        if not_modified_since(call, modified):
            return Answer(status=304, headers=headers, media_type=None)
        check_unmodified(call, modified)
    return Answer(body=body, headers=headers)


def _create_by_id(call: Call) -> Answer:
    """Answer a POST to `sobjects/X/Id`, which creates (documented from v37): an id of null matches no row."""
    if call.places["id"].lower() != "id":
        raise not_allowed(call, ("HEAD", "GET", "PATCH", "DELETE"))
    return _create(call)


def _create(call: Call) -> Answer:
    definition = named_object(call)
    values = row_values(call, definition.name)
    result = call.service.org.insert(definition.name, values, actor=call.user, options=save_options(call))
    if not result.success:
        return save_refusal(result)
    return Answer(
        status=201,
        body={"id": result.id, "success": True, "errors": []},
        headers={"Location": f"{call.base}/sobjects/{definition.name}/{result.id}"},
    )


def _update(call: Call) -> Answer:
    definition = named_object(call)
    return update_answer(call, definition, record_id_of(call, definition))


def update_answer(call: Call, definition: ObjectDef, record_id: str) -> Answer:
    """Answer a PATCH of one row: 204, or why not."""
    values = row_values(call, definition.name)
    org = call.service.org
    check_there(call, definition, record_id)
    with held(call):
        check_row(call, definition, record_id)
        result = org.update(definition.name, record_id, values, actor=call.user, options=save_options(call))
    return NO_CONTENT if result.success else save_refusal(result)


def check_there(call: Call, definition: ObjectDef, record_id: str) -> None:
    """Refuse a write to a row that is not there: 404 NOT_FOUND, or ENTITY_IS_DELETED with its empty `fields`.

    It is answered like any unknown resource, not as a failed save.
    """
    try:
        call.service.org.read(definition.name, record_id, ["Id"], actor=call.user)
    except ApiError as error:
        gone = error.error_code == "ENTITY_IS_DELETED"
        raise ApiError(
            error.http_status, error.error_code, error.message, () if gone else error.fields
        ) from error


def held(call: Call) -> AbstractContextManager[object]:
    """Hold the writer's lock when the call has preconditions, so that nobody writes between look and save."""
    if CONDITIONS & call.headers.keys():
        return call.service.org.transaction()
    return nullcontext()


def check_row(call: Call, definition: ObjectDef, record_id: str) -> None:
    """Raise 412 PRECONDITION_FAILED unless the row is as the call's preconditions want it."""
    if not CONDITIONS & call.headers.keys():
        return
    modified = call.service.org.last_modified(definition.name, record_id)
    check_unmodified(call, modified)
    if definition.name == "Account" and modified is not None:
        check_match(call, etag(record_id, modified))


def _delete(call: Call) -> Answer:
    definition = named_object(call)
    return delete_answer(call, definition, record_id_of(call, definition))


def delete_answer(call: Call, definition: ObjectDef, record_id: str) -> Answer:
    """Answer a DELETE of one row: 204, or why not. Preconditions do not apply to DELETE."""
    check_there(call, definition, record_id)
    result = call.service.org.delete(definition.name, record_id, actor=call.user, options=save_options(call))
    return NO_CONTENT if result.success else save_refusal(result)


routes = [
    Route("/services/data/v{version}/sobjects/{object}", {"GET": summary, "POST": _create}),
    Route(
        "/services/data/v{version}/sobjects/{object}/{id}",
        {"GET": _read, "POST": _create_by_id, "PATCH": _update, "DELETE": _delete},
    ),
]
