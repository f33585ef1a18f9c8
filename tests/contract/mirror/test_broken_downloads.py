"""Jobs that end badly, pages that break off, locators that expire, processes that die: nothing is lost for it."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from connector.ports.org import OrgFault, RetryLater, StreamStopped
from connector.practice.http.bulk import query_jobs
from connector.practice.server import ServeOptions, start_in_thread
from tests.contract.mirror.ground import TRAP, TRAPS, Died, Org, Twin, dying

Mirror = Callable[..., Twin]
ROWS = 230
SMALL = {"bulk_page_rows": 50, "batch_rows": 20, "attempts": 2}
IN_TURN = {**SMALL, "api_version": "57.0"}
"""Before version 58 the org offers no parallel pages: each names the next by its locator."""


@pytest.fixture(scope="module")
def served() -> Iterator[Org]:
    """An org of some hundred leads, whose parallel pages are small."""
    running = start_in_thread(ServeOptions(empty=True, schema=(TRAPS,)))
    org = Org(running)
    org.crowd("Lead", [{"LastName": f"Nr {n}", "Company": f"Zeile\n{n}"} for n in range(ROWS)])
    org.pass_time(600)
    patch = pytest.MonkeyPatch()
    patch.setattr(query_jobs, "_PARALLEL_ROWS", 50)
    yield org
    patch.undo()
    running.stop()


@pytest.fixture(params=[SMALL, IN_TURN], ids=["parallel pages", "pages in turn"])
def paged(request: pytest.FixtureRequest, mirror: Mirror) -> Twin:
    twin = mirror("Lead", **request.param)
    twin.snapshot("User")
    return twin


def no_new_job(org: Org) -> None:
    org.fault(method="POST", path="/jobs/query", status=500, errorCode="UNKNOWN_EXCEPTION", times=1000)


@pytest.mark.parametrize(
    ("fault", "raised", "said"),
    [
        ({"state": "Aborted"}, RetryLater, "aborted by someone"),
        ({"state": "Failed", "error": "Query timed out"}, RetryLater, "timed out"),
        (
            {"state": "Failed", "error": "InvalidBatch : Failed to process query"},
            StreamStopped,
            "InvalidBatch",
        ),
        ({"lose_rows": 100}, RetryLater, "the snapshot holds 130 rows, the org has more"),
        ({"processed": ROWS + 1}, RetryLater, f"promised {ROWS + 1} rows and gave {ROWS}"),
        ({"processed": ROWS - 30}, RetryLater, f"promised {ROWS - 30} rows and gave {ROWS}"),
    ],
    ids=["aborted", "timed out", "failed", "rows lost in silence", "too few rows", "too many rows"],
)
def test_a_job_that_ends_badly_is_never_taken_for_a_snapshot(
    org: Org, paged: Twin, fault: dict[str, object], raised: type[OrgFault], said: str
) -> None:
    org.fault(path="/jobs/query", job=fault)
    with pytest.raises(raised, match=said):
        paged.snapshot("Lead")
    assert not paged.state("Lead").snapshot_done
    paged.snapshot("Lead")
    assert paged.state("Lead").snapshot_done
    assert paged.differences() == []


def test_a_stalled_job_is_waited_for(org: Org, paged: Twin) -> None:
    org.fault(path="/jobs/query", job={"stall": 0.3})
    paged.snapshot("Lead")
    assert paged.differences() == []


@pytest.mark.parametrize(
    "fault",
    [{"half": 0.5}, {"drop": "before"}, {"drop": "after"}, {"status": 503}],
    ids=["half a body", "dropped before", "dropped after", "503"],
)
@pytest.mark.parametrize("skip", [0, 2])
def test_a_page_that_breaks_once_is_read_again(
    org: Org, paged: Twin, fault: dict[str, object], skip: int
) -> None:
    org.fault(path="/results?", skip=skip, **fault)
    paged.snapshot("Lead")
    assert org.hits() == 0
    assert paged.state("Lead").snapshot_done
    assert paged.differences() == []


@pytest.mark.parametrize(
    ("lines", "said"), [(8, "promised 50 rows and gave 46"), (7, "not the CSV it should be")]
)
@pytest.mark.parametrize("skip", [0, 2])
def test_a_page_with_fewer_rows_than_its_header_says_is_no_place_to_go_on_from(
    org: Org, paged: Twin, lines: int, said: str, skip: int
) -> None:
    """Every lead here has a line break in it: seven lines are three leads and a half."""
    org.fault(path="/results?", skip=skip, lose_rows=lines)
    with pytest.raises(OrgFault, match=said):
        paged.snapshot("Lead")
    paged.snapshot("Lead")
    assert paged.differences() == []


@pytest.mark.parametrize("fault", [{"half": 0.5}, {"drop": "before"}], ids=["half a body", "dropped"])
def test_a_download_that_stays_broken_goes_on_at_its_locator(
    org: Org, mirror: Mirror, fault: dict[str, object]
) -> None:
    """The next attempt takes no new job, and fetches no page that is already mirrored."""
    twin = mirror("Lead", **IN_TURN)
    twin.snapshot("User")
    org.fault(path="/results?", skip=2, times=2, **fault)
    with pytest.raises(RetryLater):
        twin.snapshot("Lead")
    with twin.store.reading() as view:
        assert [row.live for row in view.mirror.count() if row.object == "Lead"] == [100]
    no_new_job(org)
    org.fault(path="/results?maxRecords", status=500, errorCode="UNKNOWN_EXCEPTION", times=1000)
    assert twin.snapshot("Lead") == ROWS - 100
    assert twin.state("Lead").snapshot_done
    assert twin.differences() == []


@pytest.mark.parametrize("after", [1, 2, 3, 5])
def test_a_snapshot_cut_between_two_batches_goes_on(
    org: Org, paged: Twin, monkeypatch: pytest.MonkeyPatch, after: int
) -> None:
    with monkeypatch.context() as until_now:
        dying(paged.capture, until_now, after)
        with pytest.raises(Died):
            paged.snapshot("Lead")
    assert paged.state("Lead").snapshot_locator is not None
    no_new_job(org)
    paged.snapshot("Lead")
    assert paged.state("Lead").snapshot_done
    assert paged.differences() == []


def test_changes_during_a_cut_snapshot_are_not_lost(
    org: Org, paged: Twin, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The stream begins where the first attempt began."""
    with monkeypatch.context() as until_now:
        dying(paged.capture, until_now, 3)
        with pytest.raises(Died):
            paged.snapshot("Lead")
    with paged.store.reading() as view:
        loaded = [version.id for version in view.mirror.scan("Lead")]
    org.save("Lead", loaded[0], City="Inzwischen")
    hard = org.lead(LastName="Inzwischen neu")
    org.pass_time(3600)
    paged.snapshot("Lead")
    paged.follow()
    assert paged.differences() == []
    org.delete("Lead", hard)
    org.act("empty_bin")


def test_a_row_loaded_before_the_cut_and_deleted_for_good_since_is_buried(
    org: Org, paged: Twin, monkeypatch: pytest.MonkeyPatch
) -> None:
    extra = org.crowd("Lead", [{"LastName": f"Kurz {n}", "Company": "Kurz AG"} for n in range(3)])
    with monkeypatch.context() as until_now:
        dying(paged.capture, until_now, 100)
        paged.snapshot("User")
        org.fault(path="/jobs/query", job={"lose_rows": 10})
        with pytest.raises(RetryLater):
            paged.snapshot("Lead")
    with paged.store.reading() as view:
        gone = next(
            version.id for version in view.mirror.scan("Lead") if version.values["Company"] != "Kurz AG"
        )
    for ident in (*extra, gone):
        org.delete("Lead", ident)
    org.act("empty_bin")
    org.pass_time(3600)
    paged.look_at_the_clock()
    paged.snapshot("Lead")
    paged.follow()
    assert paged.differences() == []
    org.lead(LastName="Ersatz", Company="Zeile\nneu")


def test_a_process_killed_between_two_batches_leaves_a_mirror_that_goes_on(
    org: Org, mirror: Mirror, tmp_path: Path
) -> None:
    code = (
        "import os, sys\n"
        "from pathlib import Path\n"
        "from tests.contract.mirror import killed\n"
        "killed.snapshot_and_die(*sys.argv[1:])\n"
    )
    words = [org.url, org.running.access_token, str(tmp_path), "2"]
    done = subprocess.run(
        [sys.executable, "-c", code, *words], cwd=Path.cwd(), timeout=60, check=False, capture_output=True
    )
    assert done.returncode == -9, done.stderr.decode()
    twin = mirror("Lead", **IN_TURN)
    assert twin.state("Lead").snapshot_locator is not None
    no_new_job(org)
    loaded = twin.snapshot("Lead")
    assert 0 < loaded < ROWS
    twin.follow()
    assert twin.differences() == []


def test_a_locator_that_expired_starts_the_snapshot_anew(
    org: Org, paged: Twin, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Documented: results live seven days, cursors two."""
    with monkeypatch.context() as until_now:
        dying(paged.capture, until_now, 4)
        with pytest.raises(Died):
            paged.snapshot("Lead")
    org.expire_locators()
    paged.snapshot("Lead")
    assert paged.differences() == []


def test_locators_that_expire_in_mid_download_do_not_end_the_snapshot(org: Org, paged: Twin) -> None:
    def expire(name: str, rows: int, expected: int) -> None:
        if 20 <= rows < 40:
            org.expire_locators()

    paged.capture.declare()
    paged.capture.snapshot("Lead", expire)
    assert paged.differences() == []


def test_a_job_that_the_org_has_dropped_starts_the_snapshot_anew(
    org: Org, paged: Twin, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as until_now:
        dying(paged.capture, until_now, 4)
        with pytest.raises(Died):
            paged.snapshot("Lead")
    locator = paged.state("Lead").snapshot_locator
    assert locator is not None
    job = locator.partition("|")[0]
    version = paged.gateway.identity().api_version
    head = {"Authorization": f"Bearer {org.running.access_token}"}
    gone = org.wire.delete(f"{org.url}/services/data/v{version}/jobs/query/{job}", headers=head, timeout=30)
    assert gone.status_code == 204
    paged.snapshot("Lead")
    assert paged.differences() == []


def test_a_query_locator_that_expires_in_mid_list_is_said(org: Org, mirror: Mirror) -> None:
    org.crowd(TRAP, [{"Text__c": f"Viele {n}"} for n in range(2100)])
    twin = mirror(TRAP)
    rows = twin.gateway.query(f"SELECT Id FROM {TRAP}")
    next(rows)
    org.expire_locators()
    with pytest.raises(OrgFault, match="INVALID_QUERY_LOCATOR"):
        list(rows)


def test_a_stream_needs_no_locator(org: Org, mirror: Mirror) -> None:
    """Its position is the last row's stamp and id, which nobody can expire."""
    twin = mirror(TRAP)
    twin.snapshot()
    org.crowd(TRAP, [{"Text__c": f"Noch mehr {n}"} for n in range(2100)])
    org.pass_time(30)
    twin.look_at_the_clock()
    more = True
    while more:
        org.expire_locators()
        more = twin.capture.poll((TRAP,)).more
    assert twin.differences() == []
