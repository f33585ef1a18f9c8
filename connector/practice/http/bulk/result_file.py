"""A frozen result set: CSV on disk, written once, read by byte range.

Beside the CSV lies an index of eight bytes per row, the row's offset, so that a page starting at any row
is one seek away and memory does not grow with the result. Serving is then a plain file read, which keeps
the server out of a benchmark of its client.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from connector.practice.http.bulk.dialect import Dialect

_CHUNK = 1 << 20
_WIDTH = 8
_FLUSH_ROWS = 4096


class ResultFile:
    """Rows of text under a header. Write with `write`, once; read pages with `page`."""

    def __init__(self, path: Path, header: Sequence[str], dialect: Dialect) -> None:
        self._path = path
        self._index = path.with_suffix(".rows")
        self._dialect = dialect
        self._header = dialect.line(list(header)).encode()
        self.count = 0

    def write(self, rows: Iterable[Sequence[str]]) -> Iterator[int]:
        """Write the rows, yielding how many are written after each block: progress, and a place to stop."""
        line = self._dialect.line
        offset = 0
        with self._path.open("wb") as out, self._index.open("wb") as index:
            lines: list[bytes] = []
            offsets = array("Q")
            for row in rows:
                encoded = line(row).encode("utf-8", "surrogatepass")
                offsets.append(offset)
                offset += len(encoded)
                lines.append(encoded)
                if len(lines) >= _FLUSH_ROWS:
                    out.write(b"".join(lines))
                    offsets.tofile(index)
                    self.count += len(lines)
                    lines, offsets = [], array("Q")
                    yield self.count
            self.count += len(lines)
            offsets.append(offset)
            out.write(b"".join(lines))
            offsets.tofile(index)
        yield self.count

    def page(self, start: int, count: int) -> Iterator[bytes]:
        """The header and the rows `start` to `start + count`, in chunks of a megabyte."""
        end = min(start + count, self.count)
        yield from self._bytes(self._offset(start), self._offset(end))

    def rows_within(self, start: int, size: int) -> int:
        """How many rows from `start` fit in `size` bytes; at least one, so that every page moves on."""
        limit = self._offset(start) + size
        low, high = start, self.count
        while low < high:
            middle = (low + high + 1) // 2
            if self._offset(middle) <= limit:
                low = middle
            else:
                high = middle - 1
        return max(1, low - start)

    def delete(self) -> None:
        """Remove both files."""
        self._path.unlink(missing_ok=True)
        self._index.unlink(missing_ok=True)

    def _offset(self, row: int) -> int:
        with self._index.open("rb") as index:
            index.seek(row * _WIDTH)
            return int.from_bytes(index.read(_WIDTH), "little")

    def _bytes(self, start: int, end: int) -> Iterator[bytes]:
        left = end - start
        with self._path.open("rb") as source:
            source.seek(start)
            chunk = self._header + source.read(min(_CHUNK, left))
            left -= len(chunk) - len(self._header)
            yield chunk
            while left > 0:
                chunk = source.read(min(_CHUNK, left))
                left -= len(chunk)
                yield chunk
