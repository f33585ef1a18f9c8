"""Law 15: a batch of our writes is taken back from the previous values kept."""

from datetime import timedelta

import pytest

from connector.canonical.fact import FactKind
from connector.flows.breaker import TRIPPED
from connector.flows.undo import Fate, Selection, Undo, batch
from connector.ports.store import AttemptState
from tests.support.org import MemoryOrg
from tests.support.process import Cast, Process, lead

MESSAGE, VERDICT = "Claim_Message__c", "Claim_Verdict__c"


@pytest.fixture
def lead_id(process: Process, org: MemoryOrg, people: Cast) -> str:
    ident = lead(org, 1, people.queue, **{MESSAGE: "as it was"})
    org.wait(60)
    process.begin()
    return ident


def write(process: Process, ident: str, **values: str | None) -> None:
    process.put(*(process.wish("Lead", ident, name, value) for name, value in values.items()))
    process.turn()
    process.org.wait(5)
    process.turn()


def undo(process: Process) -> Undo:
    return Undo(process.store, process.org.mapping)


def test_what_was_written_goes_back_to_what_stood_before(
    process: Process, org: MemoryOrg, lead_id: str
) -> None:
    write(process, lead_id, **{MESSAGE: "ours", VERDICT: "Held"})
    write(process, lead_id, **{MESSAGE: "ours again"})
    done = undo(process).run(Selection(record=lead_id), org.clock)
    assert {(step.field, step.before, step.ours) for step in done.of(Fate.BACK)} == {
        (MESSAGE, "as it was", "ours again"),
        (VERDICT, None, "Held"),
    }
    process.settle_down()
    assert org.shown("Lead", lead_id)[MESSAGE] == "as it was"
    assert org.shown("Lead", lead_id)[VERDICT] is None


def test_it_enters_the_ledger_once_per_record(process: Process, org: MemoryOrg, lead_id: str) -> None:
    write(process, lead_id, **{MESSAGE: "ours", VERDICT: "Held"})
    undo(process).run(Selection(record=lead_id), org.clock)
    with process.store.reading() as view:
        [line] = [each for each in view.ledger.of_record(lead_id) if each.fact.kind is FactKind.UNDONE]
        assert view.ledger.verify() is None
        items = [item for item in view.outbox.list() if item.ledger_seq == line.seq]
    assert line.fact.detail == {MESSAGE: "ours", VERDICT: "Held"}
    assert {item.field for item in items} == {MESSAGE, VERDICT}


def test_a_plan_writes_nothing(process: Process, lead_id: str) -> None:
    write(process, lead_id, **{MESSAGE: "ours"})
    before = process.outbox()
    [step] = undo(process).plan(Selection(record=lead_id)).steps
    assert step.fate is Fate.BACK
    assert process.outbox() == before


def test_one_round_is_a_batch_and_the_rounds_before_it_stay(
    process: Process, org: MemoryOrg, lead_id: str
) -> None:
    write(process, lead_id, **{MESSAGE: "first"})
    write(process, lead_id, **{MESSAGE: "second"})
    last = [item.written_at for item in process.outbox() if item.value == "second"]
    assert last[0] is not None
    undo(process).run(batch(last[0]), org.clock)
    process.settle_down()
    assert org.shown("Lead", lead_id)[MESSAGE] == "first"


def test_what_a_person_has_set_since_is_left_alone(
    process: Process, org: MemoryOrg, people: Cast, lead_id: str
) -> None:
    write(process, lead_id, **{VERDICT: "Held"})
    org.save("Lead", lead_id, **{VERDICT: "Returned"})
    org.wait(5)
    process.turn()
    assert [step.fate for step in undo(process).run(Selection(record=lead_id), org.clock).steps] == [
        Fate.CHANGED
    ]


def test_a_person_who_acts_between_the_undo_and_the_write_is_not_overwritten(
    process: Process, org: MemoryOrg, lead_id: str
) -> None:
    write(process, lead_id, **{VERDICT: "Held"})
    undo(process).run(Selection(record=lead_id), org.clock)
    org.wait(5)
    org.save("Lead", lead_id, **{VERDICT: "Recycled"})
    org.wait(5)
    process.settle_down()
    assert org.shown("Lead", lead_id)[VERDICT] == "Recycled"


def test_where_a_newer_value_is_on_its_way_that_one_goes(
    process: Process, org: MemoryOrg, lead_id: str
) -> None:
    write(process, lead_id, **{VERDICT: "Held"})
    process.put(process.wish("Lead", lead_id, VERDICT, "Returned"))
    assert [step.fate for step in undo(process).plan(Selection(record=lead_id)).steps] == [Fate.NEWER]


def test_what_was_taken_back_is_not_taken_back_again(process: Process, org: MemoryOrg, lead_id: str) -> None:
    write(process, lead_id, **{MESSAGE: "ours"})
    undo(process).run(Selection(record=lead_id), org.clock)
    process.settle_down()
    assert [step.fate for step in undo(process).plan(Selection(record=lead_id)).steps] == [Fate.CHANGED]


def test_an_owner_goes_back_although_the_breaker_has_tripped(
    process: Process, org: MemoryOrg, people: Cast, lead_id: str
) -> None:
    owner = process.wish("Lead", lead_id, "OwnerId", people.users[0], contested=True, expected=people.queue)
    process.put(owner)
    process.turn()
    org.wait(5)
    process.turn()
    assert org.shown("Lead", lead_id)["OwnerId"] == people.users[0]
    with process.store.transaction() as tx:
        tx.notes.put(TRIPPED, "since noon")
    undo(process).run(Selection(since=org.clock - timedelta(hours=1)), org.clock)
    org.wait(5)
    process.turn()
    assert org.shown("Lead", lead_id)["OwnerId"] == people.queue
    with process.store.reading() as view:
        assert not view.outbox.list([AttemptState.RETRYABLE])
