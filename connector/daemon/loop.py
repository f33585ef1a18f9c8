"""The loop: take the org's lease, mirror it, then look, judge and write until told to stop.

Capture, settle and dispatch take turns in one worker: settling an org is serial by design (law 19), and one turn
takes well under a second when little has happened.
"""

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import structlog
from sqlalchemy.exc import OperationalError

from connector.bootstrap import Connector
from connector.canonical.verdict import Outcome
from connector.flows.capture import Progress
from connector.flows.dispatch import Dispatched
from connector.flows.fields import reading_order
from connector.flows.reconcile import Reconciled, Wanted
from connector.flows.settle import Settled
from connector.flows.status import PAUSES
from connector.ports.org import BudgetSpent, DaemonStopped, OrgFault, RetryLater
from connector.ports.store import AttemptState, LeaseLost
from connector.telemetry import clock

log = structlog.get_logger()

DATABASE_AGAIN = 5.0
"""Seconds before a database that did not answer is asked again."""

WATERMARK_AT_LEAST_EVERY = 900.0
"""Seconds after which the watermark is asked for even when nothing waits, so that late commits are found."""

CONTEXT_CONFIRMED_EVERY = 3600.0
"""Seconds between two questions for what changed or went among accounts, people, tasks: two calls an object."""


class LeaseTaken(Exception):
    """Another worker holds this org's lease: two writers on one org would fight."""


class Stopped(RetryLater):
    """Asked to stop while it waited or loaded: what was loaded stays, the next start goes on there."""


def sleeping(stop: threading.Event) -> Callable[[float], None]:
    """A sleep for the calls to the org, which ends with Stopped at once when the worker is asked to stop."""

    def sleep(seconds: float) -> None:
        if stop.wait(seconds):
            raise Stopped("stopped while waiting for the org", delay=0.0)

    return sleep


@dataclass
class Turn:
    """What one turn of the loop did."""

    changes: int = 0
    facts: int = 0
    settled: Settled = field(default_factory=Settled)
    provisional: Settled = field(default_factory=Settled)
    dispatched: Dispatched = field(default_factory=Dispatched)
    more: bool = False

    @property
    def quiet(self) -> bool:
        """Nothing came, nothing was judged, nothing was sent."""
        sent = self.dispatched.written + self.dispatched.retried + self.dispatched.unchanged
        return not (self.changes or self.settled.facts or self.provisional.facts or sent or self.more)


class Loop:
    """One org's worker. `stop` ends it between two turns."""

    def __init__(self, connector: Connector, *, stop: threading.Event | None = None) -> None:
        self._c = connector
        self.stop = stop or threading.Event()
        self._asked_watermark: float = -1e9
        self._confirmed_all: float = -1e9
        self._saw_all: float = -1e9
        self._last_minute: datetime | None = None
        self._ready = False
        self._behind = True
        """Some stream was not read to its end: judging waits, for it would see one object older than another."""
        self.paused = ""
        self._told: str | None = None
        self.stopped: dict[str, str] = {}
        self._refused: frozenset[str] = frozenset()

    def start(self, progress: Progress | None = None) -> None:
        """Lease, snapshot of whatever is not mirrored yet, adoption; `stop` ends it early, to be resumed.

        Raises:
            LeaseTaken: another worker is at it.
            LeaseLost: a process under our own name is.
        """
        try:
            self._start(progress)
        except Stopped as stopped:
            log.info("stopped before the mirror was whole: the next start goes on here", reason=str(stopped))
        except LeaseLost as lost:
            self._unless_ours(lost)
            raise LeaseTaken(str(lost)) from lost

    def _start(self, progress: Progress | None) -> None:
        self._lease()
        self._behind = True
        self._c.capture.declare()
        for name, reason in self._c.stopped.items():
            self._aside(name, reason)
        for name in reading_order(self._c.mapping):
            if name not in self._c.stopped:
                self._snapshot(name, progress)
        self._backfill(progress)
        self._going_on()
        self._adopt()

    def _backfill(self, progress: Progress | None) -> None:
        """Fields that the profile has named since: the rows already mirrored get their values."""
        lacking = tuple(name for name in self._c.capture.lacking() if name not in self._c.stopped)
        if lacking:
            for done in self.reconcile(Wanted(objects=lacking), progress):
                log.info("backfilled", object=done.object, rows=done.repaired, reason=done.stopped)

    def _snapshot(self, name: str, progress: Progress | None = None) -> None:
        """One object; one that cannot be read is set aside, and stops no other."""
        try:
            loaded = self._c.capture.snapshot(name, self._kept(progress))
        except (RetryLater, DaemonStopped):
            raise
        except OrgFault as fault:
            self._aside(name, self._c.capture.reason(fault))
            return
        self.stopped.pop(name, None)
        if loaded:
            log.info("snapshot taken", object=name, rows=loaded)
            self._lease()

    def reconcile(self, wanted: Wanted, progress: Progress | None = None) -> Iterator[Reconciled]:
        """Compare the mirror with the org, object after object, and repair it (law 20).

        Raises:
            LeaseTaken: another worker is at it, and this is no dry run.
        """
        if wanted.dry_run:
            yield from self._c.reconcile.run(wanted, progress)
            return
        self._lease()
        self._c.capture.declare()
        yield from self._c.reconcile.run(wanted, self._kept(progress))

    def _kept(self, progress: Progress | None) -> Progress:
        """Progress that renews the lease: a large object takes longer than one lasts."""

        def report(name: str, rows: int, expected: int) -> None:
            self._going_on()
            self._lease()
            if progress:
                progress(name, rows, expected)

        return report

    def _pausing(self, why: str, reason: str = "") -> None:
        """Why the loop pauses, where `connector status` finds it; a database that is out keeps no note."""
        self.paused = why
        note = f"{why}: {reason}" if why else ""
        if note == self._told:
            return
        try:
            with self._c.store.transaction() as tx:
                tx.notes.put(PAUSES, note)
        except (OperationalError, LeaseLost):
            return
        self._told = note

    def _unless_ours(self, lost: LeaseLost | LeaseTaken) -> None:
        """Raises it again if it came before the lease ended: only a process of our own name can have taken it."""
        if isinstance(lost, LeaseLost) and self._c.hold.seconds_left() > 0:
            raise lost

    def _going_on(self) -> None:
        if self.stop.is_set():
            raise Stopped("asked to stop")

    def _adopt(self) -> bool:
        """Judging begins once every object is mirrored: half an org would make wrong verdicts."""
        if self.stopped.keys() & self._unread():
            return False
        if not self._ready:
            self._c.capture.declare()  # builds what the first loads left unbuilt
            adopted = self._c.adopt.run(self._c.org.now(), self._lease)
            self._ready = True
            if adopted.entries or adopted.filings:
                log.info(
                    "adopted",
                    entries=adopted.entries,
                    filings=adopted.filings,
                    indexed=adopted.indexed,
                    pairs=adopted.pairs,
                )
        return True

    def _unread(self) -> set[str]:
        with self._c.store.reading() as view:
            return {name for name in self._c.mapping.objects if not view.streams.get(name).snapshot_done}

    def _aside(self, name: str, reason: str) -> None:
        """Say once why a stream stands still; status shows it until it goes on."""
        if self.stopped.get(name) != reason:
            log.error("stream stopped", object=name, reason=reason)
        self.stopped[name] = reason
        with self._c.store.transaction() as tx:
            state = tx.streams.get(name)
            if state.note != reason:
                tx.streams.put(replace(state, note=reason))

    def run(self, on_turn: Callable[[Turn], None] | None = None) -> None:
        """Turn after turn, `poll_every` apart, until `stop`; passing faults pause, they never end the loop.

        Returns early when another worker has the lease. Raises LeaseLost when a process under our own name has.
        """
        wait = self._c.settings.sync.poll_every
        while not self.stop.is_set():
            try:
                turn = self.turn()
                self._pausing("")
                if on_turn:
                    on_turn(turn)
                pause = 0.0 if turn.more else wait
            except Stopped:
                break
            except BudgetSpent as spent:
                pause = spent.delay
                self._pausing("budget", str(spent))
                log.warning("paused: budget", reason=str(spent), seconds=spent.delay)
            except RetryLater as later:
                pause = later.delay
                self._pausing("retry", str(later))
                log.warning("the org did not answer as it should", reason=str(later), seconds=later.delay)
            except OperationalError as outage:
                pause = DATABASE_AGAIN
                self._pausing("database", str(outage.orig))
                log.warning("the database did not answer", reason=str(outage.orig), seconds=pause)
            except (LeaseLost, LeaseTaken) as lost:
                self._unless_ours(lost)
                log.warning("lease lost: another worker took over", reason=str(lost))
                return
            self.stop.wait(pause)
        self._c.store.release_lease(self._c.settings.worker)

    def turn(self, *, watermark: bool = False) -> Turn:
        """Look for news, judge, write. With `watermark`, ask how far the org's answers are complete."""
        self._lease()
        c, done = self._c, Turn()
        due = watermark or self._watermark_due()
        looked_at = self._looked_at(everything=due or self._behind)
        self._behind = True  # until this poll has brought everything: it may break off
        captured = c.capture.poll(looked_at, self._lease)
        self._behind = captured.more
        self._refused = self._refused.difference(looked_at).union(name for name, _ in captured.stopped)
        done.changes, done.facts, done.more = captured.changes, captured.facts, captured.more
        for name, reason in captured.stopped:
            self._aside(name, reason)
        if self._behind:
            return done
        unconfirmed = self._confirm() if due else None
        now = c.org.now()
        if self._adopt():
            self._judge(done, now, captured.asked_at)
        if unconfirmed:
            raise unconfirmed
        return done

    def _judge(self, done: Turn, now: datetime, seen: datetime | None) -> None:
        """Seal, judge provisionally, write; the lease is renewed before each, for each may take long."""
        c = self._c
        self._lease()
        done.settled = self.seal(now)
        self._lease()
        done.provisional = c.settle.provisional(now)
        self._lease()
        done.dispatched = c.dispatch.run(now, seen=seen)
        if done.settled.facts or done.dispatched.written:
            log.info(
                "turn",
                changes=done.changes,
                sealed=done.settled.facts,
                written=done.dispatched.written,
                rejected=done.settled.verdicts(Outcome.REJECT),
                dead=done.dispatched.dead,
            )

    def confirm(self) -> None:
        """Move the watermarks of the streams that bear priority, and try again what was set aside.

        Raises RetryLater after the last stream when one of them could not be asked to its end.
        """
        later = self._confirm()
        if later:
            raise later

    def _confirm(self) -> RetryLater | None:
        """Every stream is tried: one that the org does not answer for holds no other back, nor what waits."""
        later: RetryLater | None = None
        self._last_minute = self._minute()  # as known before asking: an answer may show that more has passed
        unread = [name for name in self._unread_stopped() if name not in self._c.stopped]
        asked = ((self._snapshot, unread), (self._confirm_stream, self._confirmed()))
        for ask, names in asked:
            for name in names:
                try:
                    ask(name)
                except RetryLater as fault:
                    later = later or fault
        if later is None:
            self._asked_watermark = clock.elapsed()
        return later

    def _confirm_stream(self, name: str) -> None:
        if name in self._unread_stopped():
            return
        try:
            if name in self._c.priority or self._c.org.describe(name).get("replicateable"):
                self._c.capture.confirm(name, self._lease)
        except (RetryLater, DaemonStopped):
            raise
        except OrgFault as fault:
            self._aside(name, self._c.capture.reason(fault))

    def _confirmed(self) -> list[str]:
        """The streams that bear priority, and once an hour the rest.

        Late commits and hard deletes happen to accounts and tasks too, but nobody waits for them.
        """
        if clock.elapsed() - self._confirmed_all < CONTEXT_CONFIRMED_EVERY:
            return list(self._c.priority)
        self._confirmed_all = clock.elapsed()
        return [
            *self._c.priority,
            *(name for name in self._c.mapping.objects if name not in self._c.priority),
        ]

    def _unread_stopped(self) -> list[str]:
        """Objects set aside before their first snapshot, or that fit the profile no longer: not to be polled."""
        if not self.stopped:
            return []
        return sorted((self.stopped.keys() & self._unread()) | self._c.stopped.keys())

    def seal(self, now: datetime) -> Settled:
        """Judge for good what the watermarks cover, or what has waited for `seal_after`."""
        horizon = self._c.capture.horizon(self._c.priority)
        longest = now - timedelta(seconds=self._c.settings.sync.seal_after)
        return self._c.settle.sealed(max(horizon, longest) if horizon else longest, now)

    def _looked_at(self, *, everything: bool) -> list[str]:
        """Objects whose acts have priority every time, those whose echo is awaited, and now and then the rest."""
        stopped, sync = self._unread_stopped(), self._c.settings.sync
        if everything or clock.elapsed() - self._saw_all >= sync.context_every:
            self._saw_all = clock.elapsed()
            wanted = set(self._c.mapping.objects)
        else:
            with self._c.store.reading() as view:
                sent = view.outbox.list([AttemptState.WRITTEN, AttemptState.UNKNOWN])
            wanted = {*self._c.priority, *(item.object for item in sent)} - self._refused
        return [name for name in self._c.mapping.objects if name in wanted and name not in stopped]

    def _watermark_due(self) -> bool:
        """The org answers in whole minutes, and only what waits for the seal needs an answer soon (law 21)."""
        sync, waited = self._c.settings.sync, clock.elapsed() - self._asked_watermark
        if self._last_minute is None or waited >= max(sync.watermark_every, WATERMARK_AT_LEAST_EVERY):
            return True
        passed = waited >= sync.watermark_every or self._minute() > self._last_minute
        return passed and self._something_waits()

    def _something_waits(self) -> bool:
        with self._c.store.reading() as view:
            return bool(view.facts.pending(None, 1)) or any(True for _ in view.docket.due(self._c.org.now()))

    def _minute(self) -> datetime:
        return self._c.org.now().replace(second=0, microsecond=0)

    def _lease(self) -> None:
        seconds = self._c.settings.lease_seconds
        if self._c.store.take_lease(self._c.settings.worker, clock.now(), seconds) is None:
            raise LeaseTaken(
                f"another worker holds this org's lease; it ends {seconds} s after that worker stops"
            )
        self._c.hold.renewed(seconds)
