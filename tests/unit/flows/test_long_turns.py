"""Turns that take long, break off in the middle, or come after an outage."""

import pytest

from connector.flows import capture
from connector.ports.org import RetryLater
from connector.telemetry import clock
from tests.support.org import MemoryOrg
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
