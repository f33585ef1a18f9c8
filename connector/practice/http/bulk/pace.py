"""How long the server lets a job wait, so that a client meets every state of the real service."""

from __future__ import annotations

import time
from dataclasses import dataclass

from connector.practice.http.bulk.desk import Desk
from connector.practice.http.bulk.job import State
from connector.practice.http.fault import Faults, JobFault
from connector.practice.http.service import Service

_STEP = 0.02


@dataclass(frozen=True, kw_only=True)
class Pace:
    """Seconds a job stays UploadComplete, and at least InProgress."""

    queued: float = 0.0
    working: float = 0.0


def pace_of(service: Service) -> Pace:
    """The pace of the running org: at once, or as the real service takes its time."""
    return Pace(queued=1.0, working=2.0) if service.settings.latency else Pace()


def linger(desk: Desk, job_id: str, seconds: float) -> None:
    """Wait, but stop with `StoppedError` as soon as the job is aborted or deleted."""
    until = time.monotonic() + seconds
    while (left := until - time.monotonic()) > 0:
        desk.change(job_id, unless_final=True)
        time.sleep(min(_STEP, left))


def begin(service: Service, desk: Desk, job_id: str) -> tuple[JobFault, float]:
    """Take the job in hand: wait its turn, show it in progress, and draw the fault that strikes it, if any.

    Returns the fault (one that does nothing, when none was asked for) and the monotonic second of the start.
    """
    pace = pace_of(service)
    linger(desk, job_id, pace.queued)
    job = desk.change(job_id, unless_final=True, state=State.IN_PROGRESS)
    started = time.monotonic()
    fault = (
        service.keep(Faults, Faults).meet_job("query" if job.kind == "V2Query" else "ingest") or JobFault()
    )
    linger(desk, job_id, pace.working + fault.stall)
    return fault, started
