import json
from datetime import timedelta
from pathlib import Path

import pytest

from connector.ports.org import NOT_TRIED, BudgetSpent, DaemonStopped, ErrorKind, RowResult
from connector.ports.store import AttemptState, OutboxItem
from tests.support.org import OURS, PERSON, Fate, MemoryOrg
from tests.support.process import Cast, Killed, Process, lead, mapped, small_channel

FIELD = "Claim_Message__c"


def only(process: Process) -> OutboxItem:
    [item] = process.outbox()
    return item


@pytest.fixture
def ident(org: MemoryOrg, people: Cast, process: Process) -> str:
    """A lead in the pool, mirrored."""
    made = lead(org, 1, people.queue)
    org.wait(100)
    process.begin()
    return made


def test_only_what_differs_is_written(process: Process, org: MemoryOrg, ident: str) -> None:
    """Law 12."""
    process.put(process.wish("Lead", ident, "City", org.shown("Lead", ident)["City"]))
    process.turn()
    assert only(process).state is AttemptState.DONE
    assert org.calls["write"] == 0


def test_the_fields_of_one_record_travel_in_one_row_with_what_is_expected(
    process: Process, org: MemoryOrg, people: Cast, ident: str
) -> None:
    process.put(
        process.wish("Lead", ident, FIELD, "back to the pool"),
        process.wish("Lead", ident, "OwnerId", people.users[0], contested=True, expected=people.queue),
    )
    process.turn()
    assert org.calls["write"] == 1
    assert org.shown("Lead", ident)["OwnerId"] == people.users[0]


def test_a_stale_refusal_ends_the_contested_wish_and_keeps_the_owned_ones(
    process: Process, org: MemoryOrg, people: Cast, ident: str
) -> None:
    """Law 12: a person moved the lead while our call was under way."""
    org.between.append(lambda: org.save("Lead", ident, OwnerId=PERSON))
    process.put(
        process.wish("Lead", ident, FIELD, "said all the same"),
        process.wish("Lead", ident, "OwnerId", people.users[0], contested=True, expected=people.queue),
    )
    for _ in range(3):
        process.turn()
        org.wait(3)
    by_field = {item.field: item.state for item in process.outbox()}
    assert by_field["OwnerId"] is AttemptState.SUPERSEDED
    assert org.shown("Lead", ident)["OwnerId"] == PERSON
    assert org.shown("Lead", ident)[FIELD] == "said all the same"


def test_without_the_package_a_412_is_read_again_and_retried_while_the_expected_value_stands(
    tmp_path: Path,
) -> None:
    """Law 12: another field had changed; the owner had not."""
    org = MemoryOrg(mapped(package=False), package=False)
    people = small_channel(org)
    ident = lead(org, 1, people.queue)
    org.wait(100)
    process = Process(org, tmp_path)
    process.begin()
    org.between.append(lambda: org.save("Lead", ident, LeadSource="Web"))
    process.put(
        process.wish("Lead", ident, "OwnerId", people.users[0], contested=True, expected=people.queue)
    )
    process.turn()
    assert org.shown("Lead", ident)["OwnerId"] == people.queue
    assert org.calls["write_if_unmodified"] == 1
    for _ in range(3):
        org.wait(3)
        process.turn()
    assert org.shown("Lead", ident)["OwnerId"] == people.users[0]
    process.stop()


def test_without_the_package_a_second_that_is_still_running_is_waited_for(tmp_path: Path) -> None:
    """Documented: a change inside the stamp's own second passes If-Unmodified-Since."""
    org = MemoryOrg(mapped(package=False), package=False)
    people = small_channel(org)
    ident = lead(org, 1, people.queue)
    org.wait(100)
    process = Process(org, tmp_path)
    process.begin()
    org.save("Lead", ident, LeadSource="Web")
    process.put(
        process.wish("Lead", ident, "OwnerId", people.users[0], contested=True, expected=people.queue)
    )
    process.turn()
    org.save("Lead", ident, OwnerId=people.users[1])  # in the same second
    for _ in range(4):
        org.wait(2)
        process.turn()
    assert org.shown("Lead", ident)["OwnerId"] == people.users[1]
    assert org.calls["write_if_unmodified"] == 0
    process.stop()


@pytest.mark.parametrize("fate", [Fate.LOST, Fate.LOST_BUT_DONE])
def test_after_a_lost_answer_the_record_is_read_before_it_is_written_again(
    process: Process, org: MemoryOrg, ident: str, fate: Fate
) -> None:
    """Law 11."""
    org.fates.append(fate)
    process.put(process.wish("Lead", ident, FIELD, "ours"))
    process.turn()
    assert only(process).state is AttemptState.UNKNOWN
    process.connector.dispatch.run(org.clock)
    assert org.calls["retrieve"] == 1
    for _ in range(2):
        org.wait(1)
        process.turn()
    assert only(process).state is AttemptState.DONE
    assert org.calls["write"] == (2 if fate is Fate.LOST else 1)


def test_after_a_lost_answer_a_third_value_means_that_a_person_acted(
    process: Process, org: MemoryOrg, ident: str
) -> None:
    """Law 11: neither our value nor the one before."""
    org.fates.append(Fate.LOST)
    process.put(process.wish("Lead", ident, FIELD, "ours"))
    process.turn()
    org.save("Lead", ident, Claim_Message__c="theirs")
    process.connector.dispatch.run(org.clock)
    item = only(process)
    assert item.state is AttemptState.SUPERSEDED
    assert "person acted" in (item.reason or "")
    assert org.shown("Lead", ident)[FIELD] == "theirs"


@pytest.mark.parametrize("done", [True, False], ids=["arrived", "did not arrive"])
def test_a_creation_cut_off_is_looked_up_before_it_is_repeated(
    process: Process, org: MemoryOrg, ident: str, *, done: bool
) -> None:
    """Law 11: repeating the upsert would undo what people did to the record meanwhile."""
    key = f"name_variant|{ident}|O'Neill \\ Sons"
    values = {"External_Key__c": key, "Status__c": "Open", "Kind__c": "name_variant"}
    wish = process.wish("Channel_Conflict__c", "", "*", json.dumps(values), key=key)
    process.put(type(wish)(**{**{n: getattr(wish, n) for n in wish.__dataclass_fields__}, "record": None}))
    org.fates.append(Fate.LOST_BUT_DONE if done else Fate.LOST)
    process.turn()
    rows = org.rows["Channel_Conflict__c"]
    if done:
        [made] = rows
        org.save("Channel_Conflict__c", made, Status__c="Dismissed")
    process.settle_down()
    [made] = rows
    assert rows[made]["Status__c"] == ("Dismissed" if done else "Open")
    assert org.calls["upsert"] == (1 if done else 2)
    assert only(process).state is AttemptState.DONE


def test_a_conflict_record_that_is_there_already_is_left_to_people(
    process: Process, org: MemoryOrg, ident: str
) -> None:
    made = org.create("Channel_Conflict__c", External_Key__c="poach|a|b", Status__c="Dismissed")
    org.wait(10)
    process.turn(watermark=True)
    values = json.dumps({"External_Key__c": "poach|a|b", "Status__c": "Open"})
    wish = process.wish("Channel_Conflict__c", "", "*", values, key="poach|a|b")
    process.put(type(wish)(**{**{n: getattr(wish, n) for n in wish.__dataclass_fields__}, "record": None}))
    process.turn()
    assert org.rows["Channel_Conflict__c"][made]["Status__c"] == "Dismissed"
    assert org.calls["upsert"] == 0


def test_a_call_that_nobody_answers_puts_back_only_what_was_not_answered(
    tmp_path: Path,
) -> None:
    """The collection was written; the conditional row after it was not."""
    org = MemoryOrg(mapped(package=False), package=False)
    people = small_channel(org)
    first, second = lead(org, 1, people.queue), lead(org, 2, people.queue)
    org.wait(100)
    process = Process(org, tmp_path)
    process.begin()
    org.fates += [Fate.DONE, Fate.NOBODY_ANSWERS]
    process.put(
        process.wish("Lead", first, FIELD, "ours"),
        process.wish("Lead", second, "OwnerId", people.users[0], contested=True, expected=people.queue),
    )
    process.turn()
    states = {item.record: item.state for item in process.outbox()}
    assert states == {first: AttemptState.WRITTEN, second: AttemptState.RETRYABLE}
    org.wait(10)
    process.turn()
    assert org.calls["write"] == 1
    assert org.shown("Lead", second)["OwnerId"] == people.users[0]
    process.stop()


@pytest.mark.parametrize("fault", [BudgetSpent("paused: budget"), DaemonStopped("the login is refused")])
def test_a_refusal_of_the_whole_org_puts_everything_back_and_is_passed_on(
    process: Process, org: MemoryOrg, ident: str, fault: Exception
) -> None:
    process.put(process.wish("Lead", ident, FIELD, "ours"))

    def refuses(call: str) -> None:
        if call.startswith("write"):
            raise fault

    org.on_call = refuses
    with pytest.raises(type(fault)):
        process.connector.dispatch.run(org.clock)
    assert only(process).state is AttemptState.RETRYABLE
    org.on_call = process.fuse.burn


def test_an_empty_budget_never_makes_a_dead_letter(process: Process, org: MemoryOrg, ident: str) -> None:
    org.refusals[ident] = RowResult(
        id=ident, success=False, code="REQUEST_LIMIT_EXCEEDED", message="", kind=ErrorKind.BUDGET
    )
    process.put(process.wish("Lead", ident, FIELD, "ours"))
    for _ in range(15):
        process.connector.dispatch.run(org.clock)
        org.wait(timedelta(minutes=16).total_seconds())
    assert only(process).state is AttemptState.RETRYABLE
    assert only(process).attempts == 15


@pytest.mark.parametrize("kind", [ErrorKind.AUTH, ErrorKind.RETRY, ErrorKind.BUDGET])
def test_a_row_that_was_never_sent_goes_again_soon_however_often_that_happens(
    process: Process, org: MemoryOrg, ident: str, kind: ErrorKind
) -> None:
    """Law 14: what stopped the calls before its turn says nothing about the row."""
    org.refusals[ident] = RowResult(id=ident, success=False, code=NOT_TRIED, message="not sent", kind=kind)
    process.put(process.wish("Lead", ident, FIELD, "ours"))
    for _ in range(15):
        process.connector.dispatch.run(org.clock)
        org.wait(3)
    assert (only(process).state, only(process).attempts) == (AttemptState.RETRYABLE, 0)
    org.refusals.clear()
    process.connector.dispatch.run(org.clock)
    assert only(process).state is AttemptState.WRITTEN


def test_waiting_for_the_mirror_uses_up_no_attempt_and_has_a_due_time(
    process: Process, org: MemoryOrg, people: Cast, ident: str
) -> None:
    fresh = lead(org, 2, people.queue)  # not mirrored
    process.put(process.wish("Lead", fresh, FIELD, "ours"))
    for _ in range(15):
        process.connector.dispatch.run(org.clock)
        item = only(process)
        assert item.next_try is not None
        assert item.next_try > org.clock
        org.wait(11)
    assert (item.state, item.attempts) == (AttemptState.RETRYABLE, 0)


def test_a_lock_that_never_opens_becomes_a_dead_letter_with_its_reason(
    process: Process, org: MemoryOrg, ident: str
) -> None:
    process.put(process.wish("Lead", ident, FIELD, "ours"))
    for _ in range(14):
        org.fates[:] = [Fate.LOCKED]
        process.connector.dispatch.run(org.clock)
        org.wait(timedelta(minutes=16).total_seconds())
    item = only(process)
    assert (item.state, item.code) == (AttemptState.DEAD, "UNABLE_TO_LOCK_ROW")


def test_one_dead_letter_stops_no_other_record(
    process: Process, org: MemoryOrg, people: Cast, ident: str
) -> None:
    """Law 14; and newer desired values of the same record replace the dead one."""
    good = lead(org, 2, people.queue)
    org.wait(10)
    process.turn()
    org.refusals[ident] = RowResult(
        id=ident,
        success=False,
        code="FIELD_CUSTOM_VALIDATION_EXCEPTION",
        message="on legal hold",
        kind=ErrorKind.DEAD,
    )
    process.put(process.wish("Lead", ident, FIELD, "ours"), process.wish("Lead", good, FIELD, "ours"))
    process.turn()
    dead = {item.record: (item.state, item.reason) for item in process.outbox()}
    assert dead[ident] == (AttemptState.DEAD, "on legal hold")
    assert org.shown("Lead", good)[FIELD] == "ours"
    org.refusals.clear()
    process.put(process.wish("Lead", ident, FIELD, "newer", cause="00Q|newer||20260302T100000"))
    process.turn()
    assert org.shown("Lead", ident)[FIELD] == "newer"


@pytest.mark.parametrize("how", ["deleted", "converted"])
def test_a_record_that_takes_no_writes_any_more_is_left_alone(
    process: Process, org: MemoryOrg, ident: str, how: str
) -> None:
    if how == "deleted":
        org.delete("Lead", ident)
    else:
        org.save("Lead", ident, IsConverted="true")
    process.put(process.wish("Lead", ident, FIELD, "ours"))
    process.turn()
    assert only(process).state is AttemptState.SUPERSEDED
    assert org.calls["write"] == 0


def test_shadow_mode_says_what_it_would_write_and_writes_nothing(
    process: Process, org: MemoryOrg, ident: str
) -> None:
    process.connector.dispatch._shadow = True
    process.put(process.wish("Lead", ident, FIELD, "ours"))
    done = process.connector.dispatch.run(org.clock)
    assert [(item.record, item.value) for item in done.shadow] == [(ident, "ours")]
    assert org.wrote == []
    assert only(process).state is AttemptState.AVAILABLE


def test_shadow_mode_leaves_out_what_would_never_be_written(
    process: Process, org: MemoryOrg, people: Cast, ident: str
) -> None:
    """Law 12: shown already, moved on, or gone; and the outbox stays as it was."""
    gone = lead(org, 2, people.queue)
    org.wait(10)
    process.turn()
    org.delete("Lead", gone)
    org.wait(10)
    process.turn(watermark=True)
    process.put(
        process.wish("Lead", ident, "City", org.shown("Lead", ident)["City"]),
        process.wish("Lead", ident, "OwnerId", people.users[0], contested=True, expected=people.users[1]),
        process.wish("Lead", ident, FIELD, "ours"),
        process.wish("Lead", gone, FIELD, "ours"),
    )
    before = process.outbox()
    process.connector.dispatch._shadow = True
    done = process.connector.dispatch.run(org.clock)
    assert [(item.record, item.field) for item in done.shadow] == [(ident, FIELD)]
    assert process.outbox() == before


def test_a_process_killed_between_taking_and_sending_sends_once_in_the_end(
    process: Process, org: MemoryOrg, ident: str
) -> None:
    process.put(process.wish("Lead", ident, FIELD, "ours"))

    def dies(call: str) -> None:
        if call.startswith("write"):
            raise Killed

    org.on_call = dies
    assert process.killed(lambda: process.connector.dispatch.run(org.clock))
    org.on_call = process.fuse.burn
    assert only(process).state is AttemptState.RUNNING
    process.settle_down()
    assert [wrote.value for wrote in org.wrote] == ["ours"]
    assert org.shown("Lead", ident)["LastModifiedById"] == OURS
