from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from itertools import islice
from typing import Any

import pytest
import requests
import responses
from responses import matchers

from connector.ports.ahead import read_ahead
from connector.ports.org import RetryLater, StreamStopped
from connector.salesforce import SalesforceOrg
from connector.salesforce.bulk import INCOMPLETE
from tests.unit.salesforce.conftest import ROOT, error

JOB = "750000000000001AAA"
JOBS = f"{ROOT}/jobs/query"
FIELDS = ("Id", "LastName", "AnnualRevenue")
MakeOrg = Callable[..., SalesforceOrg]


def ids(*numbers: int) -> list[str]:
    return [f"00Q{number:012d}AAA" for number in numbers]


def csv(*numbers: int) -> str:
    rows = [
        f'"{one}","name {number}","{number}.0"' for one, number in zip(ids(*numbers), numbers, strict=True)
    ]
    return "\n".join(['"Id","LastName","AnnualRevenue"', *rows]) + "\n"


def job(state: str = "JobComplete", rows: int = 0, **more: Any) -> dict[str, Any]:
    return {"id": JOB, "state": state, "numberRecordsProcessed": rows, **more}


def page(
    wire: responses.RequestsMock, locator: str | None, body: str, following: str = "null", **query: str
) -> None:
    params = {**({"locator": locator} if locator else {}), **query}
    wire.get(
        f"{JOBS}/{JOB}/results",
        body=body,
        headers={"Sforce-Locator": following, "Sforce-NumberOfRecords": str(body.count("\n") - 1)},
        match=[matchers.query_param_matcher(params)],
    )


def in_turn(wire: responses.RequestsMock) -> None:
    """The org offers no parallel pages."""
    wire.get(f"{JOBS}/{JOB}/resultPages", status=404, json=error("NOT_FOUND"))


def taken(org: SalesforceOrg, **options: Any) -> list[str | None]:
    return [one for batch in org.snapshot("Lead", FIELDS, **options) for one in batch.column("Id")]


@pytest.fixture
def done(wire: responses.RequestsMock) -> responses.RequestsMock:
    wire.post(JOBS, json=job("UploadComplete"))
    wire.get(f"{JOBS}/{JOB}", json=job("InProgress"))
    wire.get(f"{JOBS}/{JOB}", json=job("InProgress"))
    wire.get(f"{JOBS}/{JOB}", json=job(rows=5))
    wire.delete(f"{JOBS}/{JOB}", status=204)
    return wire


def test_pages_are_followed_by_locator(done: responses.RequestsMock, org: SalesforceOrg) -> None:
    in_turn(done)
    page(done, None, csv(1, 2), "MTA", maxRecords="50000")
    page(done, "MTA", csv(3, 4), "MjA", maxRecords="50000")
    page(done, "MjA", csv(5), maxRecords="50000")
    assert taken(org) == ids(1, 2, 3, 4, 5)
    assert done.assert_call_count(f"{JOBS}/{JOB}", 4)  # three polls and the delete at the end


def test_pages_are_fetched_in_parallel_where_the_org_offers_it(
    done: responses.RequestsMock, org: SalesforceOrg
) -> None:
    path = f"/services/data/v63.0/jobs/query/{JOB}"
    first = {
        "resultPages": [{"resultUrl": f"{path}/results"}, {"resultUrl": f"{path}/results?locator=MTA"}],
        "nextRecordUrl": f"{path}/resultPages?locator=MjA",
        "done": False,
    }
    second = {"resultPages": [{"resultUrl": f"{path}/results?locator=MjA"}], "done": True}
    done.get(f"{JOBS}/{JOB}/resultPages", json=first, match=[matchers.query_param_matcher({})])
    done.get(
        f"{JOBS}/{JOB}/resultPages", json=second, match=[matchers.query_param_matcher({"locator": "MjA"})]
    )
    page(done, None, csv(1, 2), "MTA")
    page(done, "MTA", csv(3, 4), "MjA")
    page(done, "MjA", csv(5))
    assert taken(org) == ids(1, 2, 3, 4, 5)


def test_a_job_is_asked_after_less_and_less_often(
    done: responses.RequestsMock, org: SalesforceOrg, naps: list[float]
) -> None:
    in_turn(done)
    page(done, None, csv(1, 2, 3, 4, 5), maxRecords="50000")
    taken(org)
    assert naps == pytest.approx([0.2, 0.3, 0.45])


def test_deleted_rows_are_asked_for_unless_declined(done: responses.RequestsMock, org: SalesforceOrg) -> None:
    in_turn(done)
    page(done, None, csv(1, 2, 3, 4, 5), maxRecords="50000")
    taken(org)
    taken(org, include_deleted=False)
    asked = [json.loads(call.request.body or "") for call in done.calls if call.request.method == "POST"]
    assert [body["operation"] for body in asked] == ["queryAll", "query"]
    assert asked[0]["query"] == "SELECT Id, LastName, AnnualRevenue FROM Lead"


@pytest.mark.parametrize(
    ("ended", "raised", "said"),
    [
        (job("Failed", errorMessage="InvalidBatch : Failed to process query"), StreamStopped, "InvalidBatch"),
        (job("Failed", errorMessage="Query timeout"), RetryLater, "Query timeout"),
        (job("Aborted"), RetryLater, "aborted by someone"),
    ],
)
def test_a_job_that_ends_badly_says_so(
    wire: responses.RequestsMock, org: SalesforceOrg, ended: object, raised: type[Exception], said: str
) -> None:
    wire.post(JOBS, json=job("UploadComplete"))
    wire.get(f"{JOBS}/{JOB}", json=ended)
    wire.delete(f"{JOBS}/{JOB}", status=204)
    with pytest.raises(raised, match=said):
        taken(org)


def test_a_job_that_never_ends_is_given_up(wire: responses.RequestsMock, make_org: MakeOrg) -> None:
    wire.post(JOBS, json=job("UploadComplete"))
    wire.get(f"{JOBS}/{JOB}", json=job("InProgress"))
    with pytest.raises(RetryLater, match="is InProgress after"):
        taken(make_org(bulk_deadline=60.0))


def test_a_complete_job_with_too_few_rows_is_not_believed(
    done: responses.RequestsMock, org: SalesforceOrg
) -> None:
    """A job has been seen to say complete with half the rows."""
    in_turn(done)
    page(done, None, csv(1, 2, 3), maxRecords="50000")
    with pytest.raises(RetryLater, match="promised 5 rows and gave 3") as fault:
        taken(org)
    assert fault.value.code == INCOMPLETE


def test_a_page_shorter_than_its_count_is_not_believed(
    done: responses.RequestsMock, org: SalesforceOrg
) -> None:
    in_turn(done)
    done.get(f"{JOBS}/{JOB}/results", body=csv(1, 2), headers={"Sforce-NumberOfRecords": "5"})
    with pytest.raises(RetryLater, match="promised 5 rows and gave 2"):
        taken(org)


def test_a_broken_download_repeats_only_its_page(done: responses.RequestsMock, org: SalesforceOrg) -> None:
    in_turn(done)
    page(done, None, csv(1, 2), "MTA", maxRecords="50000")
    done.get(f"{JOBS}/{JOB}/results", body=requests.exceptions.ChunkedEncodingError("cut off"))
    page(done, "MTA", csv(3, 4, 5), maxRecords="50000")
    assert taken(org) == ids(1, 2, 3, 4, 5)


class TestAnInterruptedSnapshot:
    def start(self, wire: responses.RequestsMock, org: SalesforceOrg) -> str:
        """Takes the first page, and keeps where it stood."""
        in_turn(wire)
        page(wire, None, csv(1, 2), "MTA", maxRecords="50000")
        page(wire, "MTA", csv(3, 4, 5), maxRecords="50000")
        stream = org.snapshot("Lead", FIELDS)
        batch = next(stream)
        stream.close()  # type: ignore[attr-defined]
        assert batch.column("Id") == ids(1, 2)
        assert batch.resume
        return batch.resume

    def test_goes_on_at_its_locator(self, done: responses.RequestsMock, org: SalesforceOrg) -> None:
        token = self.start(done, org)
        assert taken(org, resume=token) == ids(3, 4, 5)

    def test_keeps_its_job_until_it_is_all_taken(
        self, done: responses.RequestsMock, org: SalesforceOrg
    ) -> None:
        token = self.start(done, org)
        assert "DELETE" not in [call.request.method for call in done.calls]
        taken(org, resume=token)
        assert "DELETE" in [call.request.method for call in done.calls]

    def test_starts_anew_when_the_org_has_dropped_the_job(
        self, done: responses.RequestsMock, org: SalesforceOrg
    ) -> None:
        token = self.start(done, org)
        gone = token.replace(JOB, "750000000000009AAA")
        done.get(f"{JOBS}/750000000000009AAA", status=404, json=error("NOT_FOUND"))
        assert taken(org, resume=gone) == ids(1, 2, 3, 4, 5)

    def test_starts_anew_when_the_question_changed(
        self, done: responses.RequestsMock, org: SalesforceOrg
    ) -> None:
        token = self.start(done, org)
        assert taken(org, resume=token, where="LastName != null") == ids(1, 2, 3, 4, 5)

    def test_that_was_all_taken_gives_no_more(self, done: responses.RequestsMock, org: SalesforceOrg) -> None:
        in_turn(done)
        page(done, None, csv(1, 2, 3, 4, 5), maxRecords="50000")
        [batch] = org.snapshot("Lead", FIELDS)
        assert taken(org, resume=batch.resume) == []


def test_a_batch_inside_a_page_resumes_at_that_page(done: responses.RequestsMock, make_org: MakeOrg) -> None:
    in_turn(done)
    page(done, None, csv(1, 2, 3, 4, 5), maxRecords="50000")
    org = make_org(batch_rows=2)
    first = next(org.snapshot("Lead", FIELDS))
    assert first.column("Id") == ids(1, 2)
    assert taken(org, resume=first.resume) == ids(1, 2, 3, 4, 5)


@pytest.mark.parametrize(
    ("field", "said"), [("Address", "type address"), ("Compny", "nearest it can see is Company")]
)
def test_a_field_that_cannot_be_read_stops_the_stream_before_a_job(
    wire: responses.RequestsMock, org: SalesforceOrg, field: str, said: str
) -> None:
    with pytest.raises(StreamStopped, match=said):
        org.snapshot("Lead", ["Id", field])
    assert "POST" not in [call.request.method for call in wire.calls]


def test_items_read_ahead_come_in_order_and_a_failure_among_them_in_its_place() -> None:
    def items() -> Iterator[int]:
        yield from range(5)
        raise RetryLater("gone")

    ahead = read_ahead(items())
    taken = list(islice(ahead, 5))
    with pytest.raises(RetryLater):
        next(ahead)
    assert taken == [0, 1, 2, 3, 4]
