"""Events for speed, reconcile for truth (law 20): what no stream tells is found by counts and checksums."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest

from connector.canonical.fact import FactKind
from connector.canonical.ids import RecordId
from connector.flows.changes import ChangeReader
from connector.flows.reconcile import Reconcile, Reconciled, Wanted
from connector.ports.org import Batch, Page, StreamStopped
from connector.practice.server import ServeOptions, start_in_thread
from tests.contract.mirror.ground import TRAP, TRAPS, Org, Twin

Mirror = Callable[..., Twin]
A_MONTH = 31 * 86400


@pytest.fixture(scope="module")
def served() -> Iterator[Org]:
    """An org with leads of several days, a year apart from now."""
    running = start_in_thread(ServeOptions(empty=True, schema=(TRAPS,)))
    org = Org(running)
    for day in range(1, 6):
        born = {
            "CreatedDate": f"2025-03-{day:02d}T23:59:59.000Z",
            "SystemModstamp": "2025-06-01T00:00:00.000Z",
        }
        rows = [{"LastName": f"Tag {day} {n}", "Company": f"Tag {day} AG", **born} for n in range(40)]
        org.migrate("Lead", rows)
    org.migrate(
        "Lead", [{"LastName": "Uralt", "Company": "Uralt", "CreatedDate": "1970-01-01T00:00:00.000Z"}]
    )
    yield org
    running.stop()


def reconciled(twin: Twin, *objects: str, **wanted: bool) -> dict[str, Reconciled]:
    ours = RecordId(twin.gateway.identity().user_id)
    changes = ChangeReader(twin.mapping, lambda: ours)
    twin.look_at_the_clock()
    flow = Reconcile(twin.gateway, twin.store, twin.mapping, changes, twin.capture)
    return {each.object: each for each in flow.run(Wanted(objects=objects, **wanted))}


def leads_of(twin: Twin, day: str) -> list[str]:
    with twin.store.reading() as view:
        return [
            row.id for row in view.mirror.scan("Lead") if (row.values["CreatedDate"] or "").startswith(day)
        ]


def test_an_exact_mirror_has_nothing_to_repair(org: Org, mirror: Mirror) -> None:
    twin = mirror()
    twin.snapshot()
    found = reconciled(twin)
    told = {name: (each.found, each.repaired, each.stopped) for name, each in found.items()}
    assert told == dict.fromkeys(twin.mapping.objects, (0, 0, ""))
    lead = found["Lead"]
    assert (lead.org_rows, lead.mirror_rows) == (org.people.count("Lead"),) * 2
    assert lead.days >= 6


def test_a_hard_delete_that_getdeleted_has_forgotten_is_found_by_count(org: Org, mirror: Mirror) -> None:
    """It reaches 30 days back."""
    twin = mirror()
    twin.snapshot()
    gone = leads_of(twin, "2025-03-02")[:3]
    for ident in gone:
        org.delete("Lead", ident)
    org.act("empty_bin")
    org.pass_time(A_MONTH)
    with pytest.raises(StreamStopped, match="more than 30 days old"):
        twin.confirm("Lead")
    twin.poll()
    assert len(twin.differences()) == 3
    (drift,) = reconciled(twin, counts_only=True)["Lead"].drifts
    assert (drift.day, drift.surplus) == ("2025-03-02", tuple(sorted(gone)))
    assert drift.mirror_rows - drift.org_rows == 3
    assert {fact.kind for fact in twin.facts() if fact.record in gone} == {FactKind.DELETED}
    assert twin.differences() == []


def test_after_a_whole_reconcile_the_watermark_claims_again_what_was_out_of_reach(
    org: Org, mirror: Mirror
) -> None:
    twin = mirror("Lead")
    twin.snapshot()
    org.pass_time(A_MONTH)
    with pytest.raises(StreamStopped, match="connector reconcile"):
        twin.confirm("Lead")
    reconciled(twin)
    org.pass_time(61)
    twin.confirm("Lead")
    assert twin.differences() == []


def test_a_formula_that_moved_without_its_stamp_is_found_by_checksum(org: Org, mirror: Mirror) -> None:
    """A look-up goes blank when its parent leaves the bin, and nothing is stamped: so do formulas drift."""
    firm = org.create("Account", Name="Verschwindet")
    trap = org.create(TRAP, Firm__c=firm)
    org.pass_time(180)  # out of the minutes that the first watermark window fetches once more
    twin = mirror(TRAP)
    twin.snapshot()
    org.delete("Account", firm)
    org.act("empty_bin")
    twin.follow()
    held = twin.held(TRAP, trap)
    assert held is not None
    assert held.values["Firm__c"] == firm
    assert reconciled(twin, counts_only=True)[TRAP].found == 0
    found = reconciled(twin)[TRAP]
    assert [dict(drift.differing) for drift in found.drifts] == [{trap: ("Firm__c",)}]
    assert found.repaired == 1
    assert twin.differences() == []


def test_a_dry_run_says_the_same_and_changes_nothing(org: Org, mirror: Mirror) -> None:
    twin = mirror("Lead")
    twin.snapshot()
    changed, gone, *_ = leads_of(twin, "2025-03-03")
    drift_in_secret(twin, changed, City="Nie gesehen")
    org.delete("Lead", gone)
    org.act("empty_bin")
    said = reconciled(twin, dry_run=True)["Lead"]
    assert [(drift.day, dict(drift.differing), drift.surplus) for drift in said.drifts] == [
        ("2025-03-03", {changed: ("City",)}, (gone,))
    ]
    assert (said.repaired, said.facts, len(twin.differences())) == (0, 0, 2)
    done = reconciled(twin)["Lead"]
    assert (done.drifts, done.repaired) == (said.drifts, 2)
    assert twin.differences() == []


def test_what_was_saved_since_the_last_look_is_news_and_no_drift(org: Org, mirror: Mirror) -> None:
    twin = mirror("Lead")
    twin.snapshot()
    org.pass_time(60)
    known = leads_of(twin, "2025-03-04")[0]
    org.save("Lead", known, City="Eben erst")
    org.lead(LastName="Neu")
    assert reconciled(twin, dry_run=True)["Lead"].found == 0
    assert reconciled(twin)["Lead"].found == 0
    assert twin.differences() == []


def test_a_row_the_mirror_lost_is_brought_back(org: Org, mirror: Mirror) -> None:
    """As when our login lost sight of it for a while."""
    twin = mirror("Lead")
    twin.snapshot()
    lost = leads_of(twin, "2025-03-05")[:2]
    with twin.store.transaction() as tx:
        tx.mirror.remove("Lead", lost, twin.gateway.now())
    found = reconciled(twin)["Lead"]
    assert [drift.missing for drift in found.drifts] == [tuple(lost)]
    assert twin.differences() == []


def test_losing_sight_of_many_rows_is_not_taken_for_deletes(
    org: Org, mirror: Mirror, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A login that may no longer see the object looks just as if all were deleted."""
    twin = mirror("Lead")
    twin.snapshot()
    blind = RecordBlind(twin)
    with monkeypatch.context() as patch:
        blind.put_on(patch)
        found = reconciled(twin)["Lead"]
    assert found.withheld == found.found == found.mirror_rows > 100
    assert found.repaired == 0
    assert twin.differences() == []


def test_one_object_that_cannot_be_read_stops_no_other(
    org: Org, mirror: Mirror, monkeypatch: pytest.MonkeyPatch
) -> None:
    twin = mirror("Lead", TRAP)
    twin.snapshot()
    org.running.service.org.drop_field(TRAP, "Phone__c")
    twin.gateway._describes.forget(TRAP)
    found = reconciled(twin)
    assert "Trap__c.Phone__c does not exist or is hidden" in found[TRAP].stopped
    assert found["Lead"].stopped == ""
    org.running.service.org.declare(TRAPS)


def test_an_object_never_mirrored_is_named_and_left_alone(org: Org, mirror: Mirror) -> None:
    twin = mirror("Lead")
    assert "not mirrored yet" in reconciled(twin)["Lead"].stopped


class RecordBlind:
    """An org that answers every question about leads with nothing, and no error."""

    def __init__(self, twin: Twin) -> None:
        self._org = twin.gateway

    def put_on(self, patch: pytest.MonkeyPatch) -> None:
        since = self._org.since
        patch.setattr(self._org, "count", lambda *_args, **_options: 0)
        patch.setattr(self._org, "query", lambda *_args: iter(()))
        patch.setattr(self._org, "snapshot", lambda *_args, **_options: iter(()))
        patch.setattr(
            self._org,
            "since",
            lambda requests: [
                page if request.object != "Lead" else blank(page)
                for request, page in zip(requests, since(requests), strict=True)
            ],
        )


def blank(page: Page) -> Page:
    batch = replace(page.batch, columns=tuple([] for _ in page.batch.fields))
    return Page(batch=batch, done=True)


def drift_in_secret(twin: Twin, ident: str, **values: str) -> None:
    """Give the mirror another value under the org's own stamp: what a formula that moved looks like."""
    fields = twin.mapping.objects["Lead"]
    with twin.store.transaction() as tx:
        row = dict(tx.mirror.get("Lead", [ident])[ident].values) | values
        tx.mirror.apply(Batch(object="Lead", fields=fields, columns=tuple([row[name]] for name in fields)))
