"""Law 6: the mirror is always equal to what the org gave, however batched, duplicated or interleaved.

The oracle is a list of versions per record, written as naively as the law reads.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import count

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from connector.canonical.ids import OrgId
from connector.canonical.time import instant_text, parse_instant
from connector.ports.org import Batch
from connector.ports.store import Mirror
from connector.store import SqlStore, open_store
from tests.contract.store.stores import fresh_org, postgres_url, url
from tests.contract.store.synthetic import NOON, lead_id, second, user_id

__all__ = ["postgres_url", "url"]

RECORDS, SECONDS = 4, 7
MOMENTS = [second(moment) for moment in range(-SECONDS, SECONDS + 1)]

_objects = (f"Object{number}__c" for number in count())

Row = dict[str, str | None]


@dataclass(frozen=True)
class Known:
    """One version as the oracle knows it; it holds until the next one begins."""

    valid_from: datetime
    stamp: datetime
    row: Row


class Oracle:
    """What the mirror ought to hold after rows came in this order."""

    def __init__(self, rows: Sequence[Row]) -> None:
        self.versions: dict[str, list[Known]] = {}
        for row in rows:
            self._arrive(row)

    def _arrive(self, row: Row) -> None:
        stamp = parse_instant(row["SystemModstamp"] or "")
        versions = self.versions.setdefault(row["Id"] or "", [])
        if not versions:
            created = row.get("CreatedDate")
            versions.append(Known(parse_instant(created) if created else stamp, stamp, row))
        elif stamp == versions[-1].stamp:
            versions[-1] = Known(versions[-1].valid_from, stamp, row)
        elif stamp > versions[-1].stamp:
            versions.append(Known(stamp, stamp, row))

    def as_of(self, ident: str, moment: datetime) -> Row | None:
        valid = [known for known in self.versions.get(ident, []) if known.valid_from <= moment]
        return valid[-1].row if valid and valid[-1].row["IsDeleted"] == "false" else None

    def now(self) -> dict[str, Row]:
        return {ident: versions[-1].row for ident, versions in self.versions.items()}

    def live_with(self, owner: str) -> list[str]:
        return sorted(
            ident
            for ident, row in self.now().items()
            if row["IsDeleted"] == "false" and row["OwnerId"] == owner
        )


@st.composite
def rows(draw: st.DrawFn) -> Row:
    stamp = draw(st.integers(0, SECONDS - 1))
    number = draw(st.integers(1, RECORDS))
    return {
        "Id": lead_id(number),
        "SystemModstamp": instant_text(second(stamp)),
        # a record is created once: before it was first saved, or nobody knows when
        "CreatedDate": instant_text(NOON - timedelta(seconds=number)) if number % 2 else None,
        "IsDeleted": draw(st.sampled_from(["false", "false", "true"])),
        "OwnerId": draw(st.sampled_from([user_id(1), user_id(2), None])),
        "LastName": draw(
            st.one_of(st.none(), st.text(max_size=5), st.sampled_from(["\0", "\\N", "\t", "😀"]))
        ),
    }


def cuts(rows: Sequence[Row], sizes: Sequence[int]) -> Iterator[list[Row]]:
    """The rows in their order, in pieces of these sizes."""
    rest, wanted = list(rows), list(sizes)
    while rest:
        size = wanted.pop() if wanted else len(rest)
        yield rest[:size]
        rest = rest[size:]


def deliver(
    store: SqlStore, name: str, rows: Sequence[Row], sizes: Sequence[int], loads: Sequence[bool]
) -> None:
    """Each piece in a transaction of its own, loaded or applied; column order changes from piece to piece."""
    loading = list(loads)
    for number, piece in enumerate(cuts(rows, sizes)):
        fields = tuple(piece[0]) if number % 2 else tuple(reversed(piece[0]))
        batch = Batch(
            object=name, fields=fields, columns=tuple([row[field] for row in piece] for field in fields)
        )
        with store.transaction() as tx:
            if loading and loading.pop():
                tx.mirror.load(batch)
            else:
                tx.mirror.apply(batch)


def agree(mirror: Mirror, name: str, oracle: Oracle) -> None:
    ids = [lead_id(number) for number in range(1, RECORDS + 1)]
    assert {ident: dict(version.values) for ident, version in mirror.get(name, ids).items()} == oracle.now()
    for ident in ids:
        for moment in MOMENTS:
            version = mirror.as_of(name, ident, moment)
            assert (None if version is None else dict(version.values)) == oracle.as_of(ident, moment)
    for owner in (user_id(1), user_id(2)):
        assert [version.id for version in mirror.where(name, "OwnerId", owner)] == oracle.live_with(owner)
    live = [ident for ident, row in sorted(oracle.now().items()) if row["IsDeleted"] == "false"]
    assert [version.id for version in mirror.scan(name)] == live
    counted = {one.object: (one.live, one.deleted) for one in mirror.count()}
    assert counted[name] == (len(live), len(oracle.now()) - len(live))


@pytest.fixture(scope="module")
def stores() -> Iterator[dict[str, SqlStore]]:
    """One store per database; every example uses an object of its own."""
    opened: dict[str, SqlStore] = {}
    yield opened
    for store in opened.values():
        store.close()


@pytest.fixture
def store(stores: dict[str, SqlStore], url: str) -> SqlStore:
    kind = url.split(":", maxsplit=1)[0]
    if kind not in stores:
        stores[kind] = open_store(url, OrgId(fresh_org()))
    return stores[kind]


relaxed = settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
pieces = st.lists(st.integers(1, 5), max_size=8)
ways = st.lists(st.booleans(), max_size=8)


@relaxed
@given(
    arriving=st.lists(rows(), min_size=1, max_size=16), sizes=pieces, loads=ways, declared_first=st.booleans()
)
def test_the_mirror_is_what_a_row_by_row_reading_gives(
    store: SqlStore, arriving: list[Row], sizes: list[int], loads: list[bool], *, declared_first: bool
) -> None:
    """Law 6: however the rows are cut into batches, loaded or applied."""
    name = next(_objects)
    if declared_first:
        with store.transaction() as tx:
            tx.mirror.declare_links(name, ["OwnerId"])
    deliver(store, name, arriving, sizes, loads)
    with store.transaction() as tx:
        tx.mirror.declare_links(name, ["OwnerId"])
        agree(tx.mirror, name, Oracle(arriving))


@relaxed
@given(data=st.data(), sizes=pieces, loads=ways)
def test_duplicates_and_any_interleaving_of_records_give_the_same_mirror(
    store: SqlStore, data: st.DataObject, sizes: list[int], loads: list[bool]
) -> None:
    """Law 6: each record's rows come in the order of their stamps; what came once may come again at any time."""
    saved = data.draw(
        st.lists(rows(), min_size=1, max_size=10, unique_by=lambda row: (row["Id"], row["SystemModstamp"]))
    )
    saved.sort(key=lambda row: row["SystemModstamp"] or "")
    queues = {
        ident: [row for row in saved if row["Id"] == ident]
        for ident in sorted({row["Id"] or "" for row in saved})
    }
    delivered: list[Row] = []
    again: st.SearchStrategy[bool] = st.booleans()
    while queues:
        repeated = data.draw(again)
        if delivered and repeated:
            delivered.append(data.draw(st.sampled_from(delivered)))
            continue
        ident = data.draw(st.sampled_from(sorted(queues)))
        delivered.append(queues[ident].pop(0))
        if not queues[ident]:
            del queues[ident]
    name, plain = next(_objects), next(_objects)
    for one in (name, plain):
        with store.transaction() as tx:
            tx.mirror.declare_links(one, ["OwnerId"])
    deliver(store, name, delivered, sizes, loads)
    deliver(store, plain, saved, [], [])
    with store.reading() as tx:
        agree(tx.mirror, name, Oracle(saved))
        assert tx.mirror.checksum(name) == tx.mirror.checksum(plain)


@relaxed
@given(arriving=st.lists(rows(), min_size=1, max_size=16), sizes=pieces)
def test_what_changed_adds_up_to_what_is_held(store: SqlStore, arriving: list[Row], sizes: list[int]) -> None:
    """Following the changes alone gives the mirror: nothing moves untold, nothing is told twice."""
    name = next(_objects)
    told: dict[str, Row] = {}
    for piece in cuts(arriving, sizes):
        fields = tuple(piece[0])
        batch = Batch(
            object=name, fields=fields, columns=tuple([row[field] for row in piece] for field in fields)
        )
        with store.transaction() as tx:
            for change in tx.mirror.apply(batch):
                before = told.get(change.after.id)
                assert (None if change.before is None else dict(change.before.values)) == before
                assert dict(change.after.values) != before
                told[change.after.id] = dict(change.after.values)
    assert told == Oracle(arriving).now()
