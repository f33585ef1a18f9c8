from __future__ import annotations

from datetime import timedelta

from connector.canonical.docket import ClaimEntry, CreditEntry, DeadlineEntry
from connector.canonical.kind import Kind
from connector.canonical.time import at
from connector.flows.kept_docket import KeptDocket
from connector.rules.docket import MemoryDocket
from tests.support.builders import START, ident

FIRM, LEAD, SELLER = ident("001", 1), ident("00Q", 1), ident("005", 1)
CLAIM = ClaimEntry(lead=LEAD, holder=SELLER, firm=FIRM, opened=at(START))


def deadline(number: int, hours: int) -> DeadlineEntry:
    due = START + timedelta(hours=hours)
    return DeadlineEntry(name="work_by", subject=Kind.LEAD, record=ident("00Q", number), due=due)


def test_it_answers_as_its_base_does() -> None:
    base = MemoryDocket([CLAIM])
    kept = KeptDocket(base)
    assert kept.get(ClaimEntry, CLAIM.key) == CLAIM
    assert kept.get(CreditEntry, CLAIM.key) is None
    assert list(kept.find(ClaimEntry, f"firm:{FIRM}")) == [CLAIM]
    assert list(kept.find(CreditEntry, f"firm:{FIRM}")) == []


def test_deadlines_read_ahead_are_given_out_by_their_time_and_later_ones_are_read_when_asked_for() -> None:
    early, middle, late = deadline(1, 1), deadline(2, 2), deadline(3, 9)
    kept = KeptDocket(MemoryDocket([late, middle, early]))
    kept.expect(START + timedelta(hours=3))
    assert list(kept.due(START + timedelta(hours=1))) == [early]
    assert list(kept.due(START + timedelta(hours=3))) == [early, middle]
    assert list(kept.due(START + timedelta(hours=9))) == [early, middle, late]


def test_a_deadline_that_is_met_moved_or_new_is_due_as_it_stands_now() -> None:
    docket = MemoryDocket([deadline(1, 1), deadline(2, 2)])
    docket.put([deadline(1, 1).model_copy(update={"done": True}), deadline(2, 5), deadline(3, 3)])
    assert list(docket.due(START + timedelta(hours=4))) == [deadline(3, 3)]
    assert list(docket.due(START + timedelta(hours=5))) == [deadline(3, 3), deadline(2, 5)]
