"""Law 15: live writing widens in stages: messages only, one tier, all."""

import pytest

from connector.flows.dispatch import Dispatch
from connector.flows.staging import HELD, Stage, stage
from connector.flows.status import status
from connector.ports.store import AttemptState
from connector.settings import SyncSection
from tests.support.org import MemoryOrg
from tests.support.process import Cast, Process, lead

MESSAGE, VERDICT = "Claim_Message__c", "Claim_Verdict__c"
MESSAGES_ONLY = stage(SyncSection(live="messages_only"))


@pytest.fixture
def held(process: Process, org: MemoryOrg, people: Cast) -> str:
    """A lead that the first firm, Silver, has claimed, judged under `messages_only`."""
    ident = lead(org, 1, people.queue)
    org.wait(60)
    process.begin()
    limited(process, MESSAGES_ONLY)
    org.save("Lead", ident, people.users[0], OwnerId=people.users[0])
    turns(process)
    return ident


def limited(process: Process, to: Stage) -> None:
    """The next run of the daemon writes under another stage."""
    process.start()
    c = process.connector
    dispatch = Dispatch(process.org, process.store, c.mapping, policies=process.policies, stage=to)
    object.__setattr__(c, "dispatch", dispatch)


def turns(process: Process, number: int = 6) -> None:
    for _ in range(number):
        process.org.wait(30)
        process.turn(watermark=True)


def test_at_first_only_messages_are_written(process: Process, org: MemoryOrg, held: str) -> None:
    shown = org.shown("Lead", held)
    assert shown[MESSAGE]
    assert shown[VERDICT] is None


def test_what_is_held_back_is_counted_and_shown(process: Process, held: str) -> None:
    found = status(process.store)
    assert found.live == "messages only"
    with process.store.reading() as view:
        waiting = view.outbox.list([AttemptState.RETRYABLE])
    assert found.held == len(waiting) > 0
    assert {item.code for item in waiting} == {HELD}
    assert all("widen `live`" in (item.reason or "") for item in waiting)


def test_a_tier_of_another_firm_changes_nothing_for_it(process: Process, org: MemoryOrg, held: str) -> None:
    limited(process, stage(SyncSection(live="tiers", live_tiers=("Gold",))))
    turns(process)
    assert org.shown("Lead", held)[VERDICT] is None


def test_one_tier_gets_everything(process: Process, org: MemoryOrg, people: Cast, held: str) -> None:
    limited(process, stage(SyncSection(live="tiers", live_tiers=("Silver",))))
    turns(process)
    assert org.shown("Lead", held)[VERDICT] == "Held"
    assert org.shown("Account", people.firms[0])["Claims_Held__c"] == "1"


def test_once_widened_to_all_everything_held_is_written(process: Process, org: MemoryOrg, held: str) -> None:
    limited(process, stage(SyncSection()))
    turns(process)
    assert org.shown("Lead", held)[VERDICT] == "Held"
    assert status(process.store).held == 0


def test_what_is_held_back_is_not_tried_again_at_every_turn(process: Process, held: str) -> None:
    """Law 21: a stage may last for weeks and hold back many thousands."""
    with process.store.transaction() as tx:
        assert not tx.outbox.take(process.org.clock, 100)
