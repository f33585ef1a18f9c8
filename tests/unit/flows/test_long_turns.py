"""Turns that take long, break off in the middle, or come after an outage."""

import threading
import time
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy.exc import OperationalError

from connector.canonical.ids import OrgId
from connector.cli import run
from connector.daemon import loop
from connector.daemon.loop import Loop, Stopped, sleeping
from connector.flows import capture
from connector.flows.status import status
from connector.ports.org import BudgetSpent, RetryLater
from connector.store import open_store
from connector.telemetry import clock
from tests.support.org import ORG, MemoryOrg
from tests.support.process import Cast, Process, lead


@pytest.fixture
def elapsed(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """This machine's clock, moved by hand."""
    now = [0.0]
    monkeypatch.setattr(clock, "elapsed", lambda: now[0])
    return now


def changed(process: Process, org: MemoryOrg, people: Cast, number: int) -> list[str]:
    """Leads that the mirror knows, changed once more since."""
    leads = [lead(org, each, people.queue) for each in range(number)]
    org.wait(10)
    process.begin()
    org.wait(60)
    for ident in leads:
        org.save("Lead", ident, LeadSource="changed")
    org.wait(120)
    return leads


def test_a_turn_longer_than_the_lease_is_finished_because_every_batch_renews_it(
    process: Process,
    org: MemoryOrg,
    people: Cast,
    elapsed: list[float],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Law 19: the transport sends nothing once the lease's seconds are over."""
    monkeypatch.setattr(capture, "RETRIEVE_AT_ONCE", 1)
    changed(process, org, people, 8)

    def slow(call: str) -> None:
        assert process.connector.hold.seconds_left() > 0, call
        if call.startswith("retrieve"):
            elapsed[0] += 20

    org.on_call = slow
    process.turn(watermark=True)
    assert org.calls["retrieve"] >= 8
    assert elapsed[0] > 2 * process.connector.settings.lease_seconds


def test_a_stream_that_cannot_be_confirmed_holds_no_verdict_back_and_the_loop_pauses_all_the_same(
    process: Process, org: MemoryOrg, people: Cast
) -> None:
    process.begin()
    org.wait(60)
    lead(org, 1, people.queue)
    org.wait(process.connector.settings.sync.seal_after + 60)

    def silent(call: str) -> None:
        if call == "updated Lead":
            raise RetryLater("no answer", delay=7)

    org.on_call = silent
    while process.connector.capture.poll(tuple(org.mapping.objects)).more:
        pass
    with pytest.raises(RetryLater, match="no answer"):
        process.loop.turn(watermark=True)
    with process.store.reading() as view:
        assert not view.facts.pending(None, 1)
        assert view.streams.get("Opportunity").watermark == max(
            view.streams.get(name).watermark or org.clock for name in process.connector.priority
        )


def test_nothing_is_judged_until_every_object_has_been_read_to_its_end_after_an_outage(
    process: Process, org: MemoryOrg, people: Cast
) -> None:
    """A claim is not judged by the partner programme of before the outage."""
    pool = lead(org, 1, people.queue)
    process.begin()
    process.turn(watermark=True)
    process.stop()
    org.wait(60)
    for number in range(4 * org.page):
        org.create("Account", Name=f"Customer {number}", BillingCountry="Germany")
    org.wait(1)
    org.save("User", people.users[0], IsActive="false")
    org.wait(1)
    org.save("Lead", pool, people.users[0], OwnerId=people.users[0])
    org.wait(process.connector.settings.sync.seal_after + 60)
    process.start()
    process.begin()
    turn = process.loop.turn(watermark=True)
    turns = 1
    while turn.more:
        assert not turn.settled.facts
        assert not turn.provisional.facts
        turn = process.loop.turn()
        turns += 1
    assert turns >= 4
    assert turn.settled.facts
    with process.store.reading() as view:
        assert len(list(view.mirror.scan("Account"))) == 2 + 4 * org.page


def test_an_outage_within_one_process_lets_every_object_be_read_before_the_next_verdict(
    process: Process, org: MemoryOrg, people: Cast
) -> None:
    sync = process.connector.settings.sync
    object.__setattr__(sync, "context_every", 3600.0)
    process.begin()
    process.turn(watermark=True)

    def silent(call: str) -> None:
        raise RetryLater(call, delay=0)

    org.on_call = silent
    with pytest.raises(RetryLater):
        process.loop.turn()
    org.on_call = process.fuse.burn
    org.wait(60)
    late = org.create("Account", Name="Created in the outage", BillingCountry="Germany")
    org.wait(60)
    process.turn()
    with process.store.reading() as view:
        assert view.mirror.get("Account", [late])


def test_a_first_load_that_is_told_to_stop_ends_at_once_and_is_resumed(
    process: Process, org: MemoryOrg, people: Cast
) -> None:
    for number in range(9):
        lead(org, number, people.queue)
    org.wait(60)
    stop = threading.Event()

    def told(call: str) -> None:
        if call == "snapshot Lead":
            stop.set()

    org.on_call = told
    Loop(process.connector, stop=stop).start()
    with process.store.reading() as view:
        state = view.streams.get("Lead")
    assert not state.snapshot_done
    assert state.snapshot_locator
    org.on_call = process.fuse.burn
    asked = org.calls["snapshot"]
    process.begin()
    with process.store.reading() as view:
        assert view.streams.get("Lead").snapshot_done
        assert len(list(view.mirror.scan("Lead"))) == 9
    assert org.calls["snapshot"] > asked


def test_a_wait_for_the_org_ends_when_the_worker_is_told_to_stop() -> None:
    stop = threading.Event()
    sleeping(stop)(0.0)
    stop.set()
    with pytest.raises(Stopped):
        sleeping(stop)(3600.0)


def test_a_worker_that_loses_its_lease_stands_by_and_takes_over_again(
    process: Process, people: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run, "STANDBY_LOOKS_EVERY", 0.01)
    object.__setattr__(process.connector.settings.sync, "poll_every", 0.01)
    stop, turns = threading.Event(), Counter[str]()
    worker = threading.Thread(target=run._work, args=(process.connector, stop, turns), daemon=True)
    worker.start()
    _until(lambda: turns["turns"] >= 2)
    other = open_store(f"sqlite:///{process.path}", OrgId(ORG), migrate=False)
    assert other.take_lease("other", clock.now() + timedelta(seconds=120), 600)
    process.connector.hold.renewed(0)
    time.sleep(0.3)
    idle = turns["turns"]
    time.sleep(0.2)
    assert turns["turns"] == idle
    assert worker.is_alive()
    other.release_lease("other")
    other.close()
    _until(lambda: turns["turns"] > idle)
    stop.set()
    worker.join(10)
    assert not worker.is_alive()


def _until(true: Callable[[], bool]) -> None:
    for _ in range(500):
        if true():
            return
        time.sleep(0.02)
    raise AssertionError("it did not come about within ten seconds")


def test_a_database_that_does_not_answer_for_a_moment_pauses_the_loop_and_status_says_so(
    process: Process, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(loop, "DATABASE_AGAIN", 0.0)
    object.__setattr__(process.connector.settings.sync, "poll_every", 0.0)
    process.begin()
    turns: list[str] = []
    failing = [OperationalError("SELECT 1", {}, Exception("server closed the connection"))]
    poll = process.connector.capture.poll

    def once(*args: Any) -> capture.Captured:
        if failing:
            raise failing.pop()
        turns.append(status(process.store).pauses)
        process.loop.stop.set()
        return poll(*args)

    monkeypatch.setattr(process.connector.capture, "poll", once)
    process.loop.run()
    assert turns == ["database: server closed the connection"]
    assert status(process.store).pauses == ""


def test_status_shows_that_the_budget_is_spent_until_a_turn_succeeds(
    process: Process, org: MemoryOrg
) -> None:
    object.__setattr__(process.connector.settings.sync, "poll_every", 0.0)
    process.begin()

    def spent(call: str) -> None:
        if call == "since ":
            process.loop.stop.set()
            raise BudgetSpent("5000 of 10000 calls are ours", delay=60)

    org.on_call = spent
    process.loop.run()
    assert status(process.store).pauses == "budget: 5000 of 10000 calls are ours"
    org.on_call = process.fuse.burn
    process.loop.stop.clear()
    process.loop.run(lambda _: process.loop.stop.set())
    assert status(process.store).pauses == ""
