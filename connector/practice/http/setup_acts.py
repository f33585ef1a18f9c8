"""`/practice/acts/`: what people do on list views and in Setup, where no API client could ask for it."""

from __future__ import annotations

import tempfile
from pathlib import Path

import msgspec

from connector.practice.http.asked import actor_of, named_user, open_route, required
from connector.practice.http.call import Answer, Call
from connector.practice.org import ApiError
from connector.practice.schema import DuplicateRule


def _accept(call: Call) -> Answer:
    """A user takes a record from its queue; validation rules do not run."""
    asked = call.json_object()
    return Answer(body=call.service.org.accept(str(required(asked, "id")), actor=actor_of(call, asked)))


def _transfer(call: Call) -> Answer:
    """Mass transfer to another owner; validation rules do not run."""
    asked = call.json_object()
    ids = [str(each) for each in required(asked, "ids")]
    owner = str(required(asked, "ownerId"))
    return Answer(body=call.service.org.transfer(ids, owner, actor=actor_of(call, asked)))


def _replace_value(call: Call) -> Answer:
    """An administrator replaces a picklist value in all records."""
    asked = call.json_object()
    name, field, old, new = (str(required(asked, key)) for key in ("object", "field", "old", "new"))
    return Answer(body=call.service.org.replace_value(name, field, old, new))


def _duplicate_rule(call: Call) -> Answer:
    """An administrator activates a duplicate rule over fields that must all agree."""
    asked = call.json_object()
    org = call.service.org
    definition = org.object(str(required(asked, "object")))
    fields = tuple(str(each) for each in required(asked, "fields"))
    unknown = [name for name in fields if definition.field(name) is None]
    if unknown:
        raise ApiError(400, "INVALID_FIELD", f"{definition.name} has no field {unknown[0]}", (unknown[0],))
    name, blocks = str(asked.get("name") or "Practice_Rule"), asked.get("blocks") is True
    message = {"message": str(asked["message"])} if asked.get("message") else {}
    org.add_duplicate_rule(
        DuplicateRule(name=name, object=definition.name, fields=fields, blocks=blocks, **message)
    )
    return Answer(body={"name": name})


def _grant(call: Call) -> Answer:
    """An administrator gives a user one user permission, such as `CreateAuditFields`."""
    asked = call.json_object()
    permission = str(required(asked, "permission"))
    call.service.org.grant(named_user(call, str(required(asked, "username"))), permission)
    return Answer(body={"permission": permission})


def _declare(call: Call) -> Answer:
    """The schema drifts: `objects` as a `--schema` file has them."""
    asked = call.json_object()
    required(asked, "objects")
    with tempfile.TemporaryDirectory(prefix="practice-schema-") as folder:
        file = Path(folder) / "asked.yaml"
        file.write_bytes(msgspec.json.encode({"objects": asked["objects"]}))
        try:
            call.service.org.declare(file)
        except ValueError as fault:
            raise ApiError(400, "INVALID_INPUT", str(fault).partition(": ")[2] or str(fault)) from fault
    return Answer(body={"objects": sorted(asked["objects"])})


def _drop_field(call: Call) -> Answer:
    """The schema drifts: a custom field is deleted."""
    asked = call.json_object()
    definition = call.service.org.object(str(required(asked, "object")))
    field = definition.field(str(required(asked, "field")))
    if field is None or not field.custom:
        raise ApiError(
            400, "INVALID_FIELD", f"{asked['field']} is no custom field of {definition.name}", ("field",)
        )
    call.service.org.drop_field(definition.name, field.name)
    return Answer(body={"object": definition.name, "field": field.name})


routes = [
    open_route("acts/accept", POST=_accept),
    open_route("acts/transfer", POST=_transfer),
    open_route("acts/replace_value", POST=_replace_value),
    open_route("acts/duplicate_rule", POST=_duplicate_rule),
    open_route("acts/grant", POST=_grant),
    open_route("acts/declare", POST=_declare),
    open_route("acts/drop_field", POST=_drop_field),
]
