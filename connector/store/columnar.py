"""A snapshot's rows as text for the database, joined by Arrow: whole columns at a time, no value in Python's hands."""

from collections.abc import Iterable, Sequence
from typing import Any, TypeGuard

import msgspec
import pyarrow as pa
import pyarrow.compute as pc

from connector.ports.columns import TextColumn

_ENCODE = msgspec.json.Encoder()
_NULL = "null"


def columnar(columns: Sequence[Sequence[str | None]]) -> TypeGuard[Sequence[TextColumn]]:
    """Whether every column is Arrow's, so that the functions here apply."""
    return all(isinstance(column, TextColumn) for column in columns)


def bodies(columns: Sequence[TextColumn], start: int, rows: int) -> Any:
    """The bodies of these rows, an array of JSON arrays: byte for byte what msgspec makes of them."""
    parts = body_parts([column.arrow.slice(start, rows) for column in columns])
    if all(isinstance(part, str) for part in parts):  # nothing but nulls
        return pa.repeat("".join(parts), rows)
    return joined(parts)


def body_parts(columns: Sequence[Any]) -> list[Any]:
    """What `joined` makes the bodies of, from Arrow's arrays; no part holds a null."""
    parts: list[Any] = ["["]
    for place, array in enumerate(columns):
        parts += ["," if place else "", *_value(array)]
    return [*parts, "]"]


def arrow(texts: Sequence[str | None]) -> Any:
    """Arrow's array of these texts."""
    return texts.arrow if isinstance(texts, TextColumn) else pa.array(texts, pa.string())


def joined(parts: Sequence[Any]) -> Any:
    """Texts and arrays of texts, side by side, row for row; neighbouring texts are joined once."""
    merged: list[Any] = []
    for part in parts:
        if isinstance(part, str) and merged and isinstance(merged[-1], str):
            merged[-1] += part
        else:
            merged.append(part)
    return pc.binary_join_element_wise(
        *(pa.scalar(part) if isinstance(part, str) else part for part in merged), ""
    )


def joined_bytes(parts: Sequence[Any]) -> Any:
    """The same of bytes, arrays of bytes, texts and arrays of texts, as bytes; one part at least is an array."""
    merged: list[Any] = []
    for part in parts:
        plain = part.encode() if isinstance(part, str) else part
        if isinstance(plain, bytes) and merged and isinstance(merged[-1], bytes):
            merged[-1] += plain
        else:
            merged.append(plain)
    return pc.binary_join_element_wise(
        *(pa.scalar(part) if isinstance(part, bytes) else part.cast(pa.binary()) for part in merged),
        pa.scalar(b""),
    )


def content(array: Any) -> bytes:
    """The text of all rows without anything between them."""
    if not len(array):
        return b""
    _, offsets, text = array.buffers()
    ends = memoryview(offsets).cast("i")
    return bytes(memoryview(text)[ends[array.offset] : ends[array.offset + len(array)]]) if text else b""


def _value(array: Any) -> list[Any]:
    """One column as JSON values, in parts for `joined`."""
    if array.null_count == len(array):
        return [_NULL]
    if _needs_escapes(content(array)):
        return [pa.array(_ENCODE.encode_lines(array.to_pylist()).decode().split("\n")[:-1], pa.string())]
    if array.null_count == 0:
        return ['"', array, '"']
    quote = pa.scalar('"')
    return [pc.fill_null(pc.binary_join_element_wise(quote, array, quote, ""), _NULL)]


def _needs_escapes(text: bytes) -> bool:
    """Whether JSON writes something of this otherwise than it stands."""
    if b'"' in text or b"\\" in text:
        return True
    lowest = pc.min(pa.Array.from_buffers(pa.uint8(), len(text), [None, pa.py_buffer(text)])).as_py()
    return lowest is not None and lowest < ord(" ")


def cut(array: Any, length: int) -> Any:
    """The first characters of each text."""
    return pc.utf8_slice_codeunits(array, 0, length)


def earlier(array: Any, other: Any) -> Any:
    """Of two instants, the earlier; `other` where `array` has none."""
    return pc.if_else(pc.fill_null(pc.less(array, other), fill_value=False), array, other)


def all_of_length(array: Any, length: int) -> bool:
    """Whether every value is there and has this many bytes."""
    if array.null_count:
        return False
    least_most = pc.min_max(pc.binary_length(array))
    return bool(least_most["min"].as_py() == length == least_most["max"].as_py())


def made_of(array: Any, characters: Iterable[str]) -> bool:
    """Whether the texts hold none but these ASCII characters."""
    return not content(array).translate(None, delete="".join(characters).encode())


def flags(array: Any) -> list[int]:
    """1 for `true`, else 0."""
    found: list[int] = pc.fill_null(pc.equal(array, "true"), fill_value=False).cast(pa.int8()).to_pylist()
    return found
