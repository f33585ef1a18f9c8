from collections.abc import Iterator, Sequence

import pytest

from connector.ports.store import AttemptState, Outbox, OutboxItem
from connector.store import SqlStore
from tests.contract.store.synthetic import NOON, lead_id, second, wish

S = AttemptState


@pytest.fixture
def outbox(store: SqlStore) -> Iterator[Outbox]:
    with store.transaction() as tx:
        yield tx.outbox


def rows(outbox: Outbox) -> list[tuple[str | None, AttemptState]]:
    return [(item.value, item.state) for item in outbox.list()]


def sent(outbox: Outbox, state: AttemptState, when: int = 1) -> OutboxItem:
    """Take the only item that may go, and say what became of it."""
    [item] = outbox.take(second(when), 10)
    outbox.settle([item.id], state, now=second(when))
    return item


def fields(items: Sequence[OutboxItem]) -> list[tuple[str | None, str]]:
    return [(item.record, item.field) for item in items]


def test_a_wish_becomes_an_item_that_may_go(outbox: Outbox) -> None:
    outbox.put([wish(1, value="NUL \0 😀", expected="x\0", contested=True)], NOON)
    [item] = outbox.take(second(1), 10)
    assert (item.value, item.expected, item.state, item.attempts) == ("NUL \0 😀", "x\0", S.RUNNING, 1)
    assert (item.created_at, item.caused_at, item.cause) == (NOON, NOON, "fact 1")
    assert outbox.take(second(1), 10) == []


def test_a_newer_value_replaces_an_undelivered_one(outbox: Outbox) -> None:
    """Law 11: the newest ledger entry wins."""
    outbox.put([wish(1, ledger_seq=1)], NOON)
    outbox.put([wish(1, value="rejected", ledger_seq=2)], second(5))
    assert rows(outbox) == [("rejected", S.AVAILABLE)]


def test_an_older_ledger_entry_that_comes_late_changes_nothing(outbox: Outbox) -> None:
    outbox.put([wish(1, ledger_seq=2)], NOON)
    outbox.put([wish(1, value="old", ledger_seq=1)], second(5))
    assert rows(outbox) == [("approved", S.AVAILABLE)]


def test_a_newer_value_replaces_a_dead_letter(outbox: Outbox) -> None:
    """Law 14."""
    outbox.put([wish(1, value="too long")], NOON)
    [item] = outbox.take(second(1), 10)
    outbox.settle([item.id], S.DEAD, now=second(1), code="STRING_TOO_LONG", reason="max length is 9")
    outbox.put([wish(1, value="short", cause="fact 2")], second(2))
    [item] = outbox.list()
    assert (item.value, item.state, item.attempts, item.code, item.reason) == (
        "short",
        S.AVAILABLE,
        0,
        None,
        None,
    )


def test_the_same_wish_again_does_not_wake_a_dead_letter(outbox: Outbox) -> None:
    outbox.put([wish(1)], NOON)
    sent(outbox, S.DEAD)
    outbox.put([wish(1)], second(2))
    assert rows(outbox) == [("approved", S.DEAD)]


def test_the_same_wish_again_keeps_the_wait_before_a_retry(outbox: Outbox) -> None:
    outbox.put([wish(1)], NOON)
    [item] = outbox.take(second(1), 10)
    outbox.settle([item.id], S.RETRYABLE, now=second(1), code="UNABLE_TO_LOCK_ROW", next_try=second(30))
    outbox.put([wish(1)], second(2))
    assert outbox.take(second(29), 10) == []
    [again] = outbox.take(second(30), 10)
    assert again.attempts == 2


def test_a_provisional_wish_that_is_sealed_keeps_one_row(outbox: Outbox) -> None:
    """Law 3."""
    outbox.put([wish(1, provisional=True)], NOON)
    outbox.put([wish(1, ledger_seq=7)], second(5))
    [item] = outbox.list()
    assert (item.provisional, item.ledger_seq, item.created_at) == (False, 7, NOON)


@pytest.mark.parametrize("state", [S.WRITTEN, S.DONE])
def test_a_provisional_wish_already_delivered_is_sealed_in_place(outbox: Outbox, state: AttemptState) -> None:
    outbox.put([wish(1, provisional=True)], NOON)
    sent(outbox, state)
    outbox.put([wish(1, ledger_seq=7)], second(5))
    [item] = outbox.list()
    assert (item.provisional, item.ledger_seq, item.state) == (False, 7, state)


def test_a_provisional_contested_wish_waits_for_its_seal(outbox: Outbox) -> None:
    """Law 3: contested writes wait for the seal."""
    outbox.put([wish(1, field="OwnerId", contested=True, provisional=True)], NOON)
    assert outbox.take(second(1), 10) == []
    outbox.put([wish(1, field="OwnerId", contested=True, ledger_seq=1)], second(2))
    assert len(outbox.take(second(3), 10)) == 1


def test_a_written_value_stays_until_its_echo_and_a_newer_one_waits_behind_it(outbox: Outbox) -> None:
    outbox.put([wish(1)], NOON)
    first = sent(outbox, S.WRITTEN)
    outbox.put([wish(1, value="rejected", cause="fact 2")], second(2))
    assert rows(outbox) == [("approved", S.WRITTEN), ("rejected", S.AVAILABLE)]
    assert outbox.take(second(3), 10) == []
    outbox.settle([first.id], S.DONE, now=second(4))
    assert [item.value for item in outbox.take(second(5), 10)] == ["rejected"]


def test_wishing_what_is_already_written_adds_nothing(outbox: Outbox) -> None:
    outbox.put([wish(1)], NOON)
    sent(outbox, S.WRITTEN)
    outbox.put([wish(1, cause="fact 2")], second(2))
    assert rows(outbox) == [("approved", S.WRITTEN)]


def test_going_back_to_what_is_written_takes_the_wish_between_away(outbox: Outbox) -> None:
    outbox.put([wish(1)], NOON)
    sent(outbox, S.WRITTEN)
    outbox.put([wish(1, value="rejected", cause="fact 2")], second(2))
    outbox.put([wish(1, cause="fact 3")], second(3))
    assert rows(outbox) == [("approved", S.WRITTEN)]


@pytest.mark.parametrize("state", [S.DONE, S.SUPERSEDED])
def test_a_new_act_after_a_finished_delivery_is_a_new_item(outbox: Outbox, state: AttemptState) -> None:
    outbox.put([wish(1)], NOON)
    sent(outbox, state)
    outbox.put([wish(1, cause="fact 2")], second(2))
    assert rows(outbox) == [("approved", state), ("approved", S.AVAILABLE)]


@pytest.mark.parametrize("state", [S.RETRYABLE, S.DEAD, S.AVAILABLE])
def test_what_came_back_undelivered_gives_way_to_a_newer_wish(outbox: Outbox, state: AttemptState) -> None:
    outbox.put([wish(1)], NOON)
    [item] = outbox.take(second(1), 10)
    outbox.put([wish(1, value="rejected", cause="fact 2")], second(2))
    outbox.settle([item.id], state, now=second(3))
    assert rows(outbox) == [("rejected", S.AVAILABLE)]


def test_a_wish_equal_to_what_was_being_written_is_met_by_it(outbox: Outbox) -> None:
    outbox.put([wish(1)], NOON)
    [item] = outbox.take(second(1), 10)
    outbox.put([wish(1, cause="fact 2")], second(2))
    outbox.settle([item.id], S.WRITTEN, now=second(3))
    assert rows(outbox) == [("approved", S.WRITTEN)]


def test_a_record_goes_whole_and_the_oldest_goes_first(outbox: Outbox) -> None:
    outbox.put([wish(2), wish(1), wish(2, field="Claim_Message__c"), wish(3)], NOON)
    assert fields(outbox.take(second(1), 2)) == [
        (lead_id(2), "Claim_Verdict__c"),
        (lead_id(2), "Claim_Message__c"),
    ]
    assert fields(outbox.take(second(1), 1)) == [(lead_id(1), "Claim_Verdict__c")]


def test_a_record_larger_than_the_limit_goes_alone(outbox: Outbox) -> None:
    outbox.put([wish(1), wish(1, field="Claim_Message__c"), wish(2)], NOON)
    assert len(outbox.take(second(1), 1)) == 2


def test_a_record_that_does_not_fit_waits_for_the_next_call(outbox: Outbox) -> None:
    outbox.put([wish(1), wish(2), wish(2, field="Claim_Message__c")], NOON)
    assert len(outbox.take(second(1), 2)) == 1
    assert len(outbox.take(second(1), 2)) == 2


@pytest.mark.parametrize("state", [S.RUNNING, S.UNKNOWN, S.WRITTEN])
def test_a_record_has_one_write_outstanding(outbox: Outbox, state: AttemptState) -> None:
    outbox.put([wish(1)], NOON)
    sent(outbox, state)
    outbox.put([wish(1, field="Claim_Message__c"), wish(2)], second(2))
    assert fields(outbox.take(second(3), 10)) == [(lead_id(2), "Claim_Verdict__c")]


def test_one_bad_record_stops_nobody_else(outbox: Outbox) -> None:
    """Law 14."""
    outbox.put([wish(1), wish(2), wish(1, field="Claim_Message__c")], NOON)
    bad = outbox.take(second(1), 1)
    outbox.settle([item.id for item in bad], S.DEAD, now=second(1), code="ENTITY_IS_DELETED")
    assert fields(outbox.take(second(2), 10)) == [(lead_id(2), "Claim_Verdict__c")]


def test_an_attempt_that_the_org_never_answered_does_not_count(outbox: Outbox) -> None:
    outbox.put([wish(1)], NOON)
    attempts = []
    for when, answered in enumerate((True, False, False, True), start=1):
        [item] = outbox.take(second(when), 10)
        outbox.settle([item.id], S.RETRYABLE, now=second(when), answered=answered)
        attempts.append(outbox.list()[0].attempts)
    assert attempts == [1, 1, 1, 2]


def test_outstanding_writes_are_found_by_record(outbox: Outbox) -> None:
    outbox.put([wish(1), wish(2)], NOON)
    taken = outbox.take(second(1), 10)
    outbox.settle([taken[0].id], S.WRITTEN, now=second(2), previous={taken[0].id: "before"})
    found = outbox.outstanding("Lead", [lead_id(1), lead_id(2), lead_id(3)])
    assert {record: [item.state for item in items] for record, items in found.items()} == {
        lead_id(1): [S.WRITTEN],
        lead_id(2): [S.RUNNING],
    }
    assert (found[lead_id(1)][0].previous, found[lead_id(1)][0].written_at) == ("before", second(2))
    assert outbox.outstanding("Opportunity", [lead_id(1)]) == {}


def test_everything_ever_wished_of_a_record_is_found(outbox: Outbox) -> None:
    outbox.put([wish(1), wish(2)], NOON)
    first, _ = outbox.take(second(1), 10)
    outbox.settle([first.id], S.DONE, now=second(2))
    outbox.put([wish(1, value="rejected", cause="fact 2")], second(3))
    found = outbox.of_records("Lead", [lead_id(1)])
    assert {record: [(item.value, item.state) for item in items] for record, items in found.items()} == {
        lead_id(1): [("approved", S.DONE), ("rejected", S.AVAILABLE)]
    }


def test_of_a_long_history_only_the_newest_finished_item_of_each_field_is_current(outbox: Outbox) -> None:
    """Law 21."""
    for n, state in enumerate((S.DONE, S.SUPERSEDED, S.DONE, S.SUPERSEDED, S.DONE)):
        outbox.put([wish(1, value=f"value {n}", cause=f"fact {n}")], NOON)
        sent(outbox, state, when=n + 1)
    outbox.put([wish(1, value="last", cause="fact 9"), wish(1, field="City", cause="fact 9")], NOON)
    found = outbox.current("Lead", [lead_id(1), lead_id(2)])
    told = [(item.value, item.state) for item in found[lead_id(1)] if item.field != "City"]
    assert list(found) == [lead_id(1)]
    assert told == [("value 3", S.SUPERSEDED), ("value 4", S.DONE), ("last", S.AVAILABLE)]
    assert len(found[lead_id(1)]) == 4
    assert len(outbox.of_records("Lead", [lead_id(1)])[lead_id(1)]) == 7


def test_putting_and_settling_never_read_the_history_of_the_slot(store: SqlStore) -> None:
    """Law 21: rows read per wish do not grow with what was delivered before."""
    read: list[int] = []
    for n in range(6):
        with store.transaction() as tx:
            tx.outbox.put([wish(1, value=f"value {n}", cause=f"fact {n}")], NOON)
            read.append(len(tx.outbox._slot("Lead", lead_id(1), "Claim_Verdict__c")))
            sent(tx.outbox, S.DONE, when=n + 1)
    assert read == [1, 2, 2, 2, 2, 2]


def test_a_creation_is_kept_by_its_key(outbox: Outbox) -> None:
    made = wish(1, object="Channel_Conflict__c", record=None, key="a|b", field="*", value='{"Kind__c":"x"}')
    outbox.put([made, made], NOON)
    [item] = outbox.take(second(1), 10)
    assert (item.record, item.key, item.field) == (None, "a|b", "*")
    assert list(outbox.outstanding("Channel_Conflict__c", ["a|b"])) == ["a|b"]


def test_a_dead_letter_is_retried_or_discarded_by_a_person(outbox: Outbox) -> None:
    outbox.put([wish(1), wish(2)], NOON)
    ids = [item.id for item in outbox.take(second(1), 10)]
    outbox.settle(ids, S.DEAD, now=second(1), code="X", reason="y")
    assert outbox.retry(ids[:1], second(2)) == 1
    assert outbox.discard(ids, second(2)) == 2
    assert rows(outbox) == [("approved", S.SUPERSEDED)] * 2
    assert outbox.retry(ids, second(3)) == 0


def test_what_is_on_its_way_cannot_be_discarded(outbox: Outbox) -> None:
    outbox.put([wish(1)], NOON)
    item = sent(outbox, S.UNKNOWN)
    assert outbox.discard([item.id], second(2)) == 0


def test_items_are_counted_and_listed_by_state(outbox: Outbox) -> None:
    outbox.put([wish(1), wish(2), wish(3)], NOON)
    [item, *_] = outbox.take(second(1), 1)
    outbox.settle([item.id], S.DEAD, now=second(1))
    counts = outbox.counts()
    assert (counts[S.AVAILABLE], counts[S.DEAD], counts[S.DONE]) == (2, 1, 0)
    assert [one.record for one in outbox.list([S.DEAD])] == [lead_id(1)]
    assert len(outbox.list(limit=2)) == 2


def test_latency_runs_from_the_act_in_the_org_to_the_echo(outbox: Outbox) -> None:
    outbox.put([wish(1), wish(2)], second(2))
    first, other = outbox.take(second(3), 10)
    outbox.settle([first.id], S.WRITTEN, now=second(3))
    outbox.settle([first.id], S.DONE, now=second(5))
    outbox.settle([other.id], S.DONE, now=second(3))  # the org had the value already
    assert list(outbox.latencies()) == [5.0]


def test_what_bears_a_code_is_counted_and_let_go_by_it(outbox: Outbox) -> None:
    """Law 15: what a stage of live writing holds back."""
    outbox.put([wish(1), wish(2)], NOON)
    first, other = outbox.take(second(1), 10)
    outbox.settle([first.id], S.RETRYABLE, now=second(1), code="HELD", next_try=second(3600))
    outbox.settle([other.id], S.RETRYABLE, now=second(1), code="LOCKED", next_try=second(3600))
    assert outbox.count_of("HELD") == 1
    assert outbox.release("HELD", second(2)) == 1
    assert [item.id for item in outbox.take(second(2), 10)] == [first.id]
    assert outbox.count_of("HELD") == 0


def test_what_was_written_is_told_by_time_and_record(outbox: Outbox) -> None:
    """Law 15: a batch can be undone."""
    for number in range(3):
        outbox.put([wish(number, cause=f"fact {number}")], NOON)
        sent(outbox, S.WRITTEN, 10 * number)
    assert [item.record for item in outbox.written()] == [lead_id(0), lead_id(1), lead_id(2)]
    assert [item.record for item in outbox.written(second(10), second(20))] == [lead_id(1)]
    assert [item.record for item in outbox.written(record=lead_id(2))] == [lead_id(2)]
    outbox.put([wish(4)], NOON)
    assert len(list(outbox.written())) == 3
