"""Law 15: what counts as a rejection, and what so many of them within an hour bring about."""

from datetime import timedelta
from pathlib import Path

import pytest

from connector.flows.breaker import Breaker, rejections, reset
from connector.flows.status import status
from connector.policy.model import Beyond, Policies, Safety
from connector.scenario.file import load_story
from connector.scenario.memory import Memory
from connector.scenario.story import Story
from tests.architecture.code import ROOT
from tests.support.org import MemoryOrg
from tests.support.process import Cast, Process

ORDERS, HOUR = "orders_rejected", timedelta(hours=1)


def told(name: str) -> Story:
    path = ROOT / "tests" / "scenarios" / name
    story, faults = load_story(path.read_text(encoding="utf-8"), name)
    assert story is not None, faults
    return story


@pytest.mark.parametrize(
    ("name", "counted"),
    [
        ("orders/sent_back.yaml", {ORDERS: 1}),
        ("orders/duplicate_form.yaml", {ORDERS: 1}),
        ("orders/two_reviews.yaml", {}),
        ("registration/late_stage.yaml", {"registrations_rejected": 1}),
    ],
)
def test_an_order_counts_once_when_it_is_refused_and_when_a_review_sends_it_back(
    name: str, counted: dict[str, int]
) -> None:
    memory = Memory(told(name))
    memory.play()
    assert rejections(memory.decisions) == counted


def limited(allowed: int, beyond: Beyond = Beyond.PAUSE_AND_ALERT) -> Policies:
    safety = Safety(rejects_per_hour=allowed, beyond=beyond)
    versions = told("orders/sent_back.yaml").policies.versions
    return Policies(versions=tuple(policy.model_copy(update={"safety": safety}) for policy in versions))


def test_more_rejected_orders_within_an_hour_than_allowed_pause_contested_writing(
    process: Process, org: MemoryOrg, people: Cast, tmp_path: Path
) -> None:
    policies, now = limited(2), org.clock
    for number, moment in enumerate((now - 2 * HOUR, now, now, now), start=1):
        with process.store.transaction() as tx:
            Breaker(tx, policies, moment).count(ORDERS, 1)
        assert bool(status(process.store).paused) == (number == 4), number
    assert "more than 2 orders rejected within an hour" in status(process.store).paused
    reset(process.store)
    with process.store.transaction() as tx:
        Breaker(tx, policies, now).count(ORDERS, 1)
    assert not status(process.store).paused
