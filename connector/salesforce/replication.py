"""What getUpdated and getDeleted know, and the window to ask for: the org's own claim of completeness."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from connector.ports.org import Deleted, DeletedRow, OrgFault, StreamStopped, Updated
from connector.salesforce import soql
from connector.salesforce.call import Ask
from connector.salesforce.ids import id18
from connector.salesforce.transport import Transport
from connector.salesforce.values import moment_of, moment_text

REPLICATION_DAYS = 30  # documented: how far getUpdated and getDeleted reach back
_MINUTE = timedelta(minutes=1)


class Replication:
    """Windows with more ids than the org gives at once (600,000, documented) are asked for in halves."""

    def __init__(self, transport: Transport, root: str) -> None:
        self._transport = transport
        self._root = root

    def updated(self, sobject: str, start: datetime, end: datetime) -> Updated:
        answer = self._replication(sobject, "updated", start, end)
        if answer is None:
            first, second = (self.updated(sobject, *part) for part in _halves(sobject, start, end))
            covered = min(first.latest_date_covered, second.latest_date_covered)
            return Updated(ids=tuple(dict.fromkeys((*first.ids, *second.ids))), latest_date_covered=covered)
        return Updated(
            ids=tuple(id18(one) for one in answer["ids"]),
            latest_date_covered=moment_of(answer["latestDateCovered"]),
        )

    def deleted(self, sobject: str, start: datetime, end: datetime) -> Deleted:
        answer = self._replication(sobject, "deleted", start, end)
        if answer is None:
            first, second = (self.deleted(sobject, *part) for part in _halves(sobject, start, end))
            return Deleted(
                rows=(*first.rows, *second.rows),
                earliest_available=max(first.earliest_available, second.earliest_available),
                latest_date_covered=min(first.latest_date_covered, second.latest_date_covered),
            )
        return Deleted(
            rows=tuple(
                DeletedRow(id=id18(row["id"]), deleted_at=moment_of(row["deletedDate"]))
                for row in answer["deletedRecords"]
            ),
            earliest_available=moment_of(answer["earliestDateAvailable"]),
            latest_date_covered=moment_of(answer["latestDateCovered"]),
        )

    def _replication(
        self, sobject: str, what: str, start: datetime, end: datetime
    ) -> Mapping[str, Any] | None:
        """The answer of getUpdated or getDeleted; None when it would hold more ids than the org gives."""
        if end - start < _MINUTE:
            raise ValueError(f"{start} to {end} holds no whole minute: seconds are ignored (documented)")
        path = f"{self._root}/sobjects/{soql.name(sobject)}/{what}/"
        params = {"start": _iso(start), "end": _iso(end)}
        try:
            found: Mapping[str, Any] = self._transport.call(
                Ask(method="GET", path=path, kind="query", params=params)
            ).json()
        except OrgFault as fault:
            if fault.code == "EXCEEDED_ID_LIMIT":
                return None
            fault.object = sobject
            raise
        return found


def watermark_window(watermark: datetime, now: datetime) -> tuple[datetime, datetime] | None:
    """Whole minutes from `watermark` to `now`; the port says more."""
    start, end = (moment.replace(second=0, microsecond=0) for moment in (watermark, now))
    if start < now - timedelta(days=REPLICATION_DAYS):
        raise StreamStopped(
            f"the watermark {moment_text(watermark)} is more than {REPLICATION_DAYS} days old, and getUpdated"
            " reaches no further: run `connector reconcile`, which compares this object whole"
        )
    return (start, end) if end - start >= _MINUTE else None


def _iso(moment: datetime) -> str:
    return moment_text(moment)[:19] + "+00:00"


def _halves(sobject: str, start: datetime, end: datetime) -> tuple[tuple[datetime, datetime], ...]:
    """The window cut at a whole minute, overlapping by none: getUpdated rounds both ends down."""
    middle = (start + (end - start) / 2).replace(second=0, microsecond=0)
    if middle - start < _MINUTE or end - middle < _MINUTE:
        raise StreamStopped(
            f"{sobject} changed more often between {start} and {end} than getUpdated tells: take a snapshot",
            code="EXCEEDED_ID_LIMIT",
        )
    return (start, middle), (middle, end)
