"""A frozen result set: CSV on disk, written once, read by byte range.

Beside the CSV lies an index of eight bytes per row, the row's offset, so that a page starting at any row
is one seek away and memory does not grow with the result. Serving is then a plain file read, which keeps
the server out of a benchmark of its client.
"""

from __future__ import annotations

import itertools
from array import array
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from connector.practice.http.bulk.dialect import Dialect

_CHUNK = 1 << 20
_WIDTH = 8


class ResultFile:
    """Lines under a header. Write with `write`, once; read pages with `page`."""

    def __init__(self, path: Path, header: Sequence[str], dialect: Dialect) -> None:
        self._path = path
        self._index = path.with_suffix(".rows")
        self._header = dialect.line(list(header)).encode()
        self.count = 0

    def write(self, blocks: Iterable[Sequence[bytes]]) -> Iterator[int]:
        """Write blocks of finished lines, yielding the rows written so far: progress, and a place to stop."""
        offset = 0
        with self._path.open("wb") as out, self._index.open("wb") as index:
            for lines in blocks:
                offsets = array("Q", itertools.accumulate(map(len, lines), initial=offset))
                # The last offset is the next block's first.
                offset = offsets.pop()
                out.writelines(lines)
                offsets.tofile(index)
                self.count += len(lines)
                yield self.count
            array("Q", [offset]).tofile(index)
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
