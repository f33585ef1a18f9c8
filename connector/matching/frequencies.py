"""How common each key is, frozen and versioned, so that a score can be recomputed years later (law 9, 18)."""

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from hashlib import blake2b
from math import log
from types import MappingProxyType
from typing import ClassVar, Final, Self

# Below this many records a table says little about how common a key is in the world.
_SMALLEST_BASE: Final = 10_000


@dataclass(frozen=True, slots=True)
class Frequencies:
    """A document-frequency table: on how many of `records` records each key stands.

    `counts` is what a store keeps; `Frequencies(counts, records, version)` reads it back. A key on two
    records counts as rare: they may be the very pair that is being compared.
    """

    counts: Mapping[int, int] = field(repr=False)
    records: int
    version: str = ""
    _scale: float = field(init=False, repr=False, compare=False)
    EMPTY: ClassVar["Frequencies"]

    def __post_init__(self) -> None:
        object.__setattr__(self, "counts", MappingProxyType(dict(self.counts)))
        object.__setattr__(self, "version", self.version or _digest(self.counts, self.records))
        object.__setattr__(self, "_scale", log(max(self.records, _SMALLEST_BASE)))

    @classmethod
    def build(cls, records: Iterable[Iterable[int]], version: str = "") -> Self:
        """Count the keys of each record once. Without a name the version is a digest of the content."""
        counts: Counter[int] = Counter()
        total = 0
        for record in records:
            counts.update(set(record))
            total += 1
        return cls(counts, total, version)

    def to_json(self) -> str:
        """The table as text, without the keys that stand on one record only: they say nothing."""
        counts = {str(key): count for key, count in self.counts.items() if count > 1}
        return json.dumps({"version": self.version, "records": self.records, "counts": counts})

    @classmethod
    def from_json(cls, text: str) -> Self:
        """The table that `to_json` wrote, under the version it had then."""
        kept = json.loads(text)
        counts = {int(key): count for key, count in kept["counts"].items()}
        return cls(counts, kept["records"], kept["version"])

    def df(self, key: int) -> int:
        """The number of records that carry `key`; 0 when it was never seen."""
        return self.counts.get(key, 0)

    def rarity(self, key: int) -> float:
        """1.0 for a key on at most two records, towards 0.0 for a key on all; 1.0 without a table."""
        count = self.counts.get(key, 0)
        return 1.0 if count <= 2 else max(0.0, 1.0 - log(count / 2) / self._scale)


def _digest(counts: Mapping[int, int], records: int) -> str:
    digest = blake2b(str(records).encode(), digest_size=8)
    for key, count in sorted(counts.items()):
        digest.update(f"{key}:{count};".encode())
    return digest.hexdigest()


Frequencies.EMPTY = Frequencies({}, 0, "empty")
