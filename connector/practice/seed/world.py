"""What every part of the seeding shares: org, dice, ids, times and the people already placed."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from connector.practice.org import Org
from connector.practice.seed.ids import Ids
from connector.practice.seed.places import Place
from connector.practice.seed.times import Times

Row = dict[str, Any]
CHUNK = 10_000  # what is drawn at a time, so that memory does not grow with the org


@dataclass(frozen=True, kw_only=True)
class Person:
    """A user of the org; `firm` is the key of a partner firm, "" for our own people."""

    id: str
    username: str
    name: str
    place: Place
    firm: str = ""
    state: str = "active"


@dataclass(frozen=True, kw_only=True)
class Firm:
    """A partner firm and its users, the active ones first."""

    key: str
    id: str
    name: str
    place: Place
    tier: str
    territory: tuple[str, ...]
    certified: int
    held: int
    users: tuple[Person, ...] = ()

    @property
    def active(self) -> tuple[Person, ...]:
        return tuple(user for user in self.users if user.state == "active")


@dataclass(kw_only=True)
class World:
    """The programme while it is being written."""

    org: Org
    seed: int
    times: Times
    ids: Ids
    pending: defaultdict[str, list[Row]] = field(default_factory=lambda: defaultdict(list))
    queues: dict[str, str] = field(default_factory=dict)
    firms: dict[str, Firm] = field(default_factory=dict)
    sellers: list[Person] = field(default_factory=list)
    admin: str = ""
    manager: str = ""
    desk: list[Person] = field(default_factory=list)
    serials: Iterator[int] = field(default_factory=lambda: count(1))

    def add_desk(self, person: Person) -> None:
        """One of those who rule on what the programme leaves to people."""
        self.desk.append(person)

    def dice(self, topic: str) -> random.Random:
        """Dice of their own for each topic, so that one part's draws never shift another's."""
        return random.Random(f"{self.seed}/{topic}")  # noqa: S311 - seeded data, not a secret

    def serial(self) -> int:
        """The next number of a partner's telephone; no two share one, in whatever country."""
        return next(self.serials)

    def add(self, name: str, row: Mapping[str, Any]) -> str:
        """Keep a row until `flush`; answers its id, given here when the row has none."""
        made = dict(row)
        made.setdefault("Id", self.ids.next(name))
        self.pending[name].append(made)
        return str(made["Id"])

    def flush(self) -> None:
        """Write what was kept, each object's rows in the order they came."""
        for name, rows in self.pending.items():
            self.org.bulk_insert(name, rows)
        self.pending.clear()

    def stream(self, name: str, rows: Iterable[Row]) -> int:
        """Write rows as they are made, without holding them."""
        return self.org.bulk_insert(name, self._with_ids(name, rows))

    def _with_ids(self, name: str, rows: Iterable[Row]) -> Iterator[Row]:
        for row in rows:
            if "Id" not in row:
                row["Id"] = self.ids.next(name)
            yield row

    def known(self, name: str, key: str) -> dict[str, str]:
        """Rows the org already has: the value of `key` to the id."""
        cursor = self.org.reader().execute(f'SELECT "{key}", "Id" FROM "{name}"')  # noqa: S608 - own names
        return {str(value): str(row_id) for value, row_id in cursor if value is not None}

    @property
    def users(self) -> list[Person]:
        return [*self.sellers, *(user for firm in self.firms.values() for user in firm.users)]
