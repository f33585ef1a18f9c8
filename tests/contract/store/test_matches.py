from collections.abc import Iterator

import pytest

from connector.ports.store import MatchIndex
from connector.store import SqlStore
from tests.contract.store.synthetic import firm_id, lead_id

HIGH = 2**64 - 1  # keys are unsigned 64-bit numbers


@pytest.fixture
def matches(store: SqlStore) -> Iterator[MatchIndex]:
    with store.transaction() as tx:
        yield tx.matches


def test_records_are_found_by_their_keys(matches: MatchIndex) -> None:
    matches.put([(lead_id(2), "lead", [1, HIGH, HIGH]), (lead_id(1), "lead", [1, 7])])
    assert matches.postings([1, HIGH, 3]) == {1: [lead_id(1), lead_id(2)], HIGH: [lead_id(2)]}
    assert matches.frequencies([1, HIGH, 3]) == {1: 2, HIGH: 1, 3: 0}
    assert matches.frequencies([1, HIGH, 3], most=0) == {1: 1, HIGH: 1, 3: 0}
    numbers = matches.numbers([1, HIGH, 3])
    assert set(numbers) == {1, HIGH}
    named = matches.named(numbers[1])
    assert sorted(named[number] for number in numbers[1]) == [lead_id(1), lead_id(2)]
    assert (matches.numbers([]), matches.named([]), matches.frequencies([])) == ({}, {}, {})


def test_putting_a_record_again_replaces_its_keys(matches: MatchIndex) -> None:
    matches.put([(lead_id(1), "lead", [1, 2])])
    matches.put([(lead_id(1), "lead", [2, 3])])
    assert matches.postings([1, 2, 3]) == {2: [lead_id(1)], 3: [lead_id(1)]}
    assert matches.size() == 1


def test_a_record_without_keys_leaves_the_index(matches: MatchIndex) -> None:
    matches.put([(lead_id(1), "lead", [1]), (lead_id(2), "lead", [])])
    matches.put([(lead_id(1), "lead", [])])
    assert matches.postings([1]) == {}
    assert matches.kinds([lead_id(1), lead_id(2)]) == {}
    assert matches.size() == 0


def test_one_record_may_be_of_several_kinds(matches: MatchIndex) -> None:
    """An Account may be a partner and a customer."""
    matches.put([(firm_id(1), "partner", [1]), (firm_id(1), "customer", [1, 2])])
    assert matches.kinds([firm_id(1)]) == {firm_id(1): ["customer", "partner"]}
    assert matches.postings([1]) == {1: [firm_id(1)]}
    matches.put([(firm_id(1), "partner", [])])
    assert matches.postings([1, 2]) == {1: [firm_id(1)], 2: [firm_id(1)]}


def test_a_first_load_gives_the_same_index_as_putting(matches: MatchIndex) -> None:
    matches.put([(lead_id(1), "lead", [1, 5])])
    matches.load([(lead_id(number), "lead", [number % 3, 2**63 + number]) for number in range(7000, 0, -1)])
    assert matches.size() == 7000
    assert matches.frequencies([0, 1, 2, 5]) == {0: 2333, 1: 2334, 2: 2333, 5: 0}
    assert matches.postings([2**63 + 1, 2**63 + 6999]) == {
        2**63 + 1: [lead_id(1)],
        2**63 + 6999: [lead_id(6999)],
    }


def test_a_record_met_twice_in_one_load_keeps_its_last_keys(matches: MatchIndex) -> None:
    many = [(lead_id(number), "lead", [9]) for number in range(1, 5001)]
    matches.load([(lead_id(1), "lead", [1, 2]), *many[1:], (lead_id(1), "lead", [2, 3])])
    assert matches.postings([1, 2, 3]) == {2: [lead_id(1)], 3: [lead_id(1)]}
