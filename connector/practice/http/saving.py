"""From a JSON record to what the org saves: values in storage form, and the headers that change a save."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from connector.practice.clock import stamp_of
from connector.practice.http.call import Call
from connector.practice.org import ApiError, SaveOptions
from connector.practice.schema import FieldDef, ObjectDef, UnknownObjectError

_FLOATS = frozenset({"double", "currency", "percent"})
_DATETIME = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(\.\d{1,9})?(Z|[+-]\d\d:?\d\d)", re.ASCII)
_JSON_NAMES = {
    bool: "VALUE_BOOLEAN",
    int: "VALUE_NUMBER_INT",
    float: "VALUE_NUMBER_FLOAT",
    str: "VALUE_STRING",
}


class ForeignKeyError(ApiError):
    """A parent named by an external id that no row has; in a collection it fails its row alone."""

    def __init__(self, key: str, field: str, parent: str) -> None:
        message = f"Foreign key external ID: {key} not found for field {field} in entity {parent}"
        super().__init__(400, "INVALID_FIELD", message)


def save_options(call: Call) -> SaveOptions:
    """What `Sforce-Auto-Assign` and `Sforce-Duplicate-Rule-Header` ask for."""
    auto_assign = call.headers.get("sforce-auto-assign", "true").strip().lower() != "false"
    duplicates = call.headers.get("sforce-duplicate-rule-header", "").replace(" ", "").lower()
    return SaveOptions(auto_assign=auto_assign, allow_duplicates="allowsave=true" in duplicates)


def record_values(call: Call, name: str, record: Mapping[str, Any]) -> dict[str, Any]:
    """The record's values in storage form, `attributes` left out.

    `{"Account": {"Key__c": "x"}}` becomes the id of the parent with that external id. Raises 400
    JSON_PARSER_ERROR for a value of the wrong JSON type, and `ForeignKeyError`. Unknown names stay, for
    the org to refuse.
    """
    try:
        definition = call.service.org.schema.object(name)
    except UnknownObjectError:
        return {key: value for key, value in record.items() if key != "attributes"}
    values: dict[str, Any] = {}
    for key, value in record.items():
        if key == "attributes":
            continue
        if isinstance(value, Mapping):
            field, parent_id = _parent(call, definition, key, value)
            values[field] = parent_id
        else:
            field_def = definition.field(key)
            values[key] = value if field_def is None or value is None else storage_value(field_def, value)
    return values


def storage_value(field: FieldDef, value: Any) -> Any:
    """A JSON value as the org stores it; 400 JSON_PARSER_ERROR when the field's type cannot take it."""
    if field.type == "datetime":
        return _datetime(value)
    if field.type == "date":
        return _date(value)
    if field.type == "boolean":
        if isinstance(value, bool):
            return value
        if isinstance(value, str) and value.lower() in {"true", "false"}:
            return value.lower() == "true"
        raise _cannot("boolean", value)
    if field.type == "int" or field.type in _FLOATS:
        return _number(field, value)
    if not isinstance(value, str):
        raise _cannot("string" if field.type not in {"id", "reference"} else "reference", value)
    return value


def _datetime(value: Any) -> str:
    found = _DATETIME.fullmatch(value) if isinstance(value, str) else None
    # An offset without its colon is only understood behind milliseconds.
    if found is None or (":" not in found.group(3) and found.group(3) != "Z" and not found.group(2)):
        raise _cannot("datetime", value)
    offset = found.group(3)
    if offset != "Z" and ":" not in offset:
        offset = f"{offset[:3]}:{offset[3:]}"
    try:
        return stamp_of(datetime.fromisoformat(found.group(1) + offset))
    except ValueError as fault:
        raise _cannot("datetime", value) from fault


def _date(value: Any) -> str:
    if not isinstance(value, str):
        raise _cannot("date", value)
    try:
        # A datetime is taken for its day.
        return date.fromisoformat(value[:10]).isoformat()
    except ValueError as fault:
        raise _cannot("date", value) from fault


def _number(field: FieldDef, value: Any) -> int | float:
    word = "int" if field.type == "int" else "double"
    if isinstance(value, bool):
        raise _cannot(word, value)
    try:
        number = float(value)
    except (TypeError, ValueError) as fault:
        raise _cannot(word, value) from fault
    return int(number) if field.type == "int" else number


def _cannot(word: str, value: Any) -> ApiError:
    kind = _JSON_NAMES.get(type(value), "START_ARRAY")
    shown = str(value).lower() if isinstance(value, bool) else value
    return ApiError(
        400,
        "JSON_PARSER_ERROR",
        f"Cannot deserialize instance of {word} from {kind} value {shown} or request may be missing "
        "a required field at [line:1, column:1]",
    )


def _parent(
    call: Call, definition: ObjectDef, relationship: str, given: Mapping[str, Any]
) -> tuple[str, str]:
    found = call.service.org.schema.parent(definition.name, relationship)
    keys = {key: value for key, value in given.items() if key != "attributes"}
    if found is None or not found[1] or len(keys) != 1:
        raise ApiError(
            400, "INVALID_FIELD", f"No such column '{relationship}' on sobject of type {definition.name}"
        )
    field, parents = found
    key, value = next(iter(keys.items()))
    wanted = str((given.get("attributes") or {}).get("type") or parents[0].name)
    parent = next((each for each in parents if each.name.lower() == wanted.lower()), parents[0])
    key_field = parent.field(key)
    if key_field is None or not (key_field.external_id or key_field.id_lookup):
        raise ApiError(
            400, "INVALID_FIELD", f"{key} is not an External ID or indexed field for {parent.name}"
        )
    # Names come from the schema, never from the request.
    sql = f'SELECT Id FROM "{parent.name}" WHERE "{key_field.name}" = ? AND IsDeleted = 0 LIMIT 1'  # noqa: S608
    row = call.service.org.reader().execute(sql, (value,)).fetchone()
    if row is None:
        raise ForeignKeyError(str(value), key_field.name, parent.name)
    return field.name, str(row[0])
