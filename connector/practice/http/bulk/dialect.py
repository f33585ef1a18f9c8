"""The CSV that Bulk 2.0 speaks: which delimiter, which line ending, how a row is written and read."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from connector.practice.org import ApiError

DELIMITERS = {
    "BACKQUOTE": "`",
    "CARET": "^",
    "COMMA": ",",
    "PIPE": "|",
    "SEMICOLON": ";",
    "TAB": "\t",
}
LOOSE_QUOTE = "Failed to parse CSV. Found unescaped quote. A value with quote should be within a quote"
LINE_ENDINGS = {"LF": "\n", "CRLF": "\r\n"}


@dataclass(frozen=True, kw_only=True)
class Dialect:
    """A job's `columnDelimiter` and `lineEnding`, by the names the API uses."""

    delimiter_name: str = "COMMA"
    ending_name: str = "LF"

    @property
    def delimiter(self) -> str:
        return DELIMITERS[self.delimiter_name]

    @property
    def ending(self) -> str:
        return LINE_ENDINGS[self.ending_name]

    def line(self, values: Sequence[str]) -> str:
        """One row as the service writes it: every value in quotes, quotes doubled, nulls as `""`."""
        joint = f'"{self.delimiter}"'
        row = joint.join(values)
        # Counting is cheaper than escaping, and almost no value holds a quote.
        if row.count('"') != 2 * (len(values) - 1):
            row = joint.join(value.replace('"', '""') for value in values)
        return f'"{row}"{self.ending}'

    def has_loose_quote(self, text: str) -> bool:
        """Whether a quote stands outside a value in quotes, as after a byte-order mark before one."""
        if '"' not in text:
            return False
        edge = re.escape(self.delimiter)
        quoted = rf'(?:(?<=[{edge}\n])|\A)"[^"]*(?:""[^"]*)*"(?=[{edge}\r\n]|\Z)'
        return '"' in re.sub(quoted, "", text)

    def rows(self, text: str) -> Iterator[list[str]]:
        """The rows of an upload, the header first."""
        return csv.reader(io.StringIO(text, newline=""), delimiter=self.delimiter, strict=True)


def dialect_of(asked: dict[str, object]) -> Dialect:
    """The dialect a new job asks for; 400 for names the API does not know."""
    delimiter = str(asked.get("columnDelimiter") or "COMMA")
    ending = str(asked.get("lineEnding") or "LF")
    if delimiter not in DELIMITERS:
        raise ApiError(400, "INVALIDJOB", f"Invalid columnDelimiter specified: {delimiter}")
    if ending not in LINE_ENDINGS:
        raise ApiError(400, "INVALIDJOB", f"Invalid lineEnding specified: {ending}")
    return Dialect(delimiter_name=delimiter, ending_name=ending)
