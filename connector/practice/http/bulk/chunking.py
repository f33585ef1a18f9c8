"""PK chunking of Bulk 1.0: one query cut into many by ranges of record ids (documented)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

_USUAL, _LARGEST = 100_000, 250_000
_QUOTED = re.compile(r"'(?:[^'\\]|\\.)*'", re.DOTALL)
_WHERE = re.compile(r"\bWHERE\b", re.IGNORECASE)
_UNFIT = re.compile(r"\b(?:ORDER\s+BY|LIMIT|GROUP\s+BY|OFFSET)\b|\(\s*SELECT\b", re.IGNORECASE)


def chunk_size(header: str) -> int | None:
    """Return the rows of a chunk that `Sforce-Enable-PKChunking` asks for; None when it asks for none."""
    first = header.partition(";")[0].strip().lower()
    if not first or first == "false":
        return None
    size = re.search(r"chunkSize\s*=\s*(\d+)", header, re.IGNORECASE)
    return min(max(int(size[1]), 1), _LARGEST) if size else _USUAL


def can_be_cut(soql: str) -> bool:
    """Whether ranges may be added: a query that orders, limits or groups runs as one batch."""
    return _UNFIT.search(_blank(soql)) is None


def ranges_of(soql: str, first_ids: Sequence[str]) -> Iterator[str]:
    """Yield the query once for each chunk, given the first id of each."""
    for start, end in pairwise([*first_ids, None]):
        bounds = f"Id >= '{start}'" + ("" if end is None else f" AND Id < '{end}'")
        where = _WHERE.search(_blank(soql))
        if where is None:
            yield f"{soql.rstrip()} WHERE {bounds}"
        else:
            yield f"{soql[: where.end()]} ({soql[where.end() :].strip()}) AND {bounds}"


def _blank(soql: str) -> str:
    """Return the query with its literals blanked out, so that no word in them is taken for a clause."""
    return _QUOTED.sub(lambda found: "x" * len(found[0]), soql)
