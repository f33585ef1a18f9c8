"""Further objects and fields declared in a YAML file (`--schema FILE`).

```yaml
objects:
  Deal__c:
    label: Deal
    plural: Deals
    name: D-{00000}          # an autonumber format; leave out for a text name
    history: [Stage__c]
    fields:
      Stage__c: {type: Picklist, values: [Open, Won], restricted: true}
      Firm__c: {type: Lookup, to: Account, child: Deals}
  Lead:                      # a standard object takes further fields
    fields:
      Score__c: {type: Number, precision: 3, scale: 0}
    assignment:              # the active assignment rule: the first entry that fits gives the owner
      - {when: 'ISPICKVAL(LeadSource, "Web")', to: Partner_Pool}
```
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from connector.practice.schema.custom_fields import TYPES, bare_object, make_field
from connector.practice.schema.definition import (
    AssignmentEntry,
    FieldDef,
    ObjectDef,
    PicklistValue,
    ValidationRule,
)

_FIELD_KEYS = {
    "required": "required",
    "unique": "unique",
    "external_id": "external_id",
    "case_sensitive": "case_sensitive",
    "restricted": "restricted_picklist",
}
_KNOWN = {
    *_FIELD_KEYS,
    "type",
    "label",
    "length",
    "precision",
    "scale",
    "formula",
    "values",
    "to",
    "child",
    "default",
}


def declare(path: Path, objects: Mapping[str, ObjectDef]) -> dict[str, ObjectDef]:
    """The objects with the file's additions; ValueError naming file, place and remedy when it is wrong."""
    try:
        loaded = YAML(typ="safe", pure=True).load(path.read_text(encoding="utf-8"))
    except YAMLError as fault:
        raise ValueError(f"{path}: not YAML: {fault}") from fault
    if not isinstance(loaded, dict) or not isinstance(loaded.get("objects"), dict):
        raise ValueError(f"{path}: expected a mapping with the key 'objects'")  # noqa: TRY004 - bad input
    made = dict(objects)
    for name, row in loaded["objects"].items():
        made[name] = _object(path, name, row or {}, made.get(name))
    return made


def _object(path: Path, name: str, row: Mapping[str, Any], before: ObjectDef | None) -> ObjectDef:
    if before is None and not name.endswith("__c"):
        raise ValueError(f"{path}: object {name}: a new object's name ends in __c")
    label = row.get("label", name.removesuffix("__c").replace("_", " "))
    definition = before or bare_object(
        name,
        label=label,
        label_plural=row.get("plural", label + "s"),
        auto=row.get("name"),
        name_label=f"{label} Name",
    )
    fields = dict(definition.fields)
    for key, spec in (row.get("fields") or {}).items():
        fields[key] = _field(path, f"{name}.{key}", key, spec or {})
        if spec["type"] == "MasterDetail":
            fields.pop("OwnerId", None)
    rules = tuple(
        ValidationRule(name=key, formula=rule["formula"], message=rule["message"])
        for key, rule in (row.get("rules") or {}).items()
    )
    assignment = tuple(
        AssignmentEntry(condition=entry.get("when"), owner=entry["to"])
        for entry in row.get("assignment") or ()
    )
    return dataclasses.replace(
        definition,
        fields=fields,
        assignment=assignment or definition.assignment,
        history_tracked=definition.history_tracked | frozenset(row.get("history", ())),
        validation_rules=definition.validation_rules + rules,
    )


def _field(path: Path, place: str, name: str, spec: Mapping[str, Any]) -> FieldDef:
    unknown = set(spec) - _KNOWN
    if unknown:
        raise ValueError(f"{path}: {place}: unknown key {min(unknown)!r}; known: {', '.join(sorted(_KNOWN))}")
    if spec.get("type") not in TYPES:
        raise ValueError(f"{path}: {place}: type {spec.get('type')!r}; use one of {', '.join(sorted(TYPES))}")
    if not name.endswith("__c"):
        raise ValueError(f"{path}: {place}: a new field's name ends in __c")
    values = tuple(PicklistValue(value=str(value), label=str(value)) for value in spec.get("values", ()))
    child = spec.get("child")
    chosen: dict[str, Any] = {
        "nillable": False if spec.get("required") else None,
        "unique": spec.get("unique"),
        "external_id": spec.get("external_id"),
        "case_sensitive": spec.get("case_sensitive"),
        "restricted_picklist": spec.get("restricted"),
        "picklist_values": values or None,
        "reference_to": (spec["to"],) if "to" in spec else None,
        "child_relationship_name": f"{child}__r" if child else None,
        "default_value": spec.get("default"),
        "defaulted_on_create": True if "default" in spec else None,
        "auto_number": "{0}" if spec["type"] == "AutoNumber" else None,
    }
    return make_field(
        name,
        metadata_type=spec["type"],
        label=spec.get("label", name.removesuffix("__c").replace("_", " ")),
        length=spec.get("length", 0),
        precision=spec.get("precision", 18),
        scale=spec.get("scale", 0),
        formula=spec.get("formula"),
        **chosen,
    )
