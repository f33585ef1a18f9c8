"""Canonical text of a Bulk page, by columns: only those whose type needs it are touched, each at once."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import IO, Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pacsv

from connector.ports.columns import TextColumn
from connector.ports.org import StreamStopped
from connector.salesforce.ids import id18
from connector.salesforce.values import IDS, NUMBERS, number_text, stamp_text

_BLOCKS = (
    1 << 19,
    64 << 20,
)  # bytes read ahead, several at once; a record must fit in one of the second size
_STRADDLING = "straddling"  # Arrow's word for a record longer than its block
_PLAIN_NUMBER = r"^(0|-?[1-9][0-9]*|-?(0|[1-9][0-9]*)\.[0-9]*[1-9])$"
_FRACTION = r"^-?[0-9]+\.[0-9]+$"
_STAMP = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{3}Z$"


def pages(
    source: IO[bytes], fields: Sequence[str], kinds: Sequence[str], rows: int
) -> Iterator[list[TextColumn]]:
    """Columns of at most `rows` rows each, streamed from a Bulk 2.0 result in CSV with a header row.

    `""` is null (documented: Bulk writes nulls as empty strings); nothing else is: a last name `NA`, `null`
    or `nan` is a name. Raises StreamStopped when the header or the text is not what was asked for.
    """
    if not source.read(1):
        return
    done = 0
    for block in _BLOCKS:
        source.seek(0)
        try:
            for part in _parts(source, fields, rows, block, skip=done):
                done += part.num_rows
                yield [canonical(column, kind) for column, kind in zip(part.columns, kinds, strict=True)]
        except pa.ArrowInvalid as failure:
            if _STRADDLING in str(failure) and block != _BLOCKS[-1]:
                continue
            raise StreamStopped(f"the bulk result is not the CSV it should be: {failure}") from failure
        return


def _parts(source: IO[bytes], fields: Sequence[str], rows: int, block: int, *, skip: int) -> Iterator[Any]:
    """Record batches of `rows` rows, the last one shorter, behind the first `skip` rows."""
    reader = pacsv.open_csv(
        source,
        read_options=pacsv.ReadOptions(block_size=block),
        parse_options=pacsv.ParseOptions(newlines_in_values=True),
        convert_options=pacsv.ConvertOptions(
            column_types={field: pa.string() for field in fields},
            null_values=[""],
            strings_can_be_null=True,
            quoted_strings_can_be_null=True,
        ),
    )
    with reader:
        if tuple(reader.schema.names) != tuple(fields):
            raise StreamStopped(
                f"the bulk result has the columns {', '.join(reader.schema.names)} where"
                f" {', '.join(fields)} were asked for"
            )
        held: list[Any] = []
        for whole in reader:
            fresh = whole.slice(min(skip, whole.num_rows))
            skip -= whole.num_rows - fresh.num_rows
            held.append(fresh)
            while sum(each.num_rows for each in held) >= rows:
                ready = pa.concat_batches(held)
                held = [ready.slice(rows)]
                yield ready.slice(0, rows)
        if any(each.num_rows for each in held):
            yield pa.concat_batches(held)


def canonical(column: Any, kind: str) -> TextColumn:
    """One column of strings as canonical texts; `kind` is the field's type in the describe."""
    if kind in NUMBERS:
        return _numbers(column)
    if kind == "datetime":
        return _each_unless(column, pc.match_substring_regex(column, _STAMP), stamp_text)
    if kind in IDS:
        return _each_unless(column, pc.equal(pc.utf8_length(column), 18), id18)
    return TextColumn(column)


def _numbers(column: Any) -> TextColumn:
    plain = pc.match_substring_regex(column, _PLAIN_NUMBER)
    if not _every(plain):
        trimmed = pc.utf8_rtrim(pc.utf8_rtrim(column, "0"), ".")
        column = pc.if_else(pc.match_substring_regex(column, _FRACTION), trimmed, column)
        plain = pc.match_substring_regex(column, _PLAIN_NUMBER)
    return _each_unless(column, plain, number_text)


def _each_unless(column: Any, fine: Any, convert: Callable[[str], str]) -> TextColumn:
    """The column as it is when every value is fine; otherwise the odd ones converted one by one."""
    if _every(fine):
        return TextColumn(column)
    texts = [
        text if text is None or good else convert(text)
        for text, good in zip(column.to_pylist(), fine.to_pylist(), strict=True)
    ]
    return TextColumn(pa.array(texts, pa.string()))


def _every(fine: Any) -> bool:
    """True when no value but null fails."""
    return pc.all(fine, skip_nulls=True, min_count=0).as_py() is not False
