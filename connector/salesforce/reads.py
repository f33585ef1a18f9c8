"""Queries over REST: by keyset, by id, by any SOQL."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import quote_plus, urlencode

from connector.ports.org import (
    Batch,
    Cursor,
    KeysetRequest,
    OrgFault,
    Page,
    RecordRefused,
    StreamStopped,
    Text,
)
from connector.salesforce import soql
from connector.salesforce.call import Ask, encoded
from connector.salesforce.describe import Describes
from connector.salesforce.ids import id18
from connector.salesforce.transport import Transport
from connector.salesforce.values import text_of, texts_of

RETRIEVE_LIMIT = 2000  # documented: ids per call
COMPOSITE_QUERIES = 5  # documented: of 25 subrequests at most 5 may be queries or collections
_LONG_QUERY = 12_000  # characters of URL; the org refuses beyond 16 KiB, a composite body carries more
_REST_OF_QUERY = 500  # of it, for what stands around a list of values
_SCHEMA_FAULTS = frozenset({"INVALID_FIELD", "INVALID_TYPE"})


class Reads:
    def __init__(self, transport: Transport, root: str, describes: Describes) -> None:
        self._transport = transport
        self._root = root
        self._describes = describes

    def count(self, sobject: str, where: str | None, *, all_rows: bool) -> int:
        found = self._query(soql.select(["COUNT()"], sobject, where=where), all_rows=all_rows)
        return int(found["totalSize"])

    def query(self, statement: str) -> Iterator[dict[str, Text]]:
        answer = self._query(statement, all_rows=False)
        while True:
            for record in answer["records"]:
                yield self._flat(record)
            following = answer.get("nextRecordsUrl")
            if answer.get("done", True) or not following:
                return
            answer = self._transport.call(Ask(method="GET", path=following, kind="query")).json()

    def known(self, sobject: str, field: str, values: Sequence[str]) -> frozenset[str]:
        """By as few queries as addresses can hold."""
        conditions = soql.in_parts(field, values, _LONG_QUERY - _REST_OF_QUERY)
        rows = (row for each in conditions for row in self.query(soql.select([field], sobject, where=each)))
        return frozenset(found for row in rows if (found := row[field]) is not None)

    def since(self, requests: Sequence[KeysetRequest]) -> list[Page]:
        pages: list[Page] = []
        for start in range(0, len(requests), COMPOSITE_QUERIES):
            pages.extend(self._some_since(requests[start : start + COMPOSITE_QUERIES]))
        return pages

    def retrieve(self, sobject: str, ids: Sequence[str], fields: Sequence[str]) -> Batch:
        wanted = _with(fields, "Id")
        self._describes.readable(sobject, wanted)
        if len(ids) > RETRIEVE_LIMIT:
            raise ValueError(
                f"{len(ids)} ids of {sobject} in one call; at most {RETRIEVE_LIMIT} are possible"
            )
        if not ids:
            return Batch(object=sobject, fields=wanted, columns=tuple([] for _ in wanted))
        body = encoded({"ids": [id18(one) for one in ids], "fields": list(wanted)})
        path = f"{self._root}/composite/sobjects/{soql.name(sobject)}"
        answer = self._reading(sobject, Ask(method="POST", path=path, kind="query", body=body))
        return self._batch(sobject, wanted, [record for record in answer if record])

    def _some_since(self, requests: Sequence[KeysetRequest]) -> list[Page]:
        """Up to five keyset pages in one call; those that fail there are asked again one by one."""
        statements = [self._statement(request) for request in requests]
        bodies: list[Mapping[str, Any] | None] = [None]
        if len(requests) > 1:
            bodies = self._composite(statements)
        return [
            self._page(request, body if body is not None else self._alone(request, statement))
            for request, statement, body in zip(requests, statements, bodies, strict=True)
        ]

    def _alone(self, request: KeysetRequest, statement: str) -> Mapping[str, Any]:
        try:
            return self._query(statement, all_rows=True)
        except OrgFault as fault:
            fault.object = request.object
            if fault.code in _SCHEMA_FAULTS:
                self._describes.forget(request.object)
                self._statement(request)  # a fresh describe names the field that is gone, and the nearest
            raise

    def _statement(self, request: KeysetRequest) -> str:
        fields = _with(request.fields, request.stamp_field, "Id")
        try:
            self._describes.readable(request.object, fields)
        except OrgFault as fault:
            fault.object = request.object
            raise
        behind = soql.behind(request.after, request.stamp_field) if request.after else None
        return soql.select(
            fields,
            request.object,
            where=soql.all_of(request.where, behind),
            order_by=(request.stamp_field, "Id"),
            limit=request.limit,
        )

    def _page(self, request: KeysetRequest, body: Mapping[str, Any]) -> Page:
        """A page as the org cut it: it may stop short of the limit; the keyset goes on from there."""
        fields = _with(request.fields, request.stamp_field, "Id")
        batch = self._batch(request.object, fields, body["records"])
        done = bool(body.get("done", True)) and batch.rows < request.limit
        end = None
        if batch.rows:
            stamp, last = batch.column(request.stamp_field)[-1], batch.column("Id")[-1]
            if stamp is None or last is None:
                raise StreamStopped(
                    f"{request.object}: a row without {request.stamp_field} has no place in the order"
                )
            end = Cursor(stamp, last)
        return Page(batch=batch, done=done, end=end)

    def _batch(self, sobject: str, fields: tuple[str, ...], records: Sequence[Mapping[str, Any]]) -> Batch:
        """The records by columns; values that do not fit the describe mean that a field's type has changed."""
        try:
            return _batch(sobject, fields, self._describes.readable(sobject, fields), records)
        except ValueError:
            self._describes.forget(sobject)
        try:
            return _batch(sobject, fields, self._describes.readable(sobject, fields), records)
        except ValueError as odd:
            fault = StreamStopped(
                f"{sobject} does not answer as its describe says: {odd}", code="INVALID_FIELD"
            )
            fault.object = sobject
            raise fault from odd

    def _composite(
        self, statements: Sequence[str], resource: str = "queryAll"
    ) -> list[Mapping[str, Any] | None]:
        """The bodies of several queries by one API call; None for each that failed."""
        subrequests = [
            {
                "method": "GET",
                "url": f"{self._root}/{resource}?{urlencode({'q': statement})}",
                "referenceId": f"query{number}",
            }
            for number, statement in enumerate(statements)
        ]
        body = encoded({"allOrNone": False, "compositeRequest": subrequests})
        answer = self._transport.call(
            Ask(method="POST", path=f"{self._root}/composite", kind="query", body=body)
        ).json()
        by_reference = {
            part["referenceId"]: part["body"]
            for part in answer["compositeResponse"]
            if part["httpStatusCode"] == 200
        }
        return [by_reference.get(f"query{number}") for number in range(len(statements))]

    def _query(self, statement: str, *, all_rows: bool) -> Mapping[str, Any]:
        resource = "queryAll" if all_rows else "query"
        if len(quote_plus(statement)) > _LONG_QUERY:
            body = self._composite([statement], resource)[0]
            if body is not None:
                return body
        found: Mapping[str, Any] = self._transport.call(
            Ask(method="GET", path=f"{self._root}/{resource}", kind="query", params={"q": statement})
        ).json()
        return found

    def _reading(self, sobject: str, ask: Ask) -> Any:
        try:
            return self._transport.call(ask).json()
        except OrgFault as fault:
            fault.object = sobject
            if fault.code in _SCHEMA_FAULTS:
                self._describes.forget(sobject)
            raise

    def _flat(self, record: Mapping[str, Any], prefix: str = "") -> dict[str, Text]:
        """One row with its parents' fields as `Owner.Name`; a missing parent leaves only `Owner`, None."""
        flat: dict[str, Text] = {}
        source = (record.get("attributes") or {}).get("type")
        for field, value in record.items():
            if field == "attributes":
                continue
            if isinstance(value, dict):
                if "records" in value:
                    raise RecordRefused(f"{prefix}{field} is a list of children: query them by themselves")
                flat.update(self._flat(value, f"{prefix}{field}."))
            else:
                flat[prefix + field] = text_of(value, self._kind(source, field, value))
        return flat

    def _kind(self, source: str | None, field: str, value: Any) -> str | None:
        """The field's type, looked up only for texts that look like an instant: they may be just text."""
        if source in {None, "AggregateResult"} or not isinstance(value, str):
            return None
        if len(value) != 28 or not value.endswith("+0000"):
            return None
        return self._describes.kinds(str(source)).get(field)


def _with(fields: Sequence[str], *needed: str) -> tuple[str, ...]:
    return (*fields, *(field for field in needed if field not in fields))


def _batch(
    sobject: str, fields: tuple[str, ...], kinds: Sequence[str], records: Sequence[Mapping[str, Any]]
) -> Batch:
    return Batch(
        object=sobject,
        fields=fields,
        columns=tuple(
            texts_of([record[field] for record in records], kind)
            for field, kind in zip(fields, kinds, strict=True)
        ),
    )
