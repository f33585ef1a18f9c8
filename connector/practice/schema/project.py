"""Custom objects, fields, rules, flows and permission sets, read from an sf project in source format."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from connector.practice.schema.custom_fields import custom_object, read_custom_field
from connector.practice.schema.definition import (
    AssignmentEntry,
    DuplicateRule,
    Flow,
    ObjectDef,
    ObjectPermission,
    PermissionSet,
    QueueDef,
    Schema,
    ValidationRule,
)
from connector.practice.schema.flows import criteria, read_flow
from connector.practice.schema.metadata import Element, read_metadata

MASTER_DETAIL = "MasterDetail"
_ALERT = "Allow"


@dataclass(frozen=True, kw_only=True)
class Project:
    """What a project adds to the standard objects."""

    objects: Mapping[str, ObjectDef]
    permission_sets: tuple[PermissionSet, ...] = ()
    convert_mapping: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    shipped: frozenset[str] = frozenset()
    duplicate_rules: tuple[DuplicateRule, ...] = ()
    queues: tuple[QueueDef, ...] = ()


def read_project(root: Path, standard: Mapping[str, ObjectDef], packages: Sequence[str] = ()) -> Project:
    """Read every `objects/`, `flows/`, `permissionsets/`, … folder of a project's default package, and of `packages`.

    A folder without `sfdx-project.json` is read whole.
    """
    objects = dict(standard)
    shipped: set[str] = set()
    roots = _roots(root, packages)
    for folder in _folders(roots, "objects"):
        for place in sorted(path for path in folder.iterdir() if path.is_dir()):
            before = objects.get(place.name)
            objects[place.name] = _read_object(place, before)
            known = before.fields if before is not None else {}
            if place.name.endswith("__c"):
                shipped.add(place.name)
            shipped |= {f"{place.name}.{name}" for name in objects[place.name].fields if name not in known}
    for flow in _flows(roots, Schema(objects.values())):
        target = objects[flow.object]
        objects[flow.object] = dataclasses.replace(target, flows=(*target.flows, flow))
    for path in _files(roots, "assignmentRules", "*.assignmentRules-meta.xml"):
        name = path.name.removesuffix(".assignmentRules-meta.xml")
        objects[name] = dataclasses.replace(objects[name], assignment=_assignment(read_metadata(path)))
    return Project(
        objects=objects,
        permission_sets=tuple(
            _permission_set(path) for path in _files(roots, "permissionsets", "*.permissionset-meta.xml")
        ),
        convert_mapping=_convert_mapping(roots),
        shipped=frozenset(shipped),
        duplicate_rules=tuple(
            rule
            for path in _files(roots, "duplicateRules", "*.duplicateRule-meta.xml")
            for rule in _duplicate_rule(path)
        ),
        queues=tuple(_queue(path) for path in _files(roots, "queues", "*.queue-meta.xml")),
    )


def _roots(root: Path, packages: Sequence[str]) -> tuple[Path, ...]:
    """An org has the default package, and of the others those that it uses."""
    file = root / "sfdx-project.json"
    if not file.exists():
        return (root,)
    known = json.loads(file.read_text(encoding="utf-8"))["packageDirectories"]
    return tuple(root / each["path"] for each in known if each.get("default") or each["path"] in packages)


def _folders(roots: Sequence[Path], name: str) -> list[Path]:
    return [place for root in roots for place in sorted(root.rglob(name)) if place.is_dir()]


def _files(roots: Sequence[Path], folder: str, pattern: str) -> Iterator[Path]:
    for place in _folders(roots, folder):
        yield from sorted(place.glob(pattern))


def _read_object(place: Path, before: ObjectDef | None) -> ObjectDef:
    name = place.name
    meta = place / f"{name}.object-meta.xml"
    own = read_metadata(meta) if meta.exists() else None
    definition = before
    if definition is None:
        if own is None:
            raise ValueError(f"{place}: no {meta.name}; a custom object needs one")
        definition = custom_object(name, own)
    fields = dict(definition.fields)
    tracked = set(definition.history_tracked)
    detail = False
    for path in sorted(place.glob("fields/*.field-meta.xml")):
        element = read_metadata(path)
        key = element.text("fullName") or path.name.removesuffix(".field-meta.xml")
        if key in fields and not key.endswith("__c"):
            key_field = fields[key]
        else:
            key_field = read_custom_field(element, origin=path)
            fields[key] = key_field
        detail = detail or element.text("type") == MASTER_DETAIL
        if element.flag("trackHistory"):
            tracked.add(key_field.name)
        elif element.text("trackHistory") == "false":
            tracked.discard(key_field.name)
    if definition.custom and detail:
        fields.pop("OwnerId", None)  # documented: detail rows have no owner of their own
    if own is not None and definition.custom and not own.flag("enableHistory"):
        tracked = set()
    rules = tuple(
        _rule(read_metadata(path)) for path in sorted(place.glob("validationRules/*.validationRule-meta.xml"))
    )
    return dataclasses.replace(
        definition,
        fields=fields,
        history_tracked=frozenset(tracked),
        validation_rules=definition.validation_rules + tuple(rule for rule in rules if rule is not None),
        private=definition.private or (own is not None and own.text("sharingModel") == "Private"),
    )


def _rule(element: Element) -> ValidationRule | None:
    if not element.flag("active"):
        return None
    return ValidationRule(
        name=element.text("fullName") or "",
        formula=element.text("errorConditionFormula") or "",
        message=element.text("errorMessage") or "",
        display_field=element.text("errorDisplayField"),
    )


def _flows(roots: Sequence[Path], schema: Schema) -> Iterator[Flow]:
    for path in _files(roots, "flows", "*.flow-meta.xml"):
        flow = read_flow(read_metadata(path), path.name.removesuffix(".flow-meta.xml"), schema, origin=path)
        if flow is not None:
            yield flow


def _permission_set(path: Path) -> PermissionSet:
    element = read_metadata(path)
    name = path.name.removesuffix(".permissionset-meta.xml")
    return PermissionSet(
        name=name,
        label=element.text("label") or name,
        objects={
            each.text("object") or "": ObjectPermission(
                create=each.flag("allowCreate"),
                read=each.flag("allowRead"),
                edit=each.flag("allowEdit"),
                delete=each.flag("allowDelete"),
                view_all=each.flag("viewAllRecords"),
                modify_all=each.flag("modifyAllRecords"),
            )
            for each in element.all("objectPermissions")
        },
        fields={
            each.text("field") or "": (each.flag("readable"), each.flag("editable"))
            for each in element.all("fieldPermissions")
        },
        custom_permissions=frozenset(
            each.text("name") or "" for each in element.all("customPermissions") if each.flag("enabled")
        ),
        user_permissions=frozenset(
            each.text("name") or "" for each in element.all("userPermissions") if each.flag("enabled")
        ),
    )


def _queue(path: Path) -> QueueDef:
    element = read_metadata(path)
    name = path.name.removesuffix(".queue-meta.xml")
    return QueueDef(
        name=name,
        label=element.text("name") or name,
        objects=tuple(each.text("sobjectType") or "" for each in element.all("queueSobject")),
    )


def _assignment(element: Element) -> tuple[AssignmentEntry, ...]:
    for rule in element.all("assignmentRule"):
        if rule.flag("active"):
            return tuple(
                AssignmentEntry(condition=criteria(entry), owner=entry.text("assignedTo") or "")
                for entry in rule.all("ruleEntry")
            )
    return ()


def _duplicate_rule(path: Path) -> Iterator[DuplicateRule]:
    element = read_metadata(path)
    if not element.flag("isActive"):
        return
    name = path.name.removesuffix(".duplicateRule-meta.xml")
    target, _, short = name.partition(".")
    matching = [
        item.text("fieldName") or ""
        for matcher in path.parent.parent.glob(f"matchingRules/{target}.matchingRule-meta.xml")
        for rule in read_metadata(matcher).all("matchingRules")
        if rule.text("fullName")
        in {match.text("matchingRule") for match in element.all("duplicateRuleMatchRules")}
        for item in rule.all("matchingRuleItems")
    ]
    if matching:
        yield DuplicateRule(
            name=short,
            object=target,
            fields=tuple(matching),
            blocks=element.text("actionOnInsert") != _ALERT,
            **({"message": element.text("alertText") or ""} if element.text("alertText") else {}),
        )


def _convert_mapping(roots: Sequence[Path]) -> dict[str, dict[str, str]]:
    made: dict[str, dict[str, str]] = {}
    for path in (path for root in roots for path in root.rglob("LeadConvertSettings*-meta.xml")):
        for target in read_metadata(path).all("objectMapping"):
            mapping = made.setdefault(target.text("outputObject") or "", {})
            for pair in target.all("mappingFields"):
                mapping[pair.text("inputField") or ""] = pair.text("outputField") or ""
    return made
