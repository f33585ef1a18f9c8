"""Small questions to a compiled mapping that several flows ask."""

from connector.canonical.kind import Kind
from connector.mapping import CompiledMapping

LOOKED_UP = ((Kind.ACTIVITY, "about"), (Kind.ACTIVITY, "who"), (Kind.OPPORTUNITY, "customer"))
"""References by which the world finds records of a kind; the mirror keeps them as links."""

PRIORITY = (Kind.LEAD, Kind.REGISTRATION, Kind.OPPORTUNITY)
"""The kinds whose acts have priority in time: their streams' watermarks make the sealed horizon (law 3)."""


def object_of(mapping: CompiledMapping, kind: Kind) -> str | None:
    """The first org object of a kind; None when no profile maps it."""
    objects = mapping.objects_of(kind)
    return objects[0] if objects else None


def field_of(mapping: CompiledMapping, kind: Kind, attribute: str) -> str | None:
    """The org field that a canonical attribute is read from, if it is read from one."""
    for section in mapping.mapping.of(kind):
        entry = section.read.get(attribute)
        if entry is not None and entry.field:
            return entry.field
    return None


def guard_of(mapping: CompiledMapping, object_name: str, field: str) -> str:
    """The field that carries our expectation of a contested one; empty without the org package."""
    slot = mapping.slots_of(object_name).get(field)
    target = mapping.write(*slot) if slot else None
    return target.expected_field if target else ""


def links(mapping: CompiledMapping) -> dict[str, tuple[str, ...]]:
    """Per object, every reference field that something is looked up by."""
    found = {name: list(fields) for name, fields in mapping.links.items()}
    for kind, attribute in LOOKED_UP:
        object_name, field = object_of(mapping, kind), field_of(mapping, kind, attribute)
        if object_name and field and field not in found.setdefault(object_name, []):
            found[object_name].append(field)
    return {name: tuple(fields) for name, fields in found.items()}


def priority_objects(mapping: CompiledMapping) -> tuple[str, ...]:
    """The objects, child objects included, on whose watermarks the seal depends."""
    objects: dict[str, None] = {}
    for kind in PRIORITY:
        for name in mapping.objects_of(kind):
            objects[name] = None
        for child, _ in mapping.children_of(kind):
            objects[child] = None
    return tuple(objects)
