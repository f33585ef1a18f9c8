"""The match index: blocking keys of customer-bearing records, kept small enough for millions of them.

A posting is a key and a number; the number stands for one (record id, kind) in `match_record`. Keys are
unsigned 64-bit numbers to the caller and signed ones in the database, which knows no others.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from struct import pack, unpack

from sqlalchemy import Connection, bindparam, delete, func, select

from connector.store.bulk import Bulk, bulk
from connector.store.rows import chunks
from connector.store.schema import MATCH_KEY, MATCH_RECORD

Keyed = tuple[str, str, Sequence[int]]

_PAGE = 5000
_SIGN = 1 << 63
_RANGE = 1 << 64
_ALL = (1 << 62) - 1

_POSTINGS = (
    select(MATCH_KEY.c.key, MATCH_RECORD.c.id)
    .distinct()
    .select_from(
        MATCH_KEY.join(
            MATCH_RECORD,
            (MATCH_KEY.c.org == MATCH_RECORD.c.org) & (MATCH_KEY.c.number == MATCH_RECORD.c.number),
        )
    )
    .where(MATCH_KEY.c.org == bindparam("org"), MATCH_KEY.c.key.in_(bindparam("keys", expanding=True)))
    .order_by(MATCH_KEY.c.key, MATCH_RECORD.c.id)
)
_NUMBERS = "SELECT key, number FROM match_key WHERE org = ? AND key {keys} ORDER BY key, number"
_NAMED = "SELECT number, id FROM match_record WHERE org = ? AND number {keys}"
_FREQUENCIES = (
    "SELECT key, (SELECT count(*) FROM (SELECT 1 FROM match_key WHERE org = {org} AND match_key.key = wanted.key "
    "LIMIT {most}) AS counted) FROM {keys}"
)
_KINDS = "SELECT id, kind FROM match_record WHERE org = ? AND id {keys} ORDER BY id, kind"
_TOP = select(func.coalesce(func.max(MATCH_RECORD.c.number), 0)).where(MATCH_RECORD.c.org == bindparam("org"))
_DROP = delete(MATCH_KEY).where(
    MATCH_KEY.c.org == bindparam("o"), MATCH_KEY.c.key == bindparam("k"), MATCH_KEY.c.number == bindparam("n")
)


class SqlMatches:
    """One org's match index inside one transaction."""

    def __init__(self, connection: Connection, org: int) -> None:
        self._connection, self._org = connection, org
        self._bulk: Bulk = bulk(connection)

    def put(self, rows: Iterable[Keyed]) -> None:
        """Replace the keys of each (record id, kind); no keys at all takes it out of the index."""
        for page in _pages(rows):
            self._put({(ident, kind): sorted({_signed(key) for key in keys}) for ident, kind, keys in page})

    def load(self, rows: Iterable[Keyed]) -> None:
        """A first load: postings are inserted sorted. Records that are in the index already are replaced."""
        gone: set[tuple[int, int]] = set()
        self._bulk.insert_sorted(MATCH_KEY, self._load_pages(rows, gone))
        self._drop(gone)

    def postings(self, keys: Sequence[int]) -> Mapping[int, Sequence[str]]:
        """Record ids by key, sorted; a key without records is absent."""
        found: dict[int, list[str]] = {}
        for some in chunks(list({_signed(key) for key in keys})):
            for key, ident in self._connection.execute(_POSTINGS, {"org": self._org, "keys": some}):
                found.setdefault(key % _RANGE, []).append(ident)
        return {key: found[key % _RANGE] for key in keys if key % _RANGE in found}

    def numbers(self, keys: Sequence[int]) -> Mapping[int, Sequence[int]]:
        """The numbers, inside this index, of the records that bear each key; a key without records is absent."""
        found: dict[int, list[int]] = {}
        for key, number in self._bulk.select_in(_NUMBERS, (self._org,), [_signed(key) for key in keys]):
            found.setdefault(key % _RANGE, []).append(number)
        return found

    def named(self, numbers: Sequence[int]) -> Mapping[int, str]:
        """The record ids behind numbers of this index."""
        return dict(self._bulk.select_in(_NAMED, (self._org,), numbers))

    def frequencies(self, keys: Sequence[int], most: int = _ALL) -> Mapping[int, int]:
        """How many (record, kind) bear each key, counted no further than one beyond `most`; 0 for an unknown key."""
        sql = _FREQUENCIES.replace("{org}", str(self._org)).replace("{most}", str(most + 1))
        found = {
            key % _RANGE: number for key, number in self._bulk.for_each(sql, [_signed(key) for key in keys])
        }
        return {key: found.get(key % _RANGE, 0) for key in keys}

    def kinds(self, ids: Sequence[str]) -> Mapping[str, Sequence[str]]:
        """The kinds under which each record is indexed, sorted; an unknown record is absent."""
        found: dict[str, list[str]] = {}
        for ident, kind in self._bulk.select_in(_KINDS, (self._org,), list(dict.fromkeys(ids))):
            found.setdefault(ident, []).append(kind)
        return found

    def size(self) -> int:
        """Indexed (record, kind) pairs."""
        query = select(func.count()).select_from(MATCH_RECORD).where(MATCH_RECORD.c.org == self._org)
        return self._connection.execute(query).scalar_one()

    def _put(self, wanted: dict[tuple[str, str], list[int]]) -> None:
        come, gone = self._place(wanted)
        self._drop(gone)
        self._bulk.upsert(MATCH_KEY, come)

    def _load_pages(
        self, rows: Iterable[Keyed], gone: set[tuple[int, int]]
    ) -> Iterator[Sequence[tuple[int, int, int]]]:
        """Postings page by page; `gone` gathers those that a record met twice no longer has."""
        for page in _pages(rows):
            come, left = self._place(
                {(i, kind): sorted({_signed(key) for key in keys}) for i, kind, keys in page}
            )
            gone |= set(left)
            gone -= {(key, number) for _, key, number in come}
            yield come

    def _place(
        self, wanted: dict[tuple[str, str], list[int]]
    ) -> tuple[list[tuple[int, int, int]], list[tuple[int, int]]]:
        """Number and keep the records; the postings to add, and those to drop."""
        held = self._held(list({ident for ident, _ in wanted}))
        number = self._connection.execute(_TOP, {"org": self._org}).scalar_one()
        records: list[tuple[int, int, str, str, bytes]] = []
        come: list[tuple[int, int, int]] = []
        gone: list[tuple[int, int]] = []
        empty: list[int] = []
        for (ident, kind), keys in wanted.items():
            mine, before = held.get((ident, kind), (0, ()))
            if not mine and keys:
                mine = number = number + 1
            come += [(self._org, key, mine) for key in sorted(set(keys) - set(before))]
            gone += [(key, mine) for key in sorted(set(before) - set(keys))]
            if keys:
                records.append((self._org, mine, ident, kind, pack(f"<{len(keys)}q", *keys)))
            elif mine:
                empty.append(mine)
        self._bulk.upsert(MATCH_RECORD, records)
        for some in chunks(empty):
            emptied = delete(MATCH_RECORD).where(
                MATCH_RECORD.c.org == self._org, MATCH_RECORD.c.number.in_(some)
            )
            self._connection.execute(emptied)
        return come, gone

    def _held(self, ids: Sequence[str]) -> dict[tuple[str, str], tuple[int, tuple[int, ...]]]:
        sql = "SELECT number, id, kind, keys FROM match_record WHERE org = ? AND id {keys}"
        return {
            (ident, kind): (number, unpack(f"<{len(keys) // 8}q", keys))
            for number, ident, kind, keys in self._bulk.select_in(sql, (self._org,), ids)
        }

    def _drop(self, postings: Iterable[tuple[int, int]]) -> None:
        gone = [{"o": self._org, "k": key, "n": number} for key, number in postings]
        if gone:
            self._connection.execute(_DROP, gone)


def _signed(key: int) -> int:
    return (key + _SIGN) % _RANGE - _SIGN


def _pages(rows: Iterable[Keyed]) -> Iterator[list[Keyed]]:
    rest = iter(rows)
    while page := list(islice(rest, _PAGE)):
        yield page
