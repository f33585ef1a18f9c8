"""What the Metadata API tells of an org before anything is retrieved: its types, and the parts of each."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from connector.practice.http.call import Call
from connector.practice.http.soap.envelope import Message, element
from connector.practice.org import ApiError
from connector.practice.org.founding import FOUNDED
from connector.practice.org.ids import made_id
from connector.practice.org.list_views import list_views_of
from connector.practice.schema import Schema

# By type: the directory in a package, the ending of its files, and the first characters of its ids.
_TYPES = {
    "AssignmentRules": ("assignmentRules", "assignmentRules", "01Q"),
    "CustomObject": ("objects", "object", "01I"),
    "DuplicateRule": ("duplicateRules", "duplicateRule", "0Bm"),
    "Flow": ("flows", "flow", "301"),
    "PermissionSet": ("permissionsets", "permissionset", "0PS"),
    "Queue": ("queues", "queue", "00G"),
}
_CHILDREN = {"CustomField": "00N", "ListView": "00B", "ValidationRule": "03d"}


def _describe(_call: Call, _message: Message) -> str:
    """Answer `describeMetadata`: the types of which this org has parts."""
    objects = [
        {
            **({"childXmlNames": sorted(_CHILDREN)} if name == "CustomObject" else {}),
            "directoryName": directory,
            "inFolder": False,
            "metaFile": False,
            "suffix": suffix,
            "xmlName": name,
        }
        for name, (directory, suffix, _) in _TYPES.items()
    ]
    told = {
        "metadataObjects": objects,
        "organizationNamespace": "",
        "partialSaveAllowed": True,
        "testRequired": False,
    }
    return element("result", told)


def _names(schema: Schema, kind: str) -> Iterator[str]:
    """Yield the full names of the parts of one type."""
    if kind == "PermissionSet":
        yield from schema.permission_sets
    elif kind == "Queue":
        yield from (each.name for each in schema.queues)
    elif kind == "DuplicateRule":
        yield from (f"{each.object}.{each.name}" for each in schema.duplicate_rules)
    for each in schema:
        screened = each.custom or each.layoutable
        if (kind == "CustomObject" and screened) or (kind == "AssignmentRules" and each.assignment):
            yield each.name
        elif kind == "Flow":
            yield from (flow.name for flow in each.flows)
        elif kind == "CustomField":
            yield from (f"{each.name}.{name}" for name, field in each.fields.items() if field.custom)
        elif kind == "ValidationRule":
            yield from (f"{each.name}.{rule.name}" for rule in each.validation_rules)
        elif kind == "ListView":
            yield from (f"{each.name}.{view.name}" for view in list_views_of(each))


def _list(call: Call, message: Message) -> str:
    """Answer `listMetadata`: one `result` for each part, none for a type without any."""
    return "".join(
        element("result", _properties(call, str(query.get("type")), name))
        for query in message.listed("queries")
        for name in sorted(_names(call.service.org.schema, _known(str(query.get("type")))))
    )


def _known(kind: str) -> str:
    if kind not in _TYPES and kind not in _CHILDREN:
        raise ApiError(500, "INVALID_TYPE", f"Unknown type:{kind}")
    return kind


def _properties(call: Call, kind: str, name: str) -> dict[str, Any]:
    admin, founded = call.service.org.admin, FOUNDED
    if kind in _TYPES:
        directory, suffix, prefix = _TYPES[kind]
        file = f"{directory}/{name}.{suffix}"
    else:
        prefix, file = _CHILDREN[kind], f"objects/{name.partition('.')[0]}.object"
    standard = kind == "CustomObject" and not name.endswith("__c")
    return {
        "createdById": admin.id,
        "createdByName": admin.name,
        "createdDate": founded,
        "fileName": file,
        "fullName": name,
        "id": "" if standard else made_id(prefix, name),
        "lastModifiedById": admin.id,
        "lastModifiedByName": admin.name,
        "lastModifiedDate": founded,
        "manageableState": None if standard else "unmanaged",
        "type": kind,
    }


OPERATIONS: Mapping[str, Callable[[Call, Message], str]] = {
    "describeMetadata": _describe,
    "listMetadata": _list,
}
