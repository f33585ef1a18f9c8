"""Writes: collections of 200, one conditional row, upserts; each row gets a result, a bad one stops no other.

A write whose answer never came is not repeated here (it may have happened): its rows say UNKNOWN_OUTCOME.
Upserts by external id may be.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any
from urllib.parse import quote as url_quote

from connector.ports.org import (
    NOT_TRIED,
    BudgetSpent,
    DaemonStopped,
    ErrorKind,
    OrgFault,
    RetryLater,
    Row,
    RowResult,
)
from connector.salesforce import soql
from connector.salesforce.call import Ask, encoded
from connector.salesforce.describe import Describes
from connector.salesforce.errors import Complaint, kind_of, row_complaint, soon
from connector.salesforce.ids import id18
from connector.salesforce.settings import OrgSettings
from connector.salesforce.transport import Transport
from connector.salesforce.values import json_of

COLLECTION_ROWS = 200  # documented
COLLECTION_CHUNKS = 10  # documented: runs of one object in a collection

_NO_RULES = {"Sforce-Auto-Assign": "FALSE"}  # a lead returned to its queue would be assigned again


@dataclass(frozen=True, kw_only=True, slots=True)
class _Sendable:
    """A row on its way: where its result belongs, and its JSON."""

    place: int
    row: Row
    body: Mapping[str, Any]


Send = Callable[[Sequence[_Sendable]], Any]
Cut = Callable[[Sequence[_Sendable]], Iterator[Sequence[_Sendable]]]


class Writes:
    def __init__(
        self,
        transport: Transport,
        root: str,
        describes: Describes,
        settings: OrgSettings,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._transport = transport
        self._root = root
        self._describes = describes
        self._settings = settings
        self._sleep = sleep
        self._headers = dict(_NO_RULES)
        if settings.allow_duplicate_alerts:
            self._headers["Sforce-Duplicate-Rule-Header"] = "allowSave=true"

    def write(self, rows: Sequence[Row]) -> list[RowResult]:
        return self._all(rows, _collections, self._send_collection)

    def upsert(self, sobject: str, external_field: str, rows: Sequence[Row]) -> list[RowResult]:
        path = f"{self._root}/composite/sobjects/{soql.name(sobject)}/{soql.name(external_field)}"

        def send(chunk: Sequence[_Sendable]) -> Any:
            return self._send(path, "PATCH", chunk, repeatable=True)

        return self._all(rows, _of_200, send)

    def write_if_unmodified(self, row: Row, since: datetime) -> RowResult:
        if row.id is None:
            raise ValueError(f"a new {row.object} cannot be unmodified since {since}")
        try:
            body = self._body(row)
            if isinstance(body, RowResult):
                return body
            answer = self._transport.call(self._conditional(row.object, row.id, body, since))
        except (DaemonStopped, BudgetSpent):
            raise
        except OrgFault as fault:
            return _refused(row, fault)
        if answer.status == 412:
            return RowResult(
                id=row.id,
                success=False,
                code="PRECONDITION_FAILED",
                message=f"{row.object} {row.id} changed after {since.isoformat()}",
                kind=ErrorKind.REFUSED_STALE,
            )
        return RowResult(id=row.id, success=True)

    def _conditional(self, sobject: str, record: str, body: Mapping[str, Any], since: datetime) -> Ask:
        values = {field: value for field, value in body.items() if field not in {"attributes", "id"}}
        condition = format_datetime(since.astimezone(UTC).replace(microsecond=0), usegmt=True)
        return Ask(
            method="PATCH",
            path=f"{self._root}/sobjects/{soql.name(sobject)}/{url_quote(id18(record))}",
            kind="write",
            headers={**self._headers, "If-Unmodified-Since": condition},
            body=encoded(values),
            repeatable=False,
            passed=frozenset({412}),
        )

    def _all(self, rows: Sequence[Row], cut: Cut, send: Send) -> list[RowResult]:
        """Send every row, those that met a lock again, and put the results in the rows' order."""
        results: dict[int, RowResult] = {}
        pending: list[_Sendable] = []
        blind: dict[str, OrgFault] = {}
        for place, row in enumerate(rows):
            try:
                body = _refused(row, blind[row.object]) if row.object in blind else self._body(row)
            except (DaemonStopped, BudgetSpent):
                raise
            except OrgFault as fault:  # an object we cannot describe stops no other object's rows
                blind[row.object] = fault
                body = _refused(row, fault)
            if isinstance(body, RowResult):
                results[place] = body
            else:
                pending.append(_Sendable(place=place, row=row, body=body))
        pause = self._settings.backoff
        for attempt in range(self._settings.attempts):
            if attempt:
                self._sleep(pause)
                pause = min(pause * 2, self._settings.backoff_limit)
            locked = self._round(pending, cut, send, results, tried=attempt > 0)
            if not locked:
                break
            pending = locked
        return [results[place] for place in range(len(rows))]

    def _round(
        self,
        pending: Sequence[_Sendable],
        cut: Cut,
        send: Send,
        results: dict[int, RowResult],
        *,
        tried: bool,
    ) -> list[_Sendable]:
        """One go over the rows, until the org stops answering; returns those worth another soon."""
        locked: list[_Sendable] = []
        for item in pending:
            results.pop(item.place, None)
        for chunk in cut(pending):
            try:
                for item, result, again in self._answers(chunk, send):
                    tried = True
                    results[item.place] = result
                    if again:
                        locked.append(item)
            except (DaemonStopped, RetryLater) as fault:
                if isinstance(fault, DaemonStopped | BudgetSpent):
                    if not tried:
                        raise
                else:  # perhaps sent, perhaps done
                    for item in chunk:
                        results.setdefault(item.place, _refused(item.row, fault))
                for item in pending:
                    results.setdefault(item.place, _unsent(item.row, fault))
                return []
        return locked

    def _answers(self, chunk: Sequence[_Sendable], send: Send) -> Iterator[tuple[_Sendable, RowResult, bool]]:
        """Results of one chunk. When the org refuses it as a whole, halves find the row that is to blame."""
        try:
            answer = send(chunk)
        except (RetryLater, DaemonStopped):
            raise
        except OrgFault as fault:
            if len(chunk) == 1:
                yield chunk[0], _refused(chunk[0].row, fault), False
            else:
                middle = len(chunk) // 2
                yield from self._answers(chunk[:middle], send)
                yield from self._answers(chunk[middle:], send)
        else:
            for item, one in zip(chunk, answer, strict=True):
                yield item, *_result(item.row, one)

    def _send_collection(self, chunk: Sequence[_Sendable]) -> Any:
        method = "POST" if chunk[0].row.id is None else "PATCH"
        return self._send(f"{self._root}/composite/sobjects", method, chunk, repeatable=False)

    def _send(self, path: str, method: str, chunk: Sequence[_Sendable], *, repeatable: bool) -> Any:
        body = encoded({"allOrNone": False, "records": [item.body for item in chunk]})
        ask = Ask(
            method=method, path=path, kind="write", headers=self._headers, body=body, repeatable=repeatable
        )
        return self._transport.call(ask).json()

    def _body(self, row: Row) -> Mapping[str, Any] | RowResult:
        """The row as JSON by the describe's types, or its refusal when it cannot be that."""
        kinds = self._describes.kinds(row.object)
        body: dict[str, Any] = {"attributes": {"type": row.object}}
        if row.id is not None:
            try:
                body["id"] = id18(row.id)
            except ValueError as wrong:
                return _result_of(row, Complaint("MALFORMED_ID", str(wrong)))
        for field, text in row.values.items():
            kind = kinds.get(field)
            if kind is None:
                unknown = self._describes.unknown(row.object, field)
                return _result_of(row, Complaint("INVALID_FIELD", str(unknown), (field,)))
            try:
                body[field] = json_of(text, kind)
            except ValueError as wrong:
                message = f"{row.object}.{field} is of type {kind}: {wrong}"
                return _result_of(row, Complaint("INVALID_TYPE_ON_FIELD_IN_RECORD", message, (field,)))
        return body


def _of_200(items: Sequence[_Sendable]) -> Iterator[Sequence[_Sendable]]:
    for start in range(0, len(items), COLLECTION_ROWS):
        yield items[start : start + COLLECTION_ROWS]


def _collections(items: Sequence[_Sendable]) -> Iterator[Sequence[_Sendable]]:
    """Cut at 200 rows, at the eleventh run of one object, and between creates and updates; order is kept."""
    chunk: list[_Sendable] = []
    runs = 0
    for item in items:
        new_run = not chunk or chunk[-1].row.object != item.row.object
        other_verb = bool(chunk) and (chunk[-1].row.id is None) != (item.row.id is None)
        if len(chunk) == COLLECTION_ROWS or other_verb or (new_run and runs == COLLECTION_CHUNKS):
            yield chunk
            chunk, runs, new_run = [], 0, True
        chunk.append(item)
        runs += new_run
    if chunk:
        yield chunk


def _result(row: Row, answer: Mapping[str, Any]) -> tuple[RowResult, bool]:
    """One row's result, and whether to send it again soon."""
    if answer.get("success"):
        created = answer.get("created", row.id is None)
        return RowResult(id=id18(answer["id"]), success=True, created=bool(created)), False
    complaint = row_complaint(answer.get("errors") or ())
    return _result_of(row, complaint), soon(complaint)


def _result_of(row: Row, complaint: Complaint) -> RowResult:
    return RowResult(
        id=row.id,
        success=False,
        code=complaint.code,
        message=complaint.message,
        fields=complaint.fields,
        kind=kind_of(complaint),
    )


def _refused(row: Row, fault: OrgFault) -> RowResult:
    """The result of a row whose whole call was refused or lost."""
    if isinstance(fault, RetryLater):
        return RowResult(
            id=row.id, success=False, code=fault.code or NOT_TRIED, message=str(fault), kind=ErrorKind.RETRY
        )
    return _result_of(row, Complaint(fault.code or "UNKNOWN_ERROR", str(fault), fault.fields))


def _unsent(row: Row, fault: OrgFault) -> RowResult:
    """The result of a row that waited behind a call after which nothing more was sent."""
    kind = {BudgetSpent: ErrorKind.BUDGET, DaemonStopped: ErrorKind.AUTH}.get(type(fault), ErrorKind.RETRY)
    return RowResult(id=row.id, success=False, code=NOT_TRIED, message=f"not sent: {fault}", kind=kind)
