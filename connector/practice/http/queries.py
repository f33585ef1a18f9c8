"""`query` and `queryAll`: the first page, the pages after it and the columns alone."""

from __future__ import annotations

import re
import sqlite3
from typing import Any

from connector.practice.http.call import Answer, Call
from connector.practice.http.cursors import Cursor, Cursors, gone
from connector.practice.http.definitions import answer_definitions, is_definition
from connector.practice.http.expiry import Locators
from connector.practice.http.explain import explained
from connector.practice.http.recents import Recents
from connector.practice.http.route import Route
from connector.practice.org import ApiError
from connector.practice.soql import CompiledQuery, compile_query, tree
from connector.practice.soql.faults import malformed
from connector.practice.soql.parsing import parse

_PAGE = 2000
# The service makes pages smaller when rows are wide, whatever the client asked for.
_WIDE_PAGE = 1000
_SMALLEST, _LARGEST = 200, 2000
_LEVELS, _DEEP_FROM = 4, 58
# Documented: the function FIELDS() came with version 51.
_FIELDS_FROM = 51
_TOO_DEEP = (
    "SOQL statements cannot query aggregate relationships more than 1 level away from the root entity object."
)
# Stands for a total until the first page shows that counting is needed.
_UNCOUNTED = 1 << 62


def query_or_plan(call: Call) -> Answer:
    """Answer `q`, or the plan of `explain`."""
    if "q" not in call.query and "explain" in call.query:
        return explained(call, call.query["explain"])
    return answer_query(call, call.query.get("q", ""))


def _query_all(call: Call) -> Answer:
    return answer_query(call, call.query.get("q", ""), all_rows=True)


def answer_query(call: Call, soql: str, *, all_rows: bool = False) -> Answer:
    """Answer the first page of `soql` for the login of the call."""
    org = call.service.org
    query = parse(soql)
    if float(call.version) < _FIELDS_FROM and any(map(_is_fields, query.items)):
        raise malformed("unexpected token: FIELDS")
    if is_definition(query.object):
        return answer_definitions(call, soql)
    compiled = compile_query(org.schema, soql, call.user, org.now(), all_rows=all_rows)
    # Documented: five levels in all from version 58 on, two before.
    if compiled.levels > (_LEVELS if float(call.version) >= _DEEP_FROM else 1):
        raise ApiError(400, "MALFORMED_QUERY", _TOO_DEEP)
    seen = call.service.keep(Recents, Recents)
    viewed = compiled.kind == "records" and query.purpose in {"VIEW", "REFERENCE"}
    # A subrequest may stand in an open transaction, which only this thread's reader sees.
    late = call.service.late_reader if call.depth == 0 else None
    reader = late or org.reader
    if call.query.get("columns", "").lower() == "true":
        return Answer(body=_columns(compiled))
    if compiled.kind == "count":
        return Answer(body={"totalSize": compiled.total(reader()), "done": True, "records": []})
    cursors = call.service.keep(Cursors, Cursors)
    cursor = Cursor(
        id="",
        query=compiled,
        user_id=call.user.id,
        base=call.base,
        opened=org.now(),
        page_size=_page_size(call, compiled),
        total=_UNCOUNTED,
        generation=call.service.keep(Locators, Locators).generation,
        connect=lambda: connection_to(org.reader()),
    )
    if call.depth or late:
        cursor.connect, cursor.private = reader, False
    try:
        answer = _started(call, cursor, cursors)
    except BaseException:
        cursor.close()
        raise
    body: Any = answer.body
    if viewed:
        seen.note(call.user.id, body["records"])
    return answer


def _is_fields(item: tree.Item) -> bool:
    return isinstance(item.expression, tree.Call) and item.expression.name.upper() == "FIELDS"


def _started(call: Call, cursor: Cursor, cursors: Cursors) -> Answer:
    compiled = cursor.query
    cursor.total = _UNCOUNTED
    records = cursor.page(0)
    if len(records) < cursor.page_size:
        cursor.close()
        compiled.check_aggregate(len(records))
        return Answer(body={"totalSize": len(records), "done": True, "records": records})
    cursor.total = cursor.count()
    compiled.check_aggregate(cursor.total)
    if cursor.total <= len(records):
        cursor.close()
        return Answer(body={"totalSize": cursor.total, "done": True, "records": records})
    if not cursor.private:
        cursor.close()
        cursor.connect, cursor.private = lambda: connection_to(call.service.org.reader()), True
    cursor.id = cursors.next_id()
    cursors.keep(cursor)
    return Answer(body=_page_body(call, cursor, 0, records))


def _next_page(call: Call) -> Answer:
    fit = re.fullmatch(r"(01g\w{15})-(\d+)", call.places["locator"])
    if fit is None:
        raise gone()
    cursor = call.service.keep(Cursors, Cursors).find(
        fit.group(1),
        call.user.id,
        call.service.org.now(),
        call.service.keep(Locators, Locators).generation,
    )
    start = int(fit.group(2))
    if start > cursor.total:
        raise gone()
    with cursor.lock:
        return Answer(body=_page_body(call, cursor, start, cursor.page(start)))


def _page_body(call: Call, cursor: Cursor, start: int, records: list[dict[str, Any]]) -> dict[str, Any]:
    after = start + len(records)
    if after >= cursor.total or not records:
        return {"totalSize": cursor.total, "done": True, "records": records}
    return {
        "totalSize": cursor.total,
        "done": False,
        "nextRecordsUrl": f"{call.base}/query/{cursor.id}-{after}",
        "records": records,
    }


def _page_size(call: Call, compiled: CompiledQuery) -> int:
    fit = re.search(r"batchSize\s*=\s*(\d+)", call.headers.get("sforce-query-options", ""), re.IGNORECASE)
    asked = min(max(int(fit.group(1)), _SMALLEST), _LARGEST) if fit else _PAGE
    return min(asked, _WIDE_PAGE) if compiled.wide else asked


def connection_to(reader: sqlite3.Connection) -> sqlite3.Connection:
    """Return a new read-only connection to the database behind `reader`, free to move between threads."""
    path = next(row[2] for row in reader.execute("PRAGMA database_list") if row[1] == "main")
    return sqlite3.connect(
        f"file:{path}?mode=ro", uri=True, check_same_thread=False, isolation_level=None, cached_statements=8
    )


def _columns(compiled: CompiledQuery) -> dict[str, Any]:
    return {
        "columnMetadata": list(compiled.metadata),
        "entityName": compiled.object.name,
        "groupBy": compiled.grouped,
        "idSelected": compiled.id_selected,
        "keyPrefix": compiled.object.key_prefix,
    }


routes = [
    Route("/services/data/v{version}/query", {"GET": query_or_plan}),
    Route("/services/data/v{version}/queryAll", {"GET": _query_all}),
    Route("/services/data/v{version}/query/{locator}", {"GET": _next_page}),
    Route("/services/data/v{version}/queryAll/{locator}", {"GET": _next_page}),
]
