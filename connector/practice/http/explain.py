"""`query?explain=`: how a query would be run, without running it (documented, a beta of the service).

Plans come cheapest first: by an index where the filter names an indexed field, and over the whole table.
The costs are of the service's own making; here they only keep its order and its scale.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from connector.practice.http.call import Answer, Call
from connector.practice.http.list_views import soql_of, view_with_id
from connector.practice.schema import FieldDef, ObjectDef
from connector.practice.soql import compile_query
from connector.practice.soql.parsing import parse
from connector.practice.soql.tree import Compare, Condition, Logic, Path

# Documented as indexed on every object that has them, besides lookups, unique fields and external ids.
_INDEXED = frozenset({"Id", "Name", "OwnerId", "CreatedDate", "SystemModstamp", "RecordTypeId", "Email"})
_NOT_BY_INDEX = frozenset({"!=", "NOT IN", "EXCLUDES"})
_TABLE_SCAN_COST = 2.5


def explained(call: Call, soql: str) -> Answer:
    """Answer the plans of `soql`; a query that cannot run is refused like the query itself.

    In place of a query, the id of a list view may stand (documented).
    """
    org = call.service.org
    view = view_with_id(org.schema, soql.strip())
    if view is not None:
        soql = soql_of(call, view)
    compiled = compile_query(org.schema, soql, call.user, org.now())
    found = compiled.object
    counting = f"SELECT COUNT() FROM {found.name}"  # noqa: S608 - the name is the schema's own
    everything = compile_query(org.schema, counting, call.user, org.now())
    size = everything.total(org.reader())
    matching = compiled.total(org.reader())
    plans = []
    indexed = list(dict.fromkeys(_indexed_fields(found, parse(soql).where)))
    if indexed:
        plans.append(_plan(found, "Index", indexed, matching, size))
    plans.append(_plan(found, "TableScan", [], matching, size))
    return Answer(body={"plans": plans, "sourceQuery": soql})


def _plan(found: ObjectDef, kind: str, fields: list[str], matching: int, size: int) -> dict[str, Any]:
    share = matching / size if size else 0.0
    notes = []
    if found.field("IsDeleted"):
        notes.append(
            {
                "description": "Not considering filter for optimization because unindexed",
                "fields": ["IsDeleted"],
                "tableEnumOrId": found.name,
            }
        )
    return {
        "cardinality": matching,
        "fields": fields,
        "leadingOperationType": kind,
        "notes": notes,
        "relativeCost": round(share if kind == "Index" else _TABLE_SCAN_COST * max(share, 0.1), 3),
        "sobjectCardinality": size,
        "sobjectType": found.name,
    }


def _indexed_fields(found: ObjectDef, condition: Condition | None) -> Iterator[str]:
    """Yield the indexed fields that every row found must match: not those of an OR or a NOT."""
    if isinstance(condition, Logic) and condition.word == "AND":
        for term in condition.terms:
            yield from _indexed_fields(found, term)
    if not isinstance(condition, Compare):
        return
    if condition.operator in _NOT_BY_INDEX or not isinstance(condition.operand, Path):
        return
    field = found.field(condition.operand.text)
    if field is not None and _is_indexed(field):
        yield field.name


def _is_indexed(field: FieldDef) -> bool:
    return field.name in _INDEXED or field.unique or field.external_id or field.type == "reference"
