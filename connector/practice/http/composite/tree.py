"""`composite/tree`: records with their children inside, created together or not at all."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from connector.practice.http.call import Answer, Call
from connector.practice.http.route import Route
from connector.practice.http.saving import record_values, save_options
from connector.practice.org import ApiError, SaveResult
from connector.practice.schema import ObjectDef, UnknownObjectError

_LIMIT = 200
_DEPTH = 5


@dataclass(frozen=True, kw_only=True)
class _Node:
    """One record of the tree: its object, reference id, own fields, and the place of its parent."""

    object: str
    reference_id: str
    fields: Mapping[str, Any]
    parent: int | None
    parent_field: str | None
    level: int


def _tree(call: Call) -> Answer:
    try:
        root = call.service.org.schema.object(call.places["object"])
    except UnknownObjectError as fault:
        raise ApiError(404, "NOT_FOUND", "The requested resource does not exist") from fault
    records = call.json_object().get("records")
    if not isinstance(records, list) or not records:
        raise ApiError(400, "JSON_PARSER_ERROR", "The request needs records, a list of at least one object")
    nodes: list[_Node] = []
    _flatten(call, root, records, nodes, parent=None, parent_field=None, level=1)
    if len(nodes) > _LIMIT:
        raise ApiError(400, "EXCEEDED_ID_LIMIT", f"A tree holds at most {_LIMIT} records, got {len(nodes)}")
    failed = _named_twice(nodes)
    if failed:
        return Answer(status=400, body={"hasErrors": True, "results": failed})
    ids: dict[int, str] = {}
    with call.service.org.transaction() as transaction:
        for level in range(1, _DEPTH + 1):
            failed += _create_level(call, nodes, ids, level)
            if failed:
                transaction.undo()
                break
    if failed:
        return Answer(status=400, body={"hasErrors": True, "results": failed})
    results = [{"referenceId": node.reference_id, "id": ids[place]} for place, node in enumerate(nodes)]
    return Answer(status=201, body={"hasErrors": False, "results": results})


def _named_twice(nodes: list[_Node]) -> list[dict[str, Any]]:
    """Return the results of reference ids that stand more than once in a tree (recorded)."""
    error = {
        "statusCode": "INVALID_INPUT",
        "message": "Duplicate ReferenceId provided in the request.",
        "fields": [],
    }
    times = Counter(node.reference_id for node in nodes)
    return [{"referenceId": name, "errors": [error]} for name, number in times.items() if number > 1]


def _flatten(
    call: Call,
    definition: ObjectDef,
    records: list[Any],
    nodes: list[_Node],
    *,
    parent: int | None,
    parent_field: str | None,
    level: int,
) -> None:
    if level > _DEPTH:
        raise ApiError(400, "INVALID_INPUT", f"A tree is at most {_DEPTH} levels deep")
    for record in records:
        attributes = record.get("attributes") or {} if isinstance(record, dict) else {}
        if not attributes.get("type") or not attributes.get("referenceId"):
            raise ApiError(
                400, "INVALID_INPUT", "Include attributes with type and referenceId in each record"
            )
        children = {
            key: value for key, value in record.items() if isinstance(value, dict) and "records" in value
        }
        own = {key: value for key, value in record.items() if key not in children}
        nodes.append(
            _Node(
                object=definition.name,
                reference_id=str(attributes["referenceId"]),
                fields=record_values(call, definition.name, own),
                parent=parent,
                parent_field=parent_field,
                level=level,
            )
        )
        place = len(nodes) - 1
        for key, value in children.items():
            child = call.service.org.schema.child(definition.name, key)
            if child is None:
                raise ApiError(
                    400, "INVALID_FIELD", f"No such column '{key}' on sobject of type {definition.name}"
                )
            _flatten(
                call,
                call.service.org.schema.object(child.child),
                value["records"],
                nodes,
                parent=place,
                parent_field=child.field,
                level=level + 1,
            )


def _create_level(call: Call, nodes: list[_Node], ids: dict[int, str], level: int) -> list[dict[str, Any]]:
    places = [place for place, node in enumerate(nodes) if node.level == level]
    if not places:
        return []
    rows: list[tuple[str, str | None, Mapping[str, Any]]] = []
    for place in places:
        node = nodes[place]
        link = {node.parent_field: ids[node.parent]} if node.parent_field and node.parent is not None else {}
        rows.append((node.object, None, {**node.fields, **link}))
    results = call.service.org.save_batch("insert", rows, actor=call.user, options=save_options(call))
    failed: list[dict[str, Any]] = []
    for place, result in zip(places, results, strict=True):
        if result.success and result.id:
            ids[place] = result.id
        else:
            failed.append(_refused(nodes[place], result))
    return failed


def _refused(node: _Node, result: SaveResult) -> dict[str, Any]:
    errors = [
        {"statusCode": error.status_code, "message": error.message, "fields": list(error.fields)}
        for error in result.errors
    ]
    return {"referenceId": node.reference_id, "errors": errors}


routes = [Route("/services/data/v{version}/composite/tree/{object}", {"POST": _tree})]
