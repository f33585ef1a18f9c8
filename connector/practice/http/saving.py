"""From a JSON record to what the org saves, and the headers that change a save."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from connector.practice.http.call import Call
from connector.practice.org import ApiError, SaveOptions
from connector.practice.org.conversion import convert
from connector.practice.org.results import RowRefusedError
from connector.practice.schema import FieldDef, UnknownObjectError

_NOT_TEXT = frozenset({"boolean", "int", "double", "currency", "percent", "date", "datetime", "time"})
_UNREADABLE = "JSON_PARSER_ERROR"
_TOKENS = {bool: "VALUE_BOOLEAN", int: "VALUE_NUMBER_INT", float: "VALUE_NUMBER_FLOAT", list: "START_ARRAY"}


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
            _check_readable(field, value)
    return values


def _check_readable(field: FieldDef, value: Any) -> None:
    if field.type not in _NOT_TEXT and not isinstance(value, str):
        shown = str(value).lower() if isinstance(value, bool) else value
        raise _unreadable(
            f"Cannot deserialize instance of string from {_TOKENS.get(type(value))} value {shown}"
        )
    try:
        convert(field, value)
    except RowRefusedError as refused:
        if refused.errors[0].status_code == _UNREADABLE:
            raise _unreadable(refused.errors[0].message.partition(" or request may")[0]) from refused


def _unreadable(message: str) -> ApiError:
    return ApiError(
        400,
        _UNREADABLE,
        f"{message} or request may be missing a required field at [line:1, column:1]",
    )
