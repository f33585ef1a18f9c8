"""Small questions to a compiled mapping that several flows ask."""

from collections.abc import Iterator, Mapping

from connector.canonical.kind import Kind
from connector.mapping import CompiledMapping, PersonEdits
from connector.mapping.model import ReadEntry, WriteEntry

LOOKED_UP = (
    (Kind.ACTIVITY, "about"),
    (Kind.ACTIVITY, "who"),
    (Kind.OPPORTUNITY, "customer"),
    (Kind.SIGN_OFF, "deal"),
    (Kind.SIGN_OFF, "lead"),
    (Kind.SIGN_OFF, "customer"),
    (Kind.ALLOTMENT, "partner"),
)
"""References by which the world finds records of a kind; the mirror keeps them as links."""

LOOKED_UP_IN_ROWS = (Kind.REGISTRATION, "evidence", "file")
"""A column of child rows by which the world finds records: which other filings show the same document."""

PRIORITY = (
    Kind.LEAD,
    Kind.REGISTRATION,
    Kind.OPPORTUNITY,
    Kind.SIGN_OFF,
    Kind.ORDER,
    Kind.PAYMENT,
    Kind.SLIP,
    Kind.TRANSFER_IN,
)
"""The kinds whose acts have priority in time: their streams' watermarks make the sealed horizon (law 3)."""

CONTEXT = (Kind.PERSON, Kind.PARTNER, Kind.POOL, Kind.CUSTOMER, Kind.ALLOTMENT)
"""The kinds that say who somebody is: read before the acts of those people, in this order."""


def object_of(mapping: CompiledMapping, kind: Kind, ident: str = "") -> str | None:
    """The org object of a kind, by the id's prefix where several make it; None when no profile maps it."""
    sources = mapping.sources_of(kind)
    for source in sources:
        if source.prefix and ident.startswith(source.prefix):
            return source.object
    return sources[0].object if sources else None


def fields_of(mapping: CompiledMapping, kind: Kind, attribute: str) -> Iterator[tuple[str, str]]:
    """(object, field) for every object of a kind whose `attribute` is read from a field (Task and Event)."""
    for section in mapping.mapping.of(kind):
        entry = section.read.get(attribute)
        if entry is None or not entry.field:
            continue
        for source in mapping.sources:
            if source.kind is kind and source.object.lower() == section.object.lower():
                real = (field for field in source.fields if field.lower() == entry.field.lower())
                yield from ((source.object, field) for field in real)


def meaning(mapping: CompiledMapping, kind: Kind, field: str, text: str) -> str | None:
    """The canonical value of an org's text, by the line that reads the field; the text itself without `values:`."""
    for section in mapping.mapping.of(kind):
        for entry in section.read.values():
            if entry.values is not None and entry.field.lower() == field.lower():
                return entry.values.get(text)
    return text


def child_fields_of(
    mapping: CompiledMapping, kind: Kind, attribute: str, column: str
) -> Iterator[tuple[str, str, str]]:
    """(child object, link to the parent, field) where a column of a kind's child rows may stand.

    A child object of another attribute that happens to have a field of that name is given too.
    """
    for section in mapping.mapping.of(kind):
        entry = section.read.get(attribute)
        named = entry.columns.get(column) if entry else None
        if named is None or not named.field:
            continue
        for child, link in dict.fromkeys(mapping.children_of(kind)):
            real = (field for field in mapping.objects.get(child, ()) if field.lower() == named.field.lower())
            yield from ((child, link, field) for field in real)


def lines_of(mapping: CompiledMapping, object_name: str, field: str) -> list[str]:
    """Where the profiles name a field of an object, as `file:line:column: lead.read.source`."""
    found: dict[str, None] = {}
    for section in mapping.mapping.sections:
        own = section.object.lower() == object_name.lower()
        rows = any(child == object_name for child, _ in mapping.children_of(section.kind))
        entries: list[ReadEntry | WriteEntry] = []
        if own:
            entries += [*section.read.values(), *section.write.values()]
        if rows:
            entries += [column for entry in section.read.values() for column in entry.columns.values()]
        for entry in entries:
            if entry.field.lower() == field.lower():
                found[f"{entry.place}: {entry.place.where}"] = None
    return list(found)


def guard_of(mapping: CompiledMapping, object_name: str, field: str) -> str:
    """The field that carries our expectation of a contested one; empty without the org package."""
    slot = mapping.slots_of(object_name).get(field)
    target = mapping.write(*slot) if slot else None
    return target.expected_field if target else ""


def closed_off(
    mapping: CompiledMapping, object_name: str, field: str, values: Mapping[str, str | None]
) -> bool:
    """Whether the lead is converted, and its field so read-only (documented).

    A registration kept on the lead lives on: it is written under the permission View and Edit Converted Leads.
    """
    if values.get("IsConverted") != "true":
        return False
    slot = mapping.slots_of(object_name).get(field)
    return slot is None or slot[0] is not Kind.REGISTRATION


def since_of(mapping: CompiledMapping, object_name: str, field: str) -> str | None:
    """The field in which the org stamps when this one last changed (`owner_since` of `owner`), if it is read."""
    return _beside(mapping, object_name, field, "since")


def before_of(mapping: CompiledMapping, object_name: str, field: str) -> str | None:
    """The field in which the org keeps what stood in this one before (`owner_before` of `owner`), if it is read."""
    return _beside(mapping, object_name, field, "before")


def _beside(mapping: CompiledMapping, object_name: str, field: str, what: str) -> str | None:
    slot = mapping.slots_of(object_name).get(field)
    if slot is None:
        return None
    stamps = fields_of(mapping, slot[0], f"{slot[1]}_{what}")
    return next((stamp for name, stamp in stamps if name == object_name), None)


def edits_of(mapping: CompiledMapping, object_name: str, field: str) -> PersonEdits:
    """What follows a person's edit of this field (law 13)."""
    slot = mapping.slots_of(object_name).get(field)
    return mapping.edits_of(slot[0]) if slot else PersonEdits.FLAG


def key_field_of(mapping: CompiledMapping, object_name: str) -> str | None:
    """The external id by which a record that we create in this object is known."""
    owned = mapping.slots_of(object_name).items()
    return next((field for field, (_, slot) in owned if slot == "key"), None)


def links(mapping: CompiledMapping) -> dict[str, tuple[str, ...]]:
    """Per object, every reference field that something is looked up by."""
    found = {name: list(fields) for name, fields in mapping.links.items()}
    for kind, attribute in LOOKED_UP:
        for object_name, field in fields_of(mapping, kind, attribute):
            if field not in found.setdefault(object_name, []):
                found[object_name].append(field)
    for child, _, field in child_fields_of(mapping, *LOOKED_UP_IN_ROWS):
        if field not in found.setdefault(child, []):
            found[child].append(field)
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


def reading_order(mapping: CompiledMapping) -> tuple[str, ...]:
    """Every mirrored object, who people are before what they did: a claim names its holder's firm."""
    first = [name for kind in CONTEXT for name in mapping.objects_of(kind)]
    children = [name for name in mapping.objects if not mapping.kinds_of(name)]
    last = [name for name in mapping.objects if name not in first and name not in children]
    return tuple(dict.fromkeys([*first, *last, *children]))
