"""Facts waiting to be judged, and those that were."""

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, bindparam, func, insert, select, update

from connector.canonical.fact import RANK, Fact, FactKind
from connector.canonical.time import TimeSource
from connector.store.rows import chunks, upsert
from connector.store.schema import FACT, FACT_NAME

_ID = re.compile(r"(?<![0-9A-Za-z])[0-9A-Za-z]{18}(?![0-9A-Za-z])")
_MANY = ("005", "00G")
"""Ids of people and queues: half of all facts name one, and nobody looks facts up by them."""


class SqlFacts:
    """One org's facts inside one transaction."""

    def __init__(self, connection: Connection, org: int) -> None:
        self._connection, self._org = connection, org

    def add(self, facts: Iterable[Fact]) -> int:
        offered = _witnessed(facts)
        known, new = self._keep(offered, settled=False)
        self._sharpen({digest: offered[digest] for digest in known})
        return new

    def pending(
        self, until: datetime | None = None, limit: int = 1000, *, after: datetime | None = None
    ) -> Sequence[Fact]:
        return self._page(until, limit, after, FACT.c.settled.is_(False))

    def judged(self, until: datetime, limit: int = 1000, *, after: datetime) -> Sequence[Fact]:
        return self._page(until, limit, after, FACT.c.settled.is_(True), FACT.c.rank < RANK[FactKind.TICK])

    def _page(
        self, until: datetime | None, limit: int, after: datetime | None, *conditions: ColumnElement[bool]
    ) -> Sequence[Fact]:
        """Whole instants in settling order: the last second is returned whole even beyond `limit`."""
        fact = FACT.c
        query = select(fact.body).where(fact.org == self._org, *conditions)
        if until is not None:
            query = query.where(fact.instant <= until)
        if after is not None:
            query = query.where(fact.instant > after)
        cut = query.with_only_columns(fact.instant).order_by(fact.instant).offset(limit - 1).limit(1)
        last = self._connection.execute(cut).scalar()
        if last is not None:
            query = query.where(fact.instant <= last)
        ordered = query.order_by(fact.instant, fact.rank, fact.identity)
        return [Fact.model_validate_json(body) for body in self._connection.execute(ordered).scalars()]

    def settle(self, facts: Iterable[Fact]) -> None:
        offered = _witnessed(facts)
        known, _ = self._keep(offered, settled=True)
        if known:
            done = (
                update(FACT)
                .where(FACT.c.org == self._org, FACT.c.digest == bindparam("d"))
                .values(settled=True)
            )
            self._connection.execute(done, [{"d": digest} for digest in known])
        late = {digest: offered[digest] for digest in known if offered[digest].late}
        if late:
            self._say_anew(late)

    def naming(self, records: Sequence[str]) -> Sequence[Fact]:
        found: dict[str, Fact] = {}
        name = FACT_NAME.c
        for some in chunks(list(dict.fromkeys(records))):
            named = select(name.digest).where(name.org == self._org, name.name.in_(some))
            ours = select(FACT.c.body).where(FACT.c.org == self._org, FACT.c.digest.in_(named))
            for body in self._connection.execute(ours).scalars():
                fact = Fact.model_validate_json(body)
                found[fact.identity] = fact
        return sorted(found.values(), key=lambda fact: fact.order)

    def count(self) -> int:
        """All facts ever kept."""
        return self._connection.execute(select(func.count()).where(FACT.c.org == self._org)).scalar_one()

    def _sharpen(self, offered: Mapping[str, Fact]) -> None:
        """Of two witnesses of one fact that waits, the one who knows its time better stands (laws 1 and 6)."""
        better: dict[str, Fact] = {}
        for some in chunks(list(offered)):
            waiting = select(FACT.c.digest, FACT.c.body).where(
                FACT.c.org == self._org, FACT.c.digest.in_(some), FACT.c.settled.is_(False)
            )
            for digest, body in self._connection.execute(waiting):
                if _exactness(offered[digest]) > _exactness(Fact.model_validate_json(body)):
                    better[digest] = offered[digest]
        if better:
            self._say_anew(better)

    def _say_anew(self, facts: Mapping[str, Fact]) -> None:
        ours = (FACT.c.org == self._org, FACT.c.digest == bindparam("d"))
        bodies = [{"d": digest, "b": fact.model_dump_json()} for digest, fact in facts.items()]
        self._connection.execute(update(FACT).where(*ours).values(body=bindparam("b")), bodies)
        self._name(facts)

    def _keep(self, offered: Mapping[str, Fact], *, settled: bool) -> tuple[list[str], int]:
        """Insert the unknown ones; the digests of the known ones and the number of new ones."""
        known: list[str] = []
        for some in chunks(list(offered)):
            found = select(FACT.c.digest).where(FACT.c.org == self._org, FACT.c.digest.in_(some))
            known += self._connection.execute(found).scalars()
        fresh = {digest: offered[digest] for digest in offered.keys() - set(known)}
        new = [self._row(digest, fact, settled) for digest, fact in fresh.items()]
        if new:
            self._connection.execute(insert(FACT), new)
            self._name(fresh)
        return known, len(new)

    def _name(self, facts: Mapping[str, Fact]) -> None:
        names = ((digest, name) for digest, fact in facts.items() for name in _names(fact))
        rows = [{"org": self._org, "name": name, "digest": digest} for digest, name in names]
        upsert(self._connection, FACT_NAME, rows)

    def _row(self, digest: str, fact: Fact, settled: bool) -> dict[str, object]:  # noqa: FBT001
        return {
            "org": self._org,
            "digest": digest,
            "settled": settled,
            "instant": fact.instant,
            "rank": fact.rank,
            "identity": fact.identity.replace("\0", ""),
            "body": fact.model_dump_json(),
        }


def _digest(fact: Fact) -> str:
    return hashlib.sha256(fact.identity.encode()).hexdigest()


_BEST_FIRST = tuple(TimeSource)


def _exactness(fact: Fact) -> tuple[datetime, int]:
    """More is better: one fact's `latest` is part of its identity, so a later `earliest` is a narrower interval."""
    return (fact.when.earliest, -_BEST_FIRST.index(fact.when.source))


def _witnessed(facts: Iterable[Fact]) -> Mapping[str, Fact]:
    """Each fact once, by digest: from the witness who knows its time best, else from the first."""
    best: dict[str, Fact] = {}
    for fact in facts:
        digest = _digest(fact)
        if digest not in best or _exactness(fact) > _exactness(best[digest]):
            best[digest] = fact
    return best


def _names(fact: Fact) -> Iterator[str]:
    """The records by which a fact is looked up: its own, and those in its value and its detail."""
    beside = _ID.findall(" ".join((fact.value, *fact.detail.values())))
    yield from {str(fact.record), *(name for name in beside if not name.startswith(_MANY))}
