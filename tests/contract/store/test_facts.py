from collections.abc import Iterator
from itertools import permutations

import pytest

from connector.canonical.fact import Fact, FactKind
from connector.canonical.kind import Kind
from connector.canonical.time import TimeSource, When, at, between, instant_text
from connector.ports.store import FactTable
from connector.store import SqlStore
from tests.contract.store.synthetic import claimed, lead_id, second, user_id


@pytest.fixture
def facts(store: SqlStore) -> Iterator[FactTable]:
    with store.transaction() as tx:
        yield tx.facts


def test_adding_a_fact_twice_is_adding_it_once(facts: FactTable) -> None:
    """Law 1: event, history and reconcile yield one fact."""
    assert facts.add([claimed(1), claimed(2), claimed(1)]) == 2
    assert facts.add([claimed(1, prior="said differently"), claimed(3)]) == 1
    assert facts.count() == 3
    assert [fact.prior for fact in facts.pending()] == ["", "", ""]


def told(number: int = 1, *, when: When, **changes: object) -> Fact:
    """One claim in the ninth second, as one of its witnesses tells it."""
    return claimed(number, 9).model_copy(update={"when": when, **changes})


VAGUE = told(when=between(second(0), second(9)))
NARROW = told(when=between(second(5), second(9)), prior="seen in between")
HISTORY = told(when=at(second(9), TimeSource.HISTORY), actor=user_id(4))
STAMPED = told(when=at(second(9)), actor=user_id(4), detail={"version": instant_text(second(9))})


@pytest.mark.parametrize("witnesses", permutations([VAGUE, NARROW, HISTORY, STAMPED]))
@pytest.mark.parametrize("together", [True, False], ids=["together", "one by one"])
def test_the_witness_who_knows_the_time_best_stands_in_whatever_order_they_come(
    facts: FactTable, witnesses: tuple[Fact, ...], *, together: bool
) -> None:
    """Laws 1 and 6: event, history and reconcile yield one fact, with the most exact of their times."""
    for some in [witnesses] if together else [(each,) for each in witnesses]:
        facts.add(some)
    assert list(facts.pending()) == [STAMPED]
    assert facts.count() == 1


def test_a_better_time_is_no_new_fact_and_touches_no_other(facts: FactTable) -> None:
    other = told(2, when=between(second(0), second(9)))
    facts.add([VAGUE, other])
    assert facts.add([NARROW]) == 0
    assert list(facts.pending()) == [NARROW, other]
    assert facts.add([VAGUE]) == 0
    assert list(facts.pending()) == [NARROW, other]


def test_a_settled_fact_keeps_the_time_by_which_it_was_judged(facts: FactTable) -> None:
    """Law 7: nothing flips silently."""
    facts.add([VAGUE])
    facts.settle([VAGUE])
    assert facts.add([STAMPED]) == 0
    assert list(facts.pending()) == []


def test_a_fact_reads_back_whole(facts: FactTable) -> None:
    fact = claimed(1, value="NUL \0 😀", detail={"why": "\0"}, actor=user_id(3), late=True)
    facts.add([fact])
    assert list(facts.pending()) == [fact]


def test_a_value_longer_than_any_index_entry_is_a_value(facts: FactTable) -> None:
    texts = [f"{number}" + "x" * 30_000 for number in range(3)]
    assert facts.add(claimed(1, value=text) for text in texts) == 3


def test_facts_pend_in_settling_order(facts: FactTable) -> None:
    """Law 2: inside one second facts settle by kind."""
    tick, claim, release = (
        claimed(1, 5, kind=kind) for kind in (FactKind.TICK, FactKind.CLAIMED, FactKind.RELEASED)
    )
    early, capital, small = claimed(9, 4), claimed(1, 6, value="B"), claimed(1, 6, value="a")
    facts.add([small, capital, tick, claim, release, early])
    assert list(facts.pending()) == [early, release, claim, tick, capital, small]


def test_the_horizon_is_included(facts: FactTable) -> None:
    facts.add([claimed(1, 5), claimed(2, 6)])
    assert list(facts.pending(second(5))) == [claimed(1, 5)]
    assert list(facts.pending(second(4))) == []


def test_an_instant_is_never_cut_in_two(facts: FactTable) -> None:
    facts.add([claimed(1, 4), claimed(2, 5), claimed(3, 5), claimed(4, 5), claimed(5, 6)])
    assert len(facts.pending(limit=1)) == 1
    assert len(facts.pending(limit=2)) == 4
    assert len(facts.pending(limit=4)) == 4
    assert len(facts.pending(limit=9)) == 5


def test_a_settled_fact_never_pends_again(facts: FactTable) -> None:
    facts.add([claimed(1), claimed(2)])
    facts.settle([claimed(1)])
    assert list(facts.pending()) == [claimed(2)]
    assert facts.add([claimed(1)]) == 0
    assert list(facts.pending()) == [claimed(2)]
    assert facts.count() == 2


def test_a_fact_settled_unseen_is_known_when_it_comes(facts: FactTable) -> None:
    facts.settle([claimed(1)])
    assert facts.add([claimed(1)]) == 0
    assert list(facts.pending()) == []


def test_judged_facts_are_kept_for_a_replay_in_settling_order_without_ticks(facts: FactTable) -> None:
    """Law 5: a replay makes its own ticks, and never sees half an instant."""
    tick = claimed(9, 3).model_copy(update={"kind": FactKind.TICK})
    many = [claimed(number, 2 + number // 2) for number in range(6)]
    facts.add([*many, claimed(7, 1), claimed(8, 9)])
    facts.settle([*many, tick, claimed(7, 1)])
    assert list(facts.judged(second(9), after=second(1))) == sorted(many, key=lambda fact: fact.order)
    first = facts.judged(second(9), 1, after=second(1))
    assert [fact.instant for fact in first] == [second(2), second(2)]
    assert facts.judged(second(1), after=second(1)) == []


def test_facts_that_name_a_record_are_found_settled_or_not(facts: FactTable) -> None:
    """Of it, into it or by it: a merge and a conversion name the record in which another goes on."""
    merged = Fact(
        kind=FactKind.MERGED, subject=Kind.LEAD, record=lead_id(2), when=at(second(5)), value=lead_id(1)
    )
    facts.add([claimed(1, 3), merged, claimed(3, 1)])
    facts.settle([claimed(1, 3)])
    assert facts.naming([lead_id(1)]) == [claimed(1, 3), merged]
    assert [fact.record for fact in facts.naming([lead_id(3), lead_id(2)])] == [lead_id(3), lead_id(2)]
    assert facts.naming([lead_id(9)]) == []
    assert facts.naming([]) == []


def test_people_and_queues_are_not_looked_up_by_what_others_did_with_them(facts: FactTable) -> None:
    joined = Fact(
        kind=FactKind.STANDING_CHANGED,
        subject=Kind.PERSON,
        record=user_id(0),
        when=at(second(5)),
        value="active",
    )
    facts.add([claimed(1, 3), joined])
    assert claimed(1).value.startswith("005")
    assert facts.naming([claimed(1).value]) == []
    assert facts.naming([user_id(0)]) == [joined]


def test_a_conflicts_acts_are_found_by_either_side(facts: FactTable) -> None:
    key = f"partner_partner|{lead_id(1)}|{lead_id(2)}"
    assigned = Fact(
        kind=FactKind.REASSIGNED, subject=Kind.CONFLICT, record=lead_id(7), when=at(second(5)),
        value=user_id(1), detail={"key": key},
    )  # fmt: skip
    facts.add([assigned])
    assert [list(facts.naming([lead_id(number)])) for number in (1, 2, 3)] == [[assigned], [assigned], []]
