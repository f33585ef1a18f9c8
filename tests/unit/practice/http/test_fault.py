from __future__ import annotations

import pytest

from connector.practice.http.fault import Faults, fault_of
from connector.practice.org import ApiError


def strikes(
    faults: Faults, count: int, method: str = "GET", target: str = "/limits", body: bytes = b""
) -> list[bool]:
    return [faults.meet(method, target, body) is not None for _ in range(count)]


def faults_with(**asked: object) -> Faults:
    faults = Faults()
    faults.add(fault_of(asked))
    return faults


def test_a_fault_strikes_once_when_nothing_else_is_said() -> None:
    assert strikes(faults_with(path="/limits", status=500), 3) == [True, False, False]


def test_a_fault_strikes_for_ever_when_times_is_null() -> None:
    assert strikes(faults_with(times=None, status=500), 5) == [True] * 5


def test_a_fault_skips_then_strikes() -> None:
    assert strikes(faults_with(skip=2, times=1, status=500), 4) == [False, False, True, False]


def test_a_rate_alone_never_runs_out() -> None:
    seen = strikes(faults_with(rate=0.25, status=500), 400)
    assert 60 <= seen.count(True) <= 140


def test_chances_are_the_same_in_every_run() -> None:
    assert strikes(faults_with(rate=0.5, status=500), 50) == strikes(faults_with(rate=0.5, status=500), 50)


def test_method_path_and_body_must_all_fit() -> None:
    faults = faults_with(method="post", path="/sobjects/Lead", contains="Rossi", times=None, status=500)
    assert strikes(faults, 1, "POST", "/services/data/v66.0/sobjects/Lead", b'{"LastName": "Rossi"}') == [
        True
    ]
    assert strikes(faults, 1, "POST", "/services/data/v66.0/sobjects/Lead", b"{}") == [False]
    assert strikes(faults, 1, "PATCH", "/services/data/v66.0/sobjects/Lead", b"Rossi") == [False]


def test_a_job_fault_meets_jobs_and_no_calls() -> None:
    faults = faults_with(path="/jobs/query", job={"lose_rows": 3})
    assert strikes(faults, 1, target="/services/data/v66.0/jobs/query") == [False]
    assert faults.meet_job("ingest") is None
    found = faults.meet_job("query")
    assert found is not None
    assert found.lose_rows == 3
    assert faults.meet_job("query") is None


@pytest.mark.parametrize(
    ("asked", "named"),
    [
        ({"unknown": 1}, "unknown"),
        ({"rate": 2}, "rate"),
        ({"status": 42}, "status"),
        ({"job": {"state": "JobComplete"}}, "state"),
        ({"half": "yes"}, "half"),
    ],
)
def test_a_fault_that_cannot_be_names_the_place(asked: dict[str, object], named: str) -> None:
    with pytest.raises(ApiError, match=named):
        fault_of(asked)
