"""An org in memory: `OrgPort` with a clock of whole seconds, and everything that real ones do to a connector.

Late commits below the cursor, soft and hard deletes, merges, lock errors, lost answers, stale refusals by the shipped
validation rules or by If-Unmodified-Since, and people who save between our reading and our writing.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from itertools import count
from typing import Any

from connector.canonical.ids import RecordId, record_id
from connector.canonical.time import instant_text, parse_instant
from connector.mapping import CompiledMapping
from connector.ports.org import (
    UNKNOWN_OUTCOME,
    Batch,
    Budget,
    Cursor,
    Deleted,
    DeletedRow,
    ErrorKind,
    Identity,
    KeysetRequest,
    OrgFault,
    Page,
    RetryLater,
    Row,
    RowResult,
    Text,
    Updated,
)

START = datetime(2026, 3, 2, 9, 0, 30, tzinfo=UTC)
ORG = record_id("00D000000000001")
OURS = record_id("005000000000001")
PERSON = record_id("005000000000002")
_MINUTE = timedelta(minutes=1)
_PREFIX = {
    "Account": "001", "User": "005", "Group": "00G", "Lead": "00Q", "Opportunity": "006", "Task": "00T",
    "Event": "00U", "Deal_Registration__c": "a01", "Decision_Maker__c": "a02", "Registration_Evidence__c": "a03",
    "Channel_Conflict__c": "a04",
}  # fmt: skip
_STAMPED = {
    "OwnerId": ("Owner_Since__c", "Owner_Before__c"),
    "Status": ("Status_Since__c", ""),
    "Status__c": ("Status_Since__c", ""),
    "StageName": ("Stage_Since__c", ""),
}

Values = dict[str, Text]


class Fate(StrEnum):
    """What becomes of a write."""

    DONE = "done"
    LOST_BUT_DONE = "lost but done"
    LOST = "lost"
    LOCKED = "locked"
    NOBODY_ANSWERS = "nobody answers"


@dataclass
class Held:
    """A long transaction: saved with the stamp of now, seen by nobody until it is committed."""

    object: str
    id: str
    values: Values
    stamp: datetime


@dataclass(frozen=True)
class Wrote:
    """One field of one record that our login changed."""

    record: str
    field: str
    value: Text
    before: Text


@dataclass
class MemoryOrg:
    """`package`: the org has our fields and validation rules. `fates` are used up by one row of a write each."""

    mapping: CompiledMapping
    package: bool = True
    clock: datetime = START
    page: int = 3
    rows: dict[str, dict[str, Values]] = field(default_factory=dict)
    fates: list[Fate] = field(default_factory=list)
    refusals: dict[str, RowResult] = field(default_factory=dict)
    stopped: dict[str, OrgFault] = field(default_factory=dict)
    between: list[Callable[[], object]] = field(default_factory=list)
    rewrites: dict[tuple[str, str], Text] = field(default_factory=dict)
    on_call: Callable[[str], None] = lambda _: None
    calls: Counter[str] = field(default_factory=Counter)
    wrote: list[Wrote] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._numbers = count(100)
        self._held: list[Held] = []
        self._gone: list[tuple[str, str, datetime]] = []
        self._jobs: dict[str, list[Values]] = {}
        for name in self.mapping.objects:
            self.rows.setdefault(name, {})

    # ── people and time

    def wait(self, seconds: float = 1) -> None:
        self.clock += timedelta(seconds=seconds)

    def create(self, name: str, actor: str = PERSON, *, ident: str | None = None, **values: Text) -> RecordId:
        full = record_id(ident or f"{_PREFIX[name]}{next(self._numbers):012d}")
        born: Values = dict.fromkeys(self.mapping.objects[name])
        born |= {
            "Id": full,
            "CreatedDate": instant_text(self.clock),
            "CreatedById": actor,
            "IsDeleted": "false",
        }
        if "OwnerId" in self.mapping.objects[name]:
            born["OwnerId"] = actor
        self.rows[name][full] = born
        self._set(name, full, actor, values, self.clock)
        return full

    def save(self, name: str, ident: str, actor: str = PERSON, **values: Text) -> None:
        self._set(name, ident, actor, values, self.clock)

    def shown(self, name: str, ident: str) -> Values:
        return self.rows[name][ident]

    def delete(self, name: str, ident: str, actor: str = PERSON, *, master: str | None = None) -> None:
        extra: Values = {"IsDeleted": "true"}
        if master is not None:
            extra["MasterRecordId"] = master
        self._set(name, ident, actor, extra, self.clock)
        self._gone.append((name, ident, self.clock))

    def undelete(self, name: str, ident: str, actor: str = PERSON) -> None:
        self._set(name, ident, actor, {"IsDeleted": "false"}, self.clock)
        self._gone = [gone for gone in self._gone if gone[1] != ident]

    def erase(self, name: str, ident: str) -> None:
        """A hard delete: only getDeleted still knows of it."""
        if self.rows[name][ident]["IsDeleted"] != "true":
            self._gone.append((name, ident, self.clock))
        del self.rows[name][ident]

    def hold(self, name: str, ident: str, **values: Text) -> Held:
        """Save inside a transaction that goes on: `commit` shows it, with the stamp of now."""
        held = Held(name, ident, values, self.clock)
        self._held.append(held)
        return held

    def commit(self, held: Held, actor: str = PERSON) -> None:
        self._held.remove(held)
        self._set(held.object, held.id, actor, held.values, held.stamp)
        if held.values.get("IsDeleted") == "true":
            self._gone.append((held.object, held.id, held.stamp))

    def _set(self, name: str, ident: str, actor: str, values: Mapping[str, Text], stamp: datetime) -> None:
        row, text = self.rows[name][ident], instant_text(stamp)
        for changed, value in values.items():
            since, before = _STAMPED.get(changed, ("", ""))
            if since in row and row.get(changed) != value:
                row[since] = text
                if before in row:
                    row[before] = row.get(changed)
            if changed == "Status__c" and value == "Submitted" and row.get("Status__c") != value:
                row["Submitted_At__c"] = text
        new = {
            each: self.rewrites.get((ident, each), value or None) if actor == OURS else value or None
            for each, value in values.items()
        }
        if actor == OURS:
            self.wrote += [
                Wrote(ident, each, value, row.get(each))
                for each, value in new.items()
                if row.get(each) != value
            ]
        row |= new
        later = max(stamp, parse_instant(row["SystemModstamp"] or text))
        row |= {"LastModifiedById": actor, "LastModifiedDate": text, "SystemModstamp": instant_text(later)}

    # ── the port: reading

    def identity(self) -> Identity:
        return Identity(
            organization_id=ORG, user_id=OURS, username="c@o", instance_url="http://org", api_version="60.0"
        )

    def describe(self, object: str) -> Mapping[str, Any]:  # noqa: A002
        return {}

    def describe_global(self) -> Sequence[Mapping[str, Any]]:
        return []

    def count(self, object: str, where: str | None = None, all_rows: bool = False) -> int:  # noqa: A002, FBT001, FBT002
        self._call("count", object)
        limit = where.rpartition("< ")[2] if where else "9999"
        return sum(
            1
            for row in self.rows[object].values()
            if (all_rows or row["IsDeleted"] != "true") and (row["SystemModstamp"] or "") < limit
        )

    def snapshot(
        self,
        object: str,  # noqa: A002
        fields: Sequence[str],
        where: str | None = None,
        *,
        include_deleted: bool = True,
        resume: str | None = None,
    ) -> Iterator[Batch]:
        job, _, offset = (resume or "").partition(":")
        if job not in self._jobs:
            job, offset = f"job{len(self._jobs)}", "0"
            self._jobs[job] = [dict(row) for row in self.rows[object].values()]
        start = int(offset)
        while True:
            self._call("snapshot", object)
            some = self._jobs[job][start : start + self.page]
            start += self.page
            yield _batch(object, fields, some, resume=f"{job}:{start}")
            if start >= len(self._jobs[job]):
                return

    def since(self, requests: Sequence[KeysetRequest]) -> list[Page]:
        self._call("since", "")
        for request in requests:
            if request.object in self.stopped:
                fault = self.stopped[request.object]
                fault.object = request.object
                raise fault
        return [self._page(request) for request in requests]

    def _page(self, request: KeysetRequest) -> Page:
        after = request.after or Cursor("", "")
        wanted = set(re.findall(r"'(\w+)'", request.where)) if request.where else None
        keyed = sorted(
            (Cursor(row["SystemModstamp"] or "", ident), row)
            for ident, row in self.rows[request.object].items()
            if wanted is None or ident in wanted
        )
        found = [(key, row) for key, row in keyed if key > after]
        some = found[: min(request.limit, self.page) if wanted is None else None]
        return Page(
            batch=_batch(request.object, request.fields, [row for _, row in some]),
            done=len(some) == len(found),
            end=some[-1][0] if some else None,
        )

    def retrieve(self, object: str, ids: Sequence[str], fields: Sequence[str]) -> Batch:  # noqa: A002
        self._call("retrieve", object)
        known = (self.rows[object].get(ident) for ident in ids)
        wanted = tuple(dict.fromkeys([*fields, "Id"]))
        return _batch(object, wanted, [row for row in known if row and row["IsDeleted"] != "true"])

    def query(self, soql: str) -> Iterator[dict[str, Text]]:
        raise AssertionError(f"no flow asks this org in SOQL, but now: {soql}")

    def known(self, object: str, field: str, values: Sequence[str]) -> frozenset[str]:  # noqa: A002
        self._call("query", object)
        live = (row for row in self.rows[object].values() if row["IsDeleted"] != "true")
        return frozenset(found for row in live if (found := row.get(field)) in values and found is not None)

    def updated(self, object: str, start: datetime, end: datetime) -> Updated:  # noqa: A002
        self._call("updated", object)
        ids = [
            ident
            for ident, row in self.rows[object].items()
            if row["IsDeleted"] != "true" and start <= parse_instant(row["SystemModstamp"] or "") < end
        ]
        return Updated(ids=tuple(ids), latest_date_covered=self._covered(end))

    def deleted(self, object: str, start: datetime, end: datetime) -> Deleted:  # noqa: A002
        self._call("deleted", object)
        gone = tuple(
            DeletedRow(id=ident, deleted_at=at)
            for name, ident, at in self._gone
            if name == object and start <= at < end
        )
        return Deleted(rows=gone, earliest_available=START, latest_date_covered=self._covered(end))

    def _covered(self, end: datetime) -> datetime:
        return min([end, *(held.stamp for held in self._held)])

    # ── the port: writing

    def write(self, rows: Sequence[Row]) -> list[RowResult]:
        self._call("write", "")
        self._interrupted()
        return [self._write(row) for row in rows]

    def write_if_unmodified(self, row: Row, since: datetime) -> RowResult:
        self._call("write_if_unmodified", row.object)
        self._interrupted()
        known = self.rows[row.object].get(row.id or "")
        if known and parse_instant(known["SystemModstamp"] or "") > since.replace(microsecond=0):
            return _refused(row.id, "PRECONDITION_FAILED", ErrorKind.REFUSED_STALE)
        return self._write(row)

    def upsert(self, object: str, external_field: str, rows: Sequence[Row]) -> list[RowResult]:  # noqa: A002
        self._call("upsert", object)
        self._interrupted()
        answers = []
        for row in rows:
            key = row.values[external_field]
            there = (ident for ident, known in self.rows[object].items() if known.get(external_field) == key)
            answers.append(self._write(Row(object=object, id=next(there, None), values=row.values)))
        return answers

    def _interrupted(self) -> None:
        """People save while our call is under way."""
        if self.between:
            self.between.pop(0)()
        if self.fates and self.fates[0] is Fate.NOBODY_ANSWERS:
            self.fates.pop(0)
            raise RetryLater("nobody answers", delay=1)

    def _write(self, row: Row) -> RowResult:
        fate = self.fates.pop(0) if self.fates else Fate.DONE
        if fate is Fate.LOST:
            return _refused(row.id, UNKNOWN_OUTCOME, ErrorKind.RETRY)
        if fate is Fate.LOCKED:
            return _refused(row.id, "UNABLE_TO_LOCK_ROW", ErrorKind.RETRY)
        answer = self._apply(row)
        if fate is Fate.LOST_BUT_DONE and answer.success:
            return _refused(row.id, UNKNOWN_OUTCOME, ErrorKind.RETRY)
        return answer

    def _apply(self, row: Row) -> RowResult:
        if row.id is None:
            ident = self.create(row.object, OURS, **row.values)
            self.wrote.append(Wrote(ident, "*", None, None))
            return RowResult(id=ident, success=True, created=True)
        known = self.rows[row.object].get(row.id)
        if known is None or known["IsDeleted"] == "true":
            return _refused(row.id, "ENTITY_IS_DELETED", ErrorKind.DEAD)
        if row.id in self.refusals:
            return self.refusals[row.id]
        targets = (target for target in self.mapping.targets.values() if target.object == row.object)
        guards = {target.field: target.expected_field for target in targets}
        for each, value in row.values.items():
            guard = guards.get(each) if self.package else None
            if guard and guard in row.values and known[each] not in (value, row.values[guard]):
                code = "FIELD_CUSTOM_VALIDATION_EXCEPTION"
                return _refused(row.id, code, ErrorKind.REFUSED_STALE, f"EXPECTED_{each}_MISMATCH")
        written = {each: value for each, value in row.values.items() if each not in guards.values()}
        self._set(row.object, row.id, OURS, written, self.clock)
        return RowResult(id=row.id, success=True)

    # ── the port: the rest

    def budget(self) -> Budget:
        used = self.calls.total()
        return Budget(used=used, limit=100_000, own_calls=used, share=1.0, calls=dict(self.calls))

    def now(self) -> datetime:
        return self.clock

    def watermark_window(self, watermark: datetime) -> tuple[datetime, datetime] | None:
        start, end = (each.replace(second=0, microsecond=0) for each in (watermark, self.clock))
        return (start, end) if end - start >= _MINUTE else None

    def _call(self, what: str, name: str) -> None:
        self.calls[what] += 1
        self.on_call(f"{what} {name}")
        if name in self.stopped:
            raise self.stopped[name]


def _batch(name: str, fields: Sequence[str], rows: Sequence[Values], resume: str | None = None) -> Batch:
    columns = tuple([row.get(each) for row in rows] for each in fields)
    return Batch(object=name, fields=tuple(fields), columns=columns, resume=resume)


def _refused(ident: str | None, code: str, kind: ErrorKind, message: str = "") -> RowResult:
    return RowResult(id=ident, success=False, code=code, message=message or code, kind=kind)
