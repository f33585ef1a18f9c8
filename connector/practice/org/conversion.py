"""A written value to its stored form, refused in the real service's words when it does not fit the field."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any

from connector.practice.org.ids import is_well_formed, to18
from connector.practice.org.results import RowRefusedError, refusal
from connector.practice.schema import FieldDef

_DATE = re.compile(r"^\d{4}-\d\d-\d\d$")
_DATETIME = re.compile(
    r"^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d)(?::(\d\d)(?:\.(\d{1,9}))?)?\s*(Z|[+-]\d\d:?\d\d)?)?$",
    re.IGNORECASE,
)
_TIME = re.compile(r"^\d\d:\d\d(:\d\d(\.\d{1,3})?)?Z?$")
_EMAIL = re.compile(r"^[^@\s,;]+@[^@\s,;]+\.[^@\s.,;]+$")
_TRUE = frozenset({"true", "1", "yes"})
_FALSE = frozenset({"false", "0", "no", ""})
Stored = str | bool | int | float | None


def convert(field: FieldDef, raw: Any, *, csv: bool = False) -> Stored:
    """The stored form of `raw` for `field`; RowRefusedError when the service would refuse it.

    `csv` words type faults as Bulk does, where every value arrives as text.
    """
    if raw is None:
        return False if field.type == "boolean" else None
    converter = _CONVERTERS.get(field.type, _text)
    return converter(field, raw, csv)


def _mistyped(field: FieldDef, raw: Any, kind: str, *, csv: bool) -> RowRefusedError:
    if csv:
        return refusal(
            "INVALID_TYPE_ON_FIELD_IN_RECORD", f"{field.label}: value not of required type: {raw}", field.name
        )
    token = "VALUE_STRING" if isinstance(raw, str) else "VALUE_NUMBER" if _is_number(raw) else "VALUE_TRUE"
    if isinstance(raw, (dict, list)):
        token = "START_OBJECT" if isinstance(raw, dict) else "START_ARRAY"
    return refusal(
        "JSON_PARSER_ERROR",
        f"Cannot deserialize instance of {kind} from {token} value {raw}"
        " or request may be missing a required field",
    )


def _is_number(raw: Any) -> bool:
    return isinstance(raw, (int, float, Decimal)) and not isinstance(raw, bool)


def _boolean(field: FieldDef, raw: Any, csv: bool) -> Stored:  # noqa: FBT001 - one shape for all converters
    if isinstance(raw, bool):
        return raw
    if isinstance(raw, str) and raw.lower() in _TRUE:
        return True
    if isinstance(raw, str) and raw.lower() in _FALSE:
        return False
    raise _mistyped(field, raw, "boolean", csv=csv)


def _decimal(field: FieldDef, raw: Any, kind: str, *, csv: bool) -> Decimal | None:
    if isinstance(raw, str) and not raw.strip():
        return None
    if not _is_number(raw) and not isinstance(raw, str):
        raise _mistyped(field, raw, kind, csv=csv)
    try:
        number = Decimal(str(raw).strip())
    except InvalidOperation:
        raise _mistyped(field, raw, kind, csv=csv) from None
    if not number.is_finite():
        raise _mistyped(field, raw, kind, csv=csv)
    return number


def _double(field: FieldDef, raw: Any, csv: bool) -> Stored:  # noqa: FBT001
    number = _decimal(field, raw, "double", csv=csv)
    if number is None:
        return None
    if abs(number) >= Decimal(10) ** (field.precision - field.scale):
        raise refusal(
            "NUMBER_OUTSIDE_VALID_RANGE",
            f"{field.label}: value outside of valid range on numeric field: {raw}",
            field.name,
        )
    return float(number.quantize(Decimal(1).scaleb(-field.scale), rounding=ROUND_HALF_UP))


def _integer(field: FieldDef, raw: Any, csv: bool) -> Stored:  # noqa: FBT001
    number = _decimal(field, raw, "int", csv=csv)
    if number is None:
        return None
    if number != number.to_integral_value():
        raise _mistyped(field, raw, "int", csv=csv)
    if abs(number) >= Decimal(10) ** (field.digits or 8):
        raise refusal(
            "NUMBER_OUTSIDE_VALID_RANGE",
            f"{field.label}: value outside of valid range on numeric field: {raw}",
            field.name,
        )
    return int(number)


def _date(field: FieldDef, raw: Any, csv: bool) -> Stored:  # noqa: FBT001
    if isinstance(raw, str):
        if not raw:
            return None
        day = raw[:10] if _DATETIME.match(raw) else raw
        if _DATE.match(day):
            try:
                return date.fromisoformat(day).isoformat()
            except ValueError:
                pass
    raise _mistyped(field, raw, "date", csv=csv)


def parse_instant(text: str) -> datetime | None:
    """A wire datetime; None for a form refused, such as a colon-less offset without milliseconds."""
    matched = _DATETIME.match(text)
    if matched is None:
        return None
    day, minutes, seconds, fraction, zone = matched.groups()
    if zone and zone not in "Zz" and ":" not in zone and fraction is None:
        return None
    try:
        instant = datetime.fromisoformat(f"{day}T{minutes or '00:00'}:{seconds or '00'}")
    except ValueError:
        return None
    if zone is None or zone in "Zz":
        return instant.replace(tzinfo=UTC)
    sign = -1 if zone[0] == "-" else 1
    offset = timedelta(hours=int(zone[1:3]), minutes=int(zone[-2:])) * sign
    if abs(offset) >= timedelta(hours=24):
        return None
    return instant.replace(tzinfo=timezone(offset)).astimezone(UTC)


def _datetime(field: FieldDef, raw: Any, csv: bool) -> Stored:  # noqa: FBT001
    if isinstance(raw, str):
        if not raw:
            return None
        instant = parse_instant(raw)
        if instant is not None:
            return instant.strftime("%Y-%m-%dT%H:%M:%S.000Z")
    raise _mistyped(field, raw, "datetime", csv=csv)


def _time(field: FieldDef, raw: Any, csv: bool) -> Stored:  # noqa: FBT001
    if isinstance(raw, str):
        if not raw:
            return None
        if _TIME.match(raw):
            try:
                return time.fromisoformat(raw.rstrip("Z")).strftime("%H:%M:%S.000Z")
            except ValueError:
                pass
    raise _mistyped(field, raw, "time", csv=csv)


def _plain(field: FieldDef, raw: Any, *, csv: bool) -> str:
    if isinstance(raw, str):
        return raw
    if isinstance(raw, bool):
        return "true" if raw else "false"
    if _is_number(raw):
        return str(raw)
    raise _mistyped(field, raw, "string", csv=csv)


def _text(field: FieldDef, raw: Any, csv: bool) -> Stored:  # noqa: FBT001
    text = _plain(field, raw, csv=csv)
    if not text:
        return None
    if field.length and len(text) > field.length:
        raise refusal(
            "STRING_TOO_LONG",
            f"{field.label}: data value too large: {text} (max length={field.length})",
            field.name,
        )
    return text


def _email(field: FieldDef, raw: Any, csv: bool) -> Stored:  # noqa: FBT001
    text = _text(field, raw, csv)
    if isinstance(text, str) and not _EMAIL.match(text):
        raise refusal("INVALID_EMAIL_ADDRESS", f"{field.label}: invalid email address: {text}", field.name)
    return text


def _picklist(field: FieldDef, raw: Any, csv: bool) -> Stored:  # noqa: FBT001
    text = _text(field, raw, csv)
    if not isinstance(text, str):
        return text
    known = field.values.get(text.casefold())
    if known is not None:
        return known.value
    if field.restricted_picklist:
        raise _unlisted(field, text)
    return text


def _multipicklist(field: FieldDef, raw: Any, csv: bool) -> Stored:  # noqa: FBT001
    text = _text(field, raw, csv)
    if not isinstance(text, str):
        return text
    chosen: list[str] = []
    for part in text.split(";"):
        known = field.values.get(part.strip().casefold())
        if known is None and field.restricted_picklist:
            raise _unlisted(field, part)
        value = known.value if known is not None else part.strip()
        if value and value not in chosen:
            chosen.append(value)
    order = {value.value: place for place, value in enumerate(field.picklist_values)}
    chosen.sort(key=lambda value: order.get(value, len(order)))
    return ";".join(chosen) or None


def _unlisted(field: FieldDef, text: str) -> RowRefusedError:
    return refusal(
        "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST",
        f"{field.label}: bad value for restricted picklist field: {text}",
        field.name,
    )


def _reference(field: FieldDef, raw: Any, csv: bool) -> Stored:  # noqa: FBT001
    text = _plain(field, raw, csv=csv)
    if not text:
        return None
    if not is_well_formed(text):
        raise refusal("MALFORMED_ID", f"{field.label}: id value of incorrect type: {text}", field.name)
    return to18(text)


_CONVERTERS: dict[str, Callable[[FieldDef, Any, bool], Stored]] = {
    "boolean": _boolean,
    "double": _double,
    "currency": _double,
    "percent": _double,
    "int": _integer,
    "date": _date,
    "datetime": _datetime,
    "time": _time,
    "picklist": _picklist,
    "multipicklist": _multipicklist,
    "reference": _reference,
    "id": _reference,
    "email": _email,
}


def storable(field: FieldDef, value: Any) -> Stored:
    """A formula's value (Decimal, date, datetime, …) as the field stores it. Never refuses."""
    if value is None:
        return False if field.type == "boolean" else None
    if isinstance(value, datetime):
        text = value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")
        return text[:10] if field.type == "date" else text
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, time):
        return value.strftime("%H:%M:%S.000Z")
    if isinstance(value, Decimal):
        if field.type == "int":
            return int(value)
        if field.type in {"double", "currency", "percent"}:
            return float(value)
        return str(value)
    if isinstance(value, str):
        return value or None
    return bool(value)
