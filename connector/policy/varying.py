"""A section whose values depend on circumstances: rows of a whole section, or rows of one of its values.

Any section read through `Varying` may stand once for all, as rows with `when`, or with rows at single values. What
depends on nothing is made at once; the rest is a `Varied`, from which each act picks its own.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from connector.canonical.document import Listing, Node, Table
from connector.canonical.shape import Key, ListOf, Reading, Schema, Section, Shape
from connector.policy.choice import ChoiceOf
from connector.policy.choosing import Condition
from connector.policy.condition import ConditionShape
from connector.policy.varied import Rows as Alternatives
from connector.policy.varied import Values, Varied

T = TypeVar("T")
WHEN, IS = "when", "is"


@dataclass(frozen=True)
class Varying(Generic[T]):
    """Reads a section once for all, in rows with `when`, or with rows at its single values."""

    section: Section[T]
    when: ConditionShape
    later: bool = False

    def read(self, node: Node, reading: Reading) -> T | Varied[T] | None:
        if not isinstance(node, Listing) and not (isinstance(node, Table) and node.get(WHEN)):
            values = self._values(node, reading)
            return None if values is None else self._made(((None, values),))
        rows = _rows(node, reading, self.when, self._values)
        return None if rows is None else self._made(rows)

    def _values(self, node: Node, reading: Reading) -> Values | None:
        if not isinstance(node, Table):
            reading.fault(node, expected="a table with the keys " + ", ".join(self.section.keys))
            return None
        return self._inner.values(node, reading)

    @property
    def _inner(self) -> Section[dict[str, object]]:
        keys = {
            name: Key(_varying(key.shape, self.when), key.doc, key.required, key.into)
            for name, key in self.section.keys.items()
        }
        return Section(keys, dict)

    def _made(self, rows: Alternatives) -> T | Varied[T]:
        when, values = rows[0]
        now = (each for each in values.values() if isinstance(each, Varied) and not each.later)
        if len(rows) == 1 and when is None and not any(now):
            return self.section.make(**values)
        return Varied(rows=rows, make=self.section.make, later=self.later)

    def schema(self) -> Schema:
        whole = self._inner.schema()
        row = {**whole, "properties": {WHEN: self.when.schema(), **whole["properties"]}}
        return {"anyOf": [row, {"type": "array", "items": row}]}


@dataclass(frozen=True)
class Rows(Generic[T]):
    """Reads one value, or rows of `{when:, is:}`; rows give a `Varied`."""

    value: Shape[T]
    when: ConditionShape

    def read(self, node: Node, reading: Reading) -> T | Varied[T] | None:
        if not any(_is_row(each) for each in (node.items if isinstance(node, Listing) else (node,))):
            return self.value.read(node, reading)
        rows = _rows(node, reading, self.when, self._value)
        return None if rows is None else Varied(rows=rows, make=_itself)

    def _value(self, node: Node, reading: Reading) -> Values | None:
        inner = node.get(IS) if isinstance(node, Table) else node
        for key, _ in node.entries if isinstance(node, Table) else ():
            if key.text != IS:
                reading.fault(key, found=f"the unknown key {key.text!r}", expected="`when` and `is`")
                return None
        if inner is None:
            reading.fault(node, found="no 'is'", expected="`when` and `is`")
            return None
        value = self.value.read(inner, reading)
        return None if value is None else {"value": value}

    def schema(self) -> Schema:
        value = self.value.schema()
        row: Schema = {
            "type": "object",
            "properties": {WHEN: self.when.schema(), IS: value},
            "required": [IS],
            "additionalProperties": False,
        }
        return {"anyOf": [value, {"type": "array", "items": row}]}


def _itself(value: T) -> T:
    return value


def _is_row(node: Node) -> bool:
    return isinstance(node, Table) and bool(node.get(WHEN) or node.get(IS))


def _rows(
    node: Node,
    reading: Reading,
    when: ConditionShape,
    values: Callable[[Node, Reading], Values | None],
) -> Alternatives | None:
    """Each row with its condition; None, with a fault, where one does not fit or is never reached."""
    rows: list[tuple[Condition | None, Values]] = []
    whole, settled = True, False
    for row in node.items if isinstance(node, Listing) else (node,):
        if settled:
            reading.fault(
                row, found="a row that is never reached", fix="put rows with `when` above the one without"
            )
            whole = False
        stated = row.get(WHEN) if isinstance(row, Table) else None
        condition = when.read(stated, reading) if stated is not None else None
        given = values(_without_when(row), reading)
        if given is None or (stated is not None and condition is None):
            whole = False
            continue
        rows.append((condition, given))
        settled = settled or condition is None
    return tuple(rows) if whole and rows else None


def _without_when(row: Node) -> Node:
    if not isinstance(row, Table):
        return row
    rest = tuple((key, each) for key, each in row.entries if key.text != WHEN)
    return Table(where=row.where, line=row.line, column=row.column, entries=rest)


def varying(
    keys: Mapping[str, Key[Any]], when: ConditionShape, *, fixed: Collection[str]
) -> dict[str, Key[Any]]:
    """The keys of one half of a policy: each but the `fixed` ones may depend on circumstances."""
    return {
        name: key if name in fixed else Key(_varying(key.shape, when), key.doc, key.required, key.into)
        for name, key in keys.items()
    }


def _varying(shape: Shape[Any], when: ConditionShape) -> Shape[Any]:
    """The shape of one value, which may be rows too; a list of sections has conditions of its own."""
    if isinstance(shape, Section):
        return Varying(shape, when)
    if isinstance(shape, ChoiceOf | Varying | Rows):
        return shape
    if isinstance(shape, ListOf) and isinstance(shape.item, Section):
        return shape
    return Rows(shape, when)
