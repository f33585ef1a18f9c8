"""Rows by an external id: read, upsert and delete."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from connector.practice.http.call import Answer, Call
from connector.practice.http.errors import save_refusal
from connector.practice.http.places import named_object, not_found
from connector.practice.http.records import check_row, delete_answer, held, read_answer
from connector.practice.http.related import (
    delete_related,
    names_relationship,
    read_related,
    update_related,
)
from connector.practice.http.route import Route
from connector.practice.http.saving import row_values, save_options
from connector.practice.org import ApiError
from connector.practice.org.folding import equals
from connector.practice.schema import FieldDef, ObjectDef


def _key_field(call: Call, definition: ObjectDef) -> FieldDef:
    """Return the field in the path; 404 when it is no external id of the object that the login may read."""
    found = definition.field(call.places["field"])
    usable = found is not None and (found.external_id or found.id_lookup or found.name == "Id")
    if found is None or not usable or not call.user.access.reads(definition, found):
        raise ApiError(
            404,
            "NOT_FOUND",
            f"Provided external ID field does not exist or is not accessible: {call.places['field']}",
        )
    return found


def _matches(call: Call, definition: ObjectDef, field: FieldDef) -> list[str]:
    alive = ' AND "IsDeleted" = 0' if definition.field("IsDeleted") else ""
    same, key = equals(f'"{field.name}"', call.places["key"], binary=field.binary)
    # Both names are the schema's own, never the caller's.
    sql = f'SELECT "Id" FROM "{definition.name}" WHERE {same}{alive} LIMIT 50'  # noqa: S608
    return [str(row[0]) for row in call.service.org.reader().execute(sql, (key,))]


def _several(call: Call, definition: ObjectDef, ids: list[str]) -> Answer:
    return Answer(status=300, body=[f"{call.base}/sobjects/{definition.name}/{each}" for each in ids])


def _read(call: Call) -> Answer:
    definition = named_object(call)
    if names_relationship(call, definition):
        return read_related(call, definition)
    found = _matches(call, definition, _key_field(call, definition))
    if not found:
        raise not_found()
    if len(found) > 1:
        return _several(call, definition, found)
    return read_answer(call, definition, found[0])


def _upsert(call: Call) -> Answer:
    definition = named_object(call)
    if names_relationship(call, definition):
        return update_related(call, definition)
    field = _key_field(call, definition)
    values = row_values(call, definition.name, key=field.name)
    org = call.service.org
    with held(call):
        existing = _matches(call, definition, field)
        if len(existing) > 1:
            return _several(call, definition, existing)
        if existing:
            check_row(call, definition, existing[0])
        try:
            result = org.upsert(
                definition.name,
                field.name,
                call.places["key"],
                values,
                actor=call.user,
                options=save_options(call),
            )
        except ApiError as error:
            if error.http_status == 300:
                return _several(call, definition, list(error.fields or ()))
            raise
    if not result.success:
        return save_refusal(result)
    body: dict[str, Any] = {"id": result.id, "success": True, "errors": [], "created": result.created}
    if not result.created:
        return Answer(status=200, body=body)
    key = quote(call.places["key"], safe="")
    location = f"{call.base}/sobjects/{definition.name}/{field.name}/{key}"
    return Answer(status=201, body=body, headers={"Location": location})


def _delete(call: Call) -> Answer:
    definition = named_object(call)
    if names_relationship(call, definition):
        return delete_related(call, definition)
    found = _matches(call, definition, _key_field(call, definition))
    if not found:
        raise not_found()
    if len(found) > 1:
        return _several(call, definition, found)
    return delete_answer(call, definition, found[0])


routes = [
    Route(
        "/services/data/v{version}/sobjects/{object}/{field}/{key:path}",
        {"GET": _read, "PATCH": _upsert, "DELETE": _delete},
    )
]
