"""Shapes: what may stand at a place of a profile file. Each reads a node, and says itself as JSON Schema.

One definition gives both, so that an editor's advice and the connector's check cannot differ. `read` answers
None for a node that does not fit, after recording every fault in it; None is never a legitimate value.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, Protocol, TypeVar

from connector.canonical.document import Listing, Node, Scalar, Table, shown
from connector.canonical.fault import Fault, nearest

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)
Schema = dict[str, Any]
_MANY = 14


@dataclass
class Reading:
    """One run over one file: the faults found so far."""

    file: str
    faults: list[Fault] = field(default_factory=list)

    def fault(
        self,
        node: Node,
        *,
        found: str | None = None,
        expected: str = "",
        near: str = "",
        fix: str = "",
        note: bool = False,
    ) -> None:
        self.faults.append(
            Fault(
                file=self.file,
                line=node.line,
                column=node.column,
                where=node.where,
                found=shown(node) if found is None else found,
                expected=expected,
                nearest=near,
                fix=fix,
                note=note,
            )
        )


class Shape(Protocol[T_co]):
    def read(self, node: Node, reading: Reading) -> T_co | None: ...
    def schema(self) -> Schema: ...


@dataclass(frozen=True)
class Word(Generic[T]):
    """One scalar. `parse` raises ValueError for a text that does not fit; `expected` says what does."""

    parse: Callable[[str], T]
    expected: str
    json: Mapping[str, Any] = field(default_factory=lambda: {"type": "string"})

    def read(self, node: Node, reading: Reading) -> T | None:
        if not isinstance(node, Scalar) or node.null:
            reading.fault(node, expected=self.expected)
            return None
        try:
            return self.parse(node.text)
        except ValueError as error:
            reading.fault(node, expected=self.expected, fix=str(error) if error.args else "")
            return None

    def schema(self) -> Schema:
        return {"description": self.expected, **self.json}


@dataclass(frozen=True)
class OneOf(Generic[T]):
    """One of a few words."""

    words: Mapping[str, T]

    def read(self, node: Node, reading: Reading) -> T | None:
        if isinstance(node, Scalar) and node.text in self.words:
            return self.words[node.text]
        near = nearest(node.text, self.words) if isinstance(node, Scalar) else ""
        reading.fault(node, expected=listed(self.words, near), near=near)
        return None

    def schema(self) -> Schema:
        return {"enum": list(self.words)}


@dataclass(frozen=True)
class ListOf(Generic[T]):
    """A list; a single value stands for a list of one."""

    item: Shape[T]

    def read(self, node: Node, reading: Reading) -> tuple[T, ...] | None:
        nodes = node.items if isinstance(node, Listing) else (node,)
        read = [self.item.read(each, reading) for each in nodes]
        fit = tuple(each for each in read if each is not None)
        return fit if len(fit) == len(read) else None

    def schema(self) -> Schema:
        item = self.item.schema()
        return {"anyOf": [{"type": "array", "items": item}, item]}


@dataclass(frozen=True)
class TableOf(Generic[T]):
    """A table whose keys are free, or all out of `names`."""

    value: Shape[T]
    names: Sequence[str] = ()
    key: Shape[Any] | None = None

    def read(self, node: Node, reading: Reading) -> dict[str, T] | None:
        if not isinstance(node, Table):
            reading.fault(node, expected="a table: `name: value`")
            return None
        out: dict[str, T] = {}
        whole = True
        for name, each in node.entries:
            if self.names and name.text not in self.names:
                unknown(name, self.names, reading)
                whole = False
            if self.key is not None and self.key.read(name, reading) is None:
                whole = False
            value = self.value.read(each, reading)
            if value is None:
                whole = False
            else:
                out[name.text] = value
        return out if whole else None

    def schema(self) -> Schema:
        if self.names:
            value = self.value.schema()
            return {
                "type": "object",
                "properties": dict.fromkeys(self.names, value),
                "additionalProperties": False,
            }
        return {"type": "object", "additionalProperties": self.value.schema()}


@dataclass(frozen=True)
class Key(Generic[T]):
    """One key of a section. `into` is the argument it becomes, by default the key's own name."""

    shape: Shape[T]
    doc: str = ""
    required: bool = False
    into: str = ""


@dataclass(frozen=True)
class Section(Generic[T]):
    """A table with known keys. `make` gets the values that stood there, by `Key.into`."""

    keys: Mapping[str, Key[Any]]
    make: Callable[..., T]
    title: str = ""

    def read(self, node: Node, reading: Reading) -> T | None:
        if not isinstance(node, Table):
            reading.fault(node, expected="a table with the keys " + ", ".join(self.keys))
            return None
        values = self.values(node, reading)
        return None if values is None else self.make(**values)

    def values(self, node: Table, reading: Reading) -> dict[str, Any] | None:
        out: dict[str, Any] = {}
        whole = True
        for name, each in node.entries:
            key = self.keys.get(name.text)
            if key is None:
                unknown(name, self.keys, reading)
                whole = False
                continue
            value = key.shape.read(each, reading)
            if value is None:
                whole = False
            else:
                out[key.into or name.text] = value
        present = {name.text for name, _ in node.entries}
        for name_, key in self.keys.items():
            if key.required and name_ not in present:
                reading.fault(
                    node, found=f"no {name_!r}", expected=key.doc or key.shape.schema().get("description", "")
                )
                whole = False
        return out if whole else None

    def schema(self) -> Schema:
        properties: dict[str, Any] = {}
        for name, key in self.keys.items():
            inner = key.shape.schema()
            said = {"$comment": inner["description"]} if inner.get("description") else {}
            properties[name] = inner | said | {"description": key.doc} if key.doc else inner
        out: Schema = {"type": "object", "properties": properties, "additionalProperties": False}
        required = [name for name, key in self.keys.items() if key.required]
        if required:
            out["required"] = required
        if self.title:
            out["title"] = self.title
        return out


def listed(names: Iterable[str], near: str = "") -> str:
    """What may stand there; a long list is cut where the nearest name already helps."""
    words = list(names)
    if near and len(words) > _MANY:
        return f"one of {len(words)} words"
    return "one of " + ", ".join(words)


def unknown(key: Scalar, names: Mapping[str, Any] | Sequence[str], reading: Reading) -> None:
    """A key that nobody knows, with the nearest real one."""
    near = nearest(key.text, names)
    reading.fault(
        key,
        found=f"the unknown key {key.text!r}",
        expected=listed(names, near),
        near=near,
        fix="correct or remove it",
    )
