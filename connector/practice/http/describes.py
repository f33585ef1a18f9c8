"""Objects and their describes, cut to what the login may see."""

from __future__ import annotations

from typing import Any

from connector.practice.http.call import Answer, Call
from connector.practice.http.places import named_object
from connector.practice.http.precondition import not_modified_since
from connector.practice.http.route import Route
from connector.practice.schema import ObjectDef, describe, describe_global


def _all_objects(call: Call) -> Answer:
    if not_modified_since(call, None):
        return Answer(status=304, media_type=None)
    schema = call.service.org.schema
    body = dict(describe_global(schema, call.version))
    body["sobjects"] = [
        each for each in body["sobjects"] if call.user.access.object(schema.object(each["name"])).read
    ]
    return Answer(body=body)


def summary(call: Call) -> Answer:
    """Answer `sobjects/X`: the object in brief."""
    definition = named_object(call)
    every = describe_global(call.service.org.schema, call.version)["sobjects"]
    brief = next(each for each in every if each["name"] == definition.name)
    return Answer(body={"objectDescribe": brief, "recentItems": []})


def described(call: Call, definition: ObjectDef) -> dict[str, Any]:
    """Return the describe as this login gets it: hidden fields are absent, rights are its own."""
    access = call.user.access
    body = dict(
        describe(call.service.org.schema, definition.name, call.version, base_url=call.service.instance_url)
    )
    fields = []
    for each in body["fields"]:
        found = definition.fields[each["name"]]
        if not access.reads(definition, found):
            continue
        if not access.edits(definition, found):
            each = {**each, "createable": False, "updateable": False}  # noqa: PLW2901 - the shared one stays
        fields.append(each)
    rights = access.object(definition)
    body["fields"] = fields
    body["createable"] = body["createable"] and rights.create
    body["updateable"] = body["updateable"] and rights.edit
    body["deletable"] = body["deletable"] and rights.delete
    return body


def _describe(call: Call) -> Answer:
    definition = named_object(call)
    if not_modified_since(call, None):
        return Answer(status=304, media_type=None)
    return Answer(body=described(call, definition))


routes = [
    Route("/services/data/v{version}/sobjects", {"GET": _all_objects}),
    Route("/services/data/v{version}/sobjects/{object}/describe", {"GET": _describe}),
]
