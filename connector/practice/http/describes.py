"""Objects and their describes, cut to what the login may see."""

from __future__ import annotations

import threading
import zlib
from datetime import datetime, timedelta
from typing import Any

from connector.practice.http.call import Answer, Call
from connector.practice.http.places import named_object
from connector.practice.http.precondition import http_date, none_match, not_modified_since
from connector.practice.http.recents import Recents, rows_seen
from connector.practice.http.route import Route
from connector.practice.schema import ObjectDef, Schema, describe, describe_global


class SchemaAge:
    """Since when the schema is as it is: the moment it was first asked for in this form."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._seen: Schema | None = None
        self._since: datetime | None = None

    def since(self, schema: Schema, now: datetime) -> datetime:
        """Return the date of `schema`, to the second and later than that of the schema before it."""
        with self._lock:
            if schema is not self._seen or self._since is None:
                now = now.replace(microsecond=0)
                earlier = self._since
                self._since = now if earlier is None else max(now, earlier + timedelta(seconds=1))
                self._seen = schema
            return self._since


def _dated(call: Call, body: dict[str, Any]) -> Answer:
    """Answer with `ETag` and `Last-Modified`, or 304 when the client's copy is as new as the schema."""
    org = call.service.org
    since = call.service.keep(SchemaAge, SchemaAge).since(org.schema, org.now())
    tag = f'"{zlib.crc32(f"{since.isoformat()}{call.user.id}{call.path}".encode()):08x}"'
    headers = {"ETag": tag, "Last-Modified": http_date(since)}
    if none_match(call, tag) or not_modified_since(call, since):
        return Answer(status=304, headers=headers, media_type=None)
    return Answer(body=body, headers=headers)


def _known(call: Call) -> list[dict[str, Any]]:
    """Return the summaries of the objects that the login may read, with its own rights."""
    schema = call.service.org.schema
    return [
        _with_rights(call, schema.object(each["name"]), each)
        for each in describe_global(schema, call.version)["sobjects"]
        if _reads(call, each["name"])
    ]


def _reads(call: Call, name: str) -> bool:
    schema = call.service.org.schema
    return not schema.has(name) or call.user.access.object(schema.object(name)).read


def _with_rights(call: Call, definition: ObjectDef, body: dict[str, Any]) -> dict[str, Any]:
    rights = call.user.access.object(definition)
    return {
        **body,
        "createable": body["createable"] and rights.create,
        "updateable": body["updateable"] and rights.edit,
        "deletable": body["deletable"] and rights.delete,
    }


def _all_objects(call: Call) -> Answer:
    every = describe_global(call.service.org.schema, call.version)
    return _dated(call, {**every, "sobjects": _known(call)})


def summary(call: Call) -> Answer:
    """Answer `sobjects/X`: the object in brief."""
    definition = named_object(call)
    brief = next(each for each in _known(call) if each["name"] == definition.name)
    recent = call.service.keep(Recents, Recents).of(call.user.id, definition.name)
    return Answer(body={"objectDescribe": brief, "recentItems": rows_seen(call, recent)})


def described(call: Call, definition: ObjectDef) -> dict[str, Any]:
    """Return the describe as this login gets it: hidden fields and children are absent, rights are its own."""
    access = call.user.access
    whole = describe(
        call.service.org.schema, definition.name, call.version, base_url=call.service.instance_url
    )
    fields = []
    for each in whole["fields"]:
        found = definition.fields[each["name"]]
        if not access.reads(definition, found):
            continue
        edits = access.edits(definition, found)
        fields.append(each if edits else {**each, "createable": False, "updateable": False})
    children = [each for each in whole["childRelationships"] if _reads(call, each["childSObject"])]
    return _with_rights(call, definition, {**whole, "fields": fields, "childRelationships": children})


def _describe(call: Call) -> Answer:
    return _dated(call, described(call, named_object(call)))


routes = [
    Route("/services/data/v{version}/sobjects", {"GET": _all_objects}),
    Route("/services/data/v{version}/sobjects/{object}/describe", {"GET": _describe}),
]
