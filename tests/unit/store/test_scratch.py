"""The back-test's own docket answers as one in memory does, however entries open, close and move."""

from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from connector.canonical.docket import ClaimEntry, ClaimState, CreditEntry, DeadlineEntry, Entry
from connector.canonical.kind import Kind
from connector.canonical.time import at
from connector.rules.docket import MemoryDocket
from connector.store.scratch import open_scratch
from tests.support.builders import START, ident

FIRMS = [ident("001", number) for number in range(2)]

CLAIMS = st.builds(
    lambda lead, firm, state: ClaimEntry(
        lead=ident("00Q", lead), holder=ident("005", 1), firm=FIRMS[firm], opened=at(START), state=state
    ),
    st.integers(1, 3),
    st.integers(0, 1),
    st.sampled_from([ClaimState.ACTIVE, ClaimState.RELEASED]),
)
CREDITS = st.builds(
    lambda deal, firm: CreditEntry(
        record=ident("006", deal), firm=FIRMS[firm], since=START, through=ident("00Q", 1)
    ),
    st.integers(1, 2),
    st.integers(0, 1),
)
DEADLINES = st.builds(
    lambda lead, hours, done: DeadlineEntry(
        name="work_by",
        subject=Kind.LEAD,
        record=ident("00Q", lead),
        due=START + timedelta(hours=hours),
        done=done,
    ),
    st.integers(1, 3),
    st.integers(0, 3),
    st.booleans(),
)
BATCHES = st.lists(st.lists(st.one_of(CLAIMS, CREDITS, DEADLINES), max_size=3), max_size=6)


@settings(max_examples=60, deadline=None)
@given(BATCHES)
def test_it_answers_as_a_docket_in_memory_does(batches: list[list[Entry]]) -> None:
    memory = MemoryDocket()
    with open_scratch() as scratch:
        for batch in batches:
            memory.put(batch)
            scratch.docket.put(batch)
            for firm in FIRMS:
                for only in (True, False):
                    index = f"firm:{firm}"
                    kept = scratch.docket.find(ClaimEntry, index, open_only=only)
                    assert list(kept) == list(memory.find(ClaimEntry, index, open_only=only))
                    credited = scratch.docket.find(CreditEntry, index, open_only=only)
                    assert list(credited) == list(memory.find(CreditEntry, index, open_only=only))
            for hours in range(4):
                until = START + timedelta(hours=hours)
                assert list(scratch.docket.due(until)) == list(memory.due(until))
            for entry in batch:
                assert scratch.docket.get(type(entry), entry.key) == memory.get(type(entry), entry.key)
