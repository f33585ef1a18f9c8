"""Notes of faults and of restores do not grow with time (law 21)."""

import json
from datetime import timedelta

import pytest

from connector.canonical.time import instant_text
from connector.flows import faults
from connector.flows.faults import Faults, FaultSort
from tests.support.org import MemoryOrg
from tests.support.process import Cast, Process, lead


def test_the_note_of_a_restore_goes_once_the_field_has_stood_for_a_day(
    process: Process, org: MemoryOrg, people: Cast
) -> None:
    ident = lead(org, 1, people.queue)
    org.wait(100)
    process.begin()
    with process.store.transaction() as tx:
        tx.notes.put("restored|Lead|a|City", json.dumps([instant_text(org.clock)]))
        tx.notes.put("restored|Lead|b|City", json.dumps([instant_text(org.clock + timedelta(hours=20))]))
    org.wait(timedelta(hours=25).total_seconds())
    org.save("Lead", ident, City="Basel")
    org.wait(1)
    process.turn()
    with process.store.reading() as view:
        assert list(view.notes.beginning("restored|")) == ["restored|Lead|b|City"]
    org.wait(timedelta(hours=25).total_seconds())
    org.save("Lead", ident, City="Bern")
    org.wait(1)
    process.turn()
    with process.store.reading() as view:
        assert view.notes.beginning("restored|") == {}


def test_faults_beyond_those_kept_are_counted_until_none_is_left(
    process: Process, org: MemoryOrg, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(faults, "MOST", 2)

    def seen(records: str, mended: str = "") -> tuple[int, int]:
        with process.store.transaction() as tx:
            kept = Faults(tx)
            for record in records:
                kept.add(FaultSort.EDITED, "Lead", record, "City", "changed", org.clock)
            for record in mended:
                kept.mended(FaultSort.EDITED, "Lead", record)
            kept.save()
        with process.store.reading() as view:
            return len(faults.faults(view)), faults.beyond(view)

    assert seen("ab") == (2, 0)
    assert seen("cde") == (2, 3)
    assert seen("", mended="a") == (1, 3)
    assert seen("", mended="b") == (0, 0)
