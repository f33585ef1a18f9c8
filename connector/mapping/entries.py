"""The lines under `read:` and `write:`: a field's name alone, or a table that says more."""

from dataclasses import dataclass
from typing import Any

from connector.canonical.document import Listing, Node, Scalar, Table, shown
from connector.canonical.fault import nearest
from connector.canonical.kind import Kind
from connector.canonical.own import OwnSort
from connector.canonical.shape import Key, ListOf, OneOf, Reading, Schema, Section, Word, listed, unknown
from connector.mapping.attributes import Attribute, Sort, attributes_of, own_attribute
from connector.mapping.model import CaseRow, ReadEntry, WriteEntry
from connector.mapping.slots import CONTESTED, SLOTS
from connector.mapping.words import FIELD, ValuesShape, WhereShape, place_of


def _truth(text: str) -> bool:
    if text not in ("true", "false"):
        raise ValueError("write true or false")
    return text == "true"


def _word(text: str) -> str:
    return text


TRUTH = Word(_truth, "true or false", {"type": "boolean"})
TEXT = Word(_word, "a text", {"type": ["string", "number", "boolean"]})
_RELATIONSHIP = FIELD
_KEYS: dict[str, Key[Any]] = {
    "field": Key(FIELD, "the org's field"),
    "values": Key(ValuesShape(), "value of the org: canonical value"),
    "split": Key(TEXT, 'what parts the members of a multi-select field: ";"'),
    "currency": Key(TEXT, "the field of the currency, or its code in an org with one currency"),
    "optional": Key(TRUTH, "the org need not have this field"),
    "otherwise": Key(FIELD, "the field that is read where this one is empty"),
}
_HISTORY: dict[str, Key[Any]] = {
    "history": Key(FIELD, "a field whose history the org keeps"),
    "to": Key(TEXT, "the value whose first entry into the history counts"),
}


@dataclass(frozen=True)
class CaseShape:
    """One row of `cases:`."""

    def read(self, node: Node, reading: Reading) -> CaseRow | None:
        keys: dict[str, Key[Any]] = {
            "when": Key(WhereShape(), "a condition on this object's fields"),
            "is": Key(TEXT, "the canonical value", required=True, into="value"),
        }
        section: Section[dict[str, Any]] = Section(keys, dict)
        values = section.read(node, reading)
        return None if values is None else CaseRow(place=place_of(node, reading), **values)

    def schema(self) -> Schema:
        return {
            "type": "object",
            "properties": {"when": WhereShape().schema(), "is": TEXT.schema()},
            "required": ["is"],
            "additionalProperties": False,
        }


@dataclass(frozen=True)
class ReadShape:
    """The line of one canonical attribute."""

    attribute: Attribute
    name: str

    def read(self, node: Node, reading: Reading) -> ReadEntry | None:
        entry = self._entry(node, reading)
        return entry if entry is not None and self._fits(entry, node, reading) else None

    def _entry(self, node: Node, reading: Reading) -> ReadEntry | None:
        place = place_of(node, reading)
        if not isinstance(node, Table):
            field = FIELD.read(node, reading)
            return None if field is None else ReadEntry(place=place, name=self.name, field=field)
        children, cases = node.get("children"), node.get("cases")
        if children is not None:
            return self._children(node, children, reading)
        if cases is not None:
            for key, _ in node.entries:
                if key.text != "cases":
                    unknown(key, ("cases",), reading)
            rows = ListOf(CaseShape()).read(cases, reading)
            return None if rows is None else ReadEntry(place=place, name=self.name, cases=rows)
        keys = _HISTORY if node.get("history") is not None else _KEYS
        section: Section[dict[str, Any]] = Section(keys, dict)
        values = section.read(node, reading)
        if values is None:
            return None
        if "field" not in values and not {"history", "to"} <= set(values):
            reading.fault(
                node, found=shown(node), expected="`field`, `history` and `to`, `children`, or `cases`"
            )
            return None
        return ReadEntry(place=place, name=self.name, **values)

    def _children(self, node: Table, children: Node, reading: Reading) -> ReadEntry | None:
        if self.attribute.rows is None:
            reading.fault(children, expected=f"{self.attribute.sort}, not rows of a child object")
            return None
        relationship = _RELATIONSHIP.read(children, reading)
        known = attributes_of(self.attribute.rows)
        columns: dict[str, ReadEntry] = {}
        whole = relationship is not None
        for key, value in node.entries:
            if key.text == "children":
                continue
            if key.text not in known:
                unknown(key, tuple(known), reading)
                whole = False
                continue
            column = ReadShape(known[key.text], key.text).read(value, reading)
            if column is None:
                whole = False
            else:
                columns[key.text] = column
        given = {*columns, "id", "created_at"}  # these two every child row has of its own
        for name, attribute in known.items():
            if attribute.needed and name not in given and node.get(name) is None:
                reading.fault(node, found=f"no {name!r}", expected=f"{attribute.sort} for each row")
                whole = False
        if not whole or relationship is None:
            return None
        return ReadEntry(
            place=place_of(node, reading), name=self.name, children=relationship, columns=columns
        )

    def _fits(self, entry: ReadEntry, node: Node, reading: Reading) -> bool:
        sort, before = self.attribute.sort, len(reading.faults)
        if sort is Sort.ROWS and not entry.children:
            reading.fault(node, expected="{children: Relationship__r, …}", fix="this is a list of child rows")
        if sort is Sort.MONEY and not entry.currency:
            reading.fault(
                node, expected="{field: …, currency: CurrencyIsoCode}", fix="money needs its currency"
            )
        if sort is Sort.WORDS and not entry.split:
            reading.fault(node, expected='{field: …, split: ";"}', fix="this is a list")
        if sort is Sort.WORD and entry.values is None and not entry.cases:
            words = ", ".join(self.attribute.words)
            reading.fault(node, expected="`values:` or `cases:`", fix=f"the canonical values are {words}")
        if entry.history and sort is not Sort.MOMENT:
            reading.fault(node, expected=str(sort), fix="a history gives a date and time")
        for value in (entry.values or {}).values():
            if value is not None:
                self._canonical(value, node, reading)
        for row in entry.cases:
            self._canonical(row.value, node, reading)
        return len(reading.faults) == before

    def _canonical(self, value: str, node: Node, reading: Reading) -> None:
        try:
            self.attribute.read(value)
        except ValueError:
            words = self.attribute.words
            reading.fault(
                node,
                found=f"the canonical value {value!r}",
                expected=listed(words) if words else str(self.attribute.sort),
                near=nearest(value, words),
            )

    def schema(self) -> Schema:
        if self.attribute.rows is None:
            return {"description": str(self.attribute.sort), "$ref": "#/$defs/read"}
        columns = {
            name: ReadShape(attribute, name).schema()
            for name, attribute in attributes_of(self.attribute.rows).items()
        }
        return {
            "type": "object",
            "properties": {"children": _RELATIONSHIP.schema(), **columns},
            "required": ["children"],
            "additionalProperties": False,
        }


OWN_SORT = OneOf({each.value: each for each in OwnSort})


@dataclass(frozen=True)
class OwnShape:
    """The line of one of the programme's own fields: as under `read:`, with what it holds (`type`, by default text)."""

    name: str

    def read(self, node: Node, reading: Reading) -> ReadEntry | None:
        stated = node.get("type") if isinstance(node, Table) else None
        sort = OwnSort.TEXT if stated is None else OWN_SORT.read(stated, reading)
        if sort is None:
            return None
        if isinstance(node, Table):
            known = ("type", "cases", *_KEYS)
            strangers = [key for key, _ in node.entries if key.text not in known]
            for key in strangers:
                unknown(key, known, reading)
            if strangers:
                return None
            rest = tuple((key, value) for key, value in node.entries if key.text != "type")
            node = Table(where=node.where, line=node.line, column=node.column, entries=rest)
        entry = ReadShape(own_attribute(self.name, sort), self.name).read(node, reading)
        return None if entry is None else entry.model_copy(update={"own": sort})


def line_definitions() -> Schema:
    """What every line under `read:` and `write:` may be, said once for the whole schema."""
    table: Section[Any] = Section(_KEYS | _HISTORY | {"cases": Key(ListOf(CaseShape()))}, dict)
    own: Section[Any] = Section(
        {"type": Key(OWN_SORT, "what the field holds; by default text"), **table.keys}, dict
    )
    return {
        "own": {"anyOf": [FIELD.schema(), own.schema()]},
        "read": {"anyOf": [FIELD.schema(), table.schema()]},
        "write": {"anyOf": [FIELD.schema(), {"type": "string", "pattern": "^queue:"}, WRITE_TABLE.schema()]},
    }


WRITE_TABLE: Section[dict[str, Any]] = Section(
    {
        "field": Key(FIELD, "the org's field", required=True),
        "contested": Key(TRUTH, "people write it too: written only while the expected value stands"),
        "expected": Key(FIELD, "the field in which our package expects the value before"),
        "values": Key(ValuesShape(), "value of the org: canonical value"),
        "language": Key(TEXT, "whose language the text is in: an attribute under `read:`"),
    },
    dict,
)


@dataclass(frozen=True)
class WriteShape:
    """The line of one slot."""

    kind: Kind
    slot: str

    def read(self, node: Node, reading: Reading) -> WriteEntry | None:
        place = place_of(node, reading)
        entry: WriteEntry | None
        if isinstance(node, Scalar) and node.text.startswith("queue:"):
            queue = node.text.removeprefix("queue:").strip()
            entry = WriteEntry(place=place, slot=self.slot, field="OwnerId", queue=queue)
        elif isinstance(node, Table):
            values = WRITE_TABLE.read(node, reading)
            entry = None if values is None else WriteEntry(place=place, slot=self.slot, **values)
        else:
            field = FIELD.read(node, reading) if not isinstance(node, Listing) else None
            if isinstance(node, Listing):
                reading.fault(node, expected="one field")
            entry = None if field is None else WriteEntry(place=place, slot=self.slot, field=field)
        if entry is not None and (self.kind, self.slot) in CONTESTED and not entry.contested:
            reading.fault(
                node,
                expected="{field: …, contested: true}",
                fix="people write this field too: it has to be compared before it is set",
            )
            return None
        return entry

    def schema(self) -> Schema:
        return {"description": str(SLOTS[self.kind][self.slot]), "$ref": "#/$defs/write"}
