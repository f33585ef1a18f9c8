"""From a JSON record to what the org saves, and the headers that change a save."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from connector.practice.http.call import Call
from connector.practice.http.json_text import token_of, value_place
from connector.practice.org import ApiError, SaveOptions
from connector.practice.org.conversion import convert
from connector.practice.org.results import RowRefusedError
from connector.practice.schema import FieldDef, UnknownObjectError

_NOT_TEXT = frozenset({"boolean", "int", "double", "currency", "percent", "date", "datetime", "time"})
_UNREADABLE = "JSON_PARSER_ERROR"
_ID_GIVEN = "The Id field should not be specified in the sobject data."


def save_options(call: Call) -> SaveOptions:
    """What `Sforce-Auto-Assign` and `Sforce-Duplicate-Rule-Header` ask for."""
    auto_assign = call.headers.get("sforce-auto-assign", "true").strip().lower() != "false"
    duplicates = call.headers.get("sforce-duplicate-rule-header", "").replace(" ", "").lower()
    return SaveOptions(
        auto_assign=auto_assign, allow_duplicates="allowsave=true" in duplicates, api_version=call.version
    )


def record_values(call: Call, name: str, record: Mapping[str, Any]) -> dict[str, Any]:
    """The record's values, `attributes` left out.

    The org converts them and refuses unknown names row by row; a value of the wrong JSON type fails the
    whole request, as the real service reads it before it knows of rows: 400 JSON_PARSER_ERROR.
    """
    values = {key: value for key, value in record.items() if key != "attributes"}
    try:
        definition = call.service.org.schema.object(name)
    except UnknownObjectError:
        return values
    for key, value in values.items():
        field = definition.field(key)
        if field is not None and value is not None and not isinstance(value, Mapping):
            words = _unreadable(field, value)
            if words:
                where = value_place(call.text, key, value)
                raise ApiError(
                    400, _UNREADABLE, f"{words} or request may be missing a required field at {where}"
                )
    return values


def row_values(call: Call, name: str, *, key: str | None = None) -> dict[str, Any]:
    """The body as the values of the one row that the address names.

    The address alone says which row: `Id`, or the external id `key` of an upsert, is refused in the body
    (documented: 400 INVALID_FIELD).
    """
    values = record_values(call, name, call.json_object())
    for given in values:
        if given.lower() == "id":
            raise ApiError(400, "INVALID_FIELD", _ID_GIVEN)
        if key is not None and given.lower() == key.lower():
            raise ApiError(
                400, "INVALID_FIELD", f"The {key} field should not be specified in the sobject data."
            )
    return values


def _unreadable(field: FieldDef, value: Any) -> str:
    """What the parser says of a value that no field of this type can hold; empty when it can."""
    if field.type not in _NOT_TEXT and not isinstance(value, str):
        shown = str(value).lower() if isinstance(value, bool) else value
        return f"Cannot deserialize instance of string from {token_of(value)} value {shown}"
    try:
        convert(field, value)
    except RowRefusedError as refused:
        if refused.errors[0].status_code == _UNREADABLE:
            return refused.errors[0].message.partition(" or request may")[0]
    return ""
