"""The outbox: the newest desired value of every field, until the org is seen to have it (law 11).

    put ──► available ──take──► running ──► written ──► done
               ▲                  │  └────► unknown ──► (read the record) written, retryable, superseded
               │                  ├────► retryable ──► taken again once due
               └── retry ── dead ◄┤
                                  └────► superseded

A slot is one field of one record. It has at most one undelivered row (available, retryable, dead), which a
newer wish replaces in place, and at most one outstanding row (running, unknown, written).
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from heapq import merge
from typing import Any

import msgspec
from sqlalchemy import (
    Connection,
    Row,
    Select,
    bindparam,
    case,
    delete,
    func,
    insert,
    or_,
    select,
    union_all,
    update,
)

from connector.ports.store import AttemptState, OutboxItem, Wish
from connector.store import deliveries
from connector.store.mirror import SqlMirror
from connector.store.rows import chunks
from connector.store.schema import OUTBOX

_UNDELIVERED = (AttemptState.AVAILABLE, AttemptState.RETRYABLE, AttemptState.DEAD)
_OUTSTANDING = (AttemptState.RUNNING, AttemptState.UNKNOWN, AttemptState.WRITTEN)
_LIVE = (*_UNDELIVERED, *_OUTSTANDING)
_FINISHED = (AttemptState.DONE, AttemptState.SUPERSEDED)
_WAITING = (AttemptState.AVAILABLE, AttemptState.RETRYABLE)
_PAGE = 500
_ITEM = tuple(OUTBOX.c[name] for name in OutboxItem.__dataclass_fields__)

_IN_SLOT = (
    OUTBOX.c.org == bindparam("o"),
    OUTBOX.c.object == bindparam("b"),
    OUTBOX.c.target == bindparam("t"),
    OUTBOX.c.field == bindparam("f"),
)
_LIVE_IN_SLOT = select(*_ITEM).where(*_IN_SLOT, OUTBOX.c.state.in_(_LIVE))


def _newest_in_slot(state: AttemptState) -> Select[Any]:
    """One seek to the end of the index, however many were delivered before."""
    newest = select(func.max(OUTBOX.c.id)).where(*_IN_SLOT, OUTBOX.c.state == state).scalar_subquery()
    return select(*_ITEM).where(OUTBOX.c.org == bindparam("o"), OUTBOX.c.id == newest)


_SLOT = union_all(_LIVE_IN_SLOT, *(_newest_in_slot(state) for state in _FINISHED))
_BUSY = select(OUTBOX.c.object, OUTBOX.c.target).where(
    OUTBOX.c.org == bindparam("o"), OUTBOX.c.state.in_(_OUTSTANDING)
)
_MAY_GO = (  # contested writes wait for the seal
    or_(OUTBOX.c.next_try.is_(None), OUTBOX.c.next_try <= bindparam("now")),
    or_(OUTBOX.c.contested.is_(False), OUTBOX.c.provisional.is_(False)),
)
_DUE = (
    select(OUTBOX.c.id, OUTBOX.c.object, OUTBOX.c.target)
    .where(OUTBOX.c.org == bindparam("o"), OUTBOX.c.state == bindparam("s"), OUTBOX.c.id > bindparam("after"))
    .where(*_MAY_GO)
    .order_by(OUTBOX.c.id)
    .limit(_PAGE)
)
_OF_TARGET = (
    select(OUTBOX.c.id)
    .where(
        OUTBOX.c.org == bindparam("o"), OUTBOX.c.object == bindparam("b"), OUTBOX.c.target == bindparam("t")
    )
    .where(OUTBOX.c.state.in_(_WAITING), *_MAY_GO)
)
_TOP = select(func.coalesce(func.max(OUTBOX.c.id), 0)).where(OUTBOX.c.org == bindparam("o"))
_INSERT = insert(OUTBOX)
_ONE_LESS = case((OUTBOX.c.attempts > 0, OUTBOX.c.attempts - 1), else_=0)
_REPLACED = (
    *("value", "contested", "expected", "provisional", "cause", "caused_at", "ledger_seq"),
    *("state", "attempts", "next_try", "code", "reason"),
)
_REPLACE = (
    update(OUTBOX)
    .where(OUTBOX.c.org == bindparam("o"), OUTBOX.c.id == bindparam("i"))
    .values({name: bindparam(f"new_{name}") for name in _REPLACED})
)


class SqlOutbox:
    """One org's outbox inside one transaction."""

    def __init__(self, connection: Connection, org: int, mirror: SqlMirror) -> None:
        self._connection, self._org, self._mirror = connection, org, mirror

    def put(self, items: Iterable[Wish], now: datetime) -> None:
        for wish in items:
            self._put(wish, now)

    def take(self, now: datetime, limit: int) -> Sequence[OutboxItem]:
        taken: list[int] = []
        for ids in self._due_records(now, limit):
            if taken and len(taken) + len(ids) > limit:
                break
            taken += ids
        self._update(taken, state=AttemptState.RUNNING, attempts=OUTBOX.c.attempts + 1, next_try=None)
        by_id = {item.id: item for item in self._select(OUTBOX.c.id, taken)}
        return [by_id[ident] for ident in taken]

    def settle(
        self,
        ids: Sequence[int],
        state: AttemptState,
        *,
        now: datetime,
        code: str | None = None,
        reason: str | None = None,
        next_try: datetime | None = None,
        previous: Mapping[int, str | None] | None = None,
        answered: bool = True,
    ) -> None:
        moved: dict[str, Any] = {"state": state, "code": code, "reason": _clean(reason), "next_try": next_try}
        if state is AttemptState.WRITTEN:
            moved["written_at"] = now
        elif state is AttemptState.DONE:
            moved["confirmed_at"] = now
        if not answered:
            moved["attempts"] = _ONE_LESS
        self._update(ids, **moved)
        for ident, value in (previous or {}).items():
            self._update([ident], previous=_text(value))
        for item in self._select(OUTBOX.c.id, ids):
            self._give_way(item)

    def outstanding(self, object_name: str, records: Sequence[str]) -> Mapping[str, Sequence[OutboxItem]]:
        """What an echo may confirm: items on their way or unconfirmed, by record id or creation key."""
        return self._of_targets(object_name, records, OUTBOX.c.state.in_(_OUTSTANDING))

    def current(self, object_name: str, records: Sequence[str]) -> Mapping[str, Sequence[OutboxItem]]:
        """Per slot of these records (or keys): what is live, the newest done and the newest superseded."""
        newest: list[int] = []
        for some in chunks(list(dict.fromkeys(records))):
            of_slot = (
                select(func.max(OUTBOX.c.id))
                .where(OUTBOX.c.org == self._org, OUTBOX.c.object == object_name)
                .where(OUTBOX.c.target.in_(some), OUTBOX.c.state.in_(_FINISHED))
                .group_by(OUTBOX.c.target, OUTBOX.c.state, OUTBOX.c.field)
            )
            newest += self._connection.execute(of_slot).scalars()
        found = self._of_targets(object_name, records, OUTBOX.c.state.in_(_LIVE))
        for item in self._select(OUTBOX.c.id, newest):
            found.setdefault(_target(item), []).append(item)
        return {target: sorted(items, key=_number) for target, items in found.items()}

    def of_records(self, object_name: str, records: Sequence[str]) -> Mapping[str, Sequence[OutboxItem]]:
        """Every item of these records (or keys), whatever became of it, oldest first."""
        return self._of_targets(object_name, records)

    def _of_targets(
        self, object_name: str, records: Sequence[str], *conditions: Any
    ) -> dict[str, list[OutboxItem]]:
        found: dict[str, list[OutboxItem]] = {}
        theirs = OUTBOX.c.object == object_name
        for item in self._select(OUTBOX.c.target, list(dict.fromkeys(records)), theirs, *conditions):
            found.setdefault(_target(item), []).append(item)
        return found

    def list(self, states: Sequence[AttemptState] = (), limit: int = 1000) -> Sequence[OutboxItem]:
        """Items in these states (all states when none are named), oldest first."""
        query = select(*_ITEM).where(OUTBOX.c.org == self._org).order_by(OUTBOX.c.id).limit(limit)
        if states:
            query = query.where(OUTBOX.c.state.in_(states))
        return [_item(row) for row in self._connection.execute(query)]

    def retry(self, ids: Sequence[int], now: datetime) -> int:  # noqa: ARG002  (the port's word)
        """Dead and retryable items become available at once. Items moved."""
        again = OUTBOX.c.state.in_((AttemptState.DEAD, AttemptState.RETRYABLE))
        return self._update(
            ids, again, state=AttemptState.AVAILABLE, attempts=0, next_try=None, code=None, reason=None
        )

    def discard(self, ids: Sequence[int], now: datetime) -> int:  # noqa: ARG002  (the port's word)
        """Undelivered items are given up by a person: superseded, kept for the record. Items moved."""
        undelivered = OUTBOX.c.state.in_(_UNDELIVERED)
        return self._update(
            ids, undelivered, state=AttemptState.SUPERSEDED, next_try=None, reason="discarded by a person"
        )

    def release(self, code: str, now: datetime) -> int:  # noqa: ARG002  (the port's word)
        return deliveries.release(self._connection, self._org, code)

    def count_of(self, code: str) -> int:
        return deliveries.count_of(self._connection, self._org, code)

    def written(
        self, since: datetime | None = None, until: datetime | None = None, record: str | None = None
    ) -> Iterator[OutboxItem]:
        found = deliveries.written(self._connection, self._org, since, until, record)
        return (_item(row) for row in found)

    def counts(self) -> Mapping[AttemptState, int]:
        """Every state, those without items too."""
        query = select(OUTBOX.c.state, func.count()).where(OUTBOX.c.org == self._org).group_by(OUTBOX.c.state)
        found = {AttemptState(state): number for state, number in self._connection.execute(query)}
        return {state: found.get(state, 0) for state in AttemptState}

    def latencies(self) -> Sequence[float]:
        return deliveries.latencies(self._connection, self._org)

    # ── putting

    def _put(self, wish: Wish, now: datetime) -> None:
        slot = self._slot(wish.object, wish.record or wish.key or "", wish.field)
        if any(_newer(item, wish) for item in slot):
            return
        waiting = next((item for item in slot if item.state in _UNDELIVERED), None)
        latest = next((item for item in reversed(slot) if item is not waiting), None)
        if latest is not None and _fulfils(latest, wish):
            if waiting is not None:
                self._delete(waiting.id)
            if latest.provisional and latest.cause == wish.cause:
                self._update([latest.id], provisional=wish.provisional, ledger_seq=wish.ledger_seq)
        elif waiting is not None:
            self._replace(waiting, wish)
        else:
            number = self._connection.execute(_TOP, {"o": self._org}).scalar_one() + 1
            self._connection.execute(
                _INSERT, {"org": self._org, "id": number, **_fresh(now), **_columns(wish)}
            )

    def _replace(self, waiting: OutboxItem, wish: Wish) -> None:
        moved = _columns(wish)
        if (waiting.cause, waiting.value, waiting.expected) == (wish.cause, wish.value, wish.expected):
            # said again, or sealed: what the org answered meanwhile still stands
            moved |= {
                name: getattr(waiting, name) for name in ("state", "attempts", "next_try", "code", "reason")
            }
            moved["provisional"] = waiting.provisional and wish.provisional
            moved["ledger_seq"] = wish.ledger_seq or waiting.ledger_seq
        else:
            moved |= {"state": AttemptState.AVAILABLE, "attempts": 0, "next_try": None}
            moved |= {"code": None, "reason": None}
            if self._follows(wish, waiting):
                moved["expected"] = _text(waiting.expected)
        new = {f"new_{name}": moved[name] for name in _REPLACED}
        self._connection.execute(_REPLACE, {"o": self._org, "i": waiting.id, **new})

    def _give_way(self, item: OutboxItem) -> None:
        """After an answer: where a newer wish waits in the same slot, only one of the two goes on."""
        slot = self._rows(_LIVE_IN_SLOT, item.object, _target(item), item.field)
        newer = [other for other in slot if other.id > item.id and other.state in _UNDELIVERED]
        if not newer:
            return
        if item.state in _UNDELIVERED:
            self._delete(item.id)
            if self._follows(newer[-1], item):
                self._update([newer[-1].id], expected=_text(item.expected))
        elif item.state in (AttemptState.WRITTEN, AttemptState.DONE) and _says_again(newer[-1], item):
            self._delete(newer[-1].id)

    def _follows(self, wish: Wish | OutboxItem, item: OutboxItem) -> bool:
        """The wish goes on from where the item would have led: of two steps not taken yet, one is made.

        Not so where people have taken the first one themselves: the field has the value that the wish expects.
        """
        if not (wish.contested and item.contested and wish.expected == item.value):
            return False
        shown = self._mirror.get(wish.object, [str(wish.record)]).get(str(wish.record))
        return shown is None or shown.values.get(wish.field) != wish.expected

    # ── taking

    def _due_records(self, now: datetime, limit: int) -> Iterator[Sequence[int]]:
        """Ids of the items that may go, by record, the record with the oldest item first.

        The cost follows `limit` and what is outstanding, not the length of the queue.
        """
        busy = {tuple(row) for row in self._connection.execute(_BUSY, {"o": self._org})}
        targets: dict[tuple[str, str], None] = {}
        for _, object_name, target in merge(*(self._waiting(state, now) for state in _WAITING)):
            if (object_name, target) not in busy:
                targets[object_name, target] = None
            if len(targets) >= limit:
                break
        for object_name, target in targets:
            mine = {"o": self._org, "b": object_name, "t": target, "now": now}
            yield sorted(self._connection.execute(_OF_TARGET, mine).scalars())

    def _waiting(self, state: AttemptState, now: datetime) -> Iterator[tuple[int, str, str]]:
        """Due items of one state in the order of their numbers, page by page."""
        after = 0
        found = {"o": self._org, "s": state, "now": now}
        while page := self._connection.execute(_DUE, {**found, "after": after}).all():
            yield from (tuple(row) for row in page)
            after = page[-1].id

    # ── rows

    def _slot(self, object_name: str, target: str, field: str) -> Sequence[OutboxItem]:
        """What is live in the slot, the newest done and the newest superseded; what was before is not read."""
        return self._rows(_SLOT, object_name, target, field)

    def _rows(self, query: Any, object_name: str, target: str, field: str) -> Sequence[OutboxItem]:
        slot = {"o": self._org, "b": object_name, "t": target, "f": field}
        return sorted((_item(row) for row in self._connection.execute(query, slot)), key=_number)

    def _select(self, column: Any, values: Sequence[Any], *conditions: Any) -> Sequence[OutboxItem]:
        found: list[OutboxItem] = []
        for some in chunks(values):
            query = select(*_ITEM).where(OUTBOX.c.org == self._org, column.in_(some), *conditions)
            found += (_item(row) for row in self._connection.execute(query))
        return sorted(found, key=_number)

    def _update(self, ids: Sequence[int], *conditions: Any, **moved: Any) -> int:
        changed = 0
        for some in chunks(ids):
            change = update(OUTBOX).where(OUTBOX.c.org == self._org, OUTBOX.c.id.in_(some), *conditions)
            changed += self._connection.execute(change.values(**moved)).rowcount
        return changed

    def _delete(self, ident: int) -> None:
        self._connection.execute(delete(OUTBOX).where(OUTBOX.c.org == self._org, OUTBOX.c.id == ident))


def _newer(item: OutboxItem, wish: Wish) -> bool:
    """The newest ledger entry wins: an older one that comes late changes nothing."""
    return item.ledger_seq is not None and wish.ledger_seq is not None and item.ledger_seq > wish.ledger_seq


def _fulfils(item: OutboxItem, wish: Wish) -> bool:
    """The org already took this value from us; once confirmed, only the same act counts as said again."""
    if item.state is AttemptState.WRITTEN:
        return _says_again(wish, item)
    return item.state is AttemptState.DONE and item.value == wish.value and item.cause == wish.cause


def _says_again(wish: Wish | OutboxItem, item: OutboxItem) -> bool:
    """The same value as was written; a contested one for the same act, for since our write somebody may have acted."""
    return wish.value == item.value and (not wish.contested or wish.cause == item.cause)


def _number(item: OutboxItem) -> int:
    return item.id


def _target(item: OutboxItem) -> str:
    return item.record or item.key or ""


def _fresh(now: datetime) -> dict[str, Any]:
    return {"state": AttemptState.AVAILABLE, "attempts": 0, "created_at": now}


def _columns(wish: Wish) -> dict[str, Any]:
    return {
        "object": wish.object,
        "target": wish.record or wish.key or "",
        "record": wish.record,
        "key": wish.key,
        "field": wish.field,
        "value": _text(wish.value),
        "contested": wish.contested,
        "expected": _text(wish.expected),
        "provisional": wish.provisional,
        "cause": _clean(wish.cause),
        "caused_at": wish.caused_at,
        "ledger_seq": wish.ledger_seq,
    }


def _text(value: str | None) -> str | None:
    """JSON, as PostgreSQL keeps no NUL in plain text."""
    return None if value is None else msgspec.json.encode(value).decode()


def _value(text: str | None) -> str | None:
    return None if text is None else msgspec.json.decode(text, type=str)


def _clean(text: str | None) -> str | None:
    return None if text is None else text.replace("\0", "")


def _item(row: Row[Any]) -> OutboxItem:
    values = dict(row._mapping)  # noqa: SLF001  (SQLAlchemy's public name for it)
    values["state"] = AttemptState(values["state"])
    for name in ("value", "expected", "previous"):
        values[name] = _value(values[name])
    return OutboxItem(**values)
