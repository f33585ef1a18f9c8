from collections.abc import Iterator

import pytest

from connector.canonical.docket import (
    ClaimEntry,
    ClaimState,
    ConflictEntry,
    CreditEntry,
    DeadlineEntry,
    RegistrationEntry,
)
from connector.canonical.kind import Kind
from connector.ports.store import DocketTable
from connector.store import SqlStore
from tests.contract.store.synthetic import claim, firm_id, lead_id, second


@pytest.fixture
def docket(store: SqlStore) -> Iterator[DocketTable]:
    with store.transaction() as tx:
        yield tx.docket


def deadline(number: int, due: int, **changes: object) -> DeadlineEntry:
    entry = DeadlineEntry(name="work_by", subject=Kind.LEAD, record=lead_id(number), due=second(due))
    return entry.model_copy(update=changes)


def test_an_entry_reads_back_by_type_and_key(docket: DocketTable) -> None:
    entry = claim(1, reason="NUL \0 😀")
    docket.put([entry, CreditEntry(record=lead_id(1), firm=firm_id(1), since=second(0), through=lead_id(1))])
    assert docket.get(ClaimEntry, entry.key) == entry
    assert docket.get(RegistrationEntry, entry.key) is None


def test_an_entry_put_again_is_replaced_under_its_new_indexes(docket: DocketTable) -> None:
    docket.put([claim(1)])
    docket.put([claim(1, firm=firm_id(2))])
    assert list(docket.find(ClaimEntry, f"firm:{firm_id(1)}")) == []
    assert list(docket.find(ClaimEntry, f"firm:{firm_id(2)}")) == [claim(1, firm=firm_id(2))]
    assert len(list(docket.all(ClaimEntry))) == 1


def test_the_last_of_two_under_one_key_stays(docket: DocketTable) -> None:
    docket.put([claim(1), claim(1, state=ClaimState.WORKED)])
    assert [entry.state for entry in docket.all(ClaimEntry)] == [ClaimState.WORKED]


def test_entries_are_found_in_key_order_and_open_ones_only(docket: DocketTable) -> None:
    docket.put([claim(2), claim(1), claim(3, state=ClaimState.RELEASED)])
    index = f"firm:{firm_id(1)}"
    assert [entry.lead for entry in docket.find(ClaimEntry, index)] == [lead_id(1), lead_id(2)]
    assert [entry.lead for entry in docket.find(ClaimEntry, index, open_only=False)] == [
        lead_id(number) for number in (1, 2, 3)
    ]


def test_one_index_serves_each_type_apart(docket: DocketTable) -> None:
    """A conflict is found from either record; a claim on the same lead is not."""
    conflict = ConflictEntry(
        kind="partner_partner",
        left=lead_id(2),
        right=lead_id(1),
        left_kind=Kind.LEAD,
        right_kind=Kind.LEAD,
        opened_at=second(0),
    )
    docket.put([conflict, claim(1)])
    for number in (1, 2):
        assert list(docket.find(ConflictEntry, f"record:{lead_id(number)}")) == [conflict]


def test_deadlines_fall_due_earliest_first(docket: DocketTable) -> None:
    docket.put([deadline(1, 9), deadline(2, 3), deadline(3, 3), deadline(4, 3, done=True), deadline(5, 99)])
    assert [entry.record for entry in docket.due(second(9))] == [lead_id(2), lead_id(3), lead_id(1)]
    docket.put([deadline(2, 3, done=True)])
    assert [entry.record for entry in docket.due(second(3))] == [lead_id(3)]


def test_all_entries_of_a_type_stream_in_key_order(docket: DocketTable) -> None:
    docket.put(claim(number) for number in range(1100, 0, -1))
    assert [entry.lead for entry in docket.all(ClaimEntry)] == [lead_id(number) for number in range(1, 1101)]
