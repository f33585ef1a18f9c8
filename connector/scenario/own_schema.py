"""The programme's own fields as an administrator adds them to an org, for a story that is played through one."""

from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from connector.canonical.own import OwnSort
from connector.mapping import ProfileMapping
from connector.mapping.model import ReadEntry
from connector.practice.server import ServeOptions, schema_of

_TYPES: dict[OwnSort, dict[str, Any]] = {
    OwnSort.TEXT: {"type": "Text", "length": 255},
    OwnSort.LIST: {"type": "LongTextArea", "length": 32768},
    OwnSort.NUMBER: {"type": "Number", "precision": 18, "scale": 4},
    OwnSort.TRUTH: {"type": "Checkbox", "default": False},
    OwnSort.DATE: {"type": "Date"},
    OwnSort.MONEY: {"type": "Currency", "precision": 18, "scale": 2},
}


def own_schema(mapping: ProfileMapping, profile: str | None, folder: Path) -> tuple[Path, ...]:
    """A file that declares the own fields which the shipped package lacks; none where there are none."""
    if not mapping.own:
        return ()
    shipped = schema_of(ServeOptions(profile=profile))
    objects: dict[str, dict[str, dict[str, Any]]] = {}
    for section in mapping.sections:
        known = shipped.object(section.object).fields
        fields = {e.field: _field(e) for e in section.read.values() if e.own and e.field not in known}
        if fields:  # firms and customers are rows of one object
            objects.setdefault(section.object, {"fields": {}})["fields"] |= fields
    if not objects:
        return ()
    path = folder / "own_fields.yaml"
    with path.open("w", encoding="utf-8") as out:
        YAML(typ="safe", pure=True).dump({"objects": objects}, out)
    return (path,)


def _field(entry: ReadEntry) -> dict[str, Any]:
    label = entry.field.removesuffix("__c").replace("_", " ")
    if entry.values:
        return {"type": "Picklist", "label": label, "values": list(entry.values)}
    return {**_TYPES[entry.own or OwnSort.TEXT], "label": label}
