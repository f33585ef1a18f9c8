"""Rows of the mirror in PostgreSQL's binary COPY format, joined by Arrow like everything of a snapshot.

Documented: a signature and two empty words; then per row the number of its columns and, for each, its length in
bytes and its value, -1 for null; numbers are big-endian. The server takes it without looking at each character,
and nothing has to be escaped.
"""

import struct
from array import array
from collections.abc import Sequence
from sys import byteorder
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from connector.store import columnar
from connector.store.arrival import Arrival

COLUMNS = "org, object, shape, deleted, master, id, stamp, valid_from, body"
HEAD = b"PGCOPY\n\xff\r\n\0" + bytes(8)
TAIL = struct.pack(">h", -1)

_INT = struct.Struct(">i")
_NULL = -1


def rows(org: int, come: Arrival, start: int, number: int) -> bytes:
    """So many rows from `start` on, in the order of `COLUMNS`, without head and tail."""
    part = slice(start, start + number)
    texts = (come.masters, come.ids, come.stamps, come.starts)
    parts: list[Any] = [
        struct.pack(">h", COLUMNS.count(",") + 1)
        + _number(org)
        + _sized(come.object.encode())
        + _number(come.shape)
        + _INT.pack(_INT.size),
        _words(come.deleted[part]) if any(come.deleted[part]) else _INT.pack(0),
    ]
    for column in texts:
        parts += _column(columnar.arrow(column).slice(start, number))
    body = columnar.body_parts([columnar.arrow(column).slice(start, number) for column in come.columns])
    parts += [_total(body, number), *body]
    return columnar.content(columnar.joined_bytes(parts))


def _number(value: int) -> bytes:
    return _sized(_INT.pack(value))


def _sized(value: bytes) -> bytes:
    return _INT.pack(len(value)) + value


def _column(texts: Any) -> list[Any]:
    """A column of text: its lengths, which mostly are all the same, and its values."""
    lengths = pc.fill_null(pc.binary_length(texts), _NULL)
    least_most = pc.min_max(lengths)
    same = least_most["min"].as_py()
    if same == least_most["max"].as_py():
        return [_INT.pack(same)] if same == _NULL else [_INT.pack(same), texts]
    return [_words(lengths), pc.fill_null(texts, "")]


def _total(parts: Sequence[Any], number: int) -> Any:
    """The length of what these parts make together, row by row."""
    known = sum(len(part.encode()) for part in parts if isinstance(part, str))
    lengths: Any = pa.repeat(pa.scalar(known, pa.int32()), number)
    for part in parts:
        if not isinstance(part, str):
            lengths = pc.add(lengths, pc.binary_length(part))
    return _words(lengths)


def _words(numbers: Any) -> Any:
    """Four big-endian bytes for each number."""
    words = array("i", numbers) if isinstance(numbers, list) else array("i")
    if not isinstance(numbers, list):
        words.frombytes(memoryview(numbers.buffers()[1])[4 * numbers.offset :][: 4 * len(numbers)])
    if byteorder == "little":
        words.byteswap()
    held = [None, pa.py_buffer(words.tobytes())]
    return pa.FixedSizeBinaryArray.from_buffers(pa.binary(4), len(words), held).cast(pa.binary())
