"""Standard value sets of an sf project: the values of a standard picklist, such as the stages of opportunities."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from pathlib import Path

from connector.practice.schema.definition import ObjectDef, PicklistValue
from connector.practice.schema.metadata import Element, read_metadata

_SUFFIX = ".standardValueSet-meta.xml"
FIELDS = {"OpportunityStage": ("Opportunity", "StageName")}
"""The standard value sets that are read, and the field that each belongs to."""

_FORECASTS = {"BestCase": "Best Case", "Forecast": "Commit"}


def with_value_set(path: Path, objects: Mapping[str, ObjectDef]) -> dict[str, ObjectDef]:
    """The objects, one standard picklist having the values of a file. Raises ValueError for a set not built."""
    name = path.name.removesuffix(_SUFFIX)
    if name not in FIELDS:
        raise ValueError(f"{path}: the value set {name} is not built; known are {', '.join(FIELDS)}")
    object_name, field_name = FIELDS[name]
    definition = objects[object_name]
    values = tuple(_value(each) for each in read_metadata(path).all("standardValue"))
    field = dataclasses.replace(definition.fields[field_name], picklist_values=values)
    return {**objects, object_name: definition.with_fields({**definition.fields, field_name: field})}


def value_sets(folder: Path) -> tuple[Path, ...]:
    """The files of value sets anywhere below a folder."""
    return tuple(sorted(folder.rglob(f"*{_SUFFIX}")))


def _value(element: Element) -> PicklistValue:
    name = element.text("fullName") or ""
    forecast = element.text("forecastCategory") or "Pipeline"
    return PicklistValue(
        value=name,
        label=element.text("label") or name,
        default=element.flag("default"),
        closed=element.flag("closed"),
        won=element.flag("won"),
        probability=element.number("probability"),
        forecast=_FORECASTS.get(forecast, forecast),
    )
