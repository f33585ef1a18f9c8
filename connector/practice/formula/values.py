"""Values inside a formula, and the way to and from the forms the practice org stores."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any, TypeAlias

Value: TypeAlias = str | bool | Decimal | date | datetime | time | None

TEXT_TYPES = frozenset(
    {
        "anyType",
        "combobox",
        "email",
        "encryptedstring",
        "id",
        "multipicklist",
        "phone",
        "picklist",
        "reference",
        "string",
        "textarea",
        "url",
    }
)
NUMBER_TYPES = frozenset({"currency", "double", "int", "long", "percent"})
STAMP = "%Y-%m-%dT%H:%M:%S.000Z"
_DATETIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:?\d\d)")
_DATE = re.compile(r"\d{4}-\d\d-\d\d")


def kind_of(value: Value) -> str:
    """The word Salesforce uses for the type of a value in its error messages."""
    match value:
        case None:
            return "Null"
        case bool():
            return "Boolean"
        case str():
            return "Text"
        case Decimal():
            return "Number"
        case datetime():
            return "DateTime"
        case date():
            return "Date"
        case time():
            return "Time"


def instant(text: str) -> datetime:
    """The instant of a stored stamp, of whole seconds or finer."""
    return datetime.fromisoformat(text).astimezone(UTC)


def from_storage(stored: Any, field_type: str | None) -> Value:
    """A stored value as the formula sees it; without a type, texts that look like dates are dates."""
    if stored is None:
        return "" if field_type in TEXT_TYPES else None
    if field_type == "boolean" or isinstance(stored, bool):
        return bool(int(stored)) if not isinstance(stored, str) else stored.lower() == "true"
    if isinstance(stored, int | float | Decimal):
        number = stored if isinstance(stored, Decimal) else Decimal(repr(stored))
        return number / 100 if field_type == "percent" else number
    if isinstance(stored, datetime | date | time):
        return stored
    return _from_text(str(stored), field_type)


def _from_text(text: str, field_type: str | None) -> Value:
    if field_type == "datetime" or (field_type is None and _DATETIME.fullmatch(text)):
        return instant(text) if text else None
    if field_type == "date" or (field_type is None and _DATE.fullmatch(text)):
        return date.fromisoformat(text[:10]) if text else None
    if field_type == "time":
        return time.fromisoformat(text.rstrip("Z")) if text else None
    if field_type in NUMBER_TYPES:
        number = Decimal(text) if text else None
        return number / 100 if number is not None and field_type == "percent" else number
    return text


def to_storage(value: Value) -> str | bool | Decimal | None:
    """What the org stores for a formula's value: datetimes and dates as text, an empty text as null."""
    match value:
        case datetime():
            return value.astimezone(UTC).strftime(STAMP)
        case date():
            return value.isoformat()
        case time():
            return value.isoformat(timespec="milliseconds") + "Z"
        case "":
            return None
        case _:
            return value


def as_text(value: Value) -> str:
    """TEXT(): numbers without trailing zeros, datetimes in UTC with a Z (documented)."""
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case Decimal():
            plain = format(value, "f")
            return plain.rstrip("0").rstrip(".") if "." in plain else plain
        case datetime():
            return value.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%SZ")
        case date():
            return value.isoformat()
        case time():
            return value.isoformat(timespec="milliseconds")
        case str():
            return value
