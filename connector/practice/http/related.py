"""`sobjects/X/{id}/{relationship}`: the parent a row points at, or the children that point at it (documented)."""

from __future__ import annotations

from connector.practice.http.call import Answer, Call
from connector.practice.http.places import not_found
from connector.practice.http.queries import answer_query
from connector.practice.http.records import delete_answer, read_answer, update_answer
from connector.practice.org.ids import is_well_formed, to18
from connector.practice.schema import ObjectDef


def names_relationship(call: Call, definition: ObjectDef) -> bool:
    """Whether the address goes on from a row of the object rather than from one of its external ids."""
    record_id = call.places["field"]
    return (
        definition.field(record_id) is None
        and is_well_formed(record_id)
        and record_id.startswith(definition.key_prefix)
    )


def read_related(call: Call, definition: ObjectDef) -> Answer:
    """Answer the parent like any row, or the children like a query's records, with the fields asked for."""
    child = definition.children.get(call.places["key"].lower())
    if child is None:
        parent, parent_id = _parent(call, definition)
        return read_answer(call, parent, parent_id)
    schema = call.service.org.schema
    if not schema.has(child.child):
        raise not_found()
    record_id = _row_id(call, definition)
    found = schema.object(child.child)
    asked = [each.strip() for each in call.query.get("fields", "").split(",") if each.strip()]
    readable = [each.name for each in found.fields.values() if call.user.access.reads(found, each)]
    shown = ", ".join(dict.fromkeys(asked or readable))
    soql = f"SELECT {shown} FROM {found.name} WHERE {child.field} = '{record_id}'"  # noqa: S608
    return answer_query(call, soql)


def update_related(call: Call, definition: ObjectDef) -> Answer:
    """Change the parent; a relationship to children names no one row to change."""
    return update_answer(call, *_parent(call, definition))


def delete_related(call: Call, definition: ObjectDef) -> Answer:
    """Delete the parent."""
    return delete_answer(call, *_parent(call, definition))


def _row_id(call: Call, definition: ObjectDef) -> str:
    record_id = to18(call.places["field"])
    call.service.org.read(definition.name, record_id, ["Id"], actor=call.user)
    return record_id


def _parent(call: Call, definition: ObjectDef) -> tuple[ObjectDef, str]:
    """Return the object and id of the parent; 404 NOT_FOUND without such a relationship or without a value."""
    record_id = _row_id(call, definition)
    reference = definition.relationships.get(call.places["key"].lower())
    if reference is None or not call.user.access.reads(definition, reference):
        raise not_found()
    row = call.service.org.read(definition.name, record_id, [reference.name], actor=call.user)
    parent = call.service.org.schema.of_id(row[reference.name] or "")
    if parent is None or not call.user.access.object(parent).read:
        raise not_found()
    return parent, row[reference.name]
