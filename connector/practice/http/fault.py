"""Faults asked for by a test: which call they meet, how often, and what they do to it."""

from __future__ import annotations

import random
import threading
from typing import Annotated, Any, Literal

import msgspec

from connector.practice.org import ApiError

Share = Annotated[float, msgspec.Meta(ge=0, le=1)]
Count = Annotated[int, msgspec.Meta(ge=0)]


class JobFault(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What goes wrong with the next bulk job.

    `state` Failed or Aborted ends it so; `lose_rows` leaves rows out of a result that still says it is
    complete; `processed` is a wrong `numberRecordsProcessed`; `stall` keeps it in progress for seconds.
    """

    state: Literal["Failed", "Aborted"] | None = None
    error: str | None = None
    lose_rows: Count = 0
    processed: int | None = None
    stall: float = 0.0


class Fault(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename={"error_code": "errorCode"}
):
    """One fault, in the JSON shape in which a test asks for it.

    It meets calls of `method` (any, when None) whose path with query string contains `path` and whose body
    contains `contains`, after letting `skip` of them pass: the next `times` (None: all of them; one when no
    `rate` is given), each with probability `rate`. `drop` cuts the connection before the call runs or after
    it ran; `half` sends that share of the body and cuts; `set` replaces keys of a JSON answer, `headers`
    its headers; `lose_rows` takes lines off the end of a CSV answer.
    """

    method: str | None = None
    path: str = ""
    contains: str = ""
    skip: Count = 0
    times: Count | None = 1
    rate: Share | None = None
    delay: float = 0.0
    status: Annotated[int, msgspec.Meta(ge=200, le=599)] | None = None
    error_code: str | None = None
    message: str = "A fault was asked for"
    fields: tuple[str, ...] | None = None
    headers: dict[str, str] = {}
    body: str | None = None
    drop: Literal["before", "after"] | None = None
    half: Share | None = None
    set: dict[str, Any] = {}
    lose_rows: Count = 0
    expire_token: bool = False
    job: JobFault | None = None

    @property
    def changes_answer(self) -> bool:
        """Whether the org's own answer must be held back and altered."""
        return bool(
            self.half is not None or self.set or self.lose_rows or self.drop == "after" or self.headers
        )


def fault_of(asked: dict[str, Any]) -> Fault:
    """Read a fault from JSON (`drop` and `half` may be true); 400 naming the place that is wrong."""
    asked = dict(asked)
    if asked.get("drop") is True:
        asked["drop"] = "before"
    if asked.get("half") is True:
        asked["half"] = 0.5
    if "rate" in asked:
        asked.setdefault("times", None)
    if "errorCode" in asked:
        asked.setdefault("status", 400)
    try:
        return msgspec.convert(asked, Fault)
    except msgspec.ValidationError as fault:
        raise ApiError(400, "INVALID_INPUT", f"This is not a fault: {fault}") from fault


class Faults:
    """The faults waiting for their calls. Chances come from a fixed seed, so that a run can be repeated."""

    def __init__(self) -> None:
        self._faults: dict[str, Fault] = {}
        self._seen: dict[str, int] = {}
        self._hits: dict[str, int] = {}
        self._made = 0
        self._chance = random.Random(7)  # noqa: S311 - nothing here needs secrecy
        self._lock = threading.Lock()

    def __bool__(self) -> bool:
        return bool(self._faults)

    def add(self, fault: Fault) -> str:
        """Take a fault in and return its id."""
        with self._lock:
            self._made += 1
            fault_id = f"fault{self._made}"
            self._faults[fault_id] = fault
            self._seen[fault_id] = self._hits[fault_id] = 0
            return fault_id

    def listed(self) -> list[dict[str, Any]]:
        """Each fault that still waits, with how often it struck."""
        with self._lock:
            return [
                {"id": fault_id, "hits": self._hits[fault_id], **msgspec.to_builtins(fault)}
                for fault_id, fault in self._faults.items()
            ]

    def clear(self, fault_id: str | None = None) -> int:
        """Forget one fault, or all; how many there were."""
        with self._lock:
            gone = [each for each in self._faults if fault_id in {None, each}]
            for each in gone:
                del self._faults[each]
            return len(gone)

    def wants_body(self) -> bool:
        """Whether any waiting fault looks into request bodies."""
        return any(fault.contains for fault in self._faults.values())

    def meet(self, method: str, target: str, body: bytes) -> Fault | None:
        """The fault that strikes this call, if any; spends one of its times."""
        with self._lock:
            for fault_id, fault in self._faults.items():
                fits = fault.job is None and self._fits(fault, method, target, body)
                if fits and self._strikes(fault_id, fault):
                    return fault
        return None

    def meet_job(self, kind: str) -> JobFault | None:
        """The fault that strikes a bulk job; `kind` is its path part, `query` or `ingest`."""
        with self._lock:
            for fault_id, fault in self._faults.items():
                if fault.job and fault.path in f"/jobs/{kind}" and self._strikes(fault_id, fault):
                    return fault.job
        return None

    def _fits(self, fault: Fault, method: str, target: str, body: bytes) -> bool:
        return (
            (fault.method is None or fault.method.upper() == method)
            and fault.path in target
            and (not fault.contains or fault.contains.encode() in body)
        )

    def _strikes(self, fault_id: str, fault: Fault) -> bool:
        self._seen[fault_id] += 1
        if self._seen[fault_id] <= fault.skip:
            return False
        if fault.rate is not None and self._chance.random() >= fault.rate:
            return False
        self._hits[fault_id] += 1
        if fault.times is not None and self._hits[fault_id] >= fault.times:
            # It struck for the last time; leaving at once is safe, as every caller stops at a strike.
            del self._faults[fault_id]
        return True
