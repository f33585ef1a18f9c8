"""Dispatch: desired values into the org, only what differs, never over a person's act (laws 11 to 14).

Owned and contested fields of one record travel in one row: with the org package the row carries the expected
value and a validation rule refuses it when somebody was there before us, so that 200 rows may share a call.
Without the package a contested row is one conditional PATCH.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from connector.flows.breaker import OWNER_CHANGES, Breaker
from connector.flows.fields import key_field_of
from connector.flows.letters import Letter, differing, opened
from connector.flows.shown import Shown
from connector.flows.staging import Stage, Staging, widened
from connector.flows.undo import is_undo
from connector.flows.unknown import Unknown
from connector.mapping import CompiledMapping
from connector.policy.model import Policies
from connector.ports.org import (
    NOT_TRIED,
    UNKNOWN_OUTCOME,
    DaemonStopped,
    ErrorKind,
    OrgFault,
    OrgPort,
    RetryLater,
    RowResult,
)
from connector.ports.store import AttemptState, OutboxItem, Store, Transaction

AT_ONCE = 600
LONGEST_WAIT = timedelta(minutes=15)
GIVE_UP_AFTER = 12
STALE_AFTER = timedelta(seconds=2)
LOOK_AGAIN = timedelta(seconds=2)
BREAKER_WAIT = timedelta(minutes=5)
SHADOWED = 100_000
"""So many waiting items does shadow mode look at."""

_OUT_OF_REACH = ("ENTITY_IS_DELETED", "CANNOT_UPDATE_CONVERTED_LEAD")
"""Somebody deleted or converted the record since our last look: an act, which will be a fact, and no dead letter."""

_Answers = Iterable[tuple[Letter, RowResult]]


@dataclass(kw_only=True)
class Dispatched:
    """What one run did, by what became of each field."""

    written: int = 0
    unchanged: int = 0
    retried: int = 0
    superseded: int = 0
    dead: int = 0
    held: int = 0  # by the stage of live writing
    shadow: list[OutboxItem] = field(default_factory=list)


@dataclass(kw_only=True)
class _Round:
    """One run: its time, until when the mirror has seen the org, what is not answered yet, and the tally."""

    now: datetime
    seen: datetime
    pending: list[Letter] = field(default_factory=list)
    done: Dispatched = field(default_factory=Dispatched)


class Dispatch:
    """Delivers one org's outbox. In shadow mode it says what it would write, and writes nothing.

    One at a time: the lease keeps other processes out, so that whatever is `running` when a run begins was
    left by a run that broke off, and is read before it is written again.
    """

    def __init__(
        self,
        org: OrgPort,
        store: Store,
        mapping: CompiledMapping,
        *,
        shadow: bool = False,
        policies: Policies | None = None,
        stage: Stage | None = None,
    ) -> None:
        self._org = org
        self._store = store
        self._mapping = mapping
        self._shadow = shadow
        self._policies = policies or Policies()
        self._stage = stage or Stage()
        self._staged = False
        self._unknown = Unknown(org, store, mapping)

    def run(self, now: datetime, limit: int = AT_ONCE, *, seen: datetime | None = None) -> Dispatched:
        """One round: take what may go, leave out what the org shows already, write the rest, sort the answers.

        `seen` is the org's time up to which the mirror had looked when this round began; `now` if not given.
        """
        going = _Round(now=now, seen=seen or now)
        if self._shadow:
            with self._store.reading() as view:
                waiting = view.outbox.list([AttemptState.AVAILABLE, AttemptState.RETRYABLE], SHADOWED)
                going.done.shadow = differing(self._shown(view), waiting)
            return going.done
        if not self._staged:
            widened(self._store, self._stage, now)
            self._staged = True
        looked = self._unknown.read(now)
        done = going.done
        done.written, done.retried, done.superseded = looked.written, looked.retried, looked.superseded
        self._take(going, limit)
        try:
            self._send(going)
        except RetryLater as pause:
            self._put_back(going, [*going.pending], str(pause), timedelta(seconds=pause.delay))
            if type(pause) is not RetryLater:
                raise
        except OrgFault as stopped:
            self._put_back(going, [*going.pending], str(stopped), LOOK_AGAIN)
            raise
        return done

    def _shown(self, tx: Transaction) -> Shown:
        return Shown(tx=tx, mapping=self._mapping, ours=self._org.identity().user_id)

    def _take(self, going: _Round, limit: int) -> None:
        with self._store.transaction() as tx:
            found = opened(self._shown(tx), tx.outbox.take(going.now, limit), going.now)
            staging = Staging(tx, self._mapping, self._stage, going.now)
            breaker = Breaker(tx, self._policies, going.now)
            letters = [
                self._allowed(tx, breaker, self._open_to(staging, letter, going), going)
                for letter in found.letters
            ]
        going.pending = [letter for letter in letters if letter.items]
        going.done.unchanged += found.unchanged
        going.done.superseded += found.superseded
        going.done.retried += found.retried

    @staticmethod
    def _open_to(staging: Staging, letter: Letter, going: _Round) -> Letter:
        """The letter without what the stage of live writing holds back (law 15)."""
        held = staging.held(letter.items)
        going.done.held += len(held)
        return Letter(items=tuple(item for item in letter.items if item not in held), shown=letter.shown)

    def _allowed(self, tx: Transaction, breaker: Breaker, letter: Letter, going: _Round) -> Letter:
        """The letter without what the breaker holds back (law 15)."""
        moves = sum(1 for item in letter.items if _moves_owner(item))
        if (
            not letter.contested
            or all(map(is_undo, letter.items))
            or (breaker.grant_owner_change(moves) and not breaker.paused)
        ):
            return letter
        held = [item.id for item in letter.items if item.contested]
        tx.outbox.settle(
            held,
            AttemptState.RETRYABLE,
            now=going.now,
            next_try=going.now + BREAKER_WAIT,
            reason="paused: the breaker of the policy's `safety` has tripped",
            answered=False,
        )
        going.done.retried += len(held)
        return Letter(items=tuple(item for item in letter.items if not item.contested), shown=letter.shown)

    def _send(self, going: _Round) -> None:
        updates = [letter for letter in going.pending if not letter.creates]
        together = [x for x in updates if not x.contested or x.guarded(self._mapping)]
        if together:
            rows = [letter.row(self._mapping) for letter in together]
            self._sort(zip(together, self._org.write(rows), strict=True), going)
        for letter in [letter for letter in updates if letter not in together]:
            self._send_alone(letter, going)
        creations = [letter for letter in going.pending if letter.creates]
        for object_name in sorted({letter.object for letter in creations}):
            self._create(object_name, [c for c in creations if c.object == object_name], going)

    def _send_alone(self, letter: Letter, going: _Round) -> None:
        """Without the org package: one conditional PATCH, only on a second that the mirror has seen to its end.

        A change inside the stamp's own second passes the condition (documented): by then we must have read it.
        """
        stamp = letter.shown.stamp if letter.shown else going.now
        if going.seen - stamp <= STALE_AFTER:
            self._put_back(going, [letter], "the record changed a moment ago", LOOK_AGAIN)
            return
        result = self._org.write_if_unmodified(letter.row(self._mapping), stamp)
        self._sort([(letter, result)], going)

    def _create(self, object_name: str, letters: Sequence[Letter], going: _Round) -> None:
        key_field = key_field_of(self._mapping, object_name)
        try:
            if key_field is None:
                raise OrgFault(f"{object_name}: the profile names no external id to create by")  # noqa: TRY301
            rows = [letter.row(self._mapping) for letter in letters]
            answers = self._org.upsert(object_name, key_field, rows)
        except (RetryLater, DaemonStopped):
            raise
        except OrgFault as fault:  # this object cannot be written; the others can
            with self._store.transaction() as tx:
                for letter in letters:
                    self._dead(tx, letter, fault.code, str(fault), going)
            return
        self._sort(zip(letters, answers, strict=True), going)

    def _sort(self, answers: _Answers, going: _Round) -> None:
        """Each row's answer into written, retry, new fact or dead letter; one bad row stops no other (law 14)."""
        sorted_ = list(answers)
        with self._store.transaction() as tx:
            for letter, answer in sorted_:
                self._answered(tx, letter, answer, going)
            moved = (
                _moves_owner(item) and not is_undo(item)
                for letter, answer in sorted_
                if answer.success
                for item in letter.items
            )
            Breaker(tx, self._policies, going.now).count(OWNER_CHANGES, sum(moved))
        answered = {id(letter) for letter, _ in sorted_}
        going.pending = [letter for letter in going.pending if id(letter) not in answered]

    def _answered(self, tx: Transaction, letter: Letter, answer: RowResult, going: _Round) -> None:
        code, reason, now = answer.code, answer.message, going.now
        if answer.success:
            tx.outbox.settle(letter.ids, AttemptState.WRITTEN, now=now, previous=_previous(letter))
            going.done.written += len(letter.items)
        elif code == UNKNOWN_OUTCOME:
            tx.outbox.settle(letter.ids, AttemptState.UNKNOWN, now=now, code=code, reason=reason)
        elif code == NOT_TRIED:  # whatever stopped the calls before its turn says nothing about this row
            self._again(tx, letter.items, code, reason, now + LOOK_AGAIN, going, answered=False)
        elif answer.kind is ErrorKind.REFUSED_STALE:
            self._refused_stale(tx, letter, answer, going)
        elif code in _OUT_OF_REACH and not answer.fields:  # the record itself, not one that a field names
            self._out_of_reach(tx, letter, answer, going)
        elif answer.kind is ErrorKind.BUDGET or (
            answer.kind is ErrorKind.RETRY and letter.attempts < GIVE_UP_AFTER
        ):
            wait = LONGEST_WAIT if answer.kind is ErrorKind.BUDGET else _wait(letter.attempts)
            self._again(tx, letter.items, code, reason, now + wait, going)
        else:
            self._dead(tx, letter, code, reason, going)

    def _out_of_reach(self, tx: Transaction, letter: Letter, answer: RowResult, going: _Round) -> None:
        """The mirror will show the delete or the conversion, and what was wished for is over.

        A record deleted and brought back between two looks of ours shows neither: it is written then.
        """
        if letter.attempts < GIVE_UP_AFTER:
            wait = going.now + _wait(letter.attempts)
            self._again(tx, letter.items, answer.code, answer.message, wait, going)
            return
        code, reason = answer.code, answer.message
        tx.outbox.settle(letter.ids, AttemptState.SUPERSEDED, now=going.now, code=code, reason=reason)
        going.done.superseded += len(letter.items)

    def _refused_stale(self, tx: Transaction, letter: Letter, answer: RowResult, going: _Round) -> None:
        """Somebody was there before us. The org's rule names the contested field: that wish is over.

        A 412 only says that the record changed: the mirror will show whether the expected value still stands.
        """
        contested = [item for item in letter.items if item.contested]
        if letter.guarded(self._mapping) and contested:
            tx.outbox.settle(
                [item.id for item in contested],
                AttemptState.SUPERSEDED,
                now=going.now,
                code=answer.code,
                reason=answer.message,
            )
            going.done.superseded += len(contested)
            rest = [item for item in letter.items if not item.contested]
        else:
            rest = list(letter.items)
        self._again(tx, rest, answer.code, answer.message, going.now + LOOK_AGAIN, going)

    @staticmethod
    def _again(  # noqa: PLR0917
        tx: Transaction,
        items: Sequence[OutboxItem],
        code: str | None,
        reason: str | None,
        next_try: datetime,
        going: _Round,
        *,
        answered: bool = True,
    ) -> None:
        ids = [item.id for item in items]
        tx.outbox.settle(
            ids,
            AttemptState.RETRYABLE,
            now=going.now,
            next_try=next_try,
            code=code,
            reason=reason,
            answered=answered,
        )
        going.done.retried += len(ids)

    @staticmethod
    def _dead(tx: Transaction, letter: Letter, code: str | None, reason: str | None, going: _Round) -> None:
        tx.outbox.settle(letter.ids, AttemptState.DEAD, now=going.now, code=code, reason=reason)
        going.done.dead += len(letter.items)

    def _put_back(self, going: _Round, letters: Sequence[Letter], reason: str, delay: timedelta) -> None:
        """Untried letters wait; those answered already keep their answers."""
        with self._store.transaction() as tx:
            for letter in letters:
                self._again(tx, letter.items, None, reason, going.now + delay, going, answered=False)
        back = {id(letter) for letter in letters}
        going.pending = [letter for letter in going.pending if id(letter) not in back]


def _previous(letter: Letter) -> dict[int, str | None]:
    if letter.shown is None:
        return {}
    return {item.id: letter.shown.values.get(item.field) for item in letter.items}


def _moves_owner(item: OutboxItem) -> bool:
    return item.contested and item.field == "OwnerId"


def _wait(attempts: int) -> timedelta:
    """Doubling from two seconds, so that a lock is tried again soon and an outage is not hammered."""
    return min(timedelta(seconds=2 ** min(attempts, 9)), LONGEST_WAIT)
