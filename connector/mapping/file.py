"""The mapping file: its text read into a frozen `ProfileMapping`, every fault of the file in one run."""

from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from connector.canonical.document import Listing, Node, Scalar, Table, parse
from connector.canonical.fault import Fault, broken
from connector.canonical.kind import Kind
from connector.canonical.own import KINDS, OWN, PREFIX
from connector.canonical.paths import paths_of
from connector.canonical.records import MODELS
from connector.canonical.shape import Key, OneOf, Reading, Schema, Section, Word, unknown
from connector.mapping.attributes import Attribute, Sort, attributes_of
from connector.mapping.entries import OwnShape, ReadShape, WriteShape, line_definitions
from connector.mapping.model import PersonEdits, ProfileMapping, ReadEntry, SectionMap, WriteEntry
from connector.mapping.slots import SLOTS
from connector.mapping.words import NAME, NAME_PATTERN, OBJECT, WhereShape, place_of

SCHEMA_ID = "https://json-schema.org/draft/2020-12/schema"


def load_mapping(text: str, file: str) -> tuple[ProfileMapping | None, tuple[Fault, ...]]:
    """Read a mapping file.

    Args:
        text: the whole file.
        file: its name, for the faults.

    Returns:
        The mapping, or None when a fault keeps it from being used; and every fault, in file order.
    """
    tree, faults = parse(text, file)
    if tree is None:
        return None, faults
    reading = Reading(file=file, faults=list(faults))
    values = _shape().values(tree, reading)
    sections = tuple(section for kind in Kind for section in (values or {}).pop(kind.value, ()))
    if values is not None and not sections:
        reading.fault(tree, found="no section", expected="a section such as lead or registration")
    if values is not None and "based_on" not in values:
        reading.faults += [_incomplete(section) for section in sections if not section.object]
    found = tuple(sorted(reading.faults, key=lambda fault: (fault.line, fault.column)))
    if values is None or broken(found):
        return None, found
    places = {
        name: place_of(node, reading)
        for name in ("time_zone", "rulings_by_people")
        if (node := tree.get(name))
    }
    return ProfileMapping(
        profiles=(values.pop("profile"),), sections=sections, places=places, **values
    ), found


def _incomplete(section: SectionMap) -> Fault:
    return section.place.fault(
        found="no 'object'",
        expected="the org's object; a section of `own:` alone adds to the profile that `based_on` names",
    )


def based_on(text: str, file: str) -> str:
    """The profile that a mapping file is based on, even where the file is faulty; "" for none."""
    tree, _ = parse(text, file)
    named = tree.get("based_on") if tree is not None else None
    return named.text if isinstance(named, Scalar) and not named.null else ""


def mapping_schema() -> Schema:
    """The mapping file as JSON Schema, for editors."""
    body = _shape().schema()
    return {"$schema": SCHEMA_ID, "title": "Channel Connector mapping", **body, "$defs": line_definitions()}


def _zone(text: str) -> str:
    try:
        ZoneInfo(text)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError("write it as Europe/Berlin") from None
    return text


def _profile(text: str) -> str:
    name, _, number = text.partition("/")
    if not name or not number.isdigit():
        raise ValueError("write the profile's name, a slash and its format's number")
    return text


_RULINGS = OneOf({name: name for name in ("auto", "review_fields", "approval")})
_EDITS = OneOf({each.value: each for each in PersonEdits})


def _shape() -> Section[dict[str, Any]]:
    keys: dict[str, Key[Any]] = {
        "profile": Key(Word(_profile, "a name and a format number, such as partner_leads/1"), required=True),
        "time_zone": Key(Word(_zone, "a time zone such as Europe/Berlin")),
        "rulings_by_people": Key(_RULINGS, "where a person's ruling is read from"),
        "based_on": Key(
            Word(str, "a profile's name"), "the profile whose other sections and policy hold here"
        ),
    }
    return Section(keys | {kind.value: Key(SectionsShape(kind)) for kind in Kind}, dict)


def readable(kind: Kind) -> dict[str, Attribute]:
    """What a profile may read of a kind; what every record carries is the connector's own."""
    known = attributes_of(MODELS[kind])
    return {name: known[name] for name in paths_of(MODELS[kind])}


@dataclass(frozen=True)
class SectionsShape:
    """One section, or a list of them where several objects make one kind (Task and Event)."""

    kind: Kind

    def read(self, node: Node, reading: Reading) -> tuple[SectionMap, ...] | None:
        nodes = node.items if isinstance(node, Listing) else (node,)
        read = [self._section(each, reading) for each in nodes]
        fit = tuple(each for each in read if each is not None)
        return fit if len(fit) == len(read) else None

    def _section(self, node: Node, reading: Reading) -> SectionMap | None:
        values = self._shape(whole=not _only_own(node)).read(node, reading)
        if values is None:
            return None
        values |= {
            "object": values.get("object", ""),
            "read": {**values.get("read", {}), **values.pop(OWN, {})},
        }
        section = SectionMap(kind=self.kind, place=place_of(node, reading), **values)
        before = len(reading.faults)
        for entry in section.write.values():
            self._language(entry, section, reading)
        return section if len(reading.faults) == before else None

    def _language(self, entry: WriteEntry, section: SectionMap, reading: Reading) -> None:
        if not entry.language:
            return
        people = [name for name, each in readable(self.kind).items() if each.sort is Sort.ID]
        if entry.language not in people or entry.language not in section.read:
            reading.faults.append(
                entry.place.fault(
                    found=f"language: {entry.language}",
                    expected="a person under `read:` of this section",
                    fix="one of " + ", ".join(name for name in people if name in section.read),
                )
            )

    def _shape(self, *, whole: bool = True) -> Section[dict[str, Any]]:
        own = {OWN: Key(OwnTable(), "the programme's own fields, for conditions: registration.own.NAME")}
        return Section(
            {
                "object": Key(OBJECT, "the org's object", required=whole),
                "where": Key(WhereShape(), "records outside it are not of this kind"),
                "apart": Key(WhereShape(), "records inside it are of no other kind of this object but deals"),
                "read": Key(ReadTable(self.kind), "canonical name: the org's field", required=whole),
                **(own if self.kind in KINDS else {}),
                "write": Key(WriteTable(self.kind), "what is written back; nothing else ever is"),
                "when_a_person_edits": Key(_EDITS, "what follows a person's edit of a field we own"),
            },
            dict,
        )

    def schema(self) -> Schema:
        one = self._shape().schema()
        if self.kind in KINDS:  # without an object: fields beside those of the profile below
            one = {
                "anyOf": [one, {**self._shape(whole=False).schema(), "maxProperties": 1, "required": [OWN]}]
            }
        return {"anyOf": [one, {"type": "array", "items": one}]}


def _only_own(node: Node) -> bool:
    return isinstance(node, Table) and [key.text for key, _ in node.entries] == [OWN]


@dataclass(frozen=True)
class ReadTable:
    kind: Kind

    def read(self, node: Node, reading: Reading) -> dict[str, ReadEntry] | None:
        if not isinstance(node, Table):
            reading.fault(node, expected="a table: `canonical name: field`")
            return None
        known, out, whole = readable(self.kind), {}, True
        for key, value in node.entries:
            attribute = known.get(key.text)
            if attribute is None:
                unknown(key, tuple(known), reading)
                whole = False
                continue
            entry = ReadShape(attribute, key.text).read(value, reading)
            if entry is None:
                whole = False
            else:
                out[key.text] = entry
        return out if whole else None

    def schema(self) -> Schema:
        properties = {name: ReadShape(each, name).schema() for name, each in readable(self.kind).items()}
        return {"type": "object", "properties": properties, "additionalProperties": False}


@dataclass(frozen=True)
class OwnTable:
    """`own:` the programme's own fields by the names that conditions give them."""

    def read(self, node: Node, reading: Reading) -> dict[str, ReadEntry] | None:
        if not isinstance(node, Table):
            reading.fault(node, expected="a table: `name: {field: Field__c, type: number}`")
            return None
        out: dict[str, ReadEntry] = {}
        for key, value in node.entries:
            name = NAME.read(key, reading)
            entry = OwnShape(f"{PREFIX}{key.text}").read(value, reading)
            if name is not None and entry is not None:
                out[f"{PREFIX}{name}"] = entry
        return out if len(out) == len(node.entries) else None

    def schema(self) -> Schema:
        return {
            "type": "object",
            "propertyNames": {"pattern": NAME_PATTERN},
            "additionalProperties": {"$ref": "#/$defs/own"},
        }


@dataclass(frozen=True)
class WriteTable:
    kind: Kind

    def read(self, node: Node, reading: Reading) -> dict[str, WriteEntry] | None:
        if not isinstance(node, Table):
            reading.fault(node, expected="a table: `slot: field`")
            return None
        slots, out, whole = SLOTS.get(self.kind, {}), {}, True
        for key, value in node.entries:
            if key.text not in slots:
                unknown(key, tuple(slots), reading)
                whole = False
                continue
            entry = WriteShape(self.kind, key.text).read(value, reading)
            if entry is None:
                whole = False
            else:
                out[key.text] = entry
        return out if whole else None

    def schema(self) -> Schema:
        slots = SLOTS.get(self.kind, {})
        properties = {slot: WriteShape(self.kind, slot).schema() for slot in slots}
        return {"type": "object", "properties": properties, "additionalProperties": False}
