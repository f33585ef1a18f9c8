"""What arrives late, or together, or before any start date: the mirror holds it all (issue of order, law 3)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

from tests.contract.mirror.ground import Org, Twin

Mirror = Callable[..., Twin]


def held_lead(name: str) -> dict[str, object]:
    return {"op": "insert", "object": "Lead", "values": {"LastName": name, "Company": f"{name} AG"}}


def test_rows_committed_below_the_cursor_are_fetched_by_the_watermark(org: Org, mirror: Mirror) -> None:
    """A long transaction commits rows whose stamps lie below the cursor already saved."""
    known = org.lead(City="Alt")
    late = mirror()
    late.snapshot()
    change = {"op": "update", "object": "Lead", "id": known, "values": {"City": "Neu"}}
    _, created = org.transaction("slow", change, held_lead("Spaet"))
    org.pass_time(30)
    org.lead(LastName="Vorbei")
    org.pass_time(120)
    late.poll()
    late.confirm()
    cursor, watermark = late.state("Lead").cursor, late.state("Lead").watermark
    org.commit("slow")
    row = org.people.read("Lead", str(created))
    assert cursor is not None
    assert watermark is not None
    assert row["SystemModstamp"][:19] < cursor.stamp[:19]
    assert row["SystemModstamp"][:19] >= watermark.isoformat()[:19]
    late.poll()
    assert late.held("Lead", str(created)) is None
    org.pass_time(61)
    late.confirm()
    assert late.differences() == []


def test_a_transaction_open_during_the_snapshot_is_not_missed(org: Org, mirror: Mirror) -> None:
    org.lead()
    late = mirror()
    (created,) = org.transaction("open", held_lead("Offen"))
    org.pass_time(600)
    late.snapshot()
    org.commit("open")
    assert late.held("Lead", str(created)) is None
    org.pass_time(61)
    late.confirm()
    assert late.differences() == []


def test_more_rows_in_one_second_than_a_page_holds_are_all_read(org: Org, mirror: Mirror) -> None:
    """Page by the keyset of stamp and id, never by the stamp alone."""
    crowd = mirror("Lead")
    crowd.snapshot()
    org.pass_time(10)
    ops = [held_lead(f"Gleich {number}") for number in range(2300)]
    created = org.transaction("crowd", *ops)
    org.commit("crowd")
    stamps = Counter(row["SystemModstamp"] for row in org.people.rows("SELECT SystemModstamp FROM Lead"))
    assert max(stamps.values()) >= 2300
    assert crowd.poll() >= 2300
    assert crowd.differences() == []
    org.save("Lead", min(str(each) for each in created), City="Zuletzt")
    crowd.poll()
    assert crowd.differences() == []


def test_a_row_that_turns_up_late_beside_a_full_page_is_read(org: Org, mirror: Mirror) -> None:
    """The cursor never stays beyond the look-back, however many pages carried it there."""
    crowd = mirror("Lead")
    crowd.snapshot()
    org.pass_time(10)
    (late,) = org.transaction("late", held_lead("Im selben Augenblick"))
    org.transaction("crowd", *(held_lead(f"Seite {number}") for number in range(2100)))
    org.commit("crowd")
    crowd.poll()
    org.commit("late")
    crowd.poll()
    assert crowd.held("Lead", str(late)) is not None
    assert crowd.differences() == []


def test_rows_older_than_any_start_date_are_mirrored(org: Org, mirror: Mirror) -> None:
    """A migration brings rows of long ago, with the stamps of long ago."""
    ancient = {"CreatedDate": "1970-01-01T00:00:00.000Z", "SystemModstamp": "1999-12-31T23:59:59.000Z"}
    org.migrate("Lead", [{"LastName": f"Uralt {n}", "Company": "Uralt AG", **ancient} for n in range(7)])
    old = mirror("Lead", "User")
    old.snapshot()
    with old.store.reading() as view:
        stamps = [version.stamp.year for version in view.mirror.scan("Lead")]
    assert stamps.count(1999) == 7
    assert old.differences() == []


def test_changes_made_while_pages_are_read_are_not_lost(org: Org, mirror: Mirror) -> None:
    busy = mirror("Lead")
    busy.snapshot()
    ids = org.crowd("Lead", [{"LastName": f"Rege {n}", "Company": "Rege KG"} for n in range(50)])
    busy.poll()
    for ident in ids[::7]:
        org.save("Lead", ident, City="Noch einmal")
    busy.poll()
    org.pass_time(3)
    org.save("Lead", ids[0], City="Und wieder")
    busy.poll()
    assert busy.differences() == []
