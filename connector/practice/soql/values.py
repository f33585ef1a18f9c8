"""Storage values as the REST API's JSON shows them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from connector.practice.schema.definition import FieldDef

Render = Callable[[Any], Any]


def _boolean(value: Any) -> bool:
    return bool(value)


def _datetime(value: Any) -> Any:
    return None if value is None else value.replace("Z", "+0000")


def _double(value: Any) -> Any:
    return None if value is None else float(value)


def _whole(value: Any) -> Any:
    return None if value is None else int(value)


_BY_TYPE: dict[str, Render] = {
    "boolean": _boolean,
    "datetime": _datetime,
    "double": _double,
    "currency": _double,
    "percent": _double,
    "int": _whole,
    "long": _whole,
}


def render_of(field: FieldDef) -> Render | None:
    """Return what turns a stored value of `field` into its JSON value; None when they are the same."""
    return _BY_TYPE.get(field.type)


def label_of(field: FieldDef) -> Render:
    """Return what turns picklist values into their labels (`toLabel`)."""
    labels = {value.value.casefold(): value.label for value in field.picklist_values}

    def label(value: Any) -> Any:
        if value is None:
            return None
        return ";".join(labels.get(part.casefold(), part) for part in str(value).split(";"))

    return label


def formatted(field: FieldDef) -> Render:
    """Return what writes a number, date or time for people (`FORMAT`), in the words of an English locale."""

    def text(value: Any) -> Any:
        if value is None:
            return None
        if field.type in {"currency", "double", "percent"}:
            return f"{float(value):,.{field.scale}f}"
        if field.type == "int":
            return f"{int(value):,}"
        if field.type in {"date", "datetime"}:
            year, month, day = str(value)[:10].split("-")
            clock = f", {str(value)[11:16]}" if field.type == "datetime" else ""
            return f"{int(month)}/{int(day)}/{year}{clock}"
        return str(value)

    return text


# Compound fields: the part of the address as JSON names it, by the end of the part's field name.
ADDRESS_PARTS: dict[str, str] = {
    "City": "city",
    "Country": "country",
    "CountryCode": "countryCode",
    "GeocodeAccuracy": "geocodeAccuracy",
    "Latitude": "latitude",
    "Longitude": "longitude",
    "PostalCode": "postalCode",
    "State": "state",
    "StateCode": "stateCode",
    "Street": "street",
}
