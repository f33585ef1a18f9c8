"""Canonical text of a value, from and to the JSON of REST. Columns of Bulk are in `columns`."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

import msgspec

from connector.ports.org import Text
from connector.salesforce.ids import id18

NUMBERS = frozenset({"int", "long", "double", "currency", "percent"})
IDS = frozenset({"id", "reference"})
COMPOUND = frozenset({"address", "location"})
UNREADABLE = COMPOUND | {"base64"}
"""Never selected: compound fields repeat others and Bulk refuses them; files are linked, never copied."""

decode = msgspec.json.Decoder(float_hook=Decimal).decode

_REST_STAMP = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}(\+0000|Z)")


def number_text(text: str) -> str:
    """A number without exponent, trailing zeros or a negative zero: `1.0E7` → `10000000`.

    Raises ValueError for what is not a finite number.
    """
    try:
        number = Decimal(text)
    except InvalidOperation:
        raise ValueError(f"{text!r} is not a number") from None
    return _plain(number)


def _plain(number: Decimal) -> str:
    if not number.is_finite():
        raise ValueError(f"{number} is not a finite number")
    plain = f"{number:f}"
    if "." in plain:
        plain = plain.rstrip("0").rstrip(".")
    return "0" if plain in {"-0", ""} else plain


def stamp_text(text: str) -> str:
    """A datetime as `YYYY-MM-DDTHH:MM:SS.mmmZ`, from REST's `+0000`, Bulk's `Z` or any ISO offset."""
    if _REST_STAMP.fullmatch(text):
        return text[:23] + "Z"
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError(f"{text!r} has no time zone")
    return moment_text(moment)


def moment_text(moment: datetime) -> str:
    """An aware datetime as canonical text."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def moment_of(text: str) -> datetime:
    """The aware datetime of a REST or canonical stamp."""
    return datetime.fromisoformat(stamp_text(text))


def text_of(value: Any, kind: str | None = None) -> Text:
    """Canonical text of one JSON value; `kind` is the field's type in the describe, None if unknown.

    Raises ValueError for a compound value or a child list, which have no text.
    """
    if value is None or value == "":
        return None
    if isinstance(value, str):
        return _string(value, kind)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, Decimal):
        return _plain(value)
    raise ValueError(f"a {type(value).__name__} has no canonical text: select its parts")


def texts_of(values: Iterable[Any], kind: str | None) -> list[Text]:
    """A column of JSON values. Text needs no look at its type, so most columns pass straight through."""
    if kind == "datetime":
        return [None if v is None else v[:23] + "Z" if v[23:] == "+0000" else stamp_text(v) for v in values]
    if kind == "boolean":
        return [None if v is None else "true" if v else "false" for v in values]
    if kind in NUMBERS:
        return [_plain(v) if v.__class__ is Decimal else text_of(v, kind) for v in values]
    if kind in IDS:
        return [v if v is None or len(v) == 18 else text_of(v, kind) for v in values]
    return [v if v.__class__ is str and v else text_of(v, kind) for v in values]


def json_of(text: Text, kind: str) -> Any:
    """The JSON value to write for canonical text; raises ValueError when the text does not fit the type."""
    if text is None:
        return None
    if kind == "boolean":
        if text not in {"true", "false"}:
            raise ValueError(f"{text!r} is not true or false")
        return text == "true"
    if kind in {"int", "long"}:
        return int(number_text(text))
    if kind in NUMBERS:
        return Decimal(number_text(text))
    check = _CHECKS.get(kind)
    if check:
        check(text)
    return text


_CHECKS: dict[str, Callable[[str], object]] = {
    "date": date.fromisoformat,
    "datetime": stamp_text,
    "id": id18,
    "reference": id18,
}


def _string(value: str, kind: str | None) -> str:
    if kind == "datetime":
        return stamp_text(value)
    if kind in IDS and len(value) == 15:
        return id18(value)
    if kind in NUMBERS:
        return number_text(value)
    return value
