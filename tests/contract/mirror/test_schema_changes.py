"""The org's schema drifts under the connector: one stream stops with one clear error, the others go on."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from connector.daemon.loop import Loop
from connector.flows.status import status
from connector.practice.server import ServeOptions, start_in_thread
from connector.profiles import Faulty
from tests.contract.mirror.ground import TRAP, TRAPS, Org, Twin
from tests.contract.mirror.installation import Installation

Mirror = Callable[..., Twin]
FIELDS = """
objects:
  Lead:
    fields:
      Caller_Id__c: {type: Text, length: 40}
      Colour__c: {type: Text, length: 40}
"""


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Org]:
    """An org of each test's own: its schema does not come back."""
    running = start_in_thread(ServeOptions(leads=60, schema=(TRAPS,)))
    yield Org(running)
    running.stop()


def drop(org: Org, name: str, field: str) -> None:
    org.running.service.org.drop_field(name, field)


def declare(org: Org, folder: Path, text: str) -> None:
    path = folder / "declared.yaml"
    path.write_text(text, encoding="utf-8")
    org.running.service.org.declare(path)


def others_go_on(installation: Installation, loop: Loop) -> None:
    firm = installation.org.create("Account", Name="Nach dem Umbau")
    loop.turn(watermark=True)
    with installation.connector.store.reading() as view:
        assert firm in view.mirror.get("Account", [firm])
    assert installation.differences(but="Lead") == []


def test_a_mapped_field_dropped_between_two_runs_stops_its_stream_alone(
    org: Org, installation: Installation, tmp_path: Path
) -> None:
    installation.start()
    installation.stop()
    drop(org, "Lead", "Caller_Id__c")
    loop = installation.start()
    ((name, reason),) = installation.stopped().items()
    assert name == "Lead"
    line = installation.line_of("caller_id: Caller_Id__c")
    assert f"mapping.yaml:{line}:" in reason
    assert (
        "lead.read.caller_id: found Caller_Id__c, expected a field of Lead that the login can read" in reason
    )
    assert "correct the name, or let the login see the field (permission set" in reason
    others_go_on(installation, loop)
    installation.stop()
    declare(org, tmp_path, FIELDS)
    installation.start()
    assert installation.stopped() == {}
    assert installation.differences() == []


def test_a_mapped_field_dropped_under_a_running_daemon_stops_its_stream_alone(
    org: Org, installation: Installation, tmp_path: Path
) -> None:
    loop = installation.start()
    drop(org, "Lead", "Caller_Id__c")
    loop.turn(watermark=True)
    ((name, reason),) = installation.stopped().items()
    assert name == "Lead"
    line = installation.line_of("caller_id: Caller_Id__c")
    assert "Lead.Caller_Id__c does not exist or is hidden from this login" in reason
    assert f"mapping.yaml:{line}:" in reason
    assert "lead.read.caller_id: correct the line, or let the login see the field" in reason
    others_go_on(installation, loop)
    declare(org, tmp_path, FIELDS)
    loop._c.org._describes.forget("Lead")  # type: ignore[attr-defined]  # or ten minutes later
    loop.turn(watermark=True)
    assert installation.stopped() == {}
    assert installation.differences() == []


def test_a_misspelt_line_is_no_drift_and_refused_altogether(installation: Installation) -> None:
    installation.start()
    installation.edit("caller_id: Caller_Id__c", "caller_id: Caler_Id__c")
    with pytest.raises(Faulty, match=r"Caler_Id__c.*nearest is 'Caller_Id__c'"):
        installation.start()


def test_a_field_whose_type_changed_stops_its_stream_with_both_types(
    org: Org, installation: Installation, tmp_path: Path
) -> None:
    installation.start()
    installation.stop()
    declare(org, tmp_path, "objects: {Lead: {fields: {Work_By__c: {type: Text, length: 40}}}}")
    loop = installation.start()
    ((name, reason),) = installation.stopped().items()
    assert name == "Lead"
    assert "Lead.Work_By__c, of type string, expected a date and time (type datetime)" in reason
    assert f"mapping.yaml:{installation.line_of('work_by: Work_By__c')}:" in reason
    others_go_on(installation, loop)


def test_a_field_added_in_the_org_changes_nothing(
    org: Org, installation: Installation, tmp_path: Path
) -> None:
    loop = installation.start()
    declare(org, tmp_path, FIELDS)
    org.lead(LastName="Bunt", Colour__c="rot")
    loop.turn()
    assert installation.stopped() == {}
    assert installation.differences() == []


def test_a_field_added_to_the_mapping_is_filled_in_for_rows_already_mirrored(
    org: Org, installation: Installation, tmp_path: Path
) -> None:
    declare(org, tmp_path, FIELDS)
    org.lead(LastName="Bunt", Colour__c="rot")
    org.pass_time(600)
    installation.start()
    installation.edit("    source: LeadSource", "    source: Colour__c")
    installation.start()
    assert "Colour__c" in installation.connector.mapping.objects["Lead"]
    assert installation.differences() == []


def test_a_picklist_value_added_stops_nothing_but_the_reading_of_its_records(
    org: Org, installation: Installation
) -> None:
    """Law 14: the mirror is exact; the record that cannot be read is a fault with its remedy."""
    loop = installation.start()
    parked = org.people.rows("SELECT Id FROM Lead WHERE IsConverted = false AND Status = 'New' LIMIT 1")[0][
        "Id"
    ]
    org.save("Lead", parked, Status="Parked")
    loop.turn()
    assert installation.stopped() == {}
    assert installation.differences() == []
    faults = [fault for fault in status(installation.connector.store).faults if fault.record == parked]
    assert [(fault.field, "Parked" in fault.reason) for fault in faults] == [("Status", True)]


@pytest.mark.parametrize("kind", ["{type: Text, length: 80}", "{type: LongTextArea, length: 1000}"])
def test_a_number_that_becomes_text_under_a_running_mirror_is_read_as_text(
    org: Org, mirror: Mirror, tmp_path: Path, kind: str
) -> None:
    ident = org.create(TRAP, Big__c=12)
    drop(org, TRAP, "Doubled__c")
    twin = mirror(TRAP)
    twin.snapshot()
    declare(org, tmp_path, f"objects: {{Trap__c: {{fields: {{Big__c: {kind}}}}}}}")
    org.save(TRAP, ident, Big__c="ein Dutzend")
    twin.poll()
    held = twin.held(TRAP, ident)
    assert held is not None
    assert held.values["Big__c"] == "ein Dutzend"
    assert twin.differences() == []
