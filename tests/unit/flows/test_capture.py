import pytest

from connector.canonical.docket import ClaimEntry, ClaimState
from connector.canonical.fact import FactKind
from connector.flows.faults import FaultSort, faults
from connector.flows.status import status
from connector.ports.org import RecordRefused, StreamStopped
from tests.support.org import MemoryOrg
from tests.support.process import Cast, Killed, Process, lead, live, mirrored


def pending(process: Process) -> list[tuple[FactKind, str]]:
    with process.store.reading() as view:
        return [(fact.kind, fact.record) for fact in view.facts.pending()]


def test_a_snapshot_broken_off_goes_on_where_it_was_and_loses_no_change_of_meanwhile(
    process: Process, org: MemoryOrg, people: Cast
) -> None:
    """The stream begins where the first attempt began: pages loaded then are older than the rest."""
    leads = [lead(org, number, people.queue) for number in range(7)]
    org.wait(60)
    process.loop._lease()
    process.connector.capture.declare()

    def dies(call: str) -> None:
        if call == "snapshot Lead" and org.calls["snapshot"] == 3:
            raise Killed

    org.on_call = dies
    with pytest.raises(Killed):
        process.connector.capture.snapshot("Lead")
    org.on_call = process.fuse.burn
    org.save("Lead", leads[0], LeadSource="changed meanwhile")
    org.wait(600)
    process.stop()
    process.start()
    process.begin()
    assert org.calls["snapshot"] < 3 + 11 + 3  # two pages of leads were not asked for again
    process.turn(watermark=True)
    assert mirrored(process) == live(org)


def test_a_row_committed_late_below_the_cursor_is_fetched_by_id(
    process: Process, org: MemoryOrg, people: Cast
) -> None:
    """Law 6: its stamp lies inside a second that was read long ago, above the version that we know."""
    ident, other = lead(org, 1, people.queue), lead(org, 2, people.queue)
    org.wait(10)
    process.begin()
    org.save("Lead", ident, LeadSource="before")
    org.wait(1)
    held = org.hold("Lead", ident, LeadSource="late")
    org.wait(60)
    org.save("Lead", other, LeadSource="moves the cursor on")
    org.wait(60)
    process.turn(watermark=True)
    with process.store.reading() as view:
        mark = view.streams.get("Lead").watermark
    assert mark is not None
    assert mark <= held.stamp
    org.commit(held)
    process.turn()
    assert mirrored(process)["Lead"][ident]["LeadSource"] == "before"
    org.wait(60)
    process.turn(watermark=True)
    assert mirrored(process)["Lead"][ident]["LeadSource"] == "late"


def test_a_merge_committed_late_is_no_delete(process: Process, org: MemoryOrg, people: Cast) -> None:
    survivor, loser = lead(org, 1, people.queue), lead(org, 2, people.queue)
    org.wait(10)
    process.begin()
    org.wait(1)
    held = org.hold("Lead", loser, IsDeleted="true", MasterRecordId=survivor)
    org.wait(120)
    process.turn(watermark=True)
    org.commit(held)
    org.wait(61)
    process.connector.capture.confirm("Lead")
    with process.store.reading() as view:
        version = view.mirror.get("Lead", [loser])[loser]
    assert version.deleted
    assert version.master == survivor
    assert (FactKind.MERGED, loser) in pending(process)


def test_a_hard_delete_is_buried_by_the_list_of_deletes(
    process: Process, org: MemoryOrg, people: Cast
) -> None:
    ident = lead(org, 1, people.queue)
    org.wait(10)
    process.begin()
    org.erase("Lead", ident)
    org.wait(61)
    process.connector.capture.poll(["Lead"])
    assert ident in mirrored(process)["Lead"]
    process.connector.capture.confirm("Lead")
    assert ident not in mirrored(process)["Lead"]


def test_a_record_that_leaves_the_filter_is_gone(process: Process, org: MemoryOrg, people: Cast) -> None:
    """Filters run in the mapper: the row stays mirrored, the canonical record is a tombstone."""
    filing = org.create(
        "Deal_Registration__c", people.users[0], Partner_Account__c=people.firms[0], Status__c="Submitted"
    )
    org.wait(10)
    process.begin()
    org.wait(10)
    org.save("Deal_Registration__c", filing, people.users[0], Status__c="Draft")
    org.wait(1)
    process.connector.capture.poll(("Deal_Registration__c",))
    assert (FactKind.DELETED, filing) in pending(process)
    assert filing in mirrored(process)["Deal_Registration__c"]


def test_one_stream_that_cannot_go_on_stops_no_other_and_is_named_in_status(
    process: Process, org: MemoryOrg, people: Cast
) -> None:
    """Law 14."""
    ident = lead(org, 1, people.queue)
    org.wait(10)
    process.begin()
    org.stopped["Task"] = StreamStopped("Task: the field WhatId is gone; correct the mapping")
    org.wait(10)
    org.save("Lead", ident, people.users[0], OwnerId=people.users[0])
    process.settle_down()
    assert org.shown("Lead", ident)["Claim_Verdict__c"] == "Held"
    told = {stream.object: stream.stopped for stream in status(process.store).streams}
    assert "WhatId is gone" in told["Task"]
    assert not any(reason for name, reason in told.items() if name != "Task")
    org.stopped.clear()
    process.turn(watermark=True)
    assert not any(stream.stopped for stream in status(process.store).streams)


def test_an_object_that_cannot_be_read_at_first_holds_judging_back_but_not_the_other_mirrors(
    process: Process, org: MemoryOrg, people: Cast
) -> None:
    """Half an org would make wrong verdicts: nothing is judged or written before every object is mirrored."""
    ident = lead(org, 1, people.users[0])
    org.stopped["Opportunity"] = StreamStopped("Opportunity: the login may not read it")
    org.wait(10)
    process.begin()
    process.turn()
    assert mirrored(process)["Lead"].keys() == {ident}
    with process.store.reading() as view:
        assert not list(view.docket.all(ClaimEntry))
    org.stopped.clear()
    org.wait(61)
    process.turn(watermark=True)
    with process.store.reading() as view:
        assert [claim.state for claim in view.docket.all(ClaimEntry)] == [ClaimState.ACTIVE]


def test_a_fault_that_names_no_object_of_ours_is_not_swallowed(process: Process, org: MemoryOrg) -> None:
    process.begin()

    def refuses(call: str) -> None:
        if call.startswith("since"):
            raise RecordRefused("malformed")

    org.on_call = refuses
    with pytest.raises(RecordRefused):
        process.turn()
    org.on_call = process.fuse.burn


def test_an_unreadable_record_is_told_with_its_reason_and_forgotten_once_mended(
    process: Process, org: MemoryOrg, people: Cast
) -> None:
    """Law 14: it stops nobody, is no delete, and status shows what to correct."""
    bad, good = lead(org, 1, people.queue), lead(org, 2, people.queue)
    org.wait(10)
    process.begin()
    org.save("Lead", bad, people.users[0], OwnerId=people.users[0], NumberOfEmployees="many")
    org.save("Lead", good, people.users[1], OwnerId=people.users[1])
    process.settle_down()
    [told] = status(process.store).faults
    assert (told.sort, told.object, told.record, told.field) == (
        FaultSort.UNREADABLE,
        "Lead",
        bad,
        "NumberOfEmployees",
    )
    assert "'many'" in told.reason
    assert org.shown("Lead", good)["Claim_Verdict__c"] == "Held"
    assert org.shown("Lead", bad)["Claim_Verdict__c"] is None
    org.save("Lead", bad, people.users[0], NumberOfEmployees="12")
    process.settle_down()
    with process.store.reading() as view:
        assert faults(view) == ()
    assert org.shown("Lead", bad)["Claim_Verdict__c"] == "Held"


def test_a_claim_by_a_user_whom_the_mirror_has_not_seen_yet_is_a_claim(
    process: Process, org: MemoryOrg, people: Cast
) -> None:
    """The owner is fetched before the lead is read, however many pages of users are behind."""
    ident = lead(org, 1, people.queue)
    org.wait(10)
    process.begin()
    org.wait(10)
    for number in range(7):
        org.create("User", Name=f"New {number}", IsActive="true")
    seller = org.create(
        "User", Name="Last", AccountId=people.firms[0], IsActive="true", LanguageLocaleKey="en_US"
    )
    org.save("Lead", ident, seller, OwnerId=seller)
    process.loop.turn()
    assert (FactKind.CLAIMED, ident) in pending(process)


def test_an_activity_of_either_object_is_work_on_the_lead(
    process: Process, org: MemoryOrg, people: Cast
) -> None:
    """R3.8: Task and Event alike."""
    for number, name in enumerate(("Task", "Event")):
        ident = lead(org, number, people.queue)
        org.wait(10)
        if not number:
            process.begin()
        org.save("Lead", ident, people.users[0], OwnerId=people.users[0])
        org.wait(10)
        org.create(name, people.users[0], WhoId=ident, Subject="Call")
        process.settle_down()
        assert org.shown("Lead", ident)["Claim_Verdict__c"] == "Worked"
