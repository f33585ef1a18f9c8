import json
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest

from connector.cli.exit import Exit
from connector.flows.drift import remember
from connector.ports.store import AttemptState
from tests.support.org import MemoryOrg
from tests.support.process import Process, lead, mapped, small_channel
from tests.unit.cli.conftest import Run
from tests.unit.mapping.org import both, describes_for


@pytest.fixture
def written(tmp_path: Path) -> tuple[str, str, str]:
    return told(tmp_path, "ours")


def told(tmp_path: Path, message: str) -> tuple[str, str, str]:
    """(database, lead, moment of writing): one message of ours stands in the org."""
    org = MemoryOrg(mapped())
    ident = lead(org, 1, small_channel(org).queue)
    org.wait(60)
    process = Process(org, tmp_path)
    process.begin()
    process.put(process.wish("Lead", ident, "Claim_Message__c", message))
    process.settle_down()
    [item] = [item for item in process.outbox() if item.value == message]
    with process.store.transaction() as tx:
        remember(tx, describes_for(both()))
        tx.notes.put("instance_url", "https://acme.my.salesforce.com")
    process.stop()
    assert item.written_at is not None
    return f"sqlite:///{process.path}", ident, f"{item.written_at.astimezone(UTC):%Y-%m-%dT%H:%M:%S}"


def test_a_dry_run_shows_counts_and_links_and_writes_nothing(
    connector: Run, written: tuple[str, str, str]
) -> None:
    database, ident, moment = written
    done = connector("undo", "--batch", moment, "--dry-run", "--json", CONNECTOR_DATABASE=database)
    assert done.exit_code == Exit.DONE, done.output
    body = json.loads(done.stdout)
    assert body["counts"] == {"back": 1, "changed": 0, "newer": 0, "gone": 0, "created": 0}
    assert body["fields"][0]["link"] == f"https://acme.my.salesforce.com/{ident}"
    listed = connector("outbox", "list", "--json", CONNECTOR_DATABASE=database)
    assert json.loads(listed.stdout)["items"] == []


def test_what_is_taken_back_waits_in_the_outbox_as_a_desired_value(
    connector: Run, written: tuple[str, str, str]
) -> None:
    database, ident, _ = written
    done = connector("undo", "--record", ident[:15], CONNECTOR_DATABASE=database)
    assert done.exit_code == Exit.DONE, done.output
    assert "1 value of 1 record goes back" in done.output
    assert ident in done.output  # which record it is, however narrow the terminal
    [item] = json.loads(connector("outbox", "list", "--json", CONNECTOR_DATABASE=database).stdout)["items"]
    assert (item["state"], item["value"], item["expected"]) == (AttemptState.AVAILABLE, None, "ours")
    told = connector("explain", ident, CONNECTOR_DATABASE=database)
    assert "taken back by a person" in told.output


def test_one_way_of_choosing_is_needed(connector: Run, written: tuple[str, str, str]) -> None:
    database, _, moment = written
    assert connector("undo", CONNECTOR_DATABASE=database).exit_code == Exit.USAGE
    both_ways = connector("undo", "--batch", moment, "--since", moment, CONNECTOR_DATABASE=database)
    assert both_ways.exit_code == Exit.USAGE


def test_a_moment_is_taken_as_the_outbox_shows_it_or_in_any_zone(
    connector: Run, written: tuple[str, str, str]
) -> None:
    database, ident, moment = written
    listed = connector("outbox", "list", "--all", "--json", CONNECTOR_DATABASE=database)
    [shown] = [each["written_at"] for each in json.loads(listed.stdout)["items"] if each["record"] == ident]
    elsewhere = datetime.fromisoformat(f"{moment}Z").astimezone(timezone(timedelta(hours=8)))
    for batch in (shown, f"{moment}Z", elsewhere.isoformat()):
        done = connector("undo", "--batch", batch, "--dry-run", "--json", CONNECTOR_DATABASE=database)
        assert done.exit_code == Exit.DONE, done.output
        assert json.loads(done.stdout)["counts"]["back"] == 1
    wrong = connector("undo", "--batch", "yesterday", CONNECTOR_DATABASE=database)
    assert wrong.exit_code == Exit.USAGE
    assert "%" not in wrong.output


def test_a_value_that_is_cut_off_shows_it(connector: Run, tmp_path: Path) -> None:
    database, ident, _ = told(tmp_path, "First line of a message.\nAnd a second line that is rather long")
    done = connector("undo", "--record", ident, "--dry-run", CONNECTOR_DATABASE=database, COLUMNS="160")
    assert "First line of a message. And a second l…" in done.output


def test_where_nothing_was_written_it_says_so(connector: Run, written: tuple[str, str, str]) -> None:
    done = connector("undo", "--since", "2030-01-01", CONNECTOR_DATABASE=written[0])
    assert done.exit_code == Exit.NOT_FOUND
