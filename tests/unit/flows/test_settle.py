import dataclasses
from datetime import timedelta
from typing import Any

import pytest

from connector.canonical.fact import Fact
from connector.canonical.verdict import Outcome
from connector.flows import judging, settle
from connector.flows.breaker import reset
from connector.flows.faults import FaultSort, faults
from connector.flows.scratch import Scratch
from connector.flows.status import status
from connector.policy.model import Policies, Safety
from connector.ports.store import AttemptState
from connector.rules.decision import Decision
from connector.rules.fold import fold
from tests.support.org import OURS, MemoryOrg
from tests.support.process import Cast, Process, lead


def breaking_on(record: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The world cannot be asked about this record's facts: a decision on them raises."""

    def broken(facts: Any, docket: Any, world_of: Any, policies: Any, until: Any) -> Any:
        def world(fact: Fact, inner: Any) -> Any:
            made = world_of(fact, inner)
            if fact.record == record:
                raise ZeroDivisionError("a rule divides by nothing")
            return made

        return fold(facts, docket, world, policies, until)

    monkeypatch.setattr(judging, "fold", broken)


def test_a_decision_that_raises_defers_its_own_fact_and_stops_no_other(
    process: Process, org: MemoryOrg, people: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Laws 8 and 14."""
    bad, good = lead(org, 1, people.queue), lead(org, 2, people.queue)
    org.wait(10)
    process.begin()
    org.save("Lead", bad, people.users[0], OwnerId=people.users[0])
    org.save("Lead", good, people.users[1], OwnerId=people.users[1])
    breaking_on(bad, monkeypatch)
    process.settle_down()
    assert org.shown("Lead", good)["Claim_Verdict__c"] == "Held"
    assert org.shown("Lead", bad)["Claim_Verdict__c"] is None
    with process.store.reading() as view:
        [line] = view.ledger.of_record(bad)
        [told] = faults(view)
    assert line.verdict is not None
    assert line.verdict.outcome is Outcome.DEFER
    assert "divides by nothing" in line.verdict.findings[0].params["reason"]
    assert (told.sort, told.record) == (FaultSort.UNDECIDED, bad)


def test_a_run_of_many_batches_counts_every_verdict_and_keeps_no_decision(
    process: Process, org: MemoryOrg, people: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Law 21: memory is bounded by the size of one batch, however long a run is."""
    monkeypatch.setattr(settle, "BATCH", 1)
    idents = [lead(org, number, people.queue) for number in range(4)]
    org.wait(10)
    process.begin()
    for ident in idents:
        org.save("Lead", ident, people.users[0], OwnerId=people.users[0])
        org.wait(5)
    org.wait(120)
    while process.connector.capture.poll(("Lead",)).more:
        pass
    done = process.connector.settle.sealed(org.clock, org.clock)
    assert {f.name: getattr(done, f.name) for f in dataclasses.fields(done)} == {
        "facts": 4,
        "wishes": done.wishes,
        "ruled": {Outcome.APPROVE: 4},
    }
    assert isinstance(done.wishes, int)
    assert done.wishes >= 2 * len(idents)
    assert [done.verdicts(each) for each in Outcome] == [4, 0, 0]


def test_a_tick_that_raises_is_deferred_once_and_does_not_come_again(
    process: Process, org: MemoryOrg, people: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    ident = lead(org, 1, people.users[0])
    org.wait(10)
    process.begin()
    breaking_on(ident, monkeypatch)
    org.wait(11 * 86_400)
    process.settle_down()
    process.settle_down()
    with process.store.reading() as view:
        lines = [line for line in view.ledger.of_record(ident) if line.fact.value == "work_by"]
    assert [line.verdict.outcome for line in lines if line.verdict] == [Outcome.DEFER]


def test_a_store_that_fails_is_no_facts_fault(
    process: Process, org: MemoryOrg, people: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    ident = lead(org, 1, people.queue)
    org.wait(10)
    process.begin()
    org.save("Lead", ident, people.users[0], OwnerId=people.users[0])
    org.wait(120)

    def gone(*_: object) -> object:
        raise OSError("the disk is gone")

    monkeypatch.setattr(judging, "fold", gone)
    monkeypatch.setattr("connector.store.streams.SqlNotes.get", gone)
    with pytest.raises(OSError, match="the disk is gone"):
        process.connector.settle.sealed(org.clock, org.clock)
    monkeypatch.undo()
    process.settle_down()
    assert org.shown("Lead", ident)["Claim_Verdict__c"] == "Held"


def test_a_value_without_a_word_in_the_org_leaves_the_field_alone_and_is_told(
    process: Process, org: MemoryOrg, people: Cast
) -> None:
    """Clearing the field instead would say something that nobody ruled."""
    ident = lead(org, 1, people.queue, Claim_Verdict__c="Released")
    org.wait(10)
    process.begin()
    target = org.mapping.write(*org.mapping.slots_of("Lead")["Claim_Verdict__c"])
    assert target is not None
    held = dict(target.values)
    try:
        target.values.pop("held")  # type: ignore[attr-defined]
        org.save("Lead", ident, people.users[0], OwnerId=people.users[0])
        process.settle_down()
    finally:
        target.values.clear()  # type: ignore[attr-defined]
        target.values.update(held)  # type: ignore[attr-defined]
    assert org.shown("Lead", ident)["Claim_Verdict__c"] == "Released"
    assert org.shown("Lead", ident)["Claim_Message__c"]
    [told] = status(process.store).faults
    assert (told.sort, told.field, told.record) == (FaultSort.UNWRITABLE, "Claim_Verdict__c", ident)


@pytest.mark.parametrize("written", [True, False], ids=["after the write", "before the write"])
@pytest.mark.parametrize("person", [True, False], ids=["edited since", "untouched"])
def test_what_stood_provisionally_and_is_not_confirmed_goes_back(
    process: Process,
    org: MemoryOrg,
    people: Cast,
    monkeypatch: pytest.MonkeyPatch,
    *,
    written: bool,
    person: bool,
) -> None:
    """Law 3: the value from before returns, unless somebody has set the field meanwhile."""
    ident = lead(org, 1, people.queue, Claim_Message__c="from before")
    org.wait(100)
    process.begin()
    org.save("Lead", ident, people.users[0], OwnerId=people.users[0])
    org.wait(1)
    if written:
        process.loop.turn()
        assert org.shown("Lead", ident)["Claim_Message__c"] != "from before"
        org.wait(1)
        process.loop.turn()
    else:
        process.connector.capture.poll(("Lead",))
        process.connector.settle.provisional(org.clock)
    if person:
        org.save("Lead", ident, Claim_Message__c="by a person")
        org.wait(5)

    def silent(facts: Any, *_: object) -> Any:
        return (Decision(fact=fact) for fact in facts)

    monkeypatch.setattr(judging, "fold", silent)
    process.settle_down()
    shown = org.shown("Lead", ident)
    assert shown["Claim_Message__c"] == ("by a person" if person else "from before")
    assert shown["Claim_Verdict__c"] is None


def test_a_sealed_verdict_confirms_the_provisional_one_without_writing_again(
    process: Process, org: MemoryOrg, people: Cast
) -> None:
    ident = lead(org, 1, people.queue)
    org.wait(100)
    process.begin()
    org.save("Lead", ident, people.users[0], OwnerId=people.users[0])
    org.wait(1)
    process.loop.turn()
    assert org.shown("Lead", ident)["Claim_Verdict__c"] == "Held"
    process.settle_down()
    words = [wrote.value for wrote in org.wrote if wrote.field == "Claim_Verdict__c"]
    assert words == ["Held"]
    assert {item.provisional for item in process.outbox() if item.record == ident} == {False}


def test_in_a_burst_every_waiting_fact_is_judged_early_and_once(
    process: Process, org: MemoryOrg, people: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Law 3; and page by page, on one scratch docket (law 21)."""
    monkeypatch.setattr(settle, "BATCH", 2)
    idents = [lead(org, number, people.queue) for number in range(7)]
    org.wait(100)
    process.begin()
    looked: list[str] = []

    def news() -> None:
        while process.connector.capture.poll(("Lead",)).more:
            pass
        process.connector.settle.provisional(org.clock)

    def watched(facts: Any, *rest: Any) -> Any:
        looked.extend(fact.record for fact in facts)
        return fold(facts, *rest)

    monkeypatch.setattr(judging, "fold", watched)
    for ident in idents[1:6]:
        org.save("Lead", ident, people.users[0], OwnerId=people.users[0])
        org.wait(2)
    news()
    assert looked == idents[1:6]
    said = {item.record: item.value for item in process.outbox() if item.field == "Claim_Verdict__c"}
    assert said == dict.fromkeys(idents[1:6], "Held")
    org.save("Lead", idents[6], people.users[0], OwnerId=people.users[0])
    org.wait(1)
    news()
    assert looked == idents[1:]
    with process.store.transaction() as tx:
        oldest = tx.facts.pending()[0]
        tx.facts.add([oldest.model_copy(update={"record": idents[0]})])
    process.connector.settle.provisional(org.clock)
    assert sorted(looked[6:]) == sorted(idents)
    assert process.connector.settle.provisional(org.clock).facts == 0


def test_an_early_verdict_of_a_later_page_counts_what_the_pages_before_it_claimed(
    process: Process, org: MemoryOrg, people: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The pages of a burst, and the runs after it, say what one batch would have said."""

    def early() -> dict[tuple[str, str], Any]:
        process.connector.settle._scratch = Scratch()
        process.connector.settle.provisional(org.clock)
        return {place: entry for place, (_, entry) in process.connector.settle._scratch._changed.items()}

    idents = [lead(org, number, people.queue) for number in range(6)]
    org.wait(100)
    process.begin()
    for ident in idents:
        org.save("Lead", ident, people.users[0], OwnerId=people.users[0])
        org.wait(2)
    while process.connector.capture.poll(("Lead",)).more:
        pass
    whole = early()
    monkeypatch.setattr(settle, "BATCH", 1)
    assert early() == whole
    assert len(whole) >= len(idents)


def test_provisional_writes_leave_contested_fields_alone(
    process: Process, org: MemoryOrg, people: Cast
) -> None:
    """Law 3: the lead goes back only once the ruling is for good."""
    for number in range(20):
        lead(org, number, people.users[0], Status="Working")
    ident = lead(org, 30, people.queue)
    org.wait(100)
    process.begin()
    org.save("Lead", ident, people.users[0], OwnerId=people.users[0])
    org.wait(1)
    process.loop.turn()
    assert org.shown("Lead", ident)["Claim_Verdict__c"] == "Returned"
    assert org.shown("Lead", ident)["OwnerId"] == people.users[0]
    process.settle_down()
    assert org.shown("Lead", ident)["OwnerId"] == people.queue


def test_too_many_owner_changes_in_an_hour_pause_contested_writes_until_a_person_looks(
    process: Process, org: MemoryOrg, people: Cast
) -> None:
    """Law 15: owned fields go on, `status` says why, and `reset` lets it go on."""
    leads = [lead(org, number, people.queue) for number in range(30)]
    org.wait(100)
    versions = tuple(
        policy.model_copy(update={"safety": Safety(owner_changes_per_hour=3)})
        for policy in process.policies.versions
    )
    process.policies = Policies(versions=versions)
    process.stop()
    process.start()
    process.begin()
    for ident in leads:
        org.wait(1)
        org.save("Lead", ident, people.users[0], OwnerId=people.users[0])
    org.wait(100)
    for _ in range(6):
        org.wait(40)
        process.turn(watermark=True)
    back = [ident for ident in leads if org.shown("Lead", ident)["OwnerId"] == people.queue]
    assert len(back) <= 3
    said = [ident for ident in leads if org.shown("Lead", ident)["Claim_Verdict__c"] == "Returned"]
    assert len(said) == 10
    assert "more than 3 owner changes" in status(process.store).paused
    waiting = [item for item in process.outbox() if item.state is AttemptState.RETRYABLE]
    assert {item.field for item in waiting} == {"OwnerId"}
    process.policies = Policies(
        versions=tuple(policy.model_copy(update={"safety": Safety()}) for policy in versions)
    )
    process.stop()
    process.start()
    reset(process.store)
    org.wait(timedelta(minutes=6).total_seconds())
    process.settle_down()
    assert status(process.store).paused == ""
    assert sum(org.shown("Lead", ident)["OwnerId"] == people.queue for ident in leads) == 10
    assert all(
        org.shown("Lead", ident)["LastModifiedById"] == OURS for ident in leads
    )  # every one of them carries a verdict
