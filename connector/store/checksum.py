"""Checksums by field over records in id order, to compare the mirror with the org (law 20)."""

import hashlib
from collections.abc import Sequence

import msgspec

_ENCODE = msgspec.json.Encoder()


class Checksums:
    """Streamed: feed live records in id order, then ask. A field that a record lacks counts as null."""

    def __init__(self) -> None:
        self._sums: dict[str, hashlib._Hash] = {}

    def add(self, ident: str, fields: Sequence[str], values: Sequence[str | None]) -> None:
        for field, value in zip(fields, values, strict=True):
            if value is None:  # so that a null and an absent field are one
                self._sums.setdefault(field, hashlib.sha256())
                continue
            self._sums.setdefault(field, hashlib.sha256()).update(_ENCODE.encode((ident, value)))

    def digests(self) -> dict[str, str]:
        """Hexadecimal SHA-256 by field name."""
        return {field: running.hexdigest() for field, running in sorted(self._sums.items())}
