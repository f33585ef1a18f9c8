"""A parameter that circumstances select: rows of `{when:, is:}`, or a bare value."""

from dataclasses import dataclass
from typing import Any, Generic, TypeVar, cast

from connector.canonical.document import Listing, Node, Scalar, Table
from connector.canonical.shape import Reading, Schema, Section, Shape
from connector.policy.condition import ConditionShape
from connector.policy.model import Choice, Option

T = TypeVar("T")


@dataclass(frozen=True)
class ChoiceOf(Generic[T]):
    """Reads a `Choice[T]`. A row of a table-shaped value may hold its keys beside `when`, without `is`."""

    value: Shape[T]
    when: ConditionShape
    model: type[Choice[T]]
    option: type[Option[T]]

    def read(self, node: Node, reading: Reading) -> Choice[T] | None:
        rows = node.items if isinstance(node, Listing) else (node,)
        options: list[Option[T]] = []
        whole, settled = True, False
        for row in rows:
            if settled:
                reading.fault(
                    row, found="a row that is never reached", fix="put rows with `when` above the one without"
                )
                whole = False
            option = self._row(row, reading)
            if option is None:
                whole = False
            else:
                options.append(option)
                settled = settled or option.when is None
        return self.model(options=tuple(options)) if whole else None

    def _row(self, node: Node, reading: Reading) -> Option[T] | None:
        if not isinstance(node, Table) or not (
            node.get("when") or node.get("is") or isinstance(self.value, Section)
        ):
            value = self.value.read(node, reading)
            return None if value is None else self.option(value=value)
        condition = None
        stated = node.get("when")
        if stated is not None:
            condition = self.when.read(stated, reading)
        value = self.value.read(self._value_node(node, reading), reading)
        if value is None or (stated is not None and condition is None):
            return None
        return self.option(when=condition, value=value)

    def _value_node(self, node: Table, reading: Reading) -> Node:
        inner = node.get("is")
        rest = tuple((key, each) for key, each in node.entries if key.text not in ("when", "is"))
        if inner is None and isinstance(self.value, Section):
            return Table(where=node.where, line=node.line, column=node.column, entries=rest)
        for key, _ in rest:
            reading.fault(key, found=f"the unknown key {key.text!r}", expected="`when` and `is`")
        if inner is None:
            return Scalar(where=f"{node.where}.is", line=node.line, column=node.column, text="", plain=True)
        return inner

    def schema(self) -> Schema:
        value, when = self.value.schema(), self.when.schema()
        row: Schema = {
            "type": "object",
            "properties": {"when": when, "is": value},
            "required": ["is"],
            "additionalProperties": False,
        }
        rows: list[Schema] = [row, value]
        if isinstance(self.value, Section):
            keys = cast("dict[str, Any]", value["properties"])
            rows = [row, {**value, "properties": {"when": when, **keys}}]
        return {"anyOf": [{"type": "array", "items": {"anyOf": rows}}, *rows]}
