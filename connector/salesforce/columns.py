"""Canonical text of a Bulk page, by columns: only those whose type needs it are touched, each at once."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import IO, Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pacsv

from connector.ports.org import StreamStopped, Text
from connector.salesforce.ids import id18
from connector.salesforce.values import IDS, NUMBERS, number_text, stamp_text

_BLOCK = 16 << 20  # bytes; a record must fit in one, and the longest that Salesforce allows does
_PLAIN_NUMBER = r"^(0|-?[1-9][0-9]*|-?(0|[1-9][0-9]*)\.[0-9]*[1-9])$"
_FRACTION = r"^-?[0-9]+\.[0-9]+$"
_STAMP = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{3}Z$"


def pages(
    source: IO[bytes], fields: Sequence[str], kinds: Sequence[str], rows: int
) -> Iterator[list[list[Text]]]:
    """Columns of at most `rows` rows each, streamed from a Bulk 2.0 result in CSV with a header row.

    `""` is null (documented: Bulk writes nulls as empty strings); nothing else is: a last name `NA`, `null`
    or `nan` is a name. Raises StreamStopped when the header or the text is not what was asked for.
    """
    if not source.read(1):
        return
    source.seek(0)
    try:
        reader = pacsv.open_csv(
            source,
            read_options=pacsv.ReadOptions(block_size=_BLOCK),
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
            for block in reader:
                for start in range(0, block.num_rows, rows):
                    part = block.slice(start, rows)
                    yield [canonical(column, kind) for column, kind in zip(part.columns, kinds, strict=True)]
    except pa.ArrowInvalid as failure:
        raise StreamStopped(f"the bulk result is not the CSV it should be: {failure}") from failure


def canonical(column: Any, kind: str) -> list[Text]:
    """One column of strings as canonical texts; `kind` is the field's type in the describe."""
    if kind in NUMBERS:
        return _numbers(column)
    if kind == "datetime":
        return _each_unless(column, pc.match_substring_regex(column, _STAMP), stamp_text)
    if kind in IDS:
        return _each_unless(column, pc.equal(pc.utf8_length(column), 18), id18)
    texts: list[Text] = column.to_pylist()
    return texts


def _numbers(column: Any) -> list[Text]:
    plain = pc.match_substring_regex(column, _PLAIN_NUMBER)
    if not _every(plain):
        trimmed = pc.utf8_rtrim(pc.utf8_rtrim(column, "0"), ".")
        column = pc.if_else(pc.match_substring_regex(column, _FRACTION), trimmed, column)
        plain = pc.match_substring_regex(column, _PLAIN_NUMBER)
    return _each_unless(column, plain, number_text)


def _each_unless(column: Any, fine: Any, convert: Callable[[str], str]) -> list[Text]:
    """The column as it is when every value is fine; otherwise the odd ones converted one by one."""
    texts: list[Text] = column.to_pylist()
    if _every(fine):
        return texts
    return [
        text if text is None or good else convert(text)
        for text, good in zip(texts, fine.to_pylist(), strict=True)
    ]


def _every(fine: Any) -> bool:
    """True when no value but null fails."""
    return pc.all(fine, skip_nulls=True, min_count=0).as_py() is not False
