"""The shape of an answer: how one SQL row becomes one JSON record, nested as the SELECT list asks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from connector.practice.schema.definition import Schema
from connector.practice.soql.values import Render

Row = Sequence[Any]
Json = dict[str, Any]


@dataclass(frozen=True)
class Leaf:
    """A field's value at `index`."""

    key: str
    index: int
    render: Render | None = None

    def value(self, row: Row, _base: str = "") -> Any:
        raw = row[self.index]
        return raw if self.render is None else self.render(raw)


@dataclass(frozen=True)
class Compound:
    """An address: its parts as an object, null when every part is."""

    key: str
    parts: Mapping[str, int]

    def value(self, row: Row, _base: str = "") -> Any:
        found = {name: row[index] for name, index in self.parts.items()}
        return found if any(part is not None for part in found.values()) else None


@dataclass
class Record:
    """A record, of the queried object or of a parent; null when the parent is missing.

    `entity` is what `attributes.type` says; the URL names the object that the id itself belongs to.
    """

    key: str
    entity: str
    id_index: int
    schema: Schema
    shapes: list[Shape] = field(default_factory=list)

    def value(self, row: Row, base: str) -> Json | None:
        record_id = row[self.id_index]
        if record_id is None:
            return None
        owner = self.entity
        if owner == "Name":
            found = self.schema.of_id(record_id)
            owner = found.name if found else owner
        out: Json = {"attributes": {"type": self.entity, "url": f"{base}/sobjects/{owner}/{record_id}"}}
        for shape in self.shapes:
            out[shape.key] = shape.value(row, base)
        return out


@dataclass(frozen=True)
class Choice:
    """A TYPEOF: the record shape by the name of the object the id belongs to, or the ELSE shape."""

    key: str
    id_index: int
    schema: Schema
    cases: Mapping[str, Record]
    otherwise: Record | None

    def value(self, row: Row, base: str) -> Json | None:
        record_id = row[self.id_index]
        if record_id is None:
            return None
        found = self.schema.of_id(record_id)
        name = found.name if found else ""
        case = self.cases.get(name)
        if case is not None:
            return case.value(row, base)
        if self.otherwise is not None:
            return self.otherwise.value(row, base)
        return {"attributes": {"type": name, "url": f"{base}/sobjects/{name}/{record_id}"}}


Shape = Leaf | Compound | Record | Choice


@dataclass(frozen=True)
class Summary:
    """One row of grouped or aggregated values."""

    shapes: tuple[Leaf, ...]

    def value(self, row: Row, base: str) -> Json:
        out: Json = {"attributes": {"type": "AggregateResult"}}
        for shape in self.shapes:
            out[shape.key] = shape.value(row, base)
        return out
