"""The schema of an org: standard objects, then an sf project's metadata, then declared files."""

from __future__ import annotations

import dataclasses
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from connector.practice.schema.declared import declare
from connector.practice.schema.definition import ChildRelationship, ObjectDef, Schema
from connector.practice.schema.project import Project, read_project
from connector.practice.schema.tables import history_object, standard_objects
from connector.practice.schema.value_sets import with_value_set

_KEYS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"


def load_schema(
    project: Path | None = None,
    declared: Sequence[Path] = (),
    value_sets: Sequence[Path] = (),
    packages: Sequence[str] = (),
) -> Schema:
    """Standard objects, the sf project rooted at `project`, and YAML files of further objects and fields.

    `value_sets` are files of standard value sets: what an org's own stages are. `packages` names the project's
    package directories that this org has beside the default one.
    """
    objects = standard_objects()
    read = read_project(project, objects, packages) if project is not None else Project(objects=objects)
    objects = dict(read.objects)
    for path in declared:
        objects = declare(path, objects)
    for path in value_sets:
        objects = with_value_set(path, objects)
    return Schema(
        complete(objects),
        permission_sets=read.permission_sets,
        convert_mapping=read.convert_mapping,
        shipped=read.shipped,
        duplicate_rules=read.duplicate_rules,
        queues=read.queues,
    )


def extend(schema: Schema, path: Path) -> Schema:
    """The schema with a declared file added: how a schema drifts under a running client."""
    return schema.with_objects(complete(declare(path, schema.objects)))


def without_field(schema: Schema, name: str, field: str) -> Schema:
    """The schema with one field gone."""
    definition = schema.object(name)
    fields = {key: value for key, value in definition.fields.items() if key != field}
    return schema.with_objects(complete({**schema.objects, definition.name: definition.with_fields(fields)}))


def complete(objects: Mapping[str, ObjectDef]) -> list[ObjectDef]:
    """Give custom objects key prefixes and history objects, and all objects their child relationships."""
    made = dict(objects)
    for definition in list(made.values()):
        if definition.custom and definition.history_tracked and definition.history_object is None:
            name = definition.name.removesuffix("__c") + "__History"
            made[definition.name] = dataclasses.replace(definition, history_object=name)
            made[name] = history_object(name, f"History: {definition.label}", definition.name, "ParentId")
    _widen_polymorphic(made)
    _key_prefixes(made)
    return _children(made)


def _widen_polymorphic(made: dict[str, ObjectDef]) -> None:
    customs = tuple(sorted(name for name, definition in made.items() if definition.custom))
    for name, definition in list(made.items()):
        wide = [field for field in definition.fields.values() if field.any_custom]
        if wide:
            fields = dict(definition.fields)
            for field in wide:
                standard = tuple(target for target in field.reference_to if target not in customs)
                fields[field.name] = dataclasses.replace(field, reference_to=standard + customs)
            made[name] = dataclasses.replace(definition, fields=fields)


def _key_prefixes(made: dict[str, ObjectDef]) -> None:
    taken = {definition.key_prefix for definition in made.values() if definition.key_prefix}
    free = (f"a{first}{second}" for first in _KEYS for second in _KEYS)
    for name in sorted(made):
        if not made[name].key_prefix:
            prefix = next(each for each in free if each not in taken)
            made[name] = dataclasses.replace(made[name], key_prefix=prefix)


def _children(made: Mapping[str, ObjectDef]) -> list[ObjectDef]:
    found: dict[str, dict[tuple[str, str], ChildRelationship]] = defaultdict(dict)
    for definition in made.values():
        for field in definition.fields.values():
            for target in dict.fromkeys(field.reference_to):
                found[target][definition.name, field.name] = ChildRelationship(
                    child=definition.name,
                    field=field.name,
                    name=field.child_relationship_name,
                    cascade_delete=field.deletes_with_parent,
                    restricted_delete=field.restricted_delete,
                )
    return [
        dataclasses.replace(definition, child_relationships=_sorted(found[definition.name].values()))
        for definition in made.values()
    ]


def _sorted(children: Iterable[ChildRelationship]) -> tuple[ChildRelationship, ...]:
    return tuple(sorted(children, key=lambda child: (child.child, child.field)))
